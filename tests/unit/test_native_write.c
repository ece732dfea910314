/* native_write: what is built arrives as it was meant, and the reader reads it back. */
#include "native_read.h"
#include "native_write.h"

#include "../mem_fail.h"

#include <criterion/criterion.h>

static void append(struct buf *part, const void *bytes, size_t size_bytes)
{
    cr_assert_eq(buf_append(part, bytes, size_bytes, NULL), STATUS_OK);
}

static void expect_bytes(const struct buf *found, const char *expected, size_t size_bytes)
{
    cr_assert_eq(found->size_bytes, size_bytes, "expected %zu bytes, found %zu", size_bytes,
                 found->size_bytes);
    for (size_t i = 0; i < size_bytes; i++)
        cr_assert_eq(found->data[i], (uint8_t)expected[i], "byte %zu: expected %u, found %u", i,
                     (unsigned)(uint8_t)expected[i], (unsigned)found->data[i]);
}

Test(native_write, writes_a_block_whole)
{
    static const char type[] = "Array(Tuple(id UInt8, s Nullable(String)))";
    static const char wire[] = "\1\2"
                               "\6result"
                               "\xaa\0" /* 42, in two bytes */
                               "Array(Tuple(id UInt8, s Nullable(String)))"
                               "\1\0\0\0\0\0\0\0" /* ends of the rows */
                               "\2\0\0\0\0\0\0\0"
                               "\7\x08" /* id */
                               "\0\1"   /* the second s is NULL */
                               "\1x\0"; /* s */
    struct buf out = {0};
    struct native_builder builder = {0};
    struct native_writer writer = native_writer_init(io_output_of_buf(&out));
    cr_assert_eq(native_builder_init(&builder, "result", type, NULL), STATUS_OK);
    cr_assert_eq(builder.n_parts, 5);
    for (int round = 0; round < 2; round++) {
        native_builder_reset(&builder);
        append(&builder.parts[0], "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0", 16);
        append(&builder.parts[2], "\7\x08", 2);
        append(&builder.parts[3], "\0\1", 2);
        append(&builder.parts[4], "\1x\0", 3);
        cr_assert_eq(native_writer_begin(&writer, 1, 2, NULL), STATUS_OK);
        cr_assert_eq(native_writer_add(&writer, &builder, NULL), STATUS_OK);
        cr_assert_eq(out.size_bytes, 0, "nothing goes out before the flush");
        cr_assert_eq(native_writer_flush(&writer, NULL), STATUS_OK);
        expect_bytes(&out, wire, sizeof(wire) - 1);
        buf_reset(&out);
    }
    native_builder_free(&builder);
    native_writer_free(&writer);
    buf_free(&out);
}

Test(native_write, writes_a_block_without_rows)
{
    struct buf out = {0};
    struct native_builder builder = {0};
    struct native_writer writer = native_writer_init(io_output_of_buf(&out));
    cr_assert_eq(native_builder_init(&builder, "r", "Array(UInt8)", NULL), STATUS_OK);
    cr_assert_eq(native_writer_begin(&writer, 1, 0, NULL), STATUS_OK);
    cr_assert_eq(native_writer_add(&writer, &builder, NULL), STATUS_OK);
    cr_assert_eq(native_writer_flush(&writer, NULL), STATUS_OK);
    expect_bytes(&out,
                 "\1\0\1r\x8c\0"
                 "Array(UInt8)",
                 18);
    native_builder_free(&builder);
    native_writer_free(&writer);
    buf_free(&out);
}

Test(native_write, refuses_a_type_that_is_none)
{
    struct err err = {0};
    struct native_builder builder = {0};
    cr_assert_eq(native_builder_init(&builder, "r", "Array(UInt7)", &err), STATUS_FORMAT);
    cr_assert_not_null(strstr(err.message, "type Array(UInt7): "), "%s", err.message);
    native_builder_free(&builder);
}

/* Passes the blocks of input on to *out: the columns as they came, then one more, `n UInt8`. */
static enum status pass_on(struct buf *input, size_t chunk_bytes, struct buf *out, struct err *err)
{
    struct io_memory memory = {input->data, input->size_bytes, chunk_bytes};
    struct native_reader reader = native_reader_init(io_input_of_memory(&memory), 0);
    struct native_writer writer = native_writer_init(io_output_of_buf(out));
    struct native_builder builder = {0};
    const struct native_block *block = NULL;
    enum status status = native_builder_init(&builder, "n", "UInt8", err);
    while (status == STATUS_OK) {
        status = native_read_block(&reader, &block, err);
        if (status != STATUS_OK || block == NULL)
            break;
        native_builder_reset(&builder);
        for (uint64_t row = 0; row < block->n_rows && status == STATUS_OK; row++)
            status = buf_append_u8(&builder.parts[0], (uint8_t)row, err);
        if (status == STATUS_OK)
            status = native_writer_begin(&writer, block->n_columns + 1, block->n_rows, err);
        if (status == STATUS_OK)
            status = native_writer_add_bytes(&writer, block->body, block->body_bytes, err);
        if (status == STATUS_OK)
            status = native_writer_add(&writer, &builder, err);
        if (status == STATUS_OK)
            status = native_writer_flush(&writer, err);
    }
    native_builder_free(&builder);
    native_writer_free(&writer);
    native_reader_free(&reader);
    return status;
}

static const char two_blocks[] = "\2\2\1s\6String\1a\0\1v\x0c"
                                 "Array(UInt8)"
                                 "\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\5"
                                 "\2\0\1s\6String\1v\x0c"
                                 "Array(UInt8)";
static const char passed_on[] = "\3\2\1s\6String\1a\0\1v\x0c"
                                "Array(UInt8)"
                                "\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\5"
                                "\1n\205\0UInt8\0\1"
                                "\3\0\1s\6String\1v\x0c"
                                "Array(UInt8)"
                                "\1n\205\0UInt8";

Test(native_write, passes_columns_on_as_they_came)
{
    struct buf input = {0}, out = {0}, again = {0};
    append(&input, two_blocks, sizeof(two_blocks) - 1);
    for (size_t chunk_bytes = 0; chunk_bytes < 9; chunk_bytes++) {
        buf_reset(&out);
        cr_assert_eq(pass_on(&input, chunk_bytes, &out, NULL), STATUS_OK);
        expect_bytes(&out, passed_on, sizeof(passed_on) - 1);
    }
    /* What was written can be read and passed on in its turn. */
    cr_assert_eq(pass_on(&out, 3, &again, NULL), STATUS_OK);
    cr_assert_eq(again.size_bytes, out.size_bytes + 2 * 9 + 2);
    buf_free(&input);
    buf_free(&out);
    buf_free(&again);
}

/* Reading and writing, with each allocation failing once: what went out is whole blocks. */
Test(native_write, reports_every_failed_allocation)
{
    size_t first_block_bytes = sizeof(passed_on) - 1 - 33;
    struct buf input = {0};
    append(&input, two_blocks, sizeof(two_blocks) - 1);
    for (unsigned long n = 1;; n++) {
        struct buf out = {0};
        struct err err = {0};
        /* The output's own memory is not what is tested. */
        cr_assert_eq(buf_reserve(&out, 1024, NULL), STATUS_OK);
        mem_fail_call(n);
        enum status status = pass_on(&input, 7, &out, &err);
        mem_fail_call(0);
        size_t size_bytes = out.size_bytes;
        buf_free(&out);
        if (status == STATUS_OK) {
            cr_assert_gt(n, 10, "expected more allocations, found %lu", n);
            break;
        }
        cr_assert_eq(status, STATUS_NOMEM);
        cr_assert_eq(err.code, STATUS_NOMEM);
        cr_assert(size_bytes == 0 || size_bytes == first_block_bytes, "%zu bytes", size_bytes);
    }
    buf_free(&input);
}

static enum status refuse_write(void *context, struct iovec *parts, size_t n_parts, struct err *err)
{
    (void)context, (void)parts, (void)n_parts;
    return err_set(err, STATUS_IO, "no room");
}

Test(native_write, passes_on_a_failed_write)
{
    struct err err = {0};
    struct native_writer writer = native_writer_init((struct io_output){.write = refuse_write});
    cr_assert_eq(native_writer_begin(&writer, 0, 0, &err), STATUS_OK);
    cr_assert_eq(native_writer_flush(&writer, &err), STATUS_IO);
    cr_assert_str_eq(err.message, "no room");
    native_writer_free(&writer);
}
