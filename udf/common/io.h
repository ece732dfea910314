/*
 * Where bytes come from and go to: two small structs of callbacks, for file descriptors in the
 * executables and for memory in the tests.
 */
#ifndef SALTWELL_IO_H
#define SALTWELL_IO_H

#include "buf.h"

#include <poll.h>
#include <stdbool.h>
#include <sys/uio.h>

/* Blocks that have been read or written whole. */
struct io_totals {
    uint64_t n_blocks, n_rows;
};

static inline void io_add_block(struct io_totals *totals, uint64_t n_rows)
{
    if (totals == NULL)
        return;
    totals->n_blocks++;
    totals->n_rows += n_rows;
}

struct io_input {
    void *context;
    /* Reads 1 to capacity_bytes bytes; *read_bytes_out is 0 at the end of the input. STATUS_IO. */
    enum status (*read)(void *context, uint8_t *to, size_t capacity_bytes, size_t *read_bytes_out,
                        struct err *err);
    /* NULL, or whether more bytes come within some milliseconds: what comes, comes at once, where
     * the other side is in the middle of writing. */
    bool (*has_more)(void *context);
    struct io_totals *totals; /* NULL, or where a reader of blocks counts them */
};

struct io_output {
    void *context;
    /* Writes all parts in order, or fails with STATUS_IO. The parts are used up on the way. */
    enum status (*write)(void *context, struct iovec *parts, size_t n_parts, struct err *err);
    /* NULL, or the output is incomplete until it is finished, and this makes it so before anything
     * is written, with the first byte of what is written next; it will be left out there. */
    enum status (*begin)(void *context, uint8_t first_byte, struct err *err);
    /* NULL, or the columns are known: the output may write this block, which has no rows, between
     * others whenever it likes. It copies the bytes. */
    enum status (*announce)(void *context, const struct buf *empty_block, struct err *err);
    /* NULL, or `write` returns at once, and this waits until it is done and gives its status.
     * Before that, neither the parts nor what they point to may change. */
    enum status (*wait)(void *context, struct err *err);
    /* NULL, or `write` may have put bytes aside, and this goes on with them: it waits at most
     * timeout_ms for the reader. *has_rest_out tells whether any are left. */
    enum status (*resume)(void *context, int timeout_ms, bool *has_rest_out, struct err *err);
    /* NULL, or nothing more comes: writes what is held back or put aside. */
    enum status (*finish)(void *context, struct err *err);
    struct io_totals *totals; /* NULL, or where a writer of blocks counts them */
};

CHECKED static inline enum status io_wait(const struct io_output *output, struct err *err)
{
    return output->wait == NULL ? STATUS_OK : output->wait(output->context, err);
}

CHECKED static inline enum status io_finish(const struct io_output *output, struct err *err)
{
    return output->finish == NULL ? io_wait(output, err) : output->finish(output->context, err);
}

/* Takes the first written_bytes bytes off the parts, of which `first` are used up. Returns the
 * index of the first that has bytes left. */
size_t io_skip(struct iovec *parts, size_t n_parts, size_t first, size_t written_bytes);

/* What errno says of a write that failed: STATUS_GONE where the pipe has no reader, else STATUS_IO.
 */
enum status io_refuse_write(struct err *err);

/* Reads from / writes to a descriptor, which stays the caller's. Interrupted and short calls are
 * repeated. */
struct io_input io_input_of_descriptor(int descriptor);
struct io_output io_output_of_descriptor(int descriptor);

/* Whether the descriptor can be read from (POLLIN) or written to (POLLOUT) within the time. What is
 * wrong with it is told by the read or the write that follows. */
bool io_is_ready(int descriptor, short events, int timeout_ms);

/* Milliseconds on a clock that never jumps. */
int64_t io_now_ms(void);

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
