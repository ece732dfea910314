/* What the three files of tests for moments share. */
#ifndef SALTWELL_TESTS_TEST_MOMENTS_H
#define SALTWELL_TESTS_TEST_MOMENTS_H

#include "buf.h"
#include "moments.h"

#include <criterion/criterion.h>

#define U 0x1p-53
#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

static inline struct moments of_values(const double *values, size_t n_values)
{
    struct moments state = {0};
    struct err err = {0};
    cr_assert_eq(moments_update(&state, values, n_values, &err), STATUS_OK, "%s", err.message);
    cr_assert_eq(moments_validate(&state, &err), STATUS_OK, "%s", err.message);
    return state;
}

/* moments_merge_all uses its states up; these stay. */
static inline struct moments merge_many(const struct moments *states, size_t n_states)
{
    struct moments merged = {0};
    struct err err = {0};
    struct buf copy = {0};
    cr_assert_eq(buf_append(&copy, states, n_states * sizeof(*states), NULL), STATUS_OK);
    cr_assert_eq(moments_merge_all((struct moments *)(void *)copy.data, n_states, &merged, &err),
                 STATUS_OK, "%s", err.message);
    buf_free(&copy);
    cr_assert_eq(moments_validate(&merged, &err), STATUS_OK, "%s", err.message);
    return merged;
}

static inline struct moments merge_two(struct moments a, struct moments b)
{
    const struct moments pair[2] = {a, b};
    return merge_many(pair, 2);
}

/* A macro, so that a failure names the line of the test. */
#define ASSERT_SAME_BITS(found, expected)                                                        \
    do {                                                                                         \
        struct moments found_state = (found);                                                    \
        struct moments expected_state = (expected);                                              \
        cr_assert(memcmp(&found_state, &expected_state, sizeof(found_state)) == 0,               \
                  "found n = %llu, mean = %a, m2 = %a, expected n = %llu, mean = %a, m2 = %a",   \
                  (unsigned long long)found_state.n, found_state.mean, found_state.m2,           \
                  (unsigned long long)expected_state.n, expected_state.mean, expected_state.m2); \
    } while (0)

/* Relative to `expected`. */
#define ASSERT_NEAR(found, expected, tolerance)                                              \
    do {                                                                                     \
        double found_value = (found);                                                        \
        double expected_value = (expected);                                                  \
        double difference = found_value - expected_value;                                    \
        if (difference < 0)                                                                  \
            difference = -difference;                                                        \
        cr_assert(difference <=                                                              \
                      (tolerance) * (expected_value < 0 ? -expected_value : expected_value), \
                  "found %.17g, expected %.17g", found_value, expected_value);               \
    } while (0)

/* SplitMix64 (Steele, Lea, Flood 2014): fixed seeds give fixed tests. */
static inline uint64_t next_random(uint64_t *seed)
{
    uint64_t x = *seed += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

#endif
