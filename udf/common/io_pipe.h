/*
 * An output to a pipe whose reader may pause, or has stopped for good and keeps the pipe open all
 * the same: that is what ClickHouse does after a LIMIT or a cancel, and at the same time it waits
 * until its whole input is read. Nothing tells the two apart. So while the reader takes nothing,
 * the bytes are put aside in memory, up to a limit, and the program can go on reading its input.
 * Where the reader takes nothing for longer than it is given, nobody wants the rest.
 */
#ifndef SALTWELL_IO_PIPE_H
#define SALTWELL_IO_PIPE_H

#include "io.h"

struct io_pipe {
    int descriptor;
    int patience_ms;
    size_t max_aside_bytes;
    struct buf aside;  /* freed when all of it is sent */
    size_t sent_bytes; /* of those */
    bool is_stalled;   /* the reader has taken nothing for a while, and nothing since */
    bool is_deserted;  /* a write has failed because the reader took nothing for patience_ms */
};

/*
 * The output to write to. A descriptor that is no pipe, or that the system does not open anew, is
 * written to as it is, and no byte is put aside. Call it before entering a sandbox.
 */
struct io_output io_pipe_open(struct io_pipe *pipe, int descriptor, size_t max_aside_bytes,
                              int patience_ms);

/* Reads what is left of an input and drops it, for at most timeout_ms. */
void io_drain(int descriptor, int timeout_ms);

#endif
