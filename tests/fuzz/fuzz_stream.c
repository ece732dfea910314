/*
 * The streams over any bytes. The first byte chooses the program and its options; the rest is the
 * input. Whatever comes out of a success has to be Native again.
 */
#include "fuzz.h"
#include "merge_scan.h"
#include "period_scan.h"

#include <stdlib.h>

static enum status run_periods(unsigned choice, struct io_memory *input, struct buf *output)
{
    struct period_fold_option folds[] = {{FOLD_SUM, "v"}, {FOLD_MOMENTS, "v"}, {FOLD_EXACT, "v"}};
    struct period_options options = {
        .n_keys = 1 + (choice >> 5 & 1),
        .time = "t",
        .restart = choice & 1 << 6 ? "r" : NULL,
        .rule = {.gap = 10, .max_span = choice & 1 << 2 ? 25 : 0},
        .emit = choice & 1 << 1 ? PERIOD_EMIT_PERIODS : PERIOD_EMIT_ROWS,
        .lengths = (choice & 1 << 3) != 0,
        .keys_unordered = (choice & 1 << 4) != 0,
        .folds = folds,
        .n_folds = choice & 1 << 7 ? 3 : 0,
    };
    return period_scan_run(&options, io_input_of_memory(input), io_output_of_buf(output), NULL);
}

/* One op, or those that build a state or count, of one column all at once. */
static enum status run_merge(unsigned choice, struct io_memory *input, struct buf *output)
{
    static const enum fold_op picks[] = {FOLD_BY_TYPE, FOLD_MIN, FOLD_MAX, FOLD_LAST};
    static const struct merge_op raw[2][3] = {
        {{"rows", "", FOLD_ROWS, true}, {"v", "v", FOLD_EXACT, true}, {"sum", "v", FOLD_SUM, true}},
        {{"count", "v", FOLD_COUNT, true},
         {"state", "v", FOLD_EXACT_STATE, true},
         {"times", "v", FOLD_ACTIVITY, true}},
    };
    struct merge_op pick = {"v", "v", picks[choice >> 6 & 3], false};
    bool is_raw = choice & 1 << 3;
    struct merge_options options = {
        .n_keys = 1 + (choice >> 5 & 1),
        .keys_unordered = (choice & 1 << 4) != 0,
        .ops = is_raw ? raw[choice >> 6 & 1] : &pick,
        .n_ops = is_raw ? 3 : choice >> 1 & 1,
    };
    return merge_scan_run(&options, io_input_of_memory(input), io_output_of_buf(output), NULL);
}

/* Reads the output back; a block that cannot be read is a bug. */
static void check_output(const struct buf *output)
{
    struct io_memory memory = {output->data, output->size_bytes, 0};
    struct native_reader reader = native_reader_init(io_input_of_memory(&memory), 0);
    const struct native_block *block = NULL;
    do {
        if (native_read_block(&reader, &block, NULL) != STATUS_OK)
            abort();
    } while (block != NULL);
    native_reader_free(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    if (size_bytes == 0)
        return 0;
    struct io_memory input = {data + 1, size_bytes - 1, 0};
    struct buf output = {0};
    enum status status =
        data[0] & 1 ? run_merge(data[0], &input, &output) : run_periods(data[0], &input, &output);
    if (status == STATUS_OK && output.size_bytes > 0)
        check_output(&output);
    buf_free(&output);
    return 0;
}
