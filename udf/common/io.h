/*
 * Where bytes come from and go to: two small structs of callbacks, with file descriptors behind
 * them in the executables and memory behind them in the tests.
 */
#ifndef SALTWELL_IO_H
#define SALTWELL_IO_H

#include "buf.h"

#include <stdbool.h>
#include <sys/uio.h>

struct io_input {
    void *context;
    /* Reads 1 to capacity_bytes bytes; *read_bytes_out is 0 at the end of the input. STATUS_IO. */
    enum status (*read)(void *context, uint8_t *to, size_t capacity_bytes, size_t *read_bytes_out,
                        struct err *err);
    /* NULL, or whether more bytes come within some milliseconds: what comes, comes at once, where
     * the other side is in the middle of writing. */
    bool (*has_more)(void *context);
};

struct io_output {
    void *context;
    /* Writes all parts in order, or fails with STATUS_IO. The parts are used up on the way. */
    enum status (*write)(void *context, struct iovec *parts, size_t n_parts, struct err *err);
    /* NULL, or `write` returns at once, and this waits until it is done and gives its status.
     * Before that, neither the parts nor what they point to may change. */
    enum status (*wait)(void *context, struct err *err);
};

CHECKED static inline enum status io_wait(const struct io_output *output, struct err *err)
{
    return output->wait == NULL ? STATUS_OK : output->wait(output->context, err);
}

/* Reads from / writes to a descriptor, which stays the caller's. Interrupted and short calls are
 * repeated. */
struct io_input io_input_of_descriptor(int descriptor);
struct io_output io_output_of_descriptor(int descriptor);

/* A run of bytes as an input: hands out at most chunk_bytes at a time (0: no limit). */
struct io_memory {
    const uint8_t *bytes;
    size_t size_bytes;
    size_t chunk_bytes;
};
struct io_input io_input_of_memory(struct io_memory *memory);

/* Appends what is written to a buffer. */
struct io_output io_output_of_buf(struct buf *buf);

#endif
