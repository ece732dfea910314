/*
 * Where the periods of one key's array of ticks start: the first half of periods_array.h, which
 * expands the answers from it.
 *
 * One pass over the ascending ticks lists the starts under the gap, branch-free, since boundaries
 * are hard to predict. It finds out on the way whether the ticks ascend; those that do not are
 * sorted first. Under a max_span a second pass cuts those periods that are longer.
 */
#ifndef SALTWELL_PERIODS_SPLIT_H
#define SALTWELL_PERIODS_SPLIT_H

#include "periods_rule.h"
#include "ticks.h"

/*
 * Memory that is reused from array to array. All zero is valid. The longest array needs 4 bytes per
 * event, 8 where distinct ticks are asked for, twice that under a max_span; growth from array to
 * array doubles (buf.h), so less than twice that is held. Ticks that did not ascend need the memory
 * of struct ticks_scratch besides.
 */
struct periods_scratch {
    struct ticks_scratch ticks;
    struct buf gap_starts;
    struct buf span_starts;
};

/* Frees the memory; the scratch is empty and usable again. */
void periods_scratch_free(struct periods_scratch *scratch);

/*
 * Where periods start among the ascending ticks: position[p] is the position of period p's first
 * tick, position[n_periods] the end. distinct[p] is the number of distinct ticks before it; NULL
 * where nobody asked, for counting them takes as long as finding the starts.
 */
struct period_starts {
    uint32_t *position;
    uint32_t *distinct;
};

/* What a split is asked for. */
enum periods_detail { PERIODS_DETAIL_POSITIONS, PERIODS_DETAIL_DISTINCT };

/* An array cut into periods. Valid until the scratch or the input changes. */
struct periods_split {
    size_t n;
    const uint8_t *ticks;  /* ascending */
    const uint32_t *index; /* where ticks stood in the input; NULL: where they are */
    struct period_starts starts;
    size_t n_periods;
};

/*
 * Cuts n ticks in any order, at any address, into periods; times may be NULL when n is 0.
 * STATUS_LIMIT when n > TICKS_MAX, before anything is read; STATUS_NOMEM. *split is of no use
 * on failure. O(n) for ticks that ascend or descend; a sort's time (ticks.h) otherwise.
 */
CHECKED enum status periods_split(const void *times, size_t n, const struct period_rule *rule,
                                  enum periods_detail detail, struct periods_scratch *scratch,
                                  struct periods_split *split, struct err *err);

#endif
