/*
 * Where the periods of a block begin: the rows of a new key, behind a gap, beyond a span or at a
 * restart. Done for the whole block at once, in loops without unpredictable branches.
 */
#ifndef SALTWELL_PERIOD_CUT_H
#define SALTWELL_PERIOD_CUT_H

#include "periods_rule.h"
#include "stream_ticks.h"

/* A block's rows, as the cut needs them. */
struct period_rows {
    struct stream_ticks ticks; /* where a span is capped, 8 bytes wide */
    const uint8_t *changed;    /* 1: the key differs from the row before; else 0 */
    const uint8_t *restarts;   /* not 0: a period begins; NULL: nowhere */
};

/* The periods that begin in a block. Its memory is kept for the next block. All zero is good. */
struct period_starts {
    struct buf rows; /* uint32: their first rows, and behind them the block's number of rows */
    size_t n;
    struct buf marks, capped; /* scratch */
};

void period_starts_free(struct period_starts *starts);

/*
 * Finds the periods that begin in the block. open: the period that is open before the block; its
 * number is 0 where there is none, and then changed[0] is set. *n_rows_out is the number of ticks,
 * or the first row whose tick is below the one before it in the same key: the starts are then those
 * of the rows before it. STATUS_NOMEM.
 */
CHECKED enum status period_cut(const struct period_rows *rows, const struct period_rule *rule,
                               const struct period_run *open, struct period_starts *starts,
                               size_t *n_rows_out, struct err *err);

#endif
