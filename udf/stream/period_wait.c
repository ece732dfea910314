/*
 * --emit rows --lengths: a row's period must end before the row can go out, so blocks wait, in the
 * order in which they came, until the open period begins after them. Memory: the blocks that the
 * longest period touches.
 */
#include "mem.h"
#include "period_emitter.h"

enum { N_LENGTHS = 4 }; /* length, unique length, first, last */

struct waiting_block {
    struct buf body;
    uint64_t n_rows;
    struct period_columns columns;
    struct native_builder lengths[N_LENGTHS];
};

struct period_wait {
    struct buf blocks;    /* struct waiting_block *, the oldest first */
    struct buf spare;     /* struct waiting_block *, for reuse */
    uint64_t open_row;    /* of the oldest block: where the open period begins */
    struct buf time_type; /* its name, terminated */
};

static struct waiting_block **blocks_of(const struct buf *list)
{
    return (struct waiting_block **)(void *)list->data;
}

static size_t count_blocks(const struct buf *list)
{
    return list->size_bytes / sizeof(struct waiting_block *);
}

static void free_block(struct waiting_block *block)
{
    buf_free(&block->body);
    period_columns_free(&block->columns);
    for (size_t i = 0; i < N_LENGTHS; i++)
        native_builder_free(&block->lengths[i]);
    mem_free(block);
}

static void free_wait(void *state)
{
    struct period_wait *wait = state;
    for (size_t i = 0; i < count_blocks(&wait->blocks); i++)
        free_block(blocks_of(&wait->blocks)[i]);
    for (size_t i = 0; i < count_blocks(&wait->spare); i++)
        free_block(blocks_of(&wait->spare)[i]);
    buf_free(&wait->blocks);
    buf_free(&wait->spare);
    buf_free(&wait->time_type);
}

static enum status open_lengths(struct waiting_block *waiting, const char *time_type,
                                const struct native_block *block, struct err *err)
{
    struct native_builder *lengths = waiting->lengths;
    TRY(period_columns_open(&waiting->columns, block, err));
    TRY(period_builder_init(&lengths[0], block, "period_length", "UInt64", err));
    TRY(period_builder_init(&lengths[1], block, "unique_period_length", "UInt64", err));
    TRY(period_builder_init(&lengths[2], block, "period_first", time_type, err));
    return period_builder_init(&lengths[3], block, "period_last", time_type, err);
}

/* A block's memory, used before or new; it is the caller's until it is in a list. */
static enum status take_block(struct period_wait *wait, const struct native_block *block,
                              struct waiting_block **block_out, struct err *err)
{
    size_t n_spare = count_blocks(&wait->spare);
    if (n_spare > 0) {
        *block_out = blocks_of(&wait->spare)[n_spare - 1];
        wait->spare.size_bytes -= sizeof(struct waiting_block *);
        return STATUS_OK;
    }
    struct waiting_block *made = NULL;
    TRY(mem_take_zeros(1, sizeof(*made), &made, err));
    enum status status = open_lengths(made, (const char *)wait->time_type.data, block, err);
    if (status != STATUS_OK)
        free_block(made);
    else
        *block_out = made;
    return status;
}

/* Announces the columns by a block that is made for it, and the first to be used again. */
static enum status open_wait(struct period_scan *scan, const struct native_block *block,
                             struct err *err)
{
    struct period_wait *wait = scan->state;
    const struct native_type *type = native_type_root(&block->columns[scan->time].type);
    struct waiting_block *waiting = NULL;
    scan->n_columns_out = block->n_columns + PERIOD_N_COLUMNS + N_LENGTHS;
    TRY(buf_append_terminated(&wait->time_type, type->text, type->text_bytes, err));
    TRY(buf_reserve(&wait->spare, sizeof(waiting), err));
    TRY(take_block(wait, block, &waiting, err));
    TRY(buf_append(&wait->spare, &waiting, sizeof(waiting), err));
    return period_columns_announce(&scan->writer, block, &waiting->columns, waiting->lengths,
                                   N_LENGTHS, err);
}

static void fill(uint8_t *values, size_t width_bytes, uint64_t begin, uint64_t end, uint64_t value)
{
    if (width_bytes == 8)
        for (uint64_t row = begin; row < end; row++)
            store_u64(values + row * 8, value);
    else
        for (uint64_t row = begin; row < end; row++)
            memcpy(values + row * width_bytes, &value, width_bytes);
}

/* Writes the closed period to the rows [begin, end) of a block. */
static void fill_lengths(struct waiting_block *waiting, const struct period_run *run,
                         uint64_t begin, uint64_t end)
{
    const uint64_t values[N_LENGTHS] = {run->length, run->unique_length, (uint64_t)run->first,
                                        (uint64_t)run->last};
    for (size_t i = 0; i < N_LENGTHS; i++)
        fill(waiting->lengths[i].parts[0].data,
             native_type_root(&waiting->lengths[i].type)->width_bytes, begin, end, values[i]);
}

static enum status extend_lengths(struct waiting_block *waiting, uint64_t n_rows, struct err *err)
{
    for (size_t i = 0; i < N_LENGTHS; i++) {
        struct native_builder *lengths = &waiting->lengths[i];
        uint8_t *values = NULL;
        native_builder_reset(lengths);
        TRY(buf_extend(&lengths->parts[0],
                       (size_t)n_rows * native_type_root(&lengths->type)->width_bytes, &values,
                       err));
    }
    return STATUS_OK;
}

static enum status write_block(struct period_scan *scan, const struct waiting_block *waiting,
                               struct err *err)
{
    struct native_writer *writer = &scan->writer;
    TRY(native_writer_begin(writer, scan->n_columns_out, waiting->n_rows, err));
    TRY(native_writer_add_bytes(writer, waiting->body.data, waiting->body.size_bytes, err));
    TRY(period_columns_add(writer, &waiting->columns, waiting->lengths, N_LENGTHS, err));
    return native_writer_flush(writer, err);
}

/* Writes the first n blocks, whose rows are complete. */
static enum status write_blocks(struct period_scan *scan, size_t n, struct err *err)
{
    struct period_wait *wait = scan->state;
    struct waiting_block **blocks = blocks_of(&wait->blocks);
    for (size_t i = 0; i < n; i++)
        TRY(write_block(scan, blocks[i], err));
    if (n == 0)
        return STATUS_OK;
    TRY(buf_append(&wait->spare, blocks, n * sizeof(*blocks), err));
    wait->blocks.size_bytes -= n * sizeof(*blocks);
    memmove(blocks, blocks + n, wait->blocks.size_bytes);
    return STATUS_OK;
}

static enum status append_columns(struct buf *body, const struct native_block *block,
                                  struct err *err)
{
    for (size_t run = 0; run < native_block_count_runs(block); run++) {
        size_t size_bytes = 0;
        const uint8_t *bytes = native_block_run(block, run, &size_bytes);
        TRY(buf_append(body, bytes, size_bytes, err));
    }
    return STATUS_OK;
}

static enum status begin_block(struct period_scan *scan, const struct native_block *block,
                               struct err *err)
{
    struct period_wait *wait = scan->state;
    struct waiting_block *waiting = NULL;
    TRY(buf_reserve(&wait->blocks, sizeof(waiting), err));
    TRY(take_block(wait, block, &waiting, err));
    TRY(buf_append(&wait->blocks, &waiting, sizeof(waiting), err));
    waiting->n_rows = block->n_rows;
    buf_reset(&waiting->body);
    TRY(append_columns(&waiting->body, block, err));
    TRY(extend_lengths(waiting, block->n_rows, err));
    scan->columns = &waiting->columns;
    return period_columns_extend(scan->columns, block->n_rows, err);
}

static enum status close_period(struct period_scan *scan, const struct native_block *block,
                                uint64_t row, struct err *err)
{
    (void)block;
    struct period_wait *wait = scan->state;
    struct waiting_block **blocks = blocks_of(&wait->blocks);
    size_t last = count_blocks(&wait->blocks) - 1;
    for (size_t i = 0; i <= last; i++)
        fill_lengths(blocks[i], &scan->run, i == 0 ? wait->open_row : 0,
                     i == last ? row : blocks[i]->n_rows);
    wait->open_row = row;
    return write_blocks(scan, last, err);
}

static enum status end(struct period_scan *scan, struct err *err)
{
    const struct period_wait *wait = scan->state;
    return write_blocks(scan, count_blocks(&wait->blocks), err);
}

const struct period_emitter period_wait_emitter = {
    .state_bytes = sizeof(struct period_wait),
    .open = open_wait,
    .begin_block = begin_block,
    .close_period = close_period,
    .end = end,
    .free_state = free_wait,
};
