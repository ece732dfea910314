/* Values, moments and merges one by one; the oracle in tests/laws has the random ones. */
#include "test_exact.h"
#include "nist.h"

#include <float.h>
#include <math.h>

#define N_LONG 3000 /* several blocks of the summing loops */

static double make_nan(void)
{
    uint64_t bits = CANONICAL_NAN;
    return load_f64(&bits);
}

static void fill(double *values, size_t n, double value)
{
    for (size_t i = 0; i < n; i++)
        values[i] = value;
}

/* A state of sums that no array in a test's time could have. */
static struct exact doubled(struct exact state, unsigned n_times)
{
    for (unsigned i = 0; i < n_times; i++)
        cr_assert_eq(exact_merge(&state, &state, NULL), STATUS_OK);
    return state;
}

Test(exact, empty)
{
    struct exact state = exact_of(NULL, 0);
    struct buf payload = payload_of(&state);
    ASSERT_MOMENTS(&state, 0, 0.0, 0.0);
    cr_assert_eq(payload.size_bytes, 0);
}

Test(exact, few_values)
{
    const double values[] = {7, -2, 5, 3, 18};
    struct exact four = exact_of(values, 4);
    struct exact five = exact_of(values, 5);
    ASSERT_MOMENTS(&four, 4, 3.25, 44.75);
    ASSERT_MOMENTS(&five, 5, 6.2, 218.8);
}

Test(exact, cancellation_leaves_nothing)
{
    const double values[] = {DBL_MAX, 1, DBL_TRUE_MIN, -DBL_MAX, -1, -DBL_TRUE_MIN};
    const double rest[] = {DBL_MAX, 3, DBL_TRUE_MIN, -DBL_MAX};
    struct exact state = exact_of(values, N_ELEMENTS(values));
    ASSERT_MOMENTS(&state, 6, 0.0, (double)INFINITY);
    state = exact_of(rest, N_ELEMENTS(rest));
    ASSERT_MOMENTS(&state, 4, 0.75, (double)INFINITY);
}

Test(exact, a_shift_leaves_m2)
{
    for (double shift = 1; shift < 0x1p50; shift *= 4) {
        const double values[] = {shift + 4, shift + 7, shift + 13, shift + 16};
        struct exact state = exact_of(values, N_ELEMENTS(values));
        ASSERT_MOMENTS(&state, 4, shift + 10, 90.0);
    }
}

Test(exact, zeros)
{
    const double values[] = {-0.0, 0.0, -0.0};
    struct exact negative = exact_of(values, 1);
    struct exact positive = exact_of(values + 1, 1);
    struct exact all = exact_of(values, 3);
    ASSERT_MOMENTS(&negative, 1, 0.0, 0.0);
    ASSERT_SAME_STATE(&negative, &positive);
    ASSERT_MOMENTS(&all, 3, 0.0, 0.0);
}

Test(exact, not_finite)
{
    const double odd[] = {make_nan(), -make_nan(), (double)INFINITY, -(double)INFINITY};
    for (size_t i = 0; i < N_ELEMENTS(odd); i++) {
        static double values[N_LONG];
        for (size_t place = 0; place < N_LONG; place += 997) {
            fill(values, N_LONG, 1);
            values[place] = odd[i];
            struct exact state = exact_of(values, N_LONG);
            ASSERT_MOMENTS(&state, N_LONG, make_nan(), make_nan());
            struct exact other = exact_of((const double[]){1, 2}, 2);
            cr_assert_eq(exact_merge(&other, &state, NULL), STATUS_OK);
            ASSERT_MOMENTS(&other, N_LONG + 2, make_nan(), make_nan());
            cr_assert_eq(exact_update(&state, values + N_LONG - 2, 2, NULL), STATUS_OK);
            ASSERT_SAME_STATE(&state, &other);
        }
    }
}

Test(exact, ends_of_the_range)
{
    const double largest[] = {DBL_MAX, DBL_MAX, DBL_MAX};
    const double smallest[] = {DBL_TRUE_MIN, DBL_TRUE_MIN, 2 * DBL_TRUE_MIN};
    const double apart[] = {0x1p512, -0x1p512};
    const double just_below[] = {0x1.fffffffffffffp+511, 0};
    struct exact state = exact_of(largest, 3);
    ASSERT_MOMENTS(&state, 3, DBL_MAX, 0.0);
    state = exact_of(smallest, 3); /* 4 / 3 of the smallest; m2 is far below it */
    ASSERT_MOMENTS(&state, 3, DBL_TRUE_MIN, 0.0);
    state = exact_of((const double[]){DBL_MIN, DBL_MIN}, 2); /* the smallest with a leading bit */
    ASSERT_MOMENTS(&state, 2, DBL_MIN, 0.0);
    state = exact_of((const double[]){0x1p-500, DBL_MIN, -0x1p-500}, 3);
    ASSERT_MOMENTS(&state, 3, DBL_MIN / 3, 0x1p-999);
    state = exact_of(smallest, 2);
    ASSERT_MOMENTS(&state, 2, DBL_TRUE_MIN, 0.0);
    state = exact_of(apart, 2);
    ASSERT_MOMENTS(&state, 2, 0.0, (double)INFINITY);
    state = exact_of(just_below, 2);
    ASSERT_MOMENTS(&state, 2, 0x1.fffffffffffffp+510, 0x1.ffffffffffffep+1022);
}

/* m2 = x^2 / 2 with x^2 on the two sides of half the smallest double times 2. */
Test(exact, m2_rounds_among_subnormals)
{
    struct exact half = exact_of((const double[]){0x1p-537, 0}, 2);
    struct exact above = exact_of((const double[]){0x1.0000000000001p-537, 0}, 2);
    struct exact one_and_half = exact_of((const double[]){0x1p-537, -0x1p-537, 0x1p-537, 0}, 4);
    ASSERT_MOMENTS(&half, 2, 0x1p-538, 0.0); /* half of the smallest: a tie, to even */
    ASSERT_MOMENTS(&above, 2, 0x1.0000000000001p-538, DBL_TRUE_MIN);
    ASSERT_MOMENTS(&one_and_half, 4, 0x1p-539, 3 * DBL_TRUE_MIN); /* 2.75 of it */
}

/*
 * The value 2^-50 among n - 1 zeros, n chosen so that the 128 bits of the quotient that are
 * computed end exactly between two doubles, and only the remainder says that the mean is above.
 */
Test(exact, remainder_breaks_a_tie)
{
    uint8_t payload[19] = {0};
    struct exact state;
    store_u64(payload, UINT64_C(0x847df8204406ff2b));
    store_u16(payload + 9, 128); /* 2^-50 = 2^(8 * 128 - 1074) */
    store_u16(payload + 11, 1);
    store_u16(payload + 13, 256);
    store_u16(payload + 15, 1);
    payload[17] = 1;
    payload[18] = 1;
    cr_assert_eq(read_payload(&state, payload, sizeof(payload)), STATUS_OK);
    ASSERT_MOMENTS(&state, UINT64_C(0x847df8204406ff2b), 0x1.eea414476019dp-114, 0x1p-100);
}

Test(exact, mean_that_rounds_to_zero_has_no_sign)
{
    struct exact state = exact_of((const double[]){-DBL_TRUE_MIN, 0, 0}, 3);
    ASSERT_MOMENTS(&state, 3, 0.0, 0.0);
}

Test(exact, equal_values_have_no_m2)
{
    static double values[N_LONG];
    fill(values, N_LONG, 0.1);
    struct exact state = exact_of(values, N_LONG);
    ASSERT_MOMENTS(&state, N_LONG, 0.1, 0.0);
    state = doubled(state, 48);
    ASSERT_MOMENTS(&state, (uint64_t)N_LONG << 48, 0.1, 0.0);
}

Test(exact, any_alignment)
{
    double values[50];
    unsigned char bytes[sizeof(values) + sizeof(double)];
    for (size_t i = 0; i < N_ELEMENTS(values); i++)
        values[i] = sqrt((double)i);
    struct exact expected = exact_of(values, N_ELEMENTS(values));
    for (size_t offset = 1; offset < sizeof(double); offset++) {
        struct exact state;
        exact_reset(&state);
        memcpy(bytes + offset, values, sizeof(values));
        cr_assert_eq(exact_update(&state, bytes + offset, N_ELEMENTS(values), NULL), STATUS_OK);
        ASSERT_SAME_STATE(&state, &expected);
    }
}

/* Exponents that make each of the summing loops give up in the middle of a block. */
Test(exact, all_loops_agree_with_single_values)
{
    static double values[N_LONG];
    for (int step = 0; step < 40; step++) {
        for (size_t i = 0; i < N_LONG; i++) {
            int exponent = i % 7 == 0 ? -step * (int)(i % 53) : 0;
            values[i] = ldexp(i % 3 ? 1.1 : -1.3, i % 11 ? exponent : -exponent / 2);
            values[i] = i % 5 == 0 && step % 2 == 0 ? 0 : values[i];
        }
        struct exact whole = exact_of(values, N_LONG);
        struct exact singles = exact_of(NULL, 0);
        for (size_t i = N_LONG; i-- > 0;)
            cr_assert_eq(exact_update(&singles, values + i, 1, NULL), STATUS_OK);
        ASSERT_SAME_STATE(&singles, &whole);
    }
}

/*
 * Squares that carry out of 128 bits while bins are added up: 12 exponents down, the bits of the
 * first square below 2^128 begin with 50 ones.
 */
Test(exact, bins_carry)
{
    const double values[] = {0x1.fffffffffffffp0, 0x1p-12, 0x1p-20};
    struct exact whole = exact_of(values, N_ELEMENTS(values));
    struct exact singles = exact_of(NULL, 0);
    for (size_t i = 0; i < N_ELEMENTS(values); i++)
        cr_assert_eq(exact_update(&singles, values + i, 1, NULL), STATUS_OK);
    ASSERT_SAME_STATE(&whole, &singles);
}

Test(exact, merge_with_empty_is_an_identity)
{
    struct exact empty = exact_of(NULL, 0);
    struct exact state = exact_of((const double[]){1e300, -1e-300, 3}, 3);
    struct exact merged = state;
    cr_assert_eq(exact_merge(&merged, &empty, NULL), STATUS_OK);
    ASSERT_SAME_STATE(&merged, &state);
    merged = empty;
    cr_assert_eq(exact_merge(&merged, &state, NULL), STATUS_OK);
    ASSERT_SAME_STATE(&merged, &state);
    cr_assert_eq(exact_merge(&empty, &empty, NULL), STATUS_OK);
    ASSERT_MOMENTS(&empty, 0, 0.0, 0.0);
}

/* The largest sums there are: 2^63 times the largest double, of both signs, and taken back. */
Test(exact, sums_reach_their_capacity)
{
    struct exact largest = doubled(exact_of((const double[]){DBL_MAX}, 1), 63);
    struct exact lowest = doubled(exact_of((const double[]){-DBL_MAX}, 1), 62);
    ASSERT_MOMENTS(&largest, UINT64_C(1) << 63, DBL_MAX, 0.0);
    ASSERT_MOMENTS(&lowest, UINT64_C(1) << 62, -DBL_MAX, 0.0);
    cr_assert_eq(exact_merge(&largest, &lowest, NULL), STATUS_OK);
    ASSERT_MOMENTS(&largest, UINT64_C(3) << 62, DBL_MAX / 3, (double)INFINITY);
    struct buf payload = payload_of(&largest);
    struct exact read;
    cr_assert_eq(read_payload(&read, payload.data, payload.size_bytes), STATUS_OK);
    ASSERT_SAME_STATE(&read, &largest);
    buf_free(&payload);
}

Test(exact, count_never_wraps)
{
    struct err err = {0};
    const double one = 1;
    struct exact half = doubled(exact_of(&one, 1), 63);
    struct exact state = half;
    cr_assert_eq(exact_merge(&state, &half, &err), STATUS_LIMIT);
    cr_assert(strstr(err.message, "2^64-1") != NULL, "%s", err.message);
    ASSERT_SAME_STATE(&state, &half);
    state.n = UINT64_MAX;
    cr_assert_eq(exact_update(&state, &one, 1, &err), STATUS_LIMIT);
    state.n = half.n;
    ASSERT_SAME_STATE(&state, &half);
}

/* Against the certificates; the bits are compared in tests/laws. */
Test(exact, nist_sets)
{
    static const char *const names[] = {"PiDigits", "Lottery", "Lew",     "Mavro",  "Michelso",
                                        "NumAcc1",  "NumAcc2", "NumAcc3", "NumAcc4"};
    /* Digits that agree with the certified value: what rounding the decimals to doubles leaves. */
    static const double digits[] = {14.5, 14.5, 14.5, 12.8, 13.6, 15, 14.5, 9.2, 8};
    static struct nist_set set;
    if (!nist_is_present())
        cr_skip_test("no NIST sets");
    for (size_t i = 0; i < N_ELEMENTS(names); i++) {
        struct err err = {0};
        struct moments moments;
        cr_assert_eq(nist_read(names[i], &set, &err), STATUS_OK, "%s", err.message);
        struct exact state = exact_of(set.values, set.n_values);
        exact_final(&state, &moments);
        double sd = sqrt(moments.m2 / (double)(set.n_values - 1));
        cr_assert(fabs(moments.mean - set.mean) <= 1e-14 * fabs(set.mean), "%s: mean %.17g",
                  names[i], moments.mean);
        cr_assert(fabs(sd - set.sd) <= pow(10, -digits[i]) * set.sd, "%s: %.2f digits", names[i],
                  -log10(fabs(sd - set.sd) / set.sd));
    }
}
