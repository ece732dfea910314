/*
 * The summing loops of the exact moments: values are first summed by blocks in a few machine words,
 * then each block's sums are added to the wide integers once. Used by exact_sums.c alone.
 */
#ifndef SALTWELL_EXACT_BLOCK_H
#define SALTWELL_EXACT_BLOCK_H

#include "exact_sums.h"

/*
 * Adds n doubles at any address to the sums of `state`; its count is the caller's. A NaN or an
 * infinity sets is_non_finite, and the sums are then of no use.
 */
void exact_block_add(struct exact *state, const void *values, size_t n);

#endif
