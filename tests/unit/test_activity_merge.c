/*
 * The laws of merging: the merge of the parts of a history has the bytes of the whole, whatever the
 * parts, their order and their grouping.
 */
#include "test_activity.h"

#include "../mem_fail.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>

#define MAX_PARTS 256
#define MAX_TIMES 2000

/* Times dealt out at random to n_parts payloads; with few times, many parts are empty. */
static void split_times(uint64_t *seed, const int64_t *times, size_t n_times,
                        struct payload *parts_out, size_t n_parts)
{
    int64_t *mine = malloc(n_times * sizeof(*mine) + 1);
    size_t *part_of = malloc(n_times * sizeof(*part_of) + 1);
    for (size_t i = 0; i < n_times; i++)
        part_of[i] = (size_t)(random_next(seed) % n_parts);
    for (size_t part = 0; part < n_parts; part++) {
        size_t n_mine = 0;
        for (size_t i = 0; i < n_times; i++)
            if (part_of[i] == part)
                mine[n_mine++] = times[i];
        parts_out[part] = payload_of_times(mine, n_mine);
    }
    free(mine);
    free(part_of);
}

static void shuffle(uint64_t *seed, struct payload *parts, size_t n_parts)
{
    for (size_t i = n_parts; i > 1; i--) {
        size_t other = (size_t)(random_next(seed) % i);
        struct payload moved = parts[i - 1];
        parts[i - 1] = parts[other];
        parts[other] = moved;
    }
}

/* Merges neighbours in random groups until one payload is left. */
static struct payload merge_in_groups(uint64_t *seed, const struct payload *parts, size_t n_parts)
{
    struct payload merged = payload_copy(NULL, 0);
    for (size_t at = 0; at < n_parts;) {
        size_t n_group = 1 + (size_t)(random_next(seed) % 7);
        if (n_group > n_parts - at)
            n_group = n_parts - at;
        struct payload group = payload_merge(parts + at, n_group);
        struct payload pair[2] = {group, merged};
        merged = payload_merge(pair, 2);
        payload_free(&pair[0]);
        payload_free(&pair[1]);
        at += n_group;
    }
    return merged;
}

static void expect_laws(uint64_t *seed, const int64_t *times, size_t n_times, size_t n_parts)
{
    static struct payload parts[MAX_PARTS];
    struct payload whole = payload_of_times(times, n_times);
    split_times(seed, times, n_times, parts, n_parts);
    struct payload merged = payload_merge(parts, n_parts);
    payload_assert_equal(&merged, &whole, "the merge of the parts");
    struct payload again = payload_merge(&merged, 1);
    payload_assert_equal(&again, &whole, "the merge of the merged history alone");
    shuffle(seed, parts, n_parts);
    struct payload shuffled = payload_merge(parts, n_parts);
    payload_assert_equal(&shuffled, &whole, "the merge in another order");
    struct payload grouped = merge_in_groups(seed, parts, n_parts);
    payload_assert_equal(&grouped, &whole, "the merge of merges");
    payload_free(&grouped);
    payload_free(&shuffled);
    payload_free(&again);
    payload_free(&merged);
    payload_free(&whole);
    for (size_t i = 0; i < n_parts; i++)
        payload_free(&parts[i]);
}

ParameterizedTestParameters(activity_merge, laws)
{
    static size_t salts[] = {1, 2, 3, 8, 64, 256};
    return cr_make_param_array(size_t, salts, sizeof(salts) / sizeof(salts[0]));
}

ParameterizedTest(size_t *n_parts, activity_merge, laws)
{
    static const size_t sizes[] = {0, 1, 2, 5, 30, 64, 65, 129, 500, MAX_TIMES};
    int64_t times[MAX_TIMES];
    uint64_t seed = 1000 + *n_parts;
    for (unsigned habit = 0; habit < N_HABITS; habit++) {
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            random_times(&seed, habit, times, sizes[i]);
            expect_laws(&seed, times, sizes[i], *n_parts);
        }
    }
}

Test(activity_merge, days_that_do_not_overlap_equal_the_whole)
{
    int64_t times[19 * 100];
    struct payload days[19];
    uint64_t seed = 19;
    for (size_t day = 0; day < 19; day++) {
        for (size_t i = 0; i < 100; i++)
            times[day * 100 + i] =
                1388534400 + (int64_t)day * 86400 + (int64_t)(random_next(&seed) % 86400);
        days[day] = payload_of_times(times + day * 100, 100);
    }
    struct payload whole = payload_of_times(times, 19 * 100);
    shuffle(&seed, days, 19);
    struct payload merged = payload_merge(days, 19);
    payload_assert_equal(&merged, &whole, "the merge of the days");
    payload_free(&merged);
    payload_free(&whole);
    for (size_t day = 0; day < 19; day++)
        payload_free(&days[day]);
}

Test(activity_merge, no_histories_at_all_are_the_empty_history)
{
    struct payload merged = payload_merge(NULL, 0);
    cr_assert_eq(merged.size_bytes, 0);
    payload_free(&merged);
    struct payload empties[3] = {payload_copy(NULL, 0), payload_copy(NULL, 0),
                                 payload_copy(NULL, 0)};
    merged = payload_merge(empties, 3);
    cr_assert_eq(merged.size_bytes, 0);
    payload_free(&merged);
    for (size_t i = 0; i < 3; i++)
        payload_free(&empties[i]);
}

Test(activity_merge, both_ends_of_the_range)
{
    const int64_t ends[] = {INT64_MIN, INT64_MAX};
    struct payload whole = payload_of_times(ends, 2);
    struct payload parts[2] = {payload_of_times(ends + 1, 1), payload_of_times(ends, 1)};
    struct payload merged = payload_merge(parts, 2);
    payload_assert_equal(&merged, &whole, "the merge of the ends");
    struct payload both[2] = {whole, merged};
    struct payload twice = payload_merge(both, 2);
    struct history found = {0};
    struct err err = {0};
    cr_assert_eq(payload_read(&twice, &found, &err), STATUS_OK);
    cr_assert(found.n_ticks == 2 && found.counts[0] == 2 && found.counts[1] == 2);
    history_free(&found);
    payload_free(&twice);
    payload_free(&merged);
    payload_free(&whole);
    payload_free(&parts[0]);
    payload_free(&parts[1]);
}

/* Merges two payloads after other content, and asserts that only success changes it. */
static enum status merge_two(const struct payload *left, const struct payload *right,
                             struct err *err)
{
    const uint8_t *payloads[2] = {left->data, right->data};
    size_t sizes_bytes[2] = {left->size_bytes, right->size_bytes};
    struct buf out = {0};
    struct buf scratch = {0};
    cr_assert_eq(buf_append(&out, "front", 5, NULL), STATUS_OK);
    enum status status = activity_merge(payloads, sizes_bytes, 2, &scratch, &out, err);
    cr_assert_arr_eq(out.data, "front", 5);
    cr_assert(status == STATUS_OK ? out.size_bytes > 5 : out.size_bytes == 5);
    buf_free(&out);
    buf_free(&scratch);
    return status;
}

Test(activity_merge, a_count_never_wraps)
{
    int64_t ticks[2] = {-3, 42};
    uint64_t many[2] = {1, UINT64_MAX - 5};
    uint64_t five[2] = {1, 5};
    uint64_t six[2] = {1, 6};
    struct err err = {0};
    struct payload large = payload_of_history(&(struct history){ticks, many, 2});
    struct payload small = payload_of_history(&(struct history){ticks, five, 2});
    struct payload over = payload_of_history(&(struct history){ticks, six, 2});
    cr_assert_eq(merge_two(&large, &small, &err), STATUS_OK, "%s", err.message);
    cr_assert_eq(merge_two(&large, &over, &err), STATUS_LIMIT);
    cr_assert_str_eq(err.message, "the events at tick 42 are more than 2^64 - 1");
    payload_free(&large);
    payload_free(&small);
    payload_free(&over);
}

/* A payload that no writer writes, the status and the message of reading it. */
struct hostile_case {
    uint8_t bytes[24];
    size_t size_bytes;
    enum status status;
    char fragment[64];
};

/*
 * Bits stand lowest first. The header of the only block of a history, from the lowest bit: 1 last,
 * 6 bits of n_ticks - 1, 1 has_counts, then 6 bits of order of deltas if n_ticks > 1, then 6 bits
 * of order of counts if has_counts.
 */
ParameterizedTestParameters(activity_merge, hostile)
{
    static struct hostile_case cases[] = {
        {{0x80}, 1, STATUS_TRUNCATED, "ends inside tick 1"}, /* first tick without its end */
        {{0x02}, 1, STATUS_TRUNCATED, "ends inside tick 1"}, /* tick 1 and no block */
        {{0x82, 0x00, 0x01}, 3, STATUS_FORMAT, "longer than it must be"},    /* 1 in two bytes */
        {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0x01}, /* 2^64 and more */
         11,
         STATUS_FORMAT,
         "tick 1 has a value above 64 bits"},
        {{0x02, 0x01, 0x00}, 3, STATUS_FORMAT, "bits that belong to no tick"}, /* a byte more */
        {{0x02,                                                                /* tick 1 */
          0x03, 0x40}, /* last, 2 ticks, no counts, order 0, then code 1 (delta 1) and 0 */
         3,
         STATUS_OK,
         ""},
        {{0x02, 0x03, 0xC0}, 3, STATUS_FORMAT, "bits that belong to no tick"}, /* padding of 1 */
        {{0x02,                                                                /* tick 1 */
          0x03, 0x3F}, /* last, 2 ticks, no counts, order 63 */
         3,
         STATUS_FORMAT,
         "code order above 62"},
        {{0x02,        /* tick 1 */
          0x03, 0x41}, /* last, 2 ticks, order 1 for a delta of 1, where order 0 is due; code 1 0 */
         3,
         STATUS_FORMAT,
         "code order does not suit"},
        {{0x02,        /* tick 1 */
          0x81, 0x40}, /* last, 1 tick, counts of order 0, then code 1: a count of 1, spelt out */
         3,
         STATUS_FORMAT,
         "counts which are all 1"},
        {{0x02,        /* tick 1 */
          0x03, 0x00}, /* last, 2 ticks, order 0, then zeros up to the end: the escape, cut off */
         3,
         STATUS_TRUNCATED,
         "ends inside tick 2"},
        {{0x02, 0x03, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
          0}, /* the escape, for a delta of 0 */
         16,
         STATUS_FORMAT,
         "tick 2 has a code of no value"},
        {{0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, /* tick 2^63 - 1 */
          0x03, 0x40},                                                /* and one after it */
         12,
         STATUS_FORMAT,
         "tick 2 has a code of no value, or a value above 64 bits"},
        {{0x02,       /* tick 1 */
          0x81, 0x3E, /* last, 1 tick, counts of order 62: 6 bits, then */
          0x00, 0x00, 0x00, 0xC0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f}, /* 2^64 - 1 */
         15,
         STATUS_FORMAT,
         "tick 1 has a code of no value"},
        {{0x02,        /* tick 1 */
          0x00, 0x01}, /* not last: 64 ticks, order 0, no codes after it but one */
         3,
         STATUS_TRUNCATED,
         "ends inside tick 3"},
    };
    return cr_make_param_array(struct hostile_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct hostile_case *hostile, activity_merge, hostile)
{
    const int64_t valid_times[] = {1, 2, 3};
    struct payload payload = payload_copy(hostile->bytes, hostile->size_bytes);
    struct payload valid = payload_of_times(valid_times, 3);
    struct history found = {0};
    struct err err = {0};
    enum status status = payload_read(&payload, &found, &err);
    cr_assert_eq(status, hostile->status, "status %d: %s", status, err.message);
    cr_assert_not_null(strstr(err.message, hostile->fragment), "'%s'", err.message);
    cr_assert_eq(merge_two(&valid, &payload, &err), hostile->status);
    if (hostile->status != STATUS_OK) {
        cr_assert_not_null(strstr(err.message, "state 2: "), "'%s'", err.message);
        cr_assert_not_null(strstr(err.message, hostile->fragment), "'%s'", err.message);
    }
    history_free(&found);
    payload_free(&payload);
    payload_free(&valid);
}

Test(activity_merge, out_of_memory_at_every_call)
{
    int64_t times[3000];
    struct payload parts[3];
    const uint8_t *payloads[3];
    size_t sizes_bytes[3];
    uint64_t seed = 3;
    unsigned long n_failures = 0;
    random_times(&seed, 0, times, 3000);
    split_times(&seed, times, 3000, parts, 3);
    for (size_t i = 0; i < 3; i++) {
        payloads[i] = parts[i].data;
        sizes_bytes[i] = parts[i].size_bytes;
    }
    for (unsigned long call = 1;; call++) {
        struct buf out = {0};
        struct buf scratch = {0};
        struct err err = {0};
        mem_fail_call(call);
        enum status status = activity_merge(payloads, sizes_bytes, 3, &scratch, &out, &err);
        mem_fail_call(0);
        cr_assert(status == STATUS_OK || (status == STATUS_NOMEM && out.size_bytes == 0));
        buf_free(&out);
        buf_free(&scratch);
        if (status == STATUS_OK)
            break;
        n_failures++;
    }
    cr_assert_geq(n_failures, 3);
    for (size_t i = 0; i < 3; i++)
        payload_free(&parts[i]);
}
