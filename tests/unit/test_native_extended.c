/* native_type and native_read: the types that merely pass through. Bytes are as ClickHouse 26.7
 * sends them. */
#include "fold.h"
#include "native_read.h"
#include "stream_key.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* Values of one column, prefix included; the literals are cut into the fields of the wire. */
struct values {
    const char *type;
    unsigned n_rows;
    const char *data;
    size_t size_bytes;
};
#define VALUES(type, n_rows, literal)              \
    {                                              \
        type, n_rows, literal, sizeof(literal) - 1 \
    }

static const struct values whole[] = {
    VALUES("Variant(String, UInt64)", 4,
           "\0\0\0\0\0\0\0\0"   /* a number a row */
           "\1\0\xff\1"         /* UInt64, String, NULL, UInt64 */
           "\1x"                /* the Strings */
           "\5\0\0\0\0\0\0\0"   /* the UInt64s: 5, */
           "\7\0\0\0\0\0\0\0"), /* 7 */
    VALUES("Variant(LowCardinality(String), UInt8)", 2,
           "\0\0\0\0\0\0\0\0"   /* the Variant's mode, */
           "\1\0\0\0\0\0\0\0"   /* then the dictionary's version */
           "\1\0"               /* UInt8, String */
           "\0\6\0\0\0\0\0\0"   /* indexes of a byte, own keys */
           "\2\0\0\0\0\0\0\0"   /* two keys */
           "\0\1x"              /* '', 'x' */
           "\1\0\0\0\0\0\0\0\1" /* one index */
           "\x2a"),             /* 42 */
    VALUES("Array(Variant(UInt8))", 2,
           "\0\0\0\0\0\0\0\0" /* the mode comes first, */
           "\0\0\0\0\0\0\0\0" /* then the ends: 0, */
           "\3\0\0\0\0\0\0\0" /* 3 */
           "\0\xff\0"         /* UInt8, NULL, UInt8 */
           "\1\2"),
    VALUES("Geometry", 2,
           "\0\0\0\0\0\0\0\0"
           "\3\xff"               /* a Point and NULL */
           "\0\0\0\0\0\0\xf0\x3f" /* x */
           "\0\0\0\0\0\0\0\x40"), /* y */
    VALUES("JSON", 2,
           "\1\0\0\0\0\0\0\0"
           "\2{}"
           "\7{\"a\":1}"),
    VALUES("Array(JSON(a UInt32, SKIP b))", 1,
           "\1\0\0\0\0\0\0\0" /* as text */
           "\1\0\0\0\0\0\0\0" /* the end of the row */
           "\2{}"),
    VALUES("Nullable(JSON)", 2,
           "\1\0\0\0\0\0\0\0"
           "\0\1"
           "\2{}"
           "\0"),
    VALUES("Tuple(LowCardinality(String), JSON)", 1,
           "\1\0\0\0\0\0\0\0" /* the dictionary's version */
           "\1\0\0\0\0\0\0\0" /* JSON as text */
           "\0\6\0\0\0\0\0\0"
           "\1\0\0\0\0\0\0\0"
           "\0"
           "\1\0\0\0\0\0\0\0"
           "\0"
           "\2{}"),
    VALUES("QBit(BFloat16, 9)", 1, /* 16 planes of 2 bytes */
           "0123456789abcdef0123456789abcdef"),
    VALUES("Nullable(Tuple(UInt8, String))", 2,
           "\0\1"
           "\5\0"
           "\1x\0"),
    VALUES("Nullable(Nothing)", 2,
           "\1\1"
           "00"),
    VALUES("AggregateFunction(count)", 3,
           "\0"
           "\xac\2"
           "\1"),
    VALUES("AggregateFunction(sum, UInt8)", 2,
           "\6\0\0\0\0\0\0\0"
           "\0\0\0\0\0\0\0\0"),
    VALUES("AggregateFunction(sum, Nullable(UInt8))", 3,
           "\0" /* nothing but NULLs */
           "\1\6\0\0\0\0\0\0\0"
           "\0"),
    VALUES("AggregateFunction(avg, Decimal(9, 2))", 1, "0123456789abcdef\3"),
    VALUES("AggregateFunction(min, UInt16)", 3,
           "\0"
           "\1\2\0"
           "\0"),
    VALUES("AggregateFunction(min, String)", 3,
           "\xff\xff\xff\xff" /* none */
           "\2\0\0\0x\0"      /* 'x' and its zero */
           "\1\0\0\0\0"),     /* '' */
    VALUES("AggregateFunction(any, Nullable(String))", 2,
           "\0"
           "\1\2\0\0\0x\0"),
    VALUES("AggregateFunction(argMin, String, UInt16)", 2,
           "\2\0\0\0x\0"
           "\1\2\0" /* the result, then what decides */
           "\xff\xff\xff\xff"
           "\0"),
    VALUES("AggregateFunction(minIfOrNull, UInt8, UInt8)", 2,
           "\1\7"
           "\1" /* the value, then whether there was a row */
           "\0"
           "\1"),
    VALUES("AggregateFunction(varSampStable, Float64)", 1,
           "\2"
           "0123456789abcdef"),
    VALUES("AggregateFunction(varSampStable, Nullable(UInt8))", 2,
           "\0"
           "\1\2"
           "0123456789abcdef"),
    VALUES("AggregateFunction(uniqExact, UInt16)", 2,
           "\0"
           "\2\1\0\2\0"),
    VALUES("AggregateFunction(uniqExact, String)", 1,
           "\1"
           "0123456789abcdef"),
    VALUES("AggregateFunction(uniq, String)", 2,
           "\0\0"
           "\1\2abcdefgh"),
    VALUES("AggregateFunction(groupArray, UInt32)", 2,
           "\0"
           "\2abcdefgh"),
    VALUES("AggregateFunction(groupArray(2), Nullable(String))", 2,
           "\0"
           "\2\1x\0"),
    VALUES("AggregateFunction(groupArray, Decimal(9, 2))", 1, "\2\4abcd\4efgh"),
    VALUES("Array(AggregateFunction(count))", 2,
           "\0\0\0\0\0\0\0\0"
           "\2\0\0\0\0\0\0\0"
           "\1"
           "\xac\2"),
};
enum { N_WHOLE = sizeof(whole) / sizeof(whole[0]) };

/* A block of the column and of one more behind it, which is read wrong if the first one's size is.
 */
static struct buf block_of(const struct values *values)
{
    static const char behind[] = "\1z\6String";
    struct buf block = {0};
    enum status status = buf_append_varuint(&block, 2, NULL);
    cr_assert_eq(status, STATUS_OK);
    cr_assert_eq(buf_append_varuint(&block, values->n_rows, NULL), STATUS_OK);
    cr_assert_eq(buf_append(&block, "\1v", 2, NULL), STATUS_OK);
    cr_assert_eq(buf_append_varuint(&block, strlen(values->type), NULL), STATUS_OK);
    cr_assert_eq(buf_append(&block, values->type, strlen(values->type), NULL), STATUS_OK);
    cr_assert_eq(buf_append(&block, values->data, values->size_bytes, NULL), STATUS_OK);
    cr_assert_eq(buf_append(&block, behind, sizeof(behind) - 1, NULL), STATUS_OK);
    for (unsigned row = 0; row < values->n_rows; row++)
        cr_assert_eq(buf_append(&block, "\3end", 4, NULL), STATUS_OK);
    return block;
}

/* Reads all of the input. Where it is one whole block, `block_bytes` is that one's body. */
static enum status read_all(const struct buf *input, size_t size_bytes, size_t chunk_bytes,
                            size_t n_indexed, size_t *body_bytes_out, struct err *err)
{
    struct io_memory memory = {input->data, size_bytes, chunk_bytes};
    struct native_reader reader = native_reader_init(io_input_of_memory(&memory), n_indexed);
    const struct native_block *block = NULL;
    enum status status = STATUS_OK;
    do {
        status = native_read_block(&reader, &block, err);
        if (status == STATUS_OK && block != NULL)
            *body_bytes_out = block->body_bytes;
    } while (status == STATUS_OK && block != NULL);
    native_reader_free(&reader);
    return status;
}

Test(native_extended, finds_the_size_of_every_value)
{
    static const size_t chunks[] = {0, 1, 3, 7};
    for (size_t i = 0; i < N_WHOLE; i++) {
        struct buf block = block_of(&whole[i]);
        for (size_t k = 0; k < 2 * sizeof(chunks) / sizeof(chunks[0]); k++) {
            struct err err = {0};
            size_t body_bytes = 0;
            enum status status =
                read_all(&block, block.size_bytes, chunks[k / 2], k % 2 * 2, &body_bytes, &err);
            cr_assert_eq(status, STATUS_OK, "%s: %s", whole[i].type, err.message);
            cr_assert_eq(body_bytes, block.size_bytes - 2, "%s: body of %zu bytes", whole[i].type,
                         body_bytes);
        }
        buf_free(&block);
    }
}

Test(native_extended, refuses_every_block_that_is_cut_off)
{
    for (size_t i = 0; i < N_WHOLE; i++) {
        struct buf block = block_of(&whole[i]);
        for (size_t n = 1; n < block.size_bytes; n++) {
            struct err err = {0};
            size_t body_bytes = 0;
            enum status status = read_all(&block, n, 0, 2, &body_bytes, &err);
            cr_assert_eq(status, STATUS_TRUNCATED, "%s cut to %zu bytes: status %d: %s",
                         whole[i].type, n, (int)status, err.message);
        }
        buf_free(&block);
    }
}

Test(native_extended, survives_any_change_of_a_byte)
{
    static const uint8_t changes[] = {0x01, 0x02, 0x10, 0x40, 0x7f, 0x80, 0xff};
    for (size_t i = 0; i < N_WHOLE; i++) {
        struct buf block = block_of(&whole[i]);
        for (size_t at = 0; at < block.size_bytes; at++)
            for (size_t k = 0; k < sizeof(changes); k++) {
                struct err err = {0};
                size_t body_bytes = 0;
                block.data[at] ^= changes[k];
                if (read_all(&block, block.size_bytes, 0, 2, &body_bytes, &err) != STATUS_OK)
                    cr_assert_neq(err.message[0], '\0', "%s at %zu", whole[i].type, at);
                block.data[at] ^= changes[k];
            }
        buf_free(&block);
    }
}

static const struct {
    struct values values;
    enum status status;
    const char *message;
} refused[] = {
    {VALUES("JSON", 1, "\0\0\0\0\0\0\0\0"), STATUS_FORMAT,
     "column 1 'v': type JSON: expected JSON sent as text (SETTINGS "
     "output_format_native_write_json_as_string = 1), found its binary form 0"},
    {VALUES("Array(JSON)", 1, "\3\0\0\0\0\0\0\0"), STATUS_FORMAT,
     "column 1 'v': type JSON: expected JSON sent as text (SETTINGS "
     "output_format_native_write_json_as_string = 1), found its binary form 3"},
    {VALUES("Variant(String, UInt8)", 1, "\1\0\0\0\0\0\0\0"), STATUS_FORMAT,
     "column 1 'v': type Variant(String, UInt8): expected a Variant with a number a row (mode 0), "
     "found mode 1"},
    {VALUES("Variant(String, UInt8)", 1,
            "\0\0\0\0\0\0\0\0"
            "\2"),
     STATUS_FORMAT, "column 1 'v': expected a Variant's members to be numbered below 2, found 2"},
    {VALUES("AggregateFunction(min, UInt8)", 2, "\0\2"), STATUS_FORMAT,
     "column 1 'v': row 2: expected a flag of 0 or 1 in a state, found 2"},
    {VALUES("AggregateFunction(min, String)", 1, "\xfe\xff\xff\xff"), STATUS_LIMIT,
     "column 1 'v': row 1: expected a shorter String in a state, found one of 4294967294"},
    {VALUES("AggregateFunction(uniqExact, UInt64)", 1, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"),
     STATUS_LIMIT,
     "column 1 'v': row 1: expected fewer values of 8 bytes, found 18446744073709551615"},
    {VALUES("AggregateFunction(topK(3), UInt8)", 1, ""), STATUS_FORMAT,
     "column 1 'v': type AggregateFunction(topK(3), UInt8): Saltwell does not know the size of "
     "this "
     "function's states (CAST(state, 'String') sends one as a String): the type ends at character "
     "34"},
};

Test(native_extended, says_what_it_cannot_carry)
{
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct err err = {0};
        size_t body_bytes = 0;
        struct buf block = block_of(&refused[i].values);
        cr_assert_eq(read_all(&block, block.size_bytes, 0, 0, &body_bytes, &err), refused[i].status,
                     "case %zu: %s", i, err.message);
        cr_assert_str_eq(err.message, refused[i].message, "case %zu: found '%s'", i, err.message);
        buf_free(&block);
    }
}

/* A state's steps as text: 8 (bytes), v(arUInt), 8l(ist), s(trings), 8o(ptional), t(ext), g(ate).
 */
static void describe(const struct native_type *type, char *to)
{
    static const char letters[] = {'\0', 'v', 'l', 's', 'o', 't', 'g'};
    for (uint32_t i = 0; i < type->n_steps; i++) {
        const struct native_step *step = &type->steps[i];
        if (i > 0)
            *to++ = ' ';
        if (step->width_bytes > 0)
            to += sprintf(to, "%u", step->width_bytes);
        if (step->kind != NATIVE_STEP_BYTES)
            *to++ = letters[step->kind];
    }
    *to = '\0';
}

static const char *const states[][2] = {
    {"count", "v"},
    {"count, Nullable(String)", "v"},
    {"countIf, UInt8", "v"},
    {"sum, Int8", "8"},
    {"sum, Bool", "8"},
    {"sum, BFloat16", "8"},
    {"sum, Int128", "16"},
    {"sum, UInt256", "32"},
    {"sum, Decimal(9, 2)", "16"},
    {"sum, Decimal(38, 2)", "16"},
    {"sum, Decimal(76, 2)", "32"},
    {"sum, Nullable(Float32)", "g 8"},
    {"sumIf, UInt8, UInt8", "8"},
    {"sumIf, Nullable(UInt8), UInt8", "g 8"},
    {"sumOrNull, UInt8", "8 1"},
    {"sumOrDefaultIf, UInt8, UInt8", "8 1"},
    {"sumArray, Array(UInt8)", "8"},
    {"sumWithOverflow, UInt16", "2"},
    {"sumWithOverflow, Enum8('a' = 1)", "1"},
    {"sumKahan, Float32", "16"},
    {"sumCount, Nullable(UInt8)", "8 v"},
    {"avg, Int128", "16 v"},
    {"avg, Date32", "8 v"},
    {"avg, DateTime64(3)", "16 v"},
    {"avg, Nullable(UInt8)", "g 8 v"},
    {"avgWeighted, Float64, UInt64", "8 v"},
    {"avgWeighted, UInt8, Int8", "16"},
    {"avgWeighted, UInt8, UInt128", "16"},
    {"avgWeighted, UInt8, Float32", "16"},
    {"groupBitAnd, UInt64", "8"},
    {"groupBitXor, Nullable(Int16)", "g 2"},
    {"min, Decimal(18, 2)", "8o"},
    {"max, FixedString(3)", "3o"},
    {"any, UUID", "16o"},
    {"anyLast, String", "t"},
    {"anyIf, Nullable(String), UInt8", "g t"},
    {"argMax, String, DateTime", "t 4o"},
    {"varSamp, Float32", "12"},
    {"varPop, BFloat16", "24"},
    {"stddevSamp, Decimal(9, 2)", "24"},
    {"skewPop, Float32", "16"},
    {"kurtSamp, UInt8", "40"},
    {"covarSamp, Float32, Float32", "16"},
    {"covarPop, Float32, Float64", "32"},
    {"corr, UInt8, Float32", "48"},
    {"varPopStable, Float32", "v 16"},
    {"stddevSampStable, Nullable(UInt8)", "g v 16"},
    {"covarSampStable, UInt8, UInt8", "v 24"},
    {"corrStable, UInt8, UInt8", "v 40"},
    {"uniqExact, UInt256", "32l"},
    {"uniqExact, Date32", "4l"},
    {"uniqExact, Enum16('a' = 1)", "2l"},
    {"uniqExact, Time", "16l"},
    {"uniqExact, IntervalDay", "16l"},
    {"uniqExact, Decimal(9, 2)", "16l"},
    {"uniqExact, UInt8, UInt8", "16l"},
    {"uniqExact, Array(UInt8)", "16l"},
    {"uniqExact, Nullable(IPv4)", "g 4l"},
    {"uniq, Tuple(UInt8, String)", "1 4l"},
    {"uniq, UInt8, Nullable(UInt8)", "g 1 4l"},
    {"groupArray, DateTime", "4l"},
    {"groupArray(10), Nullable(IPv4)", "4l"},
    {"groupArray, Date32", "s"},
    {"groupArray, Time", "s"},
    {"groupArray, UUID", "s"},
    {"groupUniqArray, FixedString(3)", "s"},
    {"groupUniqArray, Bool", "1l"},
};

Test(native_extended, lays_out_the_states_of_functions)
{
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        char text[128], found[64];
        struct err err = {0};
        struct native_type_tree tree = {0};
        int n = snprintf(text, sizeof(text), "AggregateFunction(%s)", states[i][0]);
        cr_assert_eq(native_type_parse(&tree, text, (size_t)n, &err), STATUS_OK, "%s", err.message);
        const struct native_type *type = native_type_root(&tree);
        cr_assert_eq(type->kind, NATIVE_STATE);
        cr_assert_eq(native_type_count(&tree), 1);
        describe(type, found);
        cr_assert_str_eq(found, states[i][1], "%s: expected '%s', found '%s'", text, states[i][1],
                         found);
        native_type_tree_free(&tree);
    }
}

Test(native_extended, refuses_states_of_unknown_size)
{
    static const char *const unknown[] = {
        "quantile, UInt8",
        "sumMap, Array(UInt8), Array(UInt8)",
        "uniqCombined, UInt8",
        "groupBitmap, UInt8",
        "any_respect_nulls, Nullable(UInt8)",
        "sumForEach, Array(UInt8)",
        "sumDistinct, UInt8",
        "sumIf, UInt8, Nullable(UInt8)",
        "sumOrNullIf, UInt8, Nullable(UInt8)",
        "sumOrNull, Nullable(UInt8)",
        "sumArray, Array(Nullable(UInt8))",
        "countIf, Nullable(UInt8), UInt8",
        "argMin, Nullable(UInt8), UInt8",
        "argMin, UInt8",
        "sum, String",
        "sum",
        "sumKahan, Decimal(76, 2)",
        "avgWeighted, UInt8, Decimal(9, 2)",
        "min, Array(UInt8)",
        "min, Tuple()",
        "singleValueOrNull, UInt8",
        "groupArray, Tuple(UInt8)",
        "uniq",
        "uniqExact",
        "If, UInt8",
        "Array, Array(UInt8)",
        "OrNull",
    };
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        char text[128];
        struct err err = {0};
        struct native_type_tree tree = {0};
        int n = snprintf(text, sizeof(text), "AggregateFunction(%s)", unknown[i]);
        cr_assert_eq(native_type_parse(&tree, text, (size_t)n, &err), STATUS_FORMAT, "%s", text);
        cr_assert_not_null(strstr(err.message, "does not know the size of this function's states"),
                           "%s: found '%s'", text, err.message);
        native_type_tree_free(&tree);
    }
}

Test(native_extended, limits_the_arguments_of_a_function)
{
    static const char text[] = "AggregateFunction(uniq, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, "
                               "UInt8, UInt8, UInt8)";
    struct err err = {0};
    struct native_type_tree tree = {0};
    cr_assert_eq(native_type_parse(&tree, text, sizeof(text) - 1, &err), STATUS_FORMAT);
    cr_assert_not_null(strstr(err.message, "expected fewer arguments"), "%s", err.message);
    native_type_tree_free(&tree);
}

static const struct {
    const char *type;
    bool is_key;
} keys[] = {
    {"UInt8", true},
    {"Nullable(Tuple(UInt8, String))", true},
    {"LowCardinality(Nullable(String))", true},
    {"Map(String, Array(UInt8))", true},
    {"JSON", false},
    {"Variant(UInt8)", false},
    {"Geometry", false},
    {"QBit(Float32, 8)", false},
    {"AggregateFunction(count)", false},
    {"AggregateFunction(varSampStable, Float64)", false},
    {"Array(Tuple(UInt8, AggregateFunction(sum, UInt8)))", false},
};

Test(native_extended, takes_no_state_for_a_key)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        struct native_type_tree tree = {0};
        cr_assert_eq(native_type_parse(&tree, keys[i].type, strlen(keys[i].type), NULL), STATUS_OK);
        const struct native_type *type = native_type_root(&tree);
        cr_assert_eq(native_type_is_key(type), keys[i].is_key, "%s", keys[i].type);
        cr_assert_eq(fold_pick_kind(type) != NULL, keys[i].is_key, "%s", keys[i].type);
        native_type_tree_free(&tree);
    }
}

Test(native_extended, refuses_a_key_column_at_the_first_block)
{
    static const char *const messages[][2] = {
        {"Variant(String, UInt64)", "key column 'v': expected a type that can be a key, found "
                                    "Variant(String, UInt64)"},
        {"AggregateFunction(count)", "key column 'v': expected a type that can be a key, found "
                                     "AggregateFunction(count)"},
        {"Nullable(Tuple(UInt8, String))", NULL},
    };
    size_t n_found = 0;
    for (size_t i = 0; i < N_WHOLE; i++)
        for (size_t k = 0; k < sizeof(messages) / sizeof(messages[0]); k++) {
            if (strcmp(whole[i].type, messages[k][0]) != 0)
                continue;
            struct err err = {0};
            struct stream_key key = {.n_columns = 1};
            struct buf bytes = block_of(&whole[i]);
            struct io_memory memory = {bytes.data, bytes.size_bytes, 0};
            struct native_reader reader = native_reader_init(io_input_of_memory(&memory), 1);
            const struct native_block *block = NULL;
            cr_assert_eq(native_read_block(&reader, &block, &err), STATUS_OK, "%s", err.message);
            enum status status = stream_key_mark(&key, block, &err);
            cr_assert_eq(status, messages[k][1] == NULL ? STATUS_OK : STATUS_MISMATCH);
            if (messages[k][1] != NULL)
                cr_assert_str_eq(err.message, messages[k][1], "found '%s'", err.message);
            n_found++;
            stream_key_free(&key);
            native_reader_free(&reader);
            buf_free(&bytes);
        }
    cr_assert_eq(n_found, 3);
}
