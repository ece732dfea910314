#include "merge_sql.h"

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
    TRY(stream_sql_option(command, "--op", op->column, err));
    return buf_append(command, op_name(op->op), strlen(op_name(op->op)), err);
}

static enum status write_command(const struct stream_sql *sql, const struct merge_options *options,
                                 struct buf *command, struct err *err)
{
    static const char name[] = "merge_partials";
    TRY(buf_append(command, name, sizeof(name) - 1, err));
    TRY(stream_sql_number(command, "--keys", sql->n_keys, err));
    for (size_t i = 0; i < options->n_ops; i++) {
        const struct stream_sql_column *column = NULL;
        TRY(stream_sql_find(sql, options->ops[i].column, "--op", &column, err));
        TRY(write_op(&options->ops[i], command, err));
    }
    return stream_sql_common_options(sql, options->keys_unordered, command, err);
}

/* Refuses now what the run would refuse. */
static enum status check_column(const struct merge_options *options,
                                const struct stream_sql_column *column, struct err *err)
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

static enum status write_columns(const struct stream_sql *sql, const struct merge_options *options,
                                 struct stream_sql_parts *parts, struct err *err)
{
    const struct stream_sql_column *columns = stream_sql_columns(sql);
    for (size_t i = 0; i < stream_sql_count(sql); i++) {
        if (i >= sql->n_keys)
            TRY(check_column(options, &columns[i], err));
        else
            TRY(stream_sql_list(&parts->order, columns[i].name, err));
        TRY(stream_sql_list(&parts->select, columns[i].name, err));
        TRY(stream_sql_structure(&parts->structure, columns[i].name, columns[i].type, err));
    }
    return STATUS_OK;
}

enum status merge_sql(struct stream_sql *sql, const struct merge_options *options, int descriptor,
                      struct buf *statement, struct err *err)
{
    struct stream_sql_parts parts = {0};
    TRY(stream_sql_read(sql, descriptor, err));
    enum status status = write_command(sql, options, &parts.command, err);
    if (status == STATUS_OK)
        status = write_columns(sql, options, &parts, err);
    if (status == STATUS_OK)
        status = stream_sql_statement(sql, &parts, statement, err);
    stream_sql_parts_free(&parts);
    return status;
}
