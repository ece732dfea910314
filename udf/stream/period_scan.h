/*
 * Periods of an ordered stream: rows come grouped by key and ascending in time within the key, in
 * blocks of any size, and each row's period is known as it comes. Memory does not depend on how
 * long the stream or a key is.
 */
#ifndef SALTWELL_PERIOD_SCAN_H
#define SALTWELL_PERIOD_SCAN_H

#include "io.h"
#include "period_options.h"

/* Whether the run gains from an output that writes while it goes on (io_behind.h). */
bool period_scan_writes_behind(const struct period_options *options);

/*
 * Runs the whole stream. STATUS_FORMAT: keys or times go backwards; STATUS_MISMATCH: columns that
 * are not there or of the wrong type; the reader's and writer's statuses; STATUS_LIMIT for a sum or
 * a number of periods that does not fit its type; STATUS_NOMEM. Messages name row and key.
 */
CHECKED enum status period_scan_run(const struct period_options *options, struct io_input input,
                                    struct io_output output, struct err *err);

#endif
