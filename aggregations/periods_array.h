/*
 * Periods of one key's whole array of ticks. The rule is that of periods_rule.h. Ticks come in any
 * order and at any address; answers per event are in the order of the input. Of a period's events
 * exactly one is its first: the earliest tick, and among equals the earliest in the input.
 *
 * All functions of this file:
 *   times    n int64 at any address; may be NULL when n is 0
 *   n        at most TICKS_MAX, so that every length and number fits a uint32
 *   scratch  memory that is reused from call to call; no result depends on what is in it
 *   *_out    memory of the caller's, at any address, that no other argument overlaps; values are
 *            little-endian, as in a Native column
 * STATUS_LIMIT when n > TICKS_MAX, before anything is read; STATUS_NOMEM. On failure nothing is
 * written. O(n) for ticks that ascend or descend; a sort's time (ticks.h) otherwise. A period's id
 * is hashed once.
 */
#ifndef SALTWELL_PERIODS_ARRAY_H
#define SALTWELL_PERIODS_ARRAY_H

#include "periods_cut.h"
#include "ticks.h"

/*
 * Memory that is reused from array to array. All zero is valid. The longest array needs 5 bytes per
 * event, 6 where distinct ticks are asked for, 4 more under a max_span; growth from array to array
 * doubles (buf.h), so less than twice that is held. Ticks that did not ascend need the memory of
 * struct ticks_scratch besides.
 */
struct periods_scratch {
    struct ticks_scratch ticks;
    struct period_starts starts;
};

/* Frees the memory; the scratch is empty and usable again. */
void periods_scratch_free(struct periods_scratch *scratch);

/* For each event, its period's number, from 1, as uint32. */
CHECKED enum status periods_numbers(const void *times, size_t n, const struct period_rule *rule,
                                    struct periods_scratch *scratch, void *numbers_out,
                                    struct err *err);

/* For each event, its period's id as uint64: period_id(key, the period's first tick). */
CHECKED enum status periods_ids(uint64_t key, const void *times, size_t n,
                                const struct period_rule *rule, struct periods_scratch *scratch,
                                void *ids_out, struct err *err);

/* For each event, 1 as uint8 where it is its period's first, else 0. */
CHECKED enum status periods_first(const void *times, size_t n, const struct period_rule *rule,
                                  struct periods_scratch *scratch, void *is_first_out,
                                  struct err *err);

/* For each event, the number of events in its period, as uint32. */
CHECKED enum status periods_lengths(const void *times, size_t n, const struct period_rule *rule,
                                    struct periods_scratch *scratch, void *lengths_out,
                                    struct err *err);

/* For each event, the number of distinct ticks in its period, as uint32. */
CHECKED enum status periods_unique_lengths(const void *times, size_t n,
                                           const struct period_rule *rule,
                                           struct periods_scratch *scratch,
                                           void *unique_lengths_out, struct err *err);

/* Where periods_rows writes: n values each, as the five functions above write them. */
struct periods_rows_out {
    uint8_t *ids;
    uint8_t *numbers;
    uint8_t *is_first;
    uint8_t *lengths;
    uint8_t *unique_lengths;
};

/* All five answers per event in one pass. */
CHECKED enum status periods_rows(uint64_t key, const void *times, size_t n,
                                 const struct period_rule *rule, struct periods_scratch *scratch,
                                 const struct periods_rows_out *rows_out, struct err *err);

/* Where periods_list appends. The buffers are the caller's. */
struct periods_columns {
    struct buf ids;            /* uint64 */
    struct buf numbers;        /* uint32 */
    struct buf first_ticks;    /* int64 */
    struct buf last_ticks;     /* int64 */
    struct buf lengths;        /* uint64 */
    struct buf unique_lengths; /* uint64 */
};

/*
 * Appends one row per period, in ascending order, to the six columns and writes how many to
 * *n_periods_out. On failure the columns' content and *n_periods_out are as they were.
 */
CHECKED enum status periods_list(uint64_t key, const void *times, size_t n,
                                 const struct period_rule *rule, struct periods_scratch *scratch,
                                 struct periods_columns *columns, size_t *n_periods_out,
                                 struct err *err);

#endif
