#include "period_cut.h"

/* A list of rows with room for one start a row and the end. Each row is written as a start and
 * stays one only if the count moves past it. */
static enum status take_rows(struct buf *list, size_t n, uint32_t **rows_out, struct err *err)
{
    buf_reset(list);
    TRY(buf_reserve(list, (n + 1) * sizeof(uint32_t), err));
    *rows_out = (uint32_t *)(void *)list->data;
    return STATUS_OK;
}

/* Cuts by key, gap and restart. Returns the number of starts; *n_rows_out as period_cut. */
static inline size_t cut_by_gap(const struct period_rows *rows, uint64_t gap, int64_t previous,
                                uint32_t *starts, size_t *n_rows_out)
{
    size_t n_starts = 0, row = 0;
    for (; row < rows->n; row++) {
        int64_t tick = load_i64(rows->ticks + row * 8);
        bool changed = rows->changed[row] != 0;
        if (UNLIKELY(tick < previous && !changed))
            break;
        bool restarts = rows->restarts != NULL && rows->restarts[row] != 0;
        starts[n_starts] = (uint32_t)row;
        n_starts += changed | ((uint64_t)tick - (uint64_t)previous > gap) | restarts;
        previous = tick;
    }
    *n_rows_out = row;
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
static size_t cap_spans(const struct period_rows *rows, uint64_t max_span, int64_t open_first,
                        const uint32_t *gap_starts, size_t n_gap_starts, size_t n_rows,
                        uint32_t *starts)
{
    size_t end = n_gap_starts == 0 ? n_rows : gap_starts[0];
    size_t n_starts = cut_by_span(rows->ticks, 0, end, open_first, max_span, starts, 0);
    for (size_t p = 0; p < n_gap_starts; p++) {
        size_t from = gap_starts[p];
        end = p + 1 == n_gap_starts ? n_rows : gap_starts[p + 1];
        starts[n_starts++] = (uint32_t)from;
        n_starts = cut_by_span(rows->ticks, from + 1, end, load_i64(rows->ticks + from * 8),
                               max_span, starts, n_starts);
    }
    return n_starts;
}

enum status period_cut(const struct period_rows *rows, const struct period_rule *rule,
                       const struct period_run *open, struct buf *starts, struct buf *scratch,
                       size_t *n_starts_out, size_t *n_rows_out, struct err *err)
{
    uint32_t *found = NULL;
    size_t n_rows = 0;
    TRY(take_rows(starts, rows->n, &found, err));
    size_t n_starts = cut_by_gap(rows, rule->gap, open->last, found, &n_rows);
    if (rule->max_span > 0) {
        const uint32_t *gap_starts = found;
        TRY(take_rows(scratch, rows->n, &found, err));
        n_starts =
            cap_spans(rows, rule->max_span, open->first, gap_starts, n_starts, n_rows, found);
        struct buf capped = *scratch;
        *scratch = *starts;
        *starts = capped;
    }
    found[n_starts] = (uint32_t)n_rows;
    *n_starts_out = n_starts;
    *n_rows_out = n_rows;
    return STATUS_OK;
}
