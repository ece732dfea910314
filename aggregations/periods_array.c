/*
 * One design for all answers: a first pass over the ascending ticks lists where periods start,
 * branch-free, since boundaries are hard to predict; each answer is then expanded from that list,
 * a period at a time.
 */
#include "periods_array.h"

/* Values that one step of a fill writes: more than most periods have, so that most fills take one
 * step and the processor need not guess how many. */
#define FILL_STEP 16

struct period_start {
    uint32_t position; /* of the period's first tick among the ascending ticks */
    uint32_t distinct; /* distinct ticks before that position */
};

/* An array cut into periods. Period p is [starts[p].position, starts[p + 1].position). */
struct periods_split {
    size_t n;
    const uint8_t *ticks;  /* ascending */
    const uint32_t *index; /* where ticks stood in the input; NULL: where they are */
    const struct period_start *starts;
    size_t n_periods;
};

void periods_scratch_free(struct periods_scratch *scratch)
{
    ticks_scratch_free(&scratch->ticks);
    buf_free(&scratch->starts);
    buf_free(&scratch->gap_starts);
}

/* ---- cutting ---- */

static inline int64_t tick_at(const uint8_t *ticks, size_t i)
{
    return load_i64(ticks + i * sizeof(int64_t));
}

/* Room for the starts of n events, a start to write that turns out to be none, and the end. */
CHECKED static enum status starts_take(struct buf *buf, size_t n, struct period_start **starts_out,
                                       struct err *err)
{
    buf_reset(buf);
    TRY(buf_reserve(buf, (n + 1) * sizeof(struct period_start), err));
    *starts_out = (void *)buf->data;
    return STATUS_OK;
}

/*
 * Lists the starts of n > 0 ticks under a gap, then the end. Returns how many periods there are, 0
 * where a tick is below its predecessor. Each tick is written as a start and stays one only if the
 * count moves past it.
 */
static size_t cut_by_gap(const uint8_t *ticks, size_t n, uint64_t gap, struct period_start *starts)
{
    starts[0] = (struct period_start){0};
    size_t n_periods = 1;
    uint32_t distinct = 1;
    int64_t previous = tick_at(ticks, 0);
    for (size_t i = 1; i < n; i++) {
        int64_t tick = tick_at(ticks, i);
        if (UNLIKELY(tick < previous))
            return 0;
        uint64_t distance = (uint64_t)tick - (uint64_t)previous;
        starts[n_periods] = (struct period_start){(uint32_t)i, distinct};
        n_periods += distance > gap;
        distinct += distance > 0;
        previous = tick;
    }
    starts[n_periods] = (struct period_start){(uint32_t)n, distinct};
    return n_periods;
}

/* Cuts the ticks from start[0] to start[1] by the span. Returns how many starts it wrote. */
static size_t cut_by_span(const uint8_t *ticks, const struct period_start *start, uint64_t max_span,
                          struct period_start *starts)
{
    starts[0] = start[0];
    size_t n_periods = 1;
    uint32_t distinct = start[0].distinct + 1;
    int64_t first = tick_at(ticks, start[0].position);
    int64_t previous = first;
    for (size_t i = start[0].position + (size_t)1; i < start[1].position; i++) {
        int64_t tick = tick_at(ticks, i);
        starts[n_periods] = (struct period_start){(uint32_t)i, distinct};
        bool is_beyond = (uint64_t)tick - (uint64_t)first > max_span;
        n_periods += is_beyond;
        first = is_beyond ? tick : first;
        distinct += tick != previous;
        previous = tick;
    }
    return n_periods;
}

/* Cuts those periods that are longer than the span. Returns how many periods there are then. */
static size_t cap_spans(const uint8_t *ticks, const struct period_start *gap_starts,
                        size_t n_gap_periods, uint64_t max_span, struct period_start *starts)
{
    size_t n_periods = 0;
    for (size_t p = 0; p < n_gap_periods; p++) {
        const struct period_start *start = gap_starts + p;
        int64_t first = tick_at(ticks, start[0].position);
        int64_t last = tick_at(ticks, start[1].position - (size_t)1);
        if ((uint64_t)last - (uint64_t)first > max_span)
            n_periods += cut_by_span(ticks, start, max_span, starts + n_periods);
        else
            starts[n_periods++] = *start;
    }
    starts[n_periods] = gap_starts[n_gap_periods];
    return n_periods;
}

/* The ascending ticks and their starts under the gap. */
CHECKED static enum status split_by_gap(const void *times, size_t n, uint64_t gap,
                                        struct periods_scratch *scratch,
                                        struct periods_split *split, struct err *err)
{
    struct period_start *starts = NULL;
    TRY(starts_take(&scratch->gap_starts, n, &starts, err));
    *split = (struct periods_split){.n = n, .ticks = times, .starts = starts};
    split->n_periods = cut_by_gap(split->ticks, n, gap, starts);
    if (LIKELY(split->n_periods > 0))
        return STATUS_OK;
    struct ticks_order order;
    TRY(ticks_order(times, n, &scratch->ticks, &order, err));
    split->ticks = order.ticks;
    split->index = order.index;
    split->n_periods = cut_by_gap(split->ticks, n, gap, starts);
    return STATUS_OK;
}

CHECKED static enum status split_periods(const void *times, size_t n,
                                         const struct period_rule *rule,
                                         struct periods_scratch *scratch,
                                         struct periods_split *split, struct err *err)
{
    if (n > TICKS_MAX)
        return err_set(err, STATUS_LIMIT, "expected at most %u ticks in one array, found %zu",
                       (unsigned)TICKS_MAX, n);
    if (n == 0) {
        *split = (struct periods_split){0};
        return STATUS_OK;
    }
    TRY(split_by_gap(times, n, rule->gap, scratch, split, err));
    if (rule->max_span == 0)
        return STATUS_OK;
    struct period_start *starts = NULL;
    TRY(starts_take(&scratch->starts, n, &starts, err));
    split->n_periods =
        cap_spans(split->ticks, split->starts, split->n_periods, rule->max_span, starts);
    split->starts = starts;
    return STATUS_OK;
}

/* ---- values of a period ---- */

static inline int64_t first_tick(const struct periods_split *split, size_t p)
{
    return tick_at(split->ticks, split->starts[p].position);
}

static inline int64_t last_tick(const struct periods_split *split, size_t p)
{
    return tick_at(split->ticks, split->starts[p + 1].position - (size_t)1);
}

static inline uint32_t number(size_t p)
{
    return (uint32_t)p + 1;
}

static inline uint32_t length(const struct periods_split *split, size_t p)
{
    return split->starts[p + 1].position - split->starts[p].position;
}

static inline uint32_t unique_length(const struct periods_split *split, size_t p)
{
    return split->starts[p + 1].distinct - split->starts[p].distinct;
}

/* ---- a period's value to all its events ---- */

/*
 * Writes value to [at, end) of a column of n, FILL_STEP at a time: up to FILL_STEP - 1 values
 * behind end as well, which the next periods overwrite, so periods must be filled in ascending
 * order.
 */
static inline void fill_u32(uint8_t *column, size_t at, size_t end, size_t n, uint32_t value)
{
    uint8_t *to = column + at * sizeof(value);
    uint8_t *to_end = column + end * sizeof(value);
    if (LIKELY(n - end >= FILL_STEP)) {
        uint64_t two = (uint64_t)value << 32 | value;
        for (; to < to_end; to += FILL_STEP * sizeof(value)) {
            for (size_t i = 0; i < FILL_STEP / 2; i++)
                store_u64(to + i * sizeof(two), two);
        }
        return;
    }
    for (; to < to_end; to += sizeof(value))
        store_u32(to, value);
}

/* As fill_u32. */
static inline void fill_u64(uint8_t *column, size_t at, size_t end, size_t n, uint64_t value)
{
    uint8_t *to = column + at * sizeof(value);
    uint8_t *to_end = column + end * sizeof(value);
    if (LIKELY(n - end >= FILL_STEP)) {
        for (; to < to_end; to += FILL_STEP * sizeof(value)) {
            for (size_t i = 0; i < FILL_STEP; i++)
                store_u64(to + i * sizeof(value), value);
        }
        return;
    }
    for (; to < to_end; to += sizeof(value))
        store_u64(to, value);
}

/* Writes value to the events of period p, for p ascending. */
static inline void put_u32(const struct periods_split *split, size_t p, uint32_t value,
                           uint8_t *column)
{
    size_t at = split->starts[p].position;
    size_t end = split->starts[p + 1].position;
    if (LIKELY(split->index == NULL)) {
        fill_u32(column, at, end, split->n, value);
        return;
    }
    for (; at < end; at++)
        store_u32(column + split->index[at] * sizeof(value), value);
}

/* As put_u32. */
static inline void put_u64(const struct periods_split *split, size_t p, uint64_t value,
                           uint8_t *column)
{
    size_t at = split->starts[p].position;
    size_t end = split->starts[p + 1].position;
    if (LIKELY(split->index == NULL)) {
        fill_u64(column, at, end, split->n, value);
        return;
    }
    for (; at < end; at++)
        store_u64(column + split->index[at] * sizeof(value), value);
}

static void put_first(const struct periods_split *split, uint8_t *column)
{
    if (split->n == 0)
        return;
    memset(column, 0, split->n);
    for (size_t p = 0; p < split->n_periods; p++) {
        size_t at = split->starts[p].position;
        column[split->index == NULL ? at : split->index[at]] = 1;
    }
}

/* ---- answers per event ---- */

enum status periods_numbers(const void *times, size_t n, const struct period_rule *rule,
                            struct periods_scratch *scratch, void *numbers_out, struct err *err)
{
    struct periods_split split;
    TRY(split_periods(times, n, rule, scratch, &split, err));
    for (size_t p = 0; p < split.n_periods; p++)
        put_u32(&split, p, number(p), numbers_out);
    return STATUS_OK;
}

enum status periods_ids(uint64_t key, const void *times, size_t n, const struct period_rule *rule,
                        struct periods_scratch *scratch, void *ids_out, struct err *err)
{
    struct periods_split split;
    TRY(split_periods(times, n, rule, scratch, &split, err));
    for (size_t p = 0; p < split.n_periods; p++)
        put_u64(&split, p, period_id(key, first_tick(&split, p)), ids_out);
    return STATUS_OK;
}

enum status periods_first(const void *times, size_t n, const struct period_rule *rule,
                          struct periods_scratch *scratch, void *is_first_out, struct err *err)
{
    struct periods_split split;
    TRY(split_periods(times, n, rule, scratch, &split, err));
    put_first(&split, is_first_out);
    return STATUS_OK;
}

enum status periods_lengths(const void *times, size_t n, const struct period_rule *rule,
                            struct periods_scratch *scratch, void *lengths_out, struct err *err)
{
    struct periods_split split;
    TRY(split_periods(times, n, rule, scratch, &split, err));
    for (size_t p = 0; p < split.n_periods; p++)
        put_u32(&split, p, length(&split, p), lengths_out);
    return STATUS_OK;
}

enum status periods_unique_lengths(const void *times, size_t n, const struct period_rule *rule,
                                   struct periods_scratch *scratch, void *unique_lengths_out,
                                   struct err *err)
{
    struct periods_split split;
    TRY(split_periods(times, n, rule, scratch, &split, err));
    for (size_t p = 0; p < split.n_periods; p++)
        put_u32(&split, p, unique_length(&split, p), unique_lengths_out);
    return STATUS_OK;
}

enum status periods_rows(uint64_t key, const void *times, size_t n, const struct period_rule *rule,
                         struct periods_scratch *scratch, const struct periods_rows_out *rows_out,
                         struct err *err)
{
    struct periods_split split;
    TRY(split_periods(times, n, rule, scratch, &split, err));
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

void periods_columns_free(struct periods_columns *columns)
{
    buf_free(&columns->ids);
    buf_free(&columns->numbers);
    buf_free(&columns->first_ticks);
    buf_free(&columns->last_ticks);
    buf_free(&columns->lengths);
    buf_free(&columns->unique_lengths);
}

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
    struct periods_split split;
    TRY(split_periods(times, n, rule, scratch, &split, err));
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
