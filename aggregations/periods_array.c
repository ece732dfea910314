/* Each answer is expanded from the list of the periods' starts, a period at a time. */
#include "periods_array.h"

#include "fill.h"

void periods_scratch_free(struct periods_scratch *scratch)
{
    ticks_scratch_free(&scratch->ticks);
    period_starts_free(&scratch->starts);
}

/* An array cut into periods. Valid until the scratch or the input changes. */
struct split {
    size_t n;
    const uint8_t *ticks;     /* ascending */
    const uint32_t *index;    /* where ticks stood in the input; NULL: where they are */
    const uint32_t *position; /* those of struct period_starts */
    const uint32_t *distinct;
    size_t n_periods;
};

/* Cuts ticks in any order: where they stand if they ascend, sorted if they do not. */
CHECKED static inline enum status
split_array(const void *times, size_t n, const struct period_rule *rule, enum periods_detail detail,
            struct periods_scratch *scratch, struct split *split, struct err *err)
{
    struct period_starts *starts = &scratch->starts;
    struct ticks_order order;
    *split = (struct split){.n = n, .ticks = times};
    if (n > TICKS_MAX)
        return err_set(err, STATUS_LIMIT, "expected at most %u ticks in one array, found %zu",
                       (unsigned)TICKS_MAX, n);
    TRY(periods_cut_array(times, n, rule, detail, starts, err));
    if (UNLIKELY(starts->n_periods == 0 && n > 0)) {
        TRY(ticks_order(times, n, &scratch->ticks, &order, err));
        split->ticks = order.ticks;
        split->index = order.index;
        TRY(periods_cut_array(order.ticks, n, rule, detail, starts, err));
    }
    split->position = starts->position;
    split->distinct = starts->distinct;
    split->n_periods = starts->n_periods;
    return STATUS_OK;
}

/* ---- values of a period ---- */

static inline int64_t first_tick(const struct split *split, size_t p)
{
    return ticks_get(split->ticks, split->position[p]);
}

static inline int64_t last_tick(const struct split *split, size_t p)
{
    return ticks_get(split->ticks, split->position[p + 1] - (size_t)1);
}

static inline uint32_t number(size_t p)
{
    return (uint32_t)p + 1;
}

static inline uint32_t length(const struct split *split, size_t p)
{
    return split->position[p + 1] - split->position[p];
}

static inline uint32_t unique_length(const struct split *split, size_t p)
{
    return split->distinct[p + 1] - split->distinct[p];
}

/* ---- a period's value to all its events ---- */

/* Writes value to the events of period p, for p ascending. */
static inline void put_u32(const struct split *split, size_t p, uint32_t value, uint8_t *column)
{
    size_t at = split->position[p];
    size_t end = split->position[p + 1];
    if (LIKELY(split->index == NULL)) {
        fill_u32(column, at, end, split->n, value);
        return;
    }
    for (; at < end; at++)
        store_u32(column + split->index[at] * sizeof(value), value);
}

/* As put_u32. */
static inline void put_u64(const struct split *split, size_t p, uint64_t value, uint8_t *column)
{
    size_t at = split->position[p];
    size_t end = split->position[p + 1];
    if (LIKELY(split->index == NULL)) {
        fill_u64(column, at, end, split->n, value);
        return;
    }
    for (; at < end; at++)
        store_u64(column + split->index[at] * sizeof(value), value);
}

static void put_first(const struct split *split, uint8_t *column)
{
    if (split->n == 0)
        return;
    memset(column, 0, split->n);
    for (size_t p = 0; p < split->n_periods; p++) {
        size_t at = split->position[p];
        column[split->index == NULL ? at : split->index[at]] = 1;
    }
}

/* ---- answers per event ---- */

enum status periods_numbers(const void *times, size_t n, const struct period_rule *rule,
                            struct periods_scratch *scratch, void *numbers_out, struct err *err)
{
    struct split split;
    TRY(split_array(times, n, rule, PERIODS_DETAIL_POSITIONS, scratch, &split, err));
    for (size_t p = 0; p < split.n_periods; p++)
        put_u32(&split, p, number(p), numbers_out);
    return STATUS_OK;
}

enum status periods_ids(uint64_t key, const void *times, size_t n, const struct period_rule *rule,
                        struct periods_scratch *scratch, void *ids_out, struct err *err)
{
    struct split split;
    TRY(split_array(times, n, rule, PERIODS_DETAIL_POSITIONS, scratch, &split, err));
    for (size_t p = 0; p < split.n_periods; p++)
        put_u64(&split, p, period_id(key, first_tick(&split, p)), ids_out);
    return STATUS_OK;
}

enum status periods_first(const void *times, size_t n, const struct period_rule *rule,
                          struct periods_scratch *scratch, void *is_first_out, struct err *err)
{
    struct split split;
    TRY(split_array(times, n, rule, PERIODS_DETAIL_POSITIONS, scratch, &split, err));
    put_first(&split, is_first_out);
    return STATUS_OK;
}

enum status periods_lengths(const void *times, size_t n, const struct period_rule *rule,
                            struct periods_scratch *scratch, void *lengths_out, struct err *err)
{
    struct split split;
    TRY(split_array(times, n, rule, PERIODS_DETAIL_POSITIONS, scratch, &split, err));
    for (size_t p = 0; p < split.n_periods; p++)
        put_u32(&split, p, length(&split, p), lengths_out);
    return STATUS_OK;
}

enum status periods_unique_lengths(const void *times, size_t n, const struct period_rule *rule,
                                   struct periods_scratch *scratch, void *unique_lengths_out,
                                   struct err *err)
{
    struct split split;
    TRY(split_array(times, n, rule, PERIODS_DETAIL_DISTINCT, scratch, &split, err));
    for (size_t p = 0; p < split.n_periods; p++)
        put_u32(&split, p, unique_length(&split, p), unique_lengths_out);
    return STATUS_OK;
}

enum status periods_rows(uint64_t key, const void *times, size_t n, const struct period_rule *rule,
                         struct periods_scratch *scratch, const struct periods_rows_out *rows_out,
                         struct err *err)
{
    struct split split;
    TRY(split_array(times, n, rule, PERIODS_DETAIL_DISTINCT, scratch, &split, err));
    put_first(&split, rows_out->is_first);
    for (size_t p = 0; p < split.n_periods; p++) {
        put_u64(&split, p, period_id(key, first_tick(&split, p)), rows_out->ids);
        put_u32(&split, p, number(p), rows_out->numbers);
        put_u32(&split, p, length(&split, p), rows_out->lengths);
        put_u32(&split, p, unique_length(&split, p), rows_out->unique_lengths);
    }
    return STATUS_OK;
}

/* ---- one row per period ---- */

CHECKED static enum status columns_reserve(struct periods_columns *columns, size_t n_rows,
                                           struct err *err)
{
    TRY(buf_reserve(&columns->ids, n_rows * sizeof(uint64_t), err));
    TRY(buf_reserve(&columns->numbers, n_rows * sizeof(uint32_t), err));
    TRY(buf_reserve(&columns->first_ticks, n_rows * sizeof(int64_t), err));
    TRY(buf_reserve(&columns->last_ticks, n_rows * sizeof(int64_t), err));
    TRY(buf_reserve(&columns->lengths, n_rows * sizeof(uint64_t), err));
    return buf_reserve(&columns->unique_lengths, n_rows * sizeof(uint64_t), err);
}

/* Into memory that columns_reserve made. */
static inline void push_u64(struct buf *column, uint64_t value)
{
    store_u64(column->data + column->size_bytes, value);
    column->size_bytes += sizeof(value);
}

static inline void push_u32(struct buf *column, uint32_t value)
{
    store_u32(column->data + column->size_bytes, value);
    column->size_bytes += sizeof(value);
}

enum status periods_list(uint64_t key, const void *times, size_t n, const struct period_rule *rule,
                         struct periods_scratch *scratch, struct periods_columns *columns,
                         size_t *n_periods_out, struct err *err)
{
    struct split split;
    TRY(split_array(times, n, rule, PERIODS_DETAIL_DISTINCT, scratch, &split, err));
    TRY(columns_reserve(columns, split.n_periods, err));
    for (size_t p = 0; p < split.n_periods; p++) {
        int64_t first = first_tick(&split, p);
        push_u64(&columns->ids, period_id(key, first));
        push_u32(&columns->numbers, number(p));
        push_u64(&columns->first_ticks, (uint64_t)first);
        push_u64(&columns->last_ticks, (uint64_t)last_tick(&split, p));
        push_u64(&columns->lengths, length(&split, p));
        push_u64(&columns->unique_lengths, unique_length(&split, p));
    }
    *n_periods_out = split.n_periods;
    return STATUS_OK;
}
