/* The type names that Saltwell knows, and what each says of the layout. Part of native_type. */
#ifndef SALTWELL_NATIVE_TYPE_TABLE_H
#define SALTWELL_NATIVE_TYPE_TABLE_H

#include "native_type.h"

/* What follows the name. */
enum native_type_form {
    NATIVE_FORM_FIXED, /* nothing, or arguments that leave the width alone */
    NATIVE_FORM_FIXED_STRING,
    NATIVE_FORM_DECIMAL,
    NATIVE_FORM_STRING,
    NATIVE_FORM_NULLABLE,
    NATIVE_FORM_ARRAY,
    NATIVE_FORM_LOW_CARDINALITY,
    NATIVE_FORM_TUPLE,
    NATIVE_FORM_ARRAY_OF_TUPLES,
    NATIVE_FORM_SIMPLE_AGGREGATE,
    NATIVE_FORM_AGGREGATE,
    NATIVE_FORM_VARIANT,
    NATIVE_FORM_JSON,
    NATIVE_FORM_QBIT,
    NATIVE_FORM_ALIAS,   /* nothing: the layout is that of the type `layout` */
    NATIVE_FORM_REFUSED, /* whatever it is; `layout` says why it cannot be carried */
};

struct native_type_entry {
    const char *name;
    enum native_type_form form;
    unsigned width_bytes;
    enum native_order order;
    enum native_class class;
    const char *layout;
};

/* The entry of a name, or NULL. */
const struct native_type_entry *native_type_find(const char *name, size_t name_bytes);

#endif
