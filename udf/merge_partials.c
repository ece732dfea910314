/* merge_partials: the second level of a two-level aggregation, for executable(). The computation is
 * in stream/merge_partials. */
#include "merge_partials.h"
#include "merge_sql.h"
#include "program.h"
#include "stream_program.h"
#include "version.h"

#include <unistd.h>

enum { MAX_OPS = 256 };

static const char usage[] = "usage: merge_partials --keys N [options]\n"
                            "       merge_partials --sql --table NAME --keys NAME,... [options]\n"
                            "       merge_partials --help | --version\n";

static const char help[] =
    "Merges the adjacent rows of a stream that have equal keys into one row.\n"
    "ClickHouse starts it: SELECT ... FROM executable('merge_partials ...', Native, ...)\n"
    "\n"
    "  --keys N            the first N columns are the key, of any type\n"
    "  --op NAME=OP        how the column NAME merges: sum, min, max, any or last. By default:\n"
    "                      numbers are summed (an integer that overflows is an error),\n"
    "                      Tuple(n UInt64, mean Float64, m2 Float64) merges as a Welford state,\n"
    "                      AggregateFunction(varSampStable, Float64) as the same,\n"
    "                      SimpleAggregateFunction(f, T) by its f,\n"
    "                      String as the activity or exact state that it holds;\n"
    "                      other types need an --op\n"
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
    struct merge_options options;
    struct merge_op ops[MAX_OPS];
    char names[MAX_OPS][256]; /* of the ops' columns */
    struct stream_sql sql;
    struct stream_settings settings;
    const char *keys;
    bool prints_sql;
};

static enum status add_op(struct command *command, const char *value, struct err *err)
{
    struct merge_options *options = &command->options;
    const char *equals = strrchr(value, '=');
    enum fold_op op = FOLD_BY_TYPE;
    if (equals == NULL || !fold_op_of_name(equals + 1, strlen(equals + 1), &op))
        return err_set(err, STATUS_USAGE,
                       "--op: expected NAME=sum, min, max, any or last, found '%s'", value);
    size_t name_bytes = (size_t)(equals - value);
    if (options->n_ops == MAX_OPS || name_bytes >= sizeof(command->names[0]))
        return err_set(err, STATUS_USAGE, "--op: expected at most %d, with names below 256 bytes",
                       MAX_OPS);
    char *name = command->names[options->n_ops];
    memcpy(name, value, name_bytes);
    name[name_bytes] = '\0';
    command->ops[options->n_ops++] = (struct merge_op){name, op};
    options->ops = command->ops;
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
    OPTION_OP,
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
    {"op", required_argument, NULL, OPTION_OP},
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
    switch (option) {
    case OPTION_KEYS:
        command->keys = value;
        return STATUS_OK;
    case OPTION_OP:
        return add_op(command, value, err);
    case OPTION_KEYS_UNORDERED:
        command->options.keys_unordered = true;
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
    if (command->keys == NULL)
        return err_set(err, STATUS_USAGE, "expected --keys, found none");
    if (!command->prints_sql)
        return stream_program_parse_count(command->keys, "--keys", &command->options.n_keys, err);
    if (command->sql.table == NULL)
        return err_set(err, STATUS_USAGE, "--sql: expected --table, found none");
    return STATUS_OK;
}

static enum status write_sql(void *context, struct buf *statement, struct err *err)
{
    struct command *command = context;
    command->sql.keys = command->keys;
    return merge_sql(&command->sql, &command->options, STDIN_FILENO, statement, err);
}

static int print_sql(struct command *command)
{
    return stream_program_sql("merge_partials", &command->sql, command->settings.max_memory_bytes,
                              write_sql, command);
}

static int run(const struct command *command)
{
    static struct stream_wires wires;
    struct err err = {0};
    stream_program_open(&wires, &command->settings, false);
    enum status status = program_prepare(command->settings.max_memory_bytes, &err);
    if (status == STATUS_OK)
        status = merge_partials_run(&command->options, wires.input, wires.output, &err);
    return stream_program_end("merge_partials", status, &err, &wires);
}

int main(int argc, char **argv)
{
    static struct command command;
    struct err err = {0};
    command.settings = (struct stream_settings){PROGRAM_MAX_MEMORY_BYTES, STREAM_PATIENCE_S, false};
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return program_print("merge_partials", "%s\n%s", usage, help);
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return program_print("merge_partials", "merge_partials (Saltwell) %s\n", SALTWELL_VERSION);
    enum status status =
        stream_program_parse(argc, argv, long_options, take_option, &command, &err);
    if (status == STATUS_OK)
        status = check_command(&command, &err);
    if (status != STATUS_OK)
        return stream_program_misused("merge_partials", err.message, usage);
    return command.prints_sql ? print_sql(&command) : run(&command);
}
