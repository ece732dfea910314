/* activity: a key's history as a state that answers any gap and any cap later. Histories are in
 * aggregations/activity, their stored form in aggregations/blob, the rule of periods in
 * aggregations/periods_rule. */
#include "activity_gather.h"
#include "activity_history.h"
#include "blob.h"
#include "function.h"
#include "periods_rule.h"
#include "program.h"
#include "ticks.h"

#define PERIODS                                                                                \
    "Array(Tuple(id UInt64, number UInt32, first_tick Int64, last_tick Int64, length UInt64, " \
    "unique_length UInt64))"

/* Kept from block to block: memory only, no result depends on it. */
static struct ticks_scratch ticks_scratch;
static struct activity_gather gather;
static struct buf payload, blob;

static enum status append_state(struct function_call *call, struct err *err)
{
    buf_reset(&blob);
    TRY(blob_encode(BLOB_ACTIVITY, payload.data, payload.size_bytes, &blob, err));
    return native_append_string(&call->result->parts[0], blob.data, blob.size_bytes, err);
}

static enum status activity_state(struct function_call *call, struct err *err)
{
    const struct native_node *times = function_argument_nodes(call, 0);
    for (; call->row < call->n_rows; call->row++) {
        uint64_t begin = 0, end = 0;
        struct ticks_order order;
        native_array_range(times, call->row, &begin, &end);
        size_t n_ticks = (size_t)(end - begin);
        TRY(ticks_order(times[1].data + begin * 8, n_ticks, &ticks_scratch, &order, err));
        buf_reset(&payload);
        TRY(activity_encode_times(order.ticks, n_ticks, &payload, err));
        TRY(append_state(call, err));
    }
    return STATUS_OK;
}

static enum status activity_merge_states(struct function_call *call, struct err *err)
{
    const struct native_node *states = function_argument_nodes(call, 0);
    for (; call->row < call->n_rows; call->row++) {
        uint64_t begin = 0, end = 0;
        native_array_range(states, call->row, &begin, &end);
        activity_gather_reset(&gather);
        for (uint64_t i = begin; i < end; i++) {
            size_t blob_bytes = 0;
            const uint8_t *state = native_string(&states[1], i, &blob_bytes);
            enum status status = activity_gather_add(&gather, state, blob_bytes, err);
            if (status != STATUS_OK) {
                err_prefix(err, "state %llu of the array", (unsigned long long)(i - begin + 1));
                return status;
            }
        }
        buf_reset(&payload);
        TRY(activity_gather_merge(&gather, &payload, err));
        TRY(append_state(call, err));
    }
    return STATUS_OK;
}

/* Begins to read the history of a row; the argument is the number `state`. */
static enum status open_history(const struct function_call *call, size_t state,
                                struct activity_reader *reader, struct err *err)
{
    const uint8_t *found = NULL;
    size_t blob_bytes = 0, found_bytes = 0;
    const uint8_t *bytes =
        native_string(function_argument_nodes(call, state), call->row, &blob_bytes);
    buf_reset(&payload);
    TRY(blob_decode(BLOB_ACTIVITY, bytes, blob_bytes, &payload, &found, &found_bytes, err));
    activity_reader_init(reader, found, found_bytes);
    return STATUS_OK;
}

/* The result's parts: offsets, nothing for the tuple, then a column each for the tuple's members.
 */
enum { OFFSETS = 0, MEMBERS = 2 };

static enum status append_period(struct buf *members, uint64_t key, const struct period_run *run,
                                 struct err *err)
{
    if (run->number > UINT32_MAX)
        return err_set(err, STATUS_LIMIT, "expected at most %u periods of a key, found more",
                       UINT32_MAX);
    TRY(buf_append_u64(&members[0], period_id(key, run->first), err));
    TRY(buf_append_u32(&members[1], (uint32_t)run->number, err));
    TRY(buf_append_u64(&members[2], (uint64_t)run->first, err));
    TRY(buf_append_u64(&members[3], (uint64_t)run->last, err));
    TRY(buf_append_u64(&members[4], run->length, err));
    return buf_append_u64(&members[5], run->unique_length, err);
}

/* Adds events to the open period, or appends it and starts the next. */
static enum status add_events(struct buf *members, uint64_t key, const struct period_rule *rule,
                              struct period_run *run, int64_t tick, uint64_t count, struct err *err)
{
    if (run->number > 0 && period_run_starts(run, rule, tick))
        TRY(append_period(members, key, run, err));
    else if (count > UINT64_MAX - run->length)
        return err_set(err, STATUS_LIMIT, "expected a period of fewer than 2^64 events");
    (void)period_run_add(run, rule, tick, count);
    return STATUS_OK;
}

static enum status append_periods(struct function_call *call, const struct period_rule *rule,
                                  struct err *err)
{
    struct buf *members = &call->result->parts[MEMBERS];
    uint64_t key = load_u64(function_argument_values(call, 0) + call->row * 8);
    struct activity_reader reader;
    struct period_run run = {0};
    size_t n = 0;
    TRY(open_history(call, 1, &reader, err));
    do {
        int64_t ticks[ACTIVITY_BLOCK_TICKS];
        uint64_t counts[ACTIVITY_BLOCK_TICKS];
        TRY(activity_reader_next_batch(&reader, ticks, counts, &n, err));
        for (size_t i = 0; i < n; i++)
            TRY(add_events(members, key, rule, &run, ticks[i], counts[i], err));
    } while (n > 0);
    return run.number == 0 ? STATUS_OK : append_period(members, key, &run, err);
}

static enum status activity_periods(struct function_call *call, struct err *err)
{
    struct buf *parts = call->result->parts;
    for (; call->row < call->n_rows; call->row++) {
        struct period_rule rule;
        TRY(period_rule_check(load_i64(function_argument_values(call, 2) + call->row * 8),
                              load_i64(function_argument_values(call, 3) + call->row * 8), &rule,
                              err));
        TRY(append_periods(call, &rule, err));
        TRY(buf_append_u64(&parts[OFFSETS], parts[MEMBERS].size_bytes / 8, err));
    }
    return STATUS_OK;
}

static enum status activity_events(struct function_call *call, struct err *err)
{
    struct buf *parts = call->result->parts;
    for (; call->row < call->n_rows; call->row++) {
        struct activity_reader reader;
        size_t n = 0;
        TRY(open_history(call, 0, &reader, err));
        do {
            int64_t ticks[ACTIVITY_BLOCK_TICKS];
            uint64_t counts[ACTIVITY_BLOCK_TICKS];
            TRY(activity_reader_next_batch(&reader, ticks, counts, &n, err));
            TRY(buf_append(&parts[MEMBERS], ticks, n * sizeof(ticks[0]), err));
            TRY(buf_append(&parts[MEMBERS + 1], counts, n * sizeof(counts[0]), err));
        } while (n > 0);
        TRY(buf_append_u64(&parts[OFFSETS], parts[MEMBERS].size_bytes / 8, err));
    }
    return STATUS_OK;
}

static void forget(void)
{
    ticks_scratch_free(&ticks_scratch);
    activity_gather_free(&gather);
    buf_free(&payload);
    buf_free(&blob);
    blob_free_contexts();
}

static const struct function functions[] = {
    {
        .name = "activityState",
        .doc = "A key's history, its distinct ticks with their counts, as a state",
        .arguments = {{"times", "Array(Int64)"}},
        .returns = "String",
        .kernel = activity_state,
        .forget = forget,
    },
    {
        .name = "activityMerge",
        .doc = "One history of many, exactly: order and grouping never matter",
        .arguments = {{"states", "Array(String)"}},
        .returns = "String",
        .kernel = activity_merge_states,
        .forget = forget,
    },
    {
        .name = "activityPeriods",
        .doc = "The periods of a history, as periods gives them for its events",
        .arguments =
            {{"key", "UInt64"}, {"state", "String"}, {"gap", "Int64"}, {"max_span", "Int64"}},
        .returns = PERIODS,
        .kernel = activity_periods,
        .forget = forget,
    },
    {
        .name = "activityEvents",
        .doc = "The distinct ticks of a history in ascending order, with their counts",
        .arguments = {{"state", "String"}},
        .returns = "Array(Tuple(tick Int64, count UInt64))",
        .kernel = activity_events,
        .forget = forget,
    },
};

static const struct function_table table = {
    .executable = "activity",
    .doc = "a key's history as a state that answers any gap and any cap later",
    .functions = functions,
    .n_functions = sizeof(functions) / sizeof(functions[0]),
};

int main(int argc, char **argv)
{
    return program_serve(&table, argc, argv);
}
