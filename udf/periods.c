/* periods: period ids, numbers, first flags and lengths of a key's array of ticks. The computation
 * is in aggregations/periods_array. */
#include "function.h"
#include "periods_array.h"
#include "program.h"

#define KEY             \
    {                   \
        "key", "UInt64" \
    }
#define RULED_TIMES                              \
    {"times", "Array(Int64)"}, {"gap", "Int64"}, \
    {                                            \
        "max_span", "Int64"                      \
    }

/* Kept from block to block: memory only, no result depends on it. */
static struct periods_scratch scratch;

/* One row's arguments. */
struct row {
    uint64_t key; /* 0 where the function takes none */
    uint64_t begin;
    const uint8_t *times;
    size_t n;
    struct period_rule rule;
};

/* Reads the row that call->row names; the times are the argument number `times`. */
static enum status load_row(const struct function_call *call, size_t times, struct row *row_out,
                            struct err *err)
{
    uint64_t row = call->row, begin = 0, end = 0;
    const struct native_node *nodes = function_argument_nodes(call, times);
    native_array_range(nodes, row, &begin, &end);
    TRY(period_rule_check(load_i64(function_argument_values(call, times + 1) + row * 8),
                          load_i64(function_argument_values(call, times + 2) + row * 8),
                          &row_out->rule, err));
    row_out->key = times == 0 ? 0 : load_u64(function_argument_values(call, 0) + row * 8);
    row_out->begin = begin;
    row_out->times = nodes[1].data + begin * 8;
    row_out->n = (size_t)(end - begin);
    return STATUS_OK;
}

/* A function that answers each event with one value writes the values of a row there. */
typedef enum status event_kernel(const struct row *row, uint8_t *out, struct err *err);

/* The answer to each event stands where the event does: the result's offsets are the input's. */
static enum status copy_offsets(struct function_call *call, size_t times, size_t *n_events_out,
                                struct err *err)
{
    const struct native_node *nodes = function_argument_nodes(call, times);
    *n_events_out = (size_t)nodes[1].n_rows;
    return buf_append(&call->result->parts[0], nodes[0].data, (size_t)call->n_rows * 8, err);
}

static enum status answer_events(struct function_call *call, size_t times, size_t width_bytes,
                                 event_kernel *kernel, struct err *err)
{
    size_t n_events = 0;
    uint8_t *out = NULL;
    TRY(copy_offsets(call, times, &n_events, err));
    TRY(buf_extend(&call->result->parts[1], n_events * width_bytes, &out, err));
    for (; call->row < call->n_rows; call->row++) {
        struct row row;
        TRY(load_row(call, times, &row, err));
        TRY(kernel(&row, out + row.begin * width_bytes, err));
    }
    return STATUS_OK;
}

static enum status row_numbers(const struct row *row, uint8_t *out, struct err *err)
{
    return periods_numbers(row->times, row->n, &row->rule, &scratch, out, err);
}

static enum status row_ids(const struct row *row, uint8_t *out, struct err *err)
{
    return periods_ids(row->key, row->times, row->n, &row->rule, &scratch, out, err);
}

static enum status row_first(const struct row *row, uint8_t *out, struct err *err)
{
    return periods_first(row->times, row->n, &row->rule, &scratch, out, err);
}

static enum status row_lengths(const struct row *row, uint8_t *out, struct err *err)
{
    return periods_lengths(row->times, row->n, &row->rule, &scratch, out, err);
}

static enum status row_unique_lengths(const struct row *row, uint8_t *out, struct err *err)
{
    return periods_unique_lengths(row->times, row->n, &row->rule, &scratch, out, err);
}

static enum status period_numbers(struct function_call *call, struct err *err)
{
    return answer_events(call, 0, sizeof(uint32_t), row_numbers, err);
}

static enum status period_ids(struct function_call *call, struct err *err)
{
    return answer_events(call, 1, sizeof(uint64_t), row_ids, err);
}

static enum status first_in_period(struct function_call *call, struct err *err)
{
    return answer_events(call, 0, sizeof(uint8_t), row_first, err);
}

static enum status period_lengths(struct function_call *call, struct err *err)
{
    return answer_events(call, 0, sizeof(uint32_t), row_lengths, err);
}

static enum status unique_period_lengths(struct function_call *call, struct err *err)
{
    return answer_events(call, 0, sizeof(uint32_t), row_unique_lengths, err);
}

/* The result's parts: offsets, nothing for the tuple, then a column each for the tuple's members.
 */
enum { OFFSETS = 0, MEMBERS = 2 };

static enum status list_rows(struct function_call *call, struct periods_columns *columns,
                             struct err *err)
{
    uint64_t n_periods = 0;
    uint8_t *offsets = NULL;
    TRY(buf_extend(&call->result->parts[OFFSETS], (size_t)call->n_rows * 8, &offsets, err));
    for (; call->row < call->n_rows; call->row++) {
        struct row row;
        size_t n_periods_of_row = 0;
        TRY(load_row(call, 1, &row, err));
        TRY(periods_list(row.key, row.times, row.n, &row.rule, &scratch, columns, &n_periods_of_row,
                         err));
        n_periods += n_periods_of_row;
        store_u64(offsets + call->row * 8, n_periods);
    }
    return STATUS_OK;
}

static enum status periods(struct function_call *call, struct err *err)
{
    struct buf *members = &call->result->parts[MEMBERS];
    struct periods_columns columns = {members[0], members[1], members[2],
                                      members[3], members[4], members[5]};
    enum status status = list_rows(call, &columns, err);
    members[0] = columns.ids;
    members[1] = columns.numbers;
    members[2] = columns.first_ticks;
    members[3] = columns.last_ticks;
    members[4] = columns.lengths;
    members[5] = columns.unique_lengths;
    return status;
}

static enum status period_rows(struct function_call *call, struct err *err)
{
    size_t n_events = 0;
    struct buf *members = &call->result->parts[MEMBERS];
    struct periods_rows_out all = {0};
    TRY(copy_offsets(call, 1, &n_events, err));
    TRY(buf_extend(&members[0], n_events * 8, &all.ids, err));
    TRY(buf_extend(&members[1], n_events * 4, &all.numbers, err));
    TRY(buf_extend(&members[2], n_events, &all.is_first, err));
    TRY(buf_extend(&members[3], n_events * 4, &all.lengths, err));
    TRY(buf_extend(&members[4], n_events * 4, &all.unique_lengths, err));
    for (; call->row < call->n_rows; call->row++) {
        struct row row;
        TRY(load_row(call, 1, &row, err));
        struct periods_rows_out out = {
            .ids = all.ids + row.begin * 8,
            .numbers = all.numbers + row.begin * 4,
            .is_first = all.is_first + row.begin,
            .lengths = all.lengths + row.begin * 4,
            .unique_lengths = all.unique_lengths + row.begin * 4,
        };
        TRY(periods_rows(row.key, row.times, row.n, &row.rule, &scratch, &out, err));
    }
    return STATUS_OK;
}

static void forget(void)
{
    periods_scratch_free(&scratch);
}

static const struct function functions[] = {
    {
        .name = "periodNumbers",
        .doc = "For each event, its period's number within the key, from 1",
        .arguments = {RULED_TIMES},
        .returns = "Array(UInt32)",
        .kernel = period_numbers,
        .forget = forget,
    },
    {
        .name = "periodIds",
        .doc = "For each event, its period's id: a hash of the key and the period's first tick",
        .arguments = {KEY, RULED_TIMES},
        .returns = "Array(UInt64)",
        .kernel = period_ids,
        .forget = forget,
    },
    {
        .name = "firstInPeriod",
        .doc = "For each event, 1 where it is its period's first, else 0",
        .arguments = {RULED_TIMES},
        .returns = "Array(UInt8)",
        .kernel = first_in_period,
        .forget = forget,
    },
    {
        .name = "periodLengths",
        .doc = "For each event, the number of events in its period",
        .arguments = {RULED_TIMES},
        .returns = "Array(UInt32)",
        .kernel = period_lengths,
        .forget = forget,
    },
    {
        .name = "uniquePeriodLengths",
        .doc = "For each event, the number of distinct ticks in its period",
        .arguments = {RULED_TIMES},
        .returns = "Array(UInt32)",
        .kernel = unique_period_lengths,
        .forget = forget,
    },
    {
        .name = "periods",
        .doc = "One tuple per period of the key, in the order of time",
        .arguments = {KEY, RULED_TIMES},
        .returns = "Array(Tuple(id UInt64, number UInt32, first_tick Int64, last_tick Int64, "
                   "length UInt64, unique_length UInt64))",
        .kernel = periods,
        .forget = forget,
    },
    {
        .name = "periodRows",
        .doc = "One tuple per event, in the order of the input",
        .arguments = {KEY, RULED_TIMES},
        .returns = "Array(Tuple(id UInt64, number UInt32, is_first UInt8, length UInt32, "
                   "unique_length UInt32))",
        .kernel = period_rows,
        .forget = forget,
    },
};

static const struct function_table table = {
    .executable = "periods",
    .doc = "period ids, numbers, first flags and lengths of a key's array of ticks",
    .functions = functions,
    .n_functions = sizeof(functions) / sizeof(functions[0]),
};

int main(int argc, char **argv)
{
    return program_serve(&table, argc, argv);
}
