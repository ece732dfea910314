/* merge_partials --sql. */
#ifndef SALTWELL_MERGE_SQL_H
#define SALTWELL_MERGE_SQL_H

#include "merge_partials.h"
#include "stream_sql.h"

/* Appends the statement that runs merge_partials with these options over sql->table, whose
 * description is read from the descriptor. The statuses of stream_sql_read and fold_result_type. */
CHECKED enum status merge_sql(struct stream_sql *sql, const struct merge_options *options,
                              int descriptor, struct buf *statement, struct err *err);

#endif
