/* exact: mean and variance as a state that is exact, so that the result has the same bits however
 * the values were split. The arithmetic is in aggregations/exact, the stored form in
 * aggregations/blob. */
#include "blob.h"
#include "exact_sums.h"
#include "function.h"
#include "program.h"

/* Kept from block to block: memory only, no result depends on it. */
static struct buf payload, blob;

static enum status append_state(struct function_call *call, const struct exact *state,
                                struct err *err)
{
    buf_reset(&payload);
    buf_reset(&blob);
    TRY(exact_encode(state, &payload, err));
    TRY(blob_encode(BLOB_EXACT, payload.data, payload.size_bytes, &blob, err));
    return native_append_string(&call->result->parts[0], blob.data, blob.size_bytes, err);
}

/* Adds the state that is row `row` of a String column. */
static enum status merge_blob(struct exact *state, const struct native_node *strings, uint64_t row,
                              struct err *err)
{
    const uint8_t *found = NULL;
    size_t blob_bytes = 0, found_bytes = 0;
    const uint8_t *bytes = native_string(strings, row, &blob_bytes);
    buf_reset(&payload);
    TRY(blob_decode(BLOB_EXACT, bytes, blob_bytes, &payload, &found, &found_bytes, err));
    return exact_merge_payload(state, found, found_bytes, err);
}

static enum status exact_state(struct function_call *call, struct err *err)
{
    const struct native_node *values = function_argument_nodes(call, 0);
    for (; call->row < call->n_rows; call->row++) {
        uint64_t begin = 0, end = 0;
        struct exact state;
        exact_reset(&state);
        native_array_range(values, call->row, &begin, &end);
        TRY(exact_update(&state, values[1].data + begin * 8, (size_t)(end - begin), err));
        TRY(append_state(call, &state, err));
    }
    return STATUS_OK;
}

static enum status exact_merge_states(struct function_call *call, struct err *err)
{
    const struct native_node *states = function_argument_nodes(call, 0);
    for (; call->row < call->n_rows; call->row++) {
        uint64_t begin = 0, end = 0;
        struct exact state;
        exact_reset(&state);
        native_array_range(states, call->row, &begin, &end);
        for (uint64_t i = begin; i < end; i++) {
            enum status status = merge_blob(&state, &states[1], i, err);
            if (status != STATUS_OK) {
                err_prefix(err, "state %llu of the array", (unsigned long long)(i - begin + 1));
                return status;
            }
        }
        TRY(append_state(call, &state, err));
    }
    return STATUS_OK;
}

static enum status exact_moments(struct function_call *call, struct err *err)
{
    struct buf *members = &call->result->parts[1]; /* after the tuple: n, mean, m2 */
    for (; call->row < call->n_rows; call->row++) {
        struct exact state;
        struct moments moments;
        exact_reset(&state);
        TRY(merge_blob(&state, function_argument_nodes(call, 0), call->row, err));
        exact_final(&state, &moments);
        TRY(buf_append_u64(&members[0], moments.n, err));
        TRY(buf_append_f64(&members[1], moments.mean, err));
        TRY(buf_append_f64(&members[2], moments.m2, err));
    }
    return STATUS_OK;
}

static void forget(void)
{
    buf_free(&payload);
    buf_free(&blob);
    blob_free_contexts();
}

static const struct function functions[] = {
    {
        .name = "exactState",
        .doc = "The exact sums of the values and of their squares, as a state",
        .arguments = {{"values", "Array(Float64)"}},
        .returns = "String",
        .kernel = exact_state,
        .forget = forget,
    },
    {
        .name = "exactMerge",
        .doc = "One state of many, exactly: order and grouping never matter",
        .arguments = {{"states", "Array(String)"}},
        .returns = "String",
        .kernel = exact_merge_states,
        .forget = forget,
    },
    {
        .name = "exactMoments",
        .doc = "Count, mean and m2 of the state, each rounded once from the exact value",
        .arguments = {{"state", "String"}},
        .returns = "Tuple(n UInt64, mean Float64, m2 Float64)",
        .kernel = exact_moments,
        .forget = forget,
    },
};

static const struct function_table table = {
    .executable = "exact",
    .doc = "mean and variance that have the same bits however the values were split",
    .functions = functions,
    .n_functions = sizeof(functions) / sizeof(functions[0]),
};

int main(int argc, char **argv)
{
    return program_serve(&table, argc, argv);
}
