#include "exact_block.h"

/*
 * Most blocks hold values of similar size. Values whose exponents lie in a window of WINDOW binary
 * orders, placed by a sample of the block, are whole numbers below 2^63 of one unit; they are
 * summed as 64-bit integers and their squares as 128-bit products. The few values outside
 * ("outliers") go to the wide integers one by one. Where they are not few, the rest of the block is
 * summed by exponent instead, in one bin for each of BINS exponents. Everything is exact, so the
 * choice never shows in the result.
 *
 * The sizes are measured, on uniform, normal, lognormal, whole and mostly zero values: larger
 * blocks take more stack for nothing, smaller ones add too often.
 */
enum {
    BLOCK = 512,    /* BLOCK / BANKS mantissas below 2^53 in a bin stay below 2^63 */
    SAMPLES = 8,    /* enough to tell a narrow block from a wide one */
    WINDOW = 11,    /* 53 bits of mantissa and WINDOW - 1 doublings are 63 bits */
    OUTLIERS = 8,   /* more of them cost more than the bins do */
    BINS = 32,      /* 1.5 KiB to clear for each block */
    BANKS = 2,      /* neighbours often share an exponent: two banks halve the wait for the store */
    BINS_ABOVE = 8, /* bins for values larger than the sample's largest */
};

/* A double's parts, and the limits of its exponent field. */
#define MANTISSA ((UINT64_C(1) << 52) - 1)
#define LEADING_BIT (UINT64_C(1) << 52)
enum {
    FIELD_NON_FINITE = 2047,
    FIELD_MAX = 2046,
    WINDOW_FIELD_MIN = 64, /* lower, the power of two that scales to whole numbers overflows */
};

/* A block's sum in units of 2^(position - 1074), its squares' sum in units of that squared. */
struct block_sums {
    int128 sum;
    uint128 squares;
    uint64_t squares_high; /* squares' bits from 128 up */
    uint32_t position;
};

struct bins {
    int64_t sums[BINS][BANKS];
    uint128 squares[BINS][BANKS];
    uint32_t lowest; /* exponent field of the first bin */
};

/* The exponent fields of the largest and the smallest of some values, zeros left out. */
struct sample {
    uint32_t largest;
    uint32_t smallest;
    bool has_zero; /* or a subnormal */
};

static uint64_t load_bits(const uint8_t *values, size_t i)
{
    return load_u64(values + i * sizeof(double));
}

static uint32_t get_field(uint64_t bits)
{
    return (uint32_t)(bits >> 52) & FIELD_NON_FINITE;
}

static uint32_t clamp(uint32_t value, uint32_t least, uint32_t most)
{
    return value < least ? least : value > most ? most : value;
}

/* 2^exponent, -1022 <= exponent <= 1023. */
static double get_power_of_two(int exponent)
{
    uint64_t bits = (uint64_t)(1023 + exponent) << 52;
    return load_f64(&bits);
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

static void add_block_sums(struct exact *state, const struct block_sums *block)
{
    uint64_t extension = block->sum < 0 ? UINT64_MAX : 0;
    uint64_t sum[3] = {(uint64_t)block->sum, (uint64_t)((uint128)block->sum >> 64)};
    shift_limbs(sum, 2, block->position % 64, extension);
    exact_wide_add(&state->sum, block->position / 64, sum, 3, extension);

    uint32_t position = 2 * block->position;
    uint64_t squares[4] = {(uint64_t)block->squares, (uint64_t)(block->squares >> 64),
                           block->squares_high};
    shift_limbs(squares, 3, position % 64, 0);
    exact_wide_add(&state->squares, position / 64, squares, 4, 0);
}

/* Adds one value of any kind. */
static void add_value(struct exact *state, uint64_t bits)
{
    uint32_t field = get_field(bits);
    uint64_t mantissa = bits & MANTISSA;
    if (field == FIELD_NON_FINITE) {
        state->is_non_finite = true;
        return;
    }
    if (field > 0) {
        mantissa |= LEADING_BIT;
        field--;
    }
    if (mantissa == 0)
        return;
    struct block_sums block = {
        .sum = bits >> 63 ? -(int128)mantissa : (int128)mantissa,
        .squares = (uint128)mantissa * mantissa,
        .position = field,
    };
    add_block_sums(state, &block);
}

static struct sample take_sample(const uint8_t *values, size_t n)
{
    struct sample sample = {.smallest = FIELD_NON_FINITE};
    size_t step = (n + SAMPLES - 1) / SAMPLES;
    for (size_t i = 0; i < n; i += step) {
        uint32_t field = get_field(load_bits(values, i));
        sample.has_zero = sample.has_zero || field == 0;
        sample.largest = field > sample.largest ? field : sample.largest;
        sample.smallest = field < sample.smallest && field > 0 ? field : sample.smallest;
    }
    return sample;
}

/* Copies the values that are not 0, without a branch on them, and returns how many those are. */
static size_t drop_zeros(uint64_t *kept_out, const uint8_t *values, size_t n)
{
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t bits = load_bits(values, i);
        kept_out[n_kept] = bits;
        n_kept += bits << 1 != 0;
    }
    return n_kept;
}

/*
 * Sums the values whose exponent field is in [lowest, lowest + WINDOW), from the front, until n are
 * done or OUTLIERS values were left out. Returns how many were summed or left out.
 */
static size_t add_window(struct exact *state, const uint8_t *values, size_t n, uint32_t lowest,
                         uint64_t *outliers_out, uint32_t *n_outliers_out)
{
    const double scale = get_power_of_two(1075 - (int)lowest);
    const uint64_t first = (uint64_t)lowest << 53; /* shifted once more, to drop the sign */
    const uint64_t width = (uint64_t)WINDOW << 53;
    struct block_sums block = {.position = lowest - 1};
    uint32_t n_outliers = 0;
    size_t i = 0;
    for (; i < n && n_outliers < OUTLIERS; i++) {
        uint64_t bits = load_bits(values, i);
        if (UNLIKELY((bits << 1) - first >= width)) {
            outliers_out[n_outliers++] = bits;
            continue;
        }
        int64_t whole = (int64_t)(load_f64(values + i * sizeof(double)) * scale);
        uint128 square = (uint128)((int128)whole * whole);
        block.sum += whole;
        block.squares += square;
        block.squares_high += block.squares < square;
    }
    add_block_sums(state, &block);
    *n_outliers_out = n_outliers;
    return i;
}

/* Adds values to their bins, those that have none to the state. */
static void bin_values(struct exact *state, struct bins *bins, const void *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t bits = load_bits(values, i);
        uint32_t bin = get_field(bits) - bins->lowest;
        if (UNLIKELY(bin >= BINS)) {
            add_value(state, bits);
            continue;
        }
        int64_t mantissa = (int64_t)((bits & MANTISSA) | LEADING_BIT);
        int64_t sign = -(int64_t)(bits >> 63);
        bins->sums[bin][i % BANKS] += (mantissa ^ sign) - sign;
        bins->squares[bin][i % BANKS] += (uint128)((int128)mantissa * mantissa);
    }
}

/* Adds the bins up, the highest exponent first: each step down doubles the sum so far. */
static void add_bins(struct exact *state, const struct bins *bins)
{
    struct block_sums block = {.position = bins->lowest - 1};
    for (uint32_t i = BINS; i-- > 0;) {
        uint128 squares = bins->squares[i][0] + bins->squares[i][1];
        block.sum = block.sum * 2 + bins->sums[i][0] + bins->sums[i][1];
        block.squares_high = block.squares_high << 2 | (uint64_t)(block.squares >> 126);
        block.squares = (block.squares << 2) + squares;
        block.squares_high += block.squares < squares;
    }
    add_block_sums(state, &block);
}

static void add_block(struct exact *state, const uint8_t *values, size_t n)
{
    uint64_t kept[BLOCK];
    struct sample sample = take_sample(values, n);
    if (sample.has_zero) {
        n = drop_zeros(kept, values, n);
        values = (const uint8_t *)kept;
        sample = take_sample(values, n);
    }

    uint64_t outliers[OUTLIERS];
    uint32_t n_outliers = 0;
    size_t n_done = 0;
    if (sample.largest > WINDOW_FIELD_MIN && sample.largest - sample.smallest < WINDOW - 1) {
        uint32_t lowest =
            clamp(sample.largest + 2 - WINDOW, WINDOW_FIELD_MIN, FIELD_MAX + 1 - WINDOW);
        n_done = add_window(state, values, n, lowest, outliers, &n_outliers);
    }
    if (n_done == n) {
        for (uint32_t i = 0; i < n_outliers; i++)
            add_value(state, outliers[i]);
        return;
    }
    struct bins bins = {.lowest = clamp(sample.largest + BINS_ABOVE + 1, BINS + 1, FIELD_MAX + 1)};
    bins.lowest -= BINS;
    bin_values(state, &bins, outliers, n_outliers);
    bin_values(state, &bins, values + n_done * sizeof(double), n - n_done);
    add_bins(state, &bins);
}

void exact_block_add(struct exact *state, const void *values, size_t n)
{
    const uint8_t *at = values;
    while (n > 0 && !state->is_non_finite) {
        size_t n_block = n < BLOCK ? n : BLOCK;
        add_block(state, at, n_block);
        at += n_block * sizeof(double);
        n -= n_block;
    }
}
