/* merge_scan_run over memory: one row a key, wherever blocks cut, and what it refuses. */
#include "merge_scan.h"
#include "stream_tables.h"

#include <criterion/criterion.h>

enum { N_ROWS = 9 };
static const uint64_t keys[N_ROWS] = {1, 1, 1, 2, 4, 4, 4, 4, 9};
static const int64_t values[N_ROWS] = {3, -5, 4, 7, 0, 1, -2, 6, -8};
static const struct table_column columns[] = {
    {"k", "UInt64", keys, 8},     {"added", "Int64", values, 8}, {"least", "Int64", values, 8},
    {"most", "Int64", values, 8}, {"first", "Int64", values, 8}, {"final", "Int64", values, 8},
};
static const struct table table = {columns, sizeof(columns) / sizeof(columns[0]), N_ROWS};

static enum status run_merge(const struct merge_options *options, const struct table *from,
                             size_t block_rows, struct buf *out, struct err *err)
{
    struct buf wire = {0};
    table_append_blocks(from, block_rows, &wire);
    struct io_memory memory = {wire.data, wire.size_bytes, 0};
    enum status status =
        merge_scan_run(options, io_input_of_memory(&memory), io_output_of_buf(out), err);
    buf_free(&wire);
    return status;
}

Test(merge_scan, a_row_per_key)
{
    static const int64_t expected[] = {1, 2, -5, 4, 3, 4, 2, 7,  7,  7,  7,  7,
                                       4, 5, -2, 6, 0, 6, 9, -8, -8, -8, -8, -8};
    static const struct merge_op ops[] = {{"least", "least", FOLD_MIN, false},
                                          {"most", "most", FOLD_MAX, false},
                                          {"first", "first", FOLD_ANY, false},
                                          {"final", "final", FOLD_LAST, false}};
    struct merge_options options = {.n_keys = 1, .ops = ops, .n_ops = 4};
    for (size_t block_rows = 1; block_rows <= N_ROWS; block_rows++) {
        struct err err = {0};
        struct buf out = {0}, header = {0}, rows = {0};
        cr_assert(run_merge(&options, &table, block_rows, &out, &err) == STATUS_OK, "%s",
                  err.message);
        table_read_rows(&out, &header, &rows);
        cr_expect_str_eq((const char *)header.data,
                         "k UInt64, added Int64, least Int64, most Int64, "
                         "first Int64, final Int64");
        cr_expect(rows.size_bytes == sizeof(expected) &&
                      memcmp(rows.data, expected, sizeof(expected)) == 0,
                  "blocks of %d rows", (int)block_rows);
        buf_free(&out);
        buf_free(&header);
        buf_free(&rows);
    }
}

static const struct table_column raw[] = {
    {"k", "UInt64", keys, 8}, {"v", "Int64", values, 8}, {"w", "Int64", values, 8}};

/* The key, the counts of rows, then what became of each column, in the order of the options. */
Test(merge_scan, many_results_of_one_column)
{
    static const struct merge_op ops[] = {{"w_least", "w", FOLD_MIN, true},
                                          {"v", "v", FOLD_EXACT, true},
                                          {"n", "", FOLD_ROWS, true},
                                          {"w", "v", FOLD_COUNT, true},
                                          {"v_sum", "v", FOLD_SUM, true}};
    static const char header_expected[] =
        "k UInt64, n UInt64, v Tuple(n UInt64, mean Float64, m2 Float64), w UInt64, v_sum Int64, "
        "w_least Int64";
    static const struct {
        uint64_t k, n, exact_n;
        double mean, m2;
        int64_t count, sum, least;
    } expected[] = {{1, 3, 3, 2. / 3, 146. / 3, 3, 2, -5},
                    {2, 1, 1, 7, 0, 1, 7, 7},
                    {4, 4, 4, 1.25, 34.75, 4, 5, -2},
                    {9, 1, 1, -8, 0, 1, -8, -8}};
    struct merge_options options = {.n_keys = 1, .ops = ops, .n_ops = 5};
    for (size_t block_rows = 1; block_rows <= N_ROWS; block_rows++) {
        struct err err = {0};
        struct buf out = {0}, header = {0}, rows = {0};
        cr_assert(run_merge(&options, &(struct table){raw, 3, N_ROWS}, block_rows, &out, &err) ==
                      STATUS_OK,
                  "%s", err.message);
        table_read_rows(&out, &header, &rows);
        cr_expect_str_eq((const char *)header.data, header_expected);
        cr_expect(rows.size_bytes == sizeof(expected) &&
                      memcmp(rows.data, expected, sizeof(expected)) == 0,
                  "blocks of %d rows", (int)block_rows);
        buf_free(&out);
        buf_free(&header);
        buf_free(&rows);
    }
}

/* Of a key alone, too. */
Test(merge_scan, rows_are_counted_without_a_column)
{
    static const uint64_t expected[] = {1, 3, 2, 1, 4, 4, 9, 1};
    static const struct merge_op op = {"n", "", FOLD_ROWS, true};
    struct buf out = {0}, header = {0}, rows = {0};
    cr_assert(run_merge(&(struct merge_options){.n_keys = 1, .ops = &op, .n_ops = 1},
                        &(struct table){raw, 1, N_ROWS}, 4, &out, NULL) == STATUS_OK);
    table_read_rows(&out, &header, &rows);
    cr_expect_str_eq((const char *)header.data, "k UInt64, n UInt64");
    cr_expect(rows.size_bytes == sizeof(expected) &&
              memcmp(rows.data, expected, sizeof(expected)) == 0);
    buf_free(&out);
    buf_free(&header);
    buf_free(&rows);
}

Test(merge_scan, a_name_is_taken_once)
{
    static const struct merge_op key = {"k", "v", FOLD_MIN, true},
                                 unread = {"w", "v", FOLD_MIN, true};
    struct buf out = {0};
    const struct table from = {raw, 3, N_ROWS};
    cr_expect(run_merge(&(struct merge_options){.n_keys = 1, .ops = &key, .n_ops = 1}, &from, 9,
                        &out, NULL) == STATUS_MISMATCH);
    cr_expect(run_merge(&(struct merge_options){.n_keys = 1, .ops = &unread, .n_ops = 1}, &from, 9,
                        &out, NULL) == STATUS_MISMATCH);
    cr_expect(out.size_bytes == 0);
    buf_free(&out);
}

Test(merge_scan, no_input_no_output)
{
    struct buf out = {0};
    cr_expect(run_merge(&(struct merge_options){.n_keys = 1}, &(struct table){columns, 2, 0}, 1,
                        &out, NULL) == STATUS_OK);
    cr_expect(out.size_bytes == 0);
    buf_free(&out);
}

/* A sum's overflow shows at the end of its key: the row is the first of the next one, or the end.
 */
Test(merge_scan, a_failure_names_row_and_key)
{
    static const uint64_t k[] = {1, 2, 2, 3, 2, 9};
    static const int64_t v[] = {1, INT64_MAX, 1, 5, 5, 5};
    static const struct table_column rows[] = {{"k", "UInt64", k, 8}, {"v", "Int64", v, 8}};
    struct merge_options options = {.n_keys = 1};
    for (size_t block_rows = 1; block_rows <= 6; block_rows++) {
        struct err err = {0};
        struct buf out = {0};
        cr_expect(run_merge(&options, &(struct table){rows, 2, 6}, block_rows, &out, &err) ==
                  STATUS_LIMIT);
        cr_expect(strstr(err.message, "key (2): ") != NULL, "%s", err.message);
        buf_free(&out);
    }
    static const struct table_column keys_only[] = {{"k", "UInt64", k, 8}, {"v", "UInt64", k, 8}};
    for (size_t block_rows = 1; block_rows <= 6; block_rows++) {
        struct err err = {0};
        struct buf out = {0};
        options.keys_unordered = false;
        cr_expect(run_merge(&options, &(struct table){keys_only, 2, 6}, block_rows, &out, &err) ==
                  STATUS_FORMAT);
        cr_expect(table_begins(err.message, "row 5, key (3): expected keys in ascending order"),
                  "%s", err.message);
        buf_reset(&out);
        options.keys_unordered = true;
        cr_expect(run_merge(&options, &(struct table){keys_only, 2, 6}, block_rows, &out, NULL) ==
                  STATUS_OK);
        buf_free(&out);
    }
}

Test(merge_scan, columns_must_be_there)
{
    static const struct merge_op of_key = {"n", "k", FOLD_SUM, true},
                                 of_none = {"n", "none", FOLD_SUM, true};
    struct buf out = {0};
    cr_expect(run_merge(&(struct merge_options){.n_keys = 6}, &table, 9, &out, NULL) ==
              STATUS_MISMATCH);
    cr_expect(run_merge(&(struct merge_options){.n_keys = 5, .keys_unordered = true}, &table, 9,
                        &out, NULL) == STATUS_OK);
    buf_reset(&out);
    cr_expect(run_merge(&(struct merge_options){.n_keys = 1, .ops = &of_key, .n_ops = 1}, &table, 9,
                        &out, NULL) == STATUS_USAGE);
    cr_expect(run_merge(&(struct merge_options){.n_keys = 1, .ops = &of_none, .n_ops = 1}, &table,
                        9, &out, NULL) == STATUS_MISMATCH);
    cr_expect(out.size_bytes == 0);
    buf_free(&out);
}
