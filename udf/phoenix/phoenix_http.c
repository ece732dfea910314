#include "phoenix_http.h"

#include "io.h"
#include "phoenix_base64.h"

#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MAX_HEAD_BYTES = 4096 };

static enum status resolve(struct phoenix_http *http, const struct phoenix_source *source,
                           struct err *err)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    /* The system's list may name modules that would have to be loaded, which a static program
     * cannot: these two are part of the C library itself (glibc 2.34 and newer). */
    (void)__nss_configure_lookup("hosts", "files dns");
    int result = getaddrinfo(source->host, source->port, &hints, &found);
    if (result != 0)
        return err_set(err, STATUS_IO, "cannot find the address of the server: %s",
                       gai_strerror(result));
    for (struct addrinfo *at = found; at != NULL; at = at->ai_next) {
        struct phoenix_address *address = &http->addresses[http->n_addresses];
        if (http->n_addresses == PHOENIX_MAX_ADDRESSES || at->ai_addrlen > sizeof(address->address))
            break;
        memcpy(&address->address, at->ai_addr, at->ai_addrlen);
        address->size_bytes = at->ai_addrlen;
        address->family = at->ai_family;
        http->n_addresses++;
    }
    freeaddrinfo(found);
    return STATUS_OK;
}

static enum status append_authorization(struct buf *head, const struct phoenix_source *source,
                                        struct err *err)
{
    enum { MAX_BYTES = 2 * PHOENIX_MAX_SETTING_BYTES + 2 };
    char plain[MAX_BYTES], coded[MAX_BYTES * 4 / 3 + 5];
    int n = snprintf(plain, sizeof(plain), "%s:%s", source->user, source->password);
    phoenix_base64_encode((const uint8_t *)plain, (size_t)n, coded);
    enum status status = buf_append_text(head, "Authorization: Basic ", err);
    if (status == STATUS_OK)
        status = buf_append_text(head, coded, err);
    if (status == STATUS_OK)
        status = buf_append_text(head, "\r\n", err);
    explicit_bzero(plain, sizeof(plain));
    explicit_bzero(coded, sizeof(coded));
    return status;
}

enum status phoenix_http_init(struct phoenix_http *http, const struct phoenix_source *source,
                              const char *content_type, struct err *err)
{
    char head[MAX_HEAD_BYTES];
    *http = (struct phoenix_http){.descriptor = -1,
                                  .connect_timeout_ms = source->connect_timeout_ms,
                                  .read_timeout_ms = source->read_timeout_ms};
    TRY(resolve(http, source, err));
    bool is_v6 = strchr(source->host, ':') != NULL;
    (void)snprintf(head, sizeof(head),
                   "POST %s HTTP/1.1\r\nHost: %s%s%s:%s\r\nContent-Type: %s\r\nAccept: %s\r\n",
                   source->path, is_v6 ? "[" : "", source->host, is_v6 ? "]" : "", source->port,
                   content_type, content_type);
    TRY(buf_append_text(&http->head, head, err));
    return source->has_basic ? append_authorization(&http->head, source, err) : STATUS_OK;
}

void phoenix_http_disconnect(struct phoenix_http *http)
{
    if (http->descriptor >= 0)
        (void)close(http->descriptor);
    http->descriptor = -1;
    http->at = 0;
    buf_reset(&http->in);
}

void phoenix_http_free(struct phoenix_http *http)
{
    phoenix_http_disconnect(http);
    buf_free(&http->head);
    buf_free(&http->in);
}

static enum status lose(struct phoenix_http *http, const char *what, struct err *err)
{
    http->failure = PHOENIX_FAILURE_LOST;
    return err_set(err, STATUS_IO, "%s: %s", what, strerror(errno));
}

static enum status miss(struct phoenix_http *http, const char *what, uint64_t timeout_ms,
                        struct err *err)
{
    http->failure = PHOENIX_FAILURE_TIMEOUT;
    return err_set(err, STATUS_IO, "expected %s within %llu ms, found none", what,
                   (unsigned long long)timeout_ms);
}

static enum status connect_one(struct phoenix_http *http, const struct phoenix_address *address,
                               uint64_t timeout_ms, struct err *err)
{
    const struct sockaddr *to = (const struct sockaddr *)(const void *)&address->address;
    http->descriptor =
        socket(address->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (http->descriptor < 0)
        return lose(http, "cannot open a socket", err);
    if (connect(http->descriptor, to, address->size_bytes) == 0)
        return STATUS_OK;
    if (errno != EINPROGRESS)
        return lose(http, "cannot connect to the server", err);
    if (!io_is_ready(http->descriptor, POLLOUT, (int)timeout_ms))
        return miss(http, "a connection to the server", timeout_ms, err);
    /* A second call tells how the first one ended. */
    if (connect(http->descriptor, to, address->size_bytes) == 0 || errno == EISCONN)
        return STATUS_OK;
    return lose(http, "cannot connect to the server", err);
}

enum status phoenix_http_connect(struct phoenix_http *http, uint64_t timeout_ms, struct err *err)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; http->descriptor < 0 && i < http->n_addresses; i++) {
        status = connect_one(http, &http->addresses[i], timeout_ms, err);
        if (status != STATUS_OK)
            phoenix_http_disconnect(http);
    }
    return status;
}

/* Waits until the socket is ready. */
static enum status await(struct phoenix_http *http, short events, struct err *err)
{
    enum { BEAT_MS = 1000 };
    uint64_t left_ms = http->read_timeout_ms;
    for (;;) {
        uint64_t pause_ms = http->beat != NULL && left_ms > BEAT_MS ? BEAT_MS : left_ms;
        if (io_is_ready(http->descriptor, events, (int)pause_ms))
            return STATUS_OK;
        left_ms -= pause_ms;
        if (left_ms == 0)
            return miss(http, "an answer of the server", http->read_timeout_ms, err);
        TRY(http->beat(http->beat_context, err));
    }
}

static enum status send_parts(struct phoenix_http *http, struct iovec *parts, size_t n_parts,
                              struct err *err)
{
    for (size_t first = 0; first < n_parts;) {
        ssize_t n = writev(http->descriptor, parts + first, (int)(n_parts - first));
        if (n >= 0)
            first = io_skip(parts, n_parts, first, (size_t)n);
        else if (errno == EAGAIN)
            TRY(await(http, POLLOUT, err));
        else if (errno != EINTR)
            return lose(http, "cannot send to the server", err);
    }
    return STATUS_OK;
}

static enum status send_request(struct phoenix_http *http, const struct buf *body, struct err *err)
{
    char length[64];
    int n = snprintf(length, sizeof(length), "Content-Length: %zu\r\n\r\n", body->size_bytes);
    struct iovec parts[] = {{http->head.data, http->head.size_bytes},
                            {length, (size_t)n},
                            {body->data, body->size_bytes}};
    return send_parts(http, parts, sizeof(parts) / sizeof(*parts), err);
}

static size_t count_unused(const struct phoenix_http *http)
{
    return http->in.size_bytes - http->at;
}

/* Reads more of the answer. *ended_out: the server has closed the connection. */
static enum status receive(struct phoenix_http *http, bool *ended_out, struct err *err)
{
    enum { PIECE_BYTES = 256 << 10 };
    if (http->at == http->in.size_bytes) {
        http->at = 0;
        buf_reset(&http->in);
    }
    TRY(buf_reserve(&http->in, PIECE_BYTES, err));
    for (;;) {
        ssize_t n = read(http->descriptor, http->in.data + http->in.size_bytes, PIECE_BYTES);
        *ended_out = n == 0;
        if (n >= 0) {
            http->in.size_bytes += (size_t)n;
            return STATUS_OK;
        }
        if (errno == EAGAIN)
            TRY(await(http, POLLIN, err));
        else if (errno != EINTR)
            return lose(http, "cannot read from the server", err);
    }
}

static enum status receive_more(struct phoenix_http *http, struct err *err)
{
    bool ended = false;
    TRY(receive(http, &ended, err));
    if (!ended)
        return STATUS_OK;
    http->failure = PHOENIX_FAILURE_LOST;
    return err_set(err, STATUS_IO, "expected the rest of the server's answer, found its end");
}

/* A line of the answer's head or between chunks, cut to fit, without its end. */
static enum status take_line(struct phoenix_http *http, char *line, size_t line_bytes,
                             struct err *err)
{
    const uint8_t *end = NULL;
    while ((end = count_unused(http) == 0
                      ? NULL
                      : memchr(http->in.data + http->at, '\n', count_unused(http))) == NULL) {
        if (count_unused(http) > PHOENIX_MAX_HEADER_BYTES)
            return err_set(err, STATUS_FORMAT, "expected an HTTP answer, found a line without end");
        TRY(receive_more(http, err));
    }
    const uint8_t *begin = http->in.data + http->at;
    size_t n = (size_t)(end - begin);
    http->at += n + 1;
    if (n > 0 && begin[n - 1] == '\r')
        n--;
    if (n >= line_bytes)
        n = line_bytes - 1;
    memcpy(line, begin, n);
    line[n] = '\0';
    return STATUS_OK;
}

static enum status take_body(struct phoenix_http *http, uint64_t size_bytes, struct buf *answer,
                             struct err *err)
{
    while (size_bytes > 0) {
        if (count_unused(http) == 0)
            TRY(receive_more(http, err));
        size_t n = count_unused(http) < size_bytes ? count_unused(http) : (size_t)size_bytes;
        TRY(buf_append(answer, http->in.data + http->at, n, err));
        http->at += n;
        size_bytes -= n;
    }
    return STATUS_OK;
}

static enum status parse_size(const char *text, int base, uint64_t *size_bytes_out, struct err *err)
{
    char *end = NULL;
    errno = 0;
    *size_bytes_out = strtoull(text, &end, base);
    if (end != text && errno == 0 && (*end == '\0' || *end == ';' || *end == ' '))
        return STATUS_OK;
    return err_set(err, STATUS_FORMAT, "expected the size of an HTTP body, found '%.40s'", text);
}

static enum status take_chunks(struct phoenix_http *http, struct buf *answer, struct err *err)
{
    char line[256];
    for (;;) {
        uint64_t size_bytes = 0;
        TRY(take_line(http, line, sizeof(line), err));
        TRY(parse_size(line, 16, &size_bytes, err));
        if (size_bytes == 0)
            break;
        TRY(take_body(http, size_bytes, answer, err));
        TRY(take_line(http, line, sizeof(line), err));
    }
    do
        TRY(take_line(http, line, sizeof(line), err));
    while (line[0] != '\0');
    return STATUS_OK;
}

static enum status take_rest(struct phoenix_http *http, struct buf *answer, struct err *err)
{
    bool ended = false;
    for (;;) {
        TRY(take_body(http, count_unused(http), answer, err));
        if (ended)
            return STATUS_OK;
        TRY(receive(http, &ended, err));
    }
}

/* What the head of an answer says of its body. */
struct head {
    uint64_t size_bytes;
    bool has_size, is_chunked, closes;
};

static const char *header_value(const char *line, const char *name)
{
    size_t n = strlen(name);
    if (strncasecmp(line, name, n) != 0 || line[n] != ':')
        return NULL;
    return line + n + 1 + strspn(line + n + 1, " \t");
}

static enum status take_header(const char *line, struct head *head, struct err *err)
{
    const char *value = NULL;
    if ((value = header_value(line, "Content-Length")) != NULL) {
        head->has_size = true;
        return parse_size(value, 10, &head->size_bytes, err);
    }
    if ((value = header_value(line, "Transfer-Encoding")) != NULL)
        head->is_chunked = strcasecmp(value, "chunked") == 0;
    else if ((value = header_value(line, "Connection")) != NULL)
        head->closes = strcasecmp(value, "close") == 0;
    return STATUS_OK;
}

static enum status take_head(struct phoenix_http *http, struct head *head, unsigned *code_out,
                             struct err *err)
{
    char line[512];
    size_t n_bytes = 0;
    TRY(take_line(http, line, sizeof(line), err));
    if (strncmp(line, "HTTP/1.", 7) != 0 || sscanf(line + 7, "%*u %3u", code_out) != 1)
        return err_set(err, STATUS_FORMAT, "expected an HTTP answer, found something else");
    for (;;) {
        TRY(take_line(http, line, sizeof(line), err));
        if (line[0] == '\0')
            return STATUS_OK;
        n_bytes += strlen(line);
        if (n_bytes > PHOENIX_MAX_HEADER_BYTES)
            return err_set(err, STATUS_FORMAT, "expected an HTTP answer, found a head without end");
        TRY(take_header(line, head, err));
    }
}

static enum status take_answer(struct phoenix_http *http, struct buf *answer, unsigned *code_out,
                               bool *closes_out, struct err *err)
{
    struct head head = {0};
    do {
        head = (struct head){0};
        TRY(take_head(http, &head, code_out, err));
    } while (*code_out / 100 == 1);
    *closes_out = head.closes;
    if (head.is_chunked)
        return take_chunks(http, answer, err);
    if (head.has_size)
        return take_body(http, head.size_bytes, answer, err);
    *closes_out = true;
    return take_rest(http, answer, err);
}

/* The server closes a connection that was idle for some time. Nothing was sent on it since, so that
 * another one does as well. */
static void drop_closed(struct phoenix_http *http)
{
    if (http->descriptor >= 0 && io_is_ready(http->descriptor, POLLIN, 0))
        phoenix_http_disconnect(http);
}

enum status phoenix_http_post(struct phoenix_http *http, const struct buf *body, struct buf *answer,
                              unsigned *code_out, struct err *err)
{
    bool closes = false;
    http->failure = PHOENIX_FAILURE_FINAL;
    drop_closed(http);
    enum status status = phoenix_http_connect(http, http->connect_timeout_ms, err);
    if (status == STATUS_OK)
        status = send_request(http, body, err);
    if (status == STATUS_OK)
        status = take_answer(http, answer, code_out, &closes, err);
    if (status != STATUS_OK || closes)
        phoenix_http_disconnect(http);
    return status;
}
