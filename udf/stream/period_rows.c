/* --emit rows: a block goes out as soon as it is scanned, while the next one is read and scanned.
 */
#include "period_emitter.h"

/* Of the block that is scanned, and of the one that is still being written. */
struct two_blocks {
    struct period_columns columns[2];
    size_t scanned;
};

static void free_rows(void *state)
{
    struct two_blocks *blocks = state;
    period_columns_free(&blocks->columns[0]);
    period_columns_free(&blocks->columns[1]);
}

static enum status open_rows(struct period_scan *scan, const struct native_block *block,
                             struct err *err)
{
    struct two_blocks *blocks = scan->state;
    scan->n_columns_out = block->n_columns + PERIOD_N_COLUMNS;
    TRY(period_columns_open(&blocks->columns[0], block, err));
    TRY(period_columns_open(&blocks->columns[1], block, err));
    return period_columns_announce(&scan->writer, block, &blocks->columns[0], NULL, 0, err);
}

static enum status begin_block(struct period_scan *scan, const struct native_block *block,
                               struct err *err)
{
    struct two_blocks *blocks = scan->state;
    blocks->scanned = !blocks->scanned;
    scan->columns = &blocks->columns[blocks->scanned];
    return period_columns_extend(scan->columns, block->n_rows, err);
}

static enum status end_block(struct period_scan *scan, const struct native_block *block,
                             struct err *err)
{
    struct native_writer *writer = &scan->writer;
    TRY(native_writer_begin(writer, scan->n_columns_out, block->n_rows, err));
    TRY(native_writer_add_block(writer, block, err));
    TRY(period_columns_add(writer, scan->columns, NULL, 0, err));
    return native_writer_flush(writer, err);
}

const struct period_emitter period_rows_emitter = {
    .writes_behind = true,
    .state_bytes = sizeof(struct two_blocks),
    .open = open_rows,
    .begin_block = begin_block,
    .end_block = end_block,
    .free_state = free_rows,
};
