/* Finding and reading the columns of a stream's blocks that the caller named. */
#ifndef SALTWELL_STREAM_COLUMN_H
#define SALTWELL_STREAM_COLUMN_H

#include "native_read.h"
#include "periods_cut.h"

/* Refuses a block whose names or types differ from those of the first block. STATUS_MISMATCH. */
CHECKED enum status stream_check_header(const struct native_block *block, bool is_first_block,
                                        struct err *err);

/* The index of the column of that name. `option` is the option that named it, for the message.
 * STATUS_MISMATCH: there is none; the message lists those there are. */
CHECKED enum status stream_find_column(const struct native_block *block, const char *name,
                                       const char *option, size_t *column_out, struct err *err);

/* Whether the block has a column of that name. */
bool stream_has_column(const struct native_block *block, const char *name);

/* Whether values of the type can be ticks, their raw integers: integers of at most 8 bytes, dates
 * and times. */
bool stream_type_is_time(const struct native_type *type);

/* Appends the columns' names and types to the header, as they stand in a block of no rows.
 * STATUS_NOMEM. */
CHECKED enum status stream_append_header(struct buf *header, const struct native_block *block,
                                         struct err *err);

/* The ticks of a column of such a type, up to the first that is above the largest int64. */
struct tick_column stream_column_ticks(const struct native_column *column);

#endif
