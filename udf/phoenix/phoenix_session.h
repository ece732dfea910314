/* A conversation with Phoenix's query server: connection, statement, cursor. */
#ifndef SALTWELL_PHOENIX_SESSION_H
#define SALTWELL_PHOENIX_SESSION_H

#include "phoenix_http.h"
#include "phoenix_message.h"

enum { PHOENIX_ID_BYTES = 48 };

struct phoenix_session {
    struct phoenix_http http;
    const struct phoenix_codec *codec;
    const char *snapshot; /* the CurrentSCN of all connections, or NULL */
    char id_prefix[PHOENIX_ID_BYTES - 12];
    char connection_id[PHOENIX_ID_BYTES];
    uint32_t n_connections; /* so far: each has an id of its own */
    bool is_open;
    struct buf request, answer, error_text;
    enum phoenix_failure failure; /* of the call that failed last */
};

/* Prepares a session, without a request: finds the server's addresses, and an id. Call it before
 * entering a sandbox. As phoenix_http_init. */
CHECKED enum status phoenix_session_init(struct phoenix_session *session,
                                         const struct phoenix_source *source, const char *snapshot,
                                         struct err *err);
void phoenix_session_free(struct phoenix_session *session);

/* Asks Phoenix for the statement's columns, without running it. As phoenix_session_read. */
CHECKED enum status phoenix_session_describe(struct phoenix_session *session, const char *sql,
                                             struct phoenix_signature *signature_out,
                                             struct err *err);

/*
 * Runs the statement and adds all its rows, fetch_rows at a time. Any failure leaves a part of the
 * rows there, which are to be thrown away: a cursor goes forward only, and what an answer that was
 * lost held does not come again. STATUS_IO, STATUS_FORMAT, STATUS_MISMATCH, STATUS_NOMEM;
 * session->failure says whether another attempt may succeed.
 */
CHECKED enum status phoenix_session_read(struct phoenix_session *session, const char *sql,
                                         uint32_t fetch_rows, struct phoenix_rows *rows,
                                         struct err *err);

/* Closes the connection on the server, where it still answers, so that it has nothing to expire.
 * STATUS_NOMEM. */
CHECKED enum status phoenix_session_close(struct phoenix_session *session, struct err *err);

#endif
