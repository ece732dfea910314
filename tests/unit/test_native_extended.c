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
    VALUES("AggregateFunction(varSampStable, Float64)", 1,
           "\2"
           "0123456789abcdef"),
    VALUES("Array(AggregateFunction(varSampStable, Float64))", 2,
           "\0\0\0\0\0\0\0\0"
           "\2\0\0\0\0\0\0\0"
           "\1"
           "0123456789abcdef"
           "\xac\2"
           "0123456789abcdef"),
};
enum { N_WHOLE = sizeof(whole) / sizeof(whole[0]) };

/* A block of the column and of one more after it, which is read wrong if the first one's size is.
 */
static struct buf block_of(const struct values *values)
{
    static const char after[] = "\1z\6String";
    struct buf block = {0};
    enum status status = buf_append_varuint(&block, 2, NULL);
    cr_assert_eq(status, STATUS_OK);
    cr_assert_eq(buf_append_varuint(&block, values->n_rows, NULL), STATUS_OK);
    cr_assert_eq(buf_append(&block, "\1v", 2, NULL), STATUS_OK);
    cr_assert_eq(buf_append_varuint(&block, strlen(values->type), NULL), STATUS_OK);
    cr_assert_eq(buf_append(&block, values->type, strlen(values->type), NULL), STATUS_OK);
    cr_assert_eq(buf_append(&block, values->data, values->size_bytes, NULL), STATUS_OK);
    cr_assert_eq(buf_append(&block, after, sizeof(after) - 1, NULL), STATUS_OK);
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

Test(native_extended, refuses_the_states_of_other_functions)
{
    static const char *const unknown[] = {
        "count",
        "sum, UInt8",
        "varSampStable, Float32",
        "1, sumMap, Array(UInt8), Array(UInt8)",
        "quantiles(0.5, 0.9), Nullable(Float64)",
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
    {"AggregateFunction(varSampStable, Float64)", false},
    {"Array(Tuple(UInt8, AggregateFunction(varSampStable, Float64)))", false},
};

Test(native_extended, takes_no_state_for_a_key)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        struct native_type_tree tree = {0};
        cr_assert_eq(native_type_parse(&tree, keys[i].type, strlen(keys[i].type), NULL), STATUS_OK);
        const struct native_type *type = native_type_root(&tree);
        cr_assert_eq(native_type_is_key(type), keys[i].is_key, "%s", keys[i].type);
        cr_assert_eq(fold_pick.suits(type), keys[i].is_key, "%s", keys[i].type);
        native_type_tree_free(&tree);
    }
}

Test(native_extended, refuses_a_key_column_at_the_first_block)
{
    static const char *const messages[][2] = {
        {"Variant(String, UInt64)", "key column 'v': expected a type that can be a key, found "
                                    "Variant(String, UInt64)"},
        {"AggregateFunction(varSampStable, Float64)",
         "key column 'v': expected a type that can be a key, found "
         "AggregateFunction(varSampStable, Float64)"},
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
