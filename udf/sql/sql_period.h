/* The statement that runs period_stream. */
#ifndef SALTWELL_SQL_PERIOD_H
#define SALTWELL_SQL_PERIOD_H

#include "period_scan.h"
#include "sql_statement.h"

/* Appends it, with these options but for n_keys, which are the table's. STATUS_MISMATCH: a column
 * that the table does not have; the statuses of native_type_parse and fold_result_type. */
CHECKED enum status sql_period(const struct sql_request *request,
                               const struct period_options *options, struct buf *statement,
                               struct err *err);

#endif
