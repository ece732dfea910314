#include "phoenix_scan_run.h"

#include "mem.h"
#include "phoenix_details.h"
#include "phoenix_time.h"
#include "phoenix_window.h"

#include <poll.h>
#include <stdlib.h>

enum { MAX_BACKOFF_MS = 30000 };

struct scan {
    const struct phoenix_scan_options *options;
    struct phoenix_session *session;
    int details;
    struct phoenix_signature *signature; /* of the columns, and the time column after them */
    struct phoenix_type *types;
    const char **names;
    struct phoenix_rows rows;
    struct phoenix_rows none; /* what an empty block is made of */
    struct native_writer writer;
    struct buf sql;
    bool is_ready;                     /* the columns are known */
    enum phoenix_failure last_failure; /* of an attempt */
};

/* A run of time that is read by one statement. */
struct slice {
    int64_t from_ms, to_ms;
    uint64_t depth; /* how often it was halved */
};

static enum status scan_init(struct scan *scan, const struct phoenix_scan_options *options,
                             struct phoenix_session *session, struct io_output output,
                             struct err *err)
{
    size_t n = options->query.n_columns;
    *scan = (struct scan){.options = options,
                          .session = session,
                          .details = -1,
                          .writer = native_writer_init(output)};
    TRY(mem_take_zeros(1, sizeof(*scan->signature), &scan->signature, err));
    TRY(mem_take_zeros(n, sizeof(*scan->types), &scan->types, err));
    return mem_take_zeros(n, sizeof(*scan->names), &scan->names, err);
}

static void scan_free(struct scan *scan)
{
    phoenix_rows_free(&scan->rows);
    phoenix_rows_free(&scan->none);
    native_writer_free(&scan->writer);
    buf_free(&scan->sql);
    mem_free(scan->signature);
    mem_free(scan->types);
    mem_free(scan->names);
}

/* After a failure, too; its message stays. */
static enum status close_session(struct phoenix_session *session, enum status status,
                                 struct err *err)
{
    enum status closed = phoenix_session_close(session, status == STATUS_OK ? err : NULL);
    return status == STATUS_OK ? closed : status;
}

static enum status decide_types(struct scan *scan, struct err *err)
{
    const struct phoenix_query *query = &scan->options->query;
    if (scan->signature->n_columns != query->n_columns + 1)
        return err_set(err, STATUS_FORMAT, "expected %zu columns of Phoenix, found %zu",
                       query->n_columns + 1, scan->signature->n_columns);
    for (size_t i = 0; i < query->n_columns; i++) {
        const struct phoenix_query_column *column = &query->columns[i];
        const char *wanted = column->wanted[0] == '\0' ? NULL : column->wanted;
        enum status status =
            phoenix_type_decide(&scan->signature->columns[i], wanted, &scan->types[i], err);
        if (status != STATUS_OK) {
            err_prefix(err, "column %s", column->sql);
            return status;
        }
        scan->names[i] = column->name;
    }
    return STATUS_OK;
}

/* After an attempt that failed: whether another one may mend it. Waits before it. */
static bool waits_for_another(struct scan *scan, uint64_t attempt)
{
    uint64_t backoff_ms = scan->options->backoff_ms;
    scan->last_failure = scan->session->failure;
    if (scan->session->failure == PHOENIX_FAILURE_FINAL)
        return false;
    if (phoenix_session_close(scan->session, NULL) != STATUS_OK)
        return false;
    if (attempt >= scan->options->max_attempts)
        return false;
    for (uint64_t i = 1; i < attempt && backoff_ms < MAX_BACKOFF_MS; i++)
        backoff_ms *= 2;
    (void)poll(NULL, 0, (int)(backoff_ms < MAX_BACKOFF_MS ? backoff_ms : MAX_BACKOFF_MS));
    return true;
}

/* Before the first request: a server that nobody can reach is told at once, without attempts. */
static enum status probe(struct scan *scan, struct err *err)
{
    return phoenix_http_connect(&scan->session->http, scan->options->probe_timeout_ms, err);
}

static enum status describe(struct scan *scan, struct err *err)
{
    enum status status = STATUS_OK;
    TRY(probe(scan, err));
    TRY(phoenix_query_describe(&scan->options->query, &scan->sql, err));
    for (uint64_t attempt = 1;; attempt++) {
        status = phoenix_session_describe(scan->session, (const char *)scan->sql.data,
                                          scan->signature, err);
        if (status == STATUS_OK || !waits_for_another(scan, attempt))
            break;
    }
    return status == STATUS_OK ? decide_types(scan, err) : status;
}

static enum status beat(void *context, struct err *err)
{
    struct scan *scan = context;
    return phoenix_rows_write_none(&scan->none, &scan->writer, err);
}

static enum status get_ready(struct scan *scan, struct err *err)
{
    size_t n_columns = scan->options->query.n_columns;
    if (scan->is_ready)
        return STATUS_OK;
    TRY(describe(scan, err));
    scan->rows = phoenix_rows_init(scan->names, scan->types, n_columns);
    scan->none = phoenix_rows_init(scan->names, scan->types, n_columns);
    scan->is_ready = true;
    if (scan->options->heartbeat) {
        scan->session->http.beat = beat;
        scan->session->http.beat_context = scan;
    }
    return native_writer_open(&scan->writer, n_columns, err);
}

static enum status explain(const struct slice *slice, const struct scan *scan, enum status status,
                           uint64_t attempts, struct err *err)
{
    char from[PHOENIX_TIME_BYTES], to[PHOENIX_TIME_BYTES];
    phoenix_time_print(slice->from_ms, from);
    phoenix_time_print(slice->to_ms, to);
    if (status == STATUS_NOMEM)
        return err_set(err, status,
                       "slice from %s to %s: out of memory after %llu rows: a slice is held whole; "
                       "cut it smaller with --slice-minutes, or give more with --max-memory",
                       from, to, (unsigned long long)scan->rows.n_rows);
    err_prefix(err, "slice from %s to %s, attempt %llu", from, to, (unsigned long long)attempts);
    return status;
}

static enum status read_with_attempts(struct scan *scan, const struct slice *slice,
                                      uint64_t *attempts_out, struct err *err)
{
    const struct phoenix_query *query = &scan->options->query;
    TRY(phoenix_query_read(query, scan->types, &scan->signature->columns[query->n_columns],
                           slice->from_ms, slice->to_ms, &scan->sql, err));
    for (uint64_t attempt = 1;; attempt++) {
        phoenix_rows_reset(&scan->rows);
        enum status status =
            phoenix_session_read(scan->session, (const char *)scan->sql.data,
                                 (uint32_t)scan->options->fetch_rows, &scan->rows, err);
        *attempts_out = attempt;
        if (status == STATUS_OK)
            return STATUS_OK;
        if (!waits_for_another(scan, attempt))
            return explain(slice, scan, status, attempt, err);
    }
}

/* A smaller slice helps where the server is overloaded or too slow, not where it is gone. */
static bool can_halve(const struct scan *scan, const struct slice *slice)
{
    enum phoenix_failure failure = scan->last_failure;
    int64_t least_ms = (int64_t)scan->options->min_split_minutes * PHOENIX_MINUTE_MS;
    return failure != PHOENIX_FAILURE_FINAL && failure != PHOENIX_FAILURE_LOST &&
           slice->depth < scan->options->max_depth && slice->to_ms - slice->from_ms >= 2 &&
           (slice->to_ms - slice->from_ms) / 2 >= least_ms;
}

static enum status read_slice(struct scan *scan, struct slice slice, struct err *err);

static enum status read_halves(struct scan *scan, const struct slice *slice, struct err *err)
{
    int64_t middle_ms = slice->from_ms + (slice->to_ms - slice->from_ms) / 2;
    TRY(read_slice(scan, (struct slice){slice->from_ms, middle_ms, slice->depth + 1}, err));
    return read_slice(scan, (struct slice){middle_ms, slice->to_ms, slice->depth + 1}, err);
}

static enum status read_slice(struct scan *scan, struct slice slice, struct err *err)
{
    struct phoenix_detail detail = {slice.from_ms, slice.to_ms, "read", NULL, 0, slice.depth, 0, 0};
    int64_t started_ms = io_now_ms();
    scan->last_failure = PHOENIX_FAILURE_FINAL;
    enum status status = read_with_attempts(scan, &slice, &detail.attempts, err);
    bool is_halved = status != STATUS_OK && can_halve(scan, &slice);
    detail.milliseconds = (uint64_t)(io_now_ms() - started_ms);
    if (status != STATUS_OK)
        detail.outcome = is_halved ? "halved" : "failed";
    else
        detail.n_rows = scan->rows.n_rows;
    if (detail.attempts > 1 || status != STATUS_OK)
        detail.reason = phoenix_failure_name(scan->last_failure);
    if (is_halved || status == STATUS_OK)
        TRY(phoenix_details_add(scan->details, &detail, err));
    else
        (void)!phoenix_details_add(scan->details, &detail, NULL);
    if (is_halved)
        return read_halves(scan, &slice, err);
    return status == STATUS_OK ? phoenix_rows_write(&scan->rows, &scan->writer, err) : status;
}

/* Where the slice that begins at from_ms ends: at the next line of the grid, which is counted from
 * 1970 in UTC. */
static int64_t find_slice_end(const struct scan *scan, int64_t from_ms, int64_t to_ms)
{
    int64_t step_ms = (int64_t)scan->options->slice_minutes * PHOENIX_MINUTE_MS;
    if (step_ms == 0)
        return to_ms;
    int64_t line = from_ms / step_ms - (from_ms % step_ms < 0) + 1;
    return line * step_ms < to_ms ? line * step_ms : to_ms;
}

static enum status read_window(struct scan *scan, struct phoenix_window window, struct err *err)
{
    while (window.from_ms < window.to_ms) {
        int64_t end_ms = find_slice_end(scan, window.from_ms, window.to_ms);
        TRY(get_ready(scan, err));
        TRY(read_slice(scan, (struct slice){window.from_ms, end_ms, 0}, err));
        window.from_ms = end_ms;
    }
    return STATUS_OK;
}

static enum status read_windows(struct scan *scan, struct native_reader *reader, struct err *err)
{
    const struct native_block *block = NULL;
    uint64_t n_before = 0;
    for (;;) {
        TRY(native_read_block(reader, &block, err));
        if (block == NULL)
            break;
        for (uint64_t row = 0; row < block->n_rows; row++) {
            struct phoenix_window window;
            TRY(phoenix_window_of(block, row, n_before + row, &window, err));
            TRY(read_window(scan, window, err));
        }
        n_before += block->n_rows;
    }
    /* A block there has to be: it says that nothing was cut off. */
    if (scan->is_ready)
        TRY(phoenix_rows_write_none(&scan->none, &scan->writer, err));
    return native_writer_finish(&scan->writer, err);
}

enum status phoenix_scan_run(const struct phoenix_scan_options *options,
                             struct phoenix_session *session, int details, struct io_input input,
                             struct io_output output, struct err *err)
{
    struct scan scan;
    struct native_reader reader = native_reader_init(input, 0);
    enum status status = scan_init(&scan, options, session, output, err);
    scan.details = details;
    if (status == STATUS_OK)
        status = read_windows(&scan, &reader, err);
    session->http.beat = NULL;
    status = close_session(session, status, err);
    native_reader_free(&reader);
    scan_free(&scan);
    return status;
}

static enum status write_description(struct scan *scan, struct native_builder builders[3],
                                     struct err *err)
{
    static const char *const names[] = {"name", "phoenix_type", "type"};
    const struct phoenix_query *query = &scan->options->query;
    for (size_t i = 0; i < 3; i++)
        TRY(native_builder_init(&builders[i], names[i], "String", err));
    TRY(native_writer_open(&scan->writer, 3, err));
    TRY(describe(scan, err));
    for (size_t i = 0; i < query->n_columns; i++) {
        const char *texts[] = {scan->names[i], scan->signature->columns[i].type_name,
                               scan->types[i].text};
        for (size_t j = 0; j < 3; j++)
            TRY(native_append_string(builders[j].parts, (const uint8_t *)texts[j], strlen(texts[j]),
                                     err));
    }
    TRY(native_writer_begin(&scan->writer, 3, query->n_columns, err));
    for (size_t i = 0; i < 3; i++)
        TRY(native_writer_add(&scan->writer, &builders[i], err));
    TRY(native_writer_flush(&scan->writer, err));
    return native_writer_finish(&scan->writer, err);
}

enum status phoenix_scan_describe(const struct phoenix_scan_options *options,
                                  struct phoenix_session *session, struct io_output output,
                                  struct err *err)
{
    struct scan scan;
    struct native_builder builders[3] = {0};
    enum status status = scan_init(&scan, options, session, output, err);
    if (status == STATUS_OK)
        status = write_description(&scan, builders, err);
    status = close_session(session, status, err);
    for (size_t i = 0; i < 3; i++)
        native_builder_free(&builders[i]);
    scan_free(&scan);
    return status;
}
