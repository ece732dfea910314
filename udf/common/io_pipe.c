#include "io_pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* A server that computes takes a block every few milliseconds. */
enum { STALL_MS = 100 };

static bool has_aside(const struct io_pipe *pipe)
{
    return pipe->sent_bytes < pipe->aside.size_bytes;
}

/* Writes what goes into the pipe now. *written_bytes_out is 0 where it is full. */
static enum status write_now(struct io_pipe *pipe, const struct iovec *parts, size_t n_parts,
                             size_t *written_bytes_out, struct err *err)
{
    size_t n_now = n_parts < IOV_MAX ? n_parts : IOV_MAX;
    ssize_t n;
    do
        n = writev(pipe->descriptor, parts, (int)n_now);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno != EAGAIN)
        return io_refuse_write(err);
    if (n == 0)
        return err_set(err, STATUS_IO, "cannot write the output: no progress");
    *written_bytes_out = n < 0 ? 0 : (size_t)n;
    if (n > 0)
        pipe->is_stalled = false;
    return STATUS_OK;
}

static enum status send_aside(struct io_pipe *pipe, struct err *err)
{
    size_t written_bytes = 1;
    while (has_aside(pipe) && written_bytes > 0) {
        struct iovec part = {pipe->aside.data + pipe->sent_bytes,
                             pipe->aside.size_bytes - pipe->sent_bytes};
        TRY(write_now(pipe, &part, 1, &written_bytes, err));
        pipe->sent_bytes += written_bytes;
    }
    if (!has_aside(pipe)) {
        buf_free(&pipe->aside);
        pipe->sent_bytes = 0;
    }
    return STATUS_OK;
}

/* Forgets the bytes that are sent, where they are the larger part. */
static void compact_aside(struct io_pipe *pipe)
{
    struct buf *aside = &pipe->aside;
    if (pipe->sent_bytes <= aside->size_bytes / 2)
        return;
    aside->size_bytes -= pipe->sent_bytes;
    memmove(aside->data, aside->data + pipe->sent_bytes, aside->size_bytes);
    pipe->sent_bytes = 0;
}

/* Puts the parts aside; false where there is no room for them, in the limit or in memory. */
static bool put_aside(struct io_pipe *pipe, const struct iovec *parts, size_t n_parts)
{
    size_t size_bytes = 0;
    for (size_t i = 0; i < n_parts; i++)
        size_bytes += parts[i].iov_len;
    compact_aside(pipe);
    if (pipe->aside.size_bytes > pipe->max_aside_bytes ||
        size_bytes > pipe->max_aside_bytes - pipe->aside.size_bytes ||
        buf_reserve(&pipe->aside, size_bytes, NULL) != STATUS_OK)
        return false;
    for (size_t i = 0; i < n_parts; i++) {
        memcpy(pipe->aside.data + pipe->aside.size_bytes, parts[i].iov_base, parts[i].iov_len);
        pipe->aside.size_bytes += parts[i].iov_len;
    }
    return true;
}

static enum status wait_patiently(struct io_pipe *pipe, struct err *err)
{
    if (io_is_ready(pipe->descriptor, POLLOUT, pipe->patience_ms))
        return STATUS_OK;
    pipe->is_deserted = true;
    return err_set(err, STATUS_GONE,
                   "expected the server to read the answer, found that it took nothing for %d s "
                   "(--patience)",
                   pipe->patience_ms / 1000);
}

static enum status write_pipe(void *context, struct iovec *parts, size_t n_parts, struct err *err)
{
    struct io_pipe *pipe = context;
    size_t first = io_skip(parts, n_parts, 0, 0);
    while (first < n_parts) {
        size_t written_bytes = 0;
        TRY(send_aside(pipe, err));
        if (!has_aside(pipe))
            TRY(write_now(pipe, parts + first, n_parts - first, &written_bytes, err));
        first = io_skip(parts, n_parts, first, written_bytes);
        if (written_bytes > 0 || first == n_parts)
            continue;
        if (!pipe->is_stalled)
            pipe->is_stalled = !io_is_ready(pipe->descriptor, POLLOUT, STALL_MS);
        else if (put_aside(pipe, parts + first, n_parts - first))
            return STATUS_OK;
        else
            TRY(wait_patiently(pipe, err));
    }
    return STATUS_OK;
}

static enum status resume_pipe(void *context, int timeout_ms, bool *has_rest_out, struct err *err)
{
    struct io_pipe *pipe = context;
    if (has_aside(pipe) && io_is_ready(pipe->descriptor, POLLOUT, timeout_ms))
        TRY(send_aside(pipe, err));
    *has_rest_out = has_aside(pipe);
    return STATUS_OK;
}

static enum status finish_pipe(void *context, struct err *err)
{
    struct io_pipe *pipe = context;
    while (has_aside(pipe)) {
        TRY(wait_patiently(pipe, err));
        TRY(send_aside(pipe, err));
    }
    return STATUS_OK;
}

/* Makes the pipe of the descriptor one that does not block, through a new opening of it: the one
 * that is there may be shared with other processes. */
static void open_anew(int descriptor)
{
    char path[64];
    struct stat stat;
    if (fstat(descriptor, &stat) != 0 || !S_ISFIFO(stat.st_mode))
        return;
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", descriptor);
    int opened = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (opened < 0)
        return;
    (void)dup2(opened, descriptor);
    (void)close(opened);
}

struct io_output io_pipe_open(struct io_pipe *pipe, int descriptor, size_t max_aside_bytes,
                              int patience_ms)
{
    *pipe = (struct io_pipe){
        .descriptor = descriptor, .max_aside_bytes = max_aside_bytes, .patience_ms = patience_ms};
    open_anew(descriptor);
    return (struct io_output){
        .context = pipe, .write = write_pipe, .resume = resume_pipe, .finish = finish_pipe};
}

void io_drain(int descriptor, int timeout_ms)
{
    static uint8_t dropped[64 << 10];
    int64_t end_ms = io_now_ms() + timeout_ms;
    for (int64_t left_ms = timeout_ms; left_ms > 0; left_ms = end_ms - io_now_ms())
        if (!io_is_ready(descriptor, POLLIN, (int)left_ms) ||
            read(descriptor, dropped, sizeof(dropped)) <= 0)
            return;
}
