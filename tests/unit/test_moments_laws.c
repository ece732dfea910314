/* The laws of merging, over random states and random splits with fixed seeds. */
#include "moments_combine.h"
#include "test_moments.h"

#include <float.h>
#include <math.h>

#define N_VALUES 20000
#define MAX_SALTS 256

static const size_t salt_counts[] = {1, 2, 3, 8, 64, MAX_SALTS};

/* Over many magnitudes, so that hardly an operation is exact. */
static double random_value(uint64_t *seed)
{
    double fraction = (double)(int64_t)next_random(seed) * 0x1p-63;
    return ldexp(fraction, (int)(next_random(seed) % 40));
}

static struct moments random_state(uint64_t *seed)
{
    static const struct moments specials[] = {
        {0, 0, 0},
        {1, -0.0, 0},
        {1, 1e155, 0},
        {5, 1e155, (double)INFINITY},
        {2, -DBL_MAX, 0},
        {1, 5e-324, 0},
        {UINT64_C(1) << 32, 1, 0},
        {3, (double)NAN, (double)NAN},
        {7, 1.0 / 3, 0},
        {2, 0, 5e-324},
        {1, DBL_MAX, 0},
    };
    uint64_t choice = next_random(seed) % 32;
    if (choice < N_ELEMENTS(specials))
        return specials[choice];
    struct moments state = {1 + next_random(seed) % 5, random_value(seed), 0};
    if (state.n > 1)
        state.m2 = fabs(random_value(seed));
    return state;
}

static void shuffle(struct moments *states, size_t n_states, uint64_t *seed)
{
    for (size_t i = n_states; i > 1; i--) {
        size_t k = next_random(seed) % i;
        struct moments kept = states[i - 1];
        states[i - 1] = states[k];
        states[k] = kept;
    }
}

/* Deals the values to the salts at random, in runs, as rows of one key reach the partials. */
static void salt_values(const double *values, size_t n_values, struct moments *states,
                        size_t n_salts, uint64_t *seed)
{
    memset(states, 0, n_salts * sizeof(*states));
    for (size_t i = 0; i < n_values;) {
        size_t n_run = 1 + next_random(seed) % 100;
        if (n_run > n_values - i)
            n_run = n_values - i;
        struct moments *state = &states[next_random(seed) % n_salts];
        cr_assert_eq(moments_update(state, values + i, n_run, NULL), STATUS_OK);
        i += n_run;
    }
}

Test(moments_laws, empty_is_the_identity_on_bits)
{
    uint64_t seed = 1;
    struct moments empty = {0};
    for (int i = 0; i < 20000; i++) {
        struct moments state = random_state(&seed);
        ASSERT_SAME_BITS(merge_two(state, empty), state);
        ASSERT_SAME_BITS(merge_two(empty, state), state);
        struct moments states[] = {empty, state, empty};
        ASSERT_SAME_BITS(merge_many(states, 3), state);
    }
}

Test(moments_laws, merging_commutes_on_bits)
{
    uint64_t seed = 2;
    for (int i = 0; i < 100000; i++) {
        struct moments a = random_state(&seed);
        struct moments b = random_state(&seed);
        if (i % 2 == 0 && b.n > 0 && a.n > 1)
            b.n = a.n;
        if (i % 4 == 0 && a.n > 1 && b.n > 1)
            b.mean = a.mean;
        ASSERT_SAME_BITS(merge_two(a, b), merge_two(b, a));
    }
}

Test(moments_laws, order_of_the_states_does_not_show)
{
    uint64_t seed = 3;
    static struct moments states[1000];
    for (size_t n_states = 1; n_states <= 1000; n_states += 1 + n_states / 4) {
        for (size_t i = 0; i < n_states; i++)
            states[i] = (struct moments){1 + next_random(&seed) % 3, random_value(&seed), 0};
        struct moments expected = merge_many(states, n_states);
        for (int i = 0; i < 20; i++) {
            shuffle(states, n_states, &seed);
            ASSERT_SAME_BITS(merge_many(states, n_states), expected);
        }
    }
}

Test(moments_laws, empty_states_among_others_do_not_show)
{
    uint64_t seed = 4;
    struct moments states[100];
    for (size_t n_states = 1; n_states <= 50; n_states++) {
        for (size_t i = 0; i < n_states; i++)
            states[i] = (struct moments){1, random_value(&seed), 0};
        struct moments expected = merge_many(states, n_states);
        memset(states + n_states, 0, n_states * sizeof(*states));
        shuffle(states, 2 * n_states, &seed);
        ASSERT_SAME_BITS(merge_many(states, 2 * n_states), expected);
    }
}

/* Sizes on both sides of every way to sort, groups without states and states without values. */
Test(moments_laws, groups_at_once_are_groups_one_by_one)
{
    enum { N_GROUPS = 60, LARGEST = 80 };
    static struct moments states[N_GROUPS * LARGEST], copies[N_GROUPS * LARGEST];
    static struct moments merged[N_GROUPS];
    static uint64_t ends[N_GROUPS];
    uint64_t seed = 6;
    for (int round = 0; round < 50; round++) {
        uint64_t end = 0;
        for (size_t g = 0; g < N_GROUPS; g++) {
            uint64_t size = next_random(&seed) % (g % 3 == 0 ? LARGEST : 20);
            for (uint64_t i = 0; i < size; i++)
                states[end++] = (struct moments){next_random(&seed) % 3, 0, 0};
            ends[g] = end;
        }
        for (uint64_t i = 0; i < end; i++)
            if (states[i].n > 0)
                states[i].mean = random_value(&seed);
        memcpy(copies, states, end * sizeof(*states));
        moments_merge_groups(copies, ends, N_GROUPS, merged);
        for (size_t g = 0; g < N_GROUPS; g++) {
            uint64_t begin = g == 0 ? 0 : ends[g - 1];
            ASSERT_SAME_BITS(merged[g], merge_many(states + begin, ends[g] - begin));
        }
    }
}

Test(moments_laws, salts_agree)
{
    uint64_t seed = 5;
    static double values[N_VALUES];
    static struct moments states[MAX_SALTS];
    for (size_t i = 0; i < N_VALUES; i++)
        values[i] = 1000 + random_value(&seed) * 1e-9;
    struct moments expected = of_values(values, N_VALUES);
    double kappa = sqrt(1 + N_VALUES * expected.mean * expected.mean / expected.m2);
    for (size_t i = 0; i < N_ELEMENTS(salt_counts); i++) {
        salt_values(values, N_VALUES, states, salt_counts[i], &seed);
        struct moments merged = merge_many(states, salt_counts[i]);
        cr_assert_eq(merged.n, N_VALUES);
        ASSERT_NEAR(merged.mean, expected.mean, 16 * U);
        ASSERT_NEAR(merged.m2, expected.m2, 16 * kappa * U);
        shuffle(states, salt_counts[i], &seed);
        ASSERT_SAME_BITS(merge_many(states, salt_counts[i]), merged);
    }
}

Test(moments_laws, equal_values_have_no_variance_under_any_split)
{
    uint64_t seed = 6;
    const double constants[] = {1.2, 1e155, -DBL_MAX, 5e-324, 1.78e12, 1.0 / 3, 0};
    static double values[N_VALUES];
    static struct moments states[MAX_SALTS];
    for (size_t i = 0; i < N_ELEMENTS(constants) * N_ELEMENTS(salt_counts); i++) {
        double constant = constants[i / N_ELEMENTS(salt_counts)];
        size_t n_salts = salt_counts[i % N_ELEMENTS(salt_counts)];
        for (size_t k = 0; k < N_VALUES; k++)
            values[k] = constant;
        salt_values(values, N_VALUES, states, n_salts, &seed);
        ASSERT_SAME_BITS(merge_many(states, n_salts), ((struct moments){N_VALUES, constant, 0}));
    }
}

Test(moments_laws, m2_and_mean_stay_in_their_ranges)
{
    uint64_t seed = 7;
    double values[40];
    for (int i = 0; i < 20000; i++) {
        size_t n_values = 1 + next_random(&seed) % N_ELEMENTS(values);
        int exponent = (int)(next_random(&seed) % 2040) - 1070;
        double low = (double)INFINITY;
        double high = -(double)INFINITY;
        for (size_t k = 0; k < n_values; k++) {
            values[k] = ldexp(1 + (double)(next_random(&seed) % 4) * 0x1p-52, exponent);
            low = fmin(low, values[k]);
            high = fmax(high, values[k]);
        }
        struct moments state = of_values(values, n_values);
        cr_assert(state.m2 >= 0);
        cr_assert(state.mean >= low && state.mean <= high, "%a not in %a .. %a", state.mean, low,
                  high);
    }
}

/* The same everywhere: these bits come from gcc and clang, x86-64, at any level of optimisation. */
Test(moments_laws, bits_are_pinned)
{
    uint64_t seed = 8;
    static double values[N_VALUES];
    static struct moments states[MAX_SALTS];
    for (size_t i = 0; i < N_VALUES; i++)
        values[i] = random_value(&seed);
    ASSERT_SAME_BITS(of_values(values, 11),
                     ((struct moments){11, -0x1.639e845e58c75p+26, 0x1.2a791f2275757p+61}));
    ASSERT_SAME_BITS(of_values(values, N_VALUES),
                     ((struct moments){N_VALUES, 0x1.1af33f477c9b7p+29, 0x1.abc922ac5f38ap+85}));
    salt_values(values, N_VALUES, states, MAX_SALTS, &seed);
    ASSERT_SAME_BITS(merge_many(states, MAX_SALTS),
                     ((struct moments){N_VALUES, 0x1.1af33f477c9b8p+29, 0x1.abc922ac5f389p+85}));
}

/* Whichever of two neighbours is given first, the one that comes first is the same. */
Test(moments_laws, two_states_combine_alike_in_either_order)
{
    for (size_t i = 1; i < 1000; i++) {
        struct moments a = {i, 1.0 / (double)i, 0.1 * (double)i};
        struct moments b = {1000 - i, 3.0 * (double)i, 0.7};
        ASSERT_SAME_BITS(moments_combine(&a, &b), moments_combine(&b, &a));
    }
}
