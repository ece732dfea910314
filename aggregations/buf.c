#include "buf.h"

#include "mem.h"

void buf_free(struct buf *buf)
{
    mem_free(buf->data);
    *buf = (struct buf){0};
}

enum status buf_grow(struct buf *buf, size_t extra_bytes, struct err *err)
{
    if (extra_bytes > SIZE_MAX / 2 - buf->size_bytes)
        return err_set(err, STATUS_NOMEM,
                       "out of memory: a buffer of %zu bytes cannot take %zu more", buf->size_bytes,
                       extra_bytes);
    size_t needed_bytes = buf->size_bytes + extra_bytes;
    if (buf->data != NULL && needed_bytes <= buf->capacity_bytes)
        return STATUS_OK;
    size_t capacity_bytes = buf->capacity_bytes < 64 ? 64 : buf->capacity_bytes * 2;
    if (capacity_bytes < needed_bytes)
        capacity_bytes = needed_bytes;
    uint8_t *data = mem_resize(buf->data, capacity_bytes);
    if (data == NULL)
        return err_set(err, STATUS_NOMEM, "out of memory: no %zu bytes to be had", capacity_bytes);
    buf->data = data;
    buf->capacity_bytes = capacity_bytes;
    return STATUS_OK;
}

enum status buf_append(struct buf *buf, const void *bytes, size_t size_bytes, struct err *err)
{
    uint8_t *added = NULL;
    TRY(buf_extend(buf, size_bytes, &added, err));
    if (size_bytes > 0)
        memcpy(added, bytes, size_bytes);
    return STATUS_OK;
}

enum status buf_append_terminated(struct buf *buf, const void *text, size_t text_bytes,
                                  struct err *err)
{
    TRY(buf_append(buf, text, text_bytes, err));
    return buf_append_u8(buf, 0, err);
}

enum status buf_append_varuint(struct buf *buf, uint64_t value, struct err *err)
{
    uint8_t bytes[10];
    return buf_append(buf, bytes, (size_t)(varuint_put(bytes, value) - bytes), err);
}
