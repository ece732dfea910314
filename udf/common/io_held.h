/*
 * An output that is incomplete at every moment but the end: the last byte of what was written is
 * held back until more comes, or until the end, which says that all is there. A reader that sees
 * the end of the bytes without it, because the process died, finds the last block cut off. Without
 * that, a process that dies between two blocks would look like one that had no more to say.
 */
#ifndef SALTWELL_IO_HELD_H
#define SALTWELL_IO_HELD_H

#include "io.h"

struct io_held {
    struct io_output output;
    struct buf parts;     /* struct iovec: the held byte and what is written now; kept to the end */
    uint8_t written_byte; /* that was held back, or begins the output */
    uint8_t held_byte;
    bool holds_byte;
    bool is_begun; /* the first byte of what is written next is out */
};

/* The output to write to; `output` must outlive it. `begin` makes it incomplete before the first
 * block is there. `finish` writes the byte that is held back. */
struct io_output io_held_open(struct io_held *held, struct io_output output);

#endif
