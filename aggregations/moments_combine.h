/* The pairwise update of moments, for blocks of values and for states. Used by moments*.c alone. */
#ifndef SALTWELL_MOMENTS_COMBINE_H
#define SALTWELL_MOMENTS_COMBINE_H

#include "moments.h"

#include <math.h>

#define MOMENTS_NOT_A_NUMBER(count) \
    ((struct moments){.n = (count), .mean = (double)NAN, .m2 = (double)NAN})

/* STATUS_LIMIT: n + added would pass 2^64 - 1. */
CHECKED enum status moments_check_sum(uint64_t n, uint64_t added, struct err *err);

/* Merges two states whose counts have a sum below 2^64. */
struct moments moments_combine(const struct moments *a, const struct moments *b);

#endif
