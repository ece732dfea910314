/* The exact sum: every order gives the bits of the rounded integer sum. */
#include "exact_sums.h"
#include "exact_total.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>

static double total_of(const double *values, size_t n)
{
    struct exact_total total = {0};
    for (size_t i = 0; i < n; i++)
        exact_total_add(&total, values[i]);
    return exact_total_round(&total);
}

static void check_bits(double found, double expected)
{
    cr_expect(memcmp(&found, &expected, sizeof(found)) == 0, "expected %a, found %a", expected,
              found);
}

Test(exact_total, cases)
{
    static const struct {
        double values[6], expected;
    } cases[] = {
        {{-0.0, -0.0}, 0},
        {{1, 1e100, 1, -1e100}, 2},
        {{DBL_MAX, DBL_MAX, -DBL_MAX, 1}, DBL_MAX},
        {{DBL_MAX, DBL_MAX}, INFINITY},
        {{-DBL_MAX, -DBL_MAX, 5}, -INFINITY},
        {{DBL_MAX, DBL_TRUE_MIN, -DBL_MAX}, DBL_TRUE_MIN},
        {{1e300, 1e-10, DBL_TRUE_MIN, -1e300, -1e-10}, DBL_TRUE_MIN},
        {{0x1p53, 1}, 0x1p53},                         /* a tie goes to the even one */
        {{0x1p53, 1, 0x1p-200}, 0x1.0000000000001p53}, /* and is none with more below */
        {{0x1p53, 1, 0x1p-200, 0x1p-1074}, 0x1.0000000000001p53},
        {{0x1p53, 1, -0x1p-200, -0x1p-1074}, 0x1p53},
        {{INFINITY, 1, DBL_MAX}, INFINITY},
        {{-INFINITY, 1}, -INFINITY},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        double turned[6];
        for (size_t k = 0; k < 6; k++)
            turned[k] = cases[i].values[5 - k];
        check_bits(total_of(cases[i].values, 6), cases[i].expected);
        check_bits(total_of(turned, 6), cases[i].expected);
    }
}

Test(exact_total, not_a_number_has_one_form)
{
    static const uint64_t bits = UINT64_C(0x7ff8000000000000), other = UINT64_C(0xfff8000000000007);
    check_bits(total_of((double[]){INFINITY, -INFINITY}, 2), load_f64(&bits));
    check_bits(total_of((double[]){load_f64(&other), 1}, 2), load_f64(&bits));
    check_bits(total_of((double[]){1, INFINITY, load_f64(&other)}, 3), load_f64(&bits));
}

/* Of values over more and more of the range, forwards, backwards and twice: as exact_sums.h, which
 * adds integers. A sum that was reset has nothing of the one before. */
Test(exact_total, agrees_with_the_sum_of_integers)
{
    enum { N = 1000 };
    static double values[N];
    uint64_t random = 1;
    struct exact_total total = {0};
    for (int range = 1; range < 2046; range += 31) {
        struct exact exact;
        struct exact_magnitude sum;
        for (size_t i = 0; i < N; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            uint64_t field = 1023 - (uint64_t)range / 2 + (random >> 33) % (uint64_t)range;
            uint64_t bits =
                (random & 1) << 63 | field << 52 | (random >> 8 & ((UINT64_C(1) << 52) - 1));
            values[i] = load_f64(&bits);
        }
        exact_reset(&exact);
        cr_assert(exact_update(&exact, values, N, NULL) == STATUS_OK);
        bool is_negative = exact_wide_magnitude(&exact.sum, &sum);
        double expected = exact_magnitude_divide(&sum, 1, -1074);
        expected = is_negative ? -expected : expected;
        check_bits(total_of(values, N), expected);
        for (size_t i = N; i-- > 0;)
            exact_total_add(&total, values[i]);
        check_bits(exact_total_round(&total), expected);
        exact_total_reset(&total);
    }
}

/* A float that is rounded by way of a double would be rounded twice. */
Test(exact_total, a_float_is_rounded_once)
{
    static const struct {
        double values[4];
        float expected;
    } cases[] = {
        {{0x1p24, 1}, 0x1p24f},
        {{0x1p24, 1, 0x1p-60}, 0x1.000002p24f},
        {{-0x1p24, -1, -0x1p-60}, -0x1.000002p24f},
        {{0x1p24, 1, -0x1p-60}, 0x1p24f},
        {{0x1p24, 3, -0x1p-60}, 0x1.000002p24f},
        {{0x1p24, 1, 0x1p-60, 0x1p-900}, 0x1.000002p24f},
        {{0x1p24, 1, 0x1p-60, -0x1p-60}, 0x1p24f},
        {{DBL_MAX, 1}, INFINITY},
        {{-INFINITY, 1}, -INFINITY},
        {{0}, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct exact_total total = {0};
        for (size_t k = 0; k < 4; k++)
            exact_total_add(&total, cases[i].values[k]);
        float found = exact_total_round_single(&total);
        cr_expect(memcmp(&found, &cases[i].expected, sizeof(found)) == 0,
                  "case %zu: expected %a, found %a", i, (double)cases[i].expected, (double)found);
    }
}
