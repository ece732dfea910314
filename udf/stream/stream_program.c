#include "stream_program.h"

#include "mem.h"
#include "native_read.h"
#include "program.h"

#include <stdio.h>
#include <unistd.h>

/*
 * A message can hold spaces and punctuation only inside a quoted name. The server repeats such a
 * name whole where it is that of an aggregate function, up to 1000 bytes; a final full stop keeps
 * it from reading the end of the message as one of its combinators (-State, -If, -Array).
 */
enum { MAX_NAME_BYTES = 900 };

/* The poisoned block's type. It takes no memory from the heap: that may be what ran out. */
struct poison {
    uint8_t type[MAX_NAME_BYTES + 100];
    size_t type_bytes;
};

static void append_text(struct poison *poison, const char *text)
{
    size_t size_bytes = strlen(text);
    memcpy(poison->type + poison->type_bytes, text, size_bytes);
    poison->type_bytes += size_bytes;
}

static void append_name(struct poison *poison, const char *text)
{
    for (; *text != '\0' && poison->type_bytes < MAX_NAME_BYTES; text++) {
        if (*text == '`' || *text == '\\')
            poison->type[poison->type_bytes++] = '\\';
        poison->type[poison->type_bytes++] = (uint8_t)*text;
    }
}

enum status stream_poison(const char *executable, const char *message, struct io_output output,
                          struct err *err)
{
    enum { LONGEST_VARUINT_BYTES = 10 };
    uint8_t one_column_one_row[4 + LONGEST_VARUINT_BYTES] = {1, 1, 1, 'x'}, values = 0;
    struct poison poison = {.type_bytes = 0};
    append_text(&poison, "AggregateFunction(`");
    append_name(&poison, executable);
    append_name(&poison, ": ");
    append_name(&poison, message);
    append_text(&poison, ".`, UInt8)");
    uint8_t *head_end = varuint_put(one_column_one_row + 4, poison.type_bytes);
    struct iovec parts[] = {
        {one_column_one_row, (size_t)(head_end - one_column_one_row)},
        {poison.type, poison.type_bytes},
        {&values, sizeof(values)},
    };
    TRY(output.write(output.context, parts, sizeof(parts) / sizeof(*parts), err));
    return io_wait(&output, err);
}

/*
 * An end of this process while the server writes would be the server's error: it would report a
 * broken pipe in place of the reason, or of the answer to a LIMIT. But a cancelled query ends only
 * with the process, so there must be an end.
 */
enum { DRAIN_MS = 60000 };

void stream_program_open(struct stream_wires *wires, const struct stream_settings *settings,
                         bool writes_behind)
{
    struct io_output output =
        io_pipe_open(&wires->pipe, STDOUT_FILENO, settings->max_memory_bytes / 16,
                     (int)settings->patience_s * 1000);
    output = io_behind_start(&wires->behind, output, !writes_behind);
    wires->input = io_input_of_descriptor(STDIN_FILENO);
    wires->output = io_held_open(&wires->held, output);
    if (settings->heartbeat)
        io_beat_open(&wires->beat, STDIN_FILENO, wires->output, &wires->input, &wires->output);
    wires->has_stats = settings->stats;
    wires->started_ms = io_now_ms();
    wires->totals_in = wires->totals_out = (struct io_totals){0};
    wires->input.totals = &wires->totals_in;
    wires->output.totals = &wires->totals_out;
}

static void tell_stats(const char *executable, const struct stream_wires *wires)
{
    char line[256];
    if (!wires->has_stats)
        return;
    (void)snprintf(line, sizeof(line),
                   "stats: rows_read=%llu blocks_read=%llu rows_written=%llu blocks_written=%llu "
                   "seconds=%.3f peak_bytes=%zu",
                   (unsigned long long)wires->totals_in.n_rows,
                   (unsigned long long)wires->totals_in.n_blocks,
                   (unsigned long long)wires->totals_out.n_rows,
                   (unsigned long long)wires->totals_out.n_blocks,
                   (double)(io_now_ms() - wires->started_ms) / 1000, mem_peak_bytes());
    program_complain(executable, line);
}

static int end_run(const char *executable, enum status status, struct err *err,
                   struct stream_wires *wires)
{
    if (status == STATUS_OK)
        status = io_finish(&wires->output, err);
    if (status == STATUS_OK)
        return PROGRAM_OK;
    program_complain(executable, err->message);
    if (wires->pipe.is_deserted) {
        io_drain(STDIN_FILENO, DRAIN_MS);
        return PROGRAM_OK;
    }
    if (status != STATUS_GONE &&
        stream_poison(executable, err->message, wires->output, NULL) == STATUS_OK &&
        io_finish(&wires->output, NULL) == STATUS_OK)
        io_drain(STDIN_FILENO, DRAIN_MS);
    return PROGRAM_FAILED;
}

int stream_program_end(const char *executable, enum status status, struct err *err,
                       struct stream_wires *wires)
{
    int exit_status = end_run(executable, status, err, wires);
    tell_stats(executable, wires);
    return exit_status;
}

bool stream_program_is_at_terminal(void)
{
    return isatty(STDIN_FILENO) || isatty(STDOUT_FILENO);
}

int stream_program_misused(const char *executable, const char *message, const char *usage)
{
    struct io_output output = io_output_of_descriptor(STDOUT_FILENO);
    program_complain(executable, message);
    fputs(usage, stderr);
    if (stream_program_is_at_terminal())
        return PROGRAM_USAGE;
    if (stream_poison(executable, message, output, NULL) == STATUS_OK &&
        program_prepare(PROGRAM_MAX_MEMORY_BYTES, NULL) == STATUS_OK)
        io_drain(STDIN_FILENO, DRAIN_MS);
    return PROGRAM_USAGE;
}

enum { SETTING_MAX_MEMORY, SETTING_PATIENCE, SETTING_HEARTBEAT, SETTING_STATS, SETTING_SQL };

static enum status take_setting(void *context, int option, const char *value, struct err *err)
{
    struct stream_settings *settings = context;
    switch (option) {
    case SETTING_MAX_MEMORY:
        return options_size("--max-memory", value, &settings->max_memory_bytes, err);
    case SETTING_PATIENCE:
        return options_number("--patience", value, "a number of seconds", 1, STREAM_MAX_PATIENCE_S,
                              &settings->patience_s, err);
    case SETTING_HEARTBEAT:
        settings->heartbeat = true;
        return STATUS_OK;
    case SETTING_STATS:
        settings->stats = true;
        return STATUS_OK;
    default:
        return err_set(err, STATUS_USAGE,
                       "expected an option that exists, found '--sql': "
                       "the program saltwell_sql writes statements");
    }
}

struct options stream_settings_options(struct stream_settings *settings)
{
    static const struct option list[] = {
        {"max-memory", required_argument, NULL, SETTING_MAX_MEMORY},
        {"patience", required_argument, NULL, SETTING_PATIENCE},
        {"heartbeat", no_argument, NULL, SETTING_HEARTBEAT},
        {"stats", no_argument, NULL, SETTING_STATS},
        {"sql", no_argument, NULL, SETTING_SQL}, /* of version 0.1.0 */
        {0},
    };
    return (struct options){list, take_setting, settings, false};
}

const char stream_settings_help[] =
    "  --max-memory SIZE   end with an error beyond this much memory (default 8G)\n"
    "  --patience SECONDS  how long the server may take no rows, beyond those of 1/16 of the "
    "memory,\n"
    "                      before the rest of the input is dropped (default 8)\n"
    "  --heartbeat         send an empty block every second without rows, so that the server "
    "looks\n"
    "                      whether the query goes on; the structure must list the columns in the\n"
    "                      order in which they come\n"
    "  --stats             at the end, a line on standard error: rows, blocks, seconds, memory; "
    "with\n"
    "                      stderr_reaction = 'log', for 'throw' would make it an error\n"
    "  --help, --version\n"
    "\n"
    "saltwell_sql writes the whole statement.\n"
    "Exit status: 0 success, 1 bad data or a failed read or write, 2 wrong usage.\n";

enum status stream_program_key_count(const char *text, size_t *n_keys_out, struct err *err)
{
    uint64_t n_keys = 0;
    TRY(options_number("--keys", text, "a number", 1, NATIVE_MAX_COLUMNS, &n_keys, err));
    *n_keys_out = n_keys;
    return STATUS_OK;
}
