/* How many values there are, or rows. */
#include "fold_kind.h"

static enum status add_count(struct fold *fold, const struct native_column *column, uint64_t begin,
                             uint64_t end, struct err *err)
{
    (void)err;
    uint64_t *count = fold->state;
    *count += end - begin;
    if (fold->op == FOLD_COUNT && fold_holds_null(native_type_root(&column->type)))
        for (; begin < end; begin++)
            *count -= fold_is_null(column, begin);
    return STATUS_OK;
}

static enum status close_count(struct fold *fold, struct err *err)
{
    uint64_t *count = fold->state;
    TRY(buf_append_u64(&fold->out.parts[0], *count, err));
    *count = 0;
    return STATUS_OK;
}

const struct fold_kind fold_count = {
    .ops = 1 << FOLD_COUNT | 1 << FOLD_ROWS,
    .state_bytes = sizeof(uint64_t),
    .suits = native_type_is_key, /* what else may hold NULLs passes through unread */
    .add = add_count,
    .close = close_count,
};
