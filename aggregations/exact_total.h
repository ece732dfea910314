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
    double high;    /* what is not in `wide` is high + low, exactly */
    double special; /* the sum of the NaNs and infinities; 0 where there was none */
    double low;     /* not beside `high`: gcc 12 would add both as a pair, which takes longer */
    bool has_wide;
    struct exact_wide wide; /* in units of 2^-1074 */
};

/* Makes the sum 0. O(1). */
void exact_total_reset(struct exact_total *total);

/* a + b as the nearest double and what that leaves, exactly: D. E. Knuth, The Art of Computer
 * Programming 2, 4.2.2, theorem B. Where the sum overflows, what is left is no number. */
static inline double exact_total_split(double a, double b, double *rest_out)
{
    double sum = a + b, b_part = sum - a, a_part = sum - b_part;
    *rest_out = (a - a_part) + (b - b_part);
    return sum;
}

/* For exact_total_add: adds a value that the two doubles do not take. */
void exact_total_add_rare(struct exact_total *total, double value);

/* Adds a value. O(1), 1 to 2 ns. */
static inline void exact_total_add(struct exact_total *total, double value)
{
    double rest = 0, left = 0;
    double high = exact_total_split(total->high, value, &rest);
    double low = exact_total_split(total->low, rest, &left);
    if (UNLIKELY(left != 0)) { /* also where it is no number */
        exact_total_add_rare(total, value);
        return;
    }
    total->high = high;
    total->low = low;
}

/* The sum, rounded once: to nearest, ties to even. It may be changed by that: reset it before more
 * is added. */
double exact_total_round(struct exact_total *total);

/* The same as a float, rounded once as well. */
float exact_total_round_single(struct exact_total *total);

#endif
