/*
 * raw_pipe: how fast bytes go through two pipes when nobody looks at them. A child reads one pipe
 * and writes the other, as an executable does; this process feeds the first and drains the second
 * at once, as the server does.
 *
 *   raw_pipe BYTES_IN BYTES_OUT
 *
 * Prints the seconds from the first byte to the last.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PIPE_BYTES = 1 << 20, CHUNK_BYTES = 1 << 20 };

static char chunk[CHUNK_BYTES], drained[CHUNK_BYTES];

struct flow {
    int descriptor;
    size_t left_bytes;
};

static void fail(const char *step)
{
    perror(step);
    exit(1);
}

static void put(struct flow *flow, size_t size_bytes)
{
    if (size_bytes > flow->left_bytes)
        size_bytes = flow->left_bytes;
    while (size_bytes > 0) {
        ssize_t n =
            write(flow->descriptor, chunk, size_bytes < CHUNK_BYTES ? size_bytes : CHUNK_BYTES);
        if (n <= 0)
            fail("raw_pipe: write");
        size_bytes -= (size_t)n;
        flow->left_bytes -= (size_t)n;
    }
}

static void *feed(void *flow)
{
    put(flow, SIZE_MAX);
    close(((struct flow *)flow)->descriptor);
    return NULL;
}

/* Writes in step with what it reads, so that the last bytes of both come together. */
static void pass_on(int from, size_t in_bytes, struct flow to)
{
    double share = in_bytes == 0 ? 0 : (double)to.left_bytes / (double)in_bytes;
    for (;;) {
        ssize_t n = read(from, drained, CHUNK_BYTES);
        if (n < 0)
            fail("raw_pipe: read");
        if (n == 0)
            break;
        put(&to, (size_t)((double)n * share));
    }
    put(&to, SIZE_MAX);
    _exit(0);
}

int main(int argc, char **argv)
{
    int in[2], out[2];
    if (argc != 3) {
        fputs("usage: raw_pipe BYTES_IN BYTES_OUT\n", stderr);
        return 2;
    }
    struct flow feeding = {.left_bytes = strtoull(argv[1], NULL, 10)};
    size_t out_bytes = strtoull(argv[2], NULL, 10);
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        fail("raw_pipe: pipe");
    fcntl(in[0], F_SETPIPE_SZ, PIPE_BYTES);
    fcntl(out[0], F_SETPIPE_SZ, PIPE_BYTES);
    struct timespec began, ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    pid_t child = fork();
    if (child == 0) {
        close(in[1]);
        close(out[0]);
        pass_on(in[0], feeding.left_bytes, (struct flow){out[1], out_bytes});
    }
    close(in[0]);
    close(out[1]);
    feeding.descriptor = in[1];
    pthread_t feeder;
    if (child < 0 || pthread_create(&feeder, NULL, feed, &feeding) != 0)
        fail("raw_pipe: start");
    size_t got_bytes = 0;
    for (ssize_t n; (n = read(out[0], drained, CHUNK_BYTES)) > 0;)
        got_bytes += (size_t)n;
    clock_gettime(CLOCK_MONOTONIC, &ended);
    pthread_join(feeder, NULL);
    waitpid(child, NULL, 0);
    printf("%.6f\n",
           (double)(ended.tv_sec - began.tv_sec) + (double)(ended.tv_nsec - began.tv_nsec) * 1e-9);
    return got_bytes == out_bytes ? 0 : 1;
}
