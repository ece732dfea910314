/*
 * The key of an ordered stream: the first columns of every block. Follows it from row to row and
 * from block to block, finds where it changes, and refuses keys that go backwards.
 */
#ifndef SALTWELL_STREAM_KEY_H
#define SALTWELL_STREAM_KEY_H

#include "native_cell.h"

/* All zero but n_columns and any_order is the state before the first row. */
struct stream_key {
    size_t n_columns; /* how many of a block's first columns make the key */
    bool any_order;   /* equal keys are adjacent, in no order otherwise */
    bool is_open;     /* a row was seen */
    struct buf value; /* the key of the last row entered, its columns in RowBinary */
    struct buf next;
    struct buf changed; /* a byte a row of the block: the key differs from the row before */
    struct buf text;
};

void stream_key_free(struct stream_key *key);

/* Finds the rows of a new block whose key differs from the row before them, the last row of the
 * last block included. STATUS_NOMEM. */
CHECKED enum status stream_key_mark(struct stream_key *key, const struct native_block *block,
                                    struct err *err);

static inline bool stream_key_changes_at(const struct stream_key *key, uint64_t row)
{
    return key->changed.data[row] != 0;
}

/* Makes the key of `row` the open one. STATUS_FORMAT: it is below the one that was open; both are
 * named. STATUS_NOMEM. */
CHECKED enum status stream_key_enter(struct stream_key *key, const struct native_block *block,
                                     uint64_t row, struct err *err);

/* Puts before the message of a failure where it happened: the row of the whole stream, from 1, and
 * the open key. Returns `status`. `block` is any one of the stream. */
enum status stream_key_locate(struct stream_key *key, const struct native_block *block,
                              uint64_t row, enum status status, struct err *err);

#endif
