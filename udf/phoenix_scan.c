/* phoenix_scan: reads tables of Apache Phoenix through its query server, for executable(). The
 * computation is in phoenix/phoenix_scan_run. */
#include "phoenix_command.h"
#include "phoenix_details.h"
#include "program.h"
#include "stream_program.h"
#include "version.h"

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
    "usage: phoenix_scan --source NAME --table TABLE --time COLUMN --columns A,B,... [options]\n"
    "       phoenix_scan --source NAME --details ID\n"
    "       phoenix_scan --help | --version\n";

static const char help[] =
    "Reads a table of Apache Phoenix through its query server. Windows of time come in, two "
    "columns\n"
    "of DateTime64(3) or Int64 milliseconds, half-open; rows go out.\n"
    "ClickHouse starts it: SELECT ... FROM executable('phoenix_scan ...', Native, ...)\n"
    "\n"
    "  --source NAME            a section of phoenix_sources.conf, which stands beside the "
    "executable\n"
    "                           or one folder above it\n"
    "  --table TABLE            NAME, SCHEMA.NAME or \"Name\"\n"
    "  --time COLUMN            the column that windows are cut from: a TIMESTAMP, a DATE or a "
    "BIGINT\n"
    "                           of milliseconds\n"
    "  --columns A,B:TYPE,...   the columns that go out, in ClickHouse's TYPE where it is another "
    "than\n"
    "                           the one that docs/phoenix.md lists\n"
    "  --describe               write no rows, but name, phoenix_type and type of each column\n"
    "  --slice-minutes N        cut windows on a grid of N minutes in UTC; 0, the default: do not\n"
    "  --fetch-rows N           rows that are asked for at once (default 5000)\n"
    "  --max-attempts N         how often a slice is tried (default 4)\n"
    "  --backoff-ms N           the wait before the second attempt; it doubles (default 1000)\n"
    "  --min-split-minutes N    a slice that fails by overload, time-out or expiry is halved, down "
    "to\n"
    "                           this length (default 1)\n"
    "  --max-depth N            ... and at most this often (default 6)\n"
    "  --probe-timeout-ms N     how long the first connection may take (default 2000)\n"
    "  --snapshot[=MS]          read the table as it was at that time (CurrentSCN); without MS: "
    "now\n"
    "  --run ID                 append what was done with each slice to the details of this run\n"
    "  --details ID             write those details: a column, detail String\n";

/* What is open when the sandbox closes: in its place from 3 on. */
enum { DETAILS = 3, LOCK = 4, FIRST_CLOSED = 5 };

/* The descriptor becomes number `to`, or nothing is there. */
static int place(int descriptor, int to)
{
    if (descriptor < 0) {
        (void)close(to);
        return -1;
    }
    if (descriptor != to)
        (void)dup3(descriptor, to, O_CLOEXEC);
    return to;
}

static void fix_snapshot(struct phoenix_command *command)
{
    struct timespec now;
    if (!command->has_snapshot || command->snapshot[0] != '\0')
        return;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)snprintf(command->snapshot, sizeof(command->snapshot), "%lld",
                   (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

/* What the program holds from before the sandbox. */
struct held {
    struct phoenix_source source;
    struct phoenix_session session;
    int lock, details;
};

/* Everything that needs names: of files, and of the server. */
static enum status open_all(struct phoenix_command *command, struct held *held, struct err *err)
{
    *held = (struct held){.session.http.descriptor = -1, .lock = -1, .details = -1};
    /* Whatever the server left open there does not get in the way. */
    (void)close_range(STDERR_FILENO + 1, ~0U, 0);
    TRY(phoenix_source_find(command->source, &held->source, &held->lock, err));
    if (command->job == PHOENIX_JOB_DETAILS)
        return phoenix_details_find(&held->source, command->run, &held->details, err);
    if (command->run != NULL)
        TRY(phoenix_details_open(&held->source, command->run, &held->details, err));
    fix_snapshot(command);
    return phoenix_session_init(&held->session, &held->source,
                                command->has_snapshot ? command->snapshot : NULL, err);
}

static enum status work(const struct phoenix_command *command, struct held *held,
                        struct stream_wires *wires, struct err *err)
{
    switch (command->job) {
    case PHOENIX_JOB_DETAILS:
        return phoenix_details_write(io_input_of_descriptor(held->details), wires->output, err);
    case PHOENIX_JOB_DESCRIBE:
        return phoenix_scan_describe(&command->options, &held->session, wires->output, err);
    default:
        return phoenix_scan_run(&command->options, &held->session, held->details, wires->input,
                                wires->output, err);
    }
}

static int run(struct phoenix_command *command, struct stream_settings *settings)
{
    static struct stream_wires wires;
    static struct held held;
    struct err err = {0};
    enum status status = open_all(command, &held, &err);
    int lock = held.lock < 0 ? -1 : fcntl(held.lock, F_DUPFD_CLOEXEC, FIRST_CLOSED);
    held.details = place(held.details, DETAILS);
    (void)place(lock, LOCK);
    /* The wait is for Phoenix, not for the input. */
    command->options.heartbeat = settings->heartbeat;
    settings->heartbeat = false;
    stream_program_open(&wires, settings, false);
    enum status prepared =
        program_prepare_with_network(settings->max_memory_bytes, FIRST_CLOSED, &err);
    if (prepared != STATUS_OK)
        status = prepared;
    if (status == STATUS_OK)
        status = work(command, &held, &wires, &err);
    if (status != STATUS_OK && command->source != NULL)
        err_prefix(&err, "source %s", command->source);
    phoenix_session_free(&held.session);
    return stream_program_end("phoenix_scan", status, &err, &wires);
}

int main(int argc, char **argv)
{
    struct err err = {0};
    struct phoenix_command command = phoenix_command_init();
    struct stream_settings settings = {.max_memory_bytes = PROGRAM_MAX_MEMORY_BYTES,
                                       .patience_s = STREAM_PATIENCE_S};
    const struct options options[] = {phoenix_command_options(&command),
                                      stream_settings_options(&settings)};
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return program_print("phoenix_scan", "%s\n%s%s", usage, help, stream_settings_help);
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return program_print("phoenix_scan", "phoenix_scan (Saltwell) %s\n", SALTWELL_VERSION);
    enum status status = options_parse(argc, argv, options, 2, &err);
    if (status == STATUS_OK)
        status = phoenix_command_check(&command, &err);
    int exit_status = status == STATUS_OK
                          ? run(&command, &settings)
                          : stream_program_misused("phoenix_scan", err.message, usage);
    phoenix_command_free(&command);
    return exit_status;
}
