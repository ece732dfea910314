/*
 * What becomes of a column's values within one key or one period: a sum, a count, a pick, moments,
 * a state of the values or a merged one. A fold takes the values in slices of rows, as blocks and
 * groups cut them, and its result never depends on where they were cut.
 */
#ifndef SALTWELL_FOLD_H
#define SALTWELL_FOLD_H

#include "fold_kind.h"

/*
 * Makes the fold of a column. `name` is that of the resulting column. FOLD_SUM widens numbers to 64
 * bits and Decimals to 38 digits where `widen` is set, and keeps the column's type otherwise.
 * STATUS_MISMATCH: the op does not go with the column's type; the message names both. STATUS_NOMEM.
 * Must be freed in any case.
 */
CHECKED enum status fold_init(struct fold *fold, const struct native_block *block, size_t column,
                              enum fold_op op, bool widen, const char *name, struct err *err);
void fold_free(struct fold *fold);

/* Adds rows [begin, end). The statuses of the states' decoders; STATUS_NOMEM. */
CHECKED enum status fold_add(struct fold *fold, const struct native_block *block, uint64_t begin,
                             uint64_t end, struct err *err);

/* Ends a group. STATUS_LIMIT: a sum does not fit its type. */
CHECKED enum status fold_close(struct fold *fold, struct err *err);

/* Completes fold->out: afterwards it holds the results of all groups that have ended. STATUS_NOMEM.
 */
CHECKED enum status fold_flush(struct fold *fold, struct err *err);

/*
 * Appends the name of the type that such a fold of a column of `type` has, terminated, and sets *op
 * in place of FOLD_BY_TYPE. The statuses of fold_init.
 */
CHECKED enum status fold_result_type(const struct native_type *type, enum fold_op *op, bool widen,
                                     const char *name, struct buf *text, struct err *err);

/* The name of an op that has one: all but FOLD_BY_TYPE and FOLD_ROWS. */
const char *fold_op_name(enum fold_op op);

/* Appends COLUMN_op, terminated: the name of a result where nobody chose one. STATUS_NOMEM. */
CHECKED enum status fold_result_name(const char *column, enum fold_op op, struct buf *name,
                                     struct err *err);

/* The op of that name. False where there is none. */
bool fold_op_of_name(const char *name, size_t name_bytes, enum fold_op *op_out);

#endif
