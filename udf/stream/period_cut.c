#include "period_cut.h"

void period_starts_free(struct period_starts *starts)
{
    buf_free(&starts->rows);
    buf_free(&starts->marks);
    buf_free(&starts->capped);
}

/*
 * Marks the rows from the second on that are of a new key or behind a gap. Returns whether a tick
 * is below the one before it in the same key. A loop without branches, in the column's own width,
 * that the compiler turns into vector instructions.
 */
#define DEFINE_MARK_GAPS(name, type, distance_type)                                             \
    MULTIVERSIONED static bool name(const uint8_t *restrict values, size_t n,                   \
                                    const uint8_t *restrict changed, uint64_t max_distance,     \
                                    uint8_t *restrict marks)                                    \
    {                                                                                           \
        distance_type gap =                                                                     \
            max_distance < (distance_type)-1 ? (distance_type)max_distance : (distance_type)-1; \
        uint8_t descends = 0;                                                                   \
        for (size_t row = 1; row < n; row++) {                                                  \
            type previous, tick;                                                                \
            memcpy(&previous, values + (row - 1) * sizeof(type), sizeof(type));                 \
            memcpy(&tick, values + row * sizeof(type), sizeof(type));                           \
            distance_type distance =                                                            \
                (distance_type)((distance_type)tick - (distance_type)previous);                 \
            descends |= (uint8_t)((tick < previous) & (changed[row] ^ 1));                      \
            marks[row] = changed[row] | (distance > gap);                                       \
        }                                                                                       \
        return descends != 0;                                                                   \
    }
DEFINE_MARK_GAPS(mark_gaps_u8, uint8_t, uint8_t)
DEFINE_MARK_GAPS(mark_gaps_i8, int8_t, uint8_t)
DEFINE_MARK_GAPS(mark_gaps_u16, uint16_t, uint16_t)
DEFINE_MARK_GAPS(mark_gaps_i16, int16_t, uint16_t)
DEFINE_MARK_GAPS(mark_gaps_u32, uint32_t, uint32_t)
DEFINE_MARK_GAPS(mark_gaps_i32, int32_t, uint32_t)
DEFINE_MARK_GAPS(mark_gaps_i64, int64_t, uint64_t)

/* Marks the first rows of periods as far as key, gap and restart decide. Returns whether a tick is
 * below the one before it in the same key. */
static bool mark_starts(const struct period_rows *rows, const struct period_rule *rule,
                        const struct period_run *open, uint8_t *marks)
{
    const struct stream_ticks *ticks = &rows->ticks;
    int64_t first = stream_tick(ticks, 0);
    bool descends = first < open->last && !rows->changed[0];
    bool (*mark_gaps)(const uint8_t *restrict values, size_t n, const uint8_t *restrict changed,
                      uint64_t max_distance, uint8_t *restrict marks) = mark_gaps_i64;
    switch (ticks->width_bytes) {
    case 1:
        mark_gaps = ticks->is_signed ? mark_gaps_i8 : mark_gaps_u8;
        break;
    case 2:
        mark_gaps = ticks->is_signed ? mark_gaps_i16 : mark_gaps_u16;
        break;
    case 4:
        mark_gaps = ticks->is_signed ? mark_gaps_i32 : mark_gaps_u32;
        break;
    }
    marks[0] = rows->changed[0] | ((uint64_t)first - (uint64_t)open->last > rule->gap);
    descends |= mark_gaps(ticks->values, ticks->n, rows->changed, rule->gap, marks);
    if (rows->restarts != NULL)
        for (size_t row = 0; row < ticks->n; row++)
            marks[row] |= rows->restarts[row] != 0;
    return descends;
}

static size_t first_descent(const struct period_rows *rows, int64_t previous)
{
    size_t row = 0;
    for (; row < rows->ticks.n; row++) {
        int64_t tick = stream_tick(&rows->ticks, row);
        if (tick < previous && rows->changed[row] == 0)
            break;
        previous = tick;
    }
    return row;
}

/* Each row is written as a start and stays one only if the count moves past it. */
static size_t list_marked(const uint8_t *marks, size_t n_rows, uint32_t *starts)
{
    size_t n_starts = 0;
    for (size_t row = 0; row < n_rows; row++) {
        starts[n_starts] = (uint32_t)row;
        n_starts += marks[row];
    }
    return n_starts;
}

/* Cuts [from, end), whose period began at the tick `first`, by the span. Returns the number of
 * starts behind those that it adds. */
static size_t cut_by_span(const uint8_t *ticks, size_t from, size_t end, int64_t first,
                          uint64_t max_span, uint32_t *starts, size_t n_starts)
{
    if (from == end || (uint64_t)load_i64(ticks + (end - 1) * 8) - (uint64_t)first <= max_span)
        return n_starts;
    for (size_t row = from; row < end; row++) {
        int64_t tick = load_i64(ticks + row * 8);
        bool is_beyond = (uint64_t)tick - (uint64_t)first > max_span;
        starts[n_starts] = (uint32_t)row;
        n_starts += is_beyond;
        first = is_beyond ? tick : first;
    }
    return n_starts;
}

/* Cuts what the gap has left whole; `starts` is another list than `gap_starts`. */
static size_t cap_spans(const uint8_t *ticks, uint64_t max_span, int64_t open_first,
                        const uint32_t *gap_starts, size_t n_gap_starts, size_t n_rows,
                        uint32_t *starts)
{
    size_t end = n_gap_starts == 0 ? n_rows : gap_starts[0];
    size_t n_starts = cut_by_span(ticks, 0, end, open_first, max_span, starts, 0);
    for (size_t p = 0; p < n_gap_starts; p++) {
        size_t from = gap_starts[p];
        end = p + 1 == n_gap_starts ? n_rows : gap_starts[p + 1];
        starts[n_starts++] = (uint32_t)from;
        n_starts = cut_by_span(ticks, from + 1, end, load_i64(ticks + from * 8), max_span, starts,
                               n_starts);
    }
    return n_starts;
}

/* Room for a start a row and the end. */
static enum status take_list(struct buf *list, size_t n_rows, uint32_t **starts_out,
                             struct err *err)
{
    buf_reset(list);
    TRY(buf_reserve(list, (n_rows + 1) * sizeof(uint32_t), err));
    *starts_out = (uint32_t *)(void *)list->data;
    return STATUS_OK;
}

enum status period_cut(const struct period_rows *rows, const struct period_rule *rule,
                       const struct period_run *open, struct period_starts *starts,
                       size_t *n_rows_out, struct err *err)
{
    size_t n_rows = rows->ticks.n;
    uint8_t *marks = NULL;
    uint32_t *found = NULL, *capped = NULL;
    buf_reset(&starts->marks);
    TRY(buf_extend(&starts->marks, n_rows, &marks, err));
    TRY(take_list(&starts->rows, n_rows, &found, err));
    if (n_rows > 0 && UNLIKELY(mark_starts(rows, rule, open, marks)))
        n_rows = first_descent(rows, open->last);
    starts->n = list_marked(marks, n_rows, found);
    if (rule->max_span > 0) {
        TRY(take_list(&starts->capped, n_rows, &capped, err));
        starts->n = cap_spans(rows->ticks.values, rule->max_span, open->first, found, starts->n,
                              n_rows, capped);
        struct buf gap_starts = starts->rows;
        starts->rows = starts->capped;
        starts->capped = gap_starts;
        found = capped;
    }
    found[starts->n] = (uint32_t)n_rows;
    *n_rows_out = n_rows;
    return STATUS_OK;
}
