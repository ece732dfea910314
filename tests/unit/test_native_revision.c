/* native_revision: blocks as the server sends them in each revision of its protocol. The files of
 * tests/golden/revisions are what ClickHouse 26.7 sent. */
#include "native_revision.h"

#include "native_write.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define INFO "\1\0\2\xff\xff\xff\xff\0"

static const enum native_revision forms[] = {
    NATIVE_REVISION_0,
    NATIVE_REVISION_INFO,
    54405, /* the forms differ, and the names of types */
    NATIVE_REVISION_KINDS,
    NATIVE_REVISION_BUCKETS,
};
enum { N_FORMS = sizeof(forms) / sizeof(forms[0]) };

static enum native_revision form_of(enum native_revision revision)
{
    return revision == 54405 ? NATIVE_REVISION_INFO : revision;
}

static const char *const captures[] = {"types", "empty_arrays", "empty_strings", "no_values"};
enum { N_CAPTURES = sizeof(captures) / sizeof(captures[0]) };

static void load_capture(const char *name, enum native_revision revision, struct buf *bytes)
{
    char path[256];
    uint8_t *room = NULL;
    snprintf(path, sizeof(path), "tests/golden/revisions/%s-%d.native", name, (int)revision);
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    cr_assert_eq(buf_extend(bytes, 1 << 16, &room, NULL), STATUS_OK);
    bytes->size_bytes = fread(room, 1, 1 << 16, file);
    fclose(file);
}

/* Reads all blocks and writes their columns, of all of them, as a program passes them on. */
static enum status pass_on(struct io_input input, bool revision_varies, struct buf *out,
                           enum native_revision *revision_out, struct err *err)
{
    struct native_reader reader = native_reader_init(input, SIZE_MAX);
    struct native_writer writer = native_writer_init(io_output_of_buf(out));
    const struct native_block *block = NULL;
    enum status status = STATUS_OK;
    reader.revision_varies = revision_varies;
    for (;;) {
        status = native_read_block(&reader, &block, err);
        if (status != STATUS_OK || block == NULL)
            break;
        *revision_out = block->revision;
        cr_assert_eq(native_writer_begin(&writer, block->n_columns, block->n_rows, NULL),
                     STATUS_OK);
        cr_assert_eq(native_writer_add_block(&writer, block, NULL), STATUS_OK);
        cr_assert_eq(native_writer_flush(&writer, NULL), STATUS_OK);
    }
    native_writer_free(&writer);
    native_reader_free(&reader);
    return status;
}

static enum status pass_on_bytes(const void *bytes, size_t size_bytes, struct buf *out,
                                 enum native_revision *revision_out, struct err *err)
{
    struct io_memory memory = {bytes, size_bytes, 0};
    return pass_on(io_input_of_memory(&memory), false, out, revision_out, err);
}

/* From 54405 on the types have the names of revision 0, and the blocks differ in nothing else but
 * what is taken off them. */
Test(native_revision, each_is_recognised_and_passed_on_in_revision_0)
{
    for (size_t i = 0; i < N_CAPTURES; i++) {
        struct buf plain = {0};
        load_capture(captures[i], NATIVE_REVISION_0, &plain);
        for (size_t k = 0; k < N_FORMS; k++) {
            struct buf capture = {0}, out = {0};
            struct err err = {0};
            enum native_revision found = NATIVE_REVISION_0;
            load_capture(captures[i], forms[k], &capture);
            cr_assert_eq(pass_on_bytes(capture.data, capture.size_bytes, &out, &found, &err),
                         STATUS_OK, "%s-%d: %s", captures[i], (int)forms[k], err.message);
            cr_assert_eq(found, form_of(forms[k]), "%s-%d: %d", captures[i], (int)forms[k],
                         (int)found);
            if (forms[k] != NATIVE_REVISION_INFO) {
                cr_assert_eq(out.size_bytes, plain.size_bytes, "%s-%d", captures[i], (int)forms[k]);
                cr_assert_eq(memcmp(out.data, plain.data, plain.size_bytes), 0);
            }
            buf_free(&capture);
            buf_free(&out);
        }
        buf_free(&plain);
    }
}

/* A pipe of which each read takes the rest of one piece, and on which nothing more comes by itself.
 */
struct pieces {
    const uint8_t *const *bytes;
    const size_t *sizes_bytes;
    size_t n, at, at_byte;
};

static enum status read_piece(void *context, uint8_t *to, size_t capacity_bytes,
                              size_t *read_bytes_out, struct err *err)
{
    struct pieces *pieces = context;
    (void)err;
    *read_bytes_out = 0;
    if (pieces->at == pieces->n)
        return STATUS_OK;
    size_t left_bytes = pieces->sizes_bytes[pieces->at] - pieces->at_byte;
    *read_bytes_out = left_bytes < capacity_bytes ? left_bytes : capacity_bytes;
    memcpy(to, pieces->bytes[pieces->at] + pieces->at_byte, *read_bytes_out);
    pieces->at_byte += *read_bytes_out;
    if (*read_bytes_out == left_bytes) {
        pieces->at++;
        pieces->at_byte = 0;
    }
    return STATUS_OK;
}

/* Of each byte it is known what it is before the next one comes. */
Test(native_revision, is_found_out_byte_by_byte)
{
    struct buf capture = {0};
    for (size_t k = 0; k < N_FORMS; k++) {
        buf_reset(&capture);
        load_capture("types", forms[k], &capture);
        const uint8_t **bytes = calloc(capture.size_bytes, sizeof(*bytes));
        size_t *sizes_bytes = calloc(capture.size_bytes, sizeof(*sizes_bytes));
        cr_assert(bytes != NULL && sizes_bytes != NULL);
        for (size_t i = 0; i < capture.size_bytes; i++) {
            bytes[i] = capture.data + i;
            sizes_bytes[i] = 1;
        }
        struct pieces pieces = {bytes, sizes_bytes, capture.size_bytes, 0, 0};
        struct io_input input = {.context = &pieces, .read = read_piece};
        struct buf out = {0};
        struct err err = {0};
        enum native_revision found = NATIVE_REVISION_0;
        cr_assert_eq(pass_on(input, false, &out, &found, &err), STATUS_OK, "%s", err.message);
        cr_assert_eq(found, form_of(forms[k]), "%d: %d", (int)forms[k], (int)found);
        buf_free(&out);
        free(bytes);
        free(sizes_bytes);
    }
    buf_free(&capture);
}

/* A pooled process serves one client after the other. */
Test(native_revision, varies_from_block_to_block_where_it_may)
{
    struct buf captures_of[N_FORMS] = {0}, out = {0}, expected = {0};
    const uint8_t *bytes[2 * N_FORMS];
    size_t sizes_bytes[2 * N_FORMS];
    enum native_revision found = NATIVE_REVISION_0;
    struct err err = {0};
    for (size_t k = 0; k < N_FORMS; k++)
        load_capture("empty_strings", forms[k], &captures_of[k]);
    for (size_t i = 0; i < 2 * N_FORMS; i++) {
        size_t k = i * 3 % N_FORMS; /* each after others than at first */
        bytes[i] = captures_of[k].data;
        sizes_bytes[i] = captures_of[k].size_bytes;
        cr_assert_eq(buf_append(&expected, captures_of[0].data, captures_of[0].size_bytes, NULL),
                     STATUS_OK);
    }
    struct pieces pieces = {bytes, sizes_bytes, 2 * N_FORMS, 0, 0};
    struct io_input input = {.context = &pieces, .read = read_piece};
    cr_assert_eq(pass_on(input, true, &out, &found, &err), STATUS_OK, "%s", err.message);
    cr_assert_eq(out.size_bytes, expected.size_bytes);
    cr_assert_eq(memcmp(out.data, expected.data, out.size_bytes), 0);
    for (size_t k = 0; k < N_FORMS; k++)
        buf_free(&captures_of[k]);
    buf_free(&out);
    buf_free(&expected);
}

/* More of a large block may be on its way where a smaller one could end. */
static bool more_comes(void *context)
{
    const struct pieces *pieces = context;
    return pieces->at < pieces->n;
}

Test(native_revision, waits_for_the_rest_of_a_large_block)
{
    enum { N_ROWS = 1000 };
    static const char head[] = INFO "\1\xe8\7\1a\16Array(Float64)\0";
    static uint8_t block[sizeof(head) - 1 + N_ROWS * 8];
    memcpy(block, head, sizeof(head) - 1); /* empty arrays: all offsets are 0 */
    const uint8_t *bytes[] = {block, block + sizeof(block) - 1};
    const size_t sizes_bytes[] = {sizeof(block) - 1, 1};
    for (size_t n = 1; n <= 2; n++) {
        struct pieces pieces = {bytes, sizes_bytes, n, 0, 0};
        struct io_input input = {.context = &pieces, .read = read_piece, .has_more = more_comes};
        struct buf out = {0};
        enum native_revision found = NATIVE_REVISION_0;
        cr_assert_eq(pass_on(input, true, &out, &found, NULL), STATUS_OK);
        cr_assert_eq(found, n == 1 ? NATIVE_REVISION_INFO : NATIVE_REVISION_KINDS);
        buf_free(&out);
    }
}

Test(native_revision, every_shorter_input_is_truncated)
{
    for (size_t k = 0; k < N_FORMS; k++) {
        struct buf capture = {0};
        load_capture("types", forms[k], &capture);
        for (size_t n = 1; n < capture.size_bytes; n++) {
            struct buf out = {0};
            struct err err = {0};
            enum native_revision found = NATIVE_REVISION_0;
            enum status status = pass_on_bytes(capture.data, n, &out, &found, &err);
            bool ends_between_blocks = out.size_bytes > 0 && status == STATUS_OK;
            cr_assert(status != STATUS_OK || ends_between_blocks, "%d, %zu bytes", (int)forms[k],
                      n);
            cr_assert(status == STATUS_OK || err.message[0] != '\0');
            buf_free(&out);
        }
        buf_free(&capture);
    }
}

Test(native_revision, refuses_what_no_revision_has)
{
    static const struct {
        const char *bytes;
        size_t size_bytes;
        enum status status;
        const char *message;
    } cases[] = {
#define CASE(bytes, status, message) {bytes, sizeof(bytes) - 1, status, message}
        CASE("\1\0\2\xff\xff\xff\xff\4", STATUS_FORMAT, "found BlockInfo with a field 4"),
        CASE("\1\0\2\xff\xff\xff\xff\3\0\5", STATUS_FORMAT, "found BlockInfo with a field 5"),
        CASE("\1\0\2\xff\xff\xff\xff\3\x81\2", STATUS_LIMIT, "at most 256 buckets, found 257"),
        CASE("\1\0\2\xff\xff\xff\xff\3\1\0\0\0\0\0\2\1\1a\5UInt8\1\1\1b\5UInt8\0\1", STATUS_FORMAT,
             "column 1 'a': expected values in their type's own layout (a byte 0), found a byte 1"),
        CASE("\1\0\2\xff\xff\xff\xff", STATUS_TRUNCATED, "truncated input"),
        /* The second block is of another form than the first. */
        CASE(INFO "\1\1\1a\5UInt8\7"
                  "\1\1\1a\5UInt8\7",
             STATUS_FORMAT, "revision"),
        CASE("\1\1\1a\5UInt8\7" INFO "\1\1\1a\5UInt8\7", STATUS_FORMAT, "revision"),
        /* Both readings fail: the one that comes further says why. */
        CASE(INFO "\2\1\1a\5UInt8\0\1\1b\7Dynamic\0", STATUS_FORMAT, "column 2 'b': type Dynamic"),
        CASE(INFO "\2\1\1a\5UInt8\1\1b\7Dynamic", STATUS_FORMAT, "column 2 'b': type Dynamic"),
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf out = {0};
        struct err err = {0};
        enum native_revision found = NATIVE_REVISION_0;
        enum status status = pass_on_bytes(cases[i].bytes, cases[i].size_bytes, &out, &found, &err);
        cr_assert_eq(status, cases[i].status, "case %zu: %d, %s", i, (int)status, err.message);
        cr_assert_not_null(strstr(err.message, cases[i].message), "case %zu: %s", i, err.message);
        buf_free(&out);
    }
}

/* A block of revision 0 that begins like BlockInfo, but for the bytes of its column's name. */
Test(native_revision, a_name_of_two_bytes_is_no_block_info)
{
    static const char block[] = "\1\1\2ab\5UInt8\7";
    struct buf out = {0};
    enum native_revision found = NATIVE_REVISION_BUCKETS;
    cr_assert_eq(pass_on_bytes(block, sizeof(block) - 1, &out, &found, NULL), STATUS_OK);
    cr_assert_eq(found, NATIVE_REVISION_0);
    cr_assert_eq(out.size_bytes, sizeof(block) - 1);
    buf_free(&out);
}
