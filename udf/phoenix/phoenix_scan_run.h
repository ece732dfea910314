/*
 * A scan: windows of time come in, and for each, slice by slice, the rows of a table of Phoenix go
 * out. A slice's rows leave when all of them are there, so that none leaves twice when a slice has
 * to be read again. Memory: the largest slice.
 */
#ifndef SALTWELL_PHOENIX_SCAN_RUN_H
#define SALTWELL_PHOENIX_SCAN_RUN_H

#include "phoenix_query.h"
#include "phoenix_session.h"

struct phoenix_scan_options {
    struct phoenix_query query;
    uint64_t slice_minutes; /* 0: a window is one slice */
    uint64_t fetch_rows;
    uint64_t max_attempts, backoff_ms;
    uint64_t min_split_minutes, max_depth;
    uint64_t probe_timeout_ms;
    bool heartbeat; /* an empty block every second while the server is waited for */
};

/* Reads windows until the input ends. details: the descriptor of phoenix_details_open, or -1. The
 * statuses are those of what it uses. */
CHECKED enum status phoenix_scan_run(const struct phoenix_scan_options *options,
                                     struct phoenix_session *session, int details,
                                     struct io_input input, struct io_output output,
                                     struct err *err);

/* Writes a row per column that is asked for: name, phoenix_type, type. */
CHECKED enum status phoenix_scan_describe(const struct phoenix_scan_options *options,
                                          struct phoenix_session *session, struct io_output output,
                                          struct err *err);

#endif
