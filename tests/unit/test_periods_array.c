/* The array answers, against a reference that is too simple to be wrong. */
#include "../mem_fail.h"
#include "periods_array.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

/* The largest array of the random cases. */
#define MAX_EVENTS 400

static uint64_t random_state = 1;

/* xorshift64 (Marsaglia 2003): the same numbers on every machine. */
static uint64_t random_u64(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* All that is known of one event. */
struct event {
    uint64_t id;
    uint32_t number;
    uint8_t is_first;
    uint32_t length;
    uint32_t unique_length;
};

/* a - b > limit, for a >= b, in 128 bits. */
static bool is_beyond(int64_t a, int64_t b, uint64_t limit)
{
    return (int128)a - (int128)b > (int128)limit;
}

/* The position of the event with `rank` predecessors: earlier ticks, and equal ones before it. */
static size_t position_of_rank(const int64_t *times, size_t n, size_t rank)
{
    for (size_t i = 0; i < n; i++) {
        size_t before = 0;
        for (size_t j = 0; j < n; j++)
            before += times[j] < times[i] || (times[j] == times[i] && j < i);
        if (before == rank)
            return i;
    }
    cr_assert_fail("no event of rank %zu", rank);
    return 0;
}

/* The reference. order: n positions of scratch. */
static void expect_events(uint64_t key, const int64_t *times, size_t n,
                          const struct period_rule *rule, struct event *events)
{
    size_t order[MAX_EVENTS];
    for (size_t rank = 0; rank < n; rank++)
        order[rank] = position_of_rank(times, n, rank);
    uint32_t number = 0;
    for (size_t from = 0; from < n;) {
        size_t end = from + 1;
        uint32_t unique_length = 1;
        int64_t first = times[order[from]];
        for (; end < n; end++) {
            int64_t previous = times[order[end - 1]];
            int64_t tick = times[order[end]];
            if (is_beyond(tick, previous, rule->gap) ||
                (rule->max_span > 0 && is_beyond(tick, first, rule->max_span)))
                break;
            unique_length += tick != previous;
        }
        number++;
        for (size_t i = from; i < end; i++)
            events[order[i]] = (struct event){.id = period_id(key, first),
                                              .number = number,
                                              .is_first = i == from,
                                              .length = (uint32_t)(end - from),
                                              .unique_length = unique_length};
        from = end;
    }
}

/* One column of an answer at an odd address, with bytes around it that must stay. */
struct column {
    uint8_t bytes[1 + MAX_EVENTS * 8 + 64];
    size_t size_bytes;
};

static uint8_t *column_open(struct column *column, size_t size_bytes)
{
    memset(column->bytes, 0xa5, sizeof(column->bytes));
    column->size_bytes = size_bytes;
    return column->bytes + 1;
}

static void column_check_edges(const struct column *column, const char *what)
{
    cr_assert_eq(column->bytes[0], 0xa5, "%s: wrote before its column", what);
    for (size_t i = 1 + column->size_bytes; i < sizeof(column->bytes); i++)
        cr_assert_eq(column->bytes[i], 0xa5, "%s: wrote after its column", what);
}

static uint32_t u32_at(const struct column *column, size_t i)
{
    return load_u32(column->bytes + 1 + i * 4);
}

static uint64_t u64_at(const struct column *column, size_t i)
{
    return load_u64(column->bytes + 1 + i * 8);
}

/* One array, its rule and what must come out. */
struct periods_case {
    const char *what;
    uint64_t key;
    const uint8_t *times; /* at an odd address */
    size_t n;
    struct period_rule rule;
    const struct event *expected;
};

static void check_single_answers(const struct periods_case *c, struct periods_scratch *scratch)
{
    static struct column column;
    uint8_t *to = column_open(&column, c->n * 4);
    cr_assert_eq(periods_numbers(c->times, c->n, &c->rule, scratch, to, NULL), STATUS_OK);
    for (size_t i = 0; i < c->n; i++)
        cr_assert_eq(u32_at(&column, i), c->expected[i].number, "%s: number %zu", c->what, i);
    column_check_edges(&column, c->what);

    to = column_open(&column, c->n * 4);
    cr_assert_eq(periods_lengths(c->times, c->n, &c->rule, scratch, to, NULL), STATUS_OK);
    for (size_t i = 0; i < c->n; i++)
        cr_assert_eq(u32_at(&column, i), c->expected[i].length, "%s: length %zu", c->what, i);
    column_check_edges(&column, c->what);

    to = column_open(&column, c->n * 4);
    cr_assert_eq(periods_unique_lengths(c->times, c->n, &c->rule, scratch, to, NULL), STATUS_OK);
    for (size_t i = 0; i < c->n; i++)
        cr_assert_eq(u32_at(&column, i), c->expected[i].unique_length, "%s: unique length %zu",
                     c->what, i);
    column_check_edges(&column, c->what);

    to = column_open(&column, c->n * 8);
    cr_assert_eq(periods_ids(c->key, c->times, c->n, &c->rule, scratch, to, NULL), STATUS_OK);
    for (size_t i = 0; i < c->n; i++)
        cr_assert_eq(u64_at(&column, i), c->expected[i].id, "%s: id %zu", c->what, i);
    column_check_edges(&column, c->what);

    to = column_open(&column, c->n);
    cr_assert_eq(periods_first(c->times, c->n, &c->rule, scratch, to, NULL), STATUS_OK);
    for (size_t i = 0; i < c->n; i++)
        cr_assert_eq(to[i], c->expected[i].is_first, "%s: first %zu", c->what, i);
    column_check_edges(&column, c->what);
}

static void check_rows(const struct periods_case *c, struct periods_scratch *scratch)
{
    static struct column ids, numbers, is_first, lengths, unique_lengths;
    struct periods_rows_out rows = {.ids = column_open(&ids, c->n * 8),
                                    .numbers = column_open(&numbers, c->n * 4),
                                    .is_first = column_open(&is_first, c->n),
                                    .lengths = column_open(&lengths, c->n * 4),
                                    .unique_lengths = column_open(&unique_lengths, c->n * 4)};
    cr_assert_eq(periods_rows(c->key, c->times, c->n, &c->rule, scratch, &rows, NULL), STATUS_OK);
    for (size_t i = 0; i < c->n; i++) {
        const struct event *event = &c->expected[i];
        cr_assert(u64_at(&ids, i) == event->id && u32_at(&numbers, i) == event->number &&
                      rows.is_first[i] == event->is_first && u32_at(&lengths, i) == event->length &&
                      u32_at(&unique_lengths, i) == event->unique_length,
                  "%s: row %zu", c->what, i);
    }
    column_check_edges(&ids, c->what);
    column_check_edges(&numbers, c->what);
    column_check_edges(&is_first, c->what);
    column_check_edges(&lengths, c->what);
    column_check_edges(&unique_lengths, c->what);
}

static void free_columns(struct periods_columns *columns)
{
    buf_free(&columns->ids);
    buf_free(&columns->numbers);
    buf_free(&columns->first_ticks);
    buf_free(&columns->last_ticks);
    buf_free(&columns->lengths);
    buf_free(&columns->unique_lengths);
}

static void check_list_row(const struct periods_columns *columns, size_t row, uint64_t key,
                           const struct period_run *run, const char *what)
{
    cr_assert(load_u64(columns->ids.data + row * 8) == period_id(key, run->first) &&
                  load_u32(columns->numbers.data + row * 4) == run->number &&
                  load_i64(columns->first_ticks.data + row * 8) == run->first &&
                  load_i64(columns->last_ticks.data + row * 8) == run->last &&
                  load_u64(columns->lengths.data + row * 8) == run->length &&
                  load_u64(columns->unique_lengths.data + row * 8) == run->unique_length,
              "%s: period %zu", what, row);
}

/* The list, against the streaming form over the sorted ticks. */
static void check_list(const struct periods_case *c, struct periods_scratch *scratch)
{
    struct periods_columns columns = {0};
    struct ticks_scratch ticks_scratch = {0};
    size_t n_periods = 99;
    cr_assert_eq(
        periods_list(c->key, c->times, c->n, &c->rule, scratch, &columns, &n_periods, NULL),
        STATUS_OK);
    struct ticks_order order;
    cr_assert_eq(ticks_order(c->times, c->n, &ticks_scratch, &order, NULL), STATUS_OK);
    struct period_run run = {0};
    size_t row = 0;
    for (size_t i = 0; i < c->n; i++) {
        int64_t tick = load_i64(order.ticks + i * 8);
        if (run.number > 0 && period_run_starts(&run, &c->rule, tick))
            check_list_row(&columns, row++, c->key, &run, c->what);
        period_run_add(&run, &c->rule, tick, 1);
    }
    if (run.number > 0)
        check_list_row(&columns, row++, c->key, &run, c->what);
    cr_assert_eq(n_periods, row, "%s: %zu periods, not %zu", c->what, n_periods, row);
    cr_assert_eq(columns.ids.size_bytes, row * 8);
    cr_assert_eq(columns.numbers.size_bytes, row * 4);
    cr_assert_eq(columns.unique_lengths.size_bytes, row * 8);
    free_columns(&columns);
    ticks_scratch_free(&ticks_scratch);
}

/* Every answer for one array. */
static void check_all(uint64_t key, const int64_t *times, size_t n, struct period_rule rule,
                      struct periods_scratch *scratch, const char *what)
{
    static struct event expected[MAX_EVENTS];
    static uint8_t bytes[MAX_EVENTS * 8 + 1];
    expect_events(key, times, n, &rule, expected);
    if (n > 0)
        memcpy(bytes + 1, times, n * 8);
    struct periods_case c = {.what = what,
                             .key = key,
                             .times = n > 0 ? bytes + 1 : NULL,
                             .n = n,
                             .rule = rule,
                             .expected = expected};
    check_single_answers(&c, scratch);
    check_rows(&c, scratch);
    check_list(&c, scratch);
}

static int compare_ticks(const void *a, const void *b)
{
    int64_t left = load_i64(a);
    int64_t right = load_i64(b);
    return (left > right) - (left < right);
}

/* How the events of a case come: as they fell, ascending or descending. */
enum arrival { ARRIVAL_ANY, ARRIVAL_ASCENDING, ARRIVAL_DESCENDING, N_ARRIVALS };

static void arrange(int64_t *times, size_t n, enum arrival arrival)
{
    if (arrival == ARRIVAL_ANY)
        return;
    qsort(times, n, sizeof(*times), compare_ticks);
    for (size_t i = 0; arrival == ARRIVAL_DESCENDING && i < n / 2; i++) {
        int64_t tick = times[i];
        times[i] = times[n - 1 - i];
        times[n - 1 - i] = tick;
    }
}

/* Half of the events fall on a few hot ticks, so that there are ties and long periods. */
static void scatter(int64_t *times, size_t n, uint64_t range)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t at = random_u64() % range;
        if (random_u64() % 2 == 0)
            at = at % 3 * (range / 3);
        times[i] = (int64_t)at - (int64_t)(range / 2);
    }
}

Test(periods_array, agrees_with_the_reference_on_random_arrays, .timeout = 120)
{
    static const size_t sizes[] = {0, 1, 2, 3, 10, 16, 17, 33, 50, 51, MAX_EVENTS};
    static const uint64_t ranges[] = {1, 10, 300, 86400, 1ull << 40};
    static const uint64_t gaps[] = {0, 1, 4, 60, 1800, 1ull << 33, INT64_MAX};
    static const uint64_t spans[] = {0, 1, 5, 3600, 1ull << 34, INT64_MAX};
    struct periods_scratch scratch = {0};
    int64_t times[MAX_EVENTS];
    for (size_t i = 0; i < 4000; i++) {
        size_t n = sizes[random_u64() % (sizeof(sizes) / sizeof(*sizes))];
        scatter(times, n, ranges[random_u64() % (sizeof(ranges) / sizeof(*ranges))]);
        arrange(times, n, (enum arrival)(random_u64() % N_ARRIVALS));
        struct period_rule rule = {.gap = gaps[random_u64() % (sizeof(gaps) / sizeof(*gaps))],
                                   .max_span =
                                       spans[random_u64() % (sizeof(spans) / sizeof(*spans))]};
        if (n == MAX_EVENTS && i % 10 > 0)
            n = MAX_EVENTS / 4;
        char what[64];
        snprintf(what, sizeof(what), "array %zu of %zu", i, n);
        check_all(random_u64(), times, n, rule, &scratch, what);
    }
    periods_scratch_free(&scratch);
}

static void expect_numbers(const int64_t *times, size_t n, struct period_rule rule,
                           const uint32_t *expected, const char *what)
{
    struct periods_scratch scratch = {0};
    uint32_t numbers[16];
    cr_assert_eq(periods_numbers(times, n, &rule, &scratch, numbers, NULL), STATUS_OK);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(numbers[i], expected[i], "%s: event %zu: %u", what, i, numbers[i]);
    check_all(1, times, n, rule, &scratch, what);
    periods_scratch_free(&scratch);
}

/* DolphinDB splits where the distance equals the gap: the same as one tick less here. */
Test(periods_array, dolphindb_session_window)
{
    const int64_t times[] = {1, 5, 6, 12, 13, 13, 15};
    const uint32_t expected[] = {1, 1, 1, 2, 2, 2, 2};
    expect_numbers(times, 7, (struct period_rule){.gap = 5 - 1}, expected, "DolphinDB");
}

/* A late event joins two sessions into one. */
Test(periods_array, kafka_late_bridge)
{
    const int64_t before[] = {10, 12, 20};
    const uint32_t two[] = {1, 1, 2};
    expect_numbers(before, 3, (struct period_rule){.gap = 5}, two, "Kafka");
    const int64_t after[] = {10, 12, 20, 16};
    const uint32_t one[] = {1, 1, 1, 1};
    expect_numbers(after, 4, (struct period_rule){.gap = 5}, one, "Kafka, late event");
}

Test(periods_array, spark_session_window_of_five_minutes)
{
    const int64_t times[] = {0, 270, 600};
    const uint32_t expected[] = {1, 1, 2};
    expect_numbers(times, 3, (struct period_rule){.gap = 300}, expected, "Spark");
}

Test(periods_array, a_gap_joins_and_one_more_splits)
{
    const int64_t times[] = {0, 1799, 1799 + 1800, 1799 + 1800 + 1801};
    const uint32_t expected[] = {1, 1, 1, 2};
    expect_numbers(times, 4, (struct period_rule){.gap = 1800}, expected, "T-1, T, T+1");
}

Test(periods_array, a_span_joins_and_one_more_splits)
{
    const int64_t times[] = {0, 99, 100, 101, 101, 201, 202};
    const uint32_t expected[] = {1, 1, 1, 2, 2, 2, 3};
    expect_numbers(times, 7, (struct period_rule){.gap = 1000, .max_span = 100}, expected, "span");
}

Test(periods_array, the_whole_of_int64_does_not_wrap)
{
    const int64_t times[] = {INT64_MAX, INT64_MIN, 0, INT64_MAX, INT64_MIN, -1};
    const uint32_t three[] = {3, 1, 2, 3, 1, 2};
    expect_numbers(times, 6, (struct period_rule){.gap = 1ull << 62}, three, "a small gap");
    const uint32_t two[] = {2, 1, 2, 2, 1, 1};
    expect_numbers(times, 6, (struct period_rule){.gap = INT64_MAX, .max_span = INT64_MAX}, two,
                   "a span of half the range");
    const uint32_t one[] = {1, 1, 1, 1, 1, 1};
    expect_numbers(times, 6, (struct period_rule){.gap = INT64_MAX}, one, "a gap of half of it");
}

/* Among equal earliest ticks the first is the one that came first. */
Test(periods_array, first_among_ties_is_the_first_of_the_input)
{
    const int64_t times[] = {50, 10, 50, 10, 10, 50};
    const uint8_t expected[] = {1, 1, 0, 0, 0, 0};
    struct periods_scratch scratch = {0};
    struct period_rule rule = {.gap = 5};
    uint8_t is_first[6];
    cr_assert_eq(periods_first(times, 6, &rule, &scratch, is_first, NULL), STATUS_OK);
    cr_assert_arr_eq(is_first, expected, 6);
    periods_scratch_free(&scratch);
}

Test(periods_array, too_many_events_are_refused_unread)
{
    struct periods_scratch scratch = {0};
    struct period_rule rule = {0};
    struct err err = {0};
    cr_assert_eq(periods_numbers(NULL, (size_t)TICKS_MAX + 1, &rule, &scratch, NULL, &err),
                 STATUS_LIMIT);
    cr_assert_str_eq(err.message,
                     "expected at most 4294967295 ticks in one array, found 4294967296");
}

/* A list appends after what is there, and a failure leaves that as it was. */
Test(periods_array, each_failing_allocation_leaves_the_list_as_it_was)
{
    int64_t times[300];
    scatter(times, 300, 100000);
    struct period_rule rule = {.gap = 10, .max_span = 100};
    unsigned long failed = 0;
    for (;;) {
        struct periods_scratch scratch = {0};
        struct periods_columns columns = {0};
        size_t n_periods = 7;
        const int64_t one[] = {4};
        cr_assert_eq(periods_list(1, one, 1, &rule, &scratch, &columns, &n_periods, NULL),
                     STATUS_OK);
        cr_assert_eq(n_periods, 1);
        mem_fail_call(failed + 1);
        enum status status =
            periods_list(2, times, 300, &rule, &scratch, &columns, &n_periods, NULL);
        mem_fail_call(0);
        size_t n_rows = status == STATUS_OK ? 1 + n_periods : 1;
        cr_assert_eq(columns.ids.size_bytes, n_rows * 8);
        cr_assert_eq(columns.numbers.size_bytes, n_rows * 4);
        cr_assert_eq(columns.unique_lengths.size_bytes, n_rows * 8);
        cr_assert_eq(load_u64(columns.ids.data), period_id(1, 4));
        free_columns(&columns);
        periods_scratch_free(&scratch);
        if (status == STATUS_OK)
            break;
        cr_assert_eq(status, STATUS_NOMEM);
        cr_assert_eq(n_periods, 1, "untouched on failure");
        failed++;
    }
    cr_assert_geq(failed, 11, "2 of starts, 4 or more of the sort, 6 columns less 1: found %lu",
                  failed);
}

Test(periods_array, a_failing_allocation_writes_no_answer)
{
    const int64_t times[] = {3, 1, 2};
    struct period_rule rule = {.gap = 10, .max_span = 1};
    unsigned long failed = 0;
    for (;; failed++) {
        struct periods_scratch scratch = {0};
        uint32_t numbers[3] = {77, 77, 77};
        mem_fail_call(failed + 1);
        enum status status = periods_numbers(times, 3, &rule, &scratch, numbers, NULL);
        mem_fail_call(0);
        periods_scratch_free(&scratch);
        if (status == STATUS_OK)
            break;
        cr_assert_eq(status, STATUS_NOMEM);
        cr_assert(numbers[0] == 77 && numbers[1] == 77 && numbers[2] == 77);
    }
    cr_assert_eq(failed, 6, "2 of starts, 4 of the sort: found %lu", failed);
}
