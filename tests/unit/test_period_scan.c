/* period_scan_run over memory: the periods of a plain loop over the rows, wherever blocks cut,
 * and what it refuses, with row and key. */
#include "../mem_fail.h"
#include "io_behind.h"
#include "period_scan.h"
#include "periods_rule.h"
#include "stream_tables.h"

#include <criterion/criterion.h>

enum { N_ROWS = 600, GAP = 20, SPAN = 50 };

static uint64_t keys[N_ROWS];
static uint32_t times[N_ROWS];
static uint8_t restarts[N_ROWS];
static int64_t values[N_ROWS];

static const struct table_column columns[] = {
    {"k", "UInt64", keys, 8},
    {"t", "UInt32", times, 4},
    {"restart", "UInt8", restarts, 1},
    {"v", "Int64", values, 8},
};
static const struct table table = {columns, sizeof(columns) / sizeof(columns[0]), N_ROWS};
static const size_t block_sizes[] = {1, 2, 3, 7, 64, N_ROWS};

/* Keys of 1 to 60 rows, distances of 0 to 27 ticks, a restart now and then. */
static void make_rows(void)
{
    uint64_t random = 11;
    uint32_t left = 1;
    for (size_t i = 0; i < N_ROWS; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        bool is_new = --left == 0;
        if (is_new)
            left = 1 + (uint32_t)(random >> 40) % 60;
        keys[i] = i == 0 ? 5 : keys[i - 1] + is_new;
        times[i] =
            is_new ? (uint32_t)(random >> 33) % 9 : times[i - 1] + (uint32_t)(random >> 33) % 28;
        restarts[i] = (random >> 50) % 13 == 0;
        values[i] = (int64_t)(random >> 20) - (1LL << 43);
    }
}

/* What is known of a row's period. */
struct period {
    uint64_t id;
    uint32_t number, first, last;
    uint64_t length, unique_length;
    int64_t sum;
};

static bool starts_period(size_t row, const struct period *open,
                          const struct period_options *options)
{
    return row == 0 || keys[row] != keys[row - 1] ||
           times[row] - times[row - 1] > options->rule.gap ||
           (options->rule.max_span > 0 && times[row] - open->first > options->rule.max_span) ||
           (options->restart != NULL && restarts[row] != 0);
}

/* The periods in order; of[row] is the index of the row's period. */
static size_t find_periods(const struct period_options *options, struct period *periods, size_t *of)
{
    size_t n = 0;
    for (size_t row = 0; row < N_ROWS; row++) {
        struct period *open = n == 0 ? NULL : &periods[n - 1];
        if (starts_period(row, open, options)) {
            bool is_key = row == 0 || keys[row] != keys[row - 1];
            periods[n] = (struct period){.id = period_id_of_bytes(&keys[row], 8, times[row]),
                                         .number = is_key ? 1 : open->number + 1,
                                         .first = times[row]};
            open = &periods[n++];
        }
        open->unique_length += open->length == 0 || times[row] != open->last;
        open->last = times[row];
        open->length++;
        open->sum += values[row];
        of[row] = n - 1;
    }
    return n;
}

static void append(struct buf *rows, const void *value, size_t size_bytes)
{
    cr_assert(buf_append(rows, value, size_bytes, NULL) == STATUS_OK);
}

static void append_row(struct buf *rows, const struct period_options *options, size_t row,
                       const struct period *period, bool is_first)
{
    for (size_t i = 0; i < table.n_columns; i++)
        append(rows, (const uint8_t *)columns[i].values + row * columns[i].width_bytes,
               columns[i].width_bytes);
    append(rows, &period->id, 8);
    append(rows, &period->number, 4);
    append(rows, &is_first, 1);
    if (!options->lengths)
        return;
    append(rows, &period->length, 8);
    append(rows, &period->unique_length, 8);
    append(rows, &period->first, 4);
    append(rows, &period->last, 4);
}

static void append_period(struct buf *rows, const struct period_options *options, uint64_t key,
                          const struct period *period)
{
    append(rows, &key, 8);
    append(rows, &period->id, 8);
    append(rows, &period->number, 4);
    append(rows, &period->first, 4);
    append(rows, &period->last, 4);
    append(rows, &period->length, 8);
    append(rows, &period->unique_length, 8);
    if (options->n_folds > 0)
        append(rows, &period->sum, 8);
}

static void make_expected(const struct period_options *options, struct buf *rows)
{
    static struct period periods[N_ROWS];
    static size_t of[N_ROWS];
    size_t n = find_periods(options, periods, of);
    cr_assert(n > 20 && n < N_ROWS / 2, "the rows are to have periods of more than a row");
    for (size_t row = 0; row < N_ROWS; row++) {
        const struct period *period = &periods[of[row]];
        bool is_first = row == 0 || of[row] != of[row - 1];
        if (options->emit == PERIOD_EMIT_ROWS)
            append_row(rows, options, row, period, is_first);
        else if (is_first)
            append_period(rows, options, keys[row], period);
    }
}

static enum status run_stream(const struct period_options *options, const struct table *from,
                              size_t block_rows, struct buf *out, struct err *err)
{
    struct buf wire = {0};
    table_append_blocks(from, block_rows, &wire);
    struct io_memory memory = {wire.data, wire.size_bytes, 0};
    enum status status =
        period_scan_run(options, io_input_of_memory(&memory), io_output_of_buf(out), err);
    buf_free(&wire);
    return status;
}

static void expect_rows(const struct buf *wire, const char *header, const struct buf *expected,
                        int block_rows)
{
    struct buf found_header = {0}, rows = {0};
    table_read_rows(wire, &found_header, &rows);
    cr_expect_str_eq((const char *)found_header.data, header);
    cr_expect(rows.size_bytes == expected->size_bytes &&
                  memcmp(rows.data, expected->data, rows.size_bytes) == 0,
              "blocks of %d rows: %d bytes of %d", block_rows, (int)rows.size_bytes,
              (int)expected->size_bytes);
    buf_free(&found_header);
    buf_free(&rows);
}

static void check_stream(const struct period_options *options, const char *header)
{
    struct buf expected = {0};
    make_rows();
    make_expected(options, &expected);
    for (size_t i = 0; i < sizeof(block_sizes) / sizeof(block_sizes[0]); i++) {
        struct err err = {0};
        struct buf out = {0};
        cr_assert(run_stream(options, &table, block_sizes[i], &out, &err) == STATUS_OK, "%s",
                  err.message);
        expect_rows(&out, header, &expected, (int)block_sizes[i]);
        buf_free(&out);
    }
    buf_free(&expected);
}

#define INPUT_HEADER "k UInt64, t UInt32, restart UInt8, v Int64"
#define ROWS_HEADER \
    INPUT_HEADER ", period_id UInt64, period_number UInt32, is_first_in_period UInt8"
#define LENGTHS_HEADER \
    ROWS_HEADER        \
    ", period_length UInt64, unique_period_length UInt64, period_first UInt32, period_last UInt32"
#define PERIODS_HEADER                                                                            \
    "k UInt64, period_id UInt64, period_number UInt32, period_first UInt32, period_last UInt32, " \
    "period_length UInt64, unique_period_length UInt64"

Test(period_scan, rows_get_their_periods)
{
    check_stream(&(struct period_options){.n_keys = 1, .time = "t", .rule = {.gap = GAP}},
                 ROWS_HEADER);
}

Test(period_scan, a_span_is_capped)
{
    check_stream(&(struct period_options){.n_keys = 1, .time = "t", .rule = {GAP, SPAN}},
                 ROWS_HEADER);
}

Test(period_scan, a_restart_starts_a_period)
{
    check_stream(
        &(struct period_options){
            .n_keys = 1, .time = "t", .rule = {GAP, SPAN}, .restart = "restart"},
        ROWS_HEADER);
}

Test(period_scan, rows_wait_for_their_periods_end)
{
    struct period_options options = {
        .n_keys = 1, .time = "t", .rule = {.gap = GAP}, .lengths = true};
    check_stream(&options, LENGTHS_HEADER);
    options.rule.max_span = SPAN;
    options.restart = "restart";
    check_stream(&options, LENGTHS_HEADER);
}

Test(period_scan, a_row_per_period)
{
    struct period_fold_option fold = {FOLD_SUM, "v"};
    struct period_options options = {
        .n_keys = 1, .time = "t", .rule = {.gap = GAP}, .emit = PERIOD_EMIT_PERIODS};
    check_stream(&options, PERIODS_HEADER);
    options.rule.max_span = SPAN;
    options.folds = &fold;
    options.n_folds = 1;
    check_stream(&options, PERIODS_HEADER ", v_sum Int64");
}

Test(period_scan, a_thread_writes_the_same, .timeout = 60)
{
    static struct io_behind behind;
    struct period_options options = {.n_keys = 1, .time = "t", .rule = {.gap = GAP}};
    struct buf wire = {0}, out = {0}, expected = {0};
    make_rows();
    make_expected(&options, &expected);
    table_append_blocks(&table, 7, &wire);
    struct io_memory memory = {wire.data, wire.size_bytes, 0};
    struct io_output output = io_behind_start(&behind, io_output_of_buf(&out), false);
    cr_assert(period_scan_run(&options, io_input_of_memory(&memory), output, NULL) == STATUS_OK);
    cr_assert(io_finish(&output, NULL) == STATUS_OK);
    io_behind_end(&behind);
    expect_rows(&out, ROWS_HEADER, &expected, 7);
    buf_free(&wire);
    buf_free(&out);
    buf_free(&expected);
}

Test(period_scan, no_input_no_output)
{
    static const struct period_options options[] = {
        {.n_keys = 1, .time = "t", .rule = {.gap = GAP}},
        {.n_keys = 1, .time = "t", .rule = {.gap = GAP}, .lengths = true},
        {.n_keys = 1, .time = "t", .rule = {.gap = GAP}, .emit = PERIOD_EMIT_PERIODS},
    };
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        struct buf out = {0};
        cr_expect(run_stream(&options[i], &(struct table){columns, 4, 0}, 1, &out, NULL) ==
                  STATUS_OK);
        cr_expect(out.size_bytes == 0);
        buf_free(&out);
    }
}

/* Whatever the blocks, the row is that of the whole stream. */
static void expect_refused(const struct period_options *options, const struct table *from,
                           enum status expected, const char *message)
{
    for (size_t block_rows = 1; block_rows <= from->n_rows; block_rows++) {
        struct err err = {0};
        struct buf out = {0};
        cr_expect(run_stream(options, from, block_rows, &out, &err) == expected);
        cr_expect_str_eq(err.message, message);
        buf_free(&out);
    }
}

Test(period_scan, times_must_not_go_backwards)
{
    static const uint64_t k[] = {1, 1, 2, 2, 2}, large[] = {5, 9, 1, 7, 1ULL << 63};
    static const uint32_t t[] = {5, 9, 1, 7, 6};
    static const struct table_column backwards[] = {{"k", "UInt64", k, 8}, {"t", "UInt32", t, 4}};
    static const struct table_column beyond[] = {{"k", "UInt64", k, 8}, {"t", "UInt64", large, 8}};
    for (int emit = PERIOD_EMIT_ROWS; emit <= PERIOD_EMIT_PERIODS; emit++) {
        struct period_options options = {
            .n_keys = 1, .time = "t", .rule = {.gap = 9}, .emit = (enum period_emit)emit};
        struct err err = {0};
        struct buf out = {0};
        for (size_t block_rows = 1; block_rows <= 5; block_rows++) {
            cr_expect(run_stream(&options, &(struct table){backwards, 2, 5}, block_rows, &out,
                                 &err) == STATUS_FORMAT);
            cr_expect(table_begins(err.message,
                                   "row 5, key (2): --time t: expected times in ascending order, "
                                   "found 6 "),
                      "%s", err.message);
        }
        buf_free(&out);
        expect_refused(&options, &(struct table){beyond, 2, 5}, STATUS_LIMIT,
                       "row 5, key (2): --time t: expected a time of at most 2^63 - 1, found "
                       "9223372036854775808");
    }
}

Test(period_scan, keys_must_not_go_backwards)
{
    static const uint64_t k[] = {1, 3, 3, 2, 9};
    static const uint32_t t[] = {5, 9, 9, 7, 6};
    static const struct table_column rows[] = {{"k", "UInt64", k, 8}, {"t", "UInt32", t, 4}};
    struct period_options options = {.n_keys = 1, .time = "t", .rule = {.gap = 9}};
    for (size_t block_rows = 1; block_rows <= 5; block_rows++) {
        struct err err = {0};
        struct buf out = {0};
        options.keys_unordered = false;
        cr_expect(run_stream(&options, &(struct table){rows, 2, 5}, block_rows, &out, &err) ==
                  STATUS_FORMAT);
        cr_expect(table_begins(err.message, "row 4, key (3): expected keys in ascending order"),
                  "%s", err.message);
        options.keys_unordered = true;
        buf_reset(&out);
        cr_expect(run_stream(&options, &(struct table){rows, 2, 5}, block_rows, &out, NULL) ==
                  STATUS_OK);
        buf_free(&out);
    }
}

Test(period_scan, columns_must_be_there_and_suit)
{
    static const uint64_t k[] = {1};
    static const double x[] = {1};
    static const struct table_column rows[] = {
        {"k", "UInt64", k, 8}, {"x", "Float64", x, 8}, {"period_id", "UInt64", k, 8}};
    static const struct {
        struct period_options options;
        size_t n_columns;
    } cases[] = {
        {{.n_keys = 1, .time = "t"}, 2},                  /* no such column */
        {{.n_keys = 1, .time = "x"}, 2},                  /* no time */
        {{.n_keys = 1, .time = "k", .restart = "x"}, 2},  /* no flag */
        {{.n_keys = 1, .time = "k", .restart = "k"}, 2},  /* too wide for one */
        {{.n_keys = 3, .time = "k"}, 2},                  /* too few columns */
        {{.n_keys = 1, .time = "k"}, 3},                  /* a name of the output */
        {{.n_keys = 1, .time = "k", .lengths = true}, 3}, /* the same */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err = {0};
        struct buf out = {0};
        cr_expect(run_stream(&cases[i].options, &(struct table){rows, cases[i].n_columns, 1}, 1,
                             &out, &err) == STATUS_MISMATCH,
                  "case %d: %s", (int)i, err.message);
        cr_expect(out.size_bytes == 0);
        buf_free(&out);
    }
    struct buf out = {0};
    cr_expect(run_stream(&(struct period_options){.n_keys = 2, .time = "k"},
                         &(struct table){rows, 2, 1}, 1, &out, NULL) == STATUS_OK,
              "all columns may be the key");
    buf_free(&out);
}

/* Memory that runs out in a later block is that of the open period: its key is named. */
Test(period_scan, running_out_of_memory_names_the_open_key)
{
    static const uint64_t k[] = {1, 1};
    static const uint32_t t[] = {5, 9};
    static const struct table_column rows[] = {{"k", "UInt64", k, 8}, {"t", "UInt32", t, 4}};
    struct period_options options = {.n_keys = 1, .time = "t", .rule = {.gap = 9}};
    struct buf wire = {0};
    table_append_blocks(&(struct table){rows, 2, 2}, 1, &wire);
    bool is_located = false;
    for (unsigned long n = 1;; n++) {
        struct io_memory memory = {wire.data, wire.size_bytes, 3};
        struct buf out = {0};
        struct err err = {0};
        mem_fail_call(n);
        enum status status =
            period_scan_run(&options, io_input_of_memory(&memory), io_output_of_buf(&out), &err);
        mem_fail_call(0);
        buf_free(&out);
        if (status == STATUS_OK)
            break;
        cr_assert(status == STATUS_NOMEM);
        if (n == 1)
            cr_expect(table_begins(err.message, "out of memory: "), "no row yet: %s", err.message);
        if (strstr(err.message, ", key (1): out of memory: ") != NULL)
            is_located = true;
    }
    cr_expect(is_located);
    buf_free(&wire);
}

Test(period_scan, a_cut_input_is_no_matter_of_the_open_key)
{
    static const uint64_t k[] = {1, 1};
    static const uint32_t t[] = {5, 9};
    static const struct table_column rows[] = {{"k", "UInt64", k, 8}, {"t", "UInt32", t, 4}};
    struct period_options options = {.n_keys = 1, .time = "t", .rule = {.gap = 9}};
    struct buf wire = {0}, out = {0};
    struct err err = {0};
    table_append_blocks(&(struct table){rows, 2, 2}, 1, &wire);
    struct io_memory memory = {wire.data, wire.size_bytes - 1, 0};
    cr_expect(period_scan_run(&options, io_input_of_memory(&memory), io_output_of_buf(&out),
                              &err) == STATUS_TRUNCATED);
    cr_expect(strstr(err.message, "key (1)") == NULL, "%s", err.message);
    buf_free(&wire);
    buf_free(&out);
}
