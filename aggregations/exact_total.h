/*
 * The exact sum of doubles as they come, one group after the other: the same bits in any order. The
 * sum is two doubles while that is exact, as it is for nearly all data; what does not fit them goes
 * to a wide integer (exact_wide.h), which then is rarely touched again.
 *
 * A NaN makes the sum the NaN 0x7ff8000000000000, and so do infinities of both signs; infinities of
 * one sign make it that infinity. A sum of nothing but -0.0 is +0.0.
 */
#ifndef SALTWELL_EXACT_TOTAL_H
#define SALTWELL_EXACT_TOTAL_H

#include "exact_wide.h"

/* All zero is the empty sum. */
struct exact_total {
    double high, low; /* what is not in `wide`: high + low, exactly */
    double special;   /* the sum of the NaNs and infinities; 0 where there was none */
    bool has_wide;
    struct exact_wide wide; /* in units of 2^-1074 */
};

/* Makes the sum 0. O(1). */
void exact_total_reset(struct exact_total *total);

/* Adds n doubles at any address. O(n), about 2 ns a value. */
void exact_total_add(struct exact_total *total, const void *values, size_t n);

/* The sum, rounded once: to nearest, ties to even. It may be changed by that: reset it before more
 * is added. */
double exact_total_round(struct exact_total *total);

/* The same as a float, rounded once as well. */
float exact_total_round_single(struct exact_total *total);

#endif
