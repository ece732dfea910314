#include "native_cell.h"

#include <stdio.h>

static bool is_full(const struct buf *text)
{
    return text->size_bytes >= NATIVE_PRINT_BYTES;
}

static enum status print_quoted(const uint8_t *bytes, size_t size_bytes, struct buf *text,
                                struct err *err)
{
    TRY(buf_append_u8(text, '\'', err));
    for (size_t i = 0; i < size_bytes && !is_full(text); i++) {
        char escaped[8];
        if (bytes[i] < ' ' || bytes[i] == 0x7f)
            snprintf(escaped, sizeof(escaped), "\\x%02X", bytes[i]);
        else
            snprintf(escaped, sizeof(escaped), bytes[i] == '\'' || bytes[i] == '\\' ? "\\%c" : "%c",
                     bytes[i]);
        TRY(buf_append_text(text, escaped, err));
    }
    return buf_append_u8(text, '\'', err);
}

static enum status print_hex(const uint8_t *bytes, size_t size_bytes, struct buf *text,
                             struct err *err)
{
    TRY(buf_append_text(text, "0x", err));
    for (size_t i = 0; i < size_bytes && !is_full(text); i++) {
        char digits[4];
        snprintf(digits, sizeof(digits), "%02X", bytes[i]);
        TRY(buf_append_text(text, digits, err));
    }
    return STATUS_OK;
}

static enum status print_fixed(const struct native_type *type, const uint8_t *value,
                               struct buf *text, struct err *err)
{
    char number[32];
    if (type->class == NATIVE_CLASS_FIXED_STRING)
        return print_quoted(value, type->width_bytes, text, err);
    if (type->width_bytes > 8 || type->order >= NATIVE_ORDER_BYTES)
        return print_hex(value, type->width_bytes, text, err);
    if (type->order == NATIVE_ORDER_FLOAT)
        snprintf(number, sizeof(number), "%.*g", type->width_bytes == 8 ? 17 : 9,
                 load_float(value, type->width_bytes));
    else if (type->order == NATIVE_ORDER_SIGNED)
        snprintf(number, sizeof(number), "%lld", (long long)load_signed(value, type->width_bytes));
    else
        snprintf(number, sizeof(number), "%llu",
                 (unsigned long long)load_unsigned(value, type->width_bytes));
    return buf_append_text(text, number, err);
}

static enum status print_nullable(const struct native_type *type, const uint8_t **value,
                                  struct buf *text, struct err *err)
{
    return *(*value)++ != 0 ? buf_append_text(text, "NULL", err)
                            : native_cell_print(type + 1, value, text, err);
}

static enum status print_array(const struct native_type *type, const uint8_t **value,
                               struct buf *text, struct err *err)
{
    uint64_t n = varuint_take(value);
    TRY(buf_append_u8(text, '[', err));
    for (uint64_t i = 0; i < n && !is_full(text); i++) {
        TRY(buf_append_text(text, i == 0 ? "" : ", ", err));
        TRY(native_cell_print(type + 1, value, text, err));
    }
    return buf_append_u8(text, ']', err);
}

static enum status print_tuple(const struct native_type *type, const uint8_t **value,
                               struct buf *text, struct err *err)
{
    TRY(buf_append_u8(text, '(', err));
    for (size_t child = 1; child < type->n_nodes; child += type[child].n_nodes) {
        TRY(buf_append_text(text, child == 1 ? "" : ", ", err));
        TRY(native_cell_print(type + child, value, text, err));
    }
    return buf_append_u8(text, ')', err);
}

enum status native_cell_print(const struct native_type *type, const uint8_t **value,
                              struct buf *text, struct err *err)
{
    uint64_t size_bytes = 0;
    switch (type->kind) {
    case NATIVE_FIXED:
        *value += type->width_bytes;
        return print_fixed(type, *value - type->width_bytes, text, err);
    case NATIVE_STRING:
        size_bytes = varuint_take(value);
        *value += size_bytes;
        return print_quoted(*value - size_bytes, (size_t)size_bytes, text, err);
    case NATIVE_NULLABLE:
        return print_nullable(type, value, text, err);
    case NATIVE_ARRAY:
        return print_array(type, value, text, err);
    case NATIVE_TUPLE:
        return print_tuple(type, value, text, err);
    case NATIVE_LOW_CARDINALITY:
        return type->holds_null ? print_nullable(type, value, text, err)
                                : native_cell_print(type + 1, value, text, err);
    case NATIVE_VARIANCE:
    case NATIVE_VARIANT:
    case NATIVE_JSON:
    case NATIVE_PLANES:
        break;
    }
    return STATUS_OK;
}
