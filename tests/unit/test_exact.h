/* What the files of tests for the exact moments share. */
#ifndef SALTWELL_TESTS_TEST_EXACT_H
#define SALTWELL_TESTS_TEST_EXACT_H

#include "exact_sums.h"

#include <criterion/criterion.h>

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))
#define CANONICAL_NAN UINT64_C(0x7ff8000000000000)

static inline struct exact exact_of(const double *values, size_t n)
{
    struct exact state;
    struct err err = {0};
    exact_reset(&state);
    cr_assert_eq(exact_update(&state, values, n, &err), STATUS_OK, "%s", err.message);
    return state;
}

static inline enum status read_payload(struct exact *state_out, const uint8_t *payload,
                                       size_t size_bytes)
{
    exact_reset(state_out);
    return exact_merge_payload(state_out, payload, size_bytes, NULL);
}

/* The caller frees it. */
static inline struct buf payload_of(const struct exact *state)
{
    struct buf payload = {0};
    struct err err = {0};
    cr_assert_eq(exact_encode(state, &payload, &err), STATUS_OK, "%s", err.message);
    return payload;
}

/* Macros, so that a failure names the line of the test. */
#define ASSERT_MOMENTS(state, expected_n, expected_mean, expected_m2)                 \
    do {                                                                              \
        struct moments found_moments;                                                 \
        double wanted_mean = (expected_mean);                                         \
        double wanted_m2 = (expected_m2);                                             \
        exact_final((state), &found_moments);                                         \
        cr_assert_eq(found_moments.n, (uint64_t)(expected_n));                        \
        cr_assert_eq(load_u64(&found_moments.mean), load_u64(&wanted_mean),           \
                     "mean: found %a, expected %a", found_moments.mean, wanted_mean); \
        cr_assert_eq(load_u64(&found_moments.m2), load_u64(&wanted_m2),               \
                     "m2: found %a, expected %a", found_moments.m2, wanted_m2);       \
    } while (0)

#define ASSERT_SAME_STATE(found, expected)                                                       \
    do {                                                                                         \
        struct buf found_payload = payload_of(found);                                            \
        struct buf expected_payload = payload_of(expected);                                      \
        cr_assert_eq(found_payload.size_bytes, expected_payload.size_bytes);                     \
        cr_assert(found_payload.size_bytes == 0 ||                                               \
                  memcmp(found_payload.data, expected_payload.data, found_payload.size_bytes) == \
                      0);                                                                        \
        buf_free(&found_payload);                                                                \
        buf_free(&expected_payload);                                                             \
    } while (0)

#endif
