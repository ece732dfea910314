/*
 * What happens with the periods of a stream, by --emit and --lengths: each emitter stands in a file
 * of its own, knows nothing of period_scan.c, and exports one struct period_emitter.
 */
#ifndef SALTWELL_PERIOD_EMITTER_H
#define SALTWELL_PERIOD_EMITTER_H

#include "period_columns.h"
#include "period_options.h"
#include "stream_key.h"

/* The scan as its emitter sees it. */
struct period_scan {
    const struct period_options *options;
    struct native_writer writer;
    size_t time; /* column */
    struct stream_key key;
    struct period_run run; /* the open period */
    uint64_t id;           /* its id */
    size_t n_starts;       /* periods that begin in the block */
    /* For the emitter to set. */
    void *state;                    /* the emitter's own */
    size_t n_columns_out;           /* before the first block */
    struct period_columns *columns; /* of the block, for the scan to fill; NULL: not needed */
};

/* `row` is a row of the block. Where a function has nothing to do, NULL. */
struct period_emitter {
    bool writes_behind; /* a block is still being written while the next is scanned */
    size_t state_bytes; /* of scan->state, which begins as zeros */
    /* Before the first block: resolves columns, announces those of the output. */
    enum status (*open)(struct period_scan *scan, const struct native_block *block,
                        struct err *err);
    enum status (*begin_block)(struct period_scan *scan, const struct native_block *block,
                               struct err *err);
    /* The open period ends before `row`; scan->run and scan->key still describe it. */
    enum status (*close_period)(struct period_scan *scan, const struct native_block *block,
                                uint64_t row, struct err *err);
    /* All rows of the block are scanned. */
    enum status (*end_block)(struct period_scan *scan, const struct native_block *block,
                             struct err *err);
    /* The input ended, its last period is closed. */
    enum status (*end)(struct period_scan *scan, struct err *err);
    void (*free_state)(void *state);
};

extern const struct period_emitter period_rows_emitter, period_wait_emitter, period_list_emitter;

#endif
