#include "stream_program.h"

#include "native_read.h"
#include "native_write.h"
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * A message can hold spaces and punctuation only inside a quoted name. The server repeats such a
 * name whole where it is that of an aggregate function, up to 1000 bytes; a final full stop keeps
 * it from reading the end of the message as one of its combinators (-State, -If, -Array).
 */
enum { MAX_NAME_BYTES = 900 };

static enum status append_name(struct buf *type, const char *text, struct err *err)
{
    for (; *text != '\0' && type->size_bytes < MAX_NAME_BYTES; text++) {
        if (*text == '`' || *text == '\\')
            TRY(buf_append_u8(type, '\\', err));
        TRY(buf_append_u8(type, (uint8_t)*text, err));
    }
    return STATUS_OK;
}

static enum status append_type(struct buf *type, const char *executable, const char *message,
                               struct err *err)
{
    static const char before[] = "AggregateFunction(`", after[] = ".`, UInt8)";
    TRY(buf_append(type, before, sizeof(before) - 1, err));
    TRY(append_name(type, executable, err));
    TRY(append_name(type, ": ", err));
    TRY(append_name(type, message, err));
    return buf_append(type, after, sizeof(after) - 1, err);
}

enum status stream_poison(const char *executable, const char *message, struct io_output output,
                          struct err *err)
{
    static const uint8_t one_column_one_row[] = {1, 1, 1, 'x'};
    struct buf type = {0}, block = {0};
    enum status status = append_type(&type, executable, message, err);
    if (status == STATUS_OK)
        status = buf_append(&block, one_column_one_row, sizeof(one_column_one_row), err);
    if (status == STATUS_OK)
        status = buf_append_varuint(&block, type.size_bytes, err);
    if (status == STATUS_OK)
        status = buf_append(&block, type.data, type.size_bytes, err);
    if (status == STATUS_OK)
        status = buf_append_u8(&block, 0, err);
    struct iovec part = {block.data, block.size_bytes};
    if (status == STATUS_OK)
        status = output.write(output.context, &part, 1, err);
    if (status == STATUS_OK)
        status = io_wait(&output, err);
    buf_free(&type);
    buf_free(&block);
    return status;
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
}

int stream_program_end(const char *executable, enum status status, struct err *err,
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

/* A failure to write leaves the exit status and standard error. */
static void poison(const char *executable, const char *message)
{
    struct io_output output = io_output_of_descriptor(STDOUT_FILENO);
    if (stream_poison(executable, message, output, NULL) == STATUS_OK)
        io_drain(STDIN_FILENO, DRAIN_MS);
}

static bool is_at_terminal(void)
{
    return isatty(STDIN_FILENO) || isatty(STDOUT_FILENO);
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

int stream_program_sql(const char *executable, struct stream_sql *sql, size_t max_memory_bytes,
                       enum status (*write)(void *command, struct buf *statement, struct err *err),
                       void *command)
{
    struct err err = {0};
    struct buf statement = {0};
    bool at_terminal = is_at_terminal(); /* the sandbox cannot ask any more */
    enum status status = program_prepare(max_memory_bytes, &err);
    if (status == STATUS_OK)
        status = write(command, &statement, &err);
    if (status == STATUS_OK)
        status = sql->is_native ? print_native(&statement, &err) : print_text(&statement, &err);
    buf_free(&statement);
    stream_sql_free(sql);
    if (status == STATUS_OK)
        return PROGRAM_OK;
    program_complain(executable, err.message);
    if (!at_terminal)
        poison(executable, err.message);
    return status == STATUS_USAGE ? PROGRAM_USAGE : PROGRAM_FAILED;
}

int stream_program_misused(const char *executable, const char *message, const char *usage)
{
    program_complain(executable, message);
    fputs(usage, stderr);
    if (!is_at_terminal())
        poison(executable, message);
    return PROGRAM_USAGE;
}

enum status stream_program_parse(int argc, char **argv, const struct option *options,
                                 enum status (*take)(void *command, int option, const char *value,
                                                     struct err *err),
                                 void *command, struct err *err)
{
    opterr = 0;
    for (;;) {
        int at = optind;
        int option = getopt_long(argc, argv, "", options, NULL);
        if (option == -1)
            break;
        if (option == '?')
            return err_set(err, STATUS_USAGE, "expected an option and its value, found '%s'",
                           argv[at]);
        TRY(take(command, option, optarg, err));
    }
    if (optind < argc)
        return err_set(err, STATUS_USAGE, "expected options only, found '%s'", argv[optind]);
    return STATUS_OK;
}

enum status stream_program_parse_count(const char *text, const char *option, size_t *count_out,
                                       struct err *err)
{
    char *end = NULL;
    unsigned long long count = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || count == 0 || count > NATIVE_MAX_COLUMNS)
        return err_set(err, STATUS_USAGE, "%s: expected a number of 1 to %d, found '%s'", option,
                       NATIVE_MAX_COLUMNS, text);
    *count_out = (size_t)count;
    return STATUS_OK;
}

enum status stream_program_parse_patience(const char *text, unsigned *patience_s_out,
                                          struct err *err)
{
    char *end = NULL;
    unsigned long long seconds = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || seconds == 0 ||
        seconds > STREAM_MAX_PATIENCE_S)
        return err_set(err, STATUS_USAGE,
                       "--patience: expected a number of seconds of 1 to %d, found '%s'",
                       STREAM_MAX_PATIENCE_S, text);
    *patience_s_out = (unsigned)seconds;
    return STATUS_OK;
}
