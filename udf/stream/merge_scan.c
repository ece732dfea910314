#include "merge_scan.h"

#include "mem.h"
#include "stream_column.h"
#include "stream_key.h"

struct merge {
    const struct merge_options *options;
    struct native_reader reader;
    struct native_writer writer;
    struct stream_key key;
    struct native_builder *keys; /* one per key column */
    size_t n_keys;               /* builders: to be freed also where one could not be made */
    struct fold *folds;          /* one per other column */
    size_t n_folds;
    uint64_t n_groups;      /* that wait to be written */
    uint64_t n_rows_before; /* the block */
};

enum fold_op merge_find_op(const struct merge_options *options, const char *column,
                           size_t column_bytes)
{
    for (size_t i = 0; i < options->n_ops; i++)
        if (text_equals(options->ops[i].column, column, column_bytes))
            return options->ops[i].op;
    return FOLD_BY_TYPE;
}

static void free_merge(struct merge *merge)
{
    for (size_t i = 0; i < merge->n_keys; i++)
        native_builder_free(&merge->keys[i]);
    for (size_t i = 0; i < merge->n_folds; i++)
        fold_free(&merge->folds[i]);
    mem_free(merge->keys);
    mem_free(merge->folds);
    stream_key_free(&merge->key);
    native_writer_free(&merge->writer);
    native_reader_free(&merge->reader);
}

static enum status check_ops(const struct merge *merge, const struct native_block *block,
                             struct err *err)
{
    const struct merge_options *options = merge->options;
    for (size_t i = 0; i < options->n_ops; i++) {
        size_t column = 0;
        TRY(stream_find_column(block, options->ops[i].column, "--op", &column, err));
        if (column < options->n_keys)
            return err_set(err, STATUS_USAGE, "--op %s: expected a column after the key",
                           options->ops[i].column);
    }
    return STATUS_OK;
}

static enum status open_fold(struct merge *merge, const struct native_block *block, size_t column,
                             struct err *err)
{
    const struct buf *name = &block->columns[column].name;
    struct buf text = {0};
    enum fold_op op = merge_find_op(merge->options, (const char *)name->data, name->size_bytes);
    enum status status = buf_append(&text, name->data, name->size_bytes, err);
    if (status == STATUS_OK)
        status = buf_append_u8(&text, 0, err);
    merge->n_folds++;
    if (status == STATUS_OK)
        status = fold_init(&merge->folds[merge->n_folds - 1], block, column, op, false,
                           (const char *)text.data, err);
    buf_free(&text);
    return status;
}

static enum status add_columns(struct merge *merge, struct err *err)
{
    size_t n_keys = merge->options->n_keys;
    TRY(native_writer_begin(&merge->writer, n_keys + merge->n_folds, merge->n_groups, err));
    for (size_t i = 0; i < n_keys; i++)
        TRY(native_writer_add(&merge->writer, &merge->keys[i], err));
    for (size_t i = 0; i < merge->n_folds; i++)
        TRY(native_writer_add(&merge->writer, &merge->folds[i].out, err));
    return STATUS_OK;
}

static enum status open_merge(struct merge *merge, const struct native_block *block,
                              struct err *err)
{
    size_t n_keys = merge->options->n_keys;
    if (n_keys >= block->n_columns)
        return err_set(err, STATUS_MISMATCH,
                       "--keys %zu: expected more columns than that, found %zu", n_keys,
                       block->n_columns);
    TRY(check_ops(merge, block, err));
    TRY(mem_take_zeros(n_keys, sizeof(*merge->keys), &merge->keys, err));
    merge->n_keys = n_keys;
    for (size_t i = 0; i < n_keys; i++)
        TRY(native_builder_init_plain(&merge->keys[i], &block->columns[i], err));
    TRY(mem_take_zeros(block->n_columns - n_keys, sizeof(*merge->folds), &merge->folds, err));
    for (size_t column = n_keys; column < block->n_columns; column++)
        TRY(open_fold(merge, block, column, err));
    TRY(add_columns(merge, err));
    return native_writer_announce(&merge->writer, err);
}

/* The open key's rows end: its merged row goes to the columns. */
static enum status close_group(struct merge *merge, const struct native_block *block,
                               struct err *err)
{
    const uint8_t *value = merge->key.value.data;
    for (size_t i = 0; i < merge->options->n_keys; i++) {
        struct buf *part = merge->keys[i].parts;
        TRY(native_cell_append(native_type_root(&block->columns[i].type), &value, &part, err));
    }
    for (size_t i = 0; i < merge->n_folds; i++)
        TRY(fold_close(&merge->folds[i], err));
    merge->n_groups++;
    return STATUS_OK;
}

static enum status fold_rows(struct merge *merge, const struct native_block *block, uint64_t begin,
                             uint64_t end, struct err *err)
{
    for (size_t i = 0; i < merge->n_folds; i++)
        TRY(fold_add(&merge->folds[i], block, begin, end, err));
    return STATUS_OK;
}

static enum status write_groups(struct merge *merge, struct err *err)
{
    size_t n_keys = merge->options->n_keys;
    if (merge->n_groups == 0)
        return STATUS_OK;
    for (size_t i = 0; i < merge->n_folds; i++)
        TRY(fold_flush(&merge->folds[i], err));
    TRY(add_columns(merge, err));
    TRY(native_writer_flush(&merge->writer, err));
    for (size_t i = 0; i < n_keys; i++)
        native_builder_reset(&merge->keys[i]);
    for (size_t i = 0; i < merge->n_folds; i++)
        native_builder_reset(&merge->folds[i].out);
    merge->n_groups = 0;
    return STATUS_OK;
}

/* Scans a block; *row_out is where a failure happened. */
static enum status merge_rows(struct merge *merge, const struct native_block *block,
                              uint64_t *row_out, struct err *err)
{
    uint64_t begin = 0;
    TRY(stream_key_mark(&merge->key, block, err));
    for (uint64_t row = 0; row < block->n_rows; row++) {
        if (!stream_key_changes_at(&merge->key, row))
            continue;
        *row_out = begin;
        TRY(fold_rows(merge, block, begin, row, err));
        if (merge->key.is_open)
            TRY(close_group(merge, block, err));
        *row_out = row;
        TRY(stream_key_enter(&merge->key, block, row, err));
        begin = row;
    }
    *row_out = begin;
    TRY(fold_rows(merge, block, begin, block->n_rows, err));
    return write_groups(merge, err);
}

static enum status merge_block(struct merge *merge, const struct native_block *block,
                               struct err *err)
{
    uint64_t row = 0;
    enum status status = merge_rows(merge, block, &row, err);
    if (status != STATUS_OK)
        return stream_key_locate(&merge->key, block, merge->n_rows_before + row + 1, status, err);
    merge->n_rows_before += block->n_rows;
    return STATUS_OK;
}

static enum status end_merge(struct merge *merge, struct err *err)
{
    const struct native_block *block = &merge->reader.block;
    if (!merge->key.is_open)
        return STATUS_OK;
    enum status status = close_group(merge, block, err);
    if (status == STATUS_OK)
        status = write_groups(merge, err);
    return status == STATUS_OK
               ? STATUS_OK
               : stream_key_locate(&merge->key, block, merge->n_rows_before, status, err);
}

static enum status run_blocks(struct merge *merge, struct err *err)
{
    for (bool is_first = true;; is_first = false) {
        const struct native_block *block = NULL;
        TRY(native_read_block(&merge->reader, &block, err));
        if (block == NULL)
            return end_merge(merge, err);
        TRY(stream_check_header(block, is_first, err));
        if (is_first)
            TRY(open_merge(merge, block, err));
        if (block->n_rows > 0)
            TRY(native_writer_open(&merge->writer, block->n_columns, err));
        TRY(merge_block(merge, block, err));
    }
}

enum status merge_scan_run(const struct merge_options *options, struct io_input input,
                           struct io_output output, struct err *err)
{
    struct merge merge = {
        .options = options,
        .reader = native_reader_init(input, SIZE_MAX),
        .writer = native_writer_init(output),
        .key = {.n_columns = options->n_keys, .any_order = options->keys_unordered},
    };
    enum status status = run_blocks(&merge, err);
    free_merge(&merge);
    return status;
}
