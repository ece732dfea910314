/* A value as Avatica sends it, in either serialisation. */
#ifndef SALTWELL_PHOENIX_VALUE_H
#define SALTWELL_PHOENIX_VALUE_H

#include <stddef.h>
#include <stdint.h>

enum phoenix_value_kind {
    PHOENIX_NULL,
    PHOENIX_BOOL,    /* integer: 0 or 1 */
    PHOENIX_INTEGER, /* integer */
    PHOENIX_DOUBLE,  /* number */
    PHOENIX_TEXT,    /* bytes; a DECIMAL in protobuf too, and the base64 of a VARBINARY in JSON */
    PHOENIX_NUMERAL, /* bytes: a JSON number, as it stands there */
    PHOENIX_BYTES,   /* bytes */
    PHOENIX_ARRAY,   /* items */
};

/* What it points to is good until the decoder goes on. */
struct phoenix_value {
    enum phoenix_value_kind kind;
    int64_t integer;
    double number;
    const uint8_t *bytes;
    size_t size_bytes;
    const struct phoenix_value *items;
    size_t n_items;
};

#endif
