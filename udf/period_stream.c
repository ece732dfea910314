/* period_stream: periods of an ordered stream, for executable(). The computation is in
 * stream/period_stream. */
#include "period_stream.h"
#include "period_sql.h"
#include "program.h"
#include "stream_program.h"
#include "version.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAX_FOLDS = 64 };

static const char usage[] =
    "usage: period_stream --keys N --time NAME --gap TICKS [options]\n"
    "       period_stream --sql --table NAME --keys NAME,... --time NAME --gap TICKS [options]\n"
    "       period_stream --help | --version\n";

static const char help[] =
    "Periods of a stream that is grouped by key and ascending in time within the key.\n"
    "ClickHouse starts it: SELECT ... FROM executable('period_stream ...', Native, ...)\n"
    "\n"
    "  --keys N            the first N columns are the key, of any type\n"
    "  --time NAME         the time column: an integer, a date or a time; the tick is its raw\n"
    "                      integer\n"
    "  --gap TICKS         a new period begins when t - previous > TICKS\n"
    "  --max-span TICKS    ... or when t - first > TICKS; 0, the default: no cap\n"
    "  --restart NAME      ... or where this UInt8 or Bool column is not 0\n"
    "  --emit rows         all input columns, then period_id UInt64, period_number UInt32,\n"
    "                      is_first_in_period UInt8 (the default)\n"
    "    --lengths         and period_length UInt64, unique_period_length UInt64, period_first "
    "and\n"
    "                      period_last of the time column's type; rows wait for their period's "
    "end\n"
    "  --emit periods      the key, then period_id, period_number, period_first, period_last,\n"
    "                      period_length, unique_period_length: a row per period\n"
    "    --sum NAME        and NAME_sum\n"
    "    --moments NAME    and NAME_moments Tuple(n UInt64, mean Float64, m2 Float64)\n"
    "  --keys-unordered    keys may come in any order, as long as equal ones are adjacent\n"
    "  --max-memory SIZE   end with an error beyond this much memory (default 8G)\n"
    "  --patience SECONDS  how long the server may take no rows, beyond those of 1/16 of the "
    "memory,\n"
    "                      before the rest of the input is dropped (default 8)\n"
    "  --heartbeat         send an empty block every second without rows, so that the server "
    "looks\n"
    "                      whether the query goes on; the structure must list the columns in the\n"
    "                      order in which they come\n"
    "  --help, --version\n"
    "\n"
    "  --sql               print the whole statement instead, its structure and settings "
    "included;\n"
    "                      takes the table's columns on standard input: name, type, as\n"
    "                      system.columns or DESCRIBE TABLE give them, in Native, TSV or TSVRaw\n"
    "    --table NAME      the table to read\n"
    "    --shards N        read N hash ranges of the key side by side, to use N cores\n"
    "\n"
    "Exit status: 0 success, 1 bad data or a failed read or write, 2 wrong usage.\n";

/* What the command line says. */
struct command {
    struct period_options options;
    struct period_fold_option folds[MAX_FOLDS];
    struct stream_sql sql;
    struct stream_settings settings;
    const char *keys;
    bool has_gap;
    bool prints_sql;
};

static enum status parse_ticks(const char *text, const char *option, uint64_t *ticks_out,
                               struct err *err)
{
    char *end = NULL;
    unsigned long long ticks = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || ticks > INT64_MAX)
        return err_set(err, STATUS_USAGE, "%s: expected a number of ticks, 0 or more, found '%s'",
                       option, text);
    *ticks_out = ticks;
    return STATUS_OK;
}

static enum status parse_emit(struct command *command, const char *text, struct err *err)
{
    if (strcmp(text, "rows") == 0)
        command->options.emit = PERIOD_EMIT_ROWS;
    else if (strcmp(text, "periods") == 0)
        command->options.emit = PERIOD_EMIT_PERIODS;
    else
        return err_set(err, STATUS_USAGE, "--emit: expected rows or periods, found '%s'", text);
    return STATUS_OK;
}

static enum status add_fold(struct command *command, enum fold_op op, const char *column,
                            struct err *err)
{
    struct period_options *options = &command->options;
    if (options->n_folds == MAX_FOLDS)
        return err_set(err, STATUS_USAGE, "expected at most %d --sum and --moments, found more",
                       MAX_FOLDS);
    options->folds = command->folds;
    options->folds[options->n_folds++] = (struct period_fold_option){op, column};
    return STATUS_OK;
}

static enum status take_max_memory(struct command *command, const char *value, struct err *err)
{
    TRY(program_parse_size(value, &command->settings.max_memory_bytes, err));
    command->sql.max_memory_bytes = command->settings.max_memory_bytes;
    return STATUS_OK;
}

static enum status take_patience(struct command *command, const char *value, struct err *err)
{
    TRY(stream_program_parse_patience(value, &command->settings.patience_s, err));
    command->sql.patience_s = command->settings.patience_s;
    return STATUS_OK;
}

enum {
    OPTION_KEYS = 1,
    OPTION_TIME,
    OPTION_GAP,
    OPTION_MAX_SPAN,
    OPTION_RESTART,
    OPTION_EMIT,
    OPTION_LENGTHS,
    OPTION_SUM,
    OPTION_MOMENTS,
    OPTION_KEYS_UNORDERED,
    OPTION_MAX_MEMORY,
    OPTION_PATIENCE,
    OPTION_HEARTBEAT,
    OPTION_SQL,
    OPTION_TABLE,
    OPTION_SHARDS,
};

static const struct option long_options[] = {
    {"keys", required_argument, NULL, OPTION_KEYS},
    {"time", required_argument, NULL, OPTION_TIME},
    {"gap", required_argument, NULL, OPTION_GAP},
    {"max-span", required_argument, NULL, OPTION_MAX_SPAN},
    {"restart", required_argument, NULL, OPTION_RESTART},
    {"emit", required_argument, NULL, OPTION_EMIT},
    {"lengths", no_argument, NULL, OPTION_LENGTHS},
    {"sum", required_argument, NULL, OPTION_SUM},
    {"moments", required_argument, NULL, OPTION_MOMENTS},
    {"keys-unordered", no_argument, NULL, OPTION_KEYS_UNORDERED},
    {"max-memory", required_argument, NULL, OPTION_MAX_MEMORY},
    {"patience", required_argument, NULL, OPTION_PATIENCE},
    {"heartbeat", no_argument, NULL, OPTION_HEARTBEAT},
    {"sql", no_argument, NULL, OPTION_SQL},
    {"table", required_argument, NULL, OPTION_TABLE},
    {"shards", required_argument, NULL, OPTION_SHARDS},
    {NULL, 0, NULL, 0},
};

static enum status take_option(void *context, int option, const char *value, struct err *err)
{
    struct command *command = context;
    struct period_options *options = &command->options;
    switch (option) {
    case OPTION_KEYS:
        command->keys = value;
        return STATUS_OK;
    case OPTION_TIME:
        options->time = value;
        return STATUS_OK;
    case OPTION_GAP:
        command->has_gap = true;
        return parse_ticks(value, "--gap", &options->rule.gap, err);
    case OPTION_MAX_SPAN:
        return parse_ticks(value, "--max-span", &options->rule.max_span, err);
    case OPTION_RESTART:
        options->restart = value;
        return STATUS_OK;
    case OPTION_EMIT:
        return parse_emit(command, value, err);
    case OPTION_LENGTHS:
        options->lengths = true;
        return STATUS_OK;
    case OPTION_SUM:
        return add_fold(command, FOLD_SUM, value, err);
    case OPTION_MOMENTS:
        return add_fold(command, FOLD_MOMENTS, value, err);
    case OPTION_KEYS_UNORDERED:
        options->keys_unordered = true;
        return STATUS_OK;
    case OPTION_MAX_MEMORY:
        return take_max_memory(command, value, err);
    case OPTION_PATIENCE:
        return take_patience(command, value, err);
    case OPTION_HEARTBEAT:
        command->settings.heartbeat = true;
        return STATUS_OK;
    case OPTION_SQL:
        command->prints_sql = true;
        return STATUS_OK;
    case OPTION_TABLE:
        command->sql.table = value;
        return STATUS_OK;
    case OPTION_SHARDS:
        return stream_program_parse_count(value, "--shards", &command->sql.n_shards, err);
    default:
        return err_set(err, STATUS_USAGE, "expected an option that exists");
    }
}

static enum status check_command(struct command *command, struct err *err)
{
    struct period_options *options = &command->options;
    if (command->keys == NULL || options->time == NULL || !command->has_gap)
        return err_set(err, STATUS_USAGE, "expected --keys, --time and --gap, found no %s",
                       command->keys == NULL   ? "--keys"
                       : options->time == NULL ? "--time"
                                               : "--gap");
    if (options->emit == PERIOD_EMIT_PERIODS && options->lengths)
        return err_set(err, STATUS_USAGE, "--lengths: expected with --emit rows only");
    if (options->emit == PERIOD_EMIT_ROWS && options->n_folds > 0)
        return err_set(err, STATUS_USAGE, "--sum and --moments: expected with --emit periods only");
    if (!command->prints_sql)
        return stream_program_parse_count(command->keys, "--keys", &options->n_keys, err);
    if (command->sql.table == NULL)
        return err_set(err, STATUS_USAGE, "--sql: expected --table, found none");
    return STATUS_OK;
}

static enum status write_sql(void *context, struct buf *statement, struct err *err)
{
    struct command *command = context;
    command->sql.keys = command->keys;
    return period_sql(&command->sql, &command->options, STDIN_FILENO, statement, err);
}

static int print_sql(struct command *command)
{
    return stream_program_sql("period_stream", &command->sql, command->settings.max_memory_bytes,
                              write_sql, command);
}

static int run(const struct command *command)
{
    static struct stream_wires wires;
    struct err err = {0};
    stream_program_open(&wires, &command->settings, period_stream_writes_behind(&command->options));
    enum status status = program_prepare(command->settings.max_memory_bytes, &err);
    if (status == STATUS_OK)
        status = period_stream_run(&command->options, wires.input, wires.output, &err);
    return stream_program_end("period_stream", status, &err, &wires);
}

int main(int argc, char **argv)
{
    struct err err = {0};
    struct command command = {.settings = {PROGRAM_MAX_MEMORY_BYTES, STREAM_PATIENCE_S, false}};
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return program_print("period_stream", "%s\n%s", usage, help);
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return program_print("period_stream", "period_stream (Saltwell) %s\n", SALTWELL_VERSION);
    enum status status =
        stream_program_parse(argc, argv, long_options, take_option, &command, &err);
    if (status == STATUS_OK)
        status = check_command(&command, &err);
    if (status != STATUS_OK)
        return stream_program_misused("period_stream", err.message, usage);
    return command.prints_sql ? print_sql(&command) : run(&command);
}
