#include "period_scan.h"

#include "fill.h"
#include "mem.h"
#include "period_emitter.h"
#include "periods_cut.h"
#include "stream_column.h"

struct period_stream {
    struct period_scan scan;
    const struct period_emitter *emitter;
    struct native_reader reader;
    uint64_t n_rows_before; /* the block */
    size_t restart;         /* column, where there is --restart */
    struct period_starts starts;
};

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
    const struct period_options *options = stream->scan.options;
    if (options->n_keys > block->n_columns)
        return err_set(err, STATUS_MISMATCH,
                       "--keys %zu: expected at least so many columns, found %zu", options->n_keys,
                       block->n_columns);
    TRY(find_typed(block, options->time, "--time", stream_type_is_time,
                   "an integer, date or time type", &stream->scan.time, err));
    if (options->restart != NULL)
        TRY(find_typed(block, options->restart, "--restart", is_flag, "type UInt8 or Bool",
                       &stream->restart, err));
    TRY(mem_take_zeros(1, stream->emitter->state_bytes, &stream->scan.state, err));
    return stream->emitter->open(&stream->scan, block, err);
}

static enum status start_period(struct period_stream *stream, int64_t tick, struct err *err)
{
    if (stream->scan.run.number == UINT32_MAX)
        return err_set(err, STATUS_LIMIT, "expected at most %u periods of a key, found more",
                       UINT32_MAX);
    period_run_start(&stream->scan.run, tick, 1);
    stream->scan.id =
        period_id_of_bytes(stream->scan.key.value.data, stream->scan.key.value.size_bytes, tick);
    return STATUS_OK;
}

/* The first row of a period: the one before it ends, and with it perhaps its key. */
static enum status cross_boundary(struct period_stream *stream, const struct native_block *block,
                                  uint64_t row, int64_t tick, struct err *err)
{
    if (stream->scan.run.number > 0 && stream->emitter->close_period != NULL)
        TRY(stream->emitter->close_period(&stream->scan, block, row, err));
    if (stream_key_changes_at(&stream->scan.key, row)) {
        TRY(stream_key_enter(&stream->scan.key, block, row, err));
        stream->scan.run.number = 0;
    }
    return start_period(stream, tick, err);
}

/* Adds rows [begin, end) to the open period, with n_distinct distinct ticks that it did not have.
 */
static inline void extend_period(struct period_stream *stream, const struct tick_column *ticks,
                                 size_t begin, size_t end, uint32_t n_distinct)
{
    struct period_run *run = &stream->scan.run;
    if (begin == end)
        return;
    run->length += end - begin;
    run->unique_length += n_distinct;
    run->last = tick_at(ticks, end - 1);
}

/* Writes the open period's id and number to rows [begin, end) of a block of n. */
MULTIVERSIONED static void fill_columns(const struct period_scan *scan, size_t begin, size_t end,
                                        size_t n)
{
    const struct period_columns *columns = scan->columns;
    fill_u64(columns->ids.parts[0].data, begin, end, n, scan->id);
    fill_u32(columns->numbers.parts[0].data, begin, end, n, (uint32_t)scan->run.number);
}

/* Takes the periods of a cut one by one. *row_out is where a failure happened. */
static enum status take_periods(struct period_stream *stream, const struct native_block *block,
                                const struct tick_column *ticks, uint64_t *row_out, struct err *err)
{
    const struct period_starts *starts = &stream->starts;
    const uint32_t *position = starts->position, *distinct = starts->distinct;
    const struct period_columns *columns = stream->scan.columns;
    uint8_t *is_first = columns == NULL ? NULL : columns->is_first.parts[0].data;
    extend_period(stream, ticks, 0, position[0], distinct == NULL ? 0 : distinct[0]);
    if (is_first != NULL)
        fill_columns(&stream->scan, 0, position[0], ticks->n);
    for (size_t p = 0; p < starts->n_periods; p++) {
        size_t begin = position[p], end = position[p + 1];
        *row_out = begin;
        TRY(cross_boundary(stream, block, begin, tick_at(ticks, begin), err));
        extend_period(stream, ticks, begin + 1, end,
                      distinct == NULL ? 0 : distinct[p + 1] - distinct[p] - 1);
        if (is_first != NULL) {
            fill_columns(&stream->scan, begin, end, ticks->n);
            is_first[begin] = 1;
        }
    }
    return STATUS_OK;
}

/* The rows before the first tick that is no int64, all of them as a rule. */
static enum status load_rows(struct period_stream *stream, const struct native_block *block,
                             struct periods_block *rows, struct err *err)
{
    TRY(stream_key_mark(&stream->scan.key, block, err));
    *rows = (struct periods_block){.ticks = stream_column_ticks(&block->columns[stream->scan.time]),
                                   .changed = stream->scan.key.changed.data,
                                   .open = &stream->scan.run};
    if (stream->scan.options->restart != NULL)
        rows->restarts = native_column_nodes(&block->columns[stream->restart])->data;
    return STATUS_OK;
}

static enum status refuse_tick(const struct period_stream *stream, int64_t tick, struct err *err)
{
    return err_set(err, STATUS_FORMAT,
                   "--time %s: expected times in ascending order, found %lld after %lld",
                   stream->scan.options->time, (long long)tick, (long long)stream->scan.run.last);
}

/* The tick, the first of the block that is no int64, is named with its own key. */
static enum status refuse_large_tick(struct period_stream *stream, const struct native_block *block,
                                     uint64_t row, struct err *err)
{
    const uint8_t *ticks = native_column_nodes(&block->columns[stream->scan.time])->data;
    if (stream_key_changes_at(&stream->scan.key, row))
        TRY(stream_key_enter(&stream->scan.key, block, row, err));
    return err_set(err, STATUS_LIMIT, "--time %s: expected a time of at most 2^63 - 1, found %llu",
                   stream->scan.options->time, (unsigned long long)load_u64(ticks + row * 8));
}

/* Scans a block; *row_out is where a failure happened. */
static enum status scan_rows(struct period_stream *stream, const struct native_block *block,
                             uint64_t *row_out, struct err *err)
{
    struct periods_block rows;
    enum periods_detail detail =
        stream->emitter->close_period != NULL ? PERIODS_DETAIL_DISTINCT : PERIODS_DETAIL_POSITIONS;
    size_t n_rows = 0;
    TRY(load_rows(stream, block, &rows, err));
    TRY(periods_cut_block(&rows, &stream->scan.options->rule, detail, &stream->starts, &n_rows,
                          err));
    stream->scan.n_starts = stream->starts.n_periods;
    TRY(stream->emitter->begin_block(&stream->scan, block, err));
    TRY(take_periods(stream, block, &rows.ticks, row_out, err));
    *row_out = n_rows;
    if (n_rows < rows.ticks.n)
        return refuse_tick(stream, tick_at(&rows.ticks, n_rows), err);
    if (n_rows < block->n_rows)
        return refuse_large_tick(stream, block, n_rows, err);
    return stream->emitter->end_block == NULL
               ? STATUS_OK
               : stream->emitter->end_block(&stream->scan, block, err);
}

static enum status scan_block(struct period_stream *stream, const struct native_block *block,
                              struct err *err)
{
    uint64_t row = 0;
    enum status status = scan_rows(stream, block, &row, err);
    if (status != STATUS_OK)
        return stream_key_locate(&stream->scan.key, block, stream->n_rows_before + row + 1, status,
                                 err);
    stream->n_rows_before += block->n_rows;
    return STATUS_OK;
}

/* The last block stays where it is until the reader is asked again, so the end can still name the
 * columns of the last period's key. */
static enum status end_stream(struct period_stream *stream, struct err *err)
{
    const struct native_block *block = &stream->reader.block;
    if (stream->scan.run.number == 0)
        return STATUS_OK;
    enum status status = STATUS_OK;
    if (stream->emitter->close_period != NULL)
        status = stream->emitter->close_period(&stream->scan, block, block->n_rows, err);
    if (status == STATUS_OK && stream->emitter->end != NULL)
        status = stream->emitter->end(&stream->scan, err);
    return status == STATUS_OK
               ? STATUS_OK
               : stream_key_locate(&stream->scan.key, block, stream->n_rows_before, status, err);
}

/* Memory that runs out while a block is read is that of the open period's rows as a rule, so its
 * key is named. The key's columns are as they were unless the block brought others. */
static enum status read_block(struct period_stream *stream, const struct native_block **block_out,
                              struct err *err)
{
    enum status status = native_read_block(&stream->reader, block_out, err);
    if (status != STATUS_NOMEM || !stream->scan.key.is_open || stream->reader.block.header_changed)
        return status;
    return stream_key_locate(&stream->scan.key, &stream->reader.block, stream->n_rows_before + 1,
                             status, err);
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
            TRY(native_writer_open(&stream->scan.writer, stream->scan.n_columns_out, err));
        TRY(scan_block(stream, block, err));
    }
}

static const struct period_emitter *choose_emitter(const struct period_options *options)
{
    if (options->emit == PERIOD_EMIT_PERIODS)
        return &period_list_emitter;
    return options->lengths ? &period_wait_emitter : &period_rows_emitter;
}

bool period_scan_writes_behind(const struct period_options *options)
{
    return choose_emitter(options)->writes_behind;
}

enum status period_scan_run(const struct period_options *options, struct io_input input,
                            struct io_output output, struct err *err)
{
    struct period_stream stream = {
        .scan = {.options = options,
                 .writer = native_writer_init(output),
                 .key = {.n_columns = options->n_keys, .any_order = options->keys_unordered}},
        .emitter = choose_emitter(options),
        .reader = native_reader_init(input, options->n_keys),
    };
    stream.reader.keeps_last = stream.emitter->writes_behind;
    enum status status = run_blocks(&stream, err);
    enum status written =
        native_writer_finish(&stream.scan.writer, status == STATUS_OK ? err : NULL);
    if (stream.scan.state != NULL)
        stream.emitter->free_state(stream.scan.state);
    mem_free(stream.scan.state);
    period_starts_free(&stream.starts);
    stream_key_free(&stream.scan.key);
    native_writer_free(&stream.scan.writer);
    native_reader_free(&stream.reader);
    return status == STATUS_OK ? written : status;
}
