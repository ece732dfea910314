/*
 * The summing loops of the exact moments: values are first summed by blocks in a few machine words,
 * then each block's sums are added to the wide integers once. Used by exact.c alone.
 */
#ifndef SALTWELL_EXACT_BLOCK_H
#define SALTWELL_EXACT_BLOCK_H

#include "exact_wide.h"

#include <stddef.h>

/*
 * Adds the sum of n doubles at any address to *sum (units of 2^-1074), and the sum of their squares
 * to *squares (units of 2^-2148). Returns false at the first block with a NaN or an infinity; the
 * sums are then of no use.
 */
CHECKED bool exact_block_add(struct exact_wide *sum, struct exact_wide *squares, const void *values,
                             size_t n);

#endif
