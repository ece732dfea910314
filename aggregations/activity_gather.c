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
