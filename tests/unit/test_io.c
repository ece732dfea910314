/* io: descriptors and memory behind the same callbacks. */
#include "io.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

Test(io, hands_out_memory_in_chunks)
{
    struct io_memory memory = {(const uint8_t *)"abcdefg", 7, 3};
    struct io_input input = io_input_of_memory(&memory);
    uint8_t to[16];
    size_t n = 99;
    cr_assert_eq(input.read(input.context, to, sizeof(to), &n, NULL), STATUS_OK);
    cr_assert_eq(n, 3);
    cr_assert_eq(memcmp(to, "abc", 3), 0);
    cr_assert_eq(input.read(input.context, to, 2, &n, NULL), STATUS_OK);
    cr_assert_eq(n, 2);
    cr_assert_eq(input.read(input.context, to, sizeof(to), &n, NULL), STATUS_OK);
    cr_assert_eq(n, 2);
    cr_assert_eq(memcmp(to, "fg", 2), 0);
    cr_assert_eq(input.read(input.context, to, sizeof(to), &n, NULL), STATUS_OK);
    cr_assert_eq(n, 0);
}

Test(io, reads_no_memory_at_all)
{
    struct io_memory memory = {0};
    struct io_input input = io_input_of_memory(&memory);
    uint8_t to[4];
    size_t n = 99;
    cr_assert_eq(input.read(input.context, to, sizeof(to), &n, NULL), STATUS_OK);
    cr_assert_eq(n, 0);
}

Test(io, reads_a_descriptor_to_its_end)
{
    int ends[2];
    uint8_t to[16];
    size_t n = 99;
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], "hello", 5), 5);
    close(ends[1]);
    struct io_input input = io_input_of_descriptor(ends[0]);
    cr_assert_eq(input.read(input.context, to, sizeof(to), &n, NULL), STATUS_OK);
    cr_assert_eq(n, 5);
    cr_assert_eq(input.read(input.context, to, sizeof(to), &n, NULL), STATUS_OK);
    cr_assert_eq(n, 0);
    close(ends[0]);
}

Test(io, reports_a_refused_read_and_write)
{
    struct err err = {0};
    uint8_t byte = 0;
    size_t n = 99;
    struct io_input input = io_input_of_descriptor(-1);
    cr_assert_eq(input.read(input.context, &byte, 1, &n, &err), STATUS_IO);
    cr_assert_str_eq(err.message, "cannot read the input: Bad file descriptor");
    cr_assert_eq(n, 99);
    struct iovec part = {&byte, 1};
    struct io_output closed = io_output_of_descriptor(-1);
    cr_assert_eq(closed.write(closed.context, &part, 1, &err), STATUS_IO);
    cr_assert_str_eq(err.message, "cannot write the output: Bad file descriptor");
    int full = open("/dev/full", O_WRONLY);
    cr_assert_geq(full, 0);
    struct io_output output = io_output_of_descriptor(full);
    cr_assert_eq(output.write(output.context, &part, 1, &err), STATUS_IO);
    cr_assert_str_eq(err.message, "cannot write the output: No space left on device");
    close(full);
}

enum { MANY = 3000, PART_BYTES = 97 };

/* What part i holds at position k. */
static uint8_t pattern(size_t i, size_t k)
{
    return (uint8_t)(i * 31 + k);
}

static int write_many(int descriptor)
{
    static struct iovec parts[MANY];
    static uint8_t bytes[MANY][PART_BYTES];
    for (size_t i = 0; i < MANY; i++) {
        for (size_t k = 0; k < PART_BYTES; k++)
            bytes[i][k] = pattern(i, k);
        /* Every seventh part is empty. */
        parts[i] = (struct iovec){bytes[i], i % 7 == 0 ? 0 : PART_BYTES};
    }
    struct io_output output = io_output_of_descriptor(descriptor);
    return output.write(output.context, parts, MANY, NULL) == STATUS_OK ? 0 : 1;
}

/* More parts than one writev takes, through a pipe that takes a piece at a time. */
Test(io, writes_all_parts_in_order, .timeout = 60)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    (void)fcntl(ends[1], F_SETPIPE_SZ, 4096);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        _exit(write_many(ends[1]));
    }
    close(ends[1]);
    for (size_t i = 0; i < MANY; i++)
        for (size_t k = 0; k < PART_BYTES && i % 7 != 0; k++) {
            uint8_t byte = 0;
            cr_assert_eq(read(ends[0], &byte, 1), 1, "part %zu, byte %zu", i, k);
            cr_assert_eq(byte, pattern(i, k), "part %zu, byte %zu", i, k);
        }
    uint8_t byte = 0;
    cr_assert_eq(read(ends[0], &byte, 1), 0);
    int status = -1;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert_eq(status, 0);
    close(ends[0]);
}

static void on_alarm(int signal_number)
{
    (void)signal_number;
}

/* A signal interrupts the read; it is taken up again. */
Test(io, repeats_an_interrupted_read, .timeout = 60)
{
    int ends[2];
    uint8_t byte = 0;
    size_t n = 0;
    struct err err = {0};
    struct sigaction action = {.sa_handler = on_alarm}; /* without SA_RESTART */
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(sigaction(SIGUSR1, &action, NULL), 0);
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        usleep(100000);
        kill(parent, SIGUSR1);
        usleep(100000);
        _exit(write(ends[1], "x", 1) == 1 ? 0 : 1);
    }
    struct io_input input = io_input_of_descriptor(ends[0]);
    cr_assert_eq(input.read(input.context, &byte, 1, &n, &err), STATUS_OK, "%s", err.message);
    cr_assert_eq(byte, 'x');
    cr_assert_eq(waitpid(child, NULL, 0), child);
    close(ends[0]);
    close(ends[1]);
}

/* What an earlier call left in errno is nothing of a read that found the end. */
Test(io, ends_after_an_interrupted_call, .timeout = 60)
{
    int ends[2];
    uint8_t byte = 0;
    size_t n = 1;
    cr_assert_eq(pipe(ends), 0);
    close(ends[1]);
    struct io_input input = io_input_of_descriptor(ends[0]);
    errno = EINTR;
    cr_assert_eq(input.read(input.context, &byte, 1, &n, NULL), STATUS_OK);
    cr_assert_eq(n, 0);
    close(ends[0]);
}

Test(io, appends_parts_to_a_buffer)
{
    struct buf buf = {0};
    char ab[] = "ab", c[] = "c";
    struct iovec parts[] = {{ab, 2}, {c, 1}};
    struct io_output output = io_output_of_buf(&buf);
    cr_assert_eq(output.write(output.context, parts, 2, NULL), STATUS_OK);
    cr_assert_eq(buf.size_bytes, 3);
    cr_assert_eq(memcmp(buf.data, "abc", 3), 0);
    buf_free(&buf);
}
