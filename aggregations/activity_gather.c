#include "activity_gather.h"

#include "activity_history.h"
#include "blob.h"

void activity_gather_free(struct activity_gather *gather)
{
    buf_free(&gather->payloads);
    buf_free(&gather->sizes);
    buf_free(&gather->addresses);
    buf_free(&gather->scratch);
}

void activity_gather_reset(struct activity_gather *gather)
{
    buf_reset(&gather->payloads);
    buf_reset(&gather->sizes);
    gather->merged_bytes = 0;
}

enum status activity_gather_add(struct activity_gather *gather, const uint8_t *blob,
                                size_t blob_bytes, struct err *err)
{
    struct buf *payloads = &gather->payloads;
    size_t at = payloads->size_bytes, payload_bytes = 0;
    const uint8_t *payload = NULL;
    TRY(blob_decode(BLOB_ACTIVITY, blob, blob_bytes, payloads, &payload, &payload_bytes, err));
    enum status status = STATUS_OK;
    if (payloads->size_bytes == at) /* stored as it is: still in the blob */
        status = buf_append(payloads, payload, payload_bytes, err);
    if (status == STATUS_OK)
        status = buf_append(&gather->sizes, &payload_bytes, sizeof(payload_bytes), err);
    if (status != STATUS_OK)
        payloads->size_bytes = at;
    else
        payloads->size_bytes = at + payload_bytes;
    return status;
}

static enum status append_payload(struct activity_gather *gather, const struct buf *payload,
                                  struct err *err)
{
    size_t payload_bytes = payload->size_bytes;
    TRY(buf_append(&gather->payloads, payload->data, payload_bytes, err));
    return buf_append(&gather->sizes, &payload_bytes, sizeof(payload_bytes), err);
}

enum status activity_gather_add_payload(struct activity_gather *gather, const struct buf *payload,
                                        struct err *err)
{
    enum { SPARE_BYTES = 1 << 20 };
    TRY(append_payload(gather, payload, err));
    if (gather->payloads.size_bytes < 2 * gather->merged_bytes + SPARE_BYTES)
        return STATUS_OK;
    struct buf merged = {0};
    enum status status = activity_gather_merge(gather, &merged, err);
    if (status == STATUS_OK) {
        activity_gather_reset(gather);
        status = append_payload(gather, &merged, err);
        gather->merged_bytes = merged.size_bytes;
    }
    buf_free(&merged);
    return status;
}

enum status activity_gather_merge(struct activity_gather *gather, struct buf *payload_out,
                                  struct err *err)
{
    size_t n_payloads = gather->sizes.size_bytes / sizeof(size_t);
    const size_t *sizes = (const size_t *)(const void *)gather->sizes.data;
    buf_reset(&gather->addresses);
    TRY(buf_reserve(&gather->payloads, BLOB_PADDING_BYTES, err));
    const uint8_t *at = gather->payloads.data;
    for (size_t i = 0; i < n_payloads; i++) {
        TRY(buf_append(&gather->addresses, &at, sizeof(at), err));
        at += sizes[i];
    }
    return activity_merge((const uint8_t *const *)(const void *)gather->addresses.data, sizes,
                          n_payloads, &gather->scratch, payload_out, err);
}
