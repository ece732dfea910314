#include "period_distinct.h"

/* Flags that one step counts: more than most periods have rows, so that the processor need not
 * guess how many steps there are. */
enum { STEP_FLAGS = 16 };

enum status period_distinct_mark(struct buf *differs, const struct native_column *times,
                                 const struct stream_ticks *ticks, int64_t last, struct err *err)
{
    uint8_t *flags = NULL;
    uint64_t n_rows = native_column_nodes(times)->n_rows;
    buf_reset(differs);
    TRY(buf_extend(differs, (size_t)n_rows + STEP_FLAGS, &flags, err));
    memset(flags, 0, differs->size_bytes);
    native_cell_mark_changes(times, n_rows, flags);
    if (ticks->n > 0)
        flags[0] = stream_tick(ticks, 0) != last;
    return STATUS_OK;
}

/* The next 8 flags, a byte each, those from n on as 0. */
static uint64_t load_flags(const uint8_t *flags, size_t n)
{
    uint64_t mask = n < 8 ? ((uint64_t)1 << 8 * n) - 1 : UINT64_MAX;
    return load_u64(flags) & mask;
}

uint64_t period_distinct_count(const struct buf *differs, size_t begin, size_t end)
{
    /* Multiplied by these, eight bytes have their sum in the highest. */
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t sum = 0;
    for (; begin < end; begin += STEP_FLAGS) {
        const uint8_t *flags = differs->data + begin;
        size_t n = end - begin;
        uint64_t first = load_flags(flags, n);
        uint64_t second = load_flags(flags + 8, n < 8 ? 0 : n - 8);
        sum += (first + second) * ones >> 56;
    }
    return sum;
}
