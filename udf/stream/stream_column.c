#include "stream_column.h"

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
    return column->name.size_bytes == strlen(name) &&
           memcmp(column->name.data, name, column->name.size_bytes) == 0;
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

bool stream_type_is_integer(const struct native_type *type)
{
    static const char decimal[] = "Decimal(";
    bool is_decimal =
        type->base_bytes > sizeof(decimal) && memcmp(type->base, decimal, sizeof(decimal) - 1) == 0;
    return type->kind == NATIVE_FIXED && type->width_bytes <= 8 && !is_decimal &&
           (type->order == NATIVE_ORDER_UNSIGNED || type->order == NATIVE_ORDER_SIGNED);
}

#define WIDEN(type)                                                  \
    for (uint64_t row = 0; row < n_rows; row++) {                    \
        type value;                                                  \
        memcpy(&value, values + row * sizeof(value), sizeof(value)); \
        store_i64(widened + row * 8, (int64_t)value);                \
    }

static void widen_signed(const uint8_t *values, size_t width_bytes, uint64_t n_rows,
                         uint8_t *widened)
{
    if (width_bytes == 1) {
        WIDEN(int8_t)
    } else if (width_bytes == 2) {
        WIDEN(int16_t)
    } else {
        WIDEN(int32_t)
    }
}

static void widen_unsigned(const uint8_t *values, size_t width_bytes, uint64_t n_rows,
                           uint8_t *widened)
{
    if (width_bytes == 1) {
        WIDEN(uint8_t)
    } else if (width_bytes == 2) {
        WIDEN(uint16_t)
    } else {
        WIDEN(uint32_t)
    }
}

/* How many rows come before the first value above the largest int64. */
static uint64_t count_fitting(const uint8_t *values, uint64_t n_rows)
{
    uint64_t all = 0, row = 0;
    for (uint64_t i = 0; i < n_rows; i++)
        all |= load_u64(values + i * 8);
    if (all <= INT64_MAX)
        return n_rows;
    while (load_u64(values + row * 8) <= INT64_MAX)
        row++;
    return row;
}

enum status stream_load_integers(const struct native_column *column, struct buf *scratch,
                                 const uint8_t **values_out, uint64_t *n_fitting_out,
                                 struct err *err)
{
    const struct native_type *type = native_type_root(&column->type);
    const struct native_node *node = native_column_nodes(column);
    bool is_signed = type->order == NATIVE_ORDER_SIGNED;
    if (type->width_bytes == 8) {
        *values_out = node->data;
        *n_fitting_out = is_signed ? node->n_rows : count_fitting(node->data, node->n_rows);
        return STATUS_OK;
    }
    uint8_t *widened = NULL;
    buf_reset(scratch);
    TRY(buf_extend(scratch, (size_t)node->n_rows * 8, &widened, err));
    if (is_signed)
        widen_signed(node->data, type->width_bytes, node->n_rows, widened);
    else
        widen_unsigned(node->data, type->width_bytes, node->n_rows, widened);
    *values_out = widened;
    *n_fitting_out = node->n_rows;
    return STATUS_OK;
}
