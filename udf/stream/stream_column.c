#include "stream_column.h"

#include "native_write.h"

#include <stdio.h>

enum status stream_check_header(const struct native_block *block, bool is_first_block,
                                struct err *err)
{
    if (!block->header_changed || is_first_block)
        return STATUS_OK;
    return err_set(err, STATUS_MISMATCH,
                   "expected every block to have the first block's columns, found others");
}

static bool has_name(const struct native_column *column, const char *name)
{
    return text_equals(name, column->name.data, column->name.size_bytes);
}

bool stream_has_column(const struct native_block *block, const char *name)
{
    for (size_t i = 0; i < block->n_columns; i++)
        if (has_name(&block->columns[i], name))
            return true;
    return false;
}

enum status stream_find_column(const struct native_block *block, const char *name,
                               const char *option, size_t *column_out, struct err *err)
{
    for (size_t i = 0; i < block->n_columns; i++) {
        if (has_name(&block->columns[i], name)) {
            *column_out = i;
            return STATUS_OK;
        }
    }
    char found[256] = "none";
    size_t used = 0;
    for (size_t i = 0; i < block->n_columns && used < sizeof(found); i++) {
        const struct buf *other = &block->columns[i].name;
        used += (size_t)snprintf(found + used, sizeof(found) - used, "%s'%.*s'", i == 0 ? "" : ", ",
                                 (int)other->size_bytes, (const char *)other->data);
    }
    return err_set(err, STATUS_MISMATCH,
                   "%s: expected the name of a column, found '%s' (there are %s)", option, name,
                   found);
}

bool stream_type_is_time(const struct native_type *type)
{
    switch (type->class) {
    case NATIVE_CLASS_INTEGER:
        return type->width_bytes <= 8;
    case NATIVE_CLASS_DATE:
    case NATIVE_CLASS_DATE32:
    case NATIVE_CLASS_DATETIME:
    case NATIVE_CLASS_DATETIME64:
    case NATIVE_CLASS_TIME:
    case NATIVE_CLASS_TIME64:
        return true;
    default:
        return false;
    }
}

enum status stream_append_header(struct buf *header, const struct native_block *block,
                                 struct err *err)
{
    for (size_t i = 0; i < block->n_columns; i++) {
        const struct buf *name = &block->columns[i].name;
        const struct native_type *type = native_type_root(&block->columns[i].type);
        TRY(native_append_string(header, name->data, name->size_bytes, err));
        TRY(native_append_string(header, (const uint8_t *)type->text, type->text_bytes, err));
    }
    return STATUS_OK;
}

/* How many rows come before the first value above the largest int64. */
static size_t count_fitting(const uint8_t *values, size_t n_rows)
{
    uint64_t all = 0;
    size_t row = 0;
    for (size_t i = 0; i < n_rows; i++)
        all |= load_u64(values + i * 8);
    if (all <= INT64_MAX)
        return n_rows;
    while (load_u64(values + row * 8) <= INT64_MAX)
        row++;
    return row;
}

struct tick_column stream_column_ticks(const struct native_column *column)
{
    const struct native_type *type = native_type_root(&column->type);
    const struct native_node *node = native_column_nodes(column);
    struct tick_column ticks = {
        .values = node->data,
        .width_bytes = type->width_bytes,
        .is_signed = type->order == NATIVE_ORDER_SIGNED,
        .n = (size_t)node->n_rows,
    };
    if (ticks.width_bytes == 8 && !ticks.is_signed)
        ticks.n = count_fitting(ticks.values, ticks.n);
    return ticks;
}
