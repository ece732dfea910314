#include "ticks.h"

#include <stdbool.h>

enum {
    /* Chosen by measurement: runs shorter than this are first lengthened by insertion. */
    MIN_RUN = 16,
    /* Chosen by measurement: a radix pass over few words takes fewer bits, for its counters cost
     * more than the words; below RADIX_MIN_WORDS they cost more than they save. */
    RADIX_MIN_WORDS = 32,
    RADIX_MANY_WORDS = 256,
    FEW_WORDS_DIGIT_BITS = 6,
    MANY_WORDS_DIGIT_BITS = 8,
};

/* One sort of n words by the bits from low_bit up to high_bit; the bits below hold the position. */
struct word_sort {
    uint64_t *words; /* the result is here, too */
    uint64_t *spare;
    size_t n;
    unsigned low_bit;
    unsigned high_bit;
};

void ticks_scratch_free(struct ticks_scratch *scratch)
{
    buf_free(&scratch->words);
    buf_free(&scratch->spare);
    buf_free(&scratch->index);
    buf_free(&scratch->run_ends);
    buf_free(&scratch->counters);
}

static unsigned bits_of(uint64_t value)
{
    unsigned bits = 0;
    for (; value > 0; value >>= 1)
        bits++;
    return bits;
}

/* Empties the buffer and makes room for size_bytes; *memory_out is aligned for any integer. */
CHECKED static enum status scratch_take(struct buf *buf, size_t size_bytes, void **memory_out,
                                        struct err *err)
{
    buf_reset(buf);
    TRY(buf_reserve(buf, size_bytes, err));
    *memory_out = buf->data;
    return STATUS_OK;
}

static void swap_words(struct word_sort *sort)
{
    uint64_t *words = sort->words;
    sort->words = sort->spare;
    sort->spare = words;
}

/* ---- merging ---- */

static size_t run_end(const uint64_t *words, size_t from, size_t n)
{
    size_t end = from + 1;
    while (end < n && words[end] >= words[end - 1])
        end++;
    return end;
}

static size_t count_runs(const uint64_t *words, size_t n)
{
    size_t n_runs = 1;
    for (size_t i = 1; i < n; i++)
        n_runs += words[i] < words[i - 1];
    return n_runs;
}

/* words[from, sorted) ascends; sorts words[from, end). */
static void insert_words(uint64_t *words, size_t from, size_t sorted, size_t end)
{
    for (size_t i = sorted; i < end; i++) {
        uint64_t word = words[i];
        size_t at = i;
        for (; at > from && words[at - 1] > word; at--)
            words[at] = words[at - 1];
        words[at] = word;
    }
}

/* Cuts the words into ascending runs of MIN_RUN or more. Returns how many. */
static size_t make_runs(uint64_t *words, size_t n, uint32_t *run_ends)
{
    size_t n_runs = 0;
    for (size_t from = 0; from < n;) {
        size_t sorted = run_end(words, from, n);
        size_t end = sorted;
        if (end - from < MIN_RUN) {
            end = n - from < MIN_RUN ? n : from + MIN_RUN;
            insert_words(words, from, sorted, end);
        }
        run_ends[n_runs++] = (uint32_t)end;
        from = end;
    }
    return n_runs;
}

static void merge_two(const uint64_t *left, const uint64_t *left_end, const uint64_t *right,
                      const uint64_t *right_end, uint64_t *to)
{
    while (left < left_end && right < right_end) {
        uint64_t a = *left;
        uint64_t b = *right;
        size_t takes_right = b < a;
        *to++ = takes_right ? b : a;
        right += takes_right;
        left += 1 - takes_right;
    }
    size_t n_left = (size_t)(left_end - left);
    memcpy(to, left, n_left * sizeof(*to));
    memcpy(to + n_left, right, (size_t)(right_end - right) * sizeof(*to));
}

/* Merges neighbouring runs from words into spare. Returns how many runs are left. */
static size_t merge_runs(const struct word_sort *sort, uint32_t *run_ends, size_t n_runs)
{
    size_t n_merged = 0;
    size_t from = 0;
    for (size_t run = 0; run < n_runs; run += 2) {
        size_t middle = run_ends[run];
        size_t end = run + 1 < n_runs ? run_ends[run + 1] : middle;
        merge_two(sort->words + from, sort->words + middle, sort->words + middle, sort->words + end,
                  sort->spare + from);
        run_ends[n_merged++] = (uint32_t)end;
        from = end;
    }
    return n_merged;
}

CHECKED static enum status merge_sort(struct word_sort *sort, struct buf *run_ends_buf,
                                      struct err *err)
{
    void *memory = NULL;
    TRY(scratch_take(run_ends_buf, (sort->n / MIN_RUN + 1) * sizeof(uint32_t), &memory, err));
    uint32_t *run_ends = memory;
    size_t n_runs = make_runs(sort->words, sort->n, run_ends);
    while (n_runs > 1) {
        n_runs = merge_runs(sort, run_ends, n_runs);
        swap_words(sort);
    }
    return STATUS_OK;
}

/* ---- radix ---- */

static unsigned digit_bits(const struct word_sort *sort)
{
    return sort->n < RADIX_MANY_WORDS ? FEW_WORDS_DIGIT_BITS : MANY_WORDS_DIGIT_BITS;
}

static void radix_pass(const struct word_sort *sort, unsigned shift, uint32_t *counters,
                       size_t n_digits)
{
    memset(counters, 0, n_digits * sizeof(*counters));
    for (size_t i = 0; i < sort->n; i++)
        counters[(sort->words[i] >> shift) & (n_digits - 1)]++;
    uint32_t before = 0;
    for (size_t digit = 0; digit < n_digits; digit++) {
        uint32_t count = counters[digit];
        counters[digit] = before;
        before += count;
    }
    for (size_t i = 0; i < sort->n; i++) {
        uint64_t word = sort->words[i];
        sort->spare[counters[(word >> shift) & (n_digits - 1)]++] = word;
    }
}

CHECKED static enum status radix_sort(struct word_sort *sort, struct buf *counters_buf,
                                      struct err *err)
{
    unsigned bits = digit_bits(sort);
    size_t n_digits = (size_t)1 << bits;
    void *counters = NULL;
    TRY(scratch_take(counters_buf, n_digits * sizeof(uint32_t), &counters, err));
    for (unsigned shift = sort->low_bit; shift < sort->high_bit; shift += bits) {
        radix_pass(sort, shift, counters, n_digits);
        swap_words(sort);
    }
    return STATUS_OK;
}

/* Whether a radix sort beats merging. A pass of either costs about the same per word. */
static bool radix_is_faster(const struct word_sort *sort)
{
    if (sort->n < RADIX_MIN_WORDS)
        return false;
    unsigned radix_passes = (sort->high_bit - sort->low_bit - 1) / digit_bits(sort) + 1;
    return bits_of(count_runs(sort->words, sort->n) - 1) > radix_passes;
}

CHECKED static enum status sort_words(struct word_sort *sort, struct ticks_scratch *scratch,
                                      struct err *err)
{
    if (radix_is_faster(sort))
        return radix_sort(sort, &scratch->counters, err);
    return merge_sort(sort, &scratch->run_ends, err);
}

/* ---- ticks ---- */

/* Whether no tick is below its predecessor. */
static bool ascends(const uint8_t *times, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (ticks_get(times, i) < ticks_get(times, i - 1))
            return false;
    }
    return true;
}

/* Whether no tick is above its predecessor. */
static bool descends(const uint8_t *times, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (ticks_get(times, i) > ticks_get(times, i - 1))
            return false;
    }
    return true;
}

/* The positions of descending ticks from the last to the first, but equal ticks in their order. */
static void reverse_index(const uint8_t *times, size_t n, uint32_t *index)
{
    size_t placed = 0;
    for (size_t end = n; end > 0;) {
        size_t from = end - 1;
        while (from > 0 && ticks_get(times, from - 1) == ticks_get(times, from))
            from--;
        for (size_t i = from; i < end; i++)
            index[placed++] = (uint32_t)i;
        end = from;
    }
}

static void gather_ticks(const uint8_t *times, const uint32_t *index, size_t n, uint64_t *ticks)
{
    for (size_t i = 0; i < n; i++)
        ticks[i] = load_u64(times + index[i] * sizeof(uint64_t));
}

/* The smallest tick, and in *range_out the largest one's distance from it. */
static int64_t smallest_tick(const uint8_t *times, size_t n, uint64_t *range_out)
{
    int64_t smallest = ticks_get(times, 0);
    int64_t largest = smallest;
    for (size_t i = 1; i < n; i++) {
        int64_t tick = ticks_get(times, i);
        smallest = tick < smallest ? tick : smallest;
        largest = tick > largest ? tick : largest;
    }
    *range_out = (uint64_t)largest - (uint64_t)smallest;
    return smallest;
}

/* What the rounds of one array have in common. */
struct tick_sort {
    const uint8_t *times;
    uint32_t *index;
    uint64_t smallest;
    unsigned range_bits;
    unsigned position_bits;
};

/*
 * Orders by the bits of the distances from `shift` up, as many as fit above the positions. `first`:
 * the index is not filled yet; a later round starts from the order of the one before and keeps it
 * among equals.
 */
CHECKED static enum status order_round(const struct tick_sort *ticks, struct word_sort *sort,
                                       unsigned shift, struct ticks_scratch *scratch,
                                       struct err *err)
{
    uint32_t *index = ticks->index;
    for (size_t i = 0; i < sort->n; i++) {
        size_t position = shift == 0 ? i : index[i];
        uint64_t distance = (uint64_t)ticks_get(ticks->times, position) - ticks->smallest;
        sort->words[i] = (distance >> shift) << ticks->position_bits | i;
    }
    unsigned high_bit = ticks->range_bits - shift + ticks->position_bits;
    sort->low_bit = ticks->position_bits;
    sort->high_bit = high_bit < 64 ? high_bit : 64;
    TRY(sort_words(sort, scratch, err));
    uint64_t position_mask = ((uint64_t)1 << ticks->position_bits) - 1;
    if (shift == 0) {
        for (size_t i = 0; i < sort->n; i++)
            index[i] = (uint32_t)(sort->words[i] & position_mask);
        return STATUS_OK;
    }
    uint32_t *former = (void *)sort->spare;
    memcpy(former, index, sort->n * sizeof(*index));
    for (size_t i = 0; i < sort->n; i++)
        index[i] = former[sort->words[i] & position_mask];
    return STATUS_OK;
}

/* Sorts n >= 2 ticks into ticks->index and, as the result, sort->spare. */
CHECKED static enum status sort_ticks(struct tick_sort *ticks, struct word_sort *sort,
                                      struct ticks_scratch *scratch, struct err *err)
{
    uint64_t range = 0;
    ticks->smallest = (uint64_t)smallest_tick(ticks->times, sort->n, &range);
    ticks->range_bits = bits_of(range);
    ticks->position_bits = bits_of(sort->n - 1);
    unsigned round_bits = 64 - ticks->position_bits;
    TRY(order_round(ticks, sort, 0, scratch, err));
    if (ticks->range_bits > round_bits) {
        TRY(order_round(ticks, sort, round_bits, scratch, err));
        gather_ticks(ticks->times, ticks->index, sort->n, sort->spare);
        return STATUS_OK;
    }
    for (size_t i = 0; i < sort->n; i++)
        sort->spare[i] = (sort->words[i] >> ticks->position_bits) + ticks->smallest;
    return STATUS_OK;
}

/* The order of n >= 2 ticks that do not ascend. */
CHECKED static enum status order_disorder(const uint8_t *times, size_t n,
                                          struct ticks_scratch *scratch,
                                          struct ticks_order *order_out, struct err *err)
{
    void *words = NULL;
    void *spare = NULL;
    void *index = NULL;
    TRY(scratch_take(&scratch->words, n * sizeof(uint64_t), &words, err));
    TRY(scratch_take(&scratch->spare, n * sizeof(uint64_t), &spare, err));
    TRY(scratch_take(&scratch->index, n * sizeof(uint32_t), &index, err));
    struct word_sort sort = {.words = words, .spare = spare, .n = n};
    if (descends(times, n)) {
        reverse_index(times, n, index);
        gather_ticks(times, index, n, sort.spare);
    } else {
        struct tick_sort ticks = {.times = times, .index = index};
        TRY(sort_ticks(&ticks, &sort, scratch, err));
    }
    *order_out = (struct ticks_order){.ticks = (const uint8_t *)sort.spare, .index = index};
    return STATUS_OK;
}

enum status ticks_order(const void *times, size_t n, struct ticks_scratch *scratch,
                        struct ticks_order *order_out, struct err *err)
{
    if (n > TICKS_MAX)
        return err_set(err, STATUS_LIMIT, "expected at most %u ticks in one array, found %zu",
                       (unsigned)TICKS_MAX, n);
    if (!ascends(times, n))
        return order_disorder(times, n, scratch, order_out, err);
    *order_out = (struct ticks_order){.ticks = times};
    return STATUS_OK;
}
