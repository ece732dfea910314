#include "exact_total.h"

#include <float.h>
#include <math.h>

/* A finite value. */
static void add_to_wide(struct exact_total *total, double value)
{
    uint64_t bits = load_u64(&value), mantissa = bits & ((UINT64_C(1) << 52) - 1);
    uint32_t field = (uint32_t)(bits >> 52) & 2047;
    uint32_t position = field > 0 ? field - 1 : 0;
    if (field > 0)
        mantissa |= UINT64_C(1) << 52;
    if (mantissa == 0)
        return;
    bool is_negative = bits >> 63 != 0;
    int128 whole = (int128)((uint128)mantissa << position % 64);
    uint128 addend = (uint128)(is_negative ? -whole : whole);
    uint64_t limbs[2] = {(uint64_t)addend, (uint64_t)(addend >> 64)};
    exact_wide_add(&total->wide, position / 64, limbs, 2, is_negative ? UINT64_MAX : 0);
    total->has_wide = true;
}

void exact_total_reset(struct exact_total *total)
{
    total->high = 0;
    total->low = 0;
    total->special = 0;
    total->has_wide = false;
    exact_wide_reset(&total->wide);
}

/* It is not finite, the sum overflows, or it leaves something. */
void exact_total_add_rare(struct exact_total *total, double value)
{
    double rest = 0, left = 0;
    double high = exact_total_split(total->high, value, &rest);
    double low = exact_total_split(total->low, rest, &left);
    if (!(fabs(value) <= DBL_MAX)) {
        total->special += value;
    } else if (!(fabs(left) <= DBL_MAX)) {
        add_to_wide(total, value);
    } else {
        total->high = high;
        total->low = low;
        add_to_wide(total, left);
    }
}

/* Moves the two doubles into the wide integer, and returns that, rounded. */
static double round_wide(struct exact_total *total)
{
    struct exact_magnitude magnitude;
    add_to_wide(total, total->high);
    add_to_wide(total, total->low);
    total->high = 0;
    total->low = 0;
    bool is_negative = exact_wide_magnitude(&total->wide, &magnitude);
    double rounded = exact_magnitude_divide(&magnitude, 1, -1074);
    return is_negative ? 0.0 - rounded : rounded;
}

static double round_special(const struct exact_total *total)
{
    static const uint64_t nan_bits = UINT64_C(0x7ff8000000000000);
    return isnan(total->special) ? load_f64(&nan_bits) : total->special;
}

double exact_total_round(struct exact_total *total)
{
    if (total->special != 0)
        return round_special(total);
    return total->has_wide ? round_wide(total) : total->high + total->low;
}

/* The sign of what a finite rounded sum leaves. */
static int sign_of_rest(struct exact_total *total, double rounded)
{
    struct exact_magnitude magnitude;
    add_to_wide(total, total->high);
    add_to_wide(total, total->low);
    add_to_wide(total, -rounded);
    if (exact_wide_magnitude(&total->wide, &magnitude))
        return -1;
    return magnitude.low < magnitude.high;
}

/* Where the double is not exact its last bit is made odd, so that it lies on no tie of the floats:
 * S. Boldo and G. Melquiond, "Emulation of FMA and correctly rounded sums", IEEE TC 57(4), 2008. */
float exact_total_round_single(struct exact_total *total)
{
    double rounded = exact_total_round(total);
    uint64_t bits = load_u64(&rounded);
    if (total->special != 0 || fabs(rounded) > DBL_MAX || bits % 2 != 0)
        return (float)rounded;
    int sign = sign_of_rest(total, rounded);
    if (sign != 0)
        bits += (sign > 0) == (rounded > 0) ? 1 : UINT64_MAX;
    return (float)load_f64(&bits);
}
