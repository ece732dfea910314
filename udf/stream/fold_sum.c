/* Sums of integers, checked, and of floating-point numbers; the moments of both. */
#include "fold.h"

enum {
    /* Values are handed to moments_update by so many, counted from the period's first: the same
     * pieces wherever blocks end. */
    MOMENTS_CHUNK_VALUES = 4096
};

static bool row_is_null(const struct fold *fold, const struct native_node *node, uint64_t row)
{
    return fold->is_nullable && node->data[row] != 0;
}

static int128 load_integer(const struct native_type *type, const uint8_t *value)
{
    uint128 bits = 0;
    unsigned unused_bits = 128 - 8 * type->width_bytes;
    memcpy(&bits, value, type->width_bytes);
    if (type->order == NATIVE_ORDER_SIGNED)
        return (int128)(bits << unused_bits) >> unused_bits;
    return (int128)bits;
}

static double load_real(const struct native_type *type, const uint8_t *value)
{
    return type->order == NATIVE_ORDER_FLOAT ? load_float(value, type->width_bytes)
                                             : (double)load_integer(type, value);
}

static enum status add_integers(struct fold *fold, const struct native_column *column,
                                uint64_t begin, uint64_t end, struct err *err)
{
    const struct native_type *type = fold_value_type(native_type_root(&column->type));
    const struct native_node *node = native_column_nodes(column);
    const uint8_t *values = node[fold->is_nullable].data;
    int128 sum = fold->integer;
    bool overflow = false;
    for (uint64_t row = begin; row < end; row++) {
        if (row_is_null(fold, node, row))
            continue;
        fold->has_value = true;
        overflow |=
            __builtin_add_overflow(sum, load_integer(type, values + row * type->width_bytes), &sum);
    }
    if (overflow)
        return err_set(err, STATUS_LIMIT, "expected a sum that fits 128 bits, found a larger one");
    fold->integer = sum;
    return STATUS_OK;
}

/* The result's type decides what fits: 1 to 16 bytes, signed or not. */
static bool integer_fits(const struct native_type *type, int128 value)
{
    unsigned bits = 8 * type->width_bytes;
    if (type->order == NATIVE_ORDER_SIGNED) {
        int128 shifted = bits == 128 ? 0 : value >> (bits - 1);
        return shifted == 0 || shifted == -1;
    }
    return value >= 0 && (bits == 128 || value >> bits == 0);
}

static enum status close_integers(struct fold *fold, struct err *err)
{
    const struct native_type *root = native_type_root(&fold->out.type);
    const struct native_type *type = fold_value_type(root);
    struct buf *part = &fold->out.parts[fold->is_nullable];
    if (!integer_fits(type, fold->integer))
        return err_set(err, STATUS_LIMIT, "expected a sum that fits %.*s, found one that overflows",
                       (int)root->text_bytes, root->text);
    TRY(fold_mark_null(fold, err));
    TRY(buf_append(part, &fold->integer, type->width_bytes, err));
    fold->integer = 0;
    fold->has_value = false;
    return STATUS_OK;
}

static enum status add_reals(struct fold *fold, const struct native_column *column, uint64_t begin,
                             uint64_t end, struct err *err)
{
    (void)err;
    const struct native_type *type = fold_value_type(native_type_root(&column->type));
    const struct native_node *node = native_column_nodes(column);
    const uint8_t *values = node[fold->is_nullable].data;
    for (uint64_t row = begin; row < end; row++) {
        if (row_is_null(fold, node, row))
            continue;
        fold->has_value = true;
        fold->real += load_real(type, values + row * type->width_bytes);
    }
    return STATUS_OK;
}

static enum status close_reals(struct fold *fold, struct err *err)
{
    const struct native_type *type = fold_value_type(native_type_root(&fold->out.type));
    struct buf *part = &fold->out.parts[fold->is_nullable];
    float single = (float)fold->real;
    TRY(fold_mark_null(fold, err));
    if (type->width_bytes == 8)
        TRY(buf_append_f64(part, fold->real, err));
    else
        TRY(buf_append(part, &single, sizeof(single), err));
    fold->real = 0;
    fold->has_value = false;
    return STATUS_OK;
}

/* Makes a state of the values that wait. The states are merged at the end, all at once: adding
 * chunk by chunk to one state would add up their rounding errors. */
static enum status flush_chunk(struct fold *fold, struct err *err)
{
    struct moments state = {0};
    TRY(moments_update(&state, fold->kept.data, fold->kept.size_bytes / 8, err));
    buf_reset(&fold->kept);
    return buf_append(&fold->states, &state, sizeof(state), err);
}

static enum status add_moments(struct fold *fold, const struct native_column *column,
                               uint64_t begin, uint64_t end, struct err *err)
{
    const struct native_type *type = fold_value_type(native_type_root(&column->type));
    const struct native_node *node = native_column_nodes(column);
    const uint8_t *values = node[fold->is_nullable].data;
    for (uint64_t row = begin; row < end; row++) {
        if (row_is_null(fold, node, row))
            continue;
        double value = load_real(type, values + row * type->width_bytes) / fold->unit;
        TRY(buf_append_f64(&fold->kept, value, err));
        if (fold->kept.size_bytes == MOMENTS_CHUNK_VALUES * 8)
            TRY(flush_chunk(fold, err));
    }
    return STATUS_OK;
}

static enum status close_moments(struct fold *fold, struct err *err)
{
    struct buf *members = &fold->out.parts[1]; /* behind the tuple: n, mean, m2 */
    struct moments merged = {0};
    TRY(flush_chunk(fold, err));
    TRY(moments_merge_all((struct moments *)(void *)fold->states.data,
                          fold->states.size_bytes / sizeof(merged), &merged, err));
    buf_reset(&fold->states);
    TRY(buf_append_u64(&members[0], merged.n, err));
    TRY(buf_append_f64(&members[1], merged.mean, err));
    return buf_append_f64(&members[2], merged.m2, err);
}

/* Numbers that fit the 128 bits of the sum with their sign. */
static bool is_summable(const struct native_type *type)
{
    const struct native_type *value = fold_value_type(type);
    if (!fold_type_is_number(type))
        return false;
    if (value->order == NATIVE_ORDER_FLOAT)
        return value->width_bytes >= 4;
    return value->width_bytes <= 8 ||
           (value->width_bytes == 16 && value->order == NATIVE_ORDER_SIGNED);
}

const struct fold_kind *fold_sum_kind(const struct native_type *type)
{
    static const struct fold_kind integers = {.add = add_integers, .close = close_integers};
    static const struct fold_kind reals = {.add = add_reals, .close = close_reals};
    if (!is_summable(type))
        return fold_wide_kind(type);
    return fold_value_type(type)->order == NATIVE_ORDER_FLOAT ? &reals : &integers;
}

const struct fold_kind *fold_moments_kind(const struct native_type *type)
{
    static const struct fold_kind moments = {.add = add_moments, .close = close_moments};
    return is_summable(type) ? &moments : NULL;
}
