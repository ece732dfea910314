/*
 * Activity histories: when a key was active, as its distinct ticks in ascending order, each with
 * the number of events at it (at least 1). This is the payload of an activity blob; FORMAT.md is
 * its specification and says why this encoding was chosen. In short:
 *
 *     history = first tick (zigzag LEB128), then one bit stream of blocks, padded with 0 to a byte
 *     block   = is_last (1 bit),
 *               [n_ticks - 1 (6 bits), if last; else there are 64],
 *               has_counts (1 bit),
 *               [order of deltas (6 bits), unless the block is a history of one tick],
 *               [order of counts (6 bits), if has_counts],
 *               then per tick:
 *                   [code of tick - previous - 1, but for the first tick of the history],
 *                   [code of count - 1, if has_counts]
 *
 * The codes are those of activity_bits.h. The empty history has the empty payload. A history has
 * exactly one payload, and the reader refuses every other spelling, so equal histories have equal
 * bytes whatever they were merged from.
 *
 * Laws: the merge of the parts of a history has the bytes of the whole, in any order and grouping;
 * the empty history is the identity; merging one history alone gives its own bytes. Counts add up;
 * one that would pass 2^64 - 1 is an error.
 */
#ifndef SALTWELL_ACTIVITY_HISTORY_H
#define SALTWELL_ACTIVITY_HISTORY_H

#include "activity_bits.h"
#include "buf.h"

enum { ACTIVITY_BLOCK_TICKS = 64 };

/*
 * Reading. The ticks of a payload one by one or a block at a time; every value is checked before it
 * is handed out, the form as a whole when the end is reached. The reader is a plain value: it owns
 * nothing, and the payload must outlive it.
 */
struct activity_reader {
    struct bits_reader bits;
    uint64_t tick; /* the last one, plus 2^63: unsigned order is tick order */
    size_t n_read; /* ticks so far */
    unsigned n_left;
    unsigned delta_order, count_order;
    unsigned n_deltas, n_counts; /* of this block */
    unsigned delta_widths, count_widths;
    bool is_last, has_counts;
};

/*
 * Any bytes may be given; reading will tell. The BITS_PADDING_BYTES after the payload have to be
 * readable, whatever they hold: blob_decode's payloads are so. payload may be NULL when
 * payload_bytes is 0.
 */
void activity_reader_init(struct activity_reader *reader, const uint8_t *payload,
                          size_t payload_bytes);

/*
 * The next tick. *found_out is false, and the other outputs are untouched, after the last one.
 * STATUS_TRUNCATED: the payload ends inside a history. STATUS_FORMAT: it is not the one spelling of
 * a history. After a failure the reader is of no more use. Amortized O(1).
 */
CHECKED enum status activity_reader_next(struct activity_reader *reader, int64_t *tick_out,
                                         uint64_t *count_out, bool *found_out, struct err *err);

/*
 * As activity_reader_next, for up to ACTIVITY_BLOCK_TICKS ticks at once into ticks_out and
 * counts_out; *n_out is 0 after the last one. About twice as fast. On failure the arrays hold
 * anything and *n_out is untouched.
 */
CHECKED enum status activity_reader_next_batch(struct activity_reader *reader, int64_t *ticks_out,
                                               uint64_t *counts_out, size_t *n_out,
                                               struct err *err);

/* Writing. Holds back one block; its 1 KiB may live on the stack. */
struct activity_writer {
    struct buf *out;
    size_t start_bytes; /* of *out, to go back to on failure */
    uint64_t last_tick; /* plus 2^63 */
    uint64_t bits_window;
    unsigned bits_window_bits;
    unsigned n_pending;
    bool is_first_block;
    uint64_t deltas[ACTIVITY_BLOCK_TICKS]; /* tick - previous - 1 */
    uint64_t counts[ACTIVITY_BLOCK_TICKS]; /* count - 1 */
};

/* Starts a history at the end of *out, which nothing else may touch until the writer is done. */
void activity_writer_init(struct activity_writer *writer, struct buf *out);

/*
 * Adds a tick, which is above the last one, with its count, at least 1. STATUS_NOMEM, and then *out
 * is as it was before activity_writer_init and the writer is of no more use. Amortized O(1).
 */
CHECKED enum status activity_writer_add(struct activity_writer *writer, int64_t tick,
                                        uint64_t count, struct err *err);

/* Ends the history. Without any tick, *out stays as it was. STATUS_NOMEM as activity_writer_add. */
CHECKED enum status activity_writer_finish(struct activity_writer *writer, struct err *err);

/*
 * Appends to *payload_out the history of n_ticks times: Int64, at any address, ascending, equal
 * ones allowed. STATUS_NOMEM, with *payload_out as it was. O(n_ticks).
 */
CHECKED enum status activity_encode_times(const void *sorted_ticks, size_t n_ticks,
                                          struct buf *payload_out, struct err *err);

/*
 * Appends to *payload_out the history of all events of n_payloads histories. Their order does not
 * matter. `scratch` is for the merge's own use: about 150 bytes per payload.
 *
 * STATUS_LIMIT when a tick's count passes 2^64 - 1; STATUS_FORMAT and STATUS_TRUNCATED as the
 * reader, with the number of the payload, from 1, before the message; STATUS_NOMEM. On failure
 * *payload_out is as it was. O(t log k) for t ticks in k payloads, O(t) where they do not overlap,
 * as days do not.
 */
CHECKED enum status activity_merge(const uint8_t *const *payloads,
                                   const size_t *payload_sizes_bytes, size_t n_payloads,
                                   struct buf *scratch, struct buf *payload_out, struct err *err);

#endif
