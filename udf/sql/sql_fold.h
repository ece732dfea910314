/* The columns of a statement's result that come of a fold. */
#ifndef SALTWELL_SQL_FOLD_H
#define SALTWELL_SQL_FOLD_H

#include "fold.h"
#include "sql_table.h"

/* Appends the result of the fold of a column, called `name`, to a structure. The statuses of
 * fold_result_type: what the run would refuse is refused now. */
CHECKED enum status sql_fold(const struct sql_column *column, enum fold_op op, bool widen,
                             const char *name, struct buf *structure, struct err *err);

#endif
