/* Blobs that merge, by the kind that the op asks for, or else that they say they are of. */
#include "activity_gather.h"
#include "fold_result.h"

struct blobs {
    bool has_kind;
    enum blob_kind kind; /* the op's, or that of the group's first state that is not empty */
    struct exact exact;
    struct activity_gather gather;
    struct fold_blob blob;
};

static bool are_blobs(const struct native_type *type)
{
    return type->kind == NATIVE_STRING;
}

static void free_blobs(void *state)
{
    struct blobs *blobs = state;
    activity_gather_free(&blobs->gather);
    fold_blob_free(&blobs->blob);
}

static enum status merge_exact(struct blobs *blobs, const uint8_t *blob, size_t blob_bytes,
                               struct err *err)
{
    const uint8_t *payload = NULL;
    size_t payload_bytes = 0;
    buf_reset(&blobs->blob.payload);
    TRY(blob_decode(BLOB_EXACT, blob, blob_bytes, &blobs->blob.payload, &payload, &payload_bytes,
                    err));
    return exact_merge_payload(&blobs->exact, payload, payload_bytes, err);
}

static enum status find_kind(struct blobs *blobs, enum fold_op op, const uint8_t *blob,
                             size_t blob_bytes, struct err *err)
{
    if (op == FOLD_BY_TYPE)
        TRY(blob_kind_of(blob, blob_bytes, &blobs->kind, err));
    else
        blobs->kind = op == FOLD_ACTIVITY ? BLOB_ACTIVITY : BLOB_EXACT;
    blobs->has_kind = true;
    return STATUS_OK;
}

static enum status add_blobs(struct fold *fold, const struct native_column *column, uint64_t begin,
                             uint64_t end, struct err *err)
{
    struct blobs *blobs = fold->state;
    for (uint64_t row = begin; row < end; row++) {
        size_t blob_bytes = 0;
        const uint8_t *blob = native_string(native_column_nodes(column), row, &blob_bytes);
        if (blob_bytes == 0)
            continue;
        if (!blobs->has_kind)
            TRY(find_kind(blobs, fold->op, blob, blob_bytes, err));
        if (blobs->kind == BLOB_EXACT)
            TRY(merge_exact(blobs, blob, blob_bytes, err));
        else
            TRY(activity_gather_add(&blobs->gather, blob, blob_bytes, err));
    }
    return STATUS_OK;
}

static enum status close_blobs(struct fold *fold, struct err *err)
{
    struct blobs *blobs = fold->state;
    buf_reset(&blobs->blob.payload);
    if (blobs->kind == BLOB_EXACT || fold->op == FOLD_EXACT) {
        TRY(fold_append_exact(fold, &blobs->exact, &blobs->blob, err));
        exact_reset(&blobs->exact);
    } else {
        TRY(activity_gather_merge(&blobs->gather, &blobs->blob.payload, err));
        TRY(fold_append_state(fold, BLOB_ACTIVITY, &blobs->blob, err));
        activity_gather_reset(&blobs->gather);
    }
    blobs->has_kind = false;
    return STATUS_OK;
}

const struct fold_kind fold_blobs = {
    .ops = 1 << FOLD_BY_TYPE | 1 << FOLD_EXACT | 1 << FOLD_EXACT_STATE | 1 << FOLD_ACTIVITY,
    .state_bytes = sizeof(struct blobs),
    .suits = are_blobs,
    .add = add_blobs,
    .close = close_blobs,
    .free_state = free_blobs,
};
