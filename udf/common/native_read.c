#include "native_read.h"

#include "mem.h"
#include "native_bytes.h"
#include "native_values.h"

enum {
    MAX_NAME_BYTES = 1 << 20, /* of a column's name or type: ClickHouse's own limit is lower */
};

struct native_reader native_reader_init(struct io_input input, size_t n_indexed_columns)
{
    return (struct native_reader){
        .input = input,
        .n_indexed_columns = n_indexed_columns,
        /* Whatever comes first differs from it, a block without columns too. */
        .block = {.n_columns = SIZE_MAX},
    };
}

void native_reader_free(struct native_reader *reader)
{
    for (size_t i = 0; i < reader->n_columns_ready; i++) {
        struct native_column *column = &reader->block.columns[i];
        buf_free(&column->name);
        native_type_tree_free(&column->type);
        buf_free(&column->nodes);
        buf_free(&column->starts);
    }
    mem_free(reader->block.columns);
    buf_free(&reader->bytes);
    buf_free(&reader->last);
    *reader = (struct native_reader){0};
}

/* Reads a name or a type; *text_out is good until the reader's memory next grows. */
static enum status read_text(struct native_reader *reader, const uint8_t **text_out,
                             size_t *size_bytes_out, struct err *err)
{
    uint64_t size_bytes = 0;
    TRY(native_read_varuint(reader, &size_bytes, err));
    if (size_bytes > MAX_NAME_BYTES)
        return err_set(err, STATUS_LIMIT,
                       "expected a name or a type of at most %d bytes, found one of %llu",
                       MAX_NAME_BYTES, (unsigned long long)size_bytes);
    TRY(native_skip(reader, (size_t)size_bytes, err));
    *text_out = reader->bytes.data + reader->at - size_bytes;
    *size_bytes_out = (size_t)size_bytes;
    return STATUS_OK;
}

/* *changed_out becomes true when the name differs from the last block's. */
static enum status read_name(struct native_reader *reader, struct buf *name, bool *changed_out,
                             struct err *err)
{
    const uint8_t *found = NULL;
    size_t size_bytes = 0;
    TRY(read_text(reader, &found, &size_bytes, err));
    if (name->data != NULL && name->size_bytes == size_bytes &&
        memcmp(name->data, found, size_bytes) == 0)
        return STATUS_OK;
    *changed_out = true;
    buf_reset(name);
    TRY(buf_reserve(name, size_bytes + 1, err));
    return buf_append(name, found, size_bytes, err);
}

/* *changed_out becomes true when the type differs from the last block's; only then is it parsed. */
static enum status read_type(struct native_reader *reader, struct native_column *column,
                             bool *changed_out, struct err *err)
{
    const uint8_t *found = NULL;
    size_t size_bytes = 0;
    TRY(read_text(reader, &found, &size_bytes, err));
    const struct buf *text = &column->type.text;
    if (text->size_bytes == size_bytes + 1 && column->type.nodes.size_bytes > 0 &&
        memcmp(text->data, found, size_bytes) == 0)
        return STATUS_OK;
    *changed_out = true;
    TRY(native_type_parse(&column->type, (const char *)found, size_bytes, err));
    size_t nodes_bytes = native_type_count(&column->type) * sizeof(struct native_node);
    uint8_t *nodes = NULL;
    buf_reset(&column->nodes);
    return buf_extend(&column->nodes, nodes_bytes, &nodes, err);
}

static enum status read_column(struct native_reader *reader, size_t i, struct err *err)
{
    struct native_column *column = &reader->block.columns[i];
    enum status status = read_name(reader, &column->name, &reader->block.header_changed, err);
    if (status == STATUS_OK)
        status = read_type(reader, column, &reader->block.header_changed, err);
    if (status == STATUS_OK)
        status = native_read_values(reader, i, err);
    if (status != STATUS_OK)
        err_prefix(err, "column %zu '%.*s'", i + 1,
                   (int)(column->name.size_bytes < 64 ? column->name.size_bytes : 64),
                   column->name.data == NULL ? "" : (const char *)column->name.data);
    return status;
}

static enum status prepare_columns(struct native_reader *reader, size_t n_columns, struct err *err)
{
    if (n_columns > reader->n_columns_ready) {
        struct native_column *columns =
            mem_resize(reader->block.columns, n_columns * sizeof(*columns));
        if (columns == NULL)
            return err_set(err, STATUS_NOMEM, "out of memory: no room for %zu columns", n_columns);
        memset(columns + reader->n_columns_ready, 0,
               (n_columns - reader->n_columns_ready) * sizeof(*columns));
        reader->block.columns = columns;
        reader->n_columns_ready = n_columns;
    }
    reader->block.header_changed = reader->block.n_columns != n_columns;
    reader->block.n_columns = n_columns;
    return STATUS_OK;
}

/* Now that the block's memory no longer moves, the nodes get their addresses. */
static void resolve_addresses(struct native_reader *reader)
{
    for (size_t i = 0; i < reader->block.n_columns; i++) {
        struct native_column *column = &reader->block.columns[i];
        struct native_node *nodes = (struct native_node *)(void *)column->nodes.data;
        bool indexed = i < reader->n_indexed_columns && column->starts.data != NULL;
        for (size_t node = 0; node < native_type_count(&column->type); node++) {
            nodes[node].data = reader->bytes.data + nodes[node].at;
            nodes[node].starts = indexed ? column->starts.data + nodes[node].starts_at : NULL;
        }
    }
}

static enum status read_dimensions(struct native_reader *reader, struct err *err)
{
    uint64_t n_columns = 0, n_rows = 0;
    TRY(native_read_varuint(reader, &n_columns, err));
    TRY(native_read_varuint(reader, &n_rows, err));
    if (n_columns > NATIVE_MAX_COLUMNS)
        return err_set(err, STATUS_LIMIT, "expected a block of at most %d columns, found %llu",
                       NATIVE_MAX_COLUMNS, (unsigned long long)n_columns);
    if (n_rows > NATIVE_MAX_ROWS)
        return err_set(err, STATUS_LIMIT, "expected a block of at most %d rows, found %llu",
                       NATIVE_MAX_ROWS, (unsigned long long)n_rows);
    reader->block.n_rows = n_rows;
    return prepare_columns(reader, (size_t)n_columns, err);
}

/* What was read beyond the last block becomes the start of the next, in its place or in the memory
 * of the one before. */
static enum status drop_last_block(struct native_reader *reader, struct err *err)
{
    size_t left_bytes = native_unparsed_bytes(reader);
    struct buf *next = reader->keeps_last ? &reader->last : &reader->bytes;
    if (reader->keeps_last)
        buf_reset(next);
    TRY(buf_reserve(next, left_bytes, err));
    if (left_bytes > 0)
        memmove(next->data, reader->bytes.data + reader->at, left_bytes);
    next->size_bytes = left_bytes;
    reader->at = 0;
    if (reader->keeps_last) {
        struct buf last = reader->bytes;
        reader->bytes = reader->last;
        reader->last = last;
    }
    return STATUS_OK;
}

enum status native_read_block(struct native_reader *reader, const struct native_block **block_out,
                              struct err *err)
{
    TRY(drop_last_block(reader, err));
    TRY(native_fill_up_to(reader, 1, err));
    if (reader->bytes.size_bytes == 0) {
        *block_out = NULL;
        return STATUS_OK;
    }
    TRY(read_dimensions(reader, err));
    size_t body_at = reader->at;
    for (size_t i = 0; i < reader->block.n_columns; i++)
        TRY(read_column(reader, i, err));
    reader->block.body = reader->bytes.data + body_at;
    reader->block.body_bytes = reader->at - body_at;
    resolve_addresses(reader);
    *block_out = &reader->block;
    return STATUS_OK;
}
