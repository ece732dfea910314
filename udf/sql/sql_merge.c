#include "sql_merge.h"

/* The op as it came: NAME=OP, or OUT=OP(NAME). */
static enum status write_op(const struct merge_op *op, struct buf *command, struct err *err)
{
    const char *name = op->op == FOLD_ROWS ? "count" : fold_op_name(op->op);
    const char *const parts[] = {op->name, "=", name, "(", op->column, ")"};
    struct buf text = {0};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < (op->widen ? 6 : 3) && status == STATUS_OK; i++)
        status = buf_append_text(&text, parts[i], err);
    if (status == STATUS_OK)
        status = buf_append_u8(&text, 0, err);
    if (status == STATUS_OK)
        status = sql_option(command, "--op", (const char *)text.data, err);
    buf_free(&text);
    return status;
}

static enum status write_command(const struct sql_request *request,
                                 const struct merge_options *options, struct buf *command,
                                 struct err *err)
{
    static const char name[] = "merge_partials";
    TRY(buf_append(command, name, sizeof(name) - 1, err));
    TRY(sql_number(command, "--keys", request->table->n_keys, err));
    for (size_t i = 0; i < options->n_ops; i++) {
        const struct sql_column *column = NULL;
        if (options->ops[i].op != FOLD_ROWS)
            TRY(sql_table_find(request->table, options->ops[i].column, "--op", &column, err));
        TRY(write_op(&options->ops[i], command, err));
    }
    return sql_common_options(request, options->keys_unordered, command, err);
}

/* The results of a column, as merge_scan.h says. */
static enum status write_results(const struct merge_options *options,
                                 const struct sql_column *column, struct buf *structure,
                                 struct err *err)
{
    size_t name_bytes = strlen(column->name);
    size_t i = merge_find_op(options, 0, column->name, name_bytes);
    if (i == options->n_ops)
        return sql_fold(column, FOLD_BY_TYPE, false, column->name, structure, err);
    for (; i < options->n_ops; i = merge_find_op(options, i + 1, column->name, name_bytes)) {
        const struct merge_op *op = &options->ops[i];
        TRY(sql_fold(column, op->op, op->widen, op->name, structure, err));
    }
    return STATUS_OK;
}

static enum status write_counts(const struct merge_options *options, struct buf *structure,
                                struct err *err)
{
    for (size_t i = 0; i < options->n_ops; i++)
        if (options->ops[i].op == FOLD_ROWS)
            TRY(sql_structure(structure, options->ops[i].name, "UInt64", err));
    return STATUS_OK;
}

static enum status write_columns(const struct sql_request *request,
                                 const struct merge_options *options, struct sql_parts *parts,
                                 struct err *err)
{
    const struct sql_column *columns = sql_table_columns(request->table);
    size_t n_keys = request->table->n_keys;
    for (size_t i = 0; i < n_keys; i++) {
        TRY(sql_list(&parts->order, columns[i].name, err));
        TRY(sql_structure(&parts->structure, columns[i].name, columns[i].type, err));
    }
    TRY(write_counts(options, &parts->structure, err));
    for (size_t i = n_keys; i < sql_table_count(request->table); i++)
        TRY(write_results(options, &columns[i], &parts->structure, err));
    for (size_t i = 0; i < sql_table_count(request->table); i++)
        TRY(sql_list(&parts->select, columns[i].name, err));
    return STATUS_OK;
}

enum status sql_merge(const struct sql_request *request, const struct merge_options *options,
                      struct buf *statement, struct err *err)
{
    struct sql_parts parts = {0};
    enum status status = write_command(request, options, &parts.command, err);
    if (status == STATUS_OK)
        status = write_columns(request, options, &parts, err);
    if (status == STATUS_OK)
        status = sql_statement(request, &parts, statement, err);
    sql_parts_free(&parts);
    return status;
}
