/* Errors against exact integer arithmetic and against NIST's certified values. */
#include "nist.h"
#include "test_moments.h"

#include <math.h>

#define N_VALUES 100000
#define N_SALTS 64

/* Integers, so that sums of them and of their squares are exact; shape_values adds the offset. */
static int64_t integers[N_VALUES];
static double values[N_VALUES];

struct exact {
    long double mean;
    long double m2;
    double kappa;
};

enum shape {
    SHAPE_UNIFORM,
    SHAPE_ALTERNATING, /* equal squares: their sum rounds the same way again and again */
    SHAPE_RISING,      /* blocks whose means are far apart */
    SHAPE_OUTLIERS,    /* one of them first, where a shift is taken */
    N_SHAPES,
};

static int64_t shape_value(enum shape shape, size_t i, int64_t spread, uint64_t *seed)
{
    int64_t uniform = (int64_t)(next_random(seed) % (uint64_t)(2 * spread + 1)) - spread;
    switch (shape) {
    case SHAPE_ALTERNATING:
        return i % 2 == 0 ? spread / 3 : -(spread / 3);
    case SHAPE_RISING:
        return (int64_t)i * (2 * spread / N_VALUES) - spread + uniform / 1000;
    case SHAPE_OUTLIERS:
        return i % 4999 == 0 ? spread : uniform / 1000;
    default:
        return uniform;
    }
}

/* Fills the values; |integer| <= spread <= 2^40 and offset + spread <= 2^53, all exact. */
static struct exact fill_values(enum shape shape, int64_t spread, int64_t offset, uint64_t seed)
{
    int128 sum = 0;
    int128 sum_of_squares = 0;
    for (size_t i = 0; i < N_VALUES; i++) {
        integers[i] = shape_value(shape, i, spread, &seed);
        values[i] = (double)(offset + integers[i]);
        sum += integers[i];
        sum_of_squares += (int128)integers[i] * integers[i];
    }
    struct exact exact = {.mean = (long double)offset + (long double)sum / N_VALUES};
    exact.m2 = (long double)(N_VALUES * sum_of_squares - sum * sum) / N_VALUES;
    exact.kappa = (double)sqrtl(1 + N_VALUES * exact.mean * exact.mean / exact.m2);
    return exact;
}

/* n_chained: merges into one state one after the other, beyond the balanced ones. */
static void assert_within_bounds(struct moments found, const struct exact *exact, double n_chained,
                                 const char *how)
{
    double sd = (double)sqrtl(exact->m2 / N_VALUES);
    double mean_error = (double)fabsl(found.mean - exact->mean);
    double m2_error = (double)fabsl((found.m2 - exact->m2) / exact->m2);
    cr_assert_eq(found.n, N_VALUES);
    cr_assert(mean_error <= (16 + n_chained) * U * (fabs((double)exact->mean) + sd),
              "%s, kappa = %g: mean is %g off", how, exact->kappa, mean_error);
    cr_assert(m2_error <= (16 + n_chained) * exact->kappa * U,
              "%s, kappa = %g: m2 is %g kappa u off", how, exact->kappa,
              m2_error / (exact->kappa * U));
}

/* Rows dealt to the salts, and each salt's rows in one array, as groupArray gives them. */
static struct moments merge_salts(void)
{
    static double rows[N_VALUES];
    struct moments states[N_SALTS] = {{0}};
    for (size_t salt = 0; salt < N_SALTS; salt++) {
        size_t n_rows = 0;
        for (size_t i = 0; i < N_VALUES; i++) {
            if ((i * 2654435761U >> 7) % N_SALTS == salt)
                rows[n_rows++] = values[i];
        }
        states[salt] = of_values(rows, n_rows);
    }
    return merge_many(states, N_SALTS);
}

static struct moments merge_single_values(void)
{
    static struct moments states[N_VALUES];
    for (size_t i = 0; i < N_VALUES; i++)
        states[i] = (struct moments){1, values[i], 0};
    return merge_many(states, N_VALUES);
}

static struct moments update_in_calls(size_t n_per_call)
{
    struct moments state = {0};
    for (size_t i = 0; i < N_VALUES; i += n_per_call) {
        size_t n = n_per_call < N_VALUES - i ? n_per_call : N_VALUES - i;
        cr_assert_eq(moments_update(&state, values + i, n, NULL), STATUS_OK);
    }
    return state;
}

Test(moments_accuracy, offset_ladder)
{
    for (int shape = 0; shape < N_SHAPES; shape++) {
        for (double ratio = 0; ratio <= 1e12; ratio = ratio == 0 ? 1 : ratio * 10) {
            double spread = fmin(0x1p40, 0x1p52 / (ratio + 1));
            struct exact exact =
                fill_values((enum shape)shape, (int64_t)spread, (int64_t)(spread * ratio), 11);
            assert_within_bounds(of_values(values, N_VALUES), &exact, 0, "one call");
            assert_within_bounds(merge_single_values(), &exact, 0, "single values");
            assert_within_bounds(merge_salts(), &exact, 0, "salts");
            for (size_t n = 1; n < N_VALUES; n = 7 * n + 1)
                assert_within_bounds(update_in_calls(n), &exact, N_VALUES / (double)n, "calls");
        }
    }
}

/* Digits that agree, NIST's log relative error, at most 15. */
static double agreeing_digits(double found, double expected)
{
    double error = fabs(found - expected) / fabs(expected);
    return error < 1e-15 ? 15 : -log10(error);
}

static double sample_sd(struct moments state)
{
    return sqrt(state.m2 / (double)(state.n - 1));
}

static struct moments merge_seven_salts(const struct nist_set *set)
{
    struct moments states[7] = {{0}};
    for (size_t i = 0; i < set->n_values; i++)
        cr_assert_eq(moments_update(&states[i % 7], &set->values[i], 1, NULL), STATUS_OK);
    return merge_many(states, 7);
}

/*
 * Ceiling: the digits of the certificate that the exact sd of the file's numbers as doubles
 * reaches; the decimals of NumAcc2 to 4 are not doubles. exact_sd is that of the doubles.
 */
static const struct {
    const char *name;
    double ceiling;
    double exact_sd;
} nist_cases[] = {
    {"PiDigits", 15, 2.86733906028871},
    {"Lottery", 15, 291.699727470969},
    {"Lew", 15, 277.332168044316},
    {"Mavro", 13.1, 0.0004291234540030854092},
    {"Michelso", 13.8, 0.0790105478190506671514},
    {"NumAcc1", 15, 1},
    {"NumAcc2", 15, 0.0999999999999999777955},
    {"NumAcc3", 9.5, 0.1000000000349245965480},
    {"NumAcc4", 8.3, 0.1000000005587935447736},
};

Test(moments_accuracy, nist)
{
    if (!nist_is_present())
        cr_skip_test("no NIST data sets: SALTWELL_DATA names no folder that holds nist/");
    static struct nist_set set;
    for (size_t i = 0; i < N_ELEMENTS(nist_cases); i++) {
        const char *name = nist_cases[i].name;
        struct err err = {0};
        cr_assert_eq(nist_read(name, &set, &err), STATUS_OK, "%s", err.message);
        struct moments whole = of_values(set.values, set.n_values);
        struct moments salted = merge_seven_salts(&set);
        double digits = agreeing_digits(sample_sd(whole), set.sd);
        cr_assert(digits >= nist_cases[i].ceiling - 0.5, "%s: %.1f digits", name, digits);
        digits = agreeing_digits(sample_sd(whole), nist_cases[i].exact_sd);
        cr_assert(digits >= 14.5, "%s: %.1f digits of the doubles' sd", name, digits);
        digits = agreeing_digits(whole.mean, set.mean);
        cr_assert(digits >= 14.5, "%s: %.1f digits of the mean", name, digits);
        double kappa = sqrt(1 + (double)whole.n * whole.mean * whole.mean / whole.m2);
        ASSERT_NEAR(salted.mean, whole.mean, 16 * U);
        ASSERT_NEAR(salted.m2, whole.m2, 16 * kappa * U);
    }
}

Test(moments_accuracy, nist_reader_refuses_what_is_not_there)
{
    static struct nist_set set;
    struct err err = {0};
    cr_assert_eq(nist_read("NoSuchSet", &set, &err), STATUS_IO);
    cr_assert(strstr(err.message, "NoSuchSet.dat") != NULL, "%s", err.message);
}
