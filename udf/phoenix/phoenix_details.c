#include "phoenix_details.h"

#include "native_write.h"
#include "phoenix_time.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static enum status open_file(const struct phoenix_source *source, const char *run, int flags,
                             int *descriptor_out, struct err *err)
{
    char path[PHOENIX_MAX_SETTING_BYTES + 128];
    if (source->details[0] == '\0')
        return err_set(err, STATUS_MISMATCH,
                       "expected a source with a folder for details, found one without");
    (void)snprintf(path, sizeof(path), "%s/%s.jsonl", source->details, run);
    *descriptor_out = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*descriptor_out >= 0)
        return STATUS_OK;
    return err_set(err, STATUS_IO, "cannot open the details of run '%s': %s", run, strerror(errno));
}

enum status phoenix_details_open(const struct phoenix_source *source, const char *run,
                                 int *descriptor_out, struct err *err)
{
    return open_file(source, run, O_WRONLY | O_APPEND | O_CREAT, descriptor_out, err);
}

enum status phoenix_details_find(const struct phoenix_source *source, const char *run,
                                 int *descriptor_out, struct err *err)
{
    return open_file(source, run, O_RDONLY, descriptor_out, err);
}

enum status phoenix_details_add(int descriptor, const struct phoenix_detail *detail,
                                struct err *err)
{
    char from[PHOENIX_TIME_BYTES], to[PHOENIX_TIME_BYTES], line[512];
    if (descriptor < 0)
        return STATUS_OK;
    phoenix_time_print(detail->from_ms, from);
    phoenix_time_print(detail->to_ms, to);
    int n =
        snprintf(line, sizeof(line),
                 "{\"from\": \"%s\", \"to\": \"%s\", \"outcome\": \"%s\", \"reason\": \"%s\", "
                 "\"attempts\": %llu, \"depth\": %llu, \"rows\": %llu, \"milliseconds\": %llu}\n",
                 from, to, detail->outcome, detail->reason == NULL ? "" : detail->reason,
                 (unsigned long long)detail->attempts, (unsigned long long)detail->depth,
                 (unsigned long long)detail->n_rows, (unsigned long long)detail->milliseconds);
    /* In one piece, so that the lines of two processes do not mix. */
    if (write(descriptor, line, (size_t)n) == n)
        return STATUS_OK;
    return err_set(err, STATUS_IO, "cannot write the details: %s", strerror(errno));
}

static enum status append_lines(struct buf *text, struct native_builder *builder, uint64_t *n_rows,
                                struct err *err)
{
    const uint8_t *at = text->data, *end = at + text->size_bytes, *newline = NULL;
    while (at < end && (newline = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        TRY(native_append_string(&builder->parts[0], at, (size_t)(newline - at), err));
        ++*n_rows;
        at = newline + 1;
    }
    return STATUS_OK;
}

static enum status read_all(struct io_input *file, struct buf *text, struct err *err)
{
    enum { PIECE_BYTES = 64 << 10 };
    size_t n = 0;
    do {
        TRY(buf_reserve(text, PIECE_BYTES, err));
        TRY(file->read(file->context, text->data + text->size_bytes, PIECE_BYTES, &n, err));
        text->size_bytes += n;
    } while (n > 0);
    return STATUS_OK;
}

static enum status write_lines(struct io_input *file, struct native_builder *builder,
                               struct buf *text, struct native_writer *writer, struct err *err)
{
    uint64_t n_rows = 0;
    TRY(native_builder_init(builder, "detail", "String", err));
    TRY(native_writer_open(writer, 1, err));
    TRY(read_all(file, text, err));
    TRY(append_lines(text, builder, &n_rows, err));
    TRY(native_writer_begin(writer, 1, n_rows, err));
    TRY(native_writer_add(writer, builder, err));
    TRY(native_writer_flush(writer, err));
    return native_writer_finish(writer, err);
}

enum status phoenix_details_write(struct io_input file, struct io_output output, struct err *err)
{
    struct native_builder builder = {0};
    struct native_writer writer = native_writer_init(output);
    struct buf text = {0};
    enum status status = write_lines(&file, &builder, &text, &writer, err);
    native_writer_free(&writer);
    native_builder_free(&builder);
    buf_free(&text);
    return status;
}
