/* The columns that --emit rows adds to every row of a block: id and number of its period, and
 * whether it is the period's first. */
#ifndef SALTWELL_PERIOD_COLUMNS_H
#define SALTWELL_PERIOD_COLUMNS_H

#include "native_write.h"

enum { PERIOD_N_COLUMNS = 3 };

struct period_columns {
    struct native_builder ids, numbers, is_first;
};

/* As native_builder_init, but refuses a name that the block already has: STATUS_MISMATCH. */
CHECKED enum status period_builder_init(struct native_builder *builder,
                                        const struct native_block *block, const char *name,
                                        const char *type, struct err *err);

/* The statuses of period_builder_init. Must be freed in any case. */
CHECKED enum status period_columns_open(struct period_columns *columns,
                                        const struct native_block *block, struct err *err);
void period_columns_free(struct period_columns *columns);

/* Makes them n_rows long; is_first is all 0 then. STATUS_NOMEM. */
CHECKED enum status period_columns_extend(struct period_columns *columns, uint64_t n_rows,
                                          struct err *err);

/* Writes them, and after them n_more columns. STATUS_NOMEM. */
CHECKED enum status period_columns_add(struct native_writer *writer,
                                       const struct period_columns *columns,
                                       const struct native_builder *more, size_t n_more,
                                       struct err *err);

/* Announces the block's columns and, after them, those of period_columns_add, all of them empty.
 * The statuses of native_writer_announce. */
CHECKED enum status period_columns_announce(struct native_writer *writer,
                                            const struct native_block *block,
                                            const struct period_columns *columns,
                                            const struct native_builder *more, size_t n_more,
                                            struct err *err);

#endif
