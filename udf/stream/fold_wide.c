/* Sums of the integers and Decimals that 128 bits with a sign do not hold: UInt128 and all of 256
 * bits. In two's complement of 320 bits, which 2^63 such values cannot overflow. */
#include "fold.h"

static bool is_negative(const struct native_type *type, const uint8_t *value)
{
    return type->order == NATIVE_ORDER_SIGNED && (value[type->width_bytes - 1] & 0x80) != 0;
}

static void add_value(const struct native_type *type, const uint8_t *value,
                      uint64_t sum[FOLD_WIDE_LIMBS])
{
    uint64_t limbs[FOLD_WIDE_LIMBS];
    memset(limbs, is_negative(type, value) ? 0xff : 0, sizeof(limbs));
    memcpy(limbs, value, type->width_bytes);
    uint128 carry = 0;
    for (size_t i = 0; i < FOLD_WIDE_LIMBS; i++) {
        carry += (uint128)sum[i] + limbs[i];
        sum[i] = (uint64_t)carry;
        carry >>= 64;
    }
}

/* Whether the limbs beyond the type's width only repeat its sign. */
static bool fits(const struct native_type *type, const uint64_t sum[FOLD_WIDE_LIMBS])
{
    uint64_t sign = is_negative(type, (const uint8_t *)sum) ? UINT64_MAX : 0;
    for (size_t i = type->width_bytes / 8; i < FOLD_WIDE_LIMBS; i++)
        if (sum[i] != sign)
            return false;
    return true;
}

static enum status add_wide(struct fold *fold, const struct native_column *column, uint64_t begin,
                            uint64_t end, struct err *err)
{
    (void)err;
    const struct native_type *type = fold_value_type(native_type_root(&column->type));
    const struct native_node *node = native_column_nodes(column);
    const uint8_t *values = node[fold->is_nullable].data;
    for (uint64_t row = begin; row < end; row++) {
        if (fold->is_nullable && node->data[row] != 0)
            continue;
        fold->has_value = true;
        add_value(type, values + row * type->width_bytes, fold->wide);
    }
    return STATUS_OK;
}

static enum status close_wide(struct fold *fold, struct err *err)
{
    const struct native_type *root = native_type_root(&fold->out.type);
    const struct native_type *type = fold_value_type(root);
    if (!fits(type, fold->wide))
        return err_set(err, STATUS_LIMIT, "expected a sum that fits %.*s, found one that overflows",
                       (int)root->text_bytes, root->text);
    TRY(fold_mark_null(fold, err));
    TRY(buf_append(&fold->out.parts[fold->is_nullable], fold->wide, type->width_bytes, err));
    memset(fold->wide, 0, sizeof(fold->wide));
    fold->has_value = false;
    return STATUS_OK;
}

const struct fold_kind *fold_wide_kind(const struct native_type *type)
{
    static const struct fold_kind wide = {.add = add_wide, .close = close_wide};
    const struct native_type *value = fold_value_type(type);
    bool is_wide = value->width_bytes == 32 ||
                   (value->width_bytes == 16 && value->order == NATIVE_ORDER_UNSIGNED);
    return fold_type_is_number(type) && is_wide ? &wide : NULL;
}
