#include "sql_merge.h"

#include "native_type.h"

static const char *op_name(enum fold_op op)
{
    switch (op) {
    case FOLD_MIN:
        return "=min";
    case FOLD_MAX:
        return "=max";
    case FOLD_ANY:
        return "=any";
    case FOLD_LAST:
        return "=last";
    default:
        return "=sum";
    }
}

static enum status write_op(const struct merge_op *op, struct buf *command, struct err *err)
{
    TRY(sql_option(command, "--op", op->column, err));
    return buf_append(command, op_name(op->op), strlen(op_name(op->op)), err);
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
        TRY(sql_table_find(request->table, options->ops[i].column, "--op", &column, err));
        TRY(write_op(&options->ops[i], command, err));
    }
    return sql_common_options(request, options->keys_unordered, command, err);
}

/* Refuses now what the run would refuse. */
static enum status check_column(const struct merge_options *options,
                                const struct sql_column *column, struct err *err)
{
    enum fold_op op = merge_find_op(options, column->name, strlen(column->name));
    struct native_type_tree tree = {0};
    struct buf type = {0};
    enum status status = native_type_parse(&tree, column->type, strlen(column->type), err);
    if (status == STATUS_OK)
        status = fold_result_type(native_type_root(&tree), &op, false, column->name, &type, err);
    buf_free(&type);
    native_type_tree_free(&tree);
    return status;
}

static enum status write_columns(const struct sql_request *request,
                                 const struct merge_options *options, struct sql_parts *parts,
                                 struct err *err)
{
    const struct sql_column *columns = sql_table_columns(request->table);
    for (size_t i = 0; i < sql_table_count(request->table); i++) {
        if (i >= request->table->n_keys)
            TRY(check_column(options, &columns[i], err));
        else
            TRY(sql_list(&parts->order, columns[i].name, err));
        TRY(sql_list(&parts->select, columns[i].name, err));
        TRY(sql_structure(&parts->structure, columns[i].name, columns[i].type, err));
    }
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
