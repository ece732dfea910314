/* The rule, the ids and the open period of a key. */
#include "periods_rule.h"

#include <criterion/criterion.h>

#include <xxhash.h>

Test(periods_rule, negative_values_are_refused)
{
    struct period_rule rule = {.gap = 7, .max_span = 8};
    struct err err = {0};
    cr_assert_eq(period_rule_check(-5, 0, &rule, &err), STATUS_FORMAT);
    cr_assert_str_eq(err.message, "gap: expected 0 or more, found -5");
    cr_assert_eq(period_rule_check(0, INT64_MIN, &rule, &err), STATUS_FORMAT);
    cr_assert_str_eq(err.message, "max_span: expected 0 or more, found -9223372036854775808");
    cr_assert_eq(rule.gap, 7);
    cr_assert_eq(rule.max_span, 8);
    cr_assert_eq(period_rule_check(INT64_MAX, 3, &rule, NULL), STATUS_OK);
    cr_assert_eq(rule.gap, (uint64_t)INT64_MAX);
    cr_assert_eq(rule.max_span, 3);
}

/*
 * Ids by ClickHouse 26.7.3:
 *     xxh3(concat(reinterpretAsFixedString(toUInt64(key)),
 *                 reinterpretAsFixedString(toInt64(tick))))
 */
Test(periods_rule, ids_are_those_of_clickhouse)
{
    static const struct {
        uint64_t key;
        int64_t tick;
        uint64_t id;
    } cases[] = {
        {0u, 0, 15034821391391295848u},
        {42u, 1700000000, 8220055369167676477u},
        {1u, -1, 8691522550617757783u},
        {18446744073709551615u, 9223372036854775807, 14627993631802167871u},
        {7u, -9223372036854775807, 12428795966026635698u},
        {281474976710656u, 19000, 16538107440483486982u},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        uint64_t id = period_id(cases[i].key, cases[i].tick);
        cr_assert_eq(id, cases[i].id, "case %zu: %llu", i, (unsigned long long)id);
        uint8_t key[8];
        store_u64(key, cases[i].key);
        cr_assert_eq(period_id_of_bytes(key, sizeof(key), cases[i].tick), cases[i].id);
    }
}

/* By the same engine: xxh3(concat(repeat('k', bytes), reinterpretAsFixedString(toInt64(-2)))). */
Test(periods_rule, ids_of_keys_of_any_length_are_those_of_clickhouse)
{
    static const struct {
        size_t key_bytes;
        uint64_t id;
    } cases[] = {
        {0, 8645101703549425753u},    {1, 5304213032901041479u},     {8, 7299823509706656871u},
        {17, 13527451026818679847u},  {240, 563711826818573286u},    {248, 16752198116380434647u},
        {249, 10346689848631400052u}, {1000, 13291986361460443359u}, {100000, 8587515096266956423u},
    };
    static char key[100000];
    memset(key, 'k', sizeof(key));
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        uint64_t id = period_id_of_bytes(key, cases[i].key_bytes, -2);
        cr_assert_eq(id, cases[i].id, "%zu bytes: %llu", cases[i].key_bytes,
                     (unsigned long long)id);
    }
    cr_assert_eq(period_id_of_bytes(NULL, 0, -2), cases[0].id);
}

/* Both ways to hash, at every length around the one where they meet. */
Test(periods_rule, ids_of_bytes_hash_the_key_then_the_tick)
{
    uint8_t bytes[600];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 37);
    for (size_t key_bytes = 0; key_bytes + 8 <= sizeof(bytes); key_bytes++) {
        uint8_t whole[sizeof(bytes)];
        memcpy(whole, bytes, key_bytes);
        store_i64(whole + key_bytes, INT64_MIN + 3);
        cr_assert_eq(period_id_of_bytes(bytes, key_bytes, INT64_MIN + 3),
                     XXH3_64bits(whole, key_bytes + 8), "%zu bytes", key_bytes);
    }
}

Test(periods_rule, a_gap_joins_and_one_more_splits)
{
    struct period_rule rule = {.gap = 1800};
    for (int64_t distance = 1799; distance <= 1801; distance++) {
        struct period_run run = {0};
        cr_assert(period_run_add(&run, &rule, -900, 1));
        cr_assert_eq(period_run_starts(&run, &rule, -900 + distance), distance == 1801);
        cr_assert_eq(period_run_add(&run, &rule, -900 + distance, 1), distance == 1801);
        cr_assert_eq(run.number, distance == 1801 ? 2 : 1);
    }
}

Test(periods_rule, a_span_joins_and_one_more_splits)
{
    struct period_rule rule = {.gap = 60, .max_span = 100};
    for (int64_t distance = 99; distance <= 101; distance++) {
        struct period_run run = {0};
        cr_assert(period_run_add(&run, &rule, 7, 1));
        cr_assert_not(period_run_add(&run, &rule, 7 + 50, 1));
        cr_assert_eq(period_run_add(&run, &rule, 7 + distance, 1), distance == 101);
    }
}

Test(periods_rule, the_whole_of_int64_does_not_wrap)
{
    struct period_rule rule = {.gap = INT64_MAX};
    struct period_run run = {0};
    cr_assert(period_run_add(&run, &rule, INT64_MIN, 1));
    cr_assert(period_run_add(&run, &rule, INT64_MAX, 1));
    run = (struct period_run){0};
    rule = (struct period_rule){.gap = UINT64_MAX};
    cr_assert(period_run_add(&run, &rule, INT64_MIN, 1));
    cr_assert_not(period_run_add(&run, &rule, INT64_MAX, 1));
    run = (struct period_run){0};
    rule.max_span = INT64_MAX;
    cr_assert(period_run_add(&run, &rule, -1, 1));
    cr_assert_not(period_run_add(&run, &rule, INT64_MAX - 1, 1));
    cr_assert(period_run_add(&run, &rule, INT64_MAX, 1));
}

Test(periods_rule, a_run_counts_events_and_distinct_ticks)
{
    struct period_rule rule = {.gap = 10};
    struct period_run run = {0};
    cr_assert(period_run_add(&run, &rule, 5, 3));
    cr_assert_not(period_run_add(&run, &rule, 5, 1));
    cr_assert_not(period_run_add(&run, &rule, 15, 1ull << 40));
    cr_assert_eq(run.first, 5);
    cr_assert_eq(run.last, 15);
    cr_assert_eq(run.length, 4 + (1ull << 40));
    cr_assert_eq(run.unique_length, 2);
    period_run_start(&run, 15, 2);
    cr_assert_eq(run.number, 2);
    cr_assert_eq(run.first, 15);
    cr_assert_eq(run.length, 2);
    cr_assert_eq(run.unique_length, 1);
}
