/*
 * Which ClickHouse type a column of Phoenix becomes: the one that holds all its values, or another
 * one that was asked for and that can hold what it may be asked for.
 */
#ifndef SALTWELL_PHOENIX_TYPE_H
#define SALTWELL_PHOENIX_TYPE_H

#include "native_type.h"
#include "phoenix_signature.h"

enum { PHOENIX_MAX_TYPE_BYTES = 128 };

/* How values are written into a column. */
enum phoenix_form {
    PHOENIX_FORM_INTEGER, /* of width_bytes, from least to most */
    PHOENIX_FORM_BOOL,
    PHOENIX_FORM_FLOAT32,
    PHOENIX_FORM_FLOAT64,
    PHOENIX_FORM_TEXT,
    PHOENIX_FORM_BINARY,
    PHOENIX_FORM_DECIMAL,
    PHOENIX_FORM_DECIMAL_TEXT,
};

/* A column's type, decided. */
struct phoenix_type {
    char text[PHOENIX_MAX_TYPE_BYTES]; /* ClickHouse's name of it */
    enum phoenix_form form;
    int64_t least, most; /* PHOENIX_FORM_INTEGER; most = -1 means 2^64 - 1 */
    uint32_t width_bytes;
    uint32_t precision, scale; /* PHOENIX_FORM_DECIMAL */
    bool is_array, is_nullable;
    bool as_timestamp; /* to be asked for as CAST(... AS TIMESTAMP): a DATE's time of day */
};

/*
 * Decides the type of a column. wanted: the type that was asked for, of fewer than
 * PHOENIX_MAX_TYPE_BYTES bytes, or NULL. STATUS_MISMATCH: a type of Phoenix that cannot be carried,
 * or one that does not fit what was asked for; the message names both. STATUS_FORMAT: what was
 * asked for is no type. STATUS_NOMEM.
 */
CHECKED enum status phoenix_type_decide(const struct phoenix_signature_column *column,
                                        const char *wanted, struct phoenix_type *type_out,
                                        struct err *err);

#endif
