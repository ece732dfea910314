/* welford: mean and variance as a mergeable state. The arithmetic is in aggregations/moments. */
#include "function.h"
#include "moments.h"
#include "program.h"

#define STATE "Tuple(n UInt64, mean Float64, m2 Float64)"
#define AGGREGATE "AggregateFunction(varSampStable, Float64)"

/* Where a state's members stand in the columns of a tuple whose node is `tuple`. */
struct state_columns {
    const uint8_t *n, *mean, *m2;
};

static struct state_columns state_columns_of(const struct native_node *tuple)
{
    return (struct state_columns){tuple[1].data, tuple[2].data, tuple[3].data};
}

static struct moments load_state(const struct state_columns *columns, uint64_t row)
{
    return (struct moments){
        .n = load_u64(columns->n + row * 8),
        .mean = load_f64(columns->mean + row * 8),
        .m2 = load_f64(columns->m2 + row * 8),
    };
}

/* The result's columns, with room for every row. */
struct state_result {
    uint8_t *n, *mean, *m2;
};

static enum status extend_result(struct function_call *call, struct state_result *result,
                                 struct err *err)
{
    size_t size_bytes = (size_t)call->n_rows * 8;
    TRY(buf_extend(&call->result->parts[1], size_bytes, &result->n, err));
    TRY(buf_extend(&call->result->parts[2], size_bytes, &result->mean, err));
    return buf_extend(&call->result->parts[3], size_bytes, &result->m2, err);
}

static void store_state(const struct state_result *result, uint64_t row,
                        const struct moments *state)
{
    store_u64(result->n + row * 8, state->n);
    store_f64(result->mean + row * 8, state->mean);
    store_f64(result->m2 + row * 8, state->m2);
}

static enum status welford_state(struct function_call *call, struct err *err)
{
    struct state_result result;
    const struct native_node *values = function_argument_nodes(call, 0);
    TRY(extend_result(call, &result, err));
    for (; call->row < call->n_rows; call->row++) {
        uint64_t begin = 0, end = 0;
        struct moments state = {0};
        native_array_range(values, call->row, &begin, &end);
        TRY(moments_update(&state, values[1].data + begin * 8, (size_t)(end - begin), err));
        store_state(&result, call->row, &state);
    }
    return STATUS_OK;
}

/* struct moments; kept for the next block. */
static struct buf scratch;

/* Copies the states of an array into scratch and checks them. */
static enum status gather_states(const struct state_columns *columns, uint64_t begin, uint64_t end,
                                 struct err *err)
{
    buf_reset(&scratch);
    for (uint64_t i = begin; i < end; i++) {
        struct moments state = load_state(columns, i);
        enum status status = moments_validate(&state, err);
        if (status != STATUS_OK) {
            err_prefix(err, "state %llu of the array", (unsigned long long)(i - begin + 1));
            return status;
        }
        TRY(buf_append(&scratch, &state, sizeof(state), err));
    }
    return STATUS_OK;
}

static enum status welford_merge(struct function_call *call, struct err *err)
{
    struct state_result result;
    const struct native_node *states = function_argument_nodes(call, 0);
    struct state_columns columns = state_columns_of(&states[1]);
    TRY(extend_result(call, &result, err));
    for (; call->row < call->n_rows; call->row++) {
        uint64_t begin = 0, end = 0;
        struct moments merged = {0};
        native_array_range(states, call->row, &begin, &end);
        TRY(gather_states(&columns, begin, end, err));
        TRY(moments_merge_all((struct moments *)(void *)scratch.data, (size_t)(end - begin),
                              &merged, err));
        store_state(&result, call->row, &merged);
    }
    return STATUS_OK;
}

/* ClickHouse's state of varSampStable: varuint n, then mean and m2. */
static enum status welford_to_aggregate(struct function_call *call, struct err *err)
{
    struct state_columns columns = state_columns_of(function_argument_nodes(call, 0));
    struct buf *result = &call->result->parts[0];
    for (; call->row < call->n_rows; call->row++) {
        struct moments state = load_state(&columns, call->row);
        TRY(moments_validate(&state, err));
        TRY(buf_append_varuint(result, state.n, err));
        TRY(buf_append_f64(result, state.mean, err));
        TRY(buf_append_f64(result, state.m2, err));
    }
    return STATUS_OK;
}

static enum status welford_from_aggregate(struct function_call *call, struct err *err)
{
    struct state_result result;
    const struct native_node *aggregates = function_argument_nodes(call, 0);
    TRY(extend_result(call, &result, err));
    for (; call->row < call->n_rows; call->row++) {
        const uint8_t *at = aggregates->data + load_u64(aggregates->starts + call->row * 8);
        struct moments state = {.n = varuint_take(&at)};
        state.mean = load_f64(at);
        state.m2 = load_f64(at + 8);
        TRY(moments_validate(&state, err));
        store_state(&result, call->row, &state);
    }
    return STATUS_OK;
}

static void forget(void)
{
    buf_free(&scratch);
}

static const struct function functions[] = {
    {
        .name = "welfordState",
        .doc = "The mean and variance of the values as a mergeable state",
        .arguments = {{"values", "Array(Float64)"}},
        .returns = STATE,
        .kernel = welford_state,
    },
    {
        .name = "welfordMerge",
        .doc = "One state of many; neither their order nor empty ones change a bit",
        .arguments = {{"states", "Array(" STATE ")"}},
        .returns = STATE,
        .kernel = welford_merge,
        .forget = forget,
    },
    {
        .name = "welfordToAggregate",
        .doc = "The state as ClickHouse's own, for varSampStableMerge and AggregatingMergeTree",
        .arguments = {{"state", STATE}},
        .returns = AGGREGATE,
        .kernel = welford_to_aggregate,
    },
    {
        .name = "welfordFromAggregate",
        .doc = "The state of ClickHouse's own varSampStableState",
        .arguments = {{"state", AGGREGATE}},
        .returns = STATE,
        .kernel = welford_from_aggregate,
    },
};

static const struct function_table table = {
    .executable = "welford",
    .doc = "mean and variance as a mergeable state",
    .functions = functions,
    .n_functions = sizeof(functions) / sizeof(functions[0]),
};

int main(int argc, char **argv)
{
    return program_serve(&table, argc, argv);
}
