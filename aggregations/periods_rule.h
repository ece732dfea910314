/*
 * What a period is: the rule, a period's id, and the open period of a key whose ticks come one by
 * one in ascending order. periods_array.h does whole arrays at once, with the same answers.
 *
 * A tick is a point in time as an int64 in the caller's own unit. A tick t starts a period when it
 * is its key's first, when t - previous > gap, or when max_span > 0 and t - first > max_span.
 * Ticks ascend, so the unsigned difference of two of them is their exact distance: nothing wraps,
 * from INT64_MIN to INT64_MAX. Equal ticks are always in one period: their distance is 0, and a
 * boundary between them would need a distance above 0.
 */
#ifndef SALTWELL_PERIODS_RULE_H
#define SALTWELL_PERIODS_RULE_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Both in ticks. Build it with period_rule_check when the values come from outside. */
struct period_rule {
    uint64_t gap;      /* largest distance of neighbours in one period */
    uint64_t max_span; /* largest distance of a period's first and last tick; 0: no cap */
};

/* How far tick, which is not below from, is from it. */
static inline uint64_t period_distance(int64_t from, int64_t tick)
{
    return (uint64_t)tick - (uint64_t)from;
}

/*
 * Checks a rule that comes from outside. STATUS_FORMAT when gap or max_span is negative; *rule_out
 * is then untouched.
 */
CHECKED enum status period_rule_check(int64_t gap, int64_t max_span, struct period_rule *rule_out,
                                      struct err *err);

/*
 * The id of a period: XXH3-64 with seed 0 over the key's 8 little-endian bytes, then its first
 * tick's 8 little-endian bytes. The same in ClickHouse:
 *
 *     xxh3(concat(reinterpretAsFixedString(toUInt64(key)),
 *                 reinterpretAsFixedString(toInt64(first))))
 *
 * where FixedString is essential: reinterpretAsString would drop the zero bytes at the end.
 */
uint64_t period_id(uint64_t key, int64_t first_tick);

/*
 * The same for a key of any bytes: XXH3-64 over the key, then the tick. Equal to period_id where
 * the key is those 8 bytes. key: may be NULL when key_bytes is 0. Allocates nothing.
 */
uint64_t period_id_of_bytes(const void *key, size_t key_bytes, int64_t first_tick);

/*
 * The open period of a key. All zero: the key has no event yet; set it so when a key begins. A
 * period's values are final when the next tick starts another (period_run_starts tells before
 * period_run_add overwrites them) or when the key ends.
 */
struct period_run {
    int64_t first;          /* first tick */
    int64_t last;           /* last tick so far */
    uint64_t length;        /* events so far; the caller's counts must sum to less than 2^64 */
    uint64_t unique_length; /* distinct ticks so far */
    uint64_t number;        /* from 1; 0: no event yet */
};

/* Whether tick, not below run->last, would start a new period. */
static inline bool period_run_starts(const struct period_run *run, const struct period_rule *rule,
                                     int64_t tick)
{
    if (run->number == 0 || period_distance(run->last, tick) > rule->gap)
        return true;
    return rule->max_span > 0 && period_distance(run->first, tick) > rule->max_span;
}

/* Starts the next period with count events at tick, whatever the rule says. */
static inline void period_run_start(struct period_run *run, int64_t tick, uint64_t count)
{
    *run = (struct period_run){.first = tick,
                               .last = tick,
                               .length = count,
                               .unique_length = 1,
                               .number = run->number + 1};
}

/*
 * Adds count > 0 events at tick, which is not below run->last. Returns whether they start a new
 * period.
 */
static inline bool period_run_add(struct period_run *run, const struct period_rule *rule,
                                  int64_t tick, uint64_t count)
{
    if (period_run_starts(run, rule, tick)) {
        period_run_start(run, tick, count);
        return true;
    }
    run->unique_length += tick != run->last;
    run->last = tick;
    run->length += count;
    return false;
}

#endif
