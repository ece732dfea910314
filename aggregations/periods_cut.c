#include "periods_cut.h"

void period_starts_free(struct period_starts *starts)
{
    buf_free(&starts->gap_starts);
    buf_free(&starts->span_starts);
    buf_free(&starts->marks);
    buf_free(&starts->widened);
    *starts = (struct period_starts){0};
}

/*
 * Room for the starts of n rows and the end. A start that turns out to be none is written, too, but
 * never after the end's place.
 */
CHECKED static enum status take_lists(struct period_starts *starts, struct buf *buf, size_t n,
                                      enum periods_detail detail, struct err *err)
{
    size_t n_lists = detail == PERIODS_DETAIL_DISTINCT ? 2 : 1;
    buf_reset(buf);
    TRY(buf_reserve(buf, n_lists * (n + 1) * sizeof(uint32_t), err));
    starts->position = (void *)buf->data;
    starts->distinct = detail == PERIODS_DETAIL_DISTINCT ? starts->position + n + 1 : NULL;
    return STATUS_OK;
}

/* Writes start number p. */
ALWAYS_INLINE void set_start(uint32_t *position, uint32_t *distinct, size_t p, size_t row,
                             uint32_t n_distinct)
{
    position[p] = (uint32_t)row;
    if (distinct != NULL)
        distinct[p] = n_distinct;
}

/* ---- the span ---- */

/* Rows of a period that is longer than the span. */
struct stretch {
    size_t from, end;
    int64_t first;       /* the period's first tick */
    int64_t previous;    /* the tick before `from` */
    uint32_t n_distinct; /* before `from` */
};

/* Cuts a stretch by the span. Writes starts from number p on and returns the number after them. */
static size_t cut_by_span(const uint8_t *ticks, struct stretch rows, uint64_t max_span,
                          const struct period_starts *starts, size_t p)
{
    for (size_t row = rows.from; row < rows.end; row++) {
        int64_t tick = load_i64(ticks + row * 8);
        bool is_beyond = period_distance(rows.first, tick) > max_span;
        set_start(starts->position, starts->distinct, p, row, rows.n_distinct);
        p += is_beyond;
        rows.first = is_beyond ? tick : rows.first;
        rows.n_distinct += tick != rows.previous;
        rows.previous = tick;
    }
    return p;
}

/* Whether a period, or the open one, is longer than the span: few are as a rule. */
static inline bool exceeds_span(const uint8_t *ticks, uint64_t max_span,
                                const struct period_run *open, const struct period_starts *starts)
{
    size_t end = starts->position[0];
    if (end > 0 && period_distance(open->first, load_i64(ticks + (end - 1) * 8)) > max_span)
        return true;
    for (size_t p = 0; p < starts->n_periods; p++) {
        int64_t first = load_i64(ticks + end * 8);
        end = starts->position[p + 1];
        if (period_distance(first, load_i64(ticks + (end - 1) * 8)) > max_span)
            return true;
    }
    return false;
}

/* Cuts those of the periods that are longer than the span, the open one first. */
CHECKED static enum status cap_spans(const uint8_t *ticks, size_t n, uint64_t max_span,
                                     const struct period_run *open, enum periods_detail detail,
                                     struct period_starts *starts, struct err *err)
{
    const uint32_t *position = starts->position, *distinct = starts->distinct;
    size_t n_gap_periods = starts->n_periods, n_periods = 0, end = position[0];
    TRY(take_lists(starts, &starts->span_starts, n, detail, err));
    if (end > 0 && period_distance(open->first, load_i64(ticks + (end - 1) * 8)) > max_span)
        n_periods = cut_by_span(ticks, (struct stretch){0, end, open->first, open->last, 0},
                                max_span, starts, 0);
    for (size_t p = 0; p < n_gap_periods; p++) {
        size_t from = end;
        uint32_t n_distinct = distinct == NULL ? 0 : distinct[p];
        int64_t first = load_i64(ticks + from * 8);
        end = position[p + 1];
        set_start(starts->position, starts->distinct, n_periods++, from, n_distinct);
        if (period_distance(first, load_i64(ticks + (end - 1) * 8)) > max_span)
            n_periods =
                cut_by_span(ticks, (struct stretch){from + 1, end, first, first, n_distinct + 1},
                            max_span, starts, n_periods);
    }
    set_start(starts->position, starts->distinct, n_periods, end,
              distinct == NULL ? 0 : distinct[n_gap_periods]);
    starts->n_periods = n_periods;
    return STATUS_OK;
}

/* ---- an array: short as a rule, so one pass finds all ---- */

/*
 * Lists the starts of n > 0 ticks under a gap, then the end. Returns how many periods there are, 0
 * where a tick is below its predecessor. Each tick is written as a start and stays one only if the
 * count moves past it.
 */
ALWAYS_INLINE size_t cut_by_gap(const uint8_t *ticks, size_t n, uint64_t gap, uint32_t *position,
                                uint32_t *distinct)
{
    set_start(position, distinct, 0, 0, 0);
    size_t n_periods = 1;
    uint32_t n_distinct = 1;
    int64_t previous = load_i64(ticks);
    for (size_t row = 1; row < n; row++) {
        int64_t tick = load_i64(ticks + row * 8);
        if (UNLIKELY(tick < previous))
            return 0;
        uint64_t distance = period_distance(previous, tick);
        set_start(position, distinct, n_periods, row, n_distinct);
        n_periods += distance > gap;
        n_distinct += distance > 0;
        previous = tick;
    }
    set_start(position, distinct, n_periods, n, n_distinct);
    return n_periods;
}

enum status periods_cut_array(const uint8_t *ticks, size_t n, const struct period_rule *rule,
                              enum periods_detail detail, struct period_starts *starts,
                              struct err *err)
{
    static const struct period_run none = {0};
    starts->n_periods = 0;
    if (n == 0)
        return STATUS_OK;
    TRY(take_lists(starts, &starts->gap_starts, n, detail, err));
    /* Two copies of the loop: the one without distinct ticks does not look for them. */
    starts->n_periods = detail == PERIODS_DETAIL_DISTINCT
                            ? cut_by_gap(ticks, n, rule->gap, starts->position, starts->distinct)
                            : cut_by_gap(ticks, n, rule->gap, starts->position, NULL);
    if (rule->max_span == 0 || starts->n_periods == 0 ||
        !exceeds_span(ticks, rule->max_span, &none, starts))
        return STATUS_OK;
    return cap_spans(ticks, n, rule->max_span, &none, detail, starts, err);
}

/* ---- a block: long as a rule, so its rows are marked in vectors and then listed ---- */

/* How a tick compares with the one before it. */
struct step {
    bool is_beyond; /* the gap */
    bool descends;
    bool differs;
};

ALWAYS_INLINE uint64_t load_tick(const uint8_t *at, size_t width_bytes)
{
    switch (width_bytes) {
    case 1:
        return *at;
    case 2:
        return load_u16(at);
    case 4:
        return load_u32(at);
    default:
        return load_u64(at);
    }
}

/* In the ticks' own width, so that a vector holds as many as it can. No gap is above what the width
 * holds. */
ALWAYS_INLINE struct step step_at(const uint8_t *at, size_t width_bytes, bool is_signed,
                                  uint64_t gap)
{
    uint64_t a = load_tick(at - width_bytes, width_bytes), b = load_tick(at, width_bytes);
    switch (width_bytes) {
    case 1:
        return (struct step){(uint8_t)(b - a) > (uint8_t)gap,
                             is_signed ? (int8_t)b < (int8_t)a : b < a, a != b};
    case 2:
        return (struct step){(uint16_t)(b - a) > (uint16_t)gap,
                             is_signed ? (int16_t)b < (int16_t)a : b < a, a != b};
    case 4:
        return (struct step){(uint32_t)(b - a) > (uint32_t)gap,
                             is_signed ? (int32_t)b < (int32_t)a : b < a, a != b};
    default:
        return (struct step){b - a > gap, (int64_t)b < (int64_t)a, a != b};
    }
}

/* Marks the rows from the second on. Returns whether a tick is below the one before it in the same
 * key. */
ALWAYS_INLINE bool mark_rows(const uint8_t *restrict values, size_t n, size_t width_bytes,
                             bool is_signed, const uint8_t *restrict changed, uint64_t max_distance,
                             uint8_t *restrict marks)
{
    uint64_t widest = UINT64_MAX >> (64 - 8 * width_bytes);
    uint64_t gap = max_distance < widest ? max_distance : widest;
    uint8_t descends = 0;
    for (size_t row = 1; row < n; row++) {
        struct step step = step_at(values + row * width_bytes, width_bytes, is_signed, gap);
        descends |= (uint8_t)(step.descends & (changed[row] ^ 1));
        marks[row] = changed[row] | step.is_beyond;
    }
    return descends != 0;
}

/* The loop above, specialised. */
MULTIVERSIONED static bool mark_gaps(const struct periods_block *block, uint64_t gap,
                                     uint8_t *marks)
{
    const struct tick_column *ticks = &block->ticks;
    const uint8_t *values = ticks->values, *changed = block->changed;
    switch (ticks->width_bytes) {
    case 1:
        return ticks->is_signed ? mark_rows(values, ticks->n, 1, true, changed, gap, marks)
                                : mark_rows(values, ticks->n, 1, false, changed, gap, marks);
    case 2:
        return ticks->is_signed ? mark_rows(values, ticks->n, 2, true, changed, gap, marks)
                                : mark_rows(values, ticks->n, 2, false, changed, gap, marks);
    case 4:
        return ticks->is_signed ? mark_rows(values, ticks->n, 4, true, changed, gap, marks)
                                : mark_rows(values, ticks->n, 4, false, changed, gap, marks);
    default:
        return mark_rows(values, ticks->n, 8, true, changed, gap, marks);
    }
}

/* Marks the rows that begin periods as far as key, gap and restart decide. Returns as mark_rows. */
static bool mark_starts(const struct periods_block *block, uint64_t gap, uint8_t *marks)
{
    int64_t first = tick_at(&block->ticks, 0), last = block->open->last;
    bool descends = first < last && block->changed[0] == 0;
    marks[0] = block->changed[0] | (period_distance(last, first) > gap);
    descends |= mark_gaps(block, gap, marks);
    if (block->restarts != NULL)
        for (size_t row = 0; row < block->ticks.n; row++)
            marks[row] |= block->restarts[row] != 0;
    return descends;
}

/* Flags the rows from the second on whose tick is another than the one before, or that are marked.
 */
ALWAYS_INLINE void flag_rows(const uint8_t *restrict values, size_t n, size_t width_bytes,
                             const uint8_t *restrict marks, uint8_t *restrict flags)
{
    for (size_t row = 1; row < n; row++)
        flags[row] =
            marks[row] | step_at(values + row * width_bytes, width_bytes, false, 0).differs;
}

/* The loop above, specialised. */
MULTIVERSIONED static void flag_distinct(const struct periods_block *block, const uint8_t *marks,
                                         uint8_t *flags)
{
    const struct tick_column *ticks = &block->ticks;
    flags[0] = marks[0] | (tick_at(ticks, 0) != block->open->last);
    switch (ticks->width_bytes) {
    case 1:
        flag_rows(ticks->values, ticks->n, 1, marks, flags);
        break;
    case 2:
        flag_rows(ticks->values, ticks->n, 2, marks, flags);
        break;
    case 4:
        flag_rows(ticks->values, ticks->n, 4, marks, flags);
        break;
    default:
        flag_rows(ticks->values, ticks->n, 8, marks, flags);
    }
}

static size_t first_descent(const struct periods_block *block)
{
    int64_t previous = block->open->last;
    size_t row = 0;
    for (; row < block->ticks.n; row++) {
        int64_t tick = tick_at(&block->ticks, row);
        if (tick < previous && block->changed[row] == 0)
            break;
        previous = tick;
    }
    return row;
}

/* Lists the marked rows, then the end, as cut_by_gap does. flags: NULL without distinct. */
ALWAYS_INLINE size_t list_marked(const uint8_t *marks, const uint8_t *flags, size_t n,
                                 uint32_t *position, uint32_t *distinct)
{
    size_t n_periods = 0;
    uint32_t n_distinct = 0;
    for (size_t row = 0; row < n; row++) {
        set_start(position, distinct, n_periods, row, n_distinct);
        n_periods += marks[row];
        if (flags != NULL)
            n_distinct += flags[row];
    }
    set_start(position, distinct, n_periods, n, n_distinct);
    return n_periods;
}

/* The ticks as int64: where they stand, or widened. */
CHECKED static enum status widen(const struct tick_column *ticks, struct buf *memory,
                                 const uint8_t **ticks_out, struct err *err)
{
    uint8_t *widened = NULL;
    *ticks_out = ticks->values;
    if (ticks->width_bytes == sizeof(int64_t))
        return STATUS_OK;
    buf_reset(memory);
    TRY(buf_extend(memory, ticks->n * sizeof(int64_t), &widened, err));
    for (size_t row = 0; row < ticks->n; row++)
        store_i64(widened + row * sizeof(int64_t), tick_at(ticks, row));
    *ticks_out = widened;
    return STATUS_OK;
}

enum status periods_cut_block(const struct periods_block *block, const struct period_rule *rule,
                              enum periods_detail detail, struct period_starts *starts,
                              size_t *n_rows_out, struct err *err)
{
    size_t n = block->ticks.n, n_rows = n;
    uint8_t *marks = NULL;
    const uint8_t *ticks = NULL;
    buf_reset(&starts->marks);
    TRY(buf_extend(&starts->marks, 2 * n, &marks, err));
    TRY(take_lists(starts, &starts->gap_starts, n, detail, err));
    if (n > 0 && UNLIKELY(mark_starts(block, rule->gap, marks)))
        n_rows = first_descent(block);
    if (detail == PERIODS_DETAIL_DISTINCT) {
        uint8_t *flags = marks + n;
        if (n > 0)
            flag_distinct(block, marks, flags);
        starts->n_periods = list_marked(marks, flags, n_rows, starts->position, starts->distinct);
    } else {
        starts->n_periods = list_marked(marks, NULL, n_rows, starts->position, NULL);
    }
    *n_rows_out = n_rows;
    if (rule->max_span == 0)
        return STATUS_OK;
    TRY(widen(&block->ticks, &starts->widened, &ticks, err));
    if (!exceeds_span(ticks, rule->max_span, block->open, starts))
        return STATUS_OK;
    return cap_spans(ticks, n, rule->max_span, block->open, detail, starts, err);
}
