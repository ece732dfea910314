/* native_read: blocks that no server sends. */
#include "native_read.h"

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

/* Reads the first block and lets go of it. capacity_out (may be NULL): what the reader took. */
static enum status read_one(struct bytes bytes, size_t chunk_bytes, size_t *capacity_out,
                            struct err *err)
{
    struct io_memory memory = {(const uint8_t *)bytes.data, bytes.size_bytes, chunk_bytes};
    struct native_reader reader = native_reader_init(io_input_of_memory(&memory), SIZE_MAX);
    const struct native_block *block = NULL;
    enum status status = native_read_block(&reader, &block, err);
    if (status != STATUS_OK)
        cr_assert_null(block);
    if (capacity_out != NULL)
        *capacity_out = reader.bytes.capacity_bytes;
    native_reader_free(&reader);
    return status;
}

static const struct {
    struct bytes bytes;
    enum status status;
    const char *message;
} hostile[] = {
    {BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\2" /* columns: 65 bits */), STATUS_FORMAT,
     "expected a varuint of at most 64 bits at byte 0 of the block, found a longer one"},
    {BYTES("\1"
           "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\1" /* rows: 11 bytes */),
     STATUS_FORMAT,
     "expected a varuint of at most 64 bits at byte 1 of the block, found a longer one"},
    {BYTES("\x81\x80\4" /* 65537 columns */
           "\1"),
     STATUS_LIMIT, "expected a block of at most 65536 columns, found 65537"},
    {BYTES("\1"
           "\x81\x80\x80\x80\4" /* 2^30 + 1 rows */),
     STATUS_LIMIT, "expected a block of at most 1073741824 rows, found 1073741825"},
    {BYTES("\1\1"
           "\x81\x80\x40" /* a name of 2^20 + 1 bytes */),
     STATUS_LIMIT,
     "column 1 '': expected a name or a type of at most 1048576 bytes, found one of 1048577"},
    {BYTES("\1\1"
           "\1j"
           "\4Json"),
     STATUS_FORMAT,
     "column 1 'j': type Json: Saltwell does not know the layout of the type at character 1"},
    {BYTES("\2\1"
           "\1a"
           "\5UInt8"
           "\1"
           "\1b"
           "\7Dynamic"),
     STATUS_FORMAT,
     "column 2 'b': type Dynamic: expected a type whose layout is the same in every block (CAST "
     "the "
     "column to one), found Dynamic at character 1"},
    {BYTES("\1\3"
           "\1a"
           "\x0c"
           "Array(UInt8)"
           "\2\0\0\0\0\0\0\0" /* ends: 2, */
           "\1\0\0\0\0\0\0\0" /* 1: backwards, */
           "\3\0\0\0\0\0\0\0" /* 3 */
           "abc"),
     STATUS_FORMAT, "column 1 'a': row 2: expected an array offset of 2 or more, found 1"},
    {BYTES("\1\1"
           "\1a"
           "\x0d"
           "Array(UInt64)"
           "\xff\xff\xff\xff\xff\xff\xff\xff"), /* 2^64 - 1 elements */
     STATUS_LIMIT, "column 1 'a': expected fewer values of 8 bytes, found 18446744073709551615"},
    {BYTES("\1\1"
           "\1a"
           "\x0d"
           "Array(String)"
           "\xff\xff\xff\xff\xff\xff\xff\xff"
           "\0\0\0"),
     STATUS_TRUNCATED,
     "column 1 'a': truncated input: expected 1 more bytes at byte 29 of the block, found 0"},
    {BYTES("\1\2"
           "\1s"
           "\6String"
           "\1x"
           "\xff\xff\xff\xff\xff\xff\xff\xff\xff\1" /* a String of 2^64 - 1 bytes */),
     STATUS_LIMIT,
     "column 1 's': row 2: expected a shorter String, found one of 18446744073709551615 bytes"},
    {BYTES("\1\1"
           "\1l"
           "\x16"
           "LowCardinality(String)"
           "\2\0\0\0\0\0\0\0"),
     STATUS_FORMAT, "column 1 'l': expected LowCardinality keys of version 1, found version 2"},
    {BYTES("\1\1"
           "\1l"
           "\x16"
           "LowCardinality(String)"
           "\1\0\0\0\0\0\0\0"
           "\4\6\0\0\0\0\0\0" /* indexes of 2^4 bytes */),
     STATUS_FORMAT,
     "column 1 'l': expected LowCardinality values with their own keys, found flags 0x604"},
    {BYTES("\1\1"
           "\1l"
           "\x16"
           "LowCardinality(String)"
           "\1\0\0\0\0\0\0\0"
           "\0\1\0\0\0\0\0\0" /* a dictionary shared between blocks */),
     STATUS_FORMAT,
     "column 1 'l': expected LowCardinality values with their own keys, found flags 0x100"},
    {BYTES("\1\1"
           "\1l"
           "\x16"
           "LowCardinality(String)"
           "\1\0\0\0\0\0\0\0"
           "\0\3\0\0\0\0\0\0" /* a shared dictionary and own keys */),
     STATUS_FORMAT,
     "column 1 'l': expected LowCardinality values with their own keys, found flags 0x300"},
    {BYTES("\1\1"
           "\1l"
           "\x16"
           "LowCardinality(String)"
           "\1\0\0\0\0\0\0\0"
           "\0\6\0\0\0\0\0\0"
           "\1\0\0\0\0\0\0\0" /* 1 key */
           "\0"
           "\2\0\0\0\0\0\0\0" /* 2 indexes for 1 row */),
     STATUS_FORMAT, "column 1 'l': expected 1 LowCardinality indexes, found 2"},
    {BYTES("\1\2"
           "\1l"
           "\x16"
           "LowCardinality(String)"
           "\1\0\0\0\0\0\0\0"
           "\0\6\0\0\0\0\0\0"
           "\1\0\0\0\0\0\0\0" /* 1 key */
           "\0"
           "\2\0\0\0\0\0\0\0"
           "\0\1" /* the second index is after the keys */),
     STATUS_FORMAT, "column 1 'l': row 2: expected a LowCardinality index below 1, found 1"},
    {BYTES("\1\2"
           "\1v"
           "\x29"
           "AggregateFunction(varSampStable, Float64)"
           "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
           "\1\0" /* the second state ends */),
     STATUS_TRUNCATED,
     "column 1 'v': row 2: truncated input: expected 16 more bytes at byte 64 of the block, found "
     "1"},
};
enum { N_HOSTILE = sizeof(hostile) / sizeof(hostile[0]) };

Test(native_read, refuses_hostile_blocks)
{
    for (size_t i = 0; i < N_HOSTILE; i++)
        for (size_t chunk_bytes = 0; chunk_bytes < 2; chunk_bytes++) {
            struct err err = {0};
            enum status status = read_one(hostile[i].bytes, chunk_bytes, NULL, &err);
            cr_assert_eq(status, hostile[i].status, "case %zu: expected %d, found %d: %s", i,
                         (int)hostile[i].status, (int)status, err.message);
            cr_assert_eq(err.code, status);
            cr_assert_str_eq(err.message, hostile[i].message, "case %zu: expected '%s', found '%s'",
                             i, hostile[i].message, err.message);
        }
}

/* Offsets are looked at many at a time: each place among them is as good as the others. */
Test(native_read, refuses_an_offset_that_goes_down_wherever_it_stands)
{
    enum { N_ROWS = 40, HEAD_BYTES = 17 };
    for (size_t low = 1; low < N_ROWS; low++) {
        struct buf bytes = {0};
        struct err err = {0};
        char expected[100];
        cr_assert_eq(buf_append(&bytes,
                                "\1\x28\1a\x0c"
                                "Array(UInt8)",
                                HEAD_BYTES, NULL),
                     STATUS_OK);
        for (size_t row = 0; row < N_ROWS; row++)
            cr_assert_eq(buf_append_u64(&bytes, row == low ? row - 1 : row + 1, NULL), STATUS_OK);
        snprintf(expected, sizeof(expected),
                 "column 1 'a': row %zu: expected an array offset of %zu or more, found %zu",
                 low + 1, low, low - 1);
        enum status status =
            read_one((struct bytes){(const char *)bytes.data, bytes.size_bytes}, 0, NULL, &err);
        cr_expect_eq(status, STATUS_FORMAT);
        cr_expect_str_eq(err.message, expected);
        buf_free(&bytes);
    }
}

/* What a block declares takes no memory before it arrives. */
Test(native_read, allocates_by_what_arrives)
{
    enum { ARRIVES_BYTES = 200000 }; /* more than the reader asks for ahead */
    static const struct bytes cases[] = {
        BYTES("\1"
              "\x80\x80\x80\x80\2" /* 2^29 rows */
              "\1n"
              "\6UInt64"
              "0123456789"),
        BYTES("\1"
              "\x80\x80\x80\x80\4" /* 2^30 rows */
              "\1f"
              "\x15"
              "FixedString(16777215)"
              "0123456789"),
        BYTES("\1\1"
              "\1s"
              "\6String"
              "\x80\x80\x80\x80\x80\x80\1" /* 2^42 bytes */
              "0123456789"),
        BYTES("\1\1"
              "\1a"
              "\x0d"
              "Array(UInt64)"
              "\0\0\0\0\0\1\0\0" /* 2^40 elements */
              "0123456789"),
        BYTES("\1\1"
              "\1l"
              "\x16"
              "LowCardinality(String)"
              "\1\0\0\0\0\0\0\0"
              "\0\6\0\0\0\0\0\0"
              "\0\0\0\0\0\1\0\0" /* 2^40 keys */
              "\0\0\0"),
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err = {0};
        struct buf input = {0};
        size_t capacity_bytes = 0;
        uint8_t *zeros = NULL;
        cr_assert_eq(buf_append(&input, cases[i].data, cases[i].size_bytes, NULL), STATUS_OK);
        cr_assert_eq(buf_extend(&input, ARRIVES_BYTES, &zeros, NULL), STATUS_OK);
        memset(zeros, 0, ARRIVES_BYTES);
        struct bytes bytes = {(const char *)input.data, input.size_bytes};
        cr_assert_eq(read_one(bytes, 0, &capacity_bytes, &err), STATUS_TRUNCATED, "case %zu: %s", i,
                     err.message);
        cr_assert_leq(capacity_bytes, 2 * (ARRIVES_BYTES + 65536), "case %zu: %zu bytes", i,
                      capacity_bytes);
        buf_free(&input);
    }
}

static enum status refuse_read(void *context, uint8_t *to, size_t capacity_bytes,
                               size_t *read_bytes_out, struct err *err)
{
    (void)context, (void)to, (void)capacity_bytes, (void)read_bytes_out;
    return err_set(err, STATUS_IO, "no more of this");
}

Test(native_read, passes_on_a_failed_read)
{
    struct err err = {0};
    struct io_input input = {.read = refuse_read};
    struct native_reader reader = native_reader_init(input, 0);
    const struct native_block *block = NULL;
    cr_assert_eq(native_read_block(&reader, &block, &err), STATUS_IO);
    cr_assert_str_eq(err.message, "no more of this");
    cr_assert_null(block);
    native_reader_free(&reader);
}
