#include "stream_ticks.h"

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

struct stream_ticks stream_ticks_of(const struct native_column *column)
{
    const struct native_type *type = native_type_root(&column->type);
    const struct native_node *node = native_column_nodes(column);
    struct stream_ticks ticks = {
        .values = node->data,
        .width_bytes = type->width_bytes,
        .is_signed = type->order == NATIVE_ORDER_SIGNED,
        .n = (size_t)node->n_rows,
    };
    if (ticks.width_bytes == 8 && !ticks.is_signed)
        ticks.n = count_fitting(ticks.values, ticks.n);
    return ticks;
}

enum status stream_ticks_widen(struct stream_ticks *ticks, struct buf *scratch, struct err *err)
{
    uint8_t *widened = NULL;
    if (ticks->width_bytes == 8)
        return STATUS_OK;
    buf_reset(scratch);
    TRY(buf_extend(scratch, ticks->n * sizeof(int64_t), &widened, err));
    for (size_t row = 0; row < ticks->n; row++)
        store_i64(widened + row * sizeof(int64_t), stream_tick(ticks, row));
    ticks->values = widened;
    ticks->width_bytes = sizeof(int64_t);
    return STATUS_OK;
}
