/* Folds: the result never depends on where blocks and slices cut, and what does not fit is refused.
 */
#include "fold.h"
#include "moments.h"

#include <criterion/criterion.h>

struct reading {
    struct buf bytes;
    struct io_memory memory;
    struct native_reader reader;
    const struct native_block *block;
};

static void read_column(struct reading *reading, const char *type, uint64_t n_rows,
                        const void *values, size_t values_bytes)
{
    struct buf *bytes = &reading->bytes;
    *reading = (struct reading){0};
    cr_assert(buf_append_varuint(bytes, 1, NULL) == STATUS_OK);
    cr_assert(buf_append_varuint(bytes, n_rows, NULL) == STATUS_OK);
    cr_assert(buf_append(bytes, "\1x", 2, NULL) == STATUS_OK);
    cr_assert(buf_append_varuint(bytes, strlen(type), NULL) == STATUS_OK);
    cr_assert(buf_append(bytes, type, strlen(type), NULL) == STATUS_OK);
    cr_assert(buf_append(bytes, values, values_bytes, NULL) == STATUS_OK);
    reading->memory = (struct io_memory){bytes->data, bytes->size_bytes, 0};
    reading->reader = native_reader_init(io_input_of_memory(&reading->memory), SIZE_MAX);
    cr_assert(native_read_block(&reading->reader, &reading->block, NULL) == STATUS_OK);
}

static void free_reading(struct reading *reading)
{
    native_reader_free(&reading->reader);
    buf_free(&reading->bytes);
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

static void check_slices(const char *type, enum fold_op op, bool widen, uint64_t n_rows,
                         const void *values, size_t values_bytes)
{
    static const uint64_t steps[] = {1, 7, 4095, 4096, 4097};
    struct reading reading;
    struct fold whole = {0};
    read_column(&reading, type, n_rows, values, values_bytes);
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
}

static enum status sum(const char *type, bool widen, uint64_t n_rows, const void *values,
                       size_t values_bytes, struct buf *sum_out, struct err *err)
{
    struct reading reading;
    struct fold fold = {0};
    read_column(&reading, type, n_rows, values, values_bytes);
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
    check_sum("Int128", false, 3, signs, sizeof(signs), &sum, sizeof(sum));
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
        cr_expect(status == STATUS_OK && text.size_bytes == strlen(expected) &&
                      memcmp(text.data, expected, text.size_bytes) == 0,
                  "%s: expected %s, found %.*s", type, expected, (int)text.size_bytes,
                  (const char *)text.data);
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
    uint8_t bytes[sizeof(flags) + sizeof(values)];
    memcpy(bytes, flags, sizeof(flags));
    memcpy(bytes + sizeof(flags), values, sizeof(values));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (uint64_t step = 1; step <= 5; step++) {
            struct reading reading;
            struct fold fold = {0};
            read_column(&reading, "Nullable(Int64)", 5, bytes, sizeof(bytes));
            cr_assert(fold_in_steps(&fold, &reading, cases[i].op, false, step, NULL) == STATUS_OK);
            cr_assert(fold.out.parts[0].size_bytes == 1 && fold.out.parts[1].size_bytes == 8);
            cr_expect(fold.out.parts[0].data[0] == 0);
            cr_expect(load_i64(fold.out.parts[1].data) == cases[i].expected, "op %d: %lld",
                      (int)cases[i].op, (long long)load_i64(fold.out.parts[1].data));
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
        read_column(&reading, "Tuple(n UInt64, mean Float64, m2 Float64)", N_STATES, columns,
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
