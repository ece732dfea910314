/*
 * Write-behind: a thread writes a block while the caller reads and computes the next one, and goes
 * on with what the output below it has put aside.
 */
#ifndef SALTWELL_IO_BEHIND_H
#define SALTWELL_IO_BEHIND_H

#include "io.h"

#include <pthread.h>
#include <stdbool.h>

struct io_behind {
    struct io_output output;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool is_running; /* the thread */
    bool is_writing, ends;
    bool has_rest;       /* put aside by `output` */
    struct iovec *parts; /* NULL: finish */
    size_t n_parts;
    enum status status; /* of the last write */
    struct err err;
};

/*
 * Starts the thread that writes to `output`, which must outlive it. waits: a write returns when its
 * parts may change again; the thread then serves what is put aside only. Returns the output to
 * write to: `output` itself where no thread can be started. In a sandbox the thread can neither be
 * started nor ended: start it before, and let it end with the process.
 */
struct io_output io_behind_start(struct io_behind *behind, struct io_output output, bool waits);

/* Waits for the last write and ends the thread. */
void io_behind_end(struct io_behind *behind);

#endif
