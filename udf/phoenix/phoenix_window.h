/* Windows of time, as they come in: rows of two columns, DateTime64(3) or Int64 milliseconds. */
#ifndef SALTWELL_PHOENIX_WINDOW_H
#define SALTWELL_PHOENIX_WINDOW_H

#include "native_read.h"

/* Half-open: from_ms belongs to it, to_ms does not. */
struct phoenix_window {
    int64_t from_ms, to_ms;
};

/* Row `row` of the block, which is number `number` of the input. STATUS_MISMATCH: other columns;
 * STATUS_FORMAT: a window that ends before it begins, or outside the years 1 to 9999. */
CHECKED enum status phoenix_window_of(const struct native_block *block, uint64_t row,
                                      uint64_t number, struct phoenix_window *window_out,
                                      struct err *err);

#endif
