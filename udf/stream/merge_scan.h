/*
 * An aggregation over an ordered stream, of raw values or of partial results: adjacent rows with
 * equal keys become one. The result has the key, the counts of rows, and then what became of each
 * other column, in the order of the columns and of the ops that read one. Memory does not depend on
 * the number of keys.
 */
#ifndef SALTWELL_MERGE_SCAN_H
#define SALTWELL_MERGE_SCAN_H

#include "fold.h"

/* A --op: a column of the result. */
struct merge_op {
    const char *name;
    const char *column; /* that it reads; "" where the op is FOLD_ROWS */
    enum fold_op op;
    bool widen; /* a sum is as wide as ClickHouse's, instead of as its column */
};

struct merge_options {
    size_t n_keys;
    bool keys_unordered;
    const struct merge_op *ops;
    size_t n_ops;
};

/* The number of the first op from `from` on that reads the column; n_ops where there is none. A
 * column that none reads merges by its type. */
size_t merge_find_op(const struct merge_options *options, size_t from, const char *column,
                     size_t column_bytes);

/*
 * Runs the whole stream. STATUS_FORMAT: keys go backwards, or an invalid state; STATUS_MISMATCH: a
 * column that is not there or whose type does not merge; STATUS_LIMIT: a sum that overflows; the
 * reader's, the writer's and the blobs' statuses. Messages name row and key.
 */
CHECKED enum status merge_scan_run(const struct merge_options *options, struct io_input input,
                                   struct io_output output, struct err *err);

#endif
