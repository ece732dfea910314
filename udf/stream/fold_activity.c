/* The history of times: what activityState gives for the group's. */
#include "activity_gather.h"
#include "activity_history.h"
#include "fold_result.h"
#include "fold_values.h"
#include "ticks.h"

/* So many times wait before they become a history, and histories then for one another: what a group
 * holds is its history, encoded, and not its times. */
enum { WAITING_TIMES = 1 << 16 };

struct activity_times {
    struct buf times; /* int64 */
    struct ticks_scratch scratch;
    struct activity_gather gather;
    struct fold_values values;
    struct fold_blob blob;
};

static bool suits_times(const struct native_type *type)
{
    return native_conversion_find(fold_value_type(type), NATIVE_TO_INT64) != NULL;
}

/* Appends the history of the times that wait. */
static enum status encode_times(struct activity_times *state, struct buf *payload, struct err *err)
{
    struct ticks_order order;
    size_t n = state->times.size_bytes / sizeof(int64_t);
    TRY(ticks_order(state->times.data, n, &state->scratch, &order, err));
    TRY(activity_encode_times(order.ticks, n, payload, err));
    buf_reset(&state->times);
    return STATUS_OK;
}

static enum status gather_times(struct activity_times *state, struct err *err)
{
    buf_reset(&state->blob.payload);
    TRY(encode_times(state, &state->blob.payload, err));
    return activity_gather_add_payload(&state->gather, &state->blob.payload, err);
}

static enum status add_times(struct fold *fold, const struct native_column *column, uint64_t begin,
                             uint64_t end, struct err *err)
{
    struct activity_times *state = fold->state;
    while (begin < end) {
        const void *values = NULL;
        size_t n = 0;
        TRY(fold_values_next(&state->values, column, NATIVE_TO_INT64, &begin, end, &values, &n,
                             err));
        TRY(buf_append(&state->times, values, n * sizeof(int64_t), err));
        if (UNLIKELY(state->times.size_bytes >= WAITING_TIMES * sizeof(int64_t)))
            TRY(gather_times(state, err));
    }
    return STATUS_OK;
}

static enum status close_times(struct fold *fold, struct err *err)
{
    struct activity_times *state = fold->state;
    struct buf *payload = &state->blob.payload;
    bool has_gathered = !activity_gather_is_empty(&state->gather);
    if (has_gathered)
        TRY(gather_times(state, err));
    buf_reset(payload);
    TRY(has_gathered ? activity_gather_merge(&state->gather, payload, err)
                     : encode_times(state, payload, err));
    activity_gather_reset(&state->gather);
    return fold_append_state(fold, BLOB_ACTIVITY, &state->blob, err);
}

static void free_times(void *fold_state)
{
    struct activity_times *state = fold_state;
    buf_free(&state->times);
    ticks_scratch_free(&state->scratch);
    activity_gather_free(&state->gather);
    fold_blob_free(&state->blob);
}

const struct fold_kind fold_activity = {
    .ops = 1 << FOLD_ACTIVITY,
    .state_bytes = sizeof(struct activity_times),
    .suits = suits_times,
    .add = add_times,
    .close = close_times,
    .free_state = free_times,
};
