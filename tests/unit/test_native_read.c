/* native_read: blocks of the wire, valid and hostile. */
#include "native_read.h"

#include "../mem_fail.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* A run of bytes; the literals below are cut into the fields of the wire. */
struct bytes {
    const char *data;
    size_t size_bytes;
};
#define BYTES(literal)               \
    {                                \
        literal, sizeof(literal) - 1 \
    }

/* A text that stops growing at a size, so that a block that merely declares much costs little. */
static void say(struct buf *to, const char *text, size_t size_bytes)
{
    if (to->size_bytes < 100000)
        cr_assert_eq(buf_append(to, text, size_bytes, NULL), STATUS_OK);
}

static void say_number(struct buf *to, uint64_t value)
{
    char text[32];
    int n = snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
    say(to, text, (size_t)n);
}

static void say_fixed(struct buf *to, const uint8_t *value, size_t width_bytes)
{
    uint64_t number = 0;
    if (width_bytes <= 8) {
        memcpy(&number, value, width_bytes);
        say_number(to, number);
        return;
    }
    for (size_t i = 0; i < width_bytes; i++) {
        char digits[4];
        snprintf(digits, sizeof(digits), "%02x", (unsigned)value[i]);
        say(to, digits, 2);
    }
}

static void say_variance(struct buf *to, const struct native_node *node, uint64_t row)
{
    const uint8_t *at = node->data + load_u64(node->starts + row * 8);
    const uint8_t *end = node->data + load_u64(node->starts + row * 8 + 8);
    uint64_t n = 0;
    char text[64];
    cr_assert_eq(varuint_get(&at, end, &n), VARUINT_OK);
    cr_assert_eq(end - at, 16);
    snprintf(text, sizeof(text), "%llu/%g/%g", (unsigned long long)n, load_f64(at),
             load_f64(at + 8));
    say(to, text, strlen(text));
}

static void say_value(struct buf *to, const struct native_column *column, size_t i, uint64_t row);

static void say_array(struct buf *to, const struct native_column *column, size_t i, uint64_t row)
{
    uint64_t begin = 0, end = 0;
    native_array_range(&native_column_nodes(column)[i], row, &begin, &end);
    cr_assert_leq(begin, end);
    cr_assert_leq(end, native_column_nodes(column)[i + 1].n_rows);
    say(to, "[", 1);
    for (uint64_t element = begin; element < end && to->size_bytes < 100000; element++) {
        say(to, " ", element > begin);
        say_value(to, column, i + 1, element);
    }
    say(to, "]", 1);
}

static void say_tuple(struct buf *to, const struct native_column *column, size_t i, uint64_t row)
{
    const struct native_type *types = native_type_root(&column->type);
    say(to, "(", 1);
    for (size_t child = i + 1; child < i + types[i].n_nodes; child += types[child].n_nodes) {
        say(to, " ", child > i + 1);
        say_value(to, column, child, row);
    }
    say(to, ")", 1);
}

static void say_key(struct buf *to, const struct native_column *column, size_t i, uint64_t row)
{
    const struct native_node *node = &native_column_nodes(column)[i];
    uint64_t key = 0;
    memcpy(&key, node->data + row * node->index_bytes, node->index_bytes);
    cr_assert_lt(key, node[1].n_rows);
    if (native_type_root(&column->type)[i].holds_null && key == 0)
        say(to, "NULL", 4);
    else
        say_value(to, column, i + 1, key);
}

static void say_value(struct buf *to, const struct native_column *column, size_t i, uint64_t row)
{
    const struct native_type *type = native_type_root(&column->type) + i;
    const struct native_node *node = &native_column_nodes(column)[i];
    size_t size_bytes = 0;
    const uint8_t *string;
    cr_assert_lt(row, node->n_rows);
    switch (type->kind) {
    case NATIVE_FIXED:
        say_fixed(to, node->data + row * type->width_bytes, type->width_bytes);
        return;
    case NATIVE_STRING:
        string = native_string(node, row, &size_bytes);
        say(to, "'", 1);
        say(to, (const char *)string, size_bytes);
        say(to, "'", 1);
        return;
    case NATIVE_NULLABLE:
        if (node->data[row] != 0)
            say(to, "NULL", 4);
        else
            say_value(to, column, i + 1, row);
        return;
    case NATIVE_ARRAY:
        say_array(to, column, i, row);
        return;
    case NATIVE_TUPLE:
        say_tuple(to, column, i, row);
        return;
    case NATIVE_LOW_CARDINALITY:
        say_key(to, column, i, row);
        return;
    case NATIVE_VARIANCE:
        say_variance(to, node, row);
        return;
    case NATIVE_VARIANT: /* these pass through, and no function reads their values */
    case NATIVE_JSON:
    case NATIVE_PLANES:
        say(to, "?", 1);
        return;
    }
}

/* A block as text: `!` where the header has changed, rows, and per column its name and values. */
static void say_block(struct buf *to, const struct native_block *block)
{
    say(to, "!", block->header_changed);
    say_number(to, block->n_rows);
    say(to, " rows", 5);
    for (size_t i = 0; i < block->n_columns; i++) {
        const struct native_column *column = &block->columns[i];
        say(to, "; ", 2);
        say(to, (const char *)column->name.data, column->name.size_bytes);
        say(to, ":", 1);
        for (uint64_t row = 0; row < block->n_rows && to->size_bytes < 100000; row++) {
            say(to, " ", 1);
            say_value(to, column, 0, row);
        }
    }
    say(to, "\n", 1);
}

/* Reads all blocks; *to gets their text. capacity_out (may be NULL): what the reader took. */
static enum status read_all(struct bytes bytes, size_t chunk_bytes, struct buf *to,
                            size_t *capacity_out, struct err *err)
{
    struct io_memory memory = {(const uint8_t *)bytes.data, bytes.size_bytes, chunk_bytes};
    struct native_reader reader = native_reader_init(io_input_of_memory(&memory), SIZE_MAX);
    const struct native_block *block = NULL;
    enum status status;
    buf_reset(to);
    for (;;) {
        status = native_read_block(&reader, &block, err);
        if (status != STATUS_OK || block == NULL)
            break;
        say_block(to, block);
    }
    if (capacity_out != NULL)
        *capacity_out = reader.bytes.capacity_bytes;
    native_reader_free(&reader);
    return status;
}

/* The whole text, terminated. */
static const char *text_of(struct buf *text)
{
    cr_assert_eq(buf_append_u8(text, 0, NULL), STATUS_OK);
    return (const char *)text->data;
}

static const struct {
    struct bytes bytes;
    const char *text;
} valid[] = {
    {BYTES("\1\3"     /* 1 column, 3 rows */
           "\1n"      /* its name */
           "\6UInt16" /* its type */
           "\1\0\0\1\xff\xff"),
     "!3 rows; n: 1 256 65535\n"},
    {BYTES("\2\2"
           "\1a"
           "\4Int8"
           "\1\2"
           "\1b"
           "\7Float64"
           "\0\0\0\0\0\0\xf0\x3f" /* 1.0 */
           "\0\0\0\0\0\0\0\0"),
     "!2 rows; a: 1 2; b: 4607182418800017408 0\n"},
    {BYTES("\1\1"
           "\1u"
           "\7UInt128"
           "\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"),
     "!1 rows; u: 0102030405060708090a0b0c0d0e0f10\n"},
    {BYTES("\1\3"
           "\1s"
           "\6String"
           "\0"  /* '' */
           "\1x" /* 'x' */
           "\3a'b"),
     "!3 rows; s: '' 'x' 'a'b'\n"},
    {BYTES("\1\2"
           "\1f"
           "\x0e"
           "FixedString(3)"
           "abc"
           "d\0\0"),
     "!2 rows; f: 6513249 100\n"},
    {BYTES("\1\3"
           "\1a"
           "\x13"
           "Array(Array(UInt8))"
           "\1\0\0\0\0\0\0\0" /* row 1 has 1 array, */
           "\1\0\0\0\0\0\0\0" /* row 2 none, */
           "\3\0\0\0\0\0\0\0" /* row 3 two */
           "\2\0\0\0\0\0\0\0" /* of 2, */
           "\2\0\0\0\0\0\0\0" /* 0 */
           "\3\0\0\0\0\0\0\0" /* and 1 elements */
           "\7\x08\x09"),
     "!3 rows; a: [[7 8]] [] [[] [9]]\n"},
    {BYTES("\1\2"
           "\1t"
           "\x18"
           "Tuple(a UInt8, b String)"
           "\1\2"     /* all a */
           "\1x\1y"), /* all b */
     "!2 rows; t: (1 'x') (2 'y')\n"},
    {BYTES("\1\3"
           "\1o"
           "\x10"
           "Nullable(String)"
           "\0\1\0" /* the second is NULL */
           "\1x\0\1z"),
     "!3 rows; o: 'x' NULL 'z'\n"},
    {BYTES("\1\2"
           "\1m"
           "\x12"
           "Map(String, UInt8)"
           "\2\0\0\0\0\0\0\0" /* row 1 has 2 pairs, */
           "\2\0\0\0\0\0\0\0" /* row 2 none */
           "\1j\1k"
           "\5\6"),
     "!2 rows; m: [('j' 5) ('k' 6)] []\n"},
    {BYTES("\1\3"
           "\1l"
           "\x20"
           "LowCardinality(Nullable(String))"
           "\1\0\0\0\0\0\0\0" /* version of the keys */
           "\0\6\0\0\0\0\0\0" /* flags: own keys, new dictionary, 1-byte indexes */
           "\3\0\0\0\0\0\0\0" /* 3 keys: NULL, '' and 'x' */
           "\0\0\1x"
           "\3\0\0\0\0\0\0\0" /* 3 indexes */
           "\2\0\1"),
     "!3 rows; l: 'x' NULL ''\n"},
    {BYTES("\1\2"
           "\1l"
           "\x1d"
           "Array(LowCardinality(String))"
           "\1\0\0\0\0\0\0\0" /* the version stands before the offsets */
           "\0\0\0\0\0\0\0\0"
           "\2\0\0\0\0\0\0\0"
           "\1\6\0\0\0\0\0\0" /* flags: 2-byte indexes */
           "\2\0\0\0\0\0\0\0"
           "\0\1x"
           "\2\0\0\0\0\0\0\0"
           "\1\0\0\0"),
     "!2 rows; l: [] ['x' '']\n"},
    /* Of no element at all, the dictionary is left out, after its version. */
    {BYTES("\1\1"
           "\1l"
           "\x1d"
           "Array(LowCardinality(String))"
           "\1\0\0\0\0\0\0\0"
           "\0\0\0\0\0\0\0\0"),
     "!1 rows; l: []\n"},
    {BYTES("\1\2"
           "\1v"
           "\x29"
           "AggregateFunction(varSampStable, Float64)"
           "\xac\2"               /* n = 300 */
           "\0\0\0\0\0\0\x0c\x40" /* mean = 3.5 */
           "\0\0\0\0\0\0\0\x40"   /* m2 = 2 */
           "\0"
           "\0\0\0\0\0\0\0\0"
           "\0\0\0\0\0\0\0\0"),
     "!2 rows; v: 300/3.5/2 0/0/0\n"},
    {BYTES("\1\2"
           "\1z"
           "\x11"
           "Nullable(Nothing)"
           "\1\1"
           "00"),
     "!2 rows; z: NULL NULL\n"},
    {BYTES("\1\2"
           "\1e"
           "\7Tuple()"
           "00"),
     "!2 rows; e: 48 48\n"},
    /* No rows: names and types alone, and nothing of a dictionary either. */
    {BYTES("\2\0"
           "\1a"
           "\x16"
           "LowCardinality(String)"
           "\1b"
           "\x0c"
           "Array(UInt8)"),
     "!0 rows; a:; b:\n"},
    {BYTES("\0\0"), "!0 rows\n"}, /* neither columns nor rows */
    {BYTES("\1\1"
           "\0" /* a name of no bytes */
           "\5UInt8"
           "\7"),
     "!1 rows; : 7\n"},
};
enum { N_VALID = sizeof(valid) / sizeof(valid[0]) };

static void expect_text(struct bytes bytes, size_t chunk_bytes, const char *expected)
{
    struct buf text = {0};
    struct err err = {0};
    enum status status = read_all(bytes, chunk_bytes, &text, NULL, &err);
    cr_assert_eq(status, STATUS_OK, "%s", err.message);
    cr_assert_str_eq(text_of(&text), expected, "chunks of %zu: expected %s, found %s", chunk_bytes,
                     expected, (const char *)text.data);
    buf_free(&text);
}

Test(native_read, reads_every_kind_of_type)
{
    for (size_t i = 0; i < N_VALID; i++)
        expect_text(valid[i].bytes, 0, valid[i].text);
}

Test(native_read, does_not_depend_on_the_size_of_a_read)
{
    static const size_t chunks[] = {1, 2, 7, 4096};
    for (size_t i = 0; i < N_VALID; i++)
        for (size_t k = 0; k < sizeof(chunks) / sizeof(chunks[0]); k++)
            expect_text(valid[i].bytes, chunks[k], valid[i].text);
}

Test(native_read, finds_every_truncation)
{
    struct buf text = {0};
    for (size_t i = 0; i < N_VALID; i++)
        for (size_t n = 1; n < valid[i].bytes.size_bytes; n++) {
            /* A copy that ends where the input ends, so that a sanitizer sees a read after it. */
            struct buf copy = {0};
            struct err err = {0};
            cr_assert_eq(buf_append(&copy, valid[i].bytes.data, n, NULL), STATUS_OK);
            struct bytes cut = {(const char *)copy.data, n};
            cr_assert_eq(read_all(cut, 0, &text, NULL, &err), STATUS_TRUNCATED, "case %zu, %zu", i,
                         n);
            cr_assert_not_null(strstr(err.message, "truncated input: expected "));
            buf_free(&copy);
        }
    buf_free(&text);
}

/* Reads a block of which the byte at `at` is changed, and everything that is in it. */
static void read_changed(struct bytes bytes, size_t at, uint8_t change)
{
    struct buf copy = {0}, text = {0};
    struct err err = {0};
    size_t capacity_bytes = 0;
    cr_assert_eq(buf_append(&copy, bytes.data, bytes.size_bytes, NULL), STATUS_OK);
    copy.data[at] ^= change;
    struct bytes changed = {(const char *)copy.data, copy.size_bytes};
    if (read_all(changed, 0, &text, &capacity_bytes, &err) != STATUS_OK)
        cr_assert_neq(err.message[0], '\0');
    cr_assert_lt(capacity_bytes, 1 << 20);
    buf_free(&copy);
    buf_free(&text);
}

Test(native_read, survives_any_change_of_a_byte, .timeout = 120)
{
    for (size_t i = 0; i < N_VALID; i++)
        for (size_t at = 0; at < valid[i].bytes.size_bytes; at++) {
            read_changed(valid[i].bytes, at, 0xff);
            for (unsigned bit = 0; bit < 8; bit++)
                read_changed(valid[i].bytes, at, (uint8_t)(1u << bit));
        }
}

/* Blocks of one, three and two rows; the second has another type, the third another name. */
static const struct bytes stream = BYTES("\1\1\1s\6String\1a"
                                         "\1\1\1s\6String\1b"
                                         "\1\3\1s\5UInt8\1\2\3"
                                         "\1\2\1t\5UInt8\4\5"
                                         "\1\0\1t\5UInt8"
                                         "\2\1\1t\5UInt8\6\1u\5UInt8\7"
                                         "\1\1\1t\5UInt8\x08"
                                         "\0\1"
                                         "\1\1\1t\5UInt8\x09");

Test(native_read, reads_block_after_block)
{
    static const size_t chunks[] = {0, 1, 7};
    for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++)
        expect_text(stream, chunks[i],
                    "!1 rows; s: 'a'\n"
                    "1 rows; s: 'b'\n"
                    "!3 rows; s: 1 2 3\n"
                    "!2 rows; t: 4 5\n"
                    "0 rows; t:\n"
                    "!1 rows; t: 6; u: 7\n"
                    "!1 rows; t: 8\n"
                    "!1 rows\n"
                    "!1 rows; t: 9\n");
}

/* A type is parsed anew only where it differs from the last block's, and one may begin as another.
 */
Test(native_read, follows_a_type_that_changes)
{
    static const char wire[] = "\1\1\1x\6UInt16ab"
                               "\1\1\1x\5Int16ab"
                               "\1\1\1x\5Int16cd"
                               "\1\1\1x\10DateTimeabcd"
                               "\1\1\1x\4Dateab"
                               "\1\1\1x\10DateTimeabcd";
    static const struct {
        const char *type;
        bool has_changed;
    } expected[] = {{"UInt16", true},   {"Int16", true}, {"Int16", false},
                    {"DateTime", true}, {"Date", true},  {"DateTime", true}};
    struct io_memory memory = {(const uint8_t *)wire, sizeof(wire) - 1, 0};
    struct native_reader reader = native_reader_init(io_input_of_memory(&memory), SIZE_MAX);
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        const struct native_block *block = NULL;
        cr_assert(native_read_block(&reader, &block, NULL) == STATUS_OK);
        const struct native_type *type = native_type_root(&block->columns[0].type);
        cr_expect(type->text_bytes == strlen(expected[i].type) &&
                  memcmp(type->text, expected[i].type, type->text_bytes) == 0);
        cr_expect(block->header_changed == expected[i].has_changed);
    }
    native_reader_free(&reader);
}

/* A name has at most 2^20 bytes, and may have as many. */
Test(native_read, takes_the_longest_name)
{
    enum { MOST_BYTES = 1 << 20 };
    for (size_t more = 0; more <= 1; more++) {
        struct buf wire = {0};
        uint8_t *name = NULL;
        const struct native_block *block = NULL;
        cr_assert(buf_append(&wire, "\1\1", 2, NULL) == STATUS_OK);
        cr_assert(buf_append_varuint(&wire, MOST_BYTES + more, NULL) == STATUS_OK);
        cr_assert(buf_extend(&wire, MOST_BYTES + more, &name, NULL) == STATUS_OK);
        memset(name, 'x', MOST_BYTES + more);
        cr_assert(buf_append(&wire, "\5UInt8a", 7, NULL) == STATUS_OK);
        struct io_memory memory = {wire.data, wire.size_bytes, 0};
        struct native_reader reader = native_reader_init(io_input_of_memory(&memory), SIZE_MAX);
        cr_expect(native_read_block(&reader, &block, NULL) ==
                  (more == 0 ? STATUS_OK : STATUS_LIMIT));
        native_reader_free(&reader);
        buf_free(&wire);
    }
}

Test(native_read, ends_with_the_input)
{
    expect_text((struct bytes){"", 0}, 0, "");
    expect_text((struct bytes){NULL, 0}, 0, "");
}

Test(native_read, keeps_the_body_as_it_came)
{
    struct io_memory memory = {(const uint8_t *)stream.data, stream.size_bytes, 3};
    struct native_reader reader = native_reader_init(io_input_of_memory(&memory), 0);
    const struct native_block *block = NULL;
    cr_assert_eq(native_read_block(&reader, &block, NULL), STATUS_OK);
    cr_assert_eq(block->body_bytes, 11);
    cr_assert_eq(memcmp(block->body, "\1s\6String\1a", 11), 0);
    cr_assert_eq(native_read_block(&reader, &block, NULL), STATUS_OK);
    cr_assert_eq(memcmp(block->body, "\1s\6String\1b", 11), 0);
    native_reader_free(&reader);
}

/* Only the first columns are indexed, the others cost nothing. */
Test(native_read, indexes_the_columns_that_were_asked_for)
{
    static const struct bytes two = BYTES("\2\1\1a\6String\1x\1b\6String\1y");
    struct io_memory memory = {(const uint8_t *)two.data, two.size_bytes, 0};
    struct native_reader reader = native_reader_init(io_input_of_memory(&memory), 1);
    const struct native_block *block = NULL;
    cr_assert_eq(native_read_block(&reader, &block, NULL), STATUS_OK);
    cr_assert_not_null(native_column_nodes(&block->columns[0])->starts);
    cr_assert_null(native_column_nodes(&block->columns[1])->starts);
    cr_assert_eq(block->columns[1].starts.capacity_bytes, 0);
    cr_assert_eq(memcmp(native_column_nodes(&block->columns[1])->data, "\1y", 2), 0);
    native_reader_free(&reader);
}

/* A large block costs at most twice its size, and the reader keeps that for the next one. */
Test(native_read, holds_at_most_twice_the_largest_block)
{
    static const char header[] = "\1\x80\x80\x40\1n\6UInt64"; /* 2^20 rows */
    size_t block_bytes = sizeof(header) - 1 + ((size_t)8 << 20);
    struct buf bytes = {0}, text = {0};
    struct err err = {0};
    size_t capacity_bytes = 0;
    uint8_t *values = NULL;
    for (int block = 0; block < 2; block++) {
        cr_assert_eq(buf_append(&bytes, header, sizeof(header) - 1, NULL), STATUS_OK);
        cr_assert_eq(buf_extend(&bytes, (size_t)8 << 20, &values, NULL), STATUS_OK);
        memset(values, block, (size_t)8 << 20);
    }
    struct bytes input = {(const char *)bytes.data, bytes.size_bytes};
    cr_assert_eq(read_all(input, 65536, &text, &capacity_bytes, &err), STATUS_OK, "%s",
                 err.message);
    cr_assert_geq(capacity_bytes, block_bytes);
    cr_assert_leq(capacity_bytes, 2 * block_bytes);
    buf_free(&bytes);
    buf_free(&text);
}

/* Every allocation of a stream fails once: a status, no leak (under a sanitizer), no crash. */
Test(native_read, reports_every_failed_allocation)
{
    for (size_t i = 0; i < N_VALID; i++)
        for (unsigned long n = 1;; n++) {
            struct io_memory memory = {(const uint8_t *)valid[i].bytes.data,
                                       valid[i].bytes.size_bytes, 5};
            struct native_reader reader = native_reader_init(io_input_of_memory(&memory), SIZE_MAX);
            const struct native_block *block = NULL;
            struct err err = {0};
            mem_fail_call(n);
            enum status status = native_read_block(&reader, &block, &err);
            mem_fail_call(0);
            native_reader_free(&reader);
            if (status == STATUS_OK)
                break;
            cr_assert_eq(status, STATUS_NOMEM);
            cr_assert_not_null(strstr(err.message, "out of memory: "), "%s", err.message);
            cr_assert_null(block);
        }
}
