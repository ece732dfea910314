#include "io.h"

#include <errno.h>
#include <limits.h>
#include <time.h>
#include <unistd.h>

/* A descriptor travels in the context pointer itself, so that nothing has to outlive the struct. */
static int descriptor_of(void *context)
{
    return (int)(intptr_t)context;
}

static enum status read_descriptor(void *context, uint8_t *to, size_t capacity_bytes,
                                   size_t *read_bytes_out, struct err *err)
{
    ssize_t n;
    do
        n = read(descriptor_of(context), to, capacity_bytes);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return err_set(err, STATUS_IO, "cannot read the input: %s", strerror(errno));
    *read_bytes_out = (size_t)n;
    return STATUS_OK;
}

bool io_is_ready(int descriptor, short events, int timeout_ms)
{
    struct pollfd wanted = {.fd = descriptor, .events = events};
    int n;
    do
        n = poll(&wanted, 1, timeout_ms);
    while (n < 0 && errno == EINTR);
    return n != 0;
}

int64_t io_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool descriptor_has_more(void *context)
{
    /* A writer that only waits for its turn of the processor is back by then. */
    enum { PAUSE_MS = 20 };
    return io_is_ready(descriptor_of(context), POLLIN, PAUSE_MS);
}

size_t io_skip(struct iovec *parts, size_t n_parts, size_t first, size_t written_bytes)
{
    while (first < n_parts && written_bytes >= parts[first].iov_len)
        written_bytes -= parts[first++].iov_len;
    if (first < n_parts) {
        parts[first].iov_base = (uint8_t *)parts[first].iov_base + written_bytes;
        parts[first].iov_len -= written_bytes;
    }
    return first;
}

enum status io_refuse_write(struct err *err)
{
    enum status status = errno == EPIPE ? STATUS_GONE : STATUS_IO;
    return err_set(err, status, "cannot write the output: %s", strerror(errno));
}

static enum status write_descriptor(void *context, struct iovec *parts, size_t n_parts,
                                    struct err *err)
{
    size_t first = io_skip(parts, n_parts, 0, 0);
    while (first < n_parts) {
        size_t n_now = n_parts - first < IOV_MAX ? n_parts - first : IOV_MAX;
        ssize_t n = writev(descriptor_of(context), parts + first, (int)n_now);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return io_refuse_write(err);
        if (n == 0)
            return err_set(err, STATUS_IO, "cannot write the output: no progress");
        first = io_skip(parts, n_parts, first, (size_t)n);
    }
    return STATUS_OK;
}

struct io_input io_input_of_descriptor(int descriptor)
{
    return (struct io_input){.context = (void *)(intptr_t)descriptor,
                             .read = read_descriptor,
                             .has_more = descriptor_has_more};
}

struct io_output io_output_of_descriptor(int descriptor)
{
    return (struct io_output){.context = (void *)(intptr_t)descriptor, .write = write_descriptor};
}

static enum status read_memory(void *context, uint8_t *to, size_t capacity_bytes,
                               size_t *read_bytes_out, struct err *err)
{
    (void)err;
    struct io_memory *memory = context;
    size_t n = memory->size_bytes < capacity_bytes ? memory->size_bytes : capacity_bytes;
    if (memory->chunk_bytes > 0 && n > memory->chunk_bytes)
        n = memory->chunk_bytes;
    *read_bytes_out = n;
    if (n == 0) /* the address may be NULL, and nothing may be added to that */
        return STATUS_OK;
    memcpy(to, memory->bytes, n);
    memory->bytes += n;
    memory->size_bytes -= n;
    return STATUS_OK;
}

struct io_input io_input_of_memory(struct io_memory *memory)
{
    return (struct io_input){.context = memory, .read = read_memory};
}

static enum status write_buf(void *context, struct iovec *parts, size_t n_parts, struct err *err)
{
    for (size_t i = 0; i < n_parts; i++)
        TRY(buf_append(context, parts[i].iov_base, parts[i].iov_len, err));
    return STATUS_OK;
}

struct io_output io_output_of_buf(struct buf *buf)
{
    return (struct io_output){.context = buf, .write = write_buf};
}
