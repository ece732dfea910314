/* A slice's numbers for a fold, as the functions get them in an array: in 8 bytes each, by the
 * server's accurate cast, and without NULLs. Used by the folds alone. */
#ifndef SALTWELL_FOLD_VALUES_H
#define SALTWELL_FOLD_VALUES_H

#include "fold_kind.h"
#include "native_number.h"

enum { FOLD_VALUES = 512 };

/* All zero is valid; it belongs to one column and one target. */
struct fold_values {
    native_conversion *convert;
    uint64_t kept[FOLD_VALUES];
};

/*
 * The values of the rows from *row on, and moves *row past them; until it is at `end` there are
 * more. Float64 without NULLs stays where it is, of the rest up to FOLD_VALUES are converted.
 * STATUS_FORMAT: a value that the target has not.
 */
CHECKED enum status fold_values_next(struct fold_values *values, const struct native_column *column,
                                     enum native_number_target target, uint64_t *row, uint64_t end,
                                     const void **values_out, size_t *n_out, struct err *err);

#endif
