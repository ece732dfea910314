#include "period_stream.h"

#include "fill.h"
#include "period_distinct.h"
#include "stream_column.h"

enum status period_builder_init(struct native_builder *builder, const struct native_block *block,
                                const char *name, const char *type, struct err *err)
{
    if (stream_has_column(block, name))
        return err_set(err, STATUS_MISMATCH,
                       "expected no column '%s' in the input: it is one of the output", name);
    return native_builder_init(builder, name, type, err);
}

enum status period_columns_open(struct period_columns *columns, const struct native_block *block,
                                struct err *err)
{
    TRY(period_builder_init(&columns->ids, block, "period_id", "UInt64", err));
    TRY(period_builder_init(&columns->numbers, block, "period_number", "UInt32", err));
    return period_builder_init(&columns->is_first, block, "is_first_in_period", "UInt8", err);
}

void period_columns_free(struct period_columns *columns)
{
    native_builder_free(&columns->ids);
    native_builder_free(&columns->numbers);
    native_builder_free(&columns->is_first);
}

static enum status extend(struct native_builder *builder, size_t size_bytes, struct err *err)
{
    uint8_t *values = NULL;
    native_builder_reset(builder);
    return buf_extend(&builder->parts[0], size_bytes, &values, err);
}

enum status period_columns_extend(struct period_columns *columns, uint64_t n_rows, struct err *err)
{
    TRY(extend(&columns->ids, (size_t)n_rows * 8, err));
    TRY(extend(&columns->numbers, (size_t)n_rows * 4, err));
    TRY(extend(&columns->is_first, (size_t)n_rows, err));
    memset(columns->is_first.parts[0].data, 0, (size_t)n_rows);
    return STATUS_OK;
}

static enum status add_columns(struct period_stream *stream, const struct buf *header,
                               const struct native_builder *more, size_t n_more, struct err *err)
{
    struct native_writer *writer = &stream->writer;
    TRY(native_writer_begin(writer, stream->n_columns_out, 0, err));
    TRY(native_writer_add_bytes(writer, header->data, header->size_bytes, err));
    TRY(native_writer_add(writer, &stream->columns.ids, err));
    TRY(native_writer_add(writer, &stream->columns.numbers, err));
    TRY(native_writer_add(writer, &stream->columns.is_first, err));
    for (size_t i = 0; i < n_more; i++)
        TRY(native_writer_add(writer, &more[i], err));
    return STATUS_OK;
}

enum status period_announce_rows(struct period_stream *stream, const struct native_block *block,
                                 const struct native_builder *more, size_t n_more, struct err *err)
{
    struct buf header = {0};
    enum status status = stream_append_header(&header, block, err);
    if (status == STATUS_OK)
        status = add_columns(stream, &header, more, n_more, err);
    if (status == STATUS_OK)
        status = native_writer_announce(&stream->writer, err);
    buf_free(&header);
    return status;
}

static bool is_flag(const struct native_type *type)
{
    return type->class == NATIVE_CLASS_BOOL ||
           (native_type_is(type, NATIVE_CLASS_INTEGER, 1) && type->order == NATIVE_ORDER_UNSIGNED);
}

/* Checks that the named column is of a kind that the option can use. */
static enum status find_typed(const struct native_block *block, const char *name,
                              const char *option, bool (*suits)(const struct native_type *type),
                              const char *expected, size_t *column_out, struct err *err)
{
    TRY(stream_find_column(block, name, option, column_out, err));
    const struct native_type *type = native_type_root(&block->columns[*column_out].type);
    if (!suits(type))
        return err_set(err, STATUS_MISMATCH, "%s: expected column '%s' of %s, found %.*s", option,
                       name, expected, (int)type->text_bytes, type->text);
    return STATUS_OK;
}

static enum status open_stream(struct period_stream *stream, const struct native_block *block,
                               struct err *err)
{
    const struct period_options *options = stream->options;
    if (options->n_keys > block->n_columns)
        return err_set(err, STATUS_MISMATCH,
                       "--keys %zu: expected at least so many columns, found %zu", options->n_keys,
                       block->n_columns);
    TRY(find_typed(block, options->time, "--time", stream_type_is_time,
                   "an integer, date or time type", &stream->time, err));
    if (options->restart != NULL)
        TRY(find_typed(block, options->restart, "--restart", is_flag, "type UInt8 or Bool",
                       &stream->restart, err));
    return stream->emitter->open(stream, block, err);
}

static enum status start_period(struct period_stream *stream, int64_t tick, struct err *err)
{
    if (stream->run.number == UINT32_MAX)
        return err_set(err, STATUS_LIMIT, "expected at most %u periods of a key, found more",
                       UINT32_MAX);
    period_run_start(&stream->run, tick, 1);
    stream->id = period_id_of_bytes(stream->key.value.data, stream->key.value.size_bytes, tick);
    return STATUS_OK;
}

/* The first row of a period: the one before it ends, and with it perhaps its key. */
static enum status cross_boundary(struct period_stream *stream, const struct native_block *block,
                                  uint64_t row, int64_t tick, struct err *err)
{
    if (stream->run.number > 0 && stream->emitter->close_period != NULL)
        TRY(stream->emitter->close_period(stream, block, row, err));
    if (stream_key_changes_at(&stream->key, row)) {
        TRY(stream_key_enter(&stream->key, block, row, err));
        stream->run.number = 0;
    }
    return start_period(stream, tick, err);
}

/* Adds rows [begin, end) to the open period. Distinct ticks are counted where a period's end is
 * waited for. */
static inline void extend_period(struct period_stream *stream, const struct stream_ticks *ticks,
                                 size_t begin, size_t end)
{
    struct period_run *run = &stream->run;
    if (begin == end)
        return;
    run->length += end - begin;
    if (stream->emitter->close_period != NULL)
        run->unique_length += period_distinct_count(&stream->differs, begin, end);
    run->last = stream_tick(ticks, end - 1);
}

/* Writes the open period's id and number to rows [begin, end) of a block of n. */
MULTIVERSIONED static void fill_columns(struct period_stream *stream, size_t begin, size_t end,
                                        size_t n)
{
    fill_u64(stream->columns.ids.parts[0].data, begin, end, n, stream->id);
    fill_u32(stream->columns.numbers.parts[0].data, begin, end, n, (uint32_t)stream->run.number);
}

/* Takes the periods of a cut one by one. *row_out is where a failure happened. */
static enum status take_periods(struct period_stream *stream, const struct native_block *block,
                                const struct stream_ticks *ticks, uint64_t *row_out,
                                struct err *err)
{
    const uint32_t *starts = (const uint32_t *)(const void *)stream->starts.rows.data;
    bool emits_rows = stream->options->emit == PERIOD_EMIT_ROWS;
    extend_period(stream, ticks, 0, starts[0]);
    if (emits_rows)
        fill_columns(stream, 0, starts[0], ticks->n);
    for (size_t p = 0; p < stream->starts.n; p++) {
        size_t begin = starts[p], end = starts[p + 1];
        *row_out = begin;
        TRY(cross_boundary(stream, block, begin, stream_tick(ticks, begin), err));
        extend_period(stream, ticks, begin + 1, end);
        if (emits_rows) {
            fill_columns(stream, begin, end, ticks->n);
            stream->columns.is_first.parts[0].data[begin] = 1;
        }
    }
    return STATUS_OK;
}

/* The rows before the first tick that is no int64, all of them as a rule. */
static enum status load_rows(struct period_stream *stream, const struct native_block *block,
                             struct period_rows *rows, struct err *err)
{
    const struct native_column *times = &block->columns[stream->time];
    *rows = (struct period_rows){.ticks = stream_ticks_of(times)};
    TRY(stream_key_mark(&stream->key, block, err));
    if (stream->emitter->close_period != NULL)
        TRY(period_distinct_mark(&stream->differs, times, &rows->ticks, stream->run.last, err));
    if (stream->options->rule.max_span > 0)
        TRY(stream_ticks_widen(&rows->ticks, &stream->ticks, err));
    rows->changed = stream->key.changed.data;
    if (stream->options->restart != NULL)
        rows->restarts = native_column_nodes(&block->columns[stream->restart])->data;
    return STATUS_OK;
}

static enum status refuse_tick(const struct period_stream *stream, int64_t tick, struct err *err)
{
    return err_set(err, STATUS_FORMAT,
                   "--time %s: expected times in ascending order, found %lld behind %lld",
                   stream->options->time, (long long)tick, (long long)stream->run.last);
}

/* The tick, the first of the block that is no int64, is named with its own key. */
static enum status refuse_large_tick(struct period_stream *stream, const struct native_block *block,
                                     uint64_t row, struct err *err)
{
    const uint8_t *ticks = native_column_nodes(&block->columns[stream->time])->data;
    if (stream_key_changes_at(&stream->key, row))
        TRY(stream_key_enter(&stream->key, block, row, err));
    return err_set(err, STATUS_LIMIT, "--time %s: expected a time of at most 2^63 - 1, found %llu",
                   stream->options->time, (unsigned long long)load_u64(ticks + row * 8));
}

/* Scans a block; *row_out is where a failure happened. */
static enum status scan_rows(struct period_stream *stream, const struct native_block *block,
                             uint64_t *row_out, struct err *err)
{
    struct period_rows rows;
    size_t n_rows = 0;
    TRY(load_rows(stream, block, &rows, err));
    TRY(period_cut(&rows, &stream->options->rule, &stream->run, &stream->starts, &n_rows, err));
    TRY(stream->emitter->begin_block(stream, block, err));
    TRY(take_periods(stream, block, &rows.ticks, row_out, err));
    *row_out = n_rows;
    if (n_rows < rows.ticks.n)
        return refuse_tick(stream, stream_tick(&rows.ticks, n_rows), err);
    if (n_rows < block->n_rows)
        return refuse_large_tick(stream, block, n_rows, err);
    return stream->emitter->end_block(stream, block, err);
}

static enum status scan_block(struct period_stream *stream, const struct native_block *block,
                              struct err *err)
{
    uint64_t row = 0;
    enum status status = scan_rows(stream, block, &row, err);
    if (status != STATUS_OK)
        return stream_key_locate(&stream->key, block, stream->n_rows_before + row + 1, status, err);
    stream->n_rows_before += block->n_rows;
    return STATUS_OK;
}

/* The last block stays where it is until the reader is asked again, so the end can still name the
 * columns of the last period's key. */
static enum status end_stream(struct period_stream *stream, struct err *err)
{
    const struct native_block *block = &stream->reader.block;
    if (stream->run.number == 0)
        return STATUS_OK;
    enum status status = STATUS_OK;
    if (stream->emitter->close_period != NULL)
        status = stream->emitter->close_period(stream, block, block->n_rows, err);
    if (status == STATUS_OK)
        status = stream->emitter->end(stream, err);
    return status == STATUS_OK
               ? STATUS_OK
               : stream_key_locate(&stream->key, block, stream->n_rows_before, status, err);
}

/* Memory that runs out while a block is read is that of the open period's rows as a rule, so its
 * key is named. The key's columns are as they were unless the block brought others. */
static enum status read_block(struct period_stream *stream, const struct native_block **block_out,
                              struct err *err)
{
    enum status status = native_read_block(&stream->reader, block_out, err);
    if (status != STATUS_NOMEM || !stream->key.is_open || stream->reader.block.header_changed)
        return status;
    return stream_key_locate(&stream->key, &stream->reader.block, stream->n_rows_before + 1, status,
                             err);
}

static enum status run_blocks(struct period_stream *stream, struct err *err)
{
    for (bool is_first = true;; is_first = false) {
        const struct native_block *block = NULL;
        TRY(read_block(stream, &block, err));
        if (block == NULL)
            return end_stream(stream, err);
        TRY(stream_check_header(block, is_first, err));
        if (is_first)
            TRY(open_stream(stream, block, err));
        if (block->n_rows > 0)
            TRY(native_writer_open(&stream->writer, stream->n_columns_out, err));
        TRY(scan_block(stream, block, err));
    }
}

static const struct period_emitter *choose_emitter(const struct period_options *options)
{
    if (options->emit == PERIOD_EMIT_PERIODS)
        return &period_list_emitter;
    return options->lengths ? &period_wait_emitter : &period_rows_emitter;
}

bool period_stream_writes_behind(const struct period_options *options)
{
    return choose_emitter(options)->writes_behind;
}

enum status period_stream_run(const struct period_options *options, struct io_input input,
                              struct io_output output, struct err *err)
{
    struct period_stream stream = {
        .options = options,
        .emitter = choose_emitter(options),
        .reader = native_reader_init(input, options->n_keys),
        .writer = native_writer_init(output),
        .key = {.n_columns = options->n_keys, .any_order = options->keys_unordered},
    };
    stream.reader.keeps_last = stream.emitter->writes_behind;
    enum status status = run_blocks(&stream, err);
    enum status written = native_writer_finish(&stream.writer, status == STATUS_OK ? err : NULL);
    period_columns_free(&stream.columns);
    period_columns_free(&stream.written);
    period_wait_free(stream.wait);
    period_list_free(stream.list);
    buf_free(&stream.ticks);
    buf_free(&stream.differs);
    period_starts_free(&stream.starts);
    stream_key_free(&stream.key);
    native_writer_free(&stream.writer);
    native_reader_free(&stream.reader);
    return status == STATUS_OK ? written : status;
}
