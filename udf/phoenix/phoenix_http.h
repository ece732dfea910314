/*
 * HTTP 1.1 as a client of one server: POST and its answer on a connection that is kept. The answer
 * comes by its length, in chunks, or until the connection ends.
 */
#ifndef SALTWELL_PHOENIX_HTTP_H
#define SALTWELL_PHOENIX_HTTP_H

#include "buf.h"
#include "phoenix_failure.h"
#include "phoenix_source.h"

#include <sys/socket.h>

enum { PHOENIX_MAX_ADDRESSES = 8, PHOENIX_MAX_HEADER_BYTES = 64 << 10 };

struct phoenix_address {
    struct sockaddr_storage address;
    socklen_t size_bytes;
    int family;
};

/* Called about every second while the server is waited for; what it returns ends the wait. */
typedef enum status phoenix_http_beat(void *context, struct err *err);

struct phoenix_http {
    struct phoenix_address addresses[PHOENIX_MAX_ADDRESSES];
    size_t n_addresses;
    uint64_t connect_timeout_ms, read_timeout_ms;
    struct buf head; /* what begins every request, as far as it is the same */
    int descriptor;  /* -1: not connected */
    struct buf in;   /* what came and is not used up: from `at` on */
    size_t at;
    enum phoenix_failure failure; /* of the call that failed last */
    phoenix_http_beat *beat;      /* NULL: none */
    void *beat_context;
};

/*
 * Finds the server's addresses, in the system's files and by DNS, and writes the requests' heads.
 * It connects to nothing. Call it before entering a sandbox. STATUS_IO: the name is not known;
 * STATUS_NOMEM. It owns memory and a descriptor and must be freed even after a failure.
 */
CHECKED enum status phoenix_http_init(struct phoenix_http *http,
                                      const struct phoenix_source *source, const char *content_type,
                                      struct err *err);
void phoenix_http_free(struct phoenix_http *http);

/* Makes a connection, where there is none, within that time. STATUS_IO. */
CHECKED enum status phoenix_http_connect(struct phoenix_http *http, uint64_t timeout_ms,
                                         struct err *err);
void phoenix_http_disconnect(struct phoenix_http *http);

/* Sends a request and appends the body of its answer to `answer`; *code_out is the HTTP status.
 * STATUS_IO, with http->failure; STATUS_FORMAT: no HTTP; STATUS_NOMEM. After any of them the
 * connection is gone. */
CHECKED enum status phoenix_http_post(struct phoenix_http *http, const struct buf *body,
                                      struct buf *answer, unsigned *code_out, struct err *err);

#endif
