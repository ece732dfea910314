/* function: the block loop around a table of toy functions. */
#include "function.h"
#include "function_pages.h"

#include "../mem_fail.h"

#include <criterion/criterion.h>

/* length(text) + extra; an extra of 255 is refused. */
static enum status add_length(struct function_call *call, struct err *err)
{
    const struct native_node *texts = function_argument_nodes(call, 0);
    const uint8_t *extras = function_argument_values(call, 1);
    for (; call->row < call->n_rows; call->row++) {
        size_t size_bytes = 0;
        (void)native_string(texts, call->row, &size_bytes);
        if (extras[call->row] == 255)
            return err_set(err, STATUS_FORMAT, "expected an extra below 255, found 255");
        TRY(buf_append_u64(&call->result->parts[0], size_bytes + extras[call->row], err));
    }
    return STATUS_OK;
}

static const struct function functions[] = {
    {
        .name = "addLength",
        .doc = "The text's length and an extra",
        .arguments = {{"text", "String"}, {"extra", "UInt8"}},
        .returns = "UInt64",
        .kernel = add_length,
    },
    {.name = "broken", .doc = "No such type", .returns = "UInt7", .kernel = add_length},
};
static const struct function_table table = {"toy", "for the tests", functions, 2};

static enum status serve(const char *input, size_t size_bytes, struct buf *out, struct err *err)
{
    struct io_memory memory = {(const uint8_t *)input, size_bytes, 9};
    return function_serve(&functions[0], io_input_of_memory(&memory), io_output_of_buf(out), err);
}

#define HEAD "\4text\6String"
#define EXTRA "\5extra\5UInt8"
#define RESULT "\6result\206\0UInt64"

static void expect_answer(const char *input, size_t input_bytes, const char *answer,
                          size_t answer_bytes)
{
    struct buf out = {0};
    struct err err = {0};
    cr_assert_eq(serve(input, input_bytes, &out, &err), STATUS_OK, "%s", err.message);
    cr_assert_eq(out.size_bytes, answer_bytes, "expected %zu bytes, found %zu", answer_bytes,
                 out.size_bytes);
    cr_assert_eq(memcmp(out.data, answer, answer_bytes), 0);
    buf_free(&out);
}
#define EXPECT_ANSWER(input, answer) \
    expect_answer(input, sizeof(input) - 1, answer, sizeof(answer) - 1)

Test(function, answers_each_block_with_a_block)
{
    EXPECT_ANSWER("\2\2" HEAD "\3abc\0" EXTRA "\1\2"
                  "\2\1" HEAD "\1x" EXTRA "\0",
                  "\1\2" RESULT "\4\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"
                  "\1\1" RESULT "\1\0\0\0\0\0\0\0");
}

Test(function, answers_a_block_without_rows)
{
    EXPECT_ANSWER("\2\0" HEAD EXTRA "\2\1" HEAD "\1x" EXTRA "\0"
                  "\2\0" HEAD EXTRA,
                  "\1\0" RESULT "\1\1" RESULT "\1\0\0\0\0\0\0\0"
                  "\1\0" RESULT);
}

/* The input may end before the first block: `out` has not even memory then. */
Test(function, answers_nothing_to_nothing)
{
    struct buf out = {0};
    cr_assert_eq(serve("", 0, &out, NULL), STATUS_OK);
    cr_assert_eq(out.size_bytes, 0);
    cr_assert_null(out.data);
}

/* Another type that carries the same, in turn with the declared one. */
Test(function, widens_arguments)
{
    EXPECT_ANSWER("\2\2\4text\16FixedString(3)abcd\0\0" EXTRA "\1\2"
                  "\2\1" HEAD "\1x" EXTRA "\0"
                  "\2\1\4text\16FixedString(3)ab\0" EXTRA "\0",
                  "\1\2" RESULT "\4\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0"
                  "\1\1" RESULT "\1\0\0\0\0\0\0\0"
                  "\1\1" RESULT "\2\0\0\0\0\0\0\0");
}

static void expect_failure(const char *input, size_t input_bytes, enum status code,
                           const char *message, size_t answer_bytes)
{
    struct buf out = {0};
    struct err err = {0};
    enum status status = serve(input, input_bytes, &out, &err);
    cr_assert_eq(status, code, "expected %d, found %d: %s", (int)code, (int)status, err.message);
    cr_assert_str_eq(err.message, message, "expected '%s', found '%s'", message, err.message);
    cr_assert_eq(out.size_bytes, answer_bytes);
    buf_free(&out);
}
#define EXPECT_FAILURE(input, code, message) \
    expect_failure(input, sizeof(input) - 1, code, message, 0)

Test(function, checks_the_arguments)
{
    EXPECT_FAILURE("\1\1" HEAD "\0", STATUS_MISMATCH, "expected 2 argument columns, found 1");
    EXPECT_FAILURE("\0\0", STATUS_MISMATCH, "expected 2 argument columns, found 0");
    EXPECT_FAILURE("\0\7", STATUS_MISMATCH, "expected 2 argument columns, found 0");
    EXPECT_FAILURE("\3\0" HEAD EXTRA EXTRA, STATUS_MISMATCH,
                   "expected 2 argument columns, found 3");
    EXPECT_FAILURE("\2\0"
                   "\4test\6String" EXTRA,
                   STATUS_MISMATCH, "column 1: expected the name 'text', found 'test'");
    EXPECT_FAILURE("\2\0"
                   "\5texts\6String" EXTRA,
                   STATUS_MISMATCH, "column 1: expected the name 'text', found 'texts'");
    EXPECT_FAILURE("\2\0"
                   "\0\6String" EXTRA,
                   STATUS_MISMATCH, "column 1: expected the name 'text', found ''");
    EXPECT_FAILURE("\2\0" HEAD "\5extra\4Int8", STATUS_MISMATCH,
                   "column 2 'extra': expected the type UInt8, found Int8");
    EXPECT_FAILURE("\2\1"
                   "\4text\20Nullable(String)\1\1x" EXTRA "\0",
                   STATUS_FORMAT, "column 1 'text': row 1: expected a value of String, found NULL");
    EXPECT_FAILURE("\2\0"
                   "\5extra\5UInt8" HEAD,
                   STATUS_MISMATCH, "column 1: expected the name 'text', found 'extra'");
}

/* The header is checked whenever it changes, and the blocks before it are answered. */
Test(function, checks_a_later_block_too)
{
    static const char input[] = "\2\1" HEAD "\1x" EXTRA "\0"
                                "\2\1" HEAD "\1x"
                                "\5extra\4Int8\0";
    expect_failure(input, sizeof(input) - 1, STATUS_MISMATCH,
                   "column 2 'extra': expected the type UInt8, found Int8",
                   sizeof("\1\1" RESULT "\1\0\0\0\0\0\0\0") - 1);
    static const char none[] = "\2\1" HEAD "\1x" EXTRA "\0"
                               "\0\1";
    expect_failure(none, sizeof(none) - 1, STATUS_MISMATCH, "expected 2 argument columns, found 0",
                   sizeof("\1\1" RESULT "\1\0\0\0\0\0\0\0") - 1);
}

/* A kernel that fails at its second row has written one already; nothing of it goes out. */
Test(function, writes_nothing_of_a_failed_block)
{
    EXPECT_FAILURE("\2\3" HEAD "\1x\1y\1z" EXTRA "\0\xff\0", STATUS_FORMAT,
                   "row 2: expected an extra below 255, found 255");
    EXPECT_FAILURE("\2\1" HEAD "\1x" EXTRA, STATUS_TRUNCATED,
                   "column 2 'extra': truncated input: expected 1 more bytes at byte 28 of the "
                   "block, found 0");
}

Test(function, refuses_a_table_with_a_type_that_is_none)
{
    struct err err = {0};
    struct buf out = {0};
    struct io_memory memory = {0};
    cr_assert_eq(
        function_serve(&functions[1], io_input_of_memory(&memory), io_output_of_buf(&out), &err),
        STATUS_FORMAT);
    cr_assert_not_null(strstr(err.message, "UInt7"));
}

Test(function, reports_every_failed_allocation)
{
    static const char input[] = "\2\2" HEAD "\3abc\0" EXTRA "\1\2";
    for (unsigned long n = 1;; n++) {
        struct buf out = {0};
        struct err err = {0};
        cr_assert_eq(buf_reserve(&out, 1024, NULL), STATUS_OK);
        mem_fail_call(n);
        enum status status = serve(input, sizeof(input) - 1, &out, &err);
        mem_fail_call(0);
        size_t size_bytes = out.size_bytes;
        buf_free(&out);
        if (status == STATUS_OK) {
            cr_assert_gt(n, 10, "expected more allocations, found %lu", n);
            return;
        }
        cr_assert_eq(status, STATUS_NOMEM, "%s", err.message);
        cr_assert_eq(size_bytes, 0);
    }
}

Test(function, finds_by_name)
{
    cr_assert_eq(function_find(&table, "broken"), &functions[1]);
    cr_assert_null(function_find(&table, "addlength"));
    cr_assert_null(function_find(&table, ""));
    cr_assert_eq(function_count_arguments(&functions[0]), 2);
    cr_assert_eq(function_count_arguments(&functions[1]), 0);
}

static void expect_page(void (*print)(const struct function_table *, FILE *), const char *fragment)
{
    char page[8192] = "";
    FILE *to = fmemopen(page, sizeof(page) - 1, "w");
    cr_assert_not_null(to);
    print(&table, to);
    cr_assert_eq(fclose(to), 0);
    cr_assert_not_null(strstr(page, fragment), "expected '%s' in '%s'", fragment, page);
}

Test(function, prints_its_pages_from_the_table)
{
    expect_page(function_print_list,
                "addLength\ttext String, extra UInt8\tUInt64\tThe text's length and an extra\n");
    expect_page(function_print_help, "\n  addLength(text String, extra UInt8)\n    -> UInt64\n");
    expect_page(function_print_usage, "usage: toy ");
    expect_page(function_print_xml, "<command>toy addLength</command>");
    expect_page(function_print_xml, "            <name>extra</name>\n"
                                    "            <type>UInt8</type>\n");
    expect_page(function_print_xml, "<return_type>UInt64</return_type>");
    expect_page(function_print_xml, "<check_exit_code>1</check_exit_code>");
}
