/* The exact moments of numbers, and the exact state of them: what exactMoments and exactState give
 * for the group's values. */
#include "fold_result.h"
#include "fold_values.h"

#include <float.h>
#include <math.h>

struct exact_values {
    struct exact exact;
    /* A group's only value so far is not in the sums: the moments of one need none, and in many
     * streams every other group has one. */
    bool has_one;
    double one;
    struct fold_values values;
    struct fold_blob blob;
};

static bool suits_exact(const struct native_type *type)
{
    return native_conversion_find(fold_value_type(type), NATIVE_TO_FLOAT64) != NULL;
}

static enum status add_one(struct exact_values *state, struct err *err)
{
    state->has_one = false;
    return exact_update(&state->exact, &state->one, 1, err);
}

static enum status add_slice(struct exact_values *state, const void *values, size_t n,
                             struct err *err)
{
    if (n == 1 && state->exact.n == 0 && !state->has_one) {
        state->one = load_f64(values);
        state->has_one = true;
        return STATUS_OK;
    }
    if (n > 0 && state->has_one)
        TRY(add_one(state, err));
    return exact_update(&state->exact, values, n, err);
}

static enum status add_values(struct fold *fold, const struct native_column *column, uint64_t begin,
                              uint64_t end, struct err *err)
{
    struct exact_values *state = fold->state;
    while (begin < end) {
        const void *values = NULL;
        size_t n = 0;
        TRY(fold_values_next(&state->values, column, NATIVE_TO_FLOAT64, &begin, end, &values, &n,
                             err));
        TRY(add_slice(state, values, n, err));
    }
    return STATUS_OK;
}

static enum status close_values(struct fold *fold, struct err *err)
{
    struct exact_values *state = fold->state;
    if (state->has_one && fold->op == FOLD_EXACT && fabs(state->one) <= DBL_MAX) {
        struct moments moments = {.n = 1, .mean = state->one + 0.0}; /* -0.0 counts as 0 */
        state->has_one = false;
        return fold_append_moments(fold, &moments, err);
    }
    if (state->has_one)
        TRY(add_one(state, err));
    TRY(fold_append_exact(fold, &state->exact, &state->blob, err));
    exact_reset(&state->exact);
    return STATUS_OK;
}

static void free_values(void *state)
{
    fold_blob_free(&((struct exact_values *)state)->blob);
}

const struct fold_kind fold_exact = {
    .ops = 1 << FOLD_EXACT | 1 << FOLD_EXACT_STATE,
    .state_bytes = sizeof(struct exact_values),
    .suits = suits_exact,
    .add = add_values,
    .close = close_values,
    .free_state = free_values,
};
