/* min, max, any and last: one of the values, whatever their type. */
#include "fold_kind.h"

struct pick {
    struct buf kept; /* in RowBinary: it outlives its block. A NULL is a single byte of 1 */
    bool has_value;
};

/* Whether the value found takes the kept one's place. NULLs and NaNs lose, also inside arrays and
 * tuples: min is the first of ORDER BY ... ASC, max that of ORDER BY ... DESC, as in ClickHouse. */
static bool wins(enum fold_op op, const struct native_type *type, const uint8_t *found,
                 const uint8_t *kept)
{
    return op == FOLD_MIN ? native_cell_compare(type, &found, &kept) < 0
                          : native_cell_compare_nulls_below(type, &found, &kept) > 0;
}

/* Appends the value found to the kept one, and drops whichever of the two loses. */
static enum status compare_and_keep(struct buf *kept, enum fold_op op,
                                    const struct native_column *column, uint64_t row,
                                    struct err *err)
{
    size_t kept_bytes = kept->size_bytes;
    TRY(native_cell_encode(column, row, kept, err));
    const uint8_t *found = kept->data + kept_bytes;
    size_t found_bytes = kept->size_bytes - kept_bytes;
    bool found_wins = wins(op, native_type_root(&column->type), found, kept->data);
    if (found_wins)
        memmove(kept->data, found, found_bytes);
    kept->size_bytes = found_wins ? found_bytes : kept_bytes;
    return STATUS_OK;
}

static enum status add_pick(struct fold *fold, const struct native_column *column, uint64_t begin,
                            uint64_t end, struct err *err)
{
    struct pick *pick = fold->state;
    for (uint64_t row = begin; row < end; row++) {
        if (fold_is_null(column, row) || (fold->op == FOLD_ANY && pick->has_value))
            continue;
        if (pick->has_value && fold->op != FOLD_LAST) {
            TRY(compare_and_keep(&pick->kept, fold->op, column, row, err));
            continue;
        }
        buf_reset(&pick->kept);
        TRY(native_cell_encode(column, row, &pick->kept, err));
        pick->has_value = true;
    }
    return STATUS_OK;
}

static enum status close_pick(struct fold *fold, struct err *err)
{
    struct pick *pick = fold->state;
    struct buf *part = fold->out.parts;
    if (!pick->has_value) { /* of nothing but NULLs */
        buf_reset(&pick->kept);
        TRY(buf_append_u8(&pick->kept, 1, err));
    }
    const uint8_t *value = pick->kept.data;
    TRY(native_cell_append(native_type_root(&fold->out.type), &value, &part, err));
    pick->has_value = false;
    return STATUS_OK;
}

static void free_pick(void *state)
{
    struct pick *pick = state;
    buf_free(&pick->kept);
}

const struct fold_kind fold_pick = {
    .ops = 1 << FOLD_MIN | 1 << FOLD_MAX | 1 << FOLD_ANY | 1 << FOLD_LAST,
    .state_bytes = sizeof(struct pick),
    .suits = native_type_is_key, /* states, say, have no order */
    .add = add_pick,
    .close = close_pick,
    .free_state = free_pick,
};
