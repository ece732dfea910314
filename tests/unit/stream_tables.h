/* Tables for the tests of what streams: as Native blocks of any size, and as rows to compare. */
#ifndef SALTWELL_STREAM_TABLES_H
#define SALTWELL_STREAM_TABLES_H

#include "buf.h"

#include <stdbool.h>

/* A column of fixed-width values. */
struct table_column {
    const char *name, *type;
    const void *values;
    size_t width_bytes;
};

struct table {
    const struct table_column *columns;
    size_t n_columns, n_rows;
};

/* Appends the table as blocks of at most block_rows rows each. */
void table_append_blocks(const struct table *table, size_t block_rows, struct buf *wire);

/* Reads all blocks: *header becomes their `name type` with a comma between columns, *rows the rows,
 * one after the other, in RowBinary. */
void table_read_rows(const struct buf *wire, struct buf *header, struct buf *rows);

/* Whether the message begins so. */
bool table_begins(const char *message, const char *prefix);

#endif
