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
    struct fold *folds;          /* one per other column of the result */
    size_t n_folds;
    uint64_t n_groups;      /* that wait to be written */
    uint64_t n_rows_before; /* the block */
};

size_t merge_find_op(const struct merge_options *options, size_t from, const char *column,
                     size_t column_bytes)
{
    while (from < options->n_ops && !text_equals(options->ops[from].column, column, column_bytes))
        from++;
    return from;
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

/* Refuses a result with the name of a column that the result has as well. */
static enum status check_name(const struct merge_options *options, const char *name,
                              const struct native_block *block, struct err *err)
{
    for (size_t i = 0; i < block->n_columns; i++) {
        const struct buf *column = &block->columns[i].name;
        const char *other = (const char *)column->data;
        bool is_in_result = i < options->n_keys ||
                            merge_find_op(options, 0, other, column->size_bytes) == options->n_ops;
        if (is_in_result && text_equals(name, other, column->size_bytes))
            return err_set(err, STATUS_MISMATCH,
                           "--op %s: expected a name that the result does not have yet", name);
    }
    return STATUS_OK;
}

static enum status check_ops(const struct merge *merge, const struct native_block *block,
                             struct err *err)
{
    const struct merge_options *options = merge->options;
    for (size_t i = 0; i < options->n_ops; i++) {
        const struct merge_op *op = &options->ops[i];
        size_t column = options->n_keys;
        if (op->op != FOLD_ROWS)
            TRY(stream_find_column(block, op->column, "--op", &column, err));
        if (column < options->n_keys)
            return err_set(err, STATUS_USAGE, "--op %s: expected a column after the key",
                           op->column);
        TRY(check_name(options, op->name, block, err));
    }
    return STATUS_OK;
}

static enum status open_fold(struct merge *merge, const struct native_block *block, size_t column,
                             const struct merge_op *op, struct err *err)
{
    return fold_init(&merge->folds[merge->n_folds++], block, column, op->op, op->widen, op->name,
                     err);
}

/* What becomes of a column that no op reads. */
static enum status open_fold_by_type(struct merge *merge, const struct native_block *block,
                                     size_t column, struct err *err)
{
    const struct buf *name = &block->columns[column].name;
    struct buf text = {0};
    enum status status = buf_append_terminated(&text, name->data, name->size_bytes, err);
    if (status == STATUS_OK)
        status = open_fold(merge, block, column,
                           &(struct merge_op){.name = (const char *)text.data}, err);
    buf_free(&text);
    return status;
}

/* The folds of a column; those of "" count the rows. */
static enum status open_column(struct merge *merge, const struct native_block *block, size_t column,
                               const char *name, size_t name_bytes, struct err *err)
{
    const struct merge_options *options = merge->options;
    size_t i = merge_find_op(options, 0, name, name_bytes);
    if (i == options->n_ops && name_bytes > 0)
        return open_fold_by_type(merge, block, column, err);
    for (; i < options->n_ops; i = merge_find_op(options, i + 1, name, name_bytes))
        TRY(open_fold(merge, block, column, &options->ops[i], err));
    return STATUS_OK;
}

static enum status open_folds(struct merge *merge, const struct native_block *block,
                              struct err *err)
{
    size_t n_keys = merge->options->n_keys;
    TRY(mem_take_zeros(block->n_columns - n_keys + merge->options->n_ops, sizeof(*merge->folds),
                       &merge->folds, err));
    TRY(open_column(merge, block, 0, "", 0, err));
    for (size_t column = n_keys; column < block->n_columns; column++) {
        const struct buf *name = &block->columns[column].name;
        TRY(open_column(merge, block, column, (const char *)name->data, name->size_bytes, err));
    }
    return STATUS_OK;
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
    if (n_keys > block->n_columns || (n_keys == block->n_columns && merge->options->n_ops == 0))
        return err_set(err, STATUS_MISMATCH,
                       "--keys %zu: expected more columns than that, found %zu", n_keys,
                       block->n_columns);
    TRY(check_ops(merge, block, err));
    TRY(mem_take_zeros(n_keys, sizeof(*merge->keys), &merge->keys, err));
    merge->n_keys = n_keys;
    for (size_t i = 0; i < n_keys; i++)
        TRY(native_builder_init_plain(&merge->keys[i], &block->columns[i], err));
    TRY(open_folds(merge, block, err));
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
            TRY(native_writer_open(&merge->writer, merge->options->n_keys + merge->n_folds, err));
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
