#include "phoenix_window.h"

#include "phoenix_time.h"

static enum status check_column(const struct native_column *column, struct err *err)
{
    const struct native_type *type = native_type_root(&column->type);
    if (type->width_bytes == 8 &&
        ((type->class == NATIVE_CLASS_DATETIME64 && type->scale == 3) ||
         (type->class == NATIVE_CLASS_INTEGER && type->order == NATIVE_ORDER_SIGNED)))
        return STATUS_OK;
    return err_set(err, STATUS_MISMATCH,
                   "expected windows of two columns of DateTime64(3) or Int64 milliseconds, found "
                   "'%.*s' of %.*s",
                   (int)column->name.size_bytes, (const char *)column->name.data,
                   (int)type->text_bytes, type->text);
}

enum status phoenix_window_of(const struct native_block *block, uint64_t row, uint64_t number,
                              struct phoenix_window *window_out, struct err *err)
{
    int64_t bounds[2];
    if (block->n_columns != 2)
        return err_set(err, STATUS_MISMATCH,
                       "expected windows of two columns of DateTime64(3) or Int64 milliseconds, "
                       "found %zu columns",
                       block->n_columns);
    for (size_t i = 0; i < 2; i++) {
        TRY(check_column(&block->columns[i], err));
        bounds[i] = load_i64(native_column_nodes(&block->columns[i])->data + row * 8);
        if (bounds[i] < PHOENIX_LEAST_MS || bounds[i] > PHOENIX_MOST_MS)
            return err_set(err, STATUS_FORMAT,
                           "row %llu: expected a time of the years 1 to 9999, found %lld "
                           "milliseconds",
                           (unsigned long long)number, (long long)bounds[i]);
    }
    if (bounds[1] < bounds[0])
        return err_set(err, STATUS_FORMAT,
                       "row %llu: expected a window that ends after its begin, found one from %lld "
                       "to %lld milliseconds",
                       (unsigned long long)number, (long long)bounds[0], (long long)bounds[1]);
    *window_out = (struct phoenix_window){bounds[0], bounds[1]};
    return STATUS_OK;
}
