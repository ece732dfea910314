/*
 * ClickHouse's type names, as far as the Native format's layout depends on them: the text is parsed
 * into a tree that says how many bytes a column takes and how its values are ordered.
 *
 * The tree is one array in preorder: the children of node i begin at i + 1, and the sibling of a
 * node stands n_nodes after it. Map(K, V) and Nested(…) are written as the arrays of tuples that
 * they are on the wire, geometric types as their tuples and arrays.
 */
#ifndef SALTWELL_NATIVE_TYPE_H
#define SALTWELL_NATIVE_TYPE_H

#include "buf.h"

#include <stdbool.h>

enum native_kind {
    NATIVE_FIXED,           /* width_bytes a value */
    NATIVE_STRING,          /* varuint length, bytes */
    NATIVE_NULLABLE,        /* a byte per value, 1 = NULL; then the child */
    NATIVE_ARRAY,           /* a running UInt64 count per value; then the child */
    NATIVE_TUPLE,           /* the children, one after the other */
    NATIVE_LOW_CARDINALITY, /* a dictionary (the child) and indexes into it */
    /* From here on: no keys. */
    NATIVE_VARIANCE, /* AggregateFunction(varSampStable, Float64): varuint n, mean, m2 */
    /* And these merely pass through: their values are not looked at. */
    NATIVE_VARIANT, /* a member's number per value, 255 = NULL; then each member's own values */
    NATIVE_JSON,    /* as NATIVE_STRING, where the server was asked to send JSON as text */
    NATIVE_PLANES,  /* QBit: width_bytes a value, but plane by plane over all values */
};

/* How ORDER BY compares two values of a NATIVE_FIXED type. */
enum native_order {
    NATIVE_ORDER_UNSIGNED,
    NATIVE_ORDER_SIGNED,
    NATIVE_ORDER_FLOAT, /* NaN after everything, as ORDER BY … ASC puts it */
    NATIVE_ORDER_BYTES, /* as memcmp */
    NATIVE_ORDER_UUID,  /* two UInt64, the second one decides */
};

/* What the values of a NATIVE_FIXED type mean. */
enum native_class {
    NATIVE_CLASS_NONE, /* not NATIVE_FIXED; also Tuple() */
    NATIVE_CLASS_NOTHING,
    NATIVE_CLASS_INTEGER,
    NATIVE_CLASS_FLOAT,
    NATIVE_CLASS_DECIMAL,
    NATIVE_CLASS_BOOL,
    NATIVE_CLASS_ENUM,
    NATIVE_CLASS_DATE,
    NATIVE_CLASS_DATE32,
    NATIVE_CLASS_DATETIME,
    NATIVE_CLASS_DATETIME64,
    NATIVE_CLASS_TIME,
    NATIVE_CLASS_TIME64,
    NATIVE_CLASS_INTERVAL,
    NATIVE_CLASS_UUID,
    NATIVE_CLASS_IP,
    NATIVE_CLASS_FIXED_STRING,
};

struct native_type {
    enum native_kind kind;
    enum native_order order; /* NATIVE_FIXED */
    enum native_class class; /* NATIVE_FIXED */
    uint32_t scale;          /* Decimal, DateTime64, Time64: the digits after the point */
    uint32_t width_bytes;    /* NATIVE_FIXED, NATIVE_PLANES */
    uint32_t n_nodes;        /* in this subtree, this node included */
    bool holds_null;         /* NATIVE_LOW_CARDINALITY: index 0 of the dictionary is NULL */
    const char *text;        /* the type's name, not terminated */
    size_t text_bytes;
    const char *base; /* the same, but T of a SimpleAggregateFunction(f, T) */
    size_t base_bytes;
    const char *function; /* f of a SimpleAggregateFunction(f, T), else NULL */
    size_t function_bytes;
    const char *name; /* of a tuple's element, without quotes; NULL where it has none */
    size_t name_bytes;
};

struct native_type_tree {
    struct buf text;  /* a copy of the type's name that the nodes point into */
    struct buf nodes; /* struct native_type, in preorder */
};

/*
 * Parses text (text_bytes long) into *tree, which may hold an older tree and is reused.
 * STATUS_FORMAT: not a type name, or one whose layout Saltwell does not know; the message names it.
 * STATUS_LIMIT: nested deeper or wider than any real type. STATUS_NOMEM. On failure the tree is
 * empty. Cost: linear in the text.
 */
CHECKED enum status native_type_parse(struct native_type_tree *tree, const char *text,
                                      size_t text_bytes, struct err *err);

/* STATUS_FORMAT with a message that shows the first of the bytes that stand where a type's name was
 * expected: a type sent as a code, as a rule. */
enum status native_type_refuse(const char *bytes, size_t n_bytes, struct err *err);

void native_type_tree_free(struct native_type_tree *tree);

/* Whether values of the type at `type` can be keys or be picked by min, max, any and last: not
 * where ORDER BY refuses the type (AggregateFunction, QBit), nor for Variant and JSON, inside
 * others too. */
bool native_type_is_key(const struct native_type *type);

/* Whether the type at `type` is an integer, or a floating-point number, of that width. */
static inline bool native_type_is(const struct native_type *type, enum native_class class,
                                  uint32_t width_bytes)
{
    return type->class == class && type->width_bytes == width_bytes;
}

static inline const struct native_type *native_type_root(const struct native_type_tree *tree)
{
    return (const struct native_type *)(const void *)tree->nodes.data;
}

static inline size_t native_type_count(const struct native_type_tree *tree)
{
    return tree->nodes.size_bytes / sizeof(struct native_type);
}

#endif
