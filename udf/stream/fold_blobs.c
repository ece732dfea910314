/* Blobs that merge, each by the kind that it says it is. */
#include "activity_gather.h"
#include "blob.h"
#include "exact_sums.h"
#include "fold_kind.h"

struct blobs {
    bool has_kind;
    enum blob_kind kind; /* of the group's first state that is not empty */
    struct exact exact;
    struct activity_gather gather;
    struct buf payload, blob;
};

static bool are_blobs(const struct native_type *type)
{
    return type->kind == NATIVE_STRING;
}

static void free_blobs(void *state)
{
    struct blobs *blobs = state;
    activity_gather_free(&blobs->gather);
    buf_free(&blobs->payload);
    buf_free(&blobs->blob);
}

static enum status merge_exact(struct blobs *blobs, const uint8_t *blob, size_t blob_bytes,
                               struct err *err)
{
    const uint8_t *payload = NULL;
    size_t payload_bytes = 0;
    buf_reset(&blobs->payload);
    TRY(blob_decode(BLOB_EXACT, blob, blob_bytes, &blobs->payload, &payload, &payload_bytes, err));
    return exact_merge_payload(&blobs->exact, payload, payload_bytes, err);
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
        if (!blobs->has_kind) {
            TRY(blob_kind_of(blob, blob_bytes, &blobs->kind, err));
            exact_reset(&blobs->exact);
            blobs->has_kind = true;
        }
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
    buf_reset(&blobs->payload);
    buf_reset(&blobs->blob);
    if (blobs->has_kind && blobs->kind == BLOB_EXACT)
        TRY(exact_encode(&blobs->exact, &blobs->payload, err));
    else if (blobs->has_kind)
        TRY(activity_gather_merge(&blobs->gather, &blobs->payload, err));
    TRY(blob_encode(blobs->kind, blobs->payload.data, blobs->payload.size_bytes, &blobs->blob,
                    err));
    activity_gather_reset(&blobs->gather);
    blobs->has_kind = false;
    return native_append_string(&fold->out.parts[0], blobs->blob.data, blobs->blob.size_bytes, err);
}

const struct fold_kind fold_blobs = {
    .ops = 1 << FOLD_BY_TYPE,
    .state_bytes = sizeof(struct blobs),
    .suits = are_blobs,
    .add = add_blobs,
    .close = close_blobs,
    .free_state = free_blobs,
};
