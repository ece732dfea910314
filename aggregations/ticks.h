/*
 * Ticks in ascending order: a stable sort of int64 values that stand at any address, together with
 * where each one was.
 *
 * Ascending input is recognised and used in place; descending input is reversed. The rest is sorted
 * as 64-bit words that hold a tick's distance from the smallest above its position, so that one
 * comparison orders both and equal ticks keep the input's order. Input of few runs (sorted pieces
 * laid end to end, as groupArray over several blocks leaves them) and short input is merged, the
 * rest goes through a radix sort. Distances that do not fit beside the positions take two rounds.
 */
#ifndef SALTWELL_TICKS_H
#define SALTWELL_TICKS_H

#include "buf.h"

/* Largest number of ticks in one array: a position is a uint32. */
#define TICKS_MAX UINT32_MAX

/*
 * Memory that is reused from array to array. All zero is valid. The longest array that was not
 * ascending needs 20.25 bytes per tick; growth from array to array doubles (buf.h), so less than
 * twice that is held. Ascending arrays need nothing.
 */
struct ticks_scratch {
    struct buf words;
    struct buf spare;
    struct buf index;
    struct buf run_ends;
    struct buf counters;
};

/* Frees the memory; the scratch is empty and usable again. */
void ticks_scratch_free(struct ticks_scratch *scratch);

/* The tick at position i of ticks that stand at any address. */
static inline int64_t ticks_get(const uint8_t *ticks, size_t i)
{
    return load_i64(ticks + i * sizeof(int64_t));
}

/* Valid until the scratch or the input changes. */
struct ticks_order {
    const uint8_t *ticks;  /* n ticks, ascending, at any address: read them with ticks_get */
    const uint32_t *index; /* ticks[i] was at position index[i]; NULL: it was at i */
};

/*
 * Sorts n ticks, stable. times: n int64 at any address; NULL is allowed when n is 0.
 * STATUS_LIMIT when n > TICKS_MAX, before anything is read; STATUS_NOMEM. *order_out is untouched
 * on failure. O(n) when ascending or descending, O(n log runs) when merged, O(n * bytes of the
 * ticks' range) otherwise.
 */
CHECKED enum status ticks_order(const void *times, size_t n, struct ticks_scratch *scratch,
                                struct ticks_order *order_out, struct err *err);

#endif
