/* Values, states and merges one by one: known answers, the ends of the range, refusals. */
#include "test_moments.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#define N_LONG 3000 /* several blocks */
#define CANONICAL_NAN 0x7ff8000000000000

static void assert_not_a_number(struct moments state, uint64_t n)
{
    cr_assert_eq(state.n, n);
    cr_assert_eq(load_u64(&state.mean), CANONICAL_NAN, "mean: %a", state.mean);
    cr_assert_eq(load_u64(&state.m2), CANONICAL_NAN, "m2: %a", state.m2);
}

Test(moments, few_values)
{
    const double values[] = {7, -2, 5, 3, 18};
    const double others[] = {0.5, 11, 6.123};
    struct moments four = of_values(values, 4);
    ASSERT_SAME_BITS(four, ((struct moments){4, 3.25, 44.75}));
    struct moments five = of_values(values, 5);
    cr_assert_eq(five.n, 5);
    ASSERT_NEAR(five.mean, 6.2, 2 * U);
    ASSERT_NEAR(five.m2, 218.8, 4 * U);
    struct moments seven = merge_two(four, of_values(others, 3));
    cr_assert_eq(seven.n, 7);
    ASSERT_NEAR(seven.mean, 30.623 / 7, 4 * U);
    ASSERT_NEAR(seven.m2, 111.77425342857143, 16 * U);
}

Test(moments, no_value_changes_nothing)
{
    ASSERT_SAME_BITS(of_values(NULL, 0), ((struct moments){0}));
    struct moments state = {3, -0.0, 5};
    cr_assert_eq(moments_update(&state, NULL, 0, NULL), STATUS_OK);
    ASSERT_SAME_BITS(state, ((struct moments){3, -0.0, 5}));
}

Test(moments, any_alignment)
{
    double values[50];
    for (size_t i = 0; i < N_ELEMENTS(values); i++)
        values[i] = sqrt((double)i);
    struct moments expected = of_values(values, N_ELEMENTS(values));
    unsigned char bytes[sizeof(values) + sizeof(double)];
    for (size_t offset = 1; offset < sizeof(double); offset++) {
        struct moments state = {0};
        memcpy(bytes + offset, values, sizeof(values));
        cr_assert_eq(moments_update(&state, bytes + offset, N_ELEMENTS(values), NULL), STATUS_OK);
        ASSERT_SAME_BITS(state, expected);
    }
}

Test(moments, a_shift_leaves_m2)
{
    const double offsets[] = {0, 1e6, 2e9, 1e15};
    for (size_t i = 0; i < N_ELEMENTS(offsets); i++) {
        double values[10];
        for (size_t k = 0; k < N_ELEMENTS(values); k++)
            values[k] = offsets[i] + (double)k;
        ASSERT_SAME_BITS(of_values(values, 10), ((struct moments){10, offsets[i] + 4.5, 82.5}));
    }
}

Test(moments, equal_values_have_no_variance)
{
    const double constants[] = {0,      1.2,    1e9,      1.78e12,   0x1p64,  1e155,
                                1e-310, 5e-324, -DBL_MAX, 1.0 / 3.0, -1e-160, DBL_MIN};
    static double values[N_LONG];
    for (size_t i = 0; i < N_ELEMENTS(constants); i++) {
        for (size_t k = 0; k < N_LONG; k++)
            values[k] = constants[i];
        for (size_t n = 1; n <= N_LONG; n += n < 70 ? 1 : 293)
            ASSERT_SAME_BITS(of_values(values, n), ((struct moments){n, constants[i], 0}));
    }
}

Test(moments, negative_zero_becomes_zero)
{
    const double zeros[] = {-0.0, -0.0, 0.0};
    for (size_t n = 1; n <= 3; n++)
        ASSERT_SAME_BITS(of_values(zeros, n), ((struct moments){n, 0.0, 0.0}));
}

Test(moments, what_is_not_finite_counts_and_shows)
{
    const uint64_t nan_with_payload = 0xfff8000000001234;
    const double specials[] = {(double)NAN, (double)INFINITY, -(double)INFINITY,
                               load_f64(&nan_with_payload)};
    const size_t lengths[] = {1, 2, 9, 50, N_LONG};
    static double values[N_LONG];
    for (size_t i = 0; i < N_ELEMENTS(specials) * N_ELEMENTS(lengths); i++) {
        size_t n = lengths[i / N_ELEMENTS(specials)];
        double special = specials[i % N_ELEMENTS(specials)];
        for (size_t k = 0; k < n; k++)
            values[k] = (double)k;
        struct moments finite = of_values(values, n);
        const size_t places[] = {0, n / 2, n - 1};
        for (size_t k = 0; k < N_ELEMENTS(places); k++) {
            values[places[k]] = special;
            assert_not_a_number(of_values(values, n), n);
            assert_not_a_number(merge_two(finite, of_values(values, n)), 2 * n);
            assert_not_a_number(merge_two(of_values(values, n), finite), 2 * n);
            values[places[k]] = 0;
        }
    }
    const double opposites[] = {(double)INFINITY, -(double)INFINITY};
    assert_not_a_number(of_values(opposites, 2), 2);
}

Test(moments, foreign_nan_states_become_canonical)
{
    struct moments finite = {2, 1, 2};
    const uint64_t negative_nan_bits = 0xfff8000000000000;
    double negative_nan = load_f64(&negative_nan_bits);
    const struct moments states[] = {
        {1, negative_nan, negative_nan},
        {5, (double)INFINITY, negative_nan},
        {5, 1e155, (double)NAN},
    };
    for (size_t i = 0; i < N_ELEMENTS(states); i++) {
        assert_not_a_number(merge_two(states[i], finite), states[i].n + 2);
        assert_not_a_number(merge_two(finite, states[i]), states[i].n + 2);
    }
}

Test(moments, sums_above_the_range)
{
    const double opposites[] = {DBL_MAX, -DBL_MAX};
    ASSERT_SAME_BITS(of_values(opposites, 2), ((struct moments){2, 0, (double)INFINITY}));
    static double values[N_LONG];
    for (size_t i = 0; i < N_LONG; i++)
        values[i] = i % 3 == 2 ? -DBL_MAX : DBL_MAX;
    const size_t lengths[] = {3, 15, 900, N_LONG};
    for (size_t i = 0; i < N_ELEMENTS(lengths); i++) {
        struct moments state = of_values(values, lengths[i]);
        cr_assert_eq(state.n, lengths[i]);
        ASSERT_NEAR(state.mean, DBL_MAX / 3, 16 * U);
        cr_assert_eq(state.m2, (double)INFINITY);
        struct moments twice = merge_two(state, state);
        ASSERT_SAME_BITS(twice, ((struct moments){2 * state.n, state.mean, (double)INFINITY}));
    }
}

Test(moments, squares_that_overflow_on_the_way_only)
{
    const double far[] = {0x1.4p512, 0};
    ASSERT_SAME_BITS(of_values(far, 2), ((struct moments){2, 0x1.4p511, 0x1.9p1023}));
    static double values[1000] = {1e154}; /* the guess is 1e154 / 8 */
    struct moments state = of_values(values, 1000);
    ASSERT_NEAR(state.mean, 1e151, 4 * U);
    ASSERT_NEAR(state.m2, 1e154 * 0.999 * 1e154, 16 * U);
}

Test(moments, squares_below_the_range)
{
    const double tiny[] = {5e-324, 15e-324};
    ASSERT_SAME_BITS(of_values(tiny, 2), ((struct moments){2, 10e-324, 0}));
    static double values[N_LONG];
    for (size_t i = 0; i < N_LONG; i++)
        values[i] = i % 2 == 0 ? 0 : 0x1.199999999999ap-530; /* squares of d have 11 bits left */
    struct moments state = of_values(values, N_LONG);
    ASSERT_NEAR(state.mean, 0x1.199999999999ap-531, U);
    ASSERT_NEAR(state.m2, N_LONG * (0x1.199999999999ap-31 * 0x1.199999999999ap-31) * 0x1p-1000,
                0x1p-20);
    for (size_t i = 0; i < 1024; i++)
        values[i] = i % 2 == 0 ? 0x1p-486 : 0x1.0000000000001p-486; /* squares of d are 0 */
    cr_assert_eq(of_values(values, 1024).m2, 0x1p-1068);
    const double small[] = {0, 0x1p-500, 0};
    ASSERT_NEAR(of_values(small, 3).m2, 0x2p-1000 / 3, 8 * U);
}

Test(moments, means_far_apart_merge)
{
    struct moments low = {3, -DBL_MAX, 0};
    struct moments high = {1, DBL_MAX, 0};
    ASSERT_SAME_BITS(merge_two(low, high), ((struct moments){4, -DBL_MAX / 2, (double)INFINITY}));
    ASSERT_SAME_BITS(merge_two(high, low), ((struct moments){4, -DBL_MAX / 2, (double)INFINITY}));
    /* d * d overflows; m2, at half of it, does not; with two values on each side it does. */
    ASSERT_SAME_BITS(merge_two((struct moments){1, 0, 0}, (struct moments){1, 0x1.4p512, 0}),
                     ((struct moments){2, 0x1.4p511, 0x1.9p1023}));
    ASSERT_SAME_BITS(merge_two((struct moments){2, 0, 0}, (struct moments){2, 0x1.4p512, 0}),
                     ((struct moments){4, 0x1.4p511, (double)INFINITY}));
}

Test(moments, counts_whose_product_wraps)
{
    struct moments zeros = {UINT64_C(1) << 32, 0, 0};
    struct moments ones = {UINT64_C(1) << 32, 1, 0};
    struct moments merged = merge_two(zeros, ones);
    ASSERT_SAME_BITS(merged, ((struct moments){UINT64_C(1) << 33, 0.5, 0x1p31}));
    cr_assert_eq(merged.m2 / (double)merged.n, 0.25);
    struct moments many = {UINT64_C(3) << 62, 2, 0};
    struct moments few = {UINT64_C(1) << 61, 9, 0};
    merged = merge_two(many, few);
    cr_assert_eq(merged.n, UINT64_C(7) << 61);
    cr_assert_eq(merged.mean, 3);
    ASSERT_NEAR(merged.m2, 6 * 0x1p61 * 1 + 36 * 0x1p61, 2 * U);
}

Test(moments, equal_means_merge_without_variance)
{
    const double means[] = {0x1p64, 1.2, 1e155, -DBL_MAX, 5e-324, 1.0 / 3.0};
    for (size_t i = 0; i < N_ELEMENTS(means); i++) {
        for (uint64_t n_a = 1; n_a <= 32; n_a++) {
            for (uint64_t n_b = 1; n_b <= 32; n_b++)
                ASSERT_SAME_BITS(merge_two((struct moments){n_a, means[i], 0},
                                           (struct moments){n_b, means[i], 0}),
                                 ((struct moments){n_a + n_b, means[i], 0}));
        }
    }
}

Test(moments, a_state_merges_with_itself)
{
    struct moments state = {4, 3.25, 44.75};
    ASSERT_SAME_BITS(merge_two(state, state), ((struct moments){8, 3.25, 89.5}));
}

Test(moments, merging_no_states_gives_the_empty_one)
{
    struct moments empties[3] = {{0, 0, 0}, {0, -0.0, 0}, {0, 0, -0.0}};
    ASSERT_SAME_BITS(merge_many(NULL, 0), ((struct moments){0}));
    ASSERT_SAME_BITS(merge_many(empties, 3), ((struct moments){0}));
    ASSERT_SAME_BITS(merge_two(empties[0], (struct moments){0, -0.0, -0.0}), ((struct moments){0}));
    ASSERT_SAME_BITS(merge_two((struct moments){0, -0.0, -0.0}, empties[0]), ((struct moments){0}));
}

Test(moments, a_count_does_not_wrap)
{
    const double value = 1;
    struct err err = {0};
    struct moments full = {UINT64_MAX, 2, 3};
    struct moments one = {1, 1, 0};
    struct moments before = full;
    cr_assert_eq(moments_update(&full, &value, 1, &err), STATUS_LIMIT);
    cr_assert_str_eq(err.message, "too many values: expected a count of at most 2^64 - 1, found "
                                  "18446744073709551615 and 1 more");
    ASSERT_SAME_BITS(full, before);
    struct moments states[] = {one, full};
    struct moments merged = {7, 7, 7};
    cr_assert_eq(moments_merge_all(states, 2, &merged, &err), STATUS_LIMIT);
    ASSERT_SAME_BITS(merged, ((struct moments){7, 7, 7}));
    full.n = UINT64_MAX - 1;
    cr_assert_eq(merge_two(full, one).n, UINT64_MAX);
}

Test(moments, valid_states)
{
    const double infinite = (double)INFINITY;
    const double nan = (double)NAN;
    const struct moments states[] = {
        {0, 0, 0},          {0, -0.0, -0.0},      {1, 5, 0},
        {1, nan, nan},      {2, 1e155, infinite}, {3, 1, 0x1p-1074},
        {2, 0, -0.0},       {9, infinite, nan},   {9, 1e155, nan},
        {UINT64_MAX, 0, 1},
    };
    for (size_t i = 0; i < N_ELEMENTS(states); i++) {
        struct err err = {0};
        cr_assert_eq(moments_validate(&states[i], &err), STATUS_OK, "%zu: %s", i, err.message);
    }
}

Test(moments, invalid_states)
{
    const double infinite = (double)INFINITY;
    const double nan = (double)NAN;
    const struct {
        struct moments state;
        const char *message;
    } cases[] = {
        {{3, 1, -1}, "m2 >= 0, found n = 3, mean = 1, m2 = -1"},
        {{3, 1, -5e-324}, "m2 >= 0, found n = 3"},
        {{3, 1, -infinite}, "m2 >= 0, found n = 3, mean = 1, m2 = -inf"},
        {{0, nan, 0}, "mean = 0 and m2 = 0 where n = 0, found n = 0, mean = nan, m2 = 0"},
        {{0, 0, nan}, "mean = 0 and m2 = 0 where n = 0"},
        {{0, 1.5, 0}, "mean = 0 and m2 = 0 where n = 0, found n = 0, mean = 1.5, m2 = 0"},
        {{0, 0, 1}, "mean = 0 and m2 = 0 where n = 0"},
        {{1, 5, 0.5}, "m2 = 0 where n = 1, found n = 1, mean = 5, m2 = 0.5"},
        {{1, 5, infinite}, "m2 = 0 where n = 1"},
        {{4, nan, 1}, "m2 = nan where mean is not finite"},
        {{4, infinite, infinite}, "m2 = nan where mean is not finite"},
    };
    for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
        struct err err = {0};
        cr_assert_eq(moments_validate(&cases[i].state, &err), STATUS_FORMAT, "case %zu", i);
        cr_assert(strstr(err.message, "invalid moments: expected ") == err.message, "%s",
                  err.message);
        cr_assert(strstr(err.message, cases[i].message) != NULL, "%s", err.message);
        cr_assert_eq(moments_validate(&cases[i].state, NULL), STATUS_FORMAT);
    }
}
