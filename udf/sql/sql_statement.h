/*
 * The complete statement around executable(), which is long and whose parts must agree: the
 * command, the structure of the result, the input's columns and order, and the settings without
 * which a failure would pass in silence.
 */
#ifndef SALTWELL_SQL_STATEMENT_H
#define SALTWELL_SQL_STATEMENT_H

#include "fold.h"
#include "sql_table.h"

/* What is asked for, whichever program runs. */
struct sql_request {
    const struct sql_table *table;
    const char *from;        /* the table as the statement names it */
    const char *ties;        /* orders rows of one key and time; NULL: nothing does */
    const char *cluster;     /* on whose shards the statement runs; NULL: here */
    uint64_t n_ranges;       /* of the key's hash, a process each; 0 and 1: all in one */
    size_t max_memory_bytes; /* 0: not asked for, as patience_s */
    uint64_t patience_s;
    bool stats;
    bool check_exit_code;
};

/* The parts of a statement. */
struct sql_parts {
    struct buf command;       /* with its options */
    struct buf structure;     /* of the result */
    struct buf select, order; /* the lists of the input */
};
void sql_parts_free(struct sql_parts *parts);

/* Appends ` option value` to a command, as the server will split it; value may be NULL.
 * STATUS_NOMEM. */
CHECKED enum status sql_option(struct buf *command, const char *option, const char *value,
                               struct err *err);
CHECKED enum status sql_number(struct buf *command, const char *option, uint64_t value,
                               struct err *err);

/* Appends the options that both executables have, after their own. STATUS_NOMEM. */
CHECKED enum status sql_common_options(const struct sql_request *request, bool keys_unordered,
                                       struct buf *command, struct err *err);

/* Appends `, name` to a list, in backquotes where it needs them; the comma only after others.
 * STATUS_NOMEM. */
CHECKED enum status sql_list(struct buf *list, const char *name, struct err *err);

/* Appends `, name type` to a structure; the comma only after others. STATUS_NOMEM. */
CHECKED enum status sql_structure(struct buf *structure, const char *name, const char *type,
                                  struct err *err);

/* The same for the result of a column's fold, called `name`. The statuses of fold_result_type: what
 * the run would refuse is refused now. */
CHECKED enum status sql_fold(const struct sql_column *column, enum fold_op op, bool widen,
                             const char *name, struct buf *structure, struct err *err);

/* Appends the statement. STATUS_NOMEM. */
CHECKED enum status sql_statement(const struct sql_request *request, const struct sql_parts *parts,
                                  struct buf *statement, struct err *err);

#endif
