/*
 * The bytes of a block while it is read: reader->at moves over them and more are asked for when
 * they run short. Part of native_read. Addresses into reader->bytes are good until a function here
 * that can fail is called next.
 */
#ifndef SALTWELL_NATIVE_BYTES_H
#define SALTWELL_NATIVE_BYTES_H

#include "native_read.h"

static inline size_t native_unparsed_bytes(const struct native_reader *reader)
{
    return reader->bytes.size_bytes - reader->at;
}

/* Reads until n bytes stand unparsed, or the input ends. STATUS_IO, STATUS_NOMEM. */
CHECKED enum status native_fill_up_to(struct native_reader *reader, size_t n, struct err *err);

/* The same; STATUS_TRUNCATED where the input ends. */
CHECKED enum status native_need(struct native_reader *reader, size_t n, struct err *err);

/* Moves over n bytes. As native_need. */
CHECKED enum status native_skip(struct native_reader *reader, size_t n, struct err *err);

/* Moves over n values of width_bytes, at least 1; *at_out is where they begin in reader->bytes.
 * STATUS_LIMIT where that is more than memory could hold, else as native_need. */
CHECKED enum status native_skip_values(struct native_reader *reader, uint64_t n, size_t width_bytes,
                                       size_t *at_out, struct err *err);

/* Moves over an integer and gives its value. STATUS_FORMAT for a varuint of more than 64 bits, else
 * as native_need. */
CHECKED enum status native_read_varuint(struct native_reader *reader, uint64_t *value_out,
                                        struct err *err);
CHECKED enum status native_read_u64(struct native_reader *reader, uint64_t *value_out,
                                    struct err *err);

#endif
