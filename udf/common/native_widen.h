/*
 * A column as a function declares it, made of one that carries the same meaning in another type.
 *
 * Newer servers cast arguments to the declared types; older ones send what the query has. What this
 * accepts is what that cast accepts, with the same values: numbers as native_number has them;
 * Nullable without NULLs; LowCardinality; FixedString, without the zeros at its end, for String; an
 * empty array for any array; unnamed tuples. Named tuples go by the names, of which all have to be
 * there. Numbers written as text are refused: they are not numbers yet.
 *
 * Values that are as declared are used where they stand, the others are written to memory that is
 * kept for the next block: 8 bytes a number at most.
 */
#ifndef SALTWELL_NATIVE_WIDEN_H
#define SALTWELL_NATIVE_WIDEN_H

#include "native_read.h"

/* Memory of one node of the declared type. */
struct native_widened_part {
    struct buf values; /* converted */
    struct buf picked; /* what a LowCardinality's indexes name, one value a row */
    struct buf starts; /* of Strings */
};

struct native_widened {
    struct native_column column; /* of the declared type, good until the next block is read */
    struct native_widened_part *parts;
};

/* Prepares for the declared type: UInt64, Int64, Float64, String and others that stay as they are,
 * and arrays and tuples of them. STATUS_FORMAT for a text that is no type, STATUS_NOMEM. It owns
 * its memory and must be freed even after a failure; all zero is valid and frees nothing. */
CHECKED enum status native_widened_init(struct native_widened *widened, const char *type,
                                        struct err *err);
void native_widened_free(struct native_widened *widened);

/*
 * Makes widened->column from `from`, an indexed column. STATUS_MISMATCH: a type that cannot become
 * the declared one, whatever its values. STATUS_FORMAT: a value that does not fit, or a NULL; the
 * message names its row. STATUS_NOMEM. Cost: linear in what is not as declared.
 */
CHECKED enum status native_widen(struct native_widened *widened, const struct native_column *from,
                                 struct err *err);

#endif
