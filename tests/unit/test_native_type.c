/* native_type: ClickHouse's type names become layouts. */
#include "native_type.h"

#include "../mem_fail.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* A layout as text: 8u, 4s, 8f, 16b, 16i (width and order), S, V, ?(nullable), A(array),
 * T(name=element,...), L(dictionary), L?(dictionary that holds NULL), O(variant), J(JSON), 64q
 * (QBit), Z(state). */
static size_t describe(const struct native_type *types, size_t i, char *to)
{
    static const char orders[] = "usfbi";
    static const char *const letters[] = {"", "S", "?", "A", "T", "L", "V", "O", "J", "q", "Z"};
    const struct native_type *type = &types[i];
    size_t n = 0;
    if (type->name != NULL)
        n += (size_t)sprintf(to, "%.*s=", (int)type->name_bytes, type->name);
    if (type->kind == NATIVE_FIXED)
        return n + (size_t)sprintf(to + n, "%u%c", type->width_bytes, orders[type->order]);
    if (type->kind == NATIVE_PLANES)
        n += (size_t)sprintf(to + n, "%u", type->width_bytes);
    n += (size_t)sprintf(to + n, "%s%s", letters[type->kind], type->holds_null ? "?" : "");
    if (type->n_nodes == 1)
        return n;
    for (size_t child = i + 1; child < i + type->n_nodes; child += types[child].n_nodes) {
        to[n] = child == i + 1 ? '(' : ',';
        n += 1 + describe(types, child, to + n + 1);
    }
    return n + (size_t)sprintf(to + n, ")");
}

static void expect_layout(const char *text, const char *expected)
{
    char found[512] = "";
    struct err err = {0};
    struct native_type_tree tree = {0};
    enum status status = native_type_parse(&tree, text, strlen(text), &err);
    cr_assert_eq(status, STATUS_OK, "%s: %s", text, err.message);
    describe(native_type_root(&tree), 0, found);
    cr_assert_str_eq(found, expected, "%s: expected %s, found %s", text, expected, found);
    const struct native_type *root = native_type_root(&tree);
    cr_assert_eq(root->n_nodes, native_type_count(&tree));
    cr_assert_eq(root->text_bytes, strlen(text));
    cr_assert_eq(memcmp(root->text, text, strlen(text)), 0);
    native_type_tree_free(&tree);
}

static void expect_refused(const char *text, enum status code, const char *message)
{
    struct err err = {0};
    struct native_type_tree tree = {0};
    enum status status = native_type_parse(&tree, text, strlen(text), &err);
    cr_assert_eq(status, code, "%s: expected status %d, found %d: %s", text, (int)code, (int)status,
                 err.message);
    cr_assert_str_eq(err.message, message, "expected '%s', found '%s'", message, err.message);
    cr_assert_eq(native_type_count(&tree), 0);
    native_type_tree_free(&tree);
}

Test(native_type, lays_out_every_plain_name)
{
    static const char *const cases[][2] = {
        {"UInt8", "1u"},
        {"UInt16", "2u"},
        {"UInt32", "4u"},
        {"UInt64", "8u"},
        {"UInt128", "16u"},
        {"UInt256", "32u"},
        {"Int8", "1s"},
        {"Int16", "2s"},
        {"Int32", "4s"},
        {"Int64", "8s"},
        {"Int128", "16s"},
        {"Int256", "32s"},
        {"BFloat16", "2f"},
        {"Float32", "4f"},
        {"Float64", "8f"},
        {"Bool", "1u"},
        {"String", "S"},
        {"UUID", "16i"},
        {"IPv4", "4u"},
        {"IPv6", "16b"},
        {"Date", "2u"},
        {"Date32", "4s"},
        {"DateTime", "4u"},
        {"Time", "4s"},
        {"IntervalNanosecond", "8s"},
        {"IntervalMicrosecond", "8s"},
        {"IntervalMillisecond", "8s"},
        {"IntervalSecond", "8s"},
        {"IntervalMinute", "8s"},
        {"IntervalHour", "8s"},
        {"IntervalDay", "8s"},
        {"IntervalWeek", "8s"},
        {"IntervalMonth", "8s"},
        {"IntervalQuarter", "8s"},
        {"IntervalYear", "8s"},
        {"Nothing", "1b"},
        {"Point", "T(8f,8f)"},
        {"Ring", "A(T(8f,8f))"},
        {"LineString", "A(T(8f,8f))"},
        {"MultiLineString", "A(A(T(8f,8f)))"},
        {"Polygon", "A(A(T(8f,8f)))"},
        {"MultiPolygon", "A(A(A(T(8f,8f))))"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        expect_layout(cases[i][0], cases[i][1]);
}

Test(native_type, lays_out_names_with_arguments)
{
    static const char *const cases[][2] = {
        {"FixedString(1)", "1b"},
        {"FixedString(16777215)", "16777215b"},
        {"Decimal(1, 0)", "4s"},
        {"Decimal(9, 9)", "4s"},
        {"Decimal(10, 2)", "8s"},
        {"Decimal(18, 2)", "8s"},
        {"Decimal(19, 2)", "16s"},
        {"Decimal(38, 2)", "16s"},
        {"Decimal(39, 2)", "32s"},
        {"Decimal(76, 38)", "32s"},
        {"DateTime('Europe/Moscow')", "4u"},
        {"DateTime64(3)", "8s"},
        {"DateTime64(3, 'Europe/Moscow')", "8s"},
        {"Time64(6)", "8s"},
        {"Enum8('a' = 1)", "1s"},
        {"Enum8('a)' = 1, '(' = -2)", "1s"},
        {"Enum8('it\\'s' = 1, 'back\\\\' = 2)", "1s"},
        {"Enum16('`' = -32768, ', ' = 7)", "2s"},
        {"AggregateFunction(varSampStable, Float64)", "V"},
        {"SimpleAggregateFunction(sum, UInt64)", "8u"},
        {"SimpleAggregateFunction(groupArrayArray(10), Array(UInt8))", "A(1u)"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        expect_layout(cases[i][0], cases[i][1]);
}

Test(native_type, lays_out_nested_types)
{
    static const char *const cases[][2] = {
        {"Array(Array(UInt8))", "A(A(1u))"},
        {"Nullable(String)", "?(S)"},
        {"LowCardinality(String)", "L(S)"},
        {"LowCardinality(Nullable(FixedString(2)))", "L?(2b)"},
        {"Array(LowCardinality(Nullable(String)))", "A(L?(S))"},
        {"Map(String, UInt64)", "A(T(S,8u))"},
        {"Map(LowCardinality(String), Array(Int8))", "A(T(L(S),A(1s)))"},
        {"Nested(a UInt8, b String)", "A(T(a=1u,b=S))"},
        {"Tuple(UInt8, String)", "T(1u,S)"},
        {"Tuple(n UInt64, mean Float64)", "T(n=8u,mean=8f)"},
        {"Tuple(Date Date, String UInt8)", "T(Date=2u,String=1u)"},
        {"Tuple(`a b` UInt8, `(` String)", "T(a b=1u,(=S)"},
        {"Tuple(`tick\\`s` UInt8)", "T(tick\\`s=1u)"},
        {"Tuple(a Tuple(b Point, c UInt8))", "T(a=T(b=T(8f,8f),c=1u))"},
        {"Tuple(a SimpleAggregateFunction(max, Nullable(UInt8)))", "T(a=?(1u))"},
        {"Array(AggregateFunction(varSampStable, Float64))", "A(V)"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        expect_layout(cases[i][0], cases[i][1]);
}

/* SerializationTuple writes a byte '0' a row where there is no element. */
Test(native_type, gives_an_empty_tuple_a_byte_a_row)
{
    expect_layout("Tuple()", "1b");
    expect_layout("Array(Tuple())", "A(1b)");
    expect_layout("Tuple(a Tuple(), b UInt8)", "T(a=1b,b=1u)");
}

Test(native_type, names_a_type_of_unknown_layout)
{
    static const char *const cases[][2] = {
        {"Dynamic", "type Dynamic: expected a type whose layout is the same in every block (CAST "
                    "the column to one), found Dynamic at character 1"},
        {"Array(Object('json'))", "type Array(Object('json')): Saltwell does not know the layout "
                                  "of the type at character 7"},
        {"AggregateFunction(topK(3), UInt64)",
         "type AggregateFunction(topK(3), UInt64): Saltwell does not know the size of this "
         "function's states (CAST(state, 'String') sends one as a String): the type ends at "
         "character 35"},
        {"uint8", "type uint8: Saltwell does not know the layout of the type at character 1"},
        {"UInt8x", "type UInt8x: Saltwell does not know the layout of the type at character 1"},
        {"", "expected the name of a type, found none "
             "(output_format_native_encode_types_in_binary_format must be 0)"},
        {"\4\1\2\3\4\5\6\7\10", "expected the name of a type, found 04 01 02 03 04 05 06 07 "
                                "(output_format_native_encode_types_in_binary_format must be 0)"},
        {"String\1", "expected the name of a type, found 53 74 72 69 6e 67 01 "
                     "(output_format_native_encode_types_in_binary_format must be 0)"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        expect_refused(cases[i][0], STATUS_FORMAT, cases[i][1]);
}

Test(native_type, says_where_a_name_goes_wrong)
{
    static const char *const cases[][2] = {
        {"UInt8 ", "type UInt8 : expected the end at character 6"},
        {"UInt8)", "type UInt8): expected the end at character 6"},
        {"Array", "type Array: expected '(' at character 6"},
        {"Array(UInt8", "type Array(UInt8: expected ')' at character 12"},
        {"Array(UInt8, UInt8)", "type Array(UInt8, UInt8): expected ')' at character 12"},
        {"Nullable()",
         "type Nullable(): Saltwell does not know the layout of the type at character 10"},
        {"LowCardinality(Nullable(String)",
         "type LowCardinality(Nullable(String): expected ')' at character 32"},
        {"FixedString", "type FixedString: expected '(' at character 12"},
        {"FixedString(0)", "type FixedString(0): expected a size at character 14"},
        {"FixedString(-1)", "type FixedString(-1): expected a size at character 13"},
        {"FixedString(16777216)", "type FixedString(16777216): expected a size at character 21"},
        {"FixedString(99999999999999999999)",
         "type FixedString(99999999999999999999): expected a size at character 21"},
        {"Decimal(77, 1)", "type Decimal(77, 1): expected a size at character 11"},
        {"Decimal(9, 2", "type Decimal(9, 2: expected ')' at character 13"},
        {"Decimal(, 2)", "type Decimal(, 2): expected a size at character 9"},
        {"Enum8('a = 1)", "type Enum8('a = 1): expected ''' at character 14"},
        {"Enum8('a' = 1", "type Enum8('a' = 1: expected ')' at character 14"},
        {"Enum8('a\\", "type Enum8('a\\: expected ''' at character 10"},
        {"Tuple(a UInt8, b)",
         "type Tuple(a UInt8, b): Saltwell does not know the layout of the type at character 16"},
        {"Tuple(`a UInt8)", "type Tuple(`a UInt8): expected '`' at character 16"},
        {"Tuple(`UInt8`)", "type Tuple(`UInt8`): expected ')' at character 13"},
        {"Tuple(a UInt8,)",
         "type Tuple(a UInt8,): Saltwell does not know the layout of the type at character 15"},
        {"SimpleAggregateFunction(sum)",
         "type SimpleAggregateFunction(sum): expected ',' at character 28"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        expect_refused(cases[i][0], STATUS_FORMAT, cases[i][1]);
}

static void repeat(struct buf *to, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        cr_assert_eq(buf_append(to, text, strlen(text), NULL), STATUS_OK);
}

static enum status parse_nested(size_t levels, struct native_type_tree *tree, struct err *err)
{
    struct buf text = {0};
    repeat(&text, "Array(", levels - 1);
    repeat(&text, "UInt8", 1);
    repeat(&text, ")", levels - 1);
    enum status status = native_type_parse(tree, (const char *)text.data, text.size_bytes, err);
    buf_free(&text);
    return status;
}

Test(native_type, limits_the_depth)
{
    struct err err = {0};
    struct native_type_tree tree = {0};
    cr_assert_eq(parse_nested(64, &tree, &err), STATUS_OK, "%s", err.message);
    cr_assert_eq(native_type_count(&tree), 64);
    cr_assert_eq(parse_nested(65, &tree, &err), STATUS_LIMIT);
    cr_assert_not_null(strstr(err.message, "expected at most 64 levels, found more"));
    cr_assert_eq(parse_nested(100000, &tree, &err), STATUS_LIMIT);
    native_type_tree_free(&tree);
}

Test(native_type, limits_the_width)
{
    struct err err = {0};
    struct buf text = {0};
    struct native_type_tree tree = {0};
    repeat(&text, "Tuple(UInt8", 1);
    repeat(&text, ", UInt8", 9999);
    repeat(&text, ")", 1);
    cr_assert_eq(native_type_parse(&tree, (const char *)text.data, text.size_bytes, &err),
                 STATUS_LIMIT);
    cr_assert_not_null(strstr(err.message, "expected at most 10000 parts, found more"));
    cr_assert_eq(native_type_count(&tree), 0);
    buf_free(&text);
    native_type_tree_free(&tree);
}

Test(native_type, reuses_a_tree)
{
    struct native_type_tree tree = {0};
    cr_assert_eq(native_type_parse(&tree, "Tuple(a UInt8, b String)", 24, NULL), STATUS_OK);
    cr_assert_eq(native_type_count(&tree), 3);
    cr_assert_eq(native_type_parse(&tree, "UInt8", 5, NULL), STATUS_OK);
    cr_assert_eq(native_type_count(&tree), 1);
    cr_assert_eq(native_type_parse(&tree, "Garbage", 7, NULL), STATUS_FORMAT);
    cr_assert_eq(native_type_count(&tree), 0);
    native_type_tree_free(&tree);
}

/* Every byte of a name cut off or changed gives a status, never a crash. */
Test(native_type, survives_any_change_of_a_byte)
{
    static const char whole[] = "Tuple(`a\\`b` Array(LowCardinality(Nullable(FixedString(12)))), "
                                "c Enum8('x)' = 1), d Map(String, Decimal(9, 2)), e Point)";
    struct native_type_tree tree = {0};
    cr_assert_eq(native_type_parse(&tree, whole, sizeof(whole) - 1, NULL), STATUS_OK);
    for (size_t n = 0; n < sizeof(whole) - 1; n++)
        cr_assert_eq(native_type_parse(&tree, whole, n, NULL), STATUS_FORMAT, "at %zu", n);
    for (size_t at = 0; at < sizeof(whole) - 1; at++)
        for (unsigned change = 1; change < 256; change++) {
            char changed[sizeof(whole)];
            memcpy(changed, whole, sizeof(whole));
            changed[at] = (char)((unsigned char)changed[at] ^ change);
            struct err err = {0};
            if (native_type_parse(&tree, changed, sizeof(whole) - 1, &err) != STATUS_OK)
                cr_assert_neq(err.message[0], '\0');
        }
    native_type_tree_free(&tree);
}

Test(native_type, reports_every_failed_allocation)
{
    static const char text[] = "Tuple(a UInt8, b String, c Array(Array(Map(String, UInt8))))";
    for (unsigned long n = 1;; n++) {
        struct native_type_tree tree = {0};
        mem_fail_call(n);
        enum status status = native_type_parse(&tree, text, sizeof(text) - 1, NULL);
        mem_fail_call(0);
        native_type_tree_free(&tree);
        if (status == STATUS_OK) {
            cr_assert_gt(n, 2);
            return;
        }
        cr_assert_eq(status, STATUS_NOMEM);
    }
}
