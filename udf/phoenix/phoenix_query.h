/* The SQL that is sent to Phoenix, and what of it the command line says. */
#ifndef SALTWELL_PHOENIX_QUERY_H
#define SALTWELL_PHOENIX_QUERY_H

#include "buf.h"
#include "phoenix_type.h"

enum { PHOENIX_MAX_NAME_BYTES = 256 };

/* A column that is asked for. */
struct phoenix_query_column {
    char sql[PHOENIX_MAX_NAME_BYTES];    /* its name in Phoenix, as written: OPD, CF."Opd" */
    char name[PHOENIX_MAX_NAME_BYTES];   /* its name in the output: OPD, Opd */
    char wanted[PHOENIX_MAX_TYPE_BYTES]; /* its type in the output; empty: Phoenix decides */
};

struct phoenix_query {
    const char *table, *time;
    struct phoenix_query_column *columns;
    size_t n_columns;
};

/* Whether the text is an identifier of Phoenix, or several with dots: NAME, "Name", SCHEMA.NAME. */
bool phoenix_identifier_is_valid(const char *text);

/* Parses NAME or NAME:TYPE, several with commas, into columns of memory of its own. STATUS_USAGE,
 * STATUS_NOMEM. */
CHECKED enum status phoenix_query_take_columns(struct phoenix_query *query, const char *text,
                                               struct err *err);
void phoenix_query_free(struct phoenix_query *query);

/* Writes the statement whose columns are those that are asked for, and the time column after them,
 * with a final zero. STATUS_NOMEM. */
CHECKED enum status phoenix_query_describe(const struct phoenix_query *query, struct buf *sql,
                                           struct err *err);

/*
 * Writes the statement that reads [from_ms, to_ms), with a final zero. types: as decided for the
 * columns; time: the time column as Phoenix describes it. STATUS_MISMATCH: a column that is none of
 * time, STATUS_NOMEM.
 */
CHECKED enum status phoenix_query_read(const struct phoenix_query *query,
                                       const struct phoenix_type *types,
                                       const struct phoenix_signature_column *time, int64_t from_ms,
                                       int64_t to_ms, struct buf *sql, struct err *err);

#endif
