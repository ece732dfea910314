#include "stream_program.h"

#include "program.h"

#include <stdio.h>
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
    buf_free(&type);
    buf_free(&block);
    return status;
}

int stream_program_end(const char *executable, enum status status, const struct err *err,
                       struct io_output output)
{
    if (status == STATUS_OK)
        return PROGRAM_OK;
    program_complain(executable, err->message);
    /* Where the output itself has failed, the exit status and standard error are all there is. */
    if (status != STATUS_IO)
        status = stream_poison(executable, err->message, output, NULL);
    return PROGRAM_FAILED;
}

int stream_program_print(const char *executable, enum status status, const struct err *err,
                         const struct buf *statement)
{
    if (status == STATUS_OK)
        return program_print(executable, "%.*s", (int)statement->size_bytes,
                             (const char *)statement->data);
    program_complain(executable, err->message);
    return status == STATUS_USAGE ? PROGRAM_USAGE : PROGRAM_FAILED;
}

int stream_program_misused(const char *executable, const char *message, const char *usage)
{
    program_complain(executable, message);
    fputs(usage, stderr);
    if (!isatty(STDOUT_FILENO)) {
        /* A failure to write leaves the exit status and standard error. */
        enum status status =
            stream_poison(executable, message, io_output_of_descriptor(STDOUT_FILENO), NULL);
        (void)status;
    }
    return PROGRAM_USAGE;
}
