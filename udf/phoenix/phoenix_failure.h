/* Why a request failed: whether to try again depends on it. */
#ifndef SALTWELL_PHOENIX_FAILURE_H
#define SALTWELL_PHOENIX_FAILURE_H

enum phoenix_failure {
    PHOENIX_FAILURE_FINAL,    /* it would fail again: an SQL error, a value that does not fit */
    PHOENIX_FAILURE_LOST,     /* the connection could not be made, or broke */
    PHOENIX_FAILURE_TIMEOUT,  /* the server was silent for too long */
    PHOENIX_FAILURE_OVERLOAD, /* the server refused the task: its pool is full */
    PHOENIX_FAILURE_EXPIRED,  /* the server no longer has the connection, statement or cursor */
};

/* One word for the details: "lost". */
const char *phoenix_failure_name(enum phoenix_failure failure);

#endif
