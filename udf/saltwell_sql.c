/* saltwell_sql: writes the statements that run period_stream and merge_partials. What is in them is
 * in sql/. */
#include "merge_command.h"
#include "native_write.h"
#include "period_command.h"
#include "program.h"
#include "sql_merge.h"
#include "sql_period.h"
#include "stream_program.h"
#include "version.h"

#include <unistd.h>

static const char usage[] =
    "usage: saltwell_sql period_stream --table NAME --keys NAME,... --time NAME --gap TICKS "
    "[options]\n"
    "       saltwell_sql merge_partials --table NAME --keys NAME,... [options]\n"
    "       saltwell_sql --help | --version\n";

static const char help[] =
    "Writes the whole statement that runs the program on a table, its structure and settings\n"
    "included. Takes the table's columns on standard input: name, type and perhaps default_kind,\n"
    "as system.columns or DESCRIBE TABLE give them, in Native, TSV or TSVRaw.\n"
    "\n"
    "  --table NAME        the table to read\n"
    "  --keys NAME,...     the columns of the key\n"
    "  --ties NAME         period_stream: rows of one key and time in the order of this column\n"
    "  --shards N          read N hash ranges of the key side by side, to use N cores\n"
    "  --cluster NAME      run it on every shard of this cluster, on the shard's own rows; rows "
    "of\n"
    "                      one key must be on one shard\n"
    "  --check-exit-code   for INSERT ... SELECT: the answer waits for the program's exit status\n"
    "  --help, --version\n"
    "\n"
    "The other options are those of the program: period_stream --help, merge_partials --help.\n"
    "A table function calls it, too, and gets the statement as the one column of a row:\n"
    "  SELECT statement FROM executable('saltwell_sql ...', Native, 'statement String',\n"
    "      (SELECT name, type FROM system.columns WHERE ...)) FORMAT TSVRaw\n"
    "\n"
    "Exit status: 0 success, 1 bad data or a failed read or write, 2 wrong usage.\n";

/* What the command line says. */
struct command {
    const struct subcommand *subcommand;
    struct period_command period;
    struct merge_command merge;
    struct stream_settings settings; /* 0 where nothing was said */
    struct sql_request request;
};

/* A program for which a statement is written. */
struct subcommand {
    const char *name;
    struct options (*options)(struct command *command);
    /* Gives --keys. */
    enum status (*check)(const struct command *command, const char **keys_out, struct err *err);
    enum status (*write)(const struct command *command, struct buf *statement, struct err *err);
};

static struct options period_options(struct command *command)
{
    return period_command_options(&command->period);
}

static enum status check_period(const struct command *command, const char **keys_out,
                                struct err *err)
{
    *keys_out = command->period.keys;
    return period_command_check(&command->period, err);
}

static enum status write_period(const struct command *command, struct buf *statement,
                                struct err *err)
{
    return sql_period(&command->request, &command->period.options, statement, err);
}

static struct options merge_options(struct command *command)
{
    return merge_command_options(&command->merge);
}

static enum status check_merge(const struct command *command, const char **keys_out,
                               struct err *err)
{
    *keys_out = command->merge.keys;
    if (command->request.ties != NULL)
        return err_set(err, STATUS_USAGE, "--ties: expected period_stream, found merge_partials");
    return merge_command_check(&command->merge, err);
}

static enum status write_merge(const struct command *command, struct buf *statement,
                               struct err *err)
{
    return sql_merge(&command->request, &command->merge.options, statement, err);
}

static const struct subcommand subcommands[] = {
    {"period_stream", period_options, check_period, write_period},
    {"merge_partials", merge_options, check_merge, write_merge},
};

enum { OPTION_TABLE, OPTION_TIES, OPTION_SHARDS, OPTION_CLUSTER, OPTION_CHECK_EXIT_CODE };

static enum status take_option(void *context, int option, const char *value, struct err *err)
{
    enum { MAX_RANGES = 65536 };
    struct sql_request *request = context;
    switch (option) {
    case OPTION_TABLE:
        request->from = value;
        return STATUS_OK;
    case OPTION_TIES:
        request->ties = value;
        return STATUS_OK;
    case OPTION_SHARDS:
        return options_number("--shards", value, "a number", 1, MAX_RANGES, &request->n_ranges,
                              err);
    case OPTION_CLUSTER:
        request->cluster = value;
        return STATUS_OK;
    default: /* OPTION_CHECK_EXIT_CODE */
        request->check_exit_code = true;
        return STATUS_OK;
    }
}

static enum status find_subcommand(const char *name, const struct subcommand **subcommand_out,
                                   struct err *err)
{
    for (size_t i = 0; i < sizeof(subcommands) / sizeof(*subcommands); i++) {
        if (strcmp(name, subcommands[i].name) == 0) {
            *subcommand_out = &subcommands[i];
            return STATUS_OK;
        }
    }
    return err_set(err, STATUS_USAGE, "expected period_stream or merge_partials first, found '%s'",
                   name);
}

static enum status read_command(struct command *command, int argc, char **argv,
                                const char **keys_out, struct err *err)
{
    static const struct option list[] = {
        {"table", required_argument, NULL, OPTION_TABLE},
        {"ties", required_argument, NULL, OPTION_TIES},
        {"shards", required_argument, NULL, OPTION_SHARDS},
        {"cluster", required_argument, NULL, OPTION_CLUSTER},
        {"check-exit-code", no_argument, NULL, OPTION_CHECK_EXIT_CODE},
        {0},
    };
    TRY(find_subcommand(argc > 1 ? argv[1] : "", &command->subcommand, err));
    const struct options options[] = {
        {list, take_option, &command->request, false},
        command->subcommand->options(command),
        stream_settings_options(&command->settings),
    };
    TRY(options_parse(argc - 1, argv + 1, options, 3, err));
    TRY(command->subcommand->check(command, keys_out, err));
    if (command->request.from == NULL)
        return err_set(err, STATUS_USAGE, "expected --table, found none");
    command->request.max_memory_bytes = command->settings.max_memory_bytes;
    command->request.patience_s = command->settings.patience_s;
    command->request.stats = command->settings.stats;
    return STATUS_OK;
}

static enum status print_native(const struct buf *statement, struct err *err)
{
    struct native_writer writer = native_writer_init(io_output_of_descriptor(STDOUT_FILENO));
    struct native_builder column = {0};
    enum status status = native_builder_init(&column, "statement", "String", err);
    if (status == STATUS_OK)
        /* Without the end of its last line: FORMAT TSVRaw puts one. */
        status =
            native_append_string(column.parts, statement->data, statement->size_bytes - 1, err);
    if (status == STATUS_OK)
        status = native_writer_begin(&writer, 1, 1, err);
    if (status == STATUS_OK)
        status = native_writer_add(&writer, &column, err);
    if (status == STATUS_OK)
        status = native_writer_flush(&writer, err);
    native_builder_free(&column);
    native_writer_free(&writer);
    return status;
}

static enum status print_text(const struct buf *statement, struct err *err)
{
    struct io_output output = io_output_of_descriptor(STDOUT_FILENO);
    struct iovec part = {statement->data, statement->size_bytes};
    return output.write(output.context, &part, 1, err);
}

/* The statement goes out as the table's columns came. */
static enum status run(struct command *command, const char *keys, struct err *err)
{
    struct sql_table table = {0};
    struct buf statement = {0};
    command->request.table = &table;
    enum status status = program_prepare(PROGRAM_MAX_MEMORY_BYTES, err);
    if (status == STATUS_OK)
        status = sql_table_read(&table, STDIN_FILENO, keys, err);
    if (status == STATUS_OK)
        status = command->subcommand->write(command, &statement, err);
    if (status == STATUS_OK)
        status = table.is_native ? print_native(&statement, err) : print_text(&statement, err);
    buf_free(&statement);
    sql_table_free(&table);
    return status;
}

int main(int argc, char **argv)
{
    static struct command command;
    const char *keys = NULL;
    struct err err = {0};
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return program_print("saltwell_sql", "%s\n%s", usage, help);
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return program_print("saltwell_sql", "saltwell_sql (Saltwell) %s\n", SALTWELL_VERSION);
    if (read_command(&command, argc, argv, &keys, &err) != STATUS_OK)
        return stream_program_misused("saltwell_sql", err.message, usage);
    bool at_terminal = stream_program_is_at_terminal(); /* the sandbox cannot ask any more */
    enum status status = run(&command, keys, &err);
    if (status == STATUS_OK)
        return PROGRAM_OK;
    program_complain("saltwell_sql", err.message);
    struct io_output output = io_output_of_descriptor(STDOUT_FILENO);
    if (!at_terminal && stream_poison("saltwell_sql", err.message, output, NULL) != STATUS_OK)
        return PROGRAM_FAILED;
    return status == STATUS_USAGE ? PROGRAM_USAGE : PROGRAM_FAILED;
}
