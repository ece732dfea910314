/*
 * The second level of a two-level aggregation over an ordered stream: adjacent rows with equal keys
 * become one. Memory does not depend on the number of keys.
 */
#ifndef SALTWELL_MERGE_SCAN_H
#define SALTWELL_MERGE_SCAN_H

#include "fold.h"

/* A --op. */
struct merge_op {
    const char *column;
    enum fold_op op;
};

struct merge_options {
    size_t n_keys;
    bool keys_unordered;
    const struct merge_op *ops;
    size_t n_ops;
};

/* The op that was asked for a column, FOLD_BY_TYPE where none was. */
enum fold_op merge_find_op(const struct merge_options *options, const char *column,
                           size_t column_bytes);

/*
 * Runs the whole stream. STATUS_FORMAT: keys go backwards, or an invalid state; STATUS_MISMATCH: a
 * column that is not there or whose type does not merge; STATUS_LIMIT: a sum that overflows; the
 * reader's, the writer's and the blobs' statuses. Messages name row and key.
 */
CHECKED enum status merge_scan_run(const struct merge_options *options, struct io_input input,
                                   struct io_output output, struct err *err);

#endif
