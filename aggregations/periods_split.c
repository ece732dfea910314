#include "periods_split.h"

void periods_scratch_free(struct periods_scratch *scratch)
{
    ticks_scratch_free(&scratch->ticks);
    buf_free(&scratch->span_starts);
    buf_free(&scratch->gap_starts);
}

/*
 * Room for the starts of n events and the end. A start that turns out to be none is written, too,
 * but never behind the end's place.
 */
CHECKED static enum status starts_take(struct buf *buf, size_t n, enum periods_detail detail,
                                       struct period_starts *starts_out, struct err *err)
{
    size_t n_columns = detail == PERIODS_DETAIL_DISTINCT ? 2 : 1;
    buf_reset(buf);
    TRY(buf_reserve(buf, n_columns * (n + 1) * sizeof(uint32_t), err));
    uint32_t *position = (void *)buf->data;
    *starts_out = (struct period_starts){.position = position};
    if (detail == PERIODS_DETAIL_DISTINCT)
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
    int64_t previous = ticks_get(ticks, 0);
    for (size_t i = 1; i < n; i++) {
        int64_t tick = ticks_get(ticks, i);
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
    int64_t first = ticks_get(ticks, from);
    int64_t previous = first;
    for (size_t i = from + 1; i < end; i++) {
        int64_t tick = ticks_get(ticks, i);
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
        int64_t first = ticks_get(split->ticks, from);
        int64_t last = ticks_get(split->ticks, end - 1);
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
                                        enum periods_detail detail, struct periods_scratch *scratch,
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

enum status periods_split(const void *times, size_t n, const struct period_rule *rule,
                          enum periods_detail detail, struct periods_scratch *scratch,
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
