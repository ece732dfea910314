/* The columns of a statement, as Phoenix describes them. */
#ifndef SALTWELL_PHOENIX_SIGNATURE_H
#define SALTWELL_PHOENIX_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { PHOENIX_MAX_COLUMNS = 1024, PHOENIX_MAX_TYPE_NAME_BYTES = 64 };

/* java.sql.Types, as far as Phoenix has them. */
enum phoenix_sql_type {
    PHOENIX_BINARY = -2,
    PHOENIX_VARBINARY = -3,
    PHOENIX_BIGINT = -5,
    PHOENIX_TINYINT = -6,
    PHOENIX_CHAR = 1,
    PHOENIX_DECIMAL = 3,
    PHOENIX_INTEGER_TYPE = 4,
    PHOENIX_SMALLINT = 5,
    PHOENIX_FLOAT = 6,
    PHOENIX_DOUBLE_TYPE = 8,
    PHOENIX_VARCHAR = 12,
    PHOENIX_BOOLEAN = 16,
    PHOENIX_DATE = 91,
    PHOENIX_TIME = 92,
    PHOENIX_TIMESTAMP = 93,
    PHOENIX_ARRAY_TYPE = 2003,
};

struct phoenix_signature_column {
    char type_name[PHOENIX_MAX_TYPE_NAME_BYTES]; /* VARCHAR, UNSIGNED_LONG, INTEGER ARRAY */
    int32_t type_id;           /* enum phoenix_sql_type, or one that is not there */
    uint32_t precision, scale; /* 0: not known */
    bool is_nullable;
};

/* Copies a type's name, cut to fit. */
static inline void phoenix_signature_name(struct phoenix_signature_column *column, const void *name,
                                          size_t name_bytes)
{
    size_t most = sizeof(column->type_name) - 1;
    size_t n = name_bytes < most ? name_bytes : most;
    memcpy(column->type_name, name, n);
    column->type_name[n] = '\0';
}

struct phoenix_signature {
    struct phoenix_signature_column columns[PHOENIX_MAX_COLUMNS];
    size_t n_columns;
};

#endif
