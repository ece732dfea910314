#include "period_sql.h"

static enum status append_text(struct buf *text, const char *what, struct err *err)
{
    return buf_append(text, what, strlen(what), err);
}

static enum status write_command(const struct stream_sql *sql, const struct period_options *options,
                                 struct buf *command, struct err *err)
{
    TRY(append_text(command, "period_stream", err));
    TRY(stream_sql_number(command, "--keys", sql->n_keys, err));
    TRY(stream_sql_option(command, "--time", options->time, err));
    TRY(stream_sql_number(command, "--gap", options->rule.gap, err));
    if (options->rule.max_span > 0)
        TRY(stream_sql_number(command, "--max-span", options->rule.max_span, err));
    if (options->restart != NULL)
        TRY(stream_sql_option(command, "--restart", options->restart, err));
    if (options->emit == PERIOD_EMIT_PERIODS)
        TRY(stream_sql_option(command, "--emit", "periods", err));
    if (options->lengths)
        TRY(stream_sql_option(command, "--lengths", NULL, err));
    for (size_t i = 0; i < options->n_folds; i++)
        TRY(stream_sql_option(command, options->folds[i].op == FOLD_SUM ? "--sum" : "--moments",
                              options->folds[i].column, err));
    return stream_sql_common_options(sql, options->keys_unordered, command, err);
}

static bool is_folded(const struct period_options *options, const char *name)
{
    for (size_t i = 0; i < options->n_folds; i++)
        if (strcmp(options->folds[i].column, name) == 0)
            return true;
    return false;
}

/* Whether the program needs the column, or passes it through. */
static bool is_selected(const struct stream_sql *sql, const struct period_options *options,
                        size_t column)
{
    const char *name = stream_sql_columns(sql)[column].name;
    return options->emit == PERIOD_EMIT_ROWS || column < sql->n_keys ||
           strcmp(name, options->time) == 0 || is_folded(options, name) ||
           (options->restart != NULL && strcmp(name, options->restart) == 0);
}

static enum status write_input(const struct stream_sql *sql, const struct period_options *options,
                               struct stream_sql_parts *parts, struct err *err)
{
    const struct stream_sql_column *columns = stream_sql_columns(sql), *time = NULL;
    TRY(stream_sql_find(sql, options->time, "--time", &time, err));
    if (options->restart != NULL)
        TRY(stream_sql_find(sql, options->restart, "--restart",
                            &(const struct stream_sql_column *){NULL}, err));
    for (size_t i = 0; i < stream_sql_count(sql); i++) {
        if (is_selected(sql, options, i))
            TRY(stream_sql_list(&parts->select, columns[i].name, err));
        bool is_carried = options->emit == PERIOD_EMIT_ROWS || i < sql->n_keys;
        if (is_carried)
            TRY(stream_sql_structure(&parts->structure, columns[i].name, columns[i].type, err));
    }
    for (size_t i = 0; i < sql->n_keys; i++)
        TRY(stream_sql_list(&parts->order, columns[i].name, err));
    return stream_sql_list(&parts->order, options->time, err);
}

static enum status write_fold(const struct stream_sql *sql, const struct period_fold_option *fold,
                              struct buf *structure, struct err *err)
{
    const char *option = fold->op == FOLD_SUM ? "--sum" : "--moments";
    const struct stream_sql_column *column = NULL;
    struct native_type_tree tree = {0};
    struct buf name = {0}, type = {0};
    enum fold_op op = fold->op;
    TRY(stream_sql_find(sql, fold->column, option, &column, err));
    enum status status = native_type_parse(&tree, column->type, strlen(column->type), err);
    if (status == STATUS_OK)
        status = fold_result_type(native_type_root(&tree), &op, true, column->name, &type, err);
    if (status == STATUS_OK)
        status = buf_append_u8(&type, 0, err);
    if (status == STATUS_OK)
        status = append_text(&name, column->name, err);
    if (status == STATUS_OK)
        status = append_text(&name, fold->op == FOLD_SUM ? "_sum" : "_moments", err);
    if (status == STATUS_OK)
        status = buf_append_u8(&name, 0, err);
    if (status == STATUS_OK)
        status =
            stream_sql_structure(structure, (const char *)name.data, (const char *)type.data, err);
    native_type_tree_free(&tree);
    buf_free(&name);
    buf_free(&type);
    return status;
}

static enum status write_lengths(struct buf *structure, struct err *err)
{
    TRY(stream_sql_structure(structure, "period_length", "UInt64", err));
    return stream_sql_structure(structure, "unique_period_length", "UInt64", err);
}

static enum status write_ends(struct buf *structure, const char *time_type, struct err *err)
{
    TRY(stream_sql_structure(structure, "period_first", time_type, err));
    return stream_sql_structure(structure, "period_last", time_type, err);
}

/* The columns of the period, in the order in which the program writes them. */
static enum status write_columns(const struct stream_sql *sql, const struct period_options *options,
                                 struct buf *structure, struct err *err)
{
    const struct stream_sql_column *time = NULL;
    TRY(stream_sql_find(sql, options->time, "--time", &time, err));
    TRY(stream_sql_structure(structure, "period_id", "UInt64", err));
    TRY(stream_sql_structure(structure, "period_number", "UInt32", err));
    if (options->emit == PERIOD_EMIT_PERIODS) {
        TRY(write_ends(structure, time->type, err));
        TRY(write_lengths(structure, err));
    } else {
        TRY(stream_sql_structure(structure, "is_first_in_period", "UInt8", err));
        if (options->lengths) {
            TRY(write_lengths(structure, err));
            TRY(write_ends(structure, time->type, err));
        }
    }
    for (size_t i = 0; i < options->n_folds; i++)
        TRY(write_fold(sql, &options->folds[i], structure, err));
    return STATUS_OK;
}

enum status period_sql(struct stream_sql *sql, const struct period_options *options, int descriptor,
                       struct buf *statement, struct err *err)
{
    struct stream_sql_parts parts = {0};
    TRY(stream_sql_read(sql, descriptor, err));
    enum status status = write_command(sql, options, &parts.command, err);
    if (status == STATUS_OK)
        status = write_input(sql, options, &parts, err);
    if (status == STATUS_OK)
        status = write_columns(sql, options, &parts.structure, err);
    if (status == STATUS_OK)
        status = stream_sql_statement(sql, &parts, statement, err);
    stream_sql_parts_free(&parts);
    return status;
}
