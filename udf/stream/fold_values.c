#include "fold_values.h"

static enum status refuse_value(const struct native_numbers *from, enum native_number_target target,
                                struct err *err)
{
    char text[32];
    native_number_print(from->type, from->data, text, sizeof(text));
    return err_set(err, STATUS_FORMAT, "expected a value that %s holds, found %s",
                   target == NATIVE_TO_FLOAT64 ? "Float64" : "Int64", text);
}

/* Converts all of them; a value that does not fit may stand below a NULL. */
static enum status convert(struct fold_values *values, const struct native_numbers *from,
                           const uint8_t *nulls, enum native_number_target target, struct err *err)
{
    struct native_numbers left = *from;
    uint64_t done = 0;
    for (;;) {
        done += values->convert(&left, (uint8_t *)(values->kept + done));
        left.data = from->data + done * from->type->width_bytes;
        if (done == from->n)
            return STATUS_OK;
        if (nulls == NULL || nulls[done] == 0)
            return refuse_value(&left, target, err);
        done++;
        left.data += from->type->width_bytes;
        left.n = from->n - done;
    }
}

/* How many are left. */
static size_t drop_nulls(uint64_t *kept, const uint8_t *nulls, size_t n)
{
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        kept[n_kept] = kept[i];
        n_kept += nulls[i] == 0;
    }
    return n_kept;
}

enum status fold_values_next(struct fold_values *values, const struct native_column *column,
                             enum native_number_target target, uint64_t *row, uint64_t end,
                             const void **values_out, size_t *n_out, struct err *err)
{
    const struct native_type *type = native_type_root(&column->type);
    const struct native_type *value = fold_value_type(type);
    const struct native_node *node = native_column_nodes(column);
    const uint8_t *nulls = type->kind == NATIVE_NULLABLE ? node->data + *row : NULL;
    const uint8_t *data = node[nulls != NULL].data + *row * value->width_bytes;
    size_t n = (size_t)(end - *row);
    if (nulls == NULL && target == NATIVE_TO_FLOAT64 &&
        native_type_is(value, NATIVE_CLASS_FLOAT, sizeof(double))) {
        *values_out = data;
        *n_out = n;
        *row = end;
        return STATUS_OK;
    }
    if (values->convert == NULL)
        values->convert = native_conversion_find(value, target);
    n = n < FOLD_VALUES ? n : FOLD_VALUES;
    TRY(convert(values, &(struct native_numbers){data, n, value}, nulls, target, err));
    *row += n;
    *values_out = values->kept;
    *n_out = nulls == NULL ? n : drop_nulls(values->kept, nulls, n);
    return STATUS_OK;
}
