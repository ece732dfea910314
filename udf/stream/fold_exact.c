/* The exact moments of numbers, and the exact state of them: what exactMoments and exactState give
 * for the group's values. */
#include "fold_result.h"
#include "fold_values.h"

struct exact_values {
    struct exact exact;
    struct fold_values values;
    struct fold_blob blob;
};

static bool suits_exact(const struct native_type *type)
{
    return native_conversion_find(fold_value_type(type), NATIVE_TO_FLOAT64) != NULL;
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
        TRY(exact_update(&state->exact, values, n, err));
    }
    return STATUS_OK;
}

static enum status close_values(struct fold *fold, struct err *err)
{
    struct exact_values *state = fold->state;
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
