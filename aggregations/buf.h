/*
 * A growable run of bytes. All zero is a valid empty buffer. The owner of the struct owns the
 * memory. Growth doubles, so appending n bytes one by one costs O(n). On STATUS_NOMEM the content
 * is as it was.
 */
#ifndef SALTWELL_BUF_H
#define SALTWELL_BUF_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    uint8_t *data;
    size_t size_bytes;
    size_t capacity_bytes;
};

/* Frees the memory; the buffer is empty and usable again. */
void buf_free(struct buf *buf);

/* Empties the buffer and keeps its memory. */
static inline void buf_reset(struct buf *buf)
{
    buf->size_bytes = 0;
}

/* Makes room for extra_bytes after the content; afterwards data is not NULL. STATUS_NOMEM when
 * memory or size_t ends. */
CHECKED enum status buf_grow(struct buf *buf, size_t extra_bytes, struct err *err);

CHECKED static inline enum status buf_reserve(struct buf *buf, size_t extra_bytes, struct err *err)
{
    if (LIKELY(buf->data != NULL && extra_bytes <= buf->capacity_bytes - buf->size_bytes))
        return STATUS_OK;
    return buf_grow(buf, extra_bytes, err);
}

/*
 * Adds extra_bytes of undefined content and gives their address, valid until the buffer next grows.
 * STATUS_NOMEM leaves *added_out untouched.
 */
CHECKED static inline enum status buf_extend(struct buf *buf, size_t extra_bytes,
                                             uint8_t **added_out, struct err *err)
{
    TRY(buf_reserve(buf, extra_bytes, err));
    *added_out = buf->data + buf->size_bytes;
    buf->size_bytes += extra_bytes;
    return STATUS_OK;
}

CHECKED enum status buf_append(struct buf *buf, const void *bytes, size_t size_bytes,
                               struct err *err);

/* A terminated text, without its end. */
CHECKED static inline enum status buf_append_text(struct buf *buf, const char *text,
                                                  struct err *err)
{
    return buf_append(buf, text, strlen(text), err);
}

/* A text that is not terminated, and its end. */
CHECKED enum status buf_append_terminated(struct buf *buf, const void *text, size_t text_bytes,
                                          struct err *err);

CHECKED static inline enum status buf_append_u8(struct buf *buf, uint8_t value, struct err *err)
{
    uint8_t *added = NULL;
    TRY(buf_extend(buf, sizeof(value), &added, err));
    *added = value;
    return STATUS_OK;
}

CHECKED static inline enum status buf_append_u32(struct buf *buf, uint32_t value, struct err *err)
{
    uint8_t *added = NULL;
    TRY(buf_extend(buf, sizeof(value), &added, err));
    store_u32(added, value);
    return STATUS_OK;
}

CHECKED static inline enum status buf_append_u64(struct buf *buf, uint64_t value, struct err *err)
{
    uint8_t *added = NULL;
    TRY(buf_extend(buf, sizeof(value), &added, err));
    store_u64(added, value);
    return STATUS_OK;
}

CHECKED static inline enum status buf_append_f64(struct buf *buf, double value, struct err *err)
{
    uint8_t *added = NULL;
    TRY(buf_extend(buf, sizeof(value), &added, err));
    store_f64(added, value);
    return STATUS_OK;
}

/* Whether size_bytes bytes, without a final zero, are `text`. */
static inline bool text_equals(const char *text, const void *bytes, size_t size_bytes)
{
    return strlen(text) == size_bytes && memcmp(text, bytes, size_bytes) == 0;
}

/* LEB128, 1 to 10 bytes: ClickHouse's VarUInt. */
CHECKED enum status buf_append_varuint(struct buf *buf, uint64_t value, struct err *err);

/* Writes value as LEB128 at `to`, which has room for 10 bytes. Returns the address after it. */
static inline uint8_t *varuint_put(uint8_t *to, uint64_t value)
{
    while (value >= 0x80) {
        *to++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *to++ = (uint8_t)value;
    return to;
}

/* What varuint_get found. */
enum varuint_result { VARUINT_OK, VARUINT_SHORT, VARUINT_OVERFLOW };

/*
 * Reads a LEB128 from [*from, end) and moves *from past it. VARUINT_SHORT: the bytes end inside
 * it; VARUINT_OVERFLOW: it does not fit 64 bits. Both leave *from and *value_out untouched.
 */
static inline enum varuint_result varuint_get(const uint8_t **from, const uint8_t *end,
                                              uint64_t *value_out)
{
    const uint8_t *at = *from;
    if (LIKELY(at < end && *at < 0x80)) {
        *value_out = *at;
        *from = at + 1;
        return VARUINT_OK;
    }
    uint64_t value = 0;
    for (unsigned shift = 0; at < end; shift += 7) {
        uint8_t byte = *at++;
        if (shift == 63 && byte > 1)
            return VARUINT_OVERFLOW;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *value_out = value;
            *from = at;
            return VARUINT_OK;
        }
    }
    return VARUINT_SHORT;
}

/* The same for a LEB128 that is known to be whole: one that was checked, or written here. */
static inline uint64_t varuint_take(const uint8_t **from)
{
    enum { LONGEST_BYTES = 10 };
    uint64_t value = 0;
    (void)varuint_get(from, *from + LONGEST_BYTES, &value);
    return value;
}

#endif
