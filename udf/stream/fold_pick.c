/* min, max, any and last: one of the values, whatever their type. */
#include "fold.h"

/* The value is kept in RowBinary: it outlives its block. A NULL there is a single byte of 1. */
static bool is_null(const struct fold *fold, const struct native_column *column, uint64_t row)
{
    const struct native_type *type = native_type_root(&column->type);
    const struct native_node *node = native_column_nodes(column);
    if (fold->is_nullable)
        return node->data[row] != 0;
    return type->kind == NATIVE_LOW_CARDINALITY && type->holds_null && native_index(node, row) == 0;
}

/* Whether the value found takes the kept one's place. NULLs and NaNs lose, also inside arrays and
 * tuples: min is the first of ORDER BY ... ASC, max that of ORDER BY ... DESC, as in ClickHouse. */
static bool wins(enum fold_op op, const struct native_type *type, const uint8_t *found,
                 const uint8_t *kept)
{
    return op == FOLD_MIN ? native_cell_compare(type, &found, &kept) < 0
                          : native_cell_compare_nulls_below(type, &found, &kept) > 0;
}

/* Appends the value behind the kept one, and drops whichever of the two loses. */
static enum status compare_and_keep(struct fold *fold, const struct native_column *column,
                                    uint64_t row, struct err *err)
{
    size_t kept_bytes = fold->kept.size_bytes;
    TRY(native_cell_encode(column, row, &fold->kept, err));
    const uint8_t *found = fold->kept.data + kept_bytes;
    if (wins(fold->op, native_type_root(&column->type), found, fold->kept.data)) {
        size_t found_bytes = fold->kept.size_bytes - kept_bytes;
        memmove(fold->kept.data, found, found_bytes);
        fold->kept.size_bytes = found_bytes;
    } else {
        fold->kept.size_bytes = kept_bytes;
    }
    return STATUS_OK;
}

static enum status add_pick(struct fold *fold, const struct native_column *column, uint64_t begin,
                            uint64_t end, struct err *err)
{
    for (uint64_t row = begin; row < end; row++) {
        if (is_null(fold, column, row) || (fold->op == FOLD_ANY && fold->has_value))
            continue;
        if (fold->has_value && fold->op != FOLD_LAST) {
            TRY(compare_and_keep(fold, column, row, err));
            continue;
        }
        buf_reset(&fold->kept);
        TRY(native_cell_encode(column, row, &fold->kept, err));
        fold->has_value = true;
    }
    return STATUS_OK;
}

static enum status close_pick(struct fold *fold, struct err *err)
{
    struct buf *part = fold->out.parts;
    if (!fold->has_value) { /* of nothing but NULLs */
        buf_reset(&fold->kept);
        TRY(buf_append_u8(&fold->kept, 1, err));
    }
    const uint8_t *value = fold->kept.data;
    TRY(native_cell_append(native_type_root(&fold->out.type), &value, &part, err));
    fold->has_value = false;
    return STATUS_OK;
}

const struct fold_kind *fold_pick_kind(const struct native_type *type)
{
    static const struct fold_kind pick = {.add = add_pick, .close = close_pick};
    return native_type_is_key(type) ? &pick : NULL; /* states, say, have no order */
}
