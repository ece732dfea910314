#include "sql_fold.h"

#include "sql_statement.h"

enum status sql_fold(const struct sql_column *column, enum fold_op op, bool widen, const char *name,
                     struct buf *structure, struct err *err)
{
    struct native_type_tree tree = {0};
    struct buf type = {0};
    enum status status = native_type_parse(&tree, column->type, strlen(column->type), err);
    if (status == STATUS_OK)
        status = fold_result_type(native_type_root(&tree), &op, widen, column->name, &type, err);
    if (status == STATUS_OK)
        status = sql_structure(structure, name, (const char *)type.data, err);
    native_type_tree_free(&tree);
    buf_free(&type);
    return status;
}
