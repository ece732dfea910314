/* Blobs that merge, each by the kind that it says it is. */
#include "fold.h"

static enum status merge_exact(struct fold_blobs *blobs, const uint8_t *blob, size_t blob_bytes,
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
    struct fold_blobs *blobs = fold->blobs;
    for (uint64_t row = begin; row < end; row++) {
        size_t blob_bytes = 0;
        const uint8_t *blob = native_string(native_column_nodes(column), row, &blob_bytes);
        if (blob_bytes == 0)
            continue;
        if (!blobs->has_kind)
            TRY(blob_kind_of(blob, blob_bytes, &blobs->kind, err));
        blobs->has_kind = true;
        if (blobs->kind == BLOB_EXACT)
            TRY(merge_exact(blobs, blob, blob_bytes, err));
        else
            TRY(activity_gather_add(&blobs->gather, blob, blob_bytes, err));
    }
    return STATUS_OK;
}

static enum status close_blobs(struct fold *fold, struct err *err)
{
    struct fold_blobs *blobs = fold->blobs;
    buf_reset(&blobs->payload);
    buf_reset(&blobs->blob);
    if (blobs->has_kind && blobs->kind == BLOB_EXACT)
        TRY(exact_encode(&blobs->exact, &blobs->payload, err));
    else if (blobs->has_kind)
        TRY(activity_gather_merge(&blobs->gather, &blobs->payload, err));
    TRY(blob_encode(blobs->kind, blobs->payload.data, blobs->payload.size_bytes, &blobs->blob,
                    err));
    exact_reset(&blobs->exact);
    activity_gather_reset(&blobs->gather);
    blobs->has_kind = false;
    return native_append_string(&fold->out.parts[0], blobs->blob.data, blobs->blob.size_bytes, err);
}

const struct fold_kind *fold_state_kind(const struct native_type *type)
{
    static const struct fold_kind blobs = {.add = add_blobs, .close = close_blobs};
    return type->kind == NATIVE_STRING ? &blobs : fold_welford_kind(type);
}
