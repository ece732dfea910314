/* The columns of the table that a statement reads, as the server describes them. */
#ifndef SALTWELL_SQL_TABLE_H
#define SALTWELL_SQL_TABLE_H

#include "buf.h"

struct sql_column {
    const char *name; /* terminated, as the type */
    const char *type;
};

struct sql_table {
    bool is_native;     /* the description came in Native */
    struct buf rows;    /* the description's texts; names and types point into it */
    struct buf columns; /* struct sql_column */
    size_t n_keys;      /* the first columns, in the order of `keys` */
};

/*
 * Reads the table's columns, and puts the key's first. They come as `SELECT name, type FROM
 * system.columns` or DESCRIBE TABLE gives them, in Native, TSV or TSVRaw; a third column, where
 * there is one, says what the default is called: columns that a query cannot read (EPHEMERAL) are
 * left out. keys: names, separated by commas. STATUS_FORMAT, STATUS_TRUNCATED: not such a
 * description; STATUS_MISMATCH: a key that the table does not have; STATUS_USAGE, STATUS_IO,
 * STATUS_LIMIT, STATUS_NOMEM. The table must be freed in any case.
 */
CHECKED enum status sql_table_read(struct sql_table *table, int descriptor, const char *keys,
                                   struct err *err);
void sql_table_free(struct sql_table *table);

static inline const struct sql_column *sql_table_columns(const struct sql_table *table)
{
    return (const struct sql_column *)(const void *)table->columns.data;
}

static inline size_t sql_table_count(const struct sql_table *table)
{
    return table->columns.size_bytes / sizeof(struct sql_column);
}

/* The column of that name. STATUS_MISMATCH: there is none; `option` is the option that named it. */
CHECKED enum status sql_table_find(const struct sql_table *table, const char *name,
                                   const char *option, const struct sql_column **column_out,
                                   struct err *err);

#endif
