/*
 * Single values of Native columns, as keys need them: the value of a row in the RowBinary format,
 * which stands on its own without its block, and how two such values compare.
 * RowBinary is what ClickHouse's formatRow('RowBinary', …) gives.
 *
 * Every type here is one of which native_type_is_key is true; what merely passes through has no
 * value of its own.
 */
#ifndef SALTWELL_NATIVE_CELL_H
#define SALTWELL_NATIVE_CELL_H

#include "native_read.h"
#include "native_write.h"

/* Appends row `row` of an indexed column in RowBinary. STATUS_NOMEM. */
CHECKED enum status native_cell_encode(const struct native_column *column, uint64_t row,
                                       struct buf *out, struct err *err);

/* The same for a part of a key: -0.0 becomes 0.0 and every NaN the same NaN, because ORDER BY does
 * not tell those apart and so may mix them. */
CHECKED enum status native_cell_encode_key(const struct native_column *column, uint64_t row,
                                           struct buf *out, struct err *err);

/* Where row `row` of the column differs from row `row - 1`, changed[row] is set, for every row but
 * the first. changed: n_rows bytes. The column is indexed. Cost: a few instructions a row for
 * fixed-width, String and LowCardinality columns. */
void native_cell_mark_changes(const struct native_column *column, uint64_t n_rows,
                              uint8_t *changed);

/*
 * Compares two values of the type at `type` as ORDER BY … ASC does (NULLs and NaNs last): below 0,
 * 0 or above 0. Both cursors move past their values when the result is 0, else they are of no
 * further use.
 */
int native_cell_compare(const struct native_type *type, const uint8_t **a, const uint8_t **b);

/* The same with NULLs and NaNs below everything: of two different values, the larger one comes
 * first in ORDER BY ... DESC, which puts NULLs and NaNs last as well. */
int native_cell_compare_nulls_below(const struct native_type *type, const uint8_t **a,
                                    const uint8_t **b);

/*
 * Appends a value to a column that is being built, and moves *value past it. `type` is the type
 * that the value was encoded from; a LowCardinality there stands for its plain type in the builder,
 * whose parts begin at *part; *part moves past the parts used. STATUS_NOMEM.
 */
CHECKED enum status native_cell_append(const struct native_type *type, const uint8_t **value,
                                       struct buf **part, struct err *err);

/* Appends a value as people read it: 42, 'text', NULL, [1, 2], (1, 'a'). *value moves past it,
 * unless the text has NATIVE_PRINT_BYTES before the value's end: the rest is left out then.
 * STATUS_NOMEM. */
enum { NATIVE_PRINT_BYTES = 1024 };
CHECKED enum status native_cell_print(const struct native_type *type, const uint8_t **value,
                                      struct buf *text, struct err *err);

/* Appends the type's name without LowCardinality, as native_cell_append builds it, and its end.
 * STATUS_NOMEM. */
CHECKED enum status native_cell_plain_type(const struct native_type *type, struct buf *text,
                                           struct err *err);

/* Prepares a builder of the column's name and plain type. As native_builder_init. */
CHECKED enum status native_builder_init_plain(struct native_builder *builder,
                                              const struct native_column *column, struct err *err);

#endif
