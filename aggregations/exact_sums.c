#include "exact_sums.h"

#include "exact_block.h"

void exact_reset(struct exact *state)
{
    state->n = 0;
    state->is_non_finite = false;
    exact_wide_reset(&state->sum);
    exact_wide_reset(&state->squares);
}

static enum status check_count(const struct exact *state, uint64_t n, struct err *err)
{
    if (n > UINT64_MAX - state->n)
        return err_set(err, STATUS_LIMIT,
                       "exact state: expected at most 2^64-1 values, found %llu and %llu more",
                       (unsigned long long)state->n, (unsigned long long)n);
    return STATUS_OK;
}

enum status exact_update(struct exact *state, const void *values, size_t n, struct err *err)
{
    TRY(check_count(state, n, err));
    state->n += n;
    exact_block_add(state, values, n);
    return STATUS_OK;
}

enum status exact_merge(struct exact *state, const struct exact *other, struct err *err)
{
    TRY(check_count(state, other->n, err));
    state->n += other->n;
    state->is_non_finite = state->is_non_finite || other->is_non_finite;
    if (!state->is_non_finite) {
        exact_wide_add(&state->sum, other->sum.low, other->sum.limbs + other->sum.low,
                       other->sum.high - other->sum.low, other->sum.extension);
        exact_wide_add(&state->squares, other->squares.low,
                       other->squares.limbs + other->squares.low,
                       other->squares.high - other->squares.low, other->squares.extension);
    }
    return STATUS_OK;
}

/* n * squares - sum^2. */
static bool get_deviation(const struct exact *state, const struct exact_magnitude *sum,
                          struct exact_magnitude *deviation_out)
{
    struct exact_magnitude sum_square;
    exact_magnitude_square(sum, &sum_square);
    exact_wide_magnitude(&state->squares, deviation_out);
    exact_magnitude_scale(deviation_out, state->n);
    return exact_magnitude_subtract(deviation_out, &sum_square);
}

bool exact_deviation(const struct exact *state, struct exact_magnitude *deviation_out)
{
    struct exact_magnitude sum;
    exact_wide_magnitude(&state->sum, &sum);
    return get_deviation(state, &sum, deviation_out);
}

void exact_final(const struct exact *state, struct moments *moments_out)
{
    static const uint64_t nan_bits = UINT64_C(0x7ff8000000000000);
    *moments_out = (struct moments){.n = state->n};
    if (state->is_non_finite) {
        moments_out->mean = load_f64(&nan_bits);
        moments_out->m2 = load_f64(&nan_bits);
        return;
    }
    if (state->n == 0)
        return;
    struct exact_magnitude sum, deviation;
    bool negative = exact_wide_magnitude(&state->sum, &sum);
    double mean = exact_magnitude_divide(&sum, state->n, -1074);
    moments_out->mean = negative ? 0.0 - mean : mean; /* not -mean: where that is 0, it is +0.0 */
    if (state->n > 1 && get_deviation(state, &sum, &deviation))
        moments_out->m2 = exact_magnitude_divide(&deviation, state->n, -2148);
}
