/* Folds: the result never depends on where blocks and slices cut, and what does not fit is refused.
 */
#include "activity_history.h"
#include "blob.h"
#include "exact_sums.h"
#include "fold.h"
#include "one_column.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void append_blob(enum blob_kind kind, const struct buf *payload, struct buf *blob)
{
    struct buf bytes = {0};
    cr_assert(blob_encode(kind, payload->data, payload->size_bytes, &bytes, NULL) == STATUS_OK);
    cr_assert(buf_append(blob, bytes.data, bytes.size_bytes, NULL) == STATUS_OK);
    buf_free(&bytes);
}

static int compare_times(const void *a, const void *b)
{
    return (load_i64(a) > load_i64(b)) - (load_i64(a) < load_i64(b));
}

/* Folds all rows in slices of `step` rows into one value. */
static enum status fold_in_steps(struct fold *fold, const struct reading *reading, enum fold_op op,
                                 bool widen, uint64_t step, struct err *err)
{
    uint64_t n_rows = reading->block->n_rows;
    TRY(fold_init(fold, reading->block, 0, op, widen, "x", err));
    for (uint64_t row = 0; row < n_rows; row += step)
        TRY(fold_add(fold, reading->block, row, row + step < n_rows ? row + step : n_rows, err));
    return fold_close(fold, err);
}

/* A part of the result that has the one value, after its length where it is a text. */
static void check_part(const struct fold *fold, size_t part, const void *expected,
                       size_t expected_bytes)
{
    const struct buf *found = &fold->out.parts[part];
    bool is_text = native_type_root(&fold->out.type)[part].kind == NATIVE_STRING;
    const uint8_t *at = found->data;
    size_t found_bytes = is_text ? (size_t)varuint_take(&at) : found->size_bytes;
    cr_assert(found_bytes == expected_bytes, "expected %zu bytes, found %zu", expected_bytes,
              found_bytes);
    cr_expect(expected_bytes == 0 || memcmp(at, expected, expected_bytes) == 0);
}

static void check_slices(const char *type, enum fold_op op, bool widen, uint64_t n_rows,
                         const void *values, size_t values_bytes)
{
    static const uint64_t steps[] = {1, 7, 4095, 4096, 4097};
    struct reading reading;
    struct fold whole = {0};
    (void)read_column(&reading, type, n_rows, values, values_bytes);
    cr_assert(fold_in_steps(&whole, &reading, op, widen, n_rows, NULL) == STATUS_OK);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct fold sliced = {0};
        cr_assert(fold_in_steps(&sliced, &reading, op, widen, steps[i], NULL) == STATUS_OK);
        for (size_t part = 0; part < native_type_root(&whole.out.type)->n_nodes; part++) {
            const struct buf *a = &whole.out.parts[part], *b = &sliced.out.parts[part];
            cr_assert(a->size_bytes == b->size_bytes);
            cr_expect(a->size_bytes == 0 || memcmp(a->data, b->data, a->size_bytes) == 0,
                      "%s in slices of %d", type, (int)steps[i]);
        }
        fold_free(&sliced);
    }
    fold_free(&whole);
    free_reading(&reading);
}

Test(fold, slices_change_no_bit)
{
    enum { N = 10000 };
    static double values[N];
    static float singles[N];
    uint64_t state = 1;
    for (size_t i = 0; i < N; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        values[i] = (double)(int64_t)(state >> 20) / 3e7;
        singles[i] = (float)values[i];
    }
    check_slices("Float64", FOLD_MOMENTS, false, N, values, sizeof(values));
    check_slices("Float64", FOLD_SUM, true, N, values, sizeof(values));
    check_slices("Float64", FOLD_MAX, false, N, values, sizeof(values));
    check_slices("Float32", FOLD_MOMENTS, false, N, singles, sizeof(singles));
    check_slices("Decimal(9, 3)", FOLD_MOMENTS, false, N, singles, sizeof(singles));
    check_slices("Decimal(18, 3)", FOLD_LAST, false, N, values, sizeof(values));
    check_slices("Float64", FOLD_EXACT, false, N, values, sizeof(values));
    check_slices("Float32", FOLD_EXACT_STATE, false, N, singles, sizeof(singles));
    check_slices("Decimal(9, 3)", FOLD_EXACT, false, N, singles, sizeof(singles));
    check_slices("Int32", FOLD_ACTIVITY, false, N, singles, sizeof(singles));
    check_slices("Float64", FOLD_COUNT, false, N, values, sizeof(values));
}

/* The states that the fold builds are those of the algorithms, from every step of its memory: one
 * value, a slice, the times that wait, histories that wait and have been merged. */
Test(fold, states_of_raw_values)
{
    enum { N = 400000 };
    static const uint64_t counts[] = {0, 1, 2, 511, 512, 513, 65535, 65536, 65537, N};
    static int64_t times[N], sorted[N];
    static double values[N];
    uint64_t state = 1;
    for (size_t i = 0; i < N; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        times[i] = (int64_t)(state >> 24) - ((int64_t)1 << 39); /* far apart: 5 bytes each */
        values[i] = (double)times[i] / 3;
    }
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        struct reading reading;
        struct fold fold = {0};
        struct buf payload = {0}, expected = {0};
        struct exact exact;
        uint64_t n = counts[i];
        memcpy(sorted, times, n * sizeof(*times));
        qsort(sorted, n, sizeof(*sorted), compare_times);
        cr_assert(activity_encode_times(sorted, n, &payload, NULL) == STATUS_OK);
        append_blob(BLOB_ACTIVITY, &payload, &expected);
        (void)read_column(&reading, "Int64", n, times, n * sizeof(*times));
        cr_assert(fold_in_steps(&fold, &reading, FOLD_ACTIVITY, false, 1000, NULL) == STATUS_OK);
        check_part(&fold, 0, expected.data, expected.size_bytes);
        fold_free(&fold);
        free_reading(&reading);

        buf_reset(&payload);
        buf_reset(&expected);
        exact_reset(&exact);
        cr_assert(exact_update(&exact, values, n, NULL) == STATUS_OK);
        cr_assert(exact_encode(&exact, &payload, NULL) == STATUS_OK);
        append_blob(BLOB_EXACT, &payload, &expected);
        (void)read_column(&reading, "Float64", n, values, n * sizeof(*values));
        cr_assert(fold_in_steps(&fold, &reading, FOLD_EXACT_STATE, false, 1000, NULL) == STATUS_OK);
        check_part(&fold, 0, expected.data, expected.size_bytes);
        fold_free(&fold);

        struct moments moments;
        exact_final(&exact, &moments);
        cr_assert(fold_in_steps(&fold, &reading, FOLD_EXACT, false, 1000, NULL) == STATUS_OK);
        check_part(&fold, 1, &moments.n, 8);
        check_part(&fold, 2, &moments.mean, 8);
        check_part(&fold, 3, &moments.m2, 8);
        fold_free(&fold);
        free_reading(&reading);
        buf_free(&payload);
        buf_free(&expected);
    }
}

/* The moments of one value take no sums: they are the same, and nothing is left for the next. */
Test(fold, exact_moments_of_one_value)
{
    static const double values[] = {-0.0, 3, INFINITY, DBL_TRUE_MIN, NAN, -1e308};
    enum { N = sizeof(values) / sizeof(values[0]) };
    struct reading reading;
    struct fold fold = {0};
    (void)read_column(&reading, "Float64", N, values, sizeof(values));
    cr_assert(fold_init(&fold, reading.block, 0, FOLD_EXACT, false, "x", NULL) == STATUS_OK);
    for (size_t i = 0; i < N; i++) {
        struct exact exact;
        struct moments expected;
        cr_assert(fold_add(&fold, reading.block, i, i + 1, NULL) == STATUS_OK);
        cr_assert(fold_close(&fold, NULL) == STATUS_OK);
        exact_reset(&exact);
        cr_assert(exact_update(&exact, &values[i], 1, NULL) == STATUS_OK);
        exact_final(&exact, &expected);
        cr_expect(load_u64(fold.out.parts[1].data + 8 * i) == 1);
        cr_expect(memcmp(fold.out.parts[2].data + 8 * i, &expected.mean, 8) == 0, "%g", values[i]);
        cr_expect(memcmp(fold.out.parts[3].data + 8 * i, &expected.m2, 8) == 0, "%g", values[i]);
    }
    fold_free(&fold);
    free_reading(&reading);
}

/* A number that the function's argument type does not hold is refused, below a NULL it is none. */
Test(fold, values_that_do_not_fit)
{
    static const struct {
        enum fold_op op;
        const char *type;
        uint64_t value;
        const char *message;
    } cases[] = {
        {FOLD_EXACT, "UInt64", ((uint64_t)1 << 53) + 1,
         "column 'x': expected a value that Float64 holds, found 9007199254740993"},
        {FOLD_ACTIVITY, "UInt64", (uint64_t)INT64_MAX + 1,
         "column 'x': expected a value that Int64 holds, found 9223372036854775808"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char nullable[32];
        const uint64_t values[] = {7, cases[i].value, 9};
        uint8_t bytes[3 + sizeof(values)] = {0, 1, 0};
        struct reading reading;
        struct fold fold = {0};
        struct err err = {0};
        (void)read_column(&reading, cases[i].type, 3, values, sizeof(values));
        cr_expect(fold_in_steps(&fold, &reading, cases[i].op, false, 3, &err) == STATUS_FORMAT);
        cr_expect_str_eq(err.message, cases[i].message);
        fold_free(&fold);
        free_reading(&reading);

        memcpy(bytes + 3, values, sizeof(values));
        snprintf(nullable, sizeof(nullable), "Nullable(%s)", cases[i].type);
        (void)read_column(&reading, nullable, 3, bytes, sizeof(bytes));
        for (uint64_t step = 1; step <= 3; step++) {
            cr_expect(fold_in_steps(&fold, &reading, cases[i].op, false, step, NULL) == STATUS_OK);
            if (cases[i].op == FOLD_EXACT) {
                cr_expect(load_u64(fold.out.parts[1].data) == 2);
                cr_expect(load_f64(fold.out.parts[2].data) == 8);
            }
            fold_free(&fold);
        }
        free_reading(&reading);

        bytes[1] = 0;
        (void)read_column(&reading, nullable, 3, bytes, sizeof(bytes));
        cr_expect(fold_in_steps(&fold, &reading, cases[i].op, false, 3, &err) == STATUS_FORMAT);
        cr_expect_str_eq(err.message, cases[i].message);
        fold_free(&fold);
        free_reading(&reading);
    }
}

/* States of the other kind, or none, are refused by the ops that ask for a kind. */
Test(fold, strings_hold_the_states_that_the_op_asks_for)
{
    static const double one = 1;
    struct buf payload = {0}, state = {0}, column = {0};
    struct exact exact;
    exact_reset(&exact);
    cr_assert(exact_update(&exact, &one, 1, NULL) == STATUS_OK);
    cr_assert(exact_encode(&exact, &payload, NULL) == STATUS_OK);
    append_blob(BLOB_EXACT, &payload, &state);
    cr_assert(native_append_string(&column, state.data, state.size_bytes, NULL) == STATUS_OK);
    cr_assert(native_append_string(&column, state.data, 0, NULL) == STATUS_OK);
    cr_assert(native_append_string(&column, state.data, state.size_bytes, NULL) == STATUS_OK);
    struct reading reading;
    struct fold fold = {0};
    (void)read_column(&reading, "String", 3, column.data, column.size_bytes);
    cr_assert(fold_in_steps(&fold, &reading, FOLD_EXACT, false, 2, NULL) == STATUS_OK);
    cr_assert(fold_add(&fold, reading.block, 1, 3, NULL) == STATUS_OK);
    cr_assert(fold_close(&fold, NULL) == STATUS_OK);
    cr_expect(load_u64(fold.out.parts[1].data) == 2 && load_f64(fold.out.parts[2].data) == 1);
    cr_expect(load_u64(fold.out.parts[1].data + 8) == 1, "of the group before nothing is left");
    fold_free(&fold);
    cr_expect(fold_in_steps(&fold, &reading, FOLD_ACTIVITY, false, 2, NULL) == STATUS_MISMATCH);
    fold_free(&fold);
    cr_expect(fold_in_steps(&fold, &reading, FOLD_COUNT, false, 2, NULL) == STATUS_OK);
    cr_expect(load_u64(fold.out.parts[0].data) == 3, "texts are counted, states or not");
    fold_free(&fold);
    free_reading(&reading);
    buf_free(&payload);
    buf_free(&state);
    buf_free(&column);
}

static enum status sum(const char *type, bool widen, uint64_t n_rows, const void *values,
                       size_t values_bytes, struct buf *sum_out, struct err *err)
{
    struct reading reading;
    struct fold fold = {0};
    (void)read_column(&reading, type, n_rows, values, values_bytes);
    enum status status = fold_in_steps(&fold, &reading, FOLD_SUM, widen, n_rows, err);
    if (status == STATUS_OK)
        status = buf_append(sum_out, fold.out.parts[0].data, fold.out.parts[0].size_bytes, err);
    fold_free(&fold);
    free_reading(&reading);
    return status;
}

static void check_sum(const char *type, bool widen, uint64_t n_rows, const void *values,
                      size_t values_bytes, const void *expected, size_t expected_bytes)
{
    struct buf found = {0};
    struct err err = {0};
    cr_assert(sum(type, widen, n_rows, values, values_bytes, &found, &err) == STATUS_OK, "%s",
              err.message);
    cr_assert(found.size_bytes == expected_bytes, "%s", type);
    cr_expect(memcmp(found.data, expected, expected_bytes) == 0, "%s", type);
    buf_free(&found);
}

static void check_overflow(const char *type, uint64_t n_rows, const void *values,
                           size_t values_bytes)
{
    struct buf found = {0};
    struct err err = {0};
    cr_expect(sum(type, false, n_rows, values, values_bytes, &found, &err) == STATUS_LIMIT, "%s",
              type);
    cr_expect(strstr(err.message, "overflows") != NULL, "%s: %s", type, err.message);
    buf_free(&found);
}

Test(fold, sums_reach_the_ends_of_their_types)
{
    check_sum("UInt8", false, 2, "\xfe\x01", 2, "\xff", 1);
    check_overflow("UInt8", 2, "\xff\x01", 2);
    check_sum("Int8", false, 2, "\x81\xff", 2, "\x80", 1);
    check_overflow("Int8", 2, "\x80\xff", 2);
    check_overflow("Int8", 2, "\x7f\x01", 2);
    static const uint64_t most[] = {UINT64_MAX, 1};
    check_overflow("UInt64", 2, most, sizeof(most));
    /* Only the whole sum counts: this one comes back into its type. */
    static const int64_t back[] = {INT64_MAX, 1, -1};
    check_sum("Int64", false, 3, back, sizeof(back), back, 8);
}

Test(fold, wide_sums_carry_their_sign)
{
    static const int128 signs[] = {5, -9, 1}, sum = -3;
    static const int64_t wide[2][4] = {{5, 0, 0, 0}, {-6, -1, -1, -1}},
                         minus_one[] = {-1, -1, -1, -1};
    static const uint64_t most[2][2] = {{UINT64_MAX, UINT64_MAX}, {1, 0}};
    static const int64_t large[2][2] = {{0, INT64_MAX / 2}, {7, INT64_MAX / 2}},
                         sum_of_large[2] = {7, INT64_MAX - 1};
    check_sum("Int128", false, 3, signs, sizeof(signs), &sum, sizeof(sum));
    check_sum("Int128", false, 2, large, sizeof(large), sum_of_large, sizeof(sum_of_large));
    check_sum("UInt128", false, 1, most, sizeof(most[0]), most, sizeof(most[0]));
    check_sum("Int256", false, 2, wide, sizeof(wide), minus_one, sizeof(minus_one));
    check_overflow("UInt128", 2, most, sizeof(most));
}

Test(fold, widened_sums_have_64_bits)
{
    static const uint64_t expected = 510;
    static const int64_t negative = -256;
    check_sum("UInt8", true, 2, "\xff\xff", 2, &expected, sizeof(expected));
    check_sum("Int8", true, 2, "\x80\x80", 2, &negative, sizeof(negative));
}

static void check_type(const char *type, enum fold_op op, bool widen, const char *expected)
{
    struct native_type_tree tree = {0};
    struct buf text = {0};
    cr_assert(native_type_parse(&tree, type, strlen(type), NULL) == STATUS_OK);
    enum status status = fold_result_type(native_type_root(&tree), &op, widen, "x", &text, NULL);
    if (expected == NULL)
        cr_expect(status == STATUS_MISMATCH, "%s is refused", type);
    else
        cr_expect(status == STATUS_OK && strcmp((const char *)text.data, expected) == 0,
                  "%s: expected %s, found %s", type, expected, (const char *)text.data);
    buf_free(&text);
    native_type_tree_free(&tree);
}

Test(fold, result_types)
{
    check_type("UInt8", FOLD_SUM, true, "UInt64");
    check_type("Nullable(Int16)", FOLD_SUM, true, "Nullable(Int64)");
    check_type("Int128", FOLD_SUM, true, "Int128");
    check_type("Float32", FOLD_SUM, true, "Float64");
    check_type("Decimal(9, 2)", FOLD_SUM, true, "Decimal(38, 2)");
    check_type("Nullable(Decimal(38, 20))", FOLD_SUM, true, "Nullable(Decimal(38, 20))");
    check_type("Decimal(9, 2)", FOLD_SUM, false, "Decimal(9, 2)");
    check_type("SimpleAggregateFunction(sum, UInt8)", FOLD_BY_TYPE, false,
               "SimpleAggregateFunction(sum, UInt8)");
    check_type("SimpleAggregateFunction(groupBitOr, UInt8)", FOLD_BY_TYPE, false, NULL);
    check_type("SimpleAggregateFunction(sumMap, Tuple(Array(UInt8), Array(UInt64)))", FOLD_BY_TYPE,
               false, NULL);
    check_type("Date", FOLD_BY_TYPE, false, NULL);
    check_type("Date", FOLD_MAX, false, "Date");
    check_type("LowCardinality(String)", FOLD_ANY, false, "String");
    check_type("Decimal(76, 2)", FOLD_SUM, false, "Decimal(76, 2)");
    check_type("Decimal(60, 2)", FOLD_SUM, true, "Decimal(76, 2)");
    check_type("UInt128", FOLD_SUM, true, "UInt128");
    check_type("Nullable(Int256)", FOLD_BY_TYPE, false, "Nullable(Int256)");
    check_type("UInt256", FOLD_MOMENTS, false, NULL);
    check_type("AggregateFunction(varSampStable, Float64)", FOLD_MIN, false, NULL);
    check_type("AggregateFunction(varSampStable, Float64)", FOLD_MOMENTS, false,
               "AggregateFunction(varSampStable, Float64)");
    check_type("Tuple(UInt64, Float64, Float64)", FOLD_MOMENTS, false,
               "Tuple(n UInt64, mean Float64, m2 Float64)");
    check_type("Tuple(UInt64, Float64, Float64)", FOLD_EXACT, false, NULL);
    check_type("Nullable(UInt256)", FOLD_EXACT, false, "Tuple(n UInt64, mean Float64, m2 Float64)");
    check_type("String", FOLD_EXACT, false, "Tuple(n UInt64, mean Float64, m2 Float64)");
    check_type("String", FOLD_EXACT_STATE, false, "String");
    check_type("String", FOLD_ACTIVITY, false, "String");
    check_type("String", FOLD_BY_TYPE, false, "String");
    check_type("UUID", FOLD_EXACT, false, NULL);
    check_type("Decimal(60, 2)", FOLD_EXACT_STATE, false, NULL);
    check_type("Float32", FOLD_EXACT_STATE, true, "String");
    check_type("String", FOLD_MOMENTS, false, NULL);
    check_type("Nullable(DateTime64(3))", FOLD_ACTIVITY, false, "String");
    check_type("FixedString(8)", FOLD_ACTIVITY, false, NULL);
    check_type("LowCardinality(Nullable(String))", FOLD_COUNT, true, "UInt64");
    check_type("AggregateFunction(varSampStable, Float64)", FOLD_COUNT, true, NULL);
}

/* Values below a flag each that says NULL. */
Test(fold, nulls_are_left_out)
{
    static const uint8_t flags[] = {1, 0, 0, 1, 0};
    static const int64_t values[] = {100, 3, -5, 1000, 7};
    static const struct {
        enum fold_op op;
        int64_t expected;
    } cases[] = {{FOLD_SUM, 5}, {FOLD_MIN, -5}, {FOLD_MAX, 7}, {FOLD_ANY, 3}, {FOLD_LAST, 7}};
    static const struct {
        enum fold_op op;
        int64_t expected;
    } counts[] = {{FOLD_COUNT, 3}, {FOLD_ROWS, 5}};
    uint8_t bytes[sizeof(flags) + sizeof(values)];
    memcpy(bytes, flags, sizeof(flags));
    memcpy(bytes + sizeof(flags), values, sizeof(values));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (uint64_t step = 1; step <= 5; step++) {
            struct reading reading;
            struct fold fold = {0};
            (void)read_column(&reading, "Nullable(Int64)", 5, bytes, sizeof(bytes));
            cr_assert(fold_in_steps(&fold, &reading, cases[i].op, false, step, NULL) == STATUS_OK);
            cr_assert(fold.out.parts[0].size_bytes == 1 && fold.out.parts[1].size_bytes == 8);
            cr_expect(fold.out.parts[0].data[0] == 0);
            cr_expect(load_i64(fold.out.parts[1].data) == cases[i].expected, "op %d: %lld",
                      (int)cases[i].op, (long long)load_i64(fold.out.parts[1].data));
            fold_free(&fold);
            free_reading(&reading);
        }
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        struct reading reading;
        struct fold fold = {0};
        (void)read_column(&reading, "Nullable(Int64)", 5, bytes, sizeof(bytes));
        cr_assert(fold_in_steps(&fold, &reading, counts[i].op, false, 2, NULL) == STATUS_OK);
        cr_expect(load_i64(fold.out.parts[0].data) == counts[i].expected);
        fold_free(&fold);
        free_reading(&reading);
    }
}

/* The results that wait may be asked for at any time: the open group's states stay. */
Test(fold, a_flush_leaves_the_open_group)
{
    enum { N_STATES = 4000, MOST_OF_GROUP = 9 };
    static struct moments states[N_STATES];
    static double columns[3][N_STATES];
    uint64_t ns[N_STATES], random = 5;
    for (size_t i = 0; i < N_STATES; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        states[i] = (struct moments){2 + (random >> 60), (double)(random >> 40), 1};
        ns[i] = states[i].n;
        columns[1][i] = states[i].mean;
        columns[2][i] = states[i].m2;
    }
    memcpy(columns[0], ns, sizeof(ns));
    for (size_t flush_every = 1; flush_every < 40; flush_every += 6) {
        struct reading reading;
        struct fold fold = {0};
        (void)read_column(&reading, "Tuple(n UInt64, mean Float64, m2 Float64)", N_STATES, columns,
                          sizeof(columns));
        cr_assert(fold_init(&fold, reading.block, 0, FOLD_BY_TYPE, false, "x", NULL) == STATUS_OK);
        size_t n_groups = 0, begin = 0;
        for (size_t row = 0; row < N_STATES; row++) {
            cr_assert(fold_add(&fold, reading.block, row, row + 1, NULL) == STATUS_OK);
            if (row % flush_every == 0)
                cr_assert(fold_flush(&fold, NULL) == STATUS_OK);
            if (row + 1 < N_STATES && row - begin < random % 5 + n_groups % MOST_OF_GROUP)
                continue;
            struct moments expected = {0};
            cr_assert(fold_close(&fold, NULL) == STATUS_OK);
            cr_assert(moments_merge_all(states + begin, row + 1 - begin, &expected, NULL) ==
                      STATUS_OK);
            states[n_groups++] = expected; /* of states that are merged by now */
            begin = row + 1;
        }
        cr_assert(fold_flush(&fold, NULL) == STATUS_OK);
        cr_assert(fold.out.parts[1].size_bytes == 8 * n_groups);
        for (size_t i = 0; i < n_groups; i++) {
            cr_expect(load_u64(fold.out.parts[1].data + 8 * i) == states[i].n);
            cr_expect(load_f64(fold.out.parts[2].data + 8 * i) == states[i].mean);
            cr_expect(load_f64(fold.out.parts[3].data + 8 * i) == states[i].m2);
        }
        for (size_t i = 0; i < N_STATES; i++)
            states[i] = (struct moments){ns[i], columns[1][i], columns[2][i]};
        fold_free(&fold);
        free_reading(&reading);
    }
}
