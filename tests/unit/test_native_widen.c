/* native_widen and native_number: columns of many types as the declared ones. */
#include "native_widen.h"

#include "../mem_fail.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

/* Reads "01 ff" into bytes. */
static void append_hex(struct buf *buf, const char *hex)
{
    for (char *end = NULL;; hex = end) {
        unsigned long byte = strtoul(hex, &end, 16);
        if (end == hex)
            return;
        cr_assert_eq(buf_append_u8(buf, (uint8_t)byte, NULL), STATUS_OK);
    }
}

static void append_text(struct buf *buf, const char *text)
{
    cr_assert_eq(buf_append_varuint(buf, strlen(text), NULL), STATUS_OK);
    cr_assert_eq(buf_append(buf, text, strlen(text), NULL), STATUS_OK);
}

/* A block of one column named x. */
static void append_block(struct buf *buf, const char *type, unsigned n_rows, const char *hex)
{
    cr_assert_eq(buf_append_varuint(buf, 1, NULL), STATUS_OK);
    cr_assert_eq(buf_append_varuint(buf, n_rows, NULL), STATUS_OK);
    append_text(buf, "x");
    append_text(buf, type);
    append_hex(buf, hex);
}

static void print_value(FILE *to, const struct native_type *type, const struct native_node *node,
                        uint64_t row);

static void print_array(FILE *to, const struct native_type *type, const struct native_node *node,
                        uint64_t row)
{
    uint64_t begin = 0, end = 0;
    native_array_range(node, row, &begin, &end);
    fputc('[', to);
    for (uint64_t i = begin; i < end; i++) {
        fputs(i == begin ? "" : ",", to);
        print_value(to, type + 1, node + 1, i);
    }
    fputc(']', to);
}

static void print_tuple(FILE *to, const struct native_type *type, const struct native_node *node,
                        uint64_t row)
{
    for (uint32_t child = 1; child < type->n_nodes; child += type[child].n_nodes) {
        fputc(child == 1 ? '(' : ',', to);
        print_value(to, type + child, node + child, row);
    }
    fputc(')', to);
}

static void print_value(FILE *to, const struct native_type *type, const struct native_node *node,
                        uint64_t row)
{
    size_t size_bytes = 0;
    cr_assert_lt(row, node->n_rows);
    switch (type->kind) {
    case NATIVE_ARRAY:
        print_array(to, type, node, row);
        return;
    case NATIVE_TUPLE:
        print_tuple(to, type, node, row);
        return;
    case NATIVE_STRING: {
        const uint8_t *text = native_string(node, row, &size_bytes);
        fputc('\'', to);
        for (size_t i = 0; i < size_bytes; i++)
            fputs(text[i] == 0 ? "\\0" : (const char[]){(char)text[i], '\0'}, to);
        fputc('\'', to);
        return;
    }
    case NATIVE_FIXED:
        cr_assert_eq(type->width_bytes, 8);
        if (type->order == NATIVE_ORDER_UNSIGNED)
            fprintf(to, "%llu", (unsigned long long)load_u64(node->data + row * 8));
        else if (type->order == NATIVE_ORDER_SIGNED)
            fprintf(to, "%lld", (long long)load_i64(node->data + row * 8));
        else
            fprintf(to, "%.17g", load_f64(node->data + row * 8));
        return;
    default:
        cr_assert_fail("unexpected type %.*s", (int)type->text_bytes, type->text);
    }
}

static void print_column(const struct native_column *column, uint64_t n_rows, char *text,
                         size_t text_bytes)
{
    FILE *to = fmemopen(text, text_bytes, "w");
    cr_assert_not_null(to);
    for (uint64_t row = 0; row < n_rows; row++) {
        fputs(row == 0 ? "" : " ", to);
        print_value(to, native_type_root(&column->type), native_column_nodes(column), row);
    }
    fputc('\0', to);
    cr_assert_eq(fclose(to), 0);
}

/* Widens the only column of a block to the declared type. `text` gets the values, or the message.
 */
static enum status widen(const struct buf *block, const char *declared, char *text,
                         size_t text_bytes)
{
    struct io_memory memory = {block->data, block->size_bytes, 0};
    struct native_reader reader = native_reader_init(io_input_of_memory(&memory), SIZE_MAX);
    const struct native_block *read = NULL;
    struct native_widened widened = {0};
    struct err err = {0};
    enum status status = native_read_block(&reader, &read, &err);
    if (status == STATUS_OK)
        status = native_widened_init(&widened, declared, &err);
    if (status == STATUS_OK)
        status = native_widen(&widened, &read->columns[0], &err);
    snprintf(text, text_bytes, "%s", err.message);
    if (status == STATUS_OK)
        print_column(&widened.column, read->n_rows, text, text_bytes);
    native_widened_free(&widened);
    native_reader_free(&reader);
    return status;
}

static void expect(const char *type, unsigned n_rows, const char *hex, const char *declared,
                   enum status code, const char *expected)
{
    struct buf block = {0};
    char text[1024];
    append_block(&block, type, n_rows, hex);
    enum status status = widen(&block, declared, text, sizeof(text));
    cr_assert_eq(status, code, "%s as %s: expected status %d, found %d: %s", type, declared,
                 (int)code, (int)status, text);
    cr_assert_str_eq(text, expected, "%s as %s: expected %s, found %s", type, declared, expected,
                     text);
    buf_free(&block);
}

static void expect_values(const char *type, unsigned n_rows, const char *hex, const char *declared,
                          const char *values)
{
    expect(type, n_rows, hex, declared, STATUS_OK, values);
}

static void expect_refused_value(const char *type, unsigned n_rows, const char *hex,
                                 const char *declared, const char *message)
{
    expect(type, n_rows, hex, declared, STATUS_FORMAT, message);
}

static void expect_refused_type(const char *type, const char *declared)
{
    char message[512];
    snprintf(message, sizeof(message), "expected the type %s, found %s", declared, type);
    expect(type, 0, "", declared, STATUS_MISMATCH, message);
}

/* A small number in 8 bytes; 8 bytes of zeros and of ones. */
#define SMALL_8(hex) " " hex " 00 00 00 00 00 00 00"
#define ZEROS_8 SMALL_8("00")
#define ONES_8 " ff ff ff ff ff ff ff ff"
#define MIN_8 " 00 00 00 00 00 00 00 80"
#define MAX_8 " ff ff ff ff ff ff ff 7f"

Test(native_widen, integers)
{
    expect_values("UInt8", 3, "00 07 ff", "UInt64", "0 7 255");
    expect_values("UInt8", 2, "07 ff", "Int64", "7 255");
    expect_values("UInt16", 2, "07 00 ff ff", "Int64", "7 65535");
    expect_values("UInt32", 2, "07 00 00 00 ff ff ff ff", "UInt64", "7 4294967295");
    expect_values("UInt64", 1, ONES_8, "UInt64", "18446744073709551615");
    expect_values("UInt64", 1, MAX_8, "Int64", "9223372036854775807");
    expect_values("Int8", 2, "80 7f", "Int64", "-128 127");
    expect_values("Int16", 2, "00 80 ff 7f", "Int64", "-32768 32767");
    expect_values("Int32", 1, "00 00 00 80", "Int64", "-2147483648");
    expect_values("Int64", 1, SMALL_8("07"), "UInt64", "7");
    expect_values("Int8", 2, "00 7f", "UInt64", "0 127");
    expect_values("UInt128", 1, ONES_8 ZEROS_8, "UInt64", "18446744073709551615");
    expect_values("Int128", 2, "f9 ff ff ff ff ff ff ff" ONES_8 SMALL_8("07") ZEROS_8, "Int64",
                  "-7 7");
    expect_values("Int128", 1, MIN_8 ONES_8, "Int64", "-9223372036854775808");
    expect_values("Int256", 1, MAX_8 ZEROS_8 ZEROS_8 ZEROS_8, "Int64", "9223372036854775807");
    expect_values("UInt256", 1, SMALL_8("07") ZEROS_8 ZEROS_8 ZEROS_8, "UInt64", "7");
}

Test(native_widen, what_is_stored_as_an_integer)
{
    expect_values("Bool", 2, "00 01", "Int64", "0 1");
    expect_values("Enum8('a' = -3, 'b' = 5)", 2, "fd 05", "Int64", "-3 5");
    expect_values("Enum16('a' = -300)", 1, "d4 fe", "Int64", "-300");
    expect_values("Date", 1, "56 47", "Int64", "18262");
    expect_values("Date32", 1, "ee c6 ff ff", "Int64", "-14610");
    expect_values("DateTime('UTC')", 1, "80 df 0b 5e", "UInt64", "1577836416");
    expect_values("DateTime", 1, "ff ff ff ff", "Int64", "4294967295");
    expect_values("Time", 1, "60 f0 ff ff", "Int64", "-4000");
    expect_values("IntervalDay", 1, SMALL_8("05"), "Int64", "5");
    expect_values("SimpleAggregateFunction(sum, UInt64)", 1, SMALL_8("05"), "UInt64", "5");
    expect_values("SimpleAggregateFunction(max, UInt32)", 1, "05 00 00 00", "Int64", "5");
    expect_values("IPv4", 1, "04 03 02 01", "UInt64", "16909060");
    expect_refused_type("IPv4", "Int64");
    expect_refused_type("IPv4", "Float64");
}

Test(native_widen, integers_that_do_not_fit)
{
    expect_refused_value("UInt64", 2, SMALL_8("07") MIN_8, "Int64",
                         "row 2: expected a value of Int64, found 9223372036854775808");
    expect_refused_value("Int8", 3, "01 02 ff", "UInt64",
                         "row 3: expected a value of UInt64, found -1");
    expect_refused_value("Int64", 1, MIN_8, "UInt64",
                         "row 1: expected a value of UInt64, found -9223372036854775808");
    expect_refused_value("UInt128", 1, ZEROS_8 SMALL_8("01"), "UInt64",
                         "row 1: expected a value of UInt64, found 1.8446744073709552e+19");
    expect_refused_value("Int128", 1, ONES_8 ONES_8, "UInt64",
                         "row 1: expected a value of UInt64, found -1");
    expect_refused_value("Int128", 1, MAX_8 ONES_8, "Int64",
                         "row 1: expected a value of Int64, found -9.2233720368547758e+18");
    expect_refused_value("UInt256", 1, MIN_8 ZEROS_8 ZEROS_8 ZEROS_8, "Int64",
                         "row 1: expected a value of Int64, found 9.2233720368547758e+18");
    expect_refused_value("UInt256", 1, ZEROS_8 ZEROS_8 ZEROS_8 SMALL_8("01"), "UInt64",
                         "row 1: expected a value of UInt64, found 6.2771017353866808e+57");
}

Test(native_widen, integers_as_floats)
{
    expect_values("UInt8", 2, "00 ff", "Float64", "0 255");
    expect_values("Int8", 1, "ff", "Float64", "-1");
    expect_values("UInt32", 1, "ff ff ff ff", "Float64", "4294967295");
    expect_values("UInt64", 2, "00 00 00 00 00 00 20 00 00 f8 ff ff ff ff ff ff", "Float64",
                  "9007199254740992 1.844674407370955e+19");
    expect_values("Int64", 1, MIN_8, "Float64", "-9.2233720368547758e+18");
    expect_values("UInt256", 1, ZEROS_8 ZEROS_8 SMALL_8("01") ZEROS_8, "Float64",
                  "3.4028236692093846e+38");
    expect_values("Int256", 1, ZEROS_8 ONES_8 ONES_8 ONES_8, "Float64", "-1.8446744073709552e+19");
    expect_refused_value("UInt64", 2, SMALL_8("01") " 01 00 00 00 00 00 20 00", "Float64",
                         "row 2: expected a value of Float64, found 9007199254740993");
    expect_refused_value("UInt64", 1, ONES_8, "Float64",
                         "row 1: expected a value of Float64, found 18446744073709551615");
    expect_refused_value("Int64", 1, MAX_8, "Float64",
                         "row 1: expected a value of Float64, found 9223372036854775807");
    expect_refused_value("Int64", 1, " ff ff ff ff ff ff df ff", "Float64",
                         "row 1: expected a value of Float64, found -9007199254740993");
    expect_values("UInt128", 1, " ff ff ff ff ff ff 1f 00" ZEROS_8, "Float64", "9007199254740991");
    expect_refused_value("UInt128", 1, " 01 00 00 00 00 00 20 00" ZEROS_8, "Float64",
                         "row 1: expected a value of Float64, found 9007199254740992");
    expect_refused_value("UInt128", 1, SMALL_8("01") " 00 00 20 00 00 00 00 00", "Float64",
                         "row 1: expected a value of Float64, found 3.8685626227668134e+25");
}

Test(native_widen, floats)
{
    expect_values("Float32", 3, "00 00 80 3f cd cc cc 3d 00 00 c0 7f", "Float64",
                  "1 0.10000000149011612 nan");
    expect_values("BFloat16", 2, "80 3f c8 3d", "Float64", "1 0.09765625");
    expect_values("Float64", 3, " 00 00 00 00 00 00 f0 3f" MIN_8 " 00 00 00 00 00 00 e0 c3",
                  "Int64", "1 0 -9223372036854775808");
    expect_values("Float32", 1, "00 00 80 4b", "UInt64", "16777216");
    expect_refused_value("Float64", 1, "00 00 00 00 00 00 f8 3f", "Int64",
                         "row 1: expected a value of Int64, found 1.5");
    expect_refused_value("Float64", 1, "00 00 00 00 00 00 e0 43", "Int64",
                         "row 1: expected a value of Int64, found 9.2233720368547758e+18");
    expect_refused_value("Float64", 1, "00 00 00 00 00 00 f0 43", "UInt64",
                         "row 1: expected a value of UInt64, found 1.8446744073709552e+19");
    expect_refused_value("Float32", 1, "00 00 80 bf", "UInt64",
                         "row 1: expected a value of UInt64, found -1");
    expect_refused_value("Float32", 1, "00 00 80 7f", "Int64",
                         "row 1: expected a value of Int64, found inf");
    expect_refused_value("Float32", 1, "00 00 c0 7f", "UInt64",
                         "row 1: expected a value of UInt64, found nan");
}

/* The server's cast cuts the fraction off, towards zero. */
Test(native_widen, scaled_numbers)
{
    expect_values("DateTime64(3, 'UTC')", 2, "15 03 00 00 00 00 00 00 0c fe ff ff ff ff ff ff",
                  "Int64", "0 0");
    expect_values("DateTime64(0)", 1, "0c fe ff ff ff ff ff ff", "Int64", "-500");
    expect_values("DateTime64(3)", 1, "0c fe ff ff ff ff ff ff", "Float64", "-0.5");
    expect_values("Time64(1)", 1, SMALL_8("13"), "UInt64", "1");
    expect_values("Decimal(9, 2)", 2, "d5 02 00 00 f9 fc ff ff", "Int64", "7 -7");
    expect_values("Decimal(9, 2)", 1, "d5 02 00 00", "Float64", "7.25");
    expect_values("Decimal(18, 1)", 1, "fb ff ff ff ff ff ff ff", "UInt64", "0");
    expect_values("Decimal(38, 2)", 1, ZEROS_8 SMALL_8("64"), "Float64", "1.8446744073709552e+19");
    expect_refused_value("Decimal(38, 2)", 1, ZEROS_8 SMALL_8("64"), "UInt64",
                         "row 1: expected a value of UInt64, found 1.8446744073709552e+19");
    expect_refused_value("Decimal(38, 2)", 1, ZEROS_8 SMALL_8("64"), "Int64",
                         "row 1: expected a value of Int64, found 1.8446744073709552e+19");
    expect_refused_value("Decimal(9, 0)", 1, "ff ff ff ff", "UInt64",
                         "row 1: expected a value of UInt64, found -1");
    expect_refused_type("Decimal(76, 2)", "Int64");
    expect_refused_type("DateTime64(39)", "Int64");
}

Test(native_widen, nullable)
{
    expect_values("Nullable(UInt8)", 2, "00 00 07 08", "Int64", "7 8");
    expect_values("Nullable(Int64)", 1, "00" SMALL_8("07"), "Int64", "7");
    expect_refused_value("Nullable(UInt8)", 2, "00 01 07 08", "Int64",
                         "row 2: expected a value of Int64, found NULL");
    expect_refused_value("Nullable(Nothing)", 1, "01 00", "Int64",
                         "row 1: expected a value of Int64, found NULL");
}

/* The row is the function's, not the element's place among all elements. */
Test(native_widen, arrays)
{
    expect_values("Array(UInt8)", 3, SMALL_8("02") SMALL_8("02") SMALL_8("03") " 07 08 09",
                  "Array(Int64)", "[7,8] [] [9]");
    expect_values("Array(Array(Date))", 2,
                  SMALL_8("02") SMALL_8("02") SMALL_8("01") SMALL_8("02") " 07 00 08 00",
                  "Array(Array(Int64))", "[[7],[8]] []");
    expect_values("Array(Nullable(UInt8))", 1, SMALL_8("02") " 00 00 07 08", "Array(UInt64)",
                  "[7,8]");
    expect_refused_value("Array(Nullable(UInt8))", 3,
                         SMALL_8("01") SMALL_8("01") SMALL_8("03") " 00 00 01 07 08 09",
                         "Array(Int64)", "row 3: expected a value of Int64, found NULL");
    expect_refused_value("Array(Array(Int8))", 3,
                         SMALL_8("00") SMALL_8("02") SMALL_8("03") SMALL_8("01") SMALL_8("02")
                             SMALL_8("03") " 01 ff 01",
                         "Array(Array(UInt64))", "row 2: expected a value of UInt64, found -1");
    expect_refused_type("UInt8", "Array(Int64)");
    expect_refused_type("Array(UInt8)", "Int64");
    expect_refused_type("Array(Array(UInt8))", "Array(Int64)");
}

#define STATE "Tuple(n UInt64, mean Float64, m2 Float64)"

Test(native_widen, empty_arrays)
{
    expect_values("Array(Nothing)", 2, ZEROS_8 ZEROS_8, "Array(Int64)", "[] []");
    expect_values("Array(Nothing)", 1, ZEROS_8, "Array(" STATE ")", "[]");
    expect_values("Array(Nothing)", 1, ZEROS_8, "Array(String)", "[]");
    expect_values("Array(Nothing)", 1, ZEROS_8, "Array(Array(Int64))", "[]");
    expect_values("Array(Nothing)", 0, "", "Array(Int64)", "");
    expect_refused_value("Array(Nothing)", 2, ZEROS_8 SMALL_8("01") " 00", "Array(Int64)",
                         "row 2: expected a value of Int64, found Nothing");
}

Test(native_widen, tuples)
{
    expect_values("Tuple(UInt8, Float64, UInt8)", 2,
                  "01 02" ZEROS_8 " 00 00 00 00 00 00 f8 3f 00 05", STATE, "(1,0,0) (2,1.5,5)");
    expect_values("Tuple(n UInt8, mean Float32, m2 UInt16)", 1, "01 00 00 80 3f 07 00", STATE,
                  "(1,1,7)");
    expect_values("Tuple(m2 UInt8, n UInt8, mean UInt8)", 1, "01 02 03", STATE, "(2,3,1)");
    expect_values("Array(Tuple(UInt8, UInt8, UInt8))", 2,
                  SMALL_8("01") SMALL_8("02") " 01 02 03 04 05 06", "Array(" STATE ")",
                  "[(1,3,5)] [(2,4,6)]");
    expect_values("Nested(n UInt8, mean UInt8, m2 UInt8)", 1, SMALL_8("01") " 01 02 03",
                  "Array(" STATE ")", "[(1,2,3)]");
    expect_values(
        "Tuple(LowCardinality(UInt8), Nullable(UInt8), UInt8)", 1,
        SMALL_8("01") " 00 02 00 00 00 00 00 00" SMALL_8("01") " 07" SMALL_8("01") " 00 00 02 03",
        STATE, "(7,2,3)");
    expect_refused_value("Array(Tuple(UInt8, Nullable(UInt8), UInt8))", 2,
                         SMALL_8("01") SMALL_8("02") " 01 02 00 01 03 04 05 06", "Array(" STATE ")",
                         "row 2: expected a value of Float64, found NULL");
    expect_refused_type("Tuple(UInt8, UInt8)", STATE);
    expect_refused_type("Tuple(UInt8, UInt8, UInt8, UInt8)", STATE);
    expect_refused_type("Tuple(n UInt8, mean UInt8, x UInt8)", STATE);
    expect_refused_type("Tuple(UInt8, UInt8, String)", STATE);
    expect_refused_type("Tuple()", STATE);
    expect_refused_type(STATE, "Int64");
}

/* Version 1; flags: own keys, indexes of one byte; keys; indexes. */
#define LOW_CARDINALITY(n_keys, keys, n_rows, indexes) \
    SMALL_8("01") " 00 02 00 00 00 00 00 00" SMALL_8(n_keys) " " keys SMALL_8(n_rows) " " indexes

Test(native_widen, low_cardinality)
{
    expect_values("LowCardinality(UInt8)", 3, LOW_CARDINALITY("03", "00 07 09", "03", "01 02 01"),
                  "Int64", "7 9 7");
    expect_values("LowCardinality(Int64)", 1, LOW_CARDINALITY("01", SMALL_8("07"), "01", "00"),
                  "Int64", "7");
    expect_values("LowCardinality(Nullable(Date))", 1,
                  LOW_CARDINALITY("02", "00 00 07 00", "01", "01"), "Int64", "7");
    expect_values("LowCardinality(String)", 3,
                  LOW_CARDINALITY("03", "00 01 61 02 62 63", "03", "02 00 01"), "String",
                  "'bc' '' 'a'");
    expect_values("LowCardinality(FixedString(2))", 2,
                  LOW_CARDINALITY("02", "61 00 62 63", "02", "01 00"), "String", "'bc' 'a'");
    expect_values("LowCardinality(UInt8)", 0, "", "Int64", "");
    expect_values("LowCardinality(String)", 0, "", "String", "");
    /* A key that no row has need not fit. */
    expect_values("LowCardinality(Int8)", 1, LOW_CARDINALITY("02", "ff 07", "01", "01"), "UInt64",
                  "7");
    expect_refused_value("LowCardinality(Nullable(UInt8))", 2,
                         LOW_CARDINALITY("02", "00 07", "02", "01 00"), "Int64",
                         "row 2: expected a value of Int64, found NULL");
    expect_refused_value("LowCardinality(Int8)", 2, LOW_CARDINALITY("02", "ff 07", "02", "01 00"),
                         "UInt64", "row 2: expected a value of UInt64, found -1");
    expect_refused_type("LowCardinality(String)", "Int64");
}

Test(native_widen, strings)
{
    expect_values("FixedString(3)", 4, "61 62 63 61 00 00 00 00 00 61 00 62", "String",
                  "'abc' 'a' '' 'a\\0b'");
    expect_values("Nullable(String)", 2, "00 00 01 61 00", "String", "'a' ''");
    expect_values("Array(FixedString(1))", 2, SMALL_8("01") SMALL_8("02") " 61 62", "Array(String)",
                  "['a'] ['b']");
    expect_values("FixedString(3)", 0, "", "String", "");
    expect_refused_type("String", "Int64");
    expect_refused_type("UInt8", "String");
    expect_refused_type("UUID", "UInt64");
    expect_refused_type("IPv6", "UInt64");
    expect_refused_type("UUID", "String");
    expect_refused_type("FixedString(8)", "Int64");
    expect_refused_type("Variant(UInt8)", "Int64");
}

#define AGGREGATE "AggregateFunction(varSampStable, Float64)"

Test(native_widen, aggregates_only_as_they_are)
{
    expect_refused_type("Float64", AGGREGATE);
    expect_refused_type(AGGREGATE, "Float64");
}

/* The memory of one block serves the next. */
Test(native_widen, goes_from_block_to_block)
{
    static const char *const hexes[] = {"01 02 03", "07"};
    static const unsigned rows[] = {3, 1};
    static const char *const expected[] = {"1 2 3", "7"};
    struct native_widened widened = {0};
    cr_assert_eq(native_widened_init(&widened, "Int64", NULL), STATUS_OK);
    for (size_t i = 0; i < 2; i++) {
        struct buf block = {0};
        char text[64];
        append_block(&block, "UInt8", rows[i], hexes[i]);
        struct io_memory memory = {block.data, block.size_bytes, 0};
        struct native_reader reader = native_reader_init(io_input_of_memory(&memory), SIZE_MAX);
        const struct native_block *read = NULL;
        cr_assert_eq(native_read_block(&reader, &read, NULL), STATUS_OK);
        cr_assert_eq(native_widen(&widened, &read->columns[0], NULL), STATUS_OK);
        print_column(&widened.column, rows[i], text, sizeof(text));
        cr_assert_str_eq(text, expected[i]);
        native_reader_free(&reader);
        buf_free(&block);
    }
    native_widened_free(&widened);
}

/* Strings picked by a LowCardinality inside tuples take every path that allocates. */
Test(native_widen, reports_every_failed_allocation)
{
    struct buf block = {0};
    append_block(&block, "Tuple(LowCardinality(FixedString(2)), UInt8)", 2,
                 LOW_CARDINALITY("02", "61 00 62 63", "02", "01 00") " 07 08");
    for (unsigned long n = 1;; n++) {
        char text[1024];
        mem_fail_call(n);
        enum status status = widen(&block, "Tuple(String, Int64)", text, sizeof(text));
        mem_fail_call(0);
        if (status == STATUS_OK) {
            cr_assert_str_eq(text, "('bc',7) ('a',8)");
            cr_assert_gt(n, 8, "expected more allocations, found %lu", n);
            break;
        }
        cr_assert_eq(status, STATUS_NOMEM, "%s", text);
    }
    buf_free(&block);
}
