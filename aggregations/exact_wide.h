/*
 * Wide integers for the exact sums: fixed-point numbers of up to 68 limbs of 64 bits, of which only
 * the limbs in use are ever read, written or cleared. The scheme is the small superaccumulator of
 * R. M. Neal, "Fast exact summation using small and large superaccumulators", arXiv 1505.05571,
 * section 3, with full 64-bit limbs: a carry rarely leaves the limbs of one block, because blocks
 * are summed first (exact_block.c), so nothing is won by keeping bits free for carries.
 *
 * An exact_wide is signed: the limbs in [low, high), two's complement, the limbs below are zero and
 * those above are all equal to `extension` (0 or all ones). An exact_magnitude is unsigned and
 * trimmed: limbs[low] and limbs[high - 1] are not zero, or low equals high and the number is 0.
 *
 * Numbers stay below 2^4352 = 68 limbs: with the unit 2^-2148, n < 2^64 squares of doubles are
 * below 2^(2 * (1024 + 1074) + 64) = 2^4260, and n times that below 2^4324.
 */
#ifndef SALTWELL_EXACT_WIDE_H
#define SALTWELL_EXACT_WIDE_H

#include "compiler.h"

#include <stdbool.h>

enum { EXACT_WIDE_LIMBS = 68 };

struct exact_wide {
    uint64_t extension;
    uint32_t low;
    uint32_t high;
    uint64_t limbs[EXACT_WIDE_LIMBS];
};

struct exact_magnitude {
    uint32_t low;
    uint32_t high;
    uint64_t limbs[EXACT_WIDE_LIMBS];
};

/* Makes the number 0. Touches no limb. */
static inline void exact_wide_reset(struct exact_wide *wide)
{
    wide->extension = 0;
    wide->low = 0;
    wide->high = 0;
}

/*
 * Adds the signed number addend[0 .. n_limbs) * 2^(64 * limb), whose limbs above are all equal to
 * addend_extension (0 or all ones); no limbs stand for 0. limb + n_limbs is at most
 * EXACT_WIDE_LIMBS, and the result fits too. addend may be the limbs of `wide` itself at their own
 * place. O(n_limbs + the distance to the limbs in use), nearly always without a walk of the carry.
 */
void exact_wide_add(struct exact_wide *wide, uint32_t limb, const uint64_t *addend,
                    uint32_t n_limbs, uint64_t addend_extension);

/* Writes |wide| and returns true where wide is negative. O(limbs in use). */
bool exact_wide_magnitude(const struct exact_wide *wide, struct exact_magnitude *magnitude_out);

/* Sets *wide_out to `magnitude`, negated where asked. O(limbs in use). */
void exact_wide_set(struct exact_wide *wide_out, const struct exact_magnitude *magnitude,
                    bool negative);

/* Restores the invariant: drops zero limbs at both ends of [low, high). */
void exact_magnitude_trim(struct exact_magnitude *magnitude);

/* magnitude *= factor, where the product fits. O(limbs in use). */
void exact_magnitude_scale(struct exact_magnitude *magnitude, uint64_t factor);

/* *square_out = magnitude^2; magnitude is below 2^(64 * 34). O(limbs in use, squared). */
void exact_magnitude_square(const struct exact_magnitude *magnitude,
                            struct exact_magnitude *square_out);

/*
 * magnitude -= subtrahend. Returns false where that would be negative; magnitude is then not
 * usable.
 */
CHECKED bool exact_magnitude_subtract(struct exact_magnitude *magnitude,
                                      const struct exact_magnitude *subtrahend);

/*
 * The double next to magnitude * 2^unit_exponent / divisor: rounded once, to nearest, ties to even,
 * subnormal results included; +infinity where that rule gives 2^1024. divisor > 0. O(limbs in use).
 */
double exact_magnitude_divide(const struct exact_magnitude *magnitude, uint64_t divisor,
                              int unit_exponent);

#endif
