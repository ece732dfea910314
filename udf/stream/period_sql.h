/* period_stream --sql. */
#ifndef SALTWELL_PERIOD_SQL_H
#define SALTWELL_PERIOD_SQL_H

#include "period_stream.h"
#include "stream_sql.h"

/* Appends the statement that runs period_stream with these options over sql->table, whose
 * description is read from the descriptor. The statuses of stream_sql_read and fold_result_type. */
CHECKED enum status period_sql(struct stream_sql *sql, const struct period_options *options,
                               int descriptor, struct buf *statement, struct err *err);

#endif
