/* --emit rows: a block goes out as soon as it is scanned, while the next one is read and scanned.
 */
#include "period_stream.h"

static enum status open_rows(struct period_stream *stream, const struct native_block *block,
                             struct err *err)
{
    stream->n_columns_out = block->n_columns + PERIOD_N_COLUMNS;
    TRY(period_columns_open(&stream->columns, block, err));
    TRY(period_columns_open(&stream->written, block, err));
    return period_announce_rows(stream, block, NULL, 0, err);
}

static enum status begin_block(struct period_stream *stream, const struct native_block *block,
                               struct err *err)
{
    struct period_columns free_ones = stream->written;
    stream->written = stream->columns;
    stream->columns = free_ones;
    return period_columns_extend(&stream->columns, block->n_rows, err);
}

static enum status end_block(struct period_stream *stream, const struct native_block *block,
                             struct err *err)
{
    struct native_writer *writer = &stream->writer;
    TRY(native_writer_begin(writer, stream->n_columns_out, block->n_rows, err));
    TRY(native_writer_add_block(writer, block, err));
    TRY(native_writer_add(writer, &stream->columns.ids, err));
    TRY(native_writer_add(writer, &stream->columns.numbers, err));
    TRY(native_writer_add(writer, &stream->columns.is_first, err));
    return native_writer_flush(writer, err);
}

static enum status end(struct period_stream *stream, struct err *err)
{
    (void)stream;
    (void)err;
    return STATUS_OK;
}

const struct period_emitter period_rows_emitter = {.writes_behind = true,
                                                   .open = open_rows,
                                                   .begin_block = begin_block,
                                                   .end_block = end_block,
                                                   .end = end};
