/*
 * One design for all answers: a first pass over the ascending ticks lists where periods start,
 * branch-free, since boundaries are hard to predict; each answer is then expanded from that list,
 * a period at a time.
 */
#include "periods_array.h"

/* Values that one step of a fill writes: more than most periods have, so that most fills take one
 * step and the processor need not guess how many. */
#define FILL_STEP 16

/*
 * Where periods start among the ascending ticks: position[p] is the position of period p's first
 * tick, position[n_periods] the end. distinct[p] is the number of distinct ticks before it; NULL
 * where nobody asked, for counting them takes as long as finding the starts.
 */
struct period_starts {
    uint32_t *position;
    uint32_t *distinct;
};

enum detail { DETAIL_POSITIONS, DETAIL_DISTINCT };

/* An array cut into periods. */
struct periods_split {
    size_t n;
    const uint8_t *ticks;  /* ascending */
    const uint32_t *index; /* where ticks stood in the input; NULL: where they are */
    struct period_starts starts;
    size_t n_periods;
};

void periods_scratch_free(struct periods_scratch *scratch)
{
    ticks_scratch_free(&scratch->ticks);
    buf_free(&scratch->span_starts);
    buf_free(&scratch->gap_starts);
}

/* ---- cutting ---- */

static inline int64_t tick_at(const uint8_t *ticks, size_t i)
{
    return load_i64(ticks + i * sizeof(int64_t));
}

/*
 * Room for the starts of n events and the end. A start that turns out to be none is written, too,
 * but never behind the end's place.
 */
CHECKED static enum status starts_take(struct buf *buf, size_t n, enum detail detail,
                                       struct period_starts *starts_out, struct err *err)
{
    size_t n_columns = detail == DETAIL_DISTINCT ? 2 : 1;
    buf_reset(buf);
    TRY(buf_reserve(buf, n_columns * (n + 1) * sizeof(uint32_t), err));
    uint32_t *position = (void *)buf->data;
    *starts_out = (struct period_starts){.position = position};
    if (detail == DETAIL_DISTINCT)
        starts_out->distinct = position + n + 1;
    return STATUS_OK;
}

/* Writes start number p. */
static inline void set_start(const struct period_starts *starts, size_t p, size_t position,
                             uint32_t distinct)
{
    starts->position[p] = (uint32_t)position;
    if (starts->distinct != NULL)
        starts->distinct[p] = distinct;
}

/*
 * Lists the starts of n > 0 ticks under a gap, then the end. Returns how many periods there are, 0
 * where a tick is below its predecessor. Each tick is written as a start and stays one only if the
 * count moves past it.
 */
static inline size_t cut_by_gap(const uint8_t *ticks, size_t n, uint64_t gap,
                                struct period_starts starts)
{
    set_start(&starts, 0, 0, 0);
    size_t n_periods = 1;
    uint32_t distinct = 1;
    int64_t previous = tick_at(ticks, 0);
    for (size_t i = 1; i < n; i++) {
        int64_t tick = tick_at(ticks, i);
        if (UNLIKELY(tick < previous))
            return 0;
        uint64_t distance = (uint64_t)tick - (uint64_t)previous;
        set_start(&starts, n_periods, i, distinct);
        n_periods += distance > gap;
        distinct += distance > 0;
        previous = tick;
    }
    set_start(&starts, n_periods, n, distinct);
    return n_periods;
}

/* Two copies of the loop above: the one without distinct ticks does not look for them. */
static size_t cut_ticks(const uint8_t *ticks, size_t n, uint64_t gap, struct period_starts starts)
{
    if (starts.distinct != NULL)
        return cut_by_gap(ticks, n, gap, starts);
    return cut_by_gap(ticks, n, gap, (struct period_starts){.position = starts.position});
}

/*
 * Cuts the ticks of [from, end), with `distinct` distinct ticks before them, by the span. Writes
 * starts from number p on and returns the number behind the last.
 */
static size_t cut_by_span(const uint8_t *ticks, size_t from, size_t end, uint32_t distinct,
                          uint64_t max_span, const struct period_starts *starts, size_t p)
{
    set_start(starts, p++, from, distinct++);
    int64_t first = tick_at(ticks, from);
    int64_t previous = first;
    for (size_t i = from + 1; i < end; i++) {
        int64_t tick = tick_at(ticks, i);
        bool is_beyond = (uint64_t)tick - (uint64_t)first > max_span;
        set_start(starts, p, i, distinct);
        p += is_beyond;
        first = is_beyond ? tick : first;
        distinct += tick != previous;
        previous = tick;
    }
    return p;
}

/* Cuts those of the split's periods that are longer than the span, into other starts. */
static void cap_spans(struct periods_split *split, uint64_t max_span,
                      const struct period_starts *starts)
{
    const uint32_t *position = split->starts.position;
    const uint32_t *distinct = split->starts.distinct;
    size_t n_gap_periods = split->n_periods;
    size_t n_periods = 0;
    for (size_t p = 0; p < n_gap_periods; p++) {
        size_t from = position[p];
        size_t end = position[p + 1];
        uint32_t distinct_before = distinct != NULL ? distinct[p] : 0;
        int64_t first = tick_at(split->ticks, from);
        int64_t last = tick_at(split->ticks, end - 1);
        if ((uint64_t)last - (uint64_t)first > max_span)
            n_periods =
                cut_by_span(split->ticks, from, end, distinct_before, max_span, starts, n_periods);
        else
            set_start(starts, n_periods++, from, distinct_before);
    }
    set_start(starts, n_periods, split->n, distinct != NULL ? distinct[n_gap_periods] : 0);
    split->starts = *starts;
    split->n_periods = n_periods;
}

/* The ascending ticks and their starts under the gap. */
CHECKED static enum status split_by_gap(const void *times, size_t n, uint64_t gap,
                                        enum detail detail, struct periods_scratch *scratch,
                                        struct periods_split *split, struct err *err)
{
    *split = (struct periods_split){.n = n, .ticks = times};
    TRY(starts_take(&scratch->gap_starts, n, detail, &split->starts, err));
    split->n_periods = cut_ticks(split->ticks, n, gap, split->starts);
    if (LIKELY(split->n_periods > 0))
        return STATUS_OK;
    struct ticks_order order;
    TRY(ticks_order(times, n, &scratch->ticks, &order, err));
    split->ticks = order.ticks;
    split->index = order.index;
    split->n_periods = cut_ticks(split->ticks, n, gap, split->starts);
    return STATUS_OK;
}

CHECKED static enum status split_periods(const void *times, size_t n,
                                         const struct period_rule *rule, enum detail detail,
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
    TRY(split_by_gap(times, n, rule->gap, detail, scratch, split, err));
    if (rule->max_span == 0)
        return STATUS_OK;
    struct period_starts starts;
    TRY(starts_take(&scratch->span_starts, n, detail, &starts, err));
    cap_spans(split, rule->max_span, &starts);
    return STATUS_OK;
}

/* ---- values of a period ---- */

static inline int64_t first_tick(const struct periods_split *split, size_t p)
{
    return tick_at(split->ticks, split->starts.position[p]);
}

static inline int64_t last_tick(const struct periods_split *split, size_t p)
{
    return tick_at(split->ticks, split->starts.position[p + 1] - (size_t)1);
}

static inline uint32_t number(size_t p)
{
    return (uint32_t)p + 1;
}

static inline uint32_t length(const struct periods_split *split, size_t p)
{
    return split->starts.position[p + 1] - split->starts.position[p];
}

static inline uint32_t unique_length(const struct periods_split *split, size_t p)
{
    return split->starts.distinct[p + 1] - split->starts.distinct[p];
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
    size_t at = split->starts.position[p];
    size_t end = split->starts.position[p + 1];
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
    size_t at = split->starts.position[p];
    size_t end = split->starts.position[p + 1];
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
        size_t at = split->starts.position[p];
        column[split->index == NULL ? at : split->index[at]] = 1;
    }
}

/* ---- answers per event ---- */

enum status periods_numbers(const void *times, size_t n, const struct period_rule *rule,
                            struct periods_scratch *scratch, void *numbers_out, struct err *err)
{
    struct periods_split split;
    TRY(split_periods(times, n, rule, DETAIL_POSITIONS, scratch, &split, err));
    for (size_t p = 0; p < split.n_periods; p++)
        put_u32(&split, p, number(p), numbers_out);
    return STATUS_OK;
}

enum status periods_ids(uint64_t key, const void *times, size_t n, const struct period_rule *rule,
                        struct periods_scratch *scratch, void *ids_out, struct err *err)
{
    struct periods_split split;
    TRY(split_periods(times, n, rule, DETAIL_POSITIONS, scratch, &split, err));
    for (size_t p = 0; p < split.n_periods; p++)
        put_u64(&split, p, period_id(key, first_tick(&split, p)), ids_out);
    return STATUS_OK;
}

enum status periods_first(const void *times, size_t n, const struct period_rule *rule,
                          struct periods_scratch *scratch, void *is_first_out, struct err *err)
{
    struct periods_split split;
    TRY(split_periods(times, n, rule, DETAIL_POSITIONS, scratch, &split, err));
    put_first(&split, is_first_out);
    return STATUS_OK;
}

enum status periods_lengths(const void *times, size_t n, const struct period_rule *rule,
                            struct periods_scratch *scratch, void *lengths_out, struct err *err)
{
    struct periods_split split;
    TRY(split_periods(times, n, rule, DETAIL_POSITIONS, scratch, &split, err));
    for (size_t p = 0; p < split.n_periods; p++)
        put_u32(&split, p, length(&split, p), lengths_out);
    return STATUS_OK;
}

enum status periods_unique_lengths(const void *times, size_t n, const struct period_rule *rule,
                                   struct periods_scratch *scratch, void *unique_lengths_out,
                                   struct err *err)
{
    struct periods_split split;
    TRY(split_periods(times, n, rule, DETAIL_DISTINCT, scratch, &split, err));
    for (size_t p = 0; p < split.n_periods; p++)
        put_u32(&split, p, unique_length(&split, p), unique_lengths_out);
    return STATUS_OK;
}

enum status periods_rows(uint64_t key, const void *times, size_t n, const struct period_rule *rule,
                         struct periods_scratch *scratch, const struct periods_rows_out *rows_out,
                         struct err *err)
{
    struct periods_split split;
    TRY(split_periods(times, n, rule, DETAIL_DISTINCT, scratch, &split, err));
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
    TRY(split_periods(times, n, rule, DETAIL_DISTINCT, scratch, &split, err));
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
