/*
 * Fuzz target: the executable phoenix_scan. An input's first byte chooses the options, the rest are
 * the windows. The server's answers are those of the corpus of fuzz_phoenix, one of each kind.
 */
#include "executable.h"

#include "phoenix_http.h"
#include "sandbox.h"

#include <fcntl.h>
#include <unistd.h>

/* The descriptors are the fuzzer's. */
#define close_range(first, last, flags) 0
#define dup3(from, to, flags) 0
#define close(descriptor) 0
#include "../../udf/phoenix_scan.c"
#undef close

const bool executable_poisons = true;

const char *executable_command(unsigned choice)
{
    static const char *const commands[] = {
        "phoenix_scan --source protobuf --table T --time TS --columns ID,TS,NAME,AMOUNT,X,B,OK,AV "
        "--backoff-ms 0",
        "phoenix_scan --source json --table T --time TS --columns ID,TS,NAME,AMOUNT,X,B,OK,AV "
        "--slice-minutes 1 --backoff-ms 0",
        "phoenix_scan --source protobuf --table T --time TS --columns ID,TS,NAME,AMOUNT,X,B,OK,AV "
        "--snapshot=5 --describe",
    };
    return commands[choice % (sizeof(commands) / sizeof(*commands))];
}

enum status __wrap_sandbox_enter_with_network(size_t max_memory_bytes, int first_closed,
                                              struct err *err);
enum status __wrap_phoenix_source_find(const char *name, struct phoenix_source *source_out,
                                       int *lock_out, struct err *err);
enum status __wrap_phoenix_http_init(struct phoenix_http *http, const struct phoenix_source *source,
                                     const char *content_type, struct err *err);
enum status __wrap_phoenix_http_connect(struct phoenix_http *http, uint64_t timeout_ms,
                                        struct err *err);
enum status __wrap_phoenix_http_post(struct phoenix_http *http, const struct buf *body,
                                     struct buf *answer, unsigned *code_out, struct err *err);

enum status __wrap_sandbox_enter_with_network(size_t max_memory_bytes, int first_closed,
                                              struct err *err)
{
    (void)max_memory_bytes;
    (void)first_closed;
    (void)err;
    return STATUS_OK;
}

static const char *source_name;
static unsigned n_requests;

enum status __wrap_phoenix_source_find(const char *name, struct phoenix_source *source_out,
                                       int *lock_out, struct err *err)
{
    (void)err;
    source_name = strcmp(name, "json") == 0 ? "json" : "protobuf";
    n_requests = 0;
    *source_out = (struct phoenix_source){.is_json = source_name[0] == 'j'};
    *lock_out = -1;
    return STATUS_OK;
}

enum status __wrap_phoenix_http_init(struct phoenix_http *http, const struct phoenix_source *source,
                                     const char *content_type, struct err *err)
{
    (void)source;
    (void)content_type;
    (void)err;
    *http = (struct phoenix_http){.descriptor = -1};
    return STATUS_OK;
}

enum status __wrap_phoenix_http_connect(struct phoenix_http *http, uint64_t timeout_ms,
                                        struct err *err)
{
    (void)http;
    (void)timeout_ms;
    (void)err;
    return STATUS_OK;
}

enum { MAX_REQUESTS = 200 };

/* Which request it is, by what only it has. */
static const char *find_kind(const struct buf *body)
{
    static const char *const kinds[][2] = {
        {"penConnection", "open"},
        {"reateStatement", "create"},
        {"repareAndExecute", "execute"},
        {"repare", "prepare"},
        {"etch", "fetch"},
        {"loseStatement", "close"},
        {"loseConnection", "goodbye"},
    };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (memmem(body->data, body->size_bytes, kinds[i][0], strlen(kinds[i][0])) != NULL)
            return kinds[i][1];
    abort();
}

enum status __wrap_phoenix_http_post(struct phoenix_http *http, const struct buf *body,
                                     struct buf *answer, unsigned *code_out, struct err *err)
{
    static uint8_t bytes[1 << 16];
    char path[128];
    http->failure = PHOENIX_FAILURE_FINAL;
    if (++n_requests > MAX_REQUESTS) /* a window may have a slice for each minute of an age */
        return err_set(err, STATUS_IO, "expected at most %d requests", MAX_REQUESTS);
    (void)snprintf(path, sizeof(path), "tests/fuzz/corpus/phoenix/%s_%s", source_name,
                   find_kind(body));
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = read(file, bytes, sizeof(bytes));
    REQUIRE(file >= 0 && n > 0 && close(file) == 0);
    *code_out = 200;
    return buf_append(answer, bytes + 1, (size_t)n - 1, err);
}
