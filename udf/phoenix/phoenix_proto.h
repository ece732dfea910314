/*
 * Protocol Buffers by hand, as far as Avatica's messages need them: fields are walked in the order
 * in which they stand, and what is not asked for is stepped over.
 */
#ifndef SALTWELL_PHOENIX_PROTO_H
#define SALTWELL_PHOENIX_PROTO_H

#include "buf.h"

/* A message, or what is left of it. */
struct phoenix_proto {
    const uint8_t *at;
    const uint8_t *end;
};

struct phoenix_field {
    uint32_t number;
    uint64_t integer; /* of a varint, a fixed64 (its bits) or a fixed32 */
    struct phoenix_proto message;
    bool is_message; /* a run of bytes: a message, a text or bytes */
};

/* Whether there is a next field; its bytes stay where they are. False at the end, with STATUS_OK,
 * and with STATUS_FORMAT where a field ends outside its message or is of an unknown kind. */
CHECKED bool phoenix_proto_next(struct phoenix_proto *message, struct phoenix_field *field_out,
                                enum status *status_out, struct err *err);

static inline size_t phoenix_proto_size(const struct phoenix_proto *message)
{
    return (size_t)(message->end - message->at);
}

/* A sint64's value. */
static inline int64_t phoenix_proto_signed(uint64_t integer)
{
    return (int64_t)(integer >> 1) ^ -(int64_t)(integer & 1);
}

/* Append a field. STATUS_NOMEM. */
CHECKED enum status phoenix_proto_put_integer(struct buf *buf, uint32_t number, uint64_t value,
                                              struct err *err);
CHECKED enum status phoenix_proto_put_bytes(struct buf *buf, uint32_t number, const void *bytes,
                                            size_t size_bytes, struct err *err);
CHECKED enum status phoenix_proto_put_text(struct buf *buf, uint32_t number, const char *text,
                                           struct err *err);

#endif
