/* --emit periods: a row per period, with the folds that were asked for. */
#include "mem.h"
#include "period_emitter.h"
#include "stream_column.h"

#include <stdio.h>

enum { ID, NUMBER, FIRST, LAST, LENGTH, UNIQUE_LENGTH, N_COLUMNS };

struct period_list {
    struct native_builder *keys; /* one per key column */
    size_t n_keys;
    struct native_builder columns[N_COLUMNS];
    uint8_t *ends[N_COLUMNS]; /* where the columns' next values go; there is room for the block's */
    struct fold *folds;
    size_t n_folds;
    uint64_t open_row;  /* of the block: the open period's rows from here on are not folded yet */
    uint64_t n_periods; /* that wait to be written */
};

static void free_list(void *state)
{
    struct period_list *list = state;
    for (size_t i = 0; i < list->n_keys; i++)
        native_builder_free(&list->keys[i]);
    for (size_t i = 0; i < N_COLUMNS; i++)
        native_builder_free(&list->columns[i]);
    for (size_t i = 0; i < list->n_folds; i++)
        fold_free(&list->folds[i]);
    mem_free(list->keys);
    mem_free(list->folds);
}

static enum status open_columns(struct period_scan *scan, const struct native_block *block,
                                struct err *err)
{
    static const struct {
        const char *name;
        const char *type; /* NULL: the time column's */
    } columns[N_COLUMNS] = {
        [ID] = {"period_id", "UInt64"},
        [NUMBER] = {"period_number", "UInt32"},
        [FIRST] = {"period_first", NULL},
        [LAST] = {"period_last", NULL},
        [LENGTH] = {"period_length", "UInt64"},
        [UNIQUE_LENGTH] = {"unique_period_length", "UInt64"},
    };
    struct period_list *list = scan->state;
    const struct native_type *time = native_type_root(&block->columns[scan->time].type);
    struct buf time_type = {0};
    enum status status = buf_append_terminated(&time_type, time->text, time->text_bytes, err);
    for (size_t i = 0; i < N_COLUMNS && status == STATUS_OK; i++)
        status = period_builder_init(
            &list->columns[i], block, columns[i].name,
            columns[i].type == NULL ? (const char *)time_type.data : columns[i].type, err);
    buf_free(&time_type);
    return status;
}

static enum status open_fold(struct fold *fold, const struct period_fold_option *option,
                             const struct native_block *block, struct err *err)
{
    char named_by[32];
    size_t column = 0;
    snprintf(named_by, sizeof(named_by), "--%s", fold_op_name(option->op));
    TRY(stream_find_column(block, option->column, named_by, &column, err));
    struct buf name = {0};
    enum status status = fold_result_name(option->column, option->op, &name, err);
    if (status == STATUS_OK)
        status = fold_init(fold, block, column, option->op, true, (const char *)name.data, err);
    buf_free(&name);
    return status;
}

static enum status add_columns(struct period_scan *scan, struct err *err)
{
    struct period_list *list = scan->state;
    TRY(native_writer_begin(&scan->writer, scan->n_columns_out, list->n_periods, err));
    for (size_t i = 0; i < list->n_keys; i++)
        TRY(native_writer_add(&scan->writer, &list->keys[i], err));
    for (size_t i = 0; i < N_COLUMNS; i++)
        TRY(native_writer_add(&scan->writer, &list->columns[i], err));
    for (size_t i = 0; i < list->n_folds; i++)
        TRY(native_writer_add(&scan->writer, &list->folds[i].out, err));
    return STATUS_OK;
}

static enum status open_list(struct period_scan *scan, const struct native_block *block,
                             struct err *err)
{
    const struct period_options *options = scan->options;
    struct period_list *list = scan->state;
    scan->n_columns_out = options->n_keys + N_COLUMNS + options->n_folds;
    TRY(mem_take_zeros(options->n_keys, sizeof(*list->keys), &list->keys, err));
    list->n_keys = options->n_keys; /* to be freed also where one could not be made */
    for (size_t i = 0; i < options->n_keys; i++)
        TRY(native_builder_init_plain(&list->keys[i], &block->columns[i], err));
    TRY(open_columns(scan, block, err));
    if (options->n_folds > 0)
        TRY(mem_take_zeros(options->n_folds, sizeof(*list->folds), &list->folds, err));
    list->n_folds = options->n_folds;
    for (size_t i = 0; i < options->n_folds; i++)
        TRY(open_fold(&list->folds[i], &options->folds[i], block, err));
    TRY(add_columns(scan, err));
    return native_writer_announce(&scan->writer, err);
}

/* Room for the periods that can end in the block: the open one and those that begin in it. */
static enum status begin_block(struct period_scan *scan, const struct native_block *block,
                               struct err *err)
{
    (void)block;
    struct period_list *list = scan->state;
    list->open_row = 0;
    for (size_t i = 0; i < N_COLUMNS; i++) {
        struct buf *part = list->columns[i].parts;
        buf_reset(part);
        TRY(buf_reserve(part, (scan->n_starts + 1) * sizeof(uint64_t), err));
        list->ends[i] = part->data;
    }
    return STATUS_OK;
}

static inline void put(struct period_list *list, size_t column, uint64_t value, size_t width_bytes)
{
    store_u64(list->ends[column], value);
    list->ends[column] += width_bytes;
}

/* Folds the open period's rows of this block up to `row`. */
static enum status fold_rows(struct period_scan *scan, const struct native_block *block,
                             uint64_t row, struct err *err)
{
    struct period_list *list = scan->state;
    for (size_t i = 0; i < list->n_folds; i++)
        TRY(fold_add(&list->folds[i], block, list->open_row, row, err));
    list->open_row = row;
    return STATUS_OK;
}

static enum status append_key(struct period_scan *scan, const struct native_block *block,
                              struct err *err)
{
    struct period_list *list = scan->state;
    const uint8_t *value = scan->key.value.data;
    for (size_t i = 0; i < list->n_keys; i++) {
        struct buf *part = list->keys[i].parts;
        TRY(native_cell_append(native_type_root(&block->columns[i].type), &value, &part, err));
    }
    return STATUS_OK;
}

static enum status close_period(struct period_scan *scan, const struct native_block *block,
                                uint64_t row, struct err *err)
{
    struct period_list *list = scan->state;
    const struct period_run *run = &scan->run;
    size_t time_bytes = native_type_root(&block->columns[scan->time].type)->width_bytes;
    TRY(fold_rows(scan, block, row, err));
    TRY(append_key(scan, block, err));
    put(list, ID, scan->id, sizeof(uint64_t));
    put(list, NUMBER, run->number, sizeof(uint32_t));
    put(list, FIRST, (uint64_t)run->first, time_bytes);
    put(list, LAST, (uint64_t)run->last, time_bytes);
    put(list, LENGTH, run->length, sizeof(uint64_t));
    put(list, UNIQUE_LENGTH, run->unique_length, sizeof(uint64_t));
    for (size_t i = 0; i < list->n_folds; i++)
        TRY(fold_close(&list->folds[i], err));
    list->n_periods++;
    return STATUS_OK;
}

static void reset_columns(struct period_list *list)
{
    for (size_t i = 0; i < list->n_keys; i++)
        native_builder_reset(&list->keys[i]);
    for (size_t i = 0; i < N_COLUMNS; i++)
        list->ends[i] = list->columns[i].parts->data;
    for (size_t i = 0; i < list->n_folds; i++)
        native_builder_reset(&list->folds[i].out);
    list->n_periods = 0;
}

static enum status write_periods(struct period_scan *scan, struct err *err)
{
    struct period_list *list = scan->state;
    if (list->n_periods == 0)
        return STATUS_OK;
    for (size_t i = 0; i < list->n_folds; i++)
        TRY(fold_flush(&list->folds[i], err));
    for (size_t i = 0; i < N_COLUMNS; i++)
        list->columns[i].parts->size_bytes = (size_t)(list->ends[i] - list->columns[i].parts->data);
    TRY(add_columns(scan, err));
    TRY(native_writer_flush(&scan->writer, err));
    reset_columns(list);
    return STATUS_OK;
}

static enum status end_block(struct period_scan *scan, const struct native_block *block,
                             struct err *err)
{
    TRY(fold_rows(scan, block, block->n_rows, err));
    return write_periods(scan, err);
}

const struct period_emitter period_list_emitter = {
    .state_bytes = sizeof(struct period_list),
    .open = open_list,
    .begin_block = begin_block,
    .close_period = close_period,
    .end_block = end_block,
    .end = write_periods,
    .free_state = free_list,
};
