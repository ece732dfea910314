/* How many distinct ticks a period has: its rows whose tick is not that of the row before. */
#ifndef SALTWELL_PERIOD_DISTINCT_H
#define SALTWELL_PERIOD_DISTINCT_H

#include "native_cell.h"
#include "stream_ticks.h"

/* Marks the rows of a block whose tick differs from the one before, the first from `last`. ticks:
 * those of `times`. STATUS_NOMEM. */
CHECKED enum status period_distinct_mark(struct buf *differs, const struct native_column *times,
                                         const struct stream_ticks *ticks, int64_t last,
                                         struct err *err);

/* Counts the marked rows in [begin, end). */
uint64_t period_distinct_count(const struct buf *differs, size_t begin, size_t end);

#endif
