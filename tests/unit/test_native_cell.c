/* Single values of Native columns: their RowBinary form, order, changes and copies. */
#include "native_cell.h"
#include "one_column.h"

#include <math.h>
#include <stdio.h>

static int compare_rows(const struct native_column *column, uint64_t a, uint64_t b, bool below)
{
    struct buf left = {0}, right = {0};
    cr_assert(native_cell_encode(column, a, &left, NULL) == STATUS_OK);
    cr_assert(native_cell_encode(column, b, &right, NULL) == STATUS_OK);
    const uint8_t *left_at = left.data, *right_at = right.data;
    const struct native_type *type = native_type_root(&column->type);
    int order = below ? native_cell_compare_nulls_below(type, &left_at, &right_at)
                      : native_cell_compare(type, &left_at, &right_at);
    if (order == 0) {
        cr_expect(left_at == left.data + left.size_bytes, "the cursor stands after the value");
        cr_expect(right_at == right.data + right.size_bytes, "the cursor stands after the value");
    }
    buf_free(&left);
    buf_free(&right);
    return (order > 0) - (order < 0);
}

/* Rows that ascend, as ORDER BY ... ASC puts them. */
static void check_ascending(const char *type, uint64_t n_rows, const void *values,
                            size_t values_bytes)
{
    struct reading reading;
    const struct native_column *column = read_column(&reading, type, n_rows, values, values_bytes);
    for (uint64_t a = 0; a < n_rows; a++)
        for (uint64_t b = 0; b < n_rows; b++)
            cr_expect(compare_rows(column, a, b, false) == (a > b) - (a < b), "%s: rows %d and %d",
                      type, (int)a, (int)b);
    free_reading(&reading);
}

Test(native_cell, integers_compare_by_value)
{
    check_ascending("UInt8", 3, "\x00\x7f\x80", 3);
    check_ascending("Int8", 3, "\x80\xff\x7f", 3);
    check_ascending("UInt16", 3, "\xff\x00\x00\x01\x00\xff", 6);
    check_ascending("Int16", 3, "\x00\x80\xff\xff\x00\x01", 6);
    check_ascending("Enum8('a' = -1, 'b' = 2)", 2, "\xff\x02", 2);
    check_ascending("Decimal(9, 2)", 2, "\x6a\xff\xff\xff\x01\x00\x00\x00", 8);
}

Test(native_cell, uuid_compares_by_its_second_half)
{
    static const uint64_t halves[] = {9, 1, 0, 2, 1, 2};
    check_ascending("UUID", 3, halves, sizeof(halves));
}

Test(native_cell, addresses_and_fixed_strings_compare_as_bytes)
{
    check_ascending("FixedString(2)", 3, "a\0ab\xff\0", 6);
    uint8_t addresses[32] = {0};
    addresses[15] = 0xff;
    addresses[16] = 1;
    check_ascending("IPv6", 2, addresses, sizeof(addresses));
}

Test(native_cell, strings_compare_with_the_shorter_prefix_first)
{
    check_ascending("String", 5,
                    "\x00\x01"
                    "a\x02"
                    "a\0\x02"
                    "aa\x01\xff",
                    11);
}

Test(native_cell, nulls_come_last_whatever_stands_under_them)
{
    check_ascending("Nullable(UInt8)", 2, "\0\1\xff\0", 4);
    struct reading reading;
    const struct native_column *column = read_column(&reading, "Nullable(UInt8)", 2, "\1\1\5\6", 4);
    uint8_t changed[2] = {0};
    cr_expect(compare_rows(column, 0, 1, false) == 0);
    native_cell_mark_changes(column, 2, changed);
    cr_expect(changed[1] == 0, "the junk under a NULL is no difference");
    free_reading(&reading);
}

Test(native_cell, nulls_below_puts_null_and_nan_first)
{
    struct reading reading;
    const struct native_column *column = read_column(&reading, "Nullable(UInt8)", 2, "\0\1\0\0", 4);
    cr_expect(compare_rows(column, 0, 1, false) < 0);
    cr_expect(compare_rows(column, 0, 1, true) > 0);
    free_reading(&reading);
    const double values[] = {-INFINITY, NAN};
    column = read_column(&reading, "Float64", 2, values, sizeof(values));
    cr_expect(compare_rows(column, 0, 1, false) < 0);
    cr_expect(compare_rows(column, 0, 1, true) > 0);
    free_reading(&reading);
}

Test(native_cell, arrays_compare_element_by_element)
{
    /* [], [1], [1, 1], [2] */
    static const uint64_t ends[] = {0, 1, 3, 4};
    struct buf values = {0};
    cr_assert(buf_append(&values, ends, sizeof(ends), NULL) == STATUS_OK);
    cr_assert(buf_append(&values, "\1\1\1\2", 4, NULL) == STATUS_OK);
    check_ascending("Array(UInt8)", 4, values.data, values.size_bytes);
    buf_free(&values);
}

static void check_changes(const char *type, const void *values, size_t values_bytes)
{
    enum { N_ROWS = 4 };
    uint8_t changed[N_ROWS + 1] = {0}; /* the last one is nobody's */
    struct reading reading;
    const struct native_column *column = read_column(&reading, type, N_ROWS, values, values_bytes);
    native_cell_mark_changes(column, N_ROWS, changed);
    cr_expect(memcmp(changed, "\0\1\0\1", sizeof(changed)) == 0, "%s", type);
    free_reading(&reading);
}

Test(native_cell, changes_are_marked_where_rows_differ)
{
    /* 1, 2, 2, 1: where the values' first byte differs, and where their last does */
    for (size_t width_bytes = 1; width_bytes <= 32; width_bytes *= 2)
        for (size_t side = 0; side < 2; side++) {
            size_t at = side * (width_bytes - 1);
            uint8_t values[4 * 32] = {0};
            char type[16];
            for (size_t row = 0; row < 4; row++)
                values[row * width_bytes + at] = row == 1 || row == 2 ? 2 : 1;
            snprintf(type, sizeof(type), "UInt%zu", 8 * width_bytes);
            check_changes(type, values, 4 * width_bytes);
        }
    check_changes("FixedString(3)", "abcabdabdabc", 12);
    check_changes("String", "\1a\2aa\2aa\1a", 10);
    check_changes("Tuple(UInt8, UInt8)", "\1\1\1\1\1\2\2\1", 8);
}

static void check_printed(const char *type, const void *values, size_t values_bytes,
                          const char *expected)
{
    struct reading reading;
    struct buf value = {0}, text = {0};
    const struct native_column *column = read_column(&reading, type, 1, values, values_bytes);
    cr_assert(native_cell_encode(column, 0, &value, NULL) == STATUS_OK);
    const uint8_t *at = value.data;
    cr_assert(native_cell_print(native_type_root(&column->type), &at, &text, NULL) == STATUS_OK);
    cr_expect(at == value.data + value.size_bytes, "%s", type);
    cr_expect(text.size_bytes == strlen(expected) &&
                  memcmp(text.data, expected, text.size_bytes) == 0,
              "%s: expected %s, found %.*s", type, expected, (int)text.size_bytes,
              (const char *)text.data);
    buf_free(&value);
    buf_free(&text);
    free_reading(&reading);
}

Test(native_cell, values_are_printed_as_people_read_them)
{
    check_printed("Tuple(String, UInt8)", "\3a'b\7", 5, "('a\\'b', 7)");
    check_printed("Tuple(Int16, Nullable(String))", "\xfe\xff\1\0", 4, "(-2, NULL)");
    check_printed("Nullable(String)", "\0\2\n\x7f", 4, "'\\x0A\\x7F'");
    check_printed("FixedString(2)", "ab", 2, "'ab'");
    check_printed("UInt128", "\1\2\0\0\0\0\0\0\0\0\0\0\0\0\0\3", 16,
                  "0x01020000000000000000000000000003");
    check_printed("Tuple(Int8, UInt16, Int32, Int64)",
                  "\xff\xff\xff\xfe\xff\xff\xff\xfd\xff\xff\xff\xff\xff\xff\xff", 15,
                  "(-1, 65535, -2, -3)");
    check_printed("Tuple(Float32, BFloat16)", "\xcd\xcc\xcc\x3d\xc0\x3f", 6, "(0.100000001, 1.5)");
    check_printed("Array(Float64)", "\2\0\0\0\0\0\0\0\0\0\0\0\0\0\xf8\x3f\0\0\0\0\0\0\0\xc0", 24,
                  "[1.5, -2]");
}

/* Puts a value together again and compares its parts. */
static void check_built(const char *type, const void *values, size_t values_bytes,
                        const char *const *parts, const size_t *parts_bytes)
{
    struct reading reading;
    struct buf value = {0};
    struct native_builder builder = {0};
    const struct native_column *column = read_column(&reading, type, 1, values, values_bytes);
    cr_assert(native_builder_init_plain(&builder, column, NULL) == STATUS_OK);
    cr_assert(native_cell_encode(column, 0, &value, NULL) == STATUS_OK);
    const uint8_t *at = value.data;
    struct buf *part = builder.parts;
    cr_assert(native_cell_append(native_type_root(&column->type), &at, &part, NULL) == STATUS_OK);
    cr_expect(at == value.data + value.size_bytes, "%s", type);
    size_t n_parts = native_type_count(&builder.type);
    cr_assert(part == builder.parts + n_parts, "%s", type);
    for (size_t i = 0; i < n_parts; i++)
        cr_expect(builder.parts[i].size_bytes == parts_bytes[i] &&
                      (parts_bytes[i] == 0 ||
                       memcmp(builder.parts[i].data, parts[i], parts_bytes[i]) == 0),
                  "%s: part %zu", type, i);
    native_builder_free(&builder);
    buf_free(&value);
    free_reading(&reading);
}

Test(native_cell, values_are_built_with_what_stands_under_a_null)
{
    static const char type[] = "Nullable(Tuple(UInt16, Array(String), Nullable(UInt8)))";
    static const char of_null[] = "\1"
                                  "\x11\x22"
                                  "\0\0\0\0\0\0\0\0"
                                  "\0\7";
    static const char of_value[] = "\0"
                                   "\x11\x22"
                                   "\1\0\0\0\0\0\0\0\2xy"
                                   "\0\7";
    check_built(type, of_null, sizeof(of_null) - 1,
                (const char *const[]){"\1", "", "\0\0", "\0\0\0\0\0\0\0\0", "", "\1", "\0"},
                (const size_t[]){1, 0, 2, 8, 0, 1, 1});
    check_built(type, of_value, sizeof(of_value) - 1,
                (const char *const[]){"\0", "", "\x11\x22", "\1\0\0\0\0\0\0\0", "\2xy", "\0", "\7"},
                (const size_t[]){1, 0, 2, 8, 3, 1, 1});
    check_built("Tuple(LowCardinality(Nullable(String)))",
                "\1\0\0\0\0\0\0\0\0\6\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0", 34,
                (const char *const[]){"", "\1", "\0"}, (const size_t[]){0, 1, 1});
}

Test(native_cell, keys_make_zeros_and_nans_one)
{
    const double values[] = {0.0, -0.0, NAN, -NAN, 1.0};
    struct reading reading;
    const struct native_column *column =
        read_column(&reading, "Float64", 5, values, sizeof(values));
    uint8_t changed[5] = {0};
    native_cell_mark_changes(column, 5, changed);
    cr_expect_arr_eq(changed, ((uint8_t[]){0, 0, 1, 0, 1}), 5);
    struct buf keys[4] = {{0}};
    for (uint64_t row = 0; row < 4; row++)
        cr_assert(native_cell_encode_key(column, row, &keys[row], NULL) == STATUS_OK);
    cr_expect_arr_eq(keys[0].data, keys[1].data, 8);
    cr_expect_arr_eq(keys[2].data, keys[3].data, 8);
    for (size_t i = 0; i < 4; i++)
        buf_free(&keys[i]);
    free_reading(&reading);
}

Test(native_cell, low_cardinality_compares_by_value)
{
    /* dictionary '', 'b', 'a' and a second 'b': rows a, b, b by another index */
    static const uint64_t words[] = {1, 0x600, 4};
    struct buf values = {0};
    struct reading reading;
    uint8_t changed[3] = {0};
    cr_assert(buf_append(&values, words, sizeof(words), NULL) == STATUS_OK);
    cr_assert(buf_append(&values, "\0\1b\1a\1b", 7, NULL) == STATUS_OK);
    cr_assert(buf_append_u64(&values, 3, NULL) == STATUS_OK);
    cr_assert(buf_append(&values, "\2\1\3", 3, NULL) == STATUS_OK);
    const struct native_column *column =
        read_column(&reading, "LowCardinality(String)", 3, values.data, values.size_bytes);
    native_cell_mark_changes(column, 3, changed);
    cr_expect_arr_eq(changed, ((uint8_t[]){0, 1, 0}), 3);
    cr_expect(compare_rows(column, 0, 1, false) < 0);
    cr_expect(compare_rows(column, 1, 2, false) == 0);
    free_reading(&reading);
    buf_free(&values);
}

Test(native_cell, low_cardinality_tells_null_from_the_value_that_stands_for_it)
{
    /* dictionary NULL, '', 'a' and a second 'a': rows NULL, '', NULL, NULL, a, a by another index
     */
    static const uint64_t words[] = {1, 0x600, 4};
    struct buf values = {0};
    struct reading reading;
    uint8_t changed[6] = {0};
    cr_assert(buf_append(&values, words, sizeof(words), NULL) == STATUS_OK);
    cr_assert(buf_append(&values, "\0\0\1a\1a", 6, NULL) == STATUS_OK);
    cr_assert(buf_append_u64(&values, 6, NULL) == STATUS_OK);
    cr_assert(buf_append(&values, "\0\1\0\0\2\3", 6, NULL) == STATUS_OK);
    const struct native_column *column = read_column(&reading, "LowCardinality(Nullable(String))",
                                                     6, values.data, values.size_bytes);
    native_cell_mark_changes(column, 6, changed);
    cr_expect_arr_eq(changed, ((uint8_t[]){0, 1, 1, 0, 1, 0}), 6);
    free_reading(&reading);
    /* the same inside an array, whose elements are compared one by one */
    static const uint64_t ends[] = {1, 2, 3, 4, 5, 6};
    struct buf array = {0};
    memset(changed, 0, sizeof(changed));
    cr_assert(buf_append(&array, words, 8, NULL) == STATUS_OK); /* the version comes first */
    cr_assert(buf_append(&array, ends, sizeof(ends), NULL) == STATUS_OK);
    cr_assert(buf_append(&array, values.data + 8, values.size_bytes - 8, NULL) == STATUS_OK);
    column = read_column(&reading, "Array(LowCardinality(Nullable(String)))", 6, array.data,
                         array.size_bytes);
    native_cell_mark_changes(column, 6, changed);
    cr_expect_arr_eq(changed, ((uint8_t[]){0, 1, 1, 0, 1, 0}), 6);
    free_reading(&reading);
    buf_free(&values);
    buf_free(&array);
}

static void check_plain(const char *type, const char *expected)
{
    struct native_type_tree tree = {0};
    struct buf text = {0};
    cr_assert(native_type_parse(&tree, type, strlen(type), NULL) == STATUS_OK);
    cr_assert(native_cell_plain_type(native_type_root(&tree), &text, NULL) == STATUS_OK);
    cr_expect_str_eq((const char *)text.data, expected, "%s: expected %s, found %s", type, expected,
                     (const char *)text.data);
    buf_free(&text);
    native_type_tree_free(&tree);
}

Test(native_cell, plain_types_have_no_low_cardinality)
{
    check_plain("UInt8", "UInt8");
    check_plain("LowCardinality(Nullable(String))", "Nullable(String)");
    check_plain("Map(LowCardinality(String), Array(LowCardinality(FixedString(3))))",
                "Map(String, Array(FixedString(3)))");
    check_plain("SimpleAggregateFunction(any, LowCardinality(String))",
                "SimpleAggregateFunction(any, String)");
    check_plain("Tuple(a LowCardinality(String), p Point)", "Tuple(a String, p Point)");
}
