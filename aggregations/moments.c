#include "moments_combine.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>

#if FLT_EVAL_METHOD != 0
#error "moments need doubles that are computed as doubles (on 32-bit x86: -msse2 -mfpmath=sse)"
#endif

enum {
    /* Independent sums side by side: enough for two SSE2 additions a cycle at a latency of four. */
    N_LANES = 8,
    /*
     * Values summed in a row before their sums are put away. Additions that follow one another can
     * all round the same way, so the error grows with their number: 8 a lane here, 128 for a whole
     * block.
     */
    RUN_VALUES = 8 * N_LANES,
    /* Values that share a shift: 8 KiB, and some 350 ns, beside which a merge's 30 are little. */
    BLOCK_VALUES = 1024,
    /* Values whose mean makes the shift: one block in 200 of normal data needs a second pass. */
    N_SAMPLES = 8,
    /* Partial results of a balanced tree over at most 2^64 leaves. */
    MAX_TREE_HEIGHT = 64,
};
/* Below this, squares may have lost digits to underflow. */
#define SMALLEST_SAFE_SQUARES 0x1p-900
/* Values that are scaled at once; 2 KiB of stack. */
enum { SCALED_VALUES = 256 };

/* Sums of d = x - shift. */
struct sums {
    double d;
    double squares;
};

static double value_at(const unsigned char *values, size_t i)
{
    return load_f64(values + i * sizeof(double));
}

static double_pair pair_at(const unsigned char *values, size_t i)
{
    double_pair loaded;
    memcpy(&loaded, values + i * sizeof(double), sizeof(loaded));
    return loaded;
}

/* A stack of partial results that keeps a tree of merges balanced, as a binary counter does. */
struct tree {
    uint64_t n_leaves;
    size_t height;
    struct moments partials[MAX_TREE_HEIGHT];
};

static void tree_add_leaf(struct tree *tree, struct moments leaf)
{
    for (uint64_t carry = tree->n_leaves; (carry & 1) != 0; carry >>= 1)
        leaf = moments_combine(&tree->partials[--tree->height], &leaf);
    tree->partials[tree->height++] = leaf;
    tree->n_leaves++;
}

static struct moments tree_final(const struct tree *tree)
{
    struct moments merged = {0};
    for (size_t i = tree->height; i > 0; i--)
        merged = moments_combine(&tree->partials[i - 1], &merged);
    return merged;
}

/*
 * Four pairs of lanes, and a pair more for what is left. Written out: compilers keep an array of
 * sums in memory, which halves the speed.
 */
static struct sums sum_run(const unsigned char *values, size_t n_values, double shift)
{
    double_pair shifts = {shift, shift};
    double_pair d_0 = {0}, d_1 = {0}, d_2 = {0}, d_3 = {0};
    double_pair squares_0 = {0}, squares_1 = {0}, squares_2 = {0}, squares_3 = {0};
    size_t i = 0;
    for (; i + N_LANES <= n_values; i += N_LANES) {
        double_pair x_0 = pair_at(values, i) - shifts;
        double_pair x_1 = pair_at(values, i + 2) - shifts;
        double_pair x_2 = pair_at(values, i + 4) - shifts;
        double_pair x_3 = pair_at(values, i + 6) - shifts;
        d_0 += x_0;
        d_1 += x_1;
        d_2 += x_2;
        d_3 += x_3;
        squares_0 += x_0 * x_0;
        squares_1 += x_1 * x_1;
        squares_2 += x_2 * x_2;
        squares_3 += x_3 * x_3;
    }
    for (; i + 2 <= n_values; i += 2) {
        double_pair x = pair_at(values, i) - shifts;
        d_0 += x;
        squares_0 += x * x;
    }
    double_pair d = (d_0 + d_1) + (d_2 + d_3);
    double_pair squares = (squares_0 + squares_1) + (squares_2 + squares_3);
    struct sums sums = {.d = d[0] + d[1], .squares = squares[0] + squares[1]};
    if (i < n_values) {
        double x = value_at(values, i) - shift;
        sums.d += x;
        sums.squares += x * x;
    }
    return sums;
}

static struct sums sum_block(const unsigned char *values, size_t n_values, double shift)
{
    struct sums total = {0};
    for (size_t i = 0; i < n_values; i += RUN_VALUES) {
        size_t run_values = n_values - i < RUN_VALUES ? n_values - i : RUN_VALUES;
        struct sums run = sum_run(values + i * sizeof(double), run_values, shift);
        total.d += run.d;
        total.squares += run.squares;
    }
    return total;
}

/*
 * The mean of a few values, spread evenly so that a trend in the block does not mislead; at an odd
 * distance, so that values which take turns do not either.
 */
static double guess_mean(const unsigned char *values, size_t n_values)
{
    size_t n_samples = n_values < N_SAMPLES ? n_values : N_SAMPLES;
    size_t step = n_values < N_SAMPLES ? 1 : (n_values / N_SAMPLES - 1) | 1;
    double first = value_at(values, 0);
    double sum = 0;
    for (size_t i = 1; i < n_samples; i++)
        sum += value_at(values, i * step) - first;
    return first + sum / (double)n_samples;
}

/*
 * *squares_out: the sum of the squares before anything is taken off, for the caller to judge
 * whether the result holds: it does between underflow and overflow, and for equal values.
 */
static struct moments summarize_block(const unsigned char *values, size_t n_values,
                                      double *squares_out)
{
    double n = (double)n_values;
    double shift = guess_mean(values, n_values);
    struct sums sums = sum_block(values, n_values, shift);
    double correction = sums.d / n;
    /*
     * Is the shift more than a standard deviation off? Then the last subtraction would lose more
     * than one bit, and the sums are formed again around the mean.
     */
    if (sums.d * correction > 0.5 * sums.squares) {
        shift += correction;
        sums = sum_block(values, n_values, shift);
        correction = sums.d / n;
    }
    *squares_out = sums.squares;
    return (struct moments){
        .n = n_values,
        .mean = shift + correction,
        .m2 = sums.squares - sums.d * correction,
    };
}

/* *exponent_out: the smallest e with all |x| < 2^e. False where a value is not finite. */
static bool find_exponent(const unsigned char *values, size_t n_values, int *exponent_out)
{
    double largest = 0;
    for (size_t i = 0; i < n_values; i++) {
        double magnitude = fabs(value_at(values, i));
        if (!isfinite(magnitude))
            return false;
        if (magnitude > largest)
            largest = magnitude;
    }
    frexp(largest, exponent_out);
    return true;
}

/* For blocks with values at the ends of the range: as summarize_block, on values below 1. */
static struct moments summarize_scaled(const unsigned char *values, size_t n_values)
{
    int exponent = 0;
    if (!find_exponent(values, n_values, &exponent))
        return MOMENTS_NOT_A_NUMBER(n_values);
    struct moments merged = {0};
    double scaled[SCALED_VALUES];
    for (size_t i = 0; i < n_values; i += SCALED_VALUES) {
        size_t n_scaled = n_values - i < SCALED_VALUES ? n_values - i : SCALED_VALUES;
        for (size_t k = 0; k < n_scaled; k++)
            scaled[k] = ldexp(value_at(values, i + k), -exponent);
        double squares = 0;
        struct moments part = summarize_block((const unsigned char *)scaled, n_scaled, &squares);
        merged = moments_combine(&merged, &part);
    }
    merged.mean = ldexp(merged.mean, exponent);
    merged.m2 = ldexp(merged.m2, 2 * exponent);
    return merged;
}

static bool are_equal(const unsigned char *values, size_t n_values)
{
    double first = value_at(values, 0);
    size_t i = 1;
    while (i < n_values && value_at(values, i) == first)
        i++;
    return i == n_values;
}

static struct moments summarize(const unsigned char *values, size_t n_values)
{
    double squares = 0;
    struct moments block = summarize_block(values, n_values, &squares);
    if (LIKELY(squares >= SMALLEST_SAFE_SQUARES && squares <= DBL_MAX))
        return block;
    if (squares == 0 && are_equal(values, n_values))
        return block;
    return summarize_scaled(values, n_values);
}

static struct moments summarize_all(const unsigned char *values, size_t n_values)
{
    if (n_values <= BLOCK_VALUES)
        return summarize(values, n_values);
    struct tree tree;
    tree.n_leaves = 0;
    tree.height = 0;
    for (size_t i = 0; i < n_values; i += BLOCK_VALUES) {
        size_t block_values = n_values - i < BLOCK_VALUES ? n_values - i : BLOCK_VALUES;
        tree_add_leaf(&tree, summarize(values + i * sizeof(double), block_values));
    }
    return tree_final(&tree);
}

enum status moments_validate(const struct moments *state, struct err *err)
{
    const char *expected = NULL;
    if (state->n == 0 && !(state->mean == 0 && state->m2 == 0))
        expected = "mean = 0 and m2 = 0 where n = 0";
    else if (state->m2 < 0)
        expected = "m2 >= 0";
    else if (!isfinite(state->mean) && !isnan(state->m2))
        expected = "m2 = nan where mean is not finite";
    else if (state->n == 1 && state->m2 > 0)
        expected = "m2 = 0 where n = 1";
    if (LIKELY(expected == NULL))
        return STATUS_OK;
    return err_set(err, STATUS_FORMAT,
                   "invalid moments: expected %s, found n = %" PRIu64 ", mean = %.17g, m2 = %.17g",
                   expected, state->n, state->mean, state->m2);
}

enum status moments_update(struct moments *state, const void *values, size_t n_values,
                           struct err *err)
{
    TRY(moments_check_sum(state->n, n_values, err));
    if (n_values == 0)
        return STATUS_OK;
    struct moments added = summarize_all(values, n_values);
    *state = moments_combine(state, &added);
    return STATUS_OK;
}
