/* io_pipe: a reader that pauses gets everything in order, and the writer does not wait for it; one
 * that stays away is given up. */
#include "io_pipe.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

enum { PIPE_BYTES = 4096, BLOCK_BYTES = 10000, N_BLOCKS = 20 };

static struct io_pipe written;

/* A small pipe; *reader_out is its other end. */
static struct io_output open_pipe(size_t max_aside_bytes, int *reader_out)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES), PIPE_BYTES);
    *reader_out = ends[0];
    return io_pipe_open(&written, ends[1], max_aside_bytes, 200);
}

static enum status write_block(struct io_output output, uint8_t value)
{
    static uint8_t bytes[BLOCK_BYTES];
    memset(bytes, value, sizeof(bytes));
    struct iovec part = {bytes, sizeof(bytes)};
    return output.write(output.context, &part, 1, NULL);
}

static void expect_blocks(int reader, struct io_output output)
{
    size_t n_read = 0;
    bool has_rest = true;
    while (n_read < (size_t)N_BLOCKS * BLOCK_BYTES) {
        uint8_t bytes[3000];
        cr_assert_eq(output.resume(output.context, 0, &has_rest, NULL), STATUS_OK);
        ssize_t n = read(reader, bytes, sizeof(bytes));
        cr_assert_gt(n, 0);
        for (ssize_t i = 0; i < n; i++)
            cr_assert_eq(bytes[i], n_read++ / BLOCK_BYTES);
    }
    cr_assert_eq(output.resume(output.context, 0, &has_rest, NULL), STATUS_OK);
    cr_assert_not(has_rest);
}

Test(io_pipe, a_reader_that_pauses_gets_everything, .timeout = 60)
{
    int reader = -1;
    struct io_output output = open_pipe((size_t)N_BLOCKS * BLOCK_BYTES, &reader);
    for (uint8_t i = 0; i < N_BLOCKS; i++)
        cr_assert_eq(write_block(output, i), STATUS_OK);
    expect_blocks(reader, output);
    cr_assert_eq(io_finish(&output, NULL), STATUS_OK);
    buf_free(&written.aside);
}

/* A part that the pipe takes whole is not sent again with those that follow. */
Test(io_pipe, parts_go_on_where_the_pipe_was_full, .timeout = 60)
{
    int reader = -1;
    struct io_output output = open_pipe((size_t)N_BLOCKS * BLOCK_BYTES, &reader);
    static uint8_t bytes[N_BLOCKS][BLOCK_BYTES];
    struct iovec parts[2 * N_BLOCKS] = {0};
    for (size_t i = 0; i < N_BLOCKS; i++) {
        memset(bytes[i], (int)i, BLOCK_BYTES);
        parts[2 * i] = (struct iovec){bytes[i], 100};
        parts[2 * i + 1] = (struct iovec){bytes[i] + 100, BLOCK_BYTES - 100};
    }
    cr_assert_eq(output.write(output.context, parts, 2 * N_BLOCKS, NULL), STATUS_OK);
    expect_blocks(reader, output);
    buf_free(&written.aside);
}

Test(io_pipe, a_reader_that_stays_away_is_given_up, .timeout = 60)
{
    int reader = -1, n_written = 0;
    struct io_output output = open_pipe(3 * BLOCK_BYTES, &reader);
    while (n_written < N_BLOCKS && write_block(output, 0) == STATUS_OK)
        n_written++;
    cr_assert_eq(n_written, 3);
    cr_assert(written.is_deserted);
    buf_free(&written.aside);
}

Test(io_pipe, the_end_waits_for_the_reader_and_gives_it_up, .timeout = 60)
{
    int reader = -1;
    struct io_output output = open_pipe(3 * BLOCK_BYTES, &reader);
    cr_assert_eq(write_block(output, 0), STATUS_OK);
    cr_assert_eq(io_finish(&output, NULL), STATUS_GONE);
    cr_assert(written.is_deserted);
    buf_free(&written.aside);
}

Test(io_pipe, a_file_takes_all_at_once, .timeout = 60)
{
    int file = open("/dev/null", O_WRONLY);
    struct io_output output = io_pipe_open(&written, file, 0, 200);
    for (uint8_t i = 0; i < N_BLOCKS; i++)
        cr_assert_eq(write_block(output, i), STATUS_OK);
    cr_assert_eq(io_finish(&output, NULL), STATUS_OK);
    buf_free(&written.aside);
}
