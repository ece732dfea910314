#include "sql_period.h"

#include <stdio.h>

static enum status write_command(const struct sql_request *request,
                                 const struct period_options *options, struct buf *command,
                                 struct err *err)
{
    TRY(buf_append_text(command, "period_stream", err));
    TRY(sql_number(command, "--keys", request->table->n_keys, err));
    TRY(sql_option(command, "--time", options->time, err));
    TRY(sql_number(command, "--gap", options->rule.gap, err));
    if (options->rule.max_span > 0)
        TRY(sql_number(command, "--max-span", options->rule.max_span, err));
    if (options->restart != NULL)
        TRY(sql_option(command, "--restart", options->restart, err));
    if (options->emit == PERIOD_EMIT_PERIODS)
        TRY(sql_option(command, "--emit", "periods", err));
    if (options->lengths)
        TRY(sql_option(command, "--lengths", NULL, err));
    for (size_t i = 0; i < options->n_folds; i++) {
        char option[32];
        snprintf(option, sizeof(option), "--%s", fold_op_name(options->folds[i].op));
        TRY(sql_option(command, option, options->folds[i].column, err));
    }
    return sql_common_options(request, options->keys_unordered, command, err);
}

static bool is_folded(const struct period_options *options, const char *name)
{
    for (size_t i = 0; i < options->n_folds; i++)
        if (strcmp(options->folds[i].column, name) == 0)
            return true;
    return false;
}

/* Whether the program needs the column, or passes it through. */
static bool is_selected(const struct sql_request *request, const struct period_options *options,
                        size_t column)
{
    const char *name = sql_table_columns(request->table)[column].name;
    return options->emit == PERIOD_EMIT_ROWS || column < request->table->n_keys ||
           strcmp(name, options->time) == 0 || is_folded(options, name) ||
           (options->restart != NULL && strcmp(name, options->restart) == 0);
}

static enum status write_input(const struct sql_request *request,
                               const struct period_options *options, struct sql_parts *parts,
                               struct err *err)
{
    const struct sql_column *columns = sql_table_columns(request->table), *time = NULL;
    TRY(sql_table_find(request->table, options->time, "--time", &time, err));
    if (options->restart != NULL)
        TRY(sql_table_find(request->table, options->restart, "--restart",
                           &(const struct sql_column *){NULL}, err));
    if (request->ties != NULL)
        TRY(sql_table_find(request->table, request->ties, "--ties",
                           &(const struct sql_column *){NULL}, err));
    for (size_t i = 0; i < sql_table_count(request->table); i++) {
        if (is_selected(request, options, i))
            TRY(sql_list(&parts->select, columns[i].name, err));
        bool is_carried = options->emit == PERIOD_EMIT_ROWS || i < request->table->n_keys;
        if (is_carried)
            TRY(sql_structure(&parts->structure, columns[i].name, columns[i].type, err));
    }
    for (size_t i = 0; i < request->table->n_keys; i++)
        TRY(sql_list(&parts->order, columns[i].name, err));
    TRY(sql_list(&parts->order, options->time, err));
    return request->ties == NULL ? STATUS_OK : sql_list(&parts->order, request->ties, err);
}

static enum status write_fold(const struct sql_request *request,
                              const struct period_fold_option *fold, struct buf *structure,
                              struct err *err)
{
    char option[32];
    const struct sql_column *column = NULL;
    struct buf name = {0};
    snprintf(option, sizeof(option), "--%s", fold_op_name(fold->op));
    TRY(sql_table_find(request->table, fold->column, option, &column, err));
    enum status status = fold_result_name(fold->column, fold->op, &name, err);
    if (status == STATUS_OK)
        status = sql_fold(column, fold->op, true, (const char *)name.data, structure, err);
    buf_free(&name);
    return status;
}

static enum status write_lengths(struct buf *structure, struct err *err)
{
    TRY(sql_structure(structure, "period_length", "UInt64", err));
    return sql_structure(structure, "unique_period_length", "UInt64", err);
}

static enum status write_ends(struct buf *structure, const char *time_type, struct err *err)
{
    TRY(sql_structure(structure, "period_first", time_type, err));
    return sql_structure(structure, "period_last", time_type, err);
}

/* The columns of the period, in the order in which the program writes them. */
static enum status write_columns(const struct sql_request *request,
                                 const struct period_options *options, struct buf *structure,
                                 struct err *err)
{
    const struct sql_column *time = NULL;
    TRY(sql_table_find(request->table, options->time, "--time", &time, err));
    TRY(sql_structure(structure, "period_id", "UInt64", err));
    TRY(sql_structure(structure, "period_number", "UInt32", err));
    if (options->emit == PERIOD_EMIT_PERIODS) {
        TRY(write_ends(structure, time->type, err));
        TRY(write_lengths(structure, err));
    } else {
        TRY(sql_structure(structure, "is_first_in_period", "UInt8", err));
        if (options->lengths) {
            TRY(write_lengths(structure, err));
            TRY(write_ends(structure, time->type, err));
        }
    }
    for (size_t i = 0; i < options->n_folds; i++)
        TRY(write_fold(request, &options->folds[i], structure, err));
    return STATUS_OK;
}

enum status sql_period(const struct sql_request *request, const struct period_options *options,
                       struct buf *statement, struct err *err)
{
    struct sql_parts parts = {0};
    enum status status = write_command(request, options, &parts.command, err);
    if (status == STATUS_OK)
        status = write_input(request, options, &parts, err);
    if (status == STATUS_OK)
        status = write_columns(request, options, &parts.structure, err);
    if (status == STATUS_OK)
        status = sql_statement(request, &parts, statement, err);
    sql_parts_free(&parts);
    return status;
}
