#include "phoenix_session.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>

/* Avatica sends no more than 100 rows with the answer to an execute. */
enum { FIRST_FRAME_ROWS = 100 };

enum status phoenix_session_init(struct phoenix_session *session,
                                 const struct phoenix_source *source, const char *snapshot,
                                 struct err *err)
{
    uint64_t random[2];
    *session = (struct phoenix_session){
        .codec = source->is_json ? &phoenix_json_codec : &phoenix_protobuf_codec,
        .snapshot = snapshot,
        .http.descriptor = -1,
    };
    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
        return err_set(err, STATUS_IO, "cannot make an id: %s", strerror(errno));
    (void)snprintf(session->id_prefix, sizeof(session->id_prefix), "%016llx%016llx",
                   (unsigned long long)random[0], (unsigned long long)random[1]);
    return phoenix_http_init(&session->http, source, session->codec->content_type, err);
}

void phoenix_session_free(struct phoenix_session *session)
{
    phoenix_http_free(&session->http);
    buf_free(&session->request);
    buf_free(&session->answer);
    buf_free(&session->error_text);
}

static bool holds(const struct buf *text, const char *part)
{
    return memmem(text->data, text->size_bytes, part, strlen(part)) != NULL;
}

/* Phoenix's own words: from its `ERROR 1012 (42M03): …` on where there is one, the first line, and
 * of an error that is repeated with its causes the first. */
static enum status refuse_statement(const struct buf *text, struct err *err)
{
    const char *begin = text->size_bytes == 0 ? "" : (const char *)text->data;
    const char *end = begin + text->size_bytes;
    const char *code = memmem(begin, text->size_bytes, "ERROR ", 6);
    if (code != NULL)
        begin = code;
    const char *newline = memchr(begin, '\n', (size_t)(end - begin));
    if (newline != NULL)
        end = newline;
    const char *cause = memmem(begin, (size_t)(end - begin), " -> ", 4);
    if (cause != NULL)
        end = cause;
    if (end == begin)
        return err_set(err, STATUS_MISMATCH, "Phoenix refused the request and gave no reason");
    return err_set(err, STATUS_MISMATCH, "Phoenix: %.*s",
                   end - begin < 400 ? (int)(end - begin) : 400, begin);
}

static enum status expire(struct phoenix_session *session, struct err *err)
{
    session->failure = PHOENIX_FAILURE_EXPIRED;
    return err_set(err, STATUS_IO,
                   "expected more rows of a statement, found that the server no longer has it");
}

static enum status fail(struct phoenix_session *session, struct err *err)
{
    const struct buf *text = &session->error_text;
    if (text->size_bytes == 0)
        return refuse_statement(text, err);
    if (holds(text, "rejected from")) {
        session->failure = PHOENIX_FAILURE_OVERLOAD;
        return err_set(err, STATUS_IO,
                       "expected Phoenix to run the statement, found its pool full");
    }
    if (holds(text, "NoSuchConnectionException") || holds(text, "NoSuchStatementException"))
        return expire(session, err);
    return refuse_statement(text, err);
}

static enum status refuse_code(struct phoenix_session *session, unsigned code, struct err *err)
{
    if (code == 401 || code == 403)
        return err_set(err, STATUS_IO,
                       "the server refuses the source's user and password (HTTP status %u)", code);
    if (code == 429 || code == 502 || code == 503 || code == 504)
        session->failure = PHOENIX_FAILURE_OVERLOAD;
    return err_set(err, STATUS_IO,
                   "expected an answer of Phoenix's query server in %s, found HTTP status %u",
                   session->codec->name, code);
}

static enum status ask(struct phoenix_session *session, struct phoenix_request *request,
                       struct phoenix_reply *reply, struct err *err)
{
    unsigned code = 0;
    session->failure = PHOENIX_FAILURE_FINAL;
    buf_reset(&session->request);
    buf_reset(&session->answer);
    buf_reset(&session->error_text);
    request->connection_id = session->connection_id;
    reply->error_text = &session->error_text;
    TRY(session->codec->encode(request, &session->request, err));
    enum status status =
        phoenix_http_post(&session->http, &session->request, &session->answer, &code, err);
    if (status != STATUS_OK) {
        session->failure = session->http.failure;
        return status;
    }
    if (code != 200 && code != 500)
        return refuse_code(session, code, err);
    status = session->codec->decode(request->kind, session->answer.data, session->answer.size_bytes,
                                    reply, err);
    if (status == STATUS_FORMAT && code != 200)
        return refuse_code(session, code, err);
    if (status == STATUS_OK && reply->is_error)
        return fail(session, err);
    return status;
}

static enum status open_connection(struct phoenix_session *session, struct err *err)
{
    if (session->is_open)
        return STATUS_OK;
    (void)snprintf(session->connection_id, sizeof(session->connection_id), "%s-%u",
                   session->id_prefix, session->n_connections++);
    struct phoenix_request request = {.kind = PHOENIX_OPEN_CONNECTION,
                                      .snapshot = session->snapshot};
    struct phoenix_reply reply = {0};
    TRY(ask(session, &request, &reply, err));
    session->is_open = true;
    return STATUS_OK;
}

/* A courtesy: that it fails is no failure, unless memory has run out. */
static enum status tell(struct phoenix_session *session, struct phoenix_request *request,
                        struct err *err)
{
    struct phoenix_reply reply = {0};
    enum phoenix_failure failure = session->failure;
    enum status status = ask(session, request, &reply, err);
    if (status == STATUS_OK)
        return STATUS_OK;
    phoenix_http_disconnect(&session->http);
    session->failure = failure;
    return status == STATUS_NOMEM ? status : STATUS_OK;
}

enum status phoenix_session_close(struct phoenix_session *session, struct err *err)
{
    struct phoenix_request request = {.kind = PHOENIX_CLOSE_CONNECTION};
    uint64_t timeout_ms = session->http.read_timeout_ms;
    if (!session->is_open)
        return STATUS_OK;
    session->is_open = false;
    /* Nobody waits for it longer than for a connection. */
    session->http.read_timeout_ms = session->http.connect_timeout_ms;
    enum status status = tell(session, &request, err);
    session->http.read_timeout_ms = timeout_ms;
    return status;
}

/* What it held has been read: whether the server hears of it changes nothing. */
static enum status close_statement(struct phoenix_session *session, uint32_t statement_id,
                                   struct err *err)
{
    struct phoenix_request request = {.kind = PHOENIX_CLOSE_STATEMENT,
                                      .statement_id = statement_id};
    return tell(session, &request, err);
}

enum status phoenix_session_describe(struct phoenix_session *session, const char *sql,
                                     struct phoenix_signature *signature_out, struct err *err)
{
    struct phoenix_request request = {.kind = PHOENIX_PREPARE, .sql = sql};
    struct phoenix_reply reply = {.signature = signature_out};
    TRY(open_connection(session, err));
    signature_out->n_columns = 0;
    TRY(ask(session, &request, &reply, err));
    return close_statement(session, reply.statement_id, err);
}

static enum status check_frame(struct phoenix_session *session, const struct phoenix_reply *reply,
                               struct err *err)
{
    if (reply->is_missing)
        return expire(session, err);
    if (!reply->has_frame)
        return err_set(err, STATUS_FORMAT, "expected rows or the end of them, found neither");
    return STATUS_OK;
}

static enum status fetch_all(struct phoenix_session *session, struct phoenix_request *request,
                             struct phoenix_rows *rows, bool is_done, struct err *err)
{
    while (!is_done) { /* a fetch after the end would be an error of the server */
        struct phoenix_reply reply = {.rows = rows};
        request->offset = rows->n_rows;
        TRY(ask(session, request, &reply, err));
        TRY(check_frame(session, &reply, err));
        if (!reply.is_done && rows->n_rows == request->offset)
            return err_set(err, STATUS_FORMAT, "expected rows or the end of them, found neither");
        is_done = reply.is_done;
    }
    return STATUS_OK;
}

static enum status read_statement(struct phoenix_session *session, uint32_t statement_id,
                                  const char *sql, uint32_t fetch_rows, struct phoenix_rows *rows,
                                  struct err *err)
{
    struct phoenix_request execute = {.kind = PHOENIX_EXECUTE,
                                      .sql = sql,
                                      .statement_id = statement_id,
                                      .max_rows = fetch_rows < FIRST_FRAME_ROWS ? fetch_rows
                                                                                : FIRST_FRAME_ROWS};
    struct phoenix_request fetch = {
        .kind = PHOENIX_FETCH, .statement_id = statement_id, .max_rows = fetch_rows};
    struct phoenix_reply reply = {.rows = rows};
    TRY(ask(session, &execute, &reply, err));
    TRY(check_frame(session, &reply, err));
    return fetch_all(session, &fetch, rows, reply.is_done, err);
}

enum status phoenix_session_read(struct phoenix_session *session, const char *sql,
                                 uint32_t fetch_rows, struct phoenix_rows *rows, struct err *err)
{
    struct phoenix_request create = {.kind = PHOENIX_CREATE_STATEMENT};
    struct phoenix_reply reply = {0};
    TRY(open_connection(session, err));
    TRY(ask(session, &create, &reply, err));
    TRY(read_statement(session, reply.statement_id, sql, fetch_rows, rows, err));
    return close_statement(session, reply.statement_id, err);
}
