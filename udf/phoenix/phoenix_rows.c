#include "phoenix_rows.h"

#include "phoenix_column.h"

struct phoenix_rows phoenix_rows_init(const char *const *names, const struct phoenix_type *types,
                                      size_t n_columns)
{
    return (struct phoenix_rows){.names = names, .types = types, .n_columns = n_columns};
}

static struct native_builder *builders_of(const struct phoenix_rows *rows)
{
    return (struct native_builder *)(void *)rows->builders.data;
}

static size_t count_builders(const struct phoenix_rows *rows)
{
    return rows->builders.size_bytes / sizeof(struct native_builder);
}

void phoenix_rows_free(struct phoenix_rows *rows)
{
    for (size_t i = 0; i < count_builders(rows); i++)
        native_builder_free(&builders_of(rows)[i]);
    buf_free(&rows->builders);
}

void phoenix_rows_reset(struct phoenix_rows *rows)
{
    for (size_t i = 0; i < count_builders(rows); i++)
        native_builder_reset(&builders_of(rows)[i]);
    rows->n_rows = 0;
    rows->n_values = 0;
}

/* Room for a block more. */
static enum status add_block(struct phoenix_rows *rows, struct err *err)
{
    for (size_t i = 0; i < rows->n_columns; i++) {
        struct native_builder *builder = NULL;
        uint8_t *added = NULL;
        TRY(buf_extend(&rows->builders, sizeof(*builder), &added, err));
        builder = (struct native_builder *)(void *)added;
        TRY(native_builder_init(builder, rows->names[i], rows->types[i].text, err));
    }
    return STATUS_OK;
}

/* The builders of the block that holds row `row`, which there are. */
static struct native_builder *block_of(const struct phoenix_rows *rows, uint64_t row)
{
    return builders_of(rows) + row / PHOENIX_BLOCK_ROWS * rows->n_columns;
}

static enum status need_block(struct phoenix_rows *rows, uint64_t row, struct err *err)
{
    if ((row / PHOENIX_BLOCK_ROWS + 1) * rows->n_columns <= count_builders(rows))
        return STATUS_OK;
    return add_block(rows, err);
}

enum status phoenix_rows_add(struct phoenix_rows *rows, const struct phoenix_value *value,
                             struct err *err)
{
    size_t i = rows->n_values;
    if (i == rows->n_columns)
        return err_set(err, STATUS_FORMAT, "expected rows of %zu columns, found more",
                       rows->n_columns);
    if (i == 0)
        TRY(need_block(rows, rows->n_rows, err));
    enum status status =
        phoenix_column_append(&rows->types[i], &block_of(rows, rows->n_rows)[i], value, err);
    if (status != STATUS_OK)
        err_prefix(err, "column %s", rows->names[i]);
    rows->n_values++;
    return status;
}

enum status phoenix_rows_end_row(struct phoenix_rows *rows, struct err *err)
{
    if (rows->n_values != rows->n_columns)
        return err_set(err, STATUS_FORMAT, "expected rows of %zu columns, found one of %zu",
                       rows->n_columns, rows->n_values);
    rows->n_values = 0;
    rows->n_rows++;
    return STATUS_OK;
}

static enum status write_block(struct phoenix_rows *rows, struct native_writer *writer,
                               uint64_t first, uint64_t n_rows, struct err *err)
{
    TRY(native_writer_begin(writer, rows->n_columns, n_rows, err));
    for (size_t i = 0; i < rows->n_columns; i++)
        TRY(native_writer_add(writer, &block_of(rows, first)[i], err));
    return native_writer_flush(writer, err);
}

enum status phoenix_rows_write(struct phoenix_rows *rows, struct native_writer *writer,
                               struct err *err)
{
    for (uint64_t first = 0; first < rows->n_rows; first += PHOENIX_BLOCK_ROWS) {
        uint64_t left = rows->n_rows - first;
        TRY(write_block(rows, writer, first, left < PHOENIX_BLOCK_ROWS ? left : PHOENIX_BLOCK_ROWS,
                        err));
    }
    return STATUS_OK;
}

enum status phoenix_rows_write_none(struct phoenix_rows *rows, struct native_writer *writer,
                                    struct err *err)
{
    phoenix_rows_reset(rows);
    TRY(need_block(rows, 0, err));
    return write_block(rows, writer, 0, 0, err);
}
