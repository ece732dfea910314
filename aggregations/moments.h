/*
 * Moments: count, mean and the sum of squared deviations (m2) of a set of doubles, in a form that
 * merges. Variances are m2 / n and m2 / (n - 1).
 *
 * Method: values are summed in blocks around a shift near the block's mean,
 *     d = x - shift, mean = shift + sum(d) / n, m2 = sum(d * d) - sum(d)^2 / n
 * (Chan, Golub, LeVeque 1983, "Algorithms for computing the sample variance", Am. Stat. 37:242),
 * and blocks and states merge by the pairwise update of the same paper:
 *     d = mean_b - mean_a, mean = mean_a + d * (n_b / n),
 *     m2 = m2_a + m2_b + d * (n_a * (n_b / n)) * d
 *
 * Laws, each with a test:
 * - The empty state is all zeros. Merging with it gives the other state's bits, from both sides.
 * - merge(a, b) and merge(b, a) have the same bits; merge_all does not depend on the order of the
 *   states, nor on empty states among them. Grouping matters within the error bound below.
 * - Equal values give m2 = 0 exactly, however they are split and merged.
 * - A NaN or an infinity among the values makes mean and m2 NaN, and counts in n. NaNs that are
 *   made here have the bits 0x7ff8000000000000.
 * - m2 = +infinity says that the exact m2 is above the largest double; the mean stays finite. No
 *   intermediate overflows, and none underflows, where the result does not.
 * - A mean of zero made here is +0.0.
 * - The same values in the same calls give the same bits on every machine and from every compiler.
 *   Another order of the values, or another split into calls, may change the last bits.
 * - m2 is within 16 * kappa * u of the exact value, relative, kappa = sqrt(1 + n * mean^2 / m2),
 *   u = 2^-53, and the mean within 16 * u * (|mean| + sd), where each state comes from one call of
 *   moments_update and they meet in one call of moments_merge_all. Every further call that adds to
 *   a state is a link of a chain: k of them make it (16 + k) * kappa * u and (16 + k) * u.
 */
#ifndef SALTWELL_MOMENTS_H
#define SALTWELL_MOMENTS_H

#include "err.h"

#include <stddef.h>

struct moments {
    uint64_t n;  /* values seen, NaN and infinity included */
    double mean; /* NaN where a value was not finite */
    double m2;   /* sum of (x - mean)^2, >= 0; NaN as mean */
};

/*
 * Whether a state from outside can be one. The functions below take only states that pass here:
 * - n = 0: mean and m2 are 0, of either sign;
 * - n > 0: m2 is not negative; it is NaN where mean is NaN or infinite;
 * - n = 1: m2 is 0 or NaN.
 * A NaN m2 beside a finite mean is let through (ClickHouse makes it of a mean above 1e154 and an
 * empty state): merged with anything but empty states, it gives NaN for both.
 * STATUS_FORMAT: the state is not valid.
 */
CHECKED enum status moments_validate(const struct moments *state, struct err *err);

/*
 * Adds the n_values doubles that begin at `values`, at any address.
 * STATUS_LIMIT: n would pass 2^64 - 1; the state is as it was.
 * Cost: one pass (a second one over blocks whose shift turns out badly), no memory.
 */
CHECKED enum status moments_update(struct moments *state, const void *values, size_t n_values,
                                   struct err *err);

/*
 * Merges n_states states, pairwise and balanced, in an order of their own; 0 states give the empty
 * one. states: are used up. merged_out: may be states[0].
 * STATUS_LIMIT: n would pass 2^64 - 1; merged_out is as it was.
 * Cost: O(n_states * log(n_states)) at the worst, no memory.
 */
CHECKED enum status moments_merge_all(struct moments *states, size_t n_states,
                                      struct moments *merged_out, struct err *err);

/*
 * The same for many groups of states at once, in half the time where they are small: group g is
 * [ends[g - 1], ends[g]) of states, and merged_out[g] becomes its merge. Each group must have
 * passed moments_check_counts. merged_out: apart from states.
 */
void moments_merge_groups(struct moments *states, const uint64_t *ends, size_t n_groups,
                          struct moments *merged_out);

/* STATUS_LIMIT: the states together have more than 2^64 - 1 values. */
CHECKED enum status moments_check_counts(const struct moments *states, size_t n_states,
                                         struct err *err);

#endif
