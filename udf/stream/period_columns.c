#include "period_columns.h"

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

enum status period_columns_add(struct native_writer *writer, const struct period_columns *columns,
                               const struct native_builder *more, size_t n_more, struct err *err)
{
    TRY(native_writer_add(writer, &columns->ids, err));
    TRY(native_writer_add(writer, &columns->numbers, err));
    TRY(native_writer_add(writer, &columns->is_first, err));
    for (size_t i = 0; i < n_more; i++)
        TRY(native_writer_add(writer, &more[i], err));
    return STATUS_OK;
}

enum status period_columns_announce(struct native_writer *writer, const struct native_block *block,
                                    const struct period_columns *columns,
                                    const struct native_builder *more, size_t n_more,
                                    struct err *err)
{
    size_t n_columns = block->n_columns + PERIOD_N_COLUMNS + n_more;
    struct buf header = {0};
    enum status status = stream_append_header(&header, block, err);
    if (status == STATUS_OK)
        status = native_writer_begin(writer, n_columns, 0, err);
    if (status == STATUS_OK)
        status = native_writer_add_bytes(writer, header.data, header.size_bytes, err);
    if (status == STATUS_OK)
        status = period_columns_add(writer, columns, more, n_more, err);
    if (status == STATUS_OK)
        status = native_writer_announce(writer, err);
    buf_free(&header);
    return status;
}
