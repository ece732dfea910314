/* A block's times, or other integers, in the width that they came in. */
#ifndef SALTWELL_STREAM_TICKS_H
#define SALTWELL_STREAM_TICKS_H

#include "native_read.h"

struct stream_ticks {
    const uint8_t *values;
    size_t width_bytes; /* 1, 2, 4 or 8 */
    bool is_signed;
    size_t n; /* rows, up to the first unsigned value above the largest int64 */
};

/* The ticks of a column for whose type stream_type_is_time holds, where they stand. */
struct stream_ticks stream_ticks_of(const struct native_column *column);

/* Makes them 8 bytes wide; the memory is the block's own or in `scratch`. STATUS_NOMEM. */
CHECKED enum status stream_ticks_widen(struct stream_ticks *ticks, struct buf *scratch,
                                       struct err *err);

static inline int64_t stream_tick(const struct stream_ticks *ticks, size_t row)
{
    const uint8_t *value = ticks->values + row * ticks->width_bytes;
    switch (ticks->width_bytes) {
    case 8:
        return load_i64(value);
    case 4:
        return ticks->is_signed ? (int64_t)(int32_t)load_u32(value) : (int64_t)load_u32(value);
    case 2:
        return ticks->is_signed ? (int64_t)(int16_t)load_u16(value) : (int64_t)load_u16(value);
    default:
        return ticks->is_signed ? (int64_t)(int8_t)*value : (int64_t)*value;
    }
}

#endif
