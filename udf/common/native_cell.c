#include "native_cell.h"

#include <math.h>

static const uint8_t *fixed_at(const struct native_type *type, const struct native_node *node,
                               uint64_t row)
{
    return node->data + row * type->width_bytes;
}

/* BFloat16 is the upper half of a Float32, whose bits say the same of NaN and zero. */
static bool float_is_zero(const uint8_t *value, size_t width_bytes)
{
    for (size_t i = 0; i + 1 < width_bytes; i++)
        if (value[i] != 0)
            return false;
    return (value[width_bytes - 1] & 0x7f) == 0;
}

/* Float64, Float32 and BFloat16 all keep their sign and exponent in the last two bytes. */
static void canonicalise_float(uint8_t *value, size_t width_bytes)
{
    if (isnan(load_float(value, width_bytes))) {
        memset(value, 0, width_bytes);
        value[width_bytes - 1] = 0x7f;
        value[width_bytes - 2] = width_bytes == 8 ? 0xf8 : 0xc0;
    } else if (float_is_zero(value, width_bytes)) {
        value[width_bytes - 1] = 0;
    }
}

static enum status encode(const struct native_type *type, const struct native_node *node,
                          uint64_t row, bool canonical, struct buf *out, struct err *err);

static enum status encode_fixed(const struct native_type *type, const struct native_node *node,
                                uint64_t row, bool canonical, struct buf *out, struct err *err)
{
    TRY(buf_append(out, fixed_at(type, node, row), type->width_bytes, err));
    if (canonical && type->order == NATIVE_ORDER_FLOAT)
        canonicalise_float(out->data + out->size_bytes - type->width_bytes, type->width_bytes);
    return STATUS_OK;
}

static enum status encode_array(const struct native_type *type, const struct native_node *node,
                                uint64_t row, bool canonical, struct buf *out, struct err *err)
{
    uint64_t begin = 0, end = 0;
    native_array_range(node, row, &begin, &end);
    TRY(buf_append_varuint(out, end - begin, err));
    for (uint64_t i = begin; i < end; i++)
        TRY(encode(type + 1, node + 1, i, canonical, out, err));
    return STATUS_OK;
}

static enum status encode_low_cardinality(const struct native_type *type,
                                          const struct native_node *node, uint64_t row,
                                          bool canonical, struct buf *out, struct err *err)
{
    uint64_t index = native_index(node, row);
    if (type->holds_null)
        TRY(buf_append_u8(out, index == 0, err));
    return type->holds_null && index == 0 ? STATUS_OK
                                          : encode(type + 1, node + 1, index, canonical, out, err);
}

static enum status encode(const struct native_type *type, const struct native_node *node,
                          uint64_t row, bool canonical, struct buf *out, struct err *err)
{
    uint64_t start = 0;
    switch (type->kind) {
    case NATIVE_FIXED:
        return encode_fixed(type, node, row, canonical, out, err);
    case NATIVE_STRING:
        start = load_u64(node->starts + row * 8);
        return buf_append(out, node->data + start, load_u64(node->starts + row * 8 + 8) - start,
                          err);
    case NATIVE_NULLABLE:
        TRY(buf_append_u8(out, node->data[row] != 0, err));
        return node->data[row] != 0 ? STATUS_OK
                                    : encode(type + 1, node + 1, row, canonical, out, err);
    case NATIVE_ARRAY:
        return encode_array(type, node, row, canonical, out, err);
    case NATIVE_TUPLE:
        for (size_t child = 1; child < type->n_nodes; child += type[child].n_nodes)
            TRY(encode(type + child, node + child, row, canonical, out, err));
        return STATUS_OK;
    case NATIVE_LOW_CARDINALITY:
        return encode_low_cardinality(type, node, row, canonical, out, err);
    case NATIVE_VARIANCE:
    case NATIVE_VARIANT:
    case NATIVE_JSON:
    case NATIVE_PLANES:
        break;
    }
    return STATUS_OK;
}

enum status native_cell_encode(const struct native_column *column, uint64_t row, struct buf *out,
                               struct err *err)
{
    return encode(native_type_root(&column->type), native_column_nodes(column), row, false, out,
                  err);
}

enum status native_cell_encode_key(const struct native_column *column, uint64_t row,
                                   struct buf *out, struct err *err)
{
    return encode(native_type_root(&column->type), native_column_nodes(column), row, true, out,
                  err);
}

static bool cells_equal(const struct native_type *type, const struct native_node *node, uint64_t a,
                        uint64_t b);

static bool floats_equal(const uint8_t *a, const uint8_t *b, size_t width_bytes)
{
    double left = load_float(a, width_bytes), right = load_float(b, width_bytes);
    return left == right || (isnan(left) && isnan(right));
}

static bool varying_equal(const struct native_node *node, uint64_t a, uint64_t b)
{
    uint64_t from_a = load_u64(node->starts + a * 8), from_b = load_u64(node->starts + b * 8);
    uint64_t size_bytes = load_u64(node->starts + a * 8 + 8) - from_a;
    return size_bytes == load_u64(node->starts + b * 8 + 8) - from_b &&
           memcmp(node->data + from_a, node->data + from_b, (size_t)size_bytes) == 0;
}

static bool arrays_equal(const struct native_type *type, const struct native_node *node, uint64_t a,
                         uint64_t b)
{
    uint64_t begin_a = 0, end_a = 0, begin_b = 0, end_b = 0;
    native_array_range(node, a, &begin_a, &end_a);
    native_array_range(node, b, &begin_b, &end_b);
    if (end_a - begin_a != end_b - begin_b)
        return false;
    for (uint64_t i = 0; i < end_a - begin_a; i++)
        if (!cells_equal(type + 1, node + 1, begin_a + i, begin_b + i))
            return false;
    return true;
}

static bool tuples_equal(const struct native_type *type, const struct native_node *node, uint64_t a,
                         uint64_t b)
{
    for (size_t child = 1; child < type->n_nodes; child += type[child].n_nodes)
        if (!cells_equal(type + child, node + child, a, b))
            return false;
    return true;
}

static bool cells_equal(const struct native_type *type, const struct native_node *node, uint64_t a,
                        uint64_t b)
{
    switch (type->kind) {
    case NATIVE_FIXED:
        if (type->order == NATIVE_ORDER_FLOAT)
            return floats_equal(fixed_at(type, node, a), fixed_at(type, node, b),
                                type->width_bytes);
        return memcmp(fixed_at(type, node, a), fixed_at(type, node, b), type->width_bytes) == 0;
    case NATIVE_STRING:
        return varying_equal(node, a, b);
    case NATIVE_NULLABLE:
        if ((node->data[a] != 0) != (node->data[b] != 0))
            return false;
        return node->data[a] != 0 || cells_equal(type + 1, node + 1, a, b);
    case NATIVE_ARRAY:
        return arrays_equal(type, node, a, b);
    case NATIVE_TUPLE:
        return tuples_equal(type, node, a, b);
    case NATIVE_LOW_CARDINALITY:
        a = native_index(node, a);
        b = native_index(node, b);
        if (a == b || (type->holds_null && (a == 0 || b == 0)))
            return a == b;
        return cells_equal(type + 1, node + 1, a, b); /* a dictionary may hold a value twice */
    case NATIVE_VARIANCE:
    case NATIVE_VARIANT:
    case NATIVE_JSON:
    case NATIVE_PLANES:
        break;
    }
    return false;
}

ALWAYS_INLINE bool differ(const uint8_t *a, const uint8_t *b, size_t width_bytes)
{
    switch (width_bytes) {
    case 1:
        return *a != *b;
    case 2:
        return load_u16(a) != load_u16(b);
    case 4:
        return load_u32(a) != load_u32(b);
    case 8:
        return load_u64(a) != load_u64(b);
    default: /* 16 */
        return ((load_u64(a) ^ load_u64(b)) | (load_u64(a + 8) ^ load_u64(b + 8))) != 0;
    }
}

ALWAYS_INLINE void mark_changes_of_width(const uint8_t *restrict values, size_t width_bytes,
                                         uint64_t n_rows, uint8_t *restrict changed)
{
    for (uint64_t row = 1; row < n_rows; row++)
        changed[row] |=
            differ(values + (row - 1) * width_bytes, values + row * width_bytes, width_bytes);
}

/* The widths of most keys, in loops that the compiler can vectorise. */
MULTIVERSIONED static bool mark_fixed_changes(const uint8_t *restrict values, size_t width_bytes,
                                              uint64_t n_rows, uint8_t *restrict changed)
{
    switch (width_bytes) {
    case 1:
        mark_changes_of_width(values, 1, n_rows, changed);
        return true;
    case 2:
        mark_changes_of_width(values, 2, n_rows, changed);
        return true;
    case 4:
        mark_changes_of_width(values, 4, n_rows, changed);
        return true;
    case 8:
        mark_changes_of_width(values, 8, n_rows, changed);
        return true;
    case 16:
        mark_changes_of_width(values, 16, n_rows, changed);
        return true;
    default:
        return false;
    }
}

void native_cell_mark_changes(const struct native_column *column, uint64_t n_rows, uint8_t *changed)
{
    const struct native_type *type = native_type_root(&column->type);
    const struct native_node *node = native_column_nodes(column);
    if (type->kind == NATIVE_FIXED && type->order != NATIVE_ORDER_FLOAT &&
        mark_fixed_changes(node->data, type->width_bytes, n_rows, changed))
        return;
    for (uint64_t row = 1; row < n_rows; row++)
        changed[row] |= !cells_equal(type, node, row - 1, row);
}

/* Little-endian integers, the last byte first; the sign is in that one. */
static int compare_integers(const uint8_t *a, const uint8_t *b, size_t width_bytes, bool is_signed)
{
    uint8_t flip = is_signed ? 0x80 : 0;
    for (size_t i = width_bytes; i-- > 0; flip = 0)
        if (a[i] != b[i])
            return (a[i] ^ flip) < (b[i] ^ flip) ? -1 : 1;
    return 0;
}

/* Where NULL and NaN stand among the values. */
enum nulls { NULLS_ABOVE = 1, NULLS_BELOW = -1 };

static int compare_cells(const struct native_type *type, enum nulls nulls, const uint8_t **a,
                         const uint8_t **b);

static int compare_floats(const uint8_t *a, const uint8_t *b, size_t width_bytes, enum nulls nulls)
{
    double left = load_float(a, width_bytes), right = load_float(b, width_bytes);
    if (isnan(left) || isnan(right))
        return ((int)isnan(left) - (int)isnan(right)) * (int)nulls;
    return (left > right) - (left < right);
}

static int compare_fixed(const struct native_type *type, enum nulls nulls, const uint8_t *a,
                         const uint8_t *b)
{
    switch (type->order) {
    case NATIVE_ORDER_UNSIGNED:
    case NATIVE_ORDER_SIGNED:
        return compare_integers(a, b, type->width_bytes, type->order == NATIVE_ORDER_SIGNED);
    case NATIVE_ORDER_FLOAT:
        return compare_floats(a, b, type->width_bytes, nulls);
    case NATIVE_ORDER_UUID:
        return compare_integers(a, b, 16, false); /* the second UInt64 is the upper half */
    case NATIVE_ORDER_BYTES:
        return memcmp(a, b, type->width_bytes);
    }
    return 0;
}

static int compare_strings(const uint8_t **a, const uint8_t **b)
{
    uint64_t bytes_a = varuint_take(a), bytes_b = varuint_take(b);
    int order = memcmp(*a, *b, (size_t)(bytes_a < bytes_b ? bytes_a : bytes_b));
    if (order == 0)
        order = (bytes_a > bytes_b) - (bytes_a < bytes_b);
    *a += bytes_a;
    *b += bytes_b;
    return order;
}

static int compare_arrays(const struct native_type *type, enum nulls nulls, const uint8_t **a,
                          const uint8_t **b)
{
    uint64_t n_a = varuint_take(a), n_b = varuint_take(b);
    for (uint64_t i = 0; i < n_a && i < n_b; i++) {
        int order = compare_cells(type + 1, nulls, a, b);
        if (order != 0)
            return order;
    }
    return (n_a > n_b) - (n_a < n_b);
}

static int compare_nullable(const struct native_type *type, enum nulls nulls, const uint8_t **a,
                            const uint8_t **b)
{
    bool null_a = *(*a)++ != 0, null_b = *(*b)++ != 0;
    if (null_a || null_b)
        return ((int)null_a - (int)null_b) * (int)nulls;
    return compare_cells(type + 1, nulls, a, b);
}

static int compare_tuples(const struct native_type *type, enum nulls nulls, const uint8_t **a,
                          const uint8_t **b)
{
    for (size_t child = 1; child < type->n_nodes; child += type[child].n_nodes) {
        int order = compare_cells(type + child, nulls, a, b);
        if (order != 0)
            return order;
    }
    return 0;
}

static int compare_cells(const struct native_type *type, enum nulls nulls, const uint8_t **a,
                         const uint8_t **b)
{
    int order = 0;
    switch (type->kind) {
    case NATIVE_FIXED:
        order = compare_fixed(type, nulls, *a, *b);
        *a += type->width_bytes;
        *b += type->width_bytes;
        return order;
    case NATIVE_STRING:
        return compare_strings(a, b);
    case NATIVE_NULLABLE:
        return compare_nullable(type, nulls, a, b);
    case NATIVE_ARRAY:
        return compare_arrays(type, nulls, a, b);
    case NATIVE_TUPLE:
        return compare_tuples(type, nulls, a, b);
    case NATIVE_LOW_CARDINALITY:
        return type->holds_null ? compare_nullable(type, nulls, a, b)
                                : compare_cells(type + 1, nulls, a, b);
    case NATIVE_VARIANCE:
    case NATIVE_VARIANT:
    case NATIVE_JSON:
    case NATIVE_PLANES:
        break;
    }
    return 0;
}

int native_cell_compare(const struct native_type *type, const uint8_t **a, const uint8_t **b)
{
    return compare_cells(type, NULLS_ABOVE, a, b);
}

int native_cell_compare_nulls_below(const struct native_type *type, const uint8_t **a,
                                    const uint8_t **b)
{
    return compare_cells(type, NULLS_BELOW, a, b);
}
