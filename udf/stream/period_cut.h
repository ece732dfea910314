/*
 * Where the periods of a block begin: the rows of a new key, behind a gap, beyond a span or at a
 * restart. Done for the whole block at once, in loops without unpredictable branches.
 */
#ifndef SALTWELL_PERIOD_CUT_H
#define SALTWELL_PERIOD_CUT_H

#include "buf.h"
#include "periods_rule.h"

/* A block's rows, as the cut needs them. */
struct period_rows {
    size_t n;
    const uint8_t *ticks;    /* int64 */
    const uint8_t *changed;  /* not 0: the key differs from the row before */
    const uint8_t *restarts; /* not 0: a period begins; NULL: nowhere */
};

/*
 * Lists the first rows of the periods that begin in the block, as uint32 in *starts, and behind
 * them n. open: the period that is open before the block; its number is 0 where there is none, and
 * then changed[0] is set. *n_rows_out is n, or the first row whose tick is below the one before it
 * in the same key: the starts are then those of the rows before it. STATUS_NOMEM.
 */
CHECKED enum status period_cut(const struct period_rows *rows, const struct period_rule *rule,
                               const struct period_run *open, struct buf *starts,
                               struct buf *scratch, size_t *n_starts_out, size_t *n_rows_out,
                               struct err *err);

#endif
