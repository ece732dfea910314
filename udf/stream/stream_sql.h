/*
 * --sql: the complete statement around executable(), which is long and whose parts must agree:
 * the command, the structure of the result, the input's columns and order, and the settings without
 * which a failure would pass in silence.
 */
#ifndef SALTWELL_STREAM_SQL_H
#define SALTWELL_STREAM_SQL_H

#include "native_type.h"

struct stream_sql {
    const char *table;
    const char *keys;        /* names, separated by commas */
    size_t n_shards;         /* 0 and 1: one process */
    size_t max_memory_bytes; /* 0: not asked for, as patience_s */
    unsigned patience_s;
    bool is_native;     /* the description came in Native: so goes the statement */
    struct buf rows;    /* the description's texts; names and types point into it */
    struct buf columns; /* struct stream_sql_column */
    size_t n_keys;      /* the first columns, in the order of `keys` */
};

/* A column of the table. */
struct stream_sql_column {
    const char *name; /* terminated, as the type */
    const char *type;
};

/*
 * Reads the table's columns, and puts the key's first. They come as `SELECT name, type FROM
 * system.columns` or DESCRIBE TABLE gives them, in Native, TSV or TSVRaw; a third column, where
 * there is one, says what the default is called: columns that a query cannot read (EPHEMERAL) are
 * left out. STATUS_FORMAT, STATUS_TRUNCATED: not such a description; STATUS_MISMATCH: a key that
 * the table does not have; STATUS_USAGE, STATUS_IO, STATUS_LIMIT, STATUS_NOMEM. sql must be freed
 * in any case.
 */
CHECKED enum status stream_sql_read(struct stream_sql *sql, int descriptor, struct err *err);
/* The part of it that fills sql->columns. */
CHECKED enum status stream_sql_read_columns(struct stream_sql *sql, int descriptor,
                                            struct err *err);
void stream_sql_free(struct stream_sql *sql);

static inline const struct stream_sql_column *stream_sql_columns(const struct stream_sql *sql)
{
    return (const struct stream_sql_column *)(const void *)sql->columns.data;
}

static inline size_t stream_sql_count(const struct stream_sql *sql)
{
    return sql->columns.size_bytes / sizeof(struct stream_sql_column);
}

/* The column of that name. STATUS_MISMATCH: there is none; `option` is the option that named it. */
CHECKED enum status stream_sql_find(const struct stream_sql *sql, const char *name,
                                    const char *option, const struct stream_sql_column **column_out,
                                    struct err *err);

/* The parts of a statement. */
struct stream_sql_parts {
    struct buf command;       /* with its options */
    struct buf structure;     /* of the result */
    struct buf select, order; /* the lists of the input */
};
void stream_sql_parts_free(struct stream_sql_parts *parts);

/* Appends ` option value` to a command, as the server will split it; value may be NULL.
 * STATUS_NOMEM. */
CHECKED enum status stream_sql_option(struct buf *command, const char *option, const char *value,
                                      struct err *err);
CHECKED enum status stream_sql_number(struct buf *command, const char *option, uint64_t value,
                                      struct err *err);

/* Appends the options that both executables have, behind their own. STATUS_NOMEM. */
CHECKED enum status stream_sql_common_options(const struct stream_sql *sql, bool keys_unordered,
                                              struct buf *command, struct err *err);

/* Appends `, name` to a list, in backquotes where it needs them; the comma only behind others.
 * STATUS_NOMEM. */
CHECKED enum status stream_sql_list(struct buf *list, const char *name, struct err *err);

/* Appends `, name type` to a structure; the comma only behind others. STATUS_NOMEM. */
CHECKED enum status stream_sql_structure(struct buf *structure, const char *name, const char *type,
                                         struct err *err);

/* Appends the statement. STATUS_NOMEM. */
CHECKED enum status stream_sql_statement(const struct stream_sql *sql,
                                         const struct stream_sql_parts *parts,
                                         struct buf *statement, struct err *err);

#endif
