#include "fold_result.h"

void fold_blob_free(struct fold_blob *blob)
{
    buf_free(&blob->payload);
    buf_free(&blob->blob);
}

enum status fold_append_state(struct fold *fold, enum blob_kind kind, struct fold_blob *blob,
                              struct err *err)
{
    buf_reset(&blob->blob);
    TRY(blob_encode(kind, blob->payload.data, blob->payload.size_bytes, &blob->blob, err));
    buf_reset(&blob->payload);
    return native_append_string(&fold->out.parts[0], blob->blob.data, blob->blob.size_bytes, err);
}

enum status fold_append_exact(struct fold *fold, const struct exact *exact, struct fold_blob *blob,
                              struct err *err)
{
    if (fold->op == FOLD_EXACT) {
        struct moments moments;
        exact_final(exact, &moments);
        return fold_append_moments(fold, &moments, err);
    }
    TRY(exact_encode(exact, &blob->payload, err));
    return fold_append_state(fold, BLOB_EXACT, blob, err);
}
