/* Values of Phoenix, written into a column that is being built. */
#ifndef SALTWELL_PHOENIX_COLUMN_H
#define SALTWELL_PHOENIX_COLUMN_H

#include "native_write.h"
#include "phoenix_type.h"
#include "phoenix_value.h"

/* Appends a row. A NULL in place of an array becomes an empty one, as Phoenix stores them alike.
 * STATUS_FORMAT: a value that is none of the type, or does not fit it; STATUS_NOMEM. */
CHECKED enum status phoenix_column_append(const struct phoenix_type *type,
                                          struct native_builder *builder,
                                          const struct phoenix_value *value, struct err *err);

#endif
