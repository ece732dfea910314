/* The cut of a stream's blocks, against the open period that is taken from row to row. The cut of
 * arrays is tested through the answers that are made of it, in test_periods_array.c. */
#include "../mem_fail.h"
#include "periods_cut.h"

#include <criterion/criterion.h>

#include <stdlib.h>

enum { MOST_ROWS = 300 };

static uint64_t random_state = 7;

/* xorshift64 (Marsaglia 2003): the same numbers on every machine. */
static uint64_t random_below(uint64_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % limit;
}

/* Some rows of a stream. */
struct rows {
    size_t n, width_bytes;
    bool is_signed;
    int64_t ticks[MOST_ROWS];
    uint8_t changed[MOST_ROWS], restarts[MOST_ROWS];
};

/* Keys whose ticks begin anywhere in the width and ascend, by nothing rather often. */
static void make_rows(struct rows *rows, uint64_t largest_step)
{
    static const uint64_t ends[] = {0, UINT8_MAX, UINT16_MAX, 0, UINT32_MAX, 0, 0, 0, INT64_MAX};
    uint64_t range = ends[rows->width_bytes], at = 0;
    for (size_t row = 0; row < rows->n; row++) {
        uint64_t step = random_below(2) * random_below(largest_step);
        rows->changed[row] = row == 0 || random_below(20) == 0 || step > range - at;
        at = rows->changed[row] ? random_below(range) : at + step;
        rows->ticks[row] = (int64_t)at - (int64_t)(rows->is_signed ? range / 2 + 1 : 0);
        rows->restarts[row] = random_below(15) == 0 ? (uint8_t)(1 + random_below(255)) : 0;
    }
}

/* Writes the ticks from `from` on in their width, at an odd address; valgrind sees the end. */
static uint8_t *write_values(const struct rows *rows, size_t from, size_t n)
{
    uint8_t *memory = malloc(1 + n * rows->width_bytes);
    cr_assert_not_null(memory);
    for (size_t row = 0; row < n; row++)
        memcpy(memory + 1 + row * rows->width_bytes, &rows->ticks[from + row], rows->width_bytes);
    return memory;
}

/* What the cut says of its start number p, which may be the end. */
static void check_start(const struct period_starts *starts, size_t p, size_t row,
                        uint64_t n_distinct)
{
    cr_assert_leq(p, starts->n_periods, "row %zu is no start", row);
    cr_assert_eq(starts->position[p], row, "row %zu: start %u", row, starts->position[p]);
    if (starts->distinct != NULL)
        cr_assert_eq(starts->distinct[p] - (p == 0 ? 0 : starts->distinct[p - 1]), n_distinct,
                     "row %zu: %zu distinct ticks before", row, (size_t)n_distinct);
}

/* Takes the rows [from, end) one by one, from the open period on, and compares. Returns the first
 * that descends, or end. */
static size_t check_rows(const struct rows *rows, size_t from, size_t end, bool restarts,
                         const struct period_rule *rule, struct period_run *run,
                         const struct period_starts *starts)
{
    size_t row = from, p = 0;
    uint64_t n_distinct = 0;
    for (; row < end; row++) {
        int64_t tick = rows->ticks[row];
        if (rows->changed[row])
            *run = (struct period_run){0};
        else if (tick < run->last)
            break;
        if (!period_run_starts(run, rule, tick) && !(restarts && rows->restarts[row] != 0)) {
            n_distinct += tick != run->last;
            cr_assert_not(period_run_add(run, rule, tick, 1));
            continue;
        }
        check_start(starts, p++, row - from, n_distinct);
        period_run_start(run, tick, 1);
        n_distinct = 1;
    }
    check_start(starts, p, row - from, n_distinct);
    cr_assert_eq(starts->n_periods, p);
    return row;
}

/* Cuts the rows in blocks of n_block. */
static void check_blocks(const struct rows *rows, size_t n_block, const struct period_rule *rule,
                         bool restarts, enum periods_detail detail, struct period_starts *starts)
{
    struct period_run run = {0};
    size_t n_rows = 0;
    for (size_t from = 0; from < rows->n; from += n_block) {
        size_t n = rows->n - from < n_block ? rows->n - from : n_block;
        uint8_t *memory = write_values(rows, from, n);
        struct periods_block block = {
            .ticks = {memory + 1, n, rows->width_bytes, rows->is_signed},
            .changed = rows->changed + from,
            .restarts = restarts ? rows->restarts + from : NULL,
            .open = &run,
        };
        for (size_t row = 0; row < n; row++)
            cr_assert_eq(tick_at(&block.ticks, row), rows->ticks[from + row]);
        cr_assert_eq(periods_cut_block(&block, rule, detail, starts, &n_rows, NULL), STATUS_OK);
        cr_assert_eq((starts->distinct != NULL), detail == PERIODS_DETAIL_DISTINCT);
        size_t end = check_rows(rows, from, from + n, restarts, rule, &run, starts);
        free(memory);
        cr_assert_eq(n_rows, end - from);
        if (n_rows < n)
            return;
    }
}

Test(periods_cut, blocks_are_cut_as_rows_are, .timeout = 120)
{
    static const uint64_t limits[] = {0, 1, 5, 60, 254, 255, 70000, 1ull << 33, INT64_MAX};
    static const size_t blocks[] = {1, 2, 7, 31, 32, 33, 64, 100, MOST_ROWS};
    static const size_t widths[] = {1, 2, 4, 8};
    struct period_starts starts = {0};
    for (size_t i = 0; i < 6000; i++) {
        struct rows rows = {.n = 1 + random_below(MOST_ROWS),
                            .width_bytes = widths[i % 4],
                            .is_signed = i / 4 % 2 == 0};
        struct period_rule rule = {.gap = limits[random_below(9)]};
        if (i / 8 % 2 == 0)
            rule.max_span = limits[random_below(9)];
        make_rows(&rows, 1 + limits[random_below(9)]);
        if (random_below(4) == 0) /* perhaps a descent */
            rows.ticks[random_below(rows.n)] = rows.is_signed ? -7 : 7;
        check_blocks(&rows, blocks[random_below(9)], &rule, i / 16 % 2 == 0, i / 32 % 2, &starts);
    }
    period_starts_free(&starts);
}

/* The ends of each width, where a distance or an order in another width would wrap. */
Test(periods_cut, the_whole_of_each_width_does_not_wrap)
{
    static const struct {
        size_t width_bytes;
        bool is_signed;
        int64_t first, last;
    } cases[] = {
        {1, true, INT8_MIN, INT8_MAX},   {1, false, 0, UINT8_MAX},  {2, true, INT16_MIN, INT16_MAX},
        {2, false, 0, UINT16_MAX},       {4, false, 0, UINT32_MAX}, {4, true, INT32_MIN, INT32_MAX},
        {8, true, INT64_MIN, INT64_MAX}, {8, false, 0, INT64_MAX},
    };
    struct period_starts starts = {0};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct rows rows = {.n = 2,
                            .width_bytes = cases[i].width_bytes,
                            .is_signed = cases[i].is_signed,
                            .ticks = {cases[i].first, cases[i].last},
                            .changed = {1, 0}};
        uint64_t distance = (uint64_t)cases[i].last - (uint64_t)cases[i].first;
        for (size_t more = 0; more < 4; more++) {
            struct period_rule rule = {.gap = distance - more % 2};
            if (more > 1)
                rule = (struct period_rule){.gap = UINT64_MAX, .max_span = distance - more % 2};
            check_blocks(&rows, 2, &rule, false, PERIODS_DETAIL_DISTINCT, &starts);
            cr_assert_eq(starts.n_periods, 1 + more % 2, "case %zu, %zu", i, more);
        }
        rows.ticks[0] = cases[i].last;
        rows.ticks[1] = cases[i].first;
        check_blocks(&rows, 2, &(struct period_rule){.gap = UINT64_MAX}, false,
                     PERIODS_DETAIL_POSITIONS, &starts);
        cr_assert_eq(starts.position[1], 1, "case %zu: the descent is not seen", i);
    }
    period_starts_free(&starts);
}

Test(periods_cut, no_rows_begin_no_period)
{
    struct period_starts starts = {0};
    struct period_run run = {.first = 1, .last = 2, .number = 1};
    struct periods_block block = {.ticks = {NULL, 0, 4, false}, .open = &run};
    size_t n_rows = 9;
    cr_assert_eq(periods_cut_block(&block, &(struct period_rule){.gap = 1, .max_span = 1},
                                   PERIODS_DETAIL_DISTINCT, &starts, &n_rows, NULL),
                 STATUS_OK);
    cr_assert_eq(n_rows, 0);
    cr_assert_eq(starts.n_periods, 0);
    cr_assert_eq(starts.position[0], 0);
    cr_assert_eq(starts.distinct[0], 0);
    period_starts_free(&starts);
}

Test(periods_cut, a_failing_allocation_is_told)
{
    struct rows rows = {.n = MOST_ROWS, .width_bytes = 4};
    make_rows(&rows, 10);
    uint8_t *memory = write_values(&rows, 0, rows.n);
    struct period_run run = {0};
    struct periods_block block = {
        .ticks = {memory + 1, rows.n, 4, false}, .changed = rows.changed, .open = &run};
    enum status status = STATUS_NOMEM;
    unsigned long failed = 0;
    for (; status == STATUS_NOMEM; failed++) {
        struct period_starts starts = {0};
        size_t n_rows = 0;
        mem_fail_call(failed + 1);
        status = periods_cut_block(&block, &(struct period_rule){.gap = 100, .max_span = 20},
                                   PERIODS_DETAIL_DISTINCT, &starts, &n_rows, NULL);
        mem_fail_call(0);
        period_starts_free(&starts);
    }
    cr_assert_eq(status, STATUS_OK);
    cr_assert_eq(failed, 4 + 1, "marks, two lists, widened ticks: found %lu", failed - 1);
    free(memory);
}
