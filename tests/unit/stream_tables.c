#include "stream_tables.h"

#include "native_cell.h"

#include <criterion/criterion.h>

static void append_text(struct buf *wire, const char *text)
{
    cr_assert(buf_append_varuint(wire, strlen(text), NULL) == STATUS_OK);
    cr_assert(buf_append(wire, text, strlen(text), NULL) == STATUS_OK);
}

void table_append_blocks(const struct table *table, size_t block_rows, struct buf *wire)
{
    for (size_t begin = 0; begin < table->n_rows; begin += block_rows) {
        size_t left = table->n_rows - begin, n_rows = left < block_rows ? left : block_rows;
        cr_assert(buf_append_varuint(wire, table->n_columns, NULL) == STATUS_OK);
        cr_assert(buf_append_varuint(wire, n_rows, NULL) == STATUS_OK);
        for (size_t i = 0; i < table->n_columns; i++) {
            const struct table_column *column = &table->columns[i];
            append_text(wire, column->name);
            append_text(wire, column->type);
            cr_assert(buf_append(wire,
                                 (const uint8_t *)column->values + begin * column->width_bytes,
                                 n_rows * column->width_bytes, NULL) == STATUS_OK);
        }
    }
}

static void read_header(const struct native_block *block, struct buf *header)
{
    buf_reset(header);
    for (size_t i = 0; i < block->n_columns; i++) {
        const struct native_column *column = &block->columns[i];
        const struct native_type *type = native_type_root(&column->type);
        cr_assert(buf_append(header, ", ", i == 0 ? 0 : 2, NULL) == STATUS_OK);
        cr_assert(buf_append(header, column->name.data, column->name.size_bytes, NULL) ==
                  STATUS_OK);
        cr_assert(buf_append_u8(header, ' ', NULL) == STATUS_OK);
        cr_assert(buf_append(header, type->text, type->text_bytes, NULL) == STATUS_OK);
    }
    cr_assert(buf_append_u8(header, 0, NULL) == STATUS_OK);
}

void table_read_rows(const struct buf *wire, struct buf *header, struct buf *rows)
{
    struct err err = {0};
    struct io_memory memory = {wire->data, wire->size_bytes, 0};
    struct native_reader reader = native_reader_init(io_input_of_memory(&memory), SIZE_MAX);
    const struct native_block *block = NULL;
    buf_reset(header);
    buf_reset(rows);
    for (;;) {
        cr_assert(native_read_block(&reader, &block, &err) == STATUS_OK, "%s", err.message);
        if (block == NULL)
            break;
        read_header(block, header);
        for (uint64_t row = 0; row < block->n_rows; row++)
            for (size_t i = 0; i < block->n_columns; i++)
                cr_assert(native_cell_encode(&block->columns[i], row, rows, NULL) == STATUS_OK);
    }
    native_reader_free(&reader);
}

bool table_begins(const char *message, const char *prefix)
{
    return strncmp(message, prefix, strlen(prefix)) == 0;
}
