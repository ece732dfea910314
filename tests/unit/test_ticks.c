/* The sort, against what a sort must be: ascending, a permutation, stable. */
#include "../mem_fail.h"
#include "ticks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t random_state;

/* xorshift64 (Marsaglia 2003): the same numbers on every machine. */
static uint64_t random_u64(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* Copies the times to an odd address, sorts them and checks every property of the order. */
static void check_order(const int64_t *times, size_t n, struct ticks_scratch *scratch,
                        const char *what)
{
    uint8_t *bytes = malloc(n * 8 + 1);
    bool *is_seen = calloc(n + 1, sizeof(*is_seen));
    if (n > 0)
        memcpy(bytes + 1, times, n * 8);
    struct ticks_order order;
    cr_assert_eq(ticks_order(bytes + 1, n, scratch, &order, NULL), STATUS_OK);
    for (size_t i = 0; i < n; i++) {
        size_t at = order.index == NULL ? i : order.index[i];
        int64_t tick = load_i64(order.ticks + i * 8);
        cr_assert(at < n && !is_seen[at], "%s: position %zu twice or outside", what, at);
        is_seen[at] = true;
        cr_assert_eq(tick, times[at], "%s: not the tick of position %zu", what, at);
        if (i == 0)
            continue;
        int64_t previous = load_i64(order.ticks + (i - 1) * 8);
        size_t previous_at = order.index == NULL ? i - 1 : order.index[i - 1];
        cr_assert(previous < tick || (previous == tick && previous_at < at),
                  "%s: wrong order at %zu of %zu", what, i, n);
    }
    free(bytes);
    free(is_seen);
}

Test(ticks, ascending_input_is_used_in_place)
{
    int64_t times[] = {INT64_MIN, -1, -1, 0, 5, 5, INT64_MAX};
    struct ticks_scratch scratch = {0};
    struct ticks_order order;
    cr_assert_eq(ticks_order(times, 7, &scratch, &order, NULL), STATUS_OK);
    cr_assert_eq((const void *)order.ticks, (const void *)times);
    cr_assert_null(order.index);
    cr_assert_eq(scratch.words.capacity_bytes, 0, "no memory for ascending input");
}

Test(ticks, no_and_one_tick)
{
    struct ticks_scratch scratch = {0};
    struct ticks_order order = {.index = (const uint32_t *)&scratch};
    cr_assert_eq(ticks_order(NULL, 0, &scratch, &order, NULL), STATUS_OK);
    cr_assert_null(order.index);
    int64_t one = INT64_MIN;
    check_order(&one, 1, &scratch, "one");
    ticks_scratch_free(&scratch);
}

Test(ticks, descending_input_keeps_equal_ticks_in_order)
{
    int64_t times[] = {9, 9, 9, 4, 3, 3, INT64_MIN, INT64_MIN};
    const uint32_t expected[] = {6, 7, 4, 5, 3, 0, 1, 2};
    struct ticks_scratch scratch = {0};
    struct ticks_order order;
    cr_assert_eq(ticks_order(times, 8, &scratch, &order, NULL), STATUS_OK);
    for (size_t i = 0; i < 8; i++)
        cr_assert_eq(order.index[i], expected[i]);
    check_order(times, 8, &scratch, "descending");
    ticks_scratch_free(&scratch);
}

Test(ticks, too_many_ticks_are_refused_unread)
{
    struct ticks_scratch scratch = {0};
    struct ticks_order order = {.index = (const uint32_t *)&scratch};
    struct err err = {0};
    cr_assert_eq(ticks_order(NULL, (size_t)TICKS_MAX + 1, &scratch, &order, &err), STATUS_LIMIT);
    cr_assert_str_eq(err.message,
                     "expected at most 4294967295 ticks in one array, found 4294967296");
    cr_assert_eq((const void *)order.index, (const void *)&scratch, "untouched on failure");
}

/* How the ticks of a case are made. */
enum shape { SHAPE_RANDOM, SHAPE_RUNS, SHAPE_NEARLY_SORTED, SHAPE_DESCENDING, N_SHAPES };

static void make_times(enum shape shape, uint64_t range, int64_t *times, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t step = range / (n + 1);
        uint64_t at = range == 0 ? 0 : random_u64() % range;
        if (shape == SHAPE_RUNS)
            at = step * (i % (n / 3 + 1));
        if (shape == SHAPE_NEARLY_SORTED && random_u64() % 20 > 0)
            at = step * i;
        if (shape == SHAPE_DESCENDING)
            at = step * ((n - i) / 2);
        times[i] = (int64_t)((uint64_t)INT64_MIN / 2 * (random_u64() % 50 == 0 && range > 99) + at);
    }
}

Test(ticks, sorts_every_size_range_and_shape)
{
    static const size_t sizes[] = {2, 3, 7, 15, 16, 17, 31, 33, 50, 100, 255, 256, 257, 1000, 5000};
    static const uint64_t ranges[] = {1,        2,          255,        256,        86400,
                                      1u << 31, 1ull << 40, 1ull << 53, 1ull << 62, UINT64_MAX};
    int64_t *times = malloc(5000 * sizeof(*times));
    struct ticks_scratch scratch = {0};
    random_state = 1;
    for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++) {
        for (size_t r = 0; r < sizeof(ranges) / sizeof(*ranges); r++) {
            for (int shape = 0; shape < N_SHAPES; shape++) {
                make_times((enum shape)shape, ranges[r], times, sizes[s]);
                char what[96];
                snprintf(what, sizeof(what), "size %zu, range %zu, shape %d", sizes[s], r, shape);
                check_order(times, sizes[s], &scratch, what);
            }
        }
    }
    ticks_scratch_free(&scratch);
    free(times);
}

Test(ticks, sorts_a_large_array_by_radix_in_one_and_in_two_rounds)
{
    enum { N = 200000 };
    int64_t *times = malloc(N * sizeof(*times));
    struct ticks_scratch scratch = {0};
    random_state = 2;
    for (size_t i = 0; i < N; i++)
        times[i] = (int64_t)(random_u64() % 1000000) - 500000;
    check_order(times, N, &scratch, "one round");
    cr_assert_gt(scratch.counters.capacity_bytes, 0, "the radix sort was meant to run");
    for (size_t i = 0; i < N; i++)
        times[i] = (int64_t)(random_u64() % 7 == 0 ? random_u64() % 3 : random_u64());
    check_order(times, N, &scratch, "two rounds");
    ticks_scratch_free(&scratch);
    free(times);
}

Test(ticks, each_failing_allocation_is_reported_and_changes_nothing)
{
    enum { N = 1000 };
    int64_t times[N];
    random_state = 3;
    for (size_t i = 0; i < N; i++)
        times[i] = (int64_t)(random_u64() % 100);
    unsigned long failed = 0;
    for (;;) {
        struct ticks_scratch scratch = {0};
        struct ticks_order order = {0};
        mem_fail_call(failed + 1);
        enum status status = ticks_order(times, N, &scratch, &order, NULL);
        mem_fail_call(0);
        if (status == STATUS_OK) {
            ticks_scratch_free(&scratch);
            break;
        }
        cr_assert_eq(status, STATUS_NOMEM);
        cr_assert_null(order.ticks);
        check_order(times, N, &scratch, "after a failure");
        ticks_scratch_free(&scratch);
        failed++;
    }
    cr_assert_eq(failed, 4, "words, spare, index, counters: found %lu", failed);
}
