#include "exact_wide.h"

#include <assert.h>

/* Adds -1, 0 or 1 at limbs[at]; returns what leaves the limb below `high`. */
static int propagate_carry(struct exact_wide *wide, uint32_t at, int carry)
{
    for (; carry != 0 && at < wide->high; at++) {
        uint64_t before = wide->limbs[at];
        wide->limbs[at] = before + (uint64_t)(int64_t)carry;
        if (carry > 0)
            carry = wide->limbs[at] == 0;
        else
            carry = -(before == 0);
    }
    return carry;
}

/* Takes the limbs [from, to) into use without changing the number. */
static void widen_range(struct exact_wide *wide, uint32_t from, uint32_t to)
{
    if (wide->low == wide->high && wide->extension == 0) {
        wide->low = from;
        wide->high = from;
    }
    while (wide->low > from)
        wide->limbs[--wide->low] = 0;
    while (wide->high < to)
        wide->limbs[wide->high++] = wide->extension;
}

void exact_wide_add(struct exact_wide *wide, uint32_t limb, const uint64_t *addend,
                    uint32_t n_limbs, uint64_t addend_extension)
{
    assert(limb + n_limbs <= EXACT_WIDE_LIMBS);
    if (n_limbs == 0)
        return;
    widen_range(wide, limb, limb + n_limbs);
    uint64_t carry = 0;
    for (uint32_t i = 0; i < n_limbs; i++) {
        uint128 sum = (uint128)wide->limbs[limb + i] + addend[i] + carry;
        wide->limbs[limb + i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
    int above = propagate_carry(wide, limb + n_limbs, (int)carry - (addend_extension != 0));
    int64_t top = above - (wide->extension != 0);
    if (top > 0 || top < -1) {
        assert(wide->high < EXACT_WIDE_LIMBS);
        wide->limbs[wide->high++] = (uint64_t)top;
    }
    wide->extension = top < 0 ? UINT64_MAX : 0;
}

bool exact_wide_magnitude(const struct exact_wide *wide, struct exact_magnitude *magnitude_out)
{
    bool negative = wide->extension != 0;
    uint64_t flip = wide->extension;
    uint64_t carry = negative;
    magnitude_out->low = wide->low;
    magnitude_out->high = wide->high;
    for (uint32_t i = wide->low; i < wide->high; i++) {
        uint64_t limb = (wide->limbs[i] ^ flip) + carry;
        carry = carry && limb == 0;
        magnitude_out->limbs[i] = limb;
    }
    if (carry != 0) {
        assert(wide->high < EXACT_WIDE_LIMBS);
        magnitude_out->limbs[magnitude_out->high++] = 1;
    }
    exact_magnitude_trim(magnitude_out);
    return negative;
}

void exact_wide_set(struct exact_wide *wide_out, const struct exact_magnitude *magnitude,
                    bool negative)
{
    uint64_t flip = negative ? UINT64_MAX : 0;
    uint64_t carry = negative;
    wide_out->extension = flip;
    wide_out->low = magnitude->low;
    wide_out->high = magnitude->high;
    for (uint32_t i = magnitude->low; i < magnitude->high; i++) {
        uint64_t limb = (magnitude->limbs[i] ^ flip) + carry;
        carry = carry && limb == 0;
        wide_out->limbs[i] = limb;
    }
    assert(carry == 0); /* a trimmed magnitude is not zero where a sign is asked for */
}

void exact_magnitude_trim(struct exact_magnitude *magnitude)
{
    while (magnitude->high > magnitude->low && magnitude->limbs[magnitude->high - 1] == 0)
        magnitude->high--;
    while (magnitude->low < magnitude->high && magnitude->limbs[magnitude->low] == 0)
        magnitude->low++;
}

void exact_magnitude_scale(struct exact_magnitude *magnitude, uint64_t factor)
{
    uint64_t carry = 0;
    for (uint32_t i = magnitude->low; i < magnitude->high; i++) {
        uint128 product = (uint128)magnitude->limbs[i] * factor + carry;
        magnitude->limbs[i] = (uint64_t)product;
        carry = (uint64_t)(product >> 64);
    }
    if (carry != 0) {
        assert(magnitude->high < EXACT_WIDE_LIMBS);
        magnitude->limbs[magnitude->high++] = carry;
    }
    exact_magnitude_trim(magnitude);
}

void exact_magnitude_square(const struct exact_magnitude *magnitude,
                            struct exact_magnitude *square_out)
{
    assert(2 * magnitude->high <= EXACT_WIDE_LIMBS);
    square_out->low = 2 * magnitude->low;
    square_out->high = 2 * magnitude->high;
    for (uint32_t i = square_out->low; i < square_out->high; i++)
        square_out->limbs[i] = 0;
    for (uint32_t i = magnitude->low; i < magnitude->high; i++) {
        uint64_t carry = 0;
        for (uint32_t j = magnitude->low; j < magnitude->high; j++) {
            uint128 product = (uint128)magnitude->limbs[i] * magnitude->limbs[j] +
                              square_out->limbs[i + j] + carry;
            square_out->limbs[i + j] = (uint64_t)product;
            carry = (uint64_t)(product >> 64);
        }
        square_out->limbs[i + magnitude->high] = carry;
    }
    exact_magnitude_trim(square_out);
}

bool exact_magnitude_subtract(struct exact_magnitude *magnitude,
                              const struct exact_magnitude *subtrahend)
{
    if (subtrahend->low == subtrahend->high)
        return true;
    if (subtrahend->high > magnitude->high)
        return false;
    while (magnitude->low > subtrahend->low)
        magnitude->limbs[--magnitude->low] = 0;
    uint64_t borrow = 0;
    for (uint32_t i = subtrahend->low; i < magnitude->high; i++) {
        uint64_t taken = i < subtrahend->high ? subtrahend->limbs[i] : 0;
        uint128 difference = (uint128)magnitude->limbs[i] - taken - borrow;
        magnitude->limbs[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
    exact_magnitude_trim(magnitude);
    return borrow == 0;
}

/* The 64 bits of limbs[0 .. n_limbs) from the given bit upwards; zero after the end. */
static uint64_t read_bits(const uint64_t *limbs, uint32_t n_limbs, uint32_t bit)
{
    uint32_t limb = bit / 64;
    uint32_t shift = bit % 64;
    if (limb >= n_limbs)
        return 0;
    uint64_t above = limb + 1 < n_limbs ? limbs[limb + 1] : 0;
    return shift == 0 ? limbs[limb] : limbs[limb] >> shift | above << (64 - shift);
}

/* Whether a bit below the given one is set. */
static bool is_any_bit_set_below(const uint64_t *limbs, uint32_t n_limbs, uint32_t bit)
{
    uint32_t whole = bit / 64 < n_limbs ? bit / 64 : n_limbs;
    for (uint32_t i = 0; i < whole; i++)
        if (limbs[i] != 0)
            return true;
    return whole < n_limbs && bit % 64 != 0 && limbs[whole] << (64 - bit % 64) != 0;
}

/*
 * Rounds limbs * 2^unit_exponent, plus something below the lowest bit where is_more is set. The
 * number has its highest bit at 64 or above, so that the last place of the result is inside it.
 */
static double round_to_double(const uint64_t *limbs, uint32_t n_limbs, bool is_more,
                              int unit_exponent)
{
    while (limbs[n_limbs - 1] == 0)
        n_limbs--;
    int top_bit = (int)(64 * n_limbs) - 1 - __builtin_clzll(limbs[n_limbs - 1]);
    int last_bit = top_bit - 52;
    if (last_bit < -1074 - unit_exponent)
        last_bit = -1074 - unit_exponent; /* a subnormal has fewer places */
    int field = last_bit + unit_exponent + 1074;
    uint64_t result_bits = UINT64_C(0x7ff) << 52;
    if (field < 2046) {
        assert(last_bit > 0);
        uint32_t last = (uint32_t)last_bit;
        uint64_t mantissa = read_bits(limbs, n_limbs, last);
        bool half = read_bits(limbs, n_limbs, last - 1) & 1;
        is_more = is_more || is_any_bit_set_below(limbs, n_limbs, last - 1);
        mantissa += half && (is_more || (mantissa & 1));
        /* The leading bit of the mantissa counts one up in the field, and so does a carry out. */
        result_bits = ((uint64_t)field << 52) + mantissa;
    }
    return load_f64(&result_bits);
}

double exact_magnitude_divide(const struct exact_magnitude *magnitude, uint64_t divisor,
                              int unit_exponent)
{
    if (magnitude->low == magnitude->high)
        return 0.0;
    /* Two limbs of the quotient, the upper one not zero, hold all of its places. */
    enum { PLACES = 2 };
    uint64_t quotient[PLACES], rest = 0;
    uint32_t limb = magnitude->high;
    if (magnitude->limbs[limb - 1] < divisor)
        rest = magnitude->limbs[--limb];
    int lowest_exponent = unit_exponent + 64 * ((int)limb - PLACES);
    for (uint32_t i = PLACES; i-- > 0;) {
        uint128 dividend = (uint128)rest << 64;
        if (limb > magnitude->low)
            dividend |= magnitude->limbs[--limb];
        quotient[i] = (uint64_t)(dividend / divisor);
        rest = (uint64_t)dividend - quotient[i] * divisor;
    }
    bool is_more = rest != 0 || limb > magnitude->low;
    return round_to_double(quotient, PLACES, is_more, lowest_exponent);
}
