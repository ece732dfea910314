/* One value written to a range of a column, for columns whose ranges are short and many. */
#ifndef SALTWELL_FILL_H
#define SALTWELL_FILL_H

#include "compiler.h"

#include <stddef.h>

/* Values that one step writes: more than most periods have, so that most fills take one step and
 * the processor need not guess how many. */
enum { FILL_STEP = 16 };

/*
 * Writes value to [at, end) of a column of n, FILL_STEP at a time: up to FILL_STEP - 1 values
 * after end as well, which the next fills overwrite, so ranges must be filled in ascending order.
 * Nothing is written after n.
 */
static inline void fill_u32(uint8_t *column, size_t at, size_t end, size_t n, uint32_t value)
{
    uint8_t *to = column + at * sizeof(value);
    uint8_t *to_end = column + end * sizeof(value);
    if (LIKELY(n - end >= FILL_STEP)) {
        uint64_t two = (uint64_t)value << 32 | value;
        for (; to < to_end; to += FILL_STEP * sizeof(value)) {
            for (size_t i = 0; i < FILL_STEP / 2; i++)
                store_u64(to + i * sizeof(two), two);
        }
        return;
    }
    for (; to < to_end; to += sizeof(value))
        store_u32(to, value);
}

/* As fill_u32. */
static inline void fill_u64(uint8_t *column, size_t at, size_t end, size_t n, uint64_t value)
{
    uint8_t *to = column + at * sizeof(value);
    uint8_t *to_end = column + end * sizeof(value);
    if (LIKELY(n - end >= FILL_STEP)) {
        for (; to < to_end; to += FILL_STEP * sizeof(value)) {
            for (size_t i = 0; i < FILL_STEP; i++)
                store_u64(to + i * sizeof(value), value);
        }
        return;
    }
    for (; to < to_end; to += sizeof(value))
        store_u64(to, value);
}

#endif
