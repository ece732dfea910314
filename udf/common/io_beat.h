/*
 * An input and an output that are never silent for long: while the input makes the program wait, or
 * gives it nothing to answer yet, an empty block goes out every second. Only when a block comes
 * does ClickHouse look whether the query is cancelled and whether its own input query has failed;
 * until then it waits, for as long as command_read_timeout.
 */
#ifndef SALTWELL_IO_BEAT_H
#define SALTWELL_IO_BEAT_H

#include "io.h"

struct io_beat {
    int descriptor; /* of the input */
    struct io_input input;
    struct io_output output;
    struct buf block; /* the empty one; empty itself until it is known */
    int64_t last_ms;  /* when something was written */
};

/* beat->input reads from the descriptor and beat->output, which are to be used together from one
 * thread, writes to `output`, which must outlive it. */
void io_beat_open(struct io_beat *beat, int descriptor, struct io_output output,
                  struct io_input *input_out, struct io_output *output_out);

#endif
