/*
 * Avatica's requests and replies, as far as reading needs them, and how a serialisation writes the
 * former and reads the latter.
 */
#ifndef SALTWELL_PHOENIX_MESSAGE_H
#define SALTWELL_PHOENIX_MESSAGE_H

#include "phoenix_rows.h"
#include "phoenix_signature.h"

enum phoenix_request_kind {
    PHOENIX_OPEN_CONNECTION,
    PHOENIX_CREATE_STATEMENT,
    PHOENIX_PREPARE,
    PHOENIX_EXECUTE, /* PrepareAndExecute */
    PHOENIX_FETCH,
    PHOENIX_CLOSE_STATEMENT,
    PHOENIX_CLOSE_CONNECTION,
};

struct phoenix_request {
    enum phoenix_request_kind kind;
    const char *connection_id;
    const char *snapshot; /* PHOENIX_OPEN_CONNECTION: the CurrentSCN, or NULL */
    uint32_t statement_id;
    const char *sql;
    uint64_t offset;   /* PHOENIX_FETCH */
    uint32_t max_rows; /* of the frame that is asked for; never 0, which means no rows at all */
};

struct phoenix_reply {
    /* In: where rows and columns go, NULL where none are expected. */
    struct phoenix_rows *rows;
    struct phoenix_signature *signature;
    /* Out. */
    uint32_t statement_id;
    bool is_error;
    bool is_missing; /* the server no longer has the statement */
    bool has_frame, is_done;
    struct buf *error_text; /* in: where an error's message goes */
};

struct phoenix_codec {
    const char *name;         /* in the sources file */
    const char *content_type; /* in the requests */
    /* Appends the request's body. STATUS_NOMEM. */
    enum status (*encode)(const struct phoenix_request *request, struct buf *body, struct err *err);
    /* Reads the reply to a request of that kind; the body is used up. STATUS_FORMAT: no such reply,
     * or a value that does not fit its column; STATUS_NOMEM. */
    enum status (*decode)(enum phoenix_request_kind kind, uint8_t *body, size_t body_bytes,
                          struct phoenix_reply *reply, struct err *err);
};

extern const struct phoenix_codec phoenix_protobuf_codec;
extern const struct phoenix_codec phoenix_json_codec;

#endif
