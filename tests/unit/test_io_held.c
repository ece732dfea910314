/* io_held: what is out is never the whole before it is finished. */
#include "io_held.h"

#include <criterion/criterion.h>

static struct buf out;
static struct io_held held;

static struct io_output open_held(void)
{
    buf_reset(&out);
    return io_held_open(&held, io_output_of_buf(&out));
}

static void write_text(struct io_output output, const char *first, const char *second)
{
    char bytes[2][32];
    struct iovec parts[2];
    const char *texts[2] = {first, second};
    for (int i = 0; i < 2; i++) {
        parts[i] = (struct iovec){bytes[i], strlen(texts[i])};
        memcpy(bytes[i], texts[i], strlen(texts[i]));
    }
    cr_assert_eq(output.write(output.context, parts, 2, NULL), STATUS_OK);
}

static void expect_out(const char *expected)
{
    cr_assert_eq(out.size_bytes, strlen(expected), "expected %s, found %.*s", expected,
                 (int)out.size_bytes, (const char *)out.data);
    if (out.size_bytes > 0) /* the address may be NULL */
        cr_assert_arr_eq(out.data, expected, out.size_bytes);
}

Test(io_held, the_last_byte_comes_with_the_next_write_or_the_end)
{
    struct io_output output = open_held();
    write_text(output, "ab", "cd");
    expect_out("abc");
    write_text(output, "", "e");
    expect_out("abcd");
    write_text(output, "fg", "");
    expect_out("abcdef");
    cr_assert_eq(io_finish(&output, NULL), STATUS_OK);
    expect_out("abcdefg");
    buf_free(&held.parts);
}

Test(io_held, an_output_can_be_begun_before_its_first_write)
{
    struct io_output output = open_held();
    cr_assert_eq(output.begin(output.context, 'a', NULL), STATUS_OK);
    expect_out("a");
    write_text(output, "abc", "d");
    expect_out("abc");
    cr_assert_eq(io_finish(&output, NULL), STATUS_OK);
    expect_out("abcd");
    buf_free(&held.parts);
}

Test(io_held, nothing_written_is_nothing_at_the_end)
{
    struct io_output output = open_held();
    cr_assert_eq(io_finish(&output, NULL), STATUS_OK);
    expect_out("");
    buf_free(&held.parts);
}
