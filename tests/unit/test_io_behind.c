/* io_behind: what is written behind the caller's back arrives whole and in order, and its failures
 * are told. */
#include "io_behind.h"
#include "io_pipe.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

enum { PIPE_BYTES = 4096, BLOCK_BYTES = 3 * PIPE_BYTES, N_BLOCKS = 20 };

static struct io_behind behind;

static enum status write_bytes(struct io_output output, uint8_t *bytes, size_t size_bytes,
                               struct err *err)
{
    static struct iovec part;
    part = (struct iovec){bytes, size_bytes};
    return output.write(output.context, &part, 1, err);
}

static void expect_block(int descriptor, uint8_t expected)
{
    for (size_t i = 0; i < BLOCK_BYTES;) {
        uint8_t bytes[BLOCK_BYTES];
        ssize_t n = read(descriptor, bytes, BLOCK_BYTES - i);
        cr_assert_gt(n, 0);
        for (ssize_t k = 0; k < n; k++)
            cr_assert_eq(bytes[k], expected);
        i += (size_t)n;
    }
}

/* Were the write not behind the caller's back, it would wait for a reader that comes after it. */
Test(io_behind, write_returns_before_the_reader_comes, .timeout = 60)
{
    static uint8_t blocks[2][BLOCK_BYTES];
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES), PIPE_BYTES);
    struct io_output output = io_behind_start(&behind, io_output_of_descriptor(ends[1]), false);
    for (uint8_t i = 0; i < N_BLOCKS; i++) {
        uint8_t *block = blocks[i % 2];
        memset(block, i, BLOCK_BYTES);
        cr_assert_eq(write_bytes(output, block, BLOCK_BYTES, NULL), STATUS_OK);
        expect_block(ends[0], i);
        cr_assert_eq(io_wait(&output, NULL), STATUS_OK);
    }
    io_behind_end(&behind);
}

Test(io_behind, a_failure_is_told_by_wait_and_by_the_next_write, .timeout = 60)
{
    struct err err = {0};
    uint8_t byte = 0;
    int full = open("/dev/full", O_WRONLY);
    cr_assert_geq(full, 0);
    struct io_output output = io_behind_start(&behind, io_output_of_descriptor(full), false);
    cr_assert_eq(write_bytes(output, &byte, 1, &err), STATUS_OK);
    cr_assert_eq(io_wait(&output, &err), STATUS_IO);
    cr_assert_str_eq(err.message, "cannot write the output: No space left on device");
    err = (struct err){0};
    cr_assert_eq(write_bytes(output, &byte, 1, &err), STATUS_IO);
    cr_assert_str_eq(err.message, "cannot write the output: No space left on device");
    cr_assert_eq(io_wait(&output, NULL), STATUS_IO);
    io_behind_end(&behind);
}

Test(io_behind, ends_without_a_write, .timeout = 60)
{
    struct io_output output =
        io_behind_start(&behind, io_output_of_descriptor(STDOUT_FILENO), false);
    cr_assert_eq(io_wait(&output, NULL), STATUS_OK);
    io_behind_end(&behind);
    io_behind_end(&behind);
}

/* A pipe's reader that pauses: the caller goes on, and the thread hands over what was put aside. */
Test(io_behind, the_thread_goes_on_with_what_is_put_aside, .timeout = 60)
{
    static struct io_pipe put_aside;
    static uint8_t block[BLOCK_BYTES];
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES), PIPE_BYTES);
    struct io_output output = io_behind_start(
        &behind, io_pipe_open(&put_aside, ends[1], (size_t)N_BLOCKS * BLOCK_BYTES, 10000), true);
    for (uint8_t i = 0; i < N_BLOCKS; i++) {
        memset(block, i, BLOCK_BYTES);
        cr_assert_eq(write_bytes(output, block, BLOCK_BYTES, NULL), STATUS_OK);
    }
    for (uint8_t i = 0; i < N_BLOCKS; i++)
        expect_block(ends[0], i);
    cr_assert_eq(io_finish(&output, NULL), STATUS_OK);
    io_behind_end(&behind);
    buf_free(&put_aside.aside);
}
