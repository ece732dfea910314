/*
 * The rows of a slice, kept in columns until the slice is whole: blocks of at most
 * PHOENIX_BLOCK_ROWS, whose memory is kept for the next slice.
 */
#ifndef SALTWELL_PHOENIX_ROWS_H
#define SALTWELL_PHOENIX_ROWS_H

#include "native_write.h"
#include "phoenix_type.h"
#include "phoenix_value.h"

enum { PHOENIX_BLOCK_ROWS = 65536 };

struct phoenix_rows {
    const char *const *names; /* n_columns, as they go out */
    const struct phoenix_type *types;
    size_t n_columns;
    struct buf builders; /* struct native_builder, n_columns a block */
    uint64_t n_rows;
    size_t n_values; /* of the row that is being added */
};

/* names and types must outlive it. */
struct phoenix_rows phoenix_rows_init(const char *const *names, const struct phoenix_type *types,
                                      size_t n_columns);
void phoenix_rows_free(struct phoenix_rows *rows);

/* Forgets all rows and keeps the memory. */
void phoenix_rows_reset(struct phoenix_rows *rows);

/* Adds the next value of a row, and ends the row. STATUS_FORMAT: a value that does not fit its
 * column, or another number of values than columns; the message names the column. STATUS_NOMEM. */
CHECKED enum status phoenix_rows_add(struct phoenix_rows *rows, const struct phoenix_value *value,
                                     struct err *err);
CHECKED enum status phoenix_rows_end_row(struct phoenix_rows *rows, struct err *err);

/* Writes all rows, in blocks. STATUS_NOMEM, STATUS_IO, STATUS_GONE. */
CHECKED enum status phoenix_rows_write(struct phoenix_rows *rows, struct native_writer *writer,
                                       struct err *err);

/* Writes a block without rows. As phoenix_rows_write. */
CHECKED enum status phoenix_rows_write_none(struct phoenix_rows *rows, struct native_writer *writer,
                                            struct err *err);

#endif
