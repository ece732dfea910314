#include "exact_block.h"

/*
 * Most blocks hold values of similar size. Scaled by a power of two such that the largest stays
 * below 2^63, most values are whole numbers; they are summed as 64-bit integers, their squares as
 * 128-bit products. The others ("outliers": 11 or more binary orders below the largest, with low
 * bits set) go to the wide integers one by one. Where a block has too many of them, the rest of the
 * block is summed by exponent, one bin each for the BINS largest exponents. Everything is exact, so
 * the choice never shows in the result.
 */

enum {
    BLOCK = 1024,             /* 2^9 per bank, times a mantissa below 2^53, stays below 2^63 */
    OUTLIERS = 24,            /* more than this in a block cost more than the bins do */
    BINS = 32,                /* 2 banks of 24 bytes each: 1.5 KiB to clear for a block */
    SCALED_EXPONENT_MIN = 63, /* below, the unit is no normal double */
    BANKS = 2, /* neighbours often have one exponent: two banks halve the wait for the store */
};

#define EXPONENT_FIELD UINT64_C(0x7ff)
#define MANTISSA (((uint64_t)1 << 52) - 1)
#define LEADING_BIT ((uint64_t)1 << 52)

/* A block's sum in units of 2^(position - 1074), its squares' sum in units of that squared. */
struct block_sums {
    int128 sum;
    uint128 squares;
    uint64_t squares_high;
    uint32_t position;
};

struct bins {
    int64_t sums[BINS][BANKS];
    uint128 squares[BINS][BANKS];
};

static uint64_t read_bits(const uint8_t *values, size_t i)
{
    return load_u64(values + i * sizeof(double));
}

/* Shifts limbs[0 .. n) left by `shift` < 64 bits into limbs[0 .. n], filled from `extension`. */
static void shift_limbs(uint64_t *limbs, uint32_t n, uint32_t shift, uint64_t extension)
{
    limbs[n] = extension;
    if (shift == 0)
        return;
    for (uint32_t i = n; i > 0; i--)
        limbs[i] = limbs[i] << shift | limbs[i - 1] >> (64 - shift);
    limbs[0] <<= shift;
}

static void add_block_sums(struct exact_wide *sum, struct exact_wide *squares,
                           const struct block_sums *block)
{
    uint64_t extension = block->sum < 0 ? UINT64_MAX : 0;
    uint64_t first[3] = {(uint64_t)block->sum, (uint64_t)((uint128)block->sum >> 64)};
    shift_limbs(first, 2, block->position % 64, extension);
    exact_wide_add(sum, block->position / 64, first, 3, extension);

    uint32_t position = 2 * block->position;
    uint64_t second[4] = {(uint64_t)block->squares, (uint64_t)(block->squares >> 64),
                          block->squares_high};
    shift_limbs(second, 3, position % 64, 0);
    exact_wide_add(squares, position / 64, second, 4, 0);
}

/* Adds one finite value. */
static void add_value(struct exact_wide *sum, struct exact_wide *squares, uint64_t bits)
{
    uint64_t field = bits >> 52 & EXPONENT_FIELD;
    uint64_t mantissa = bits & MANTISSA;
    if (field > 0) {
        mantissa |= LEADING_BIT;
        field--;
    }
    if (mantissa == 0)
        return;
    struct block_sums block = {
        .sum = bits >> 63 ? -(int128)mantissa : (int128)mantissa,
        .squares = (uint128)mantissa * mantissa,
        .position = (uint32_t)field,
    };
    add_block_sums(sum, squares, &block);
}

/* The exponent field of the largest |value|; EXPONENT_FIELD where there is a NaN or an infinity. */
static uint32_t find_largest_exponent(const uint8_t *values, size_t n)
{
    uint64_t largest = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t twice = read_bits(values, i) << 1; /* drops the sign */
        largest = twice > largest ? twice : largest;
    }
    return (uint32_t)(largest >> 53);
}

/* 2^exponent, -1022 <= exponent <= 1023. */
static double get_power_of_two(int exponent)
{
    uint64_t bits = (uint64_t)(1023 + exponent) << 52;
    return load_f64(&bits);
}

/*
 * Sums values as multiples of 2^(block->position - 1074), all below 2^63 of that unit, from the
 * front until n are done or OUTLIERS values were left out. Returns how many values were taken or
 * left out.
 */
static size_t add_scaled(struct block_sums *block, const uint8_t *values, size_t n,
                         uint64_t *outliers_out, uint32_t *n_outliers_out)
{
    const double unit = get_power_of_two((int)block->position - 1074);
    const double scale = get_power_of_two(1074 - (int)block->position);
    int128 sum = 0;
    uint128 squares = 0;
    uint64_t squares_high = 0;
    uint32_t n_outliers = 0;
    size_t i = 0;
    for (; i < n; i++) {
        double value = load_f64(values + i * sizeof(double));
        int64_t whole = (int64_t)(value * scale);
        /* Compared unscaled, because a tiny value times the scale may be rounded to 0. */
        if (UNLIKELY((double)whole * unit != value)) {
            outliers_out[n_outliers++] = read_bits(values, i);
            if (n_outliers < OUTLIERS)
                continue;
            i++;
            break;
        }
        uint128 square = (uint128)((int128)whole * whole);
        sum += whole;
        squares += square;
        squares_high += squares < square;
    }
    block->sum = sum;
    block->squares = squares;
    block->squares_high = squares_high;
    *n_outliers_out = n_outliers;
    return i;
}

/* Adds the bins up, the highest exponent first: each step down doubles the sum so far. */
static void sum_bins(struct block_sums *block, const struct bins *bins)
{
    int128 sum = 0;
    uint128 squares = 0;
    uint64_t squares_high = 0;
    for (uint32_t i = BINS; i-- > 0;) {
        sum = sum * 2 + bins->sums[i][0] + bins->sums[i][1];
        squares_high = squares_high << 2 | (uint64_t)(squares >> 126);
        uint128 here = bins->squares[i][0] + bins->squares[i][1];
        squares = (squares << 2) + here;
        squares_high += squares < here;
    }
    block->sum = sum;
    block->squares = squares;
    block->squares_high = squares_high;
}

/* Adds at most BLOCK finite values whose exponent field is at most `largest`. */
static void add_binned(struct exact_wide *sum, struct exact_wide *squares, const uint8_t *values,
                       size_t n, uint32_t largest)
{
    struct bins bins = {0};
    uint64_t lowest = largest >= BINS ? largest - BINS + 1 : 1;
    for (size_t i = 0; i < n; i++) {
        uint64_t bits = read_bits(values, i);
        uint64_t bin = (bits >> 52 & EXPONENT_FIELD) - lowest;
        if (UNLIKELY(bin >= BINS)) {
            add_value(sum, squares, bits);
            continue;
        }
        int64_t mantissa = (int64_t)((bits & MANTISSA) | LEADING_BIT);
        int64_t sign = (int64_t)bits >> 63;
        bins.sums[bin][i % BANKS] += (mantissa ^ sign) - sign;
        bins.squares[bin][i % BANKS] += (uint128)((int128)mantissa * mantissa);
    }
    struct block_sums block = {.position = (uint32_t)lowest - 1};
    sum_bins(&block, &bins);
    add_block_sums(sum, squares, &block);
}

/* Adds at most BLOCK finite values whose largest exponent field is `largest`. */
static void add_block(struct exact_wide *sum, struct exact_wide *squares, const uint8_t *values,
                      size_t n, uint32_t largest)
{
    size_t n_done = 0;
    if (largest >= SCALED_EXPONENT_MIN) {
        /* |value| < 2^(largest - 1022): below 2^63 in units of 2^(largest - 1085). */
        uint64_t outliers[OUTLIERS];
        uint32_t n_outliers = 0;
        struct block_sums block = {.position = largest - 11};
        n_done = add_scaled(&block, values, n, outliers, &n_outliers);
        add_block_sums(sum, squares, &block);
        for (uint32_t i = 0; i < n_outliers; i++)
            add_value(sum, squares, outliers[i]);
    }
    if (n_done < n)
        add_binned(sum, squares, values + n_done * sizeof(double), n - n_done, largest);
}

bool exact_block_add(struct exact_wide *sum, struct exact_wide *squares, const void *values,
                     size_t n)
{
    const uint8_t *at = values;
    while (n > 0) {
        size_t n_block = n < BLOCK ? n : BLOCK;
        uint32_t largest = find_largest_exponent(at, n_block);
        if (largest == EXPONENT_FIELD)
            return false;
        add_block(sum, squares, at, n_block, largest);
        at += n_block * sizeof(double);
        n -= n_block;
    }
    return true;
}
