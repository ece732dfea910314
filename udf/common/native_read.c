#include "native_read.h"

#include "mem.h"

enum {
    READ_AHEAD_BYTES = 64 << 10, /* asked for beyond what is needed; moved to the front at the end
                                    of a block, so it must stay small */
    MAX_NAME_BYTES = 1 << 20,    /* of a column's name or type: ClickHouse's own limit is lower */
};

/* SerializationLowCardinality: the low byte of the flags is the index's width, as its logarithm. */
static const uint64_t LOW_CARDINALITY_VERSION = 1;
static const uint64_t LOW_CARDINALITY_OWN_KEYS = 1 << 9;

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
    *reader = (struct native_reader){0};
}

static size_t unparsed_bytes(const struct native_reader *reader)
{
    return reader->bytes.size_bytes - reader->at;
}

/* Reads until n bytes stand unparsed, or the input ends. */
static enum status fill_up_to(struct native_reader *reader, size_t n, struct err *err)
{
    struct buf *bytes = &reader->bytes;
    while (unparsed_bytes(reader) < n) {
        if (bytes->size_bytes == bytes->capacity_bytes)
            TRY(buf_grow(bytes, READ_AHEAD_BYTES, err));
        size_t room_bytes = bytes->capacity_bytes - bytes->size_bytes;
        size_t wanted_bytes = n - unparsed_bytes(reader);
        if (room_bytes > wanted_bytes && room_bytes - wanted_bytes > READ_AHEAD_BYTES)
            room_bytes = wanted_bytes + READ_AHEAD_BYTES;
        size_t read_bytes = 0;
        TRY(reader->input.read(reader->input.context, bytes->data + bytes->size_bytes, room_bytes,
                               &read_bytes, err));
        if (read_bytes == 0)
            return STATUS_OK;
        bytes->size_bytes += read_bytes;
    }
    return STATUS_OK;
}

static enum status need(struct native_reader *reader, size_t n, struct err *err)
{
    if (LIKELY(unparsed_bytes(reader) >= n))
        return STATUS_OK;
    TRY(fill_up_to(reader, n, err));
    if (unparsed_bytes(reader) >= n)
        return STATUS_OK;
    return err_set(err, STATUS_TRUNCATED,
                   "truncated input: expected %zu more bytes at byte %zu of the block, found %zu",
                   n, reader->at, unparsed_bytes(reader));
}

static enum status skip(struct native_reader *reader, size_t n, struct err *err)
{
    TRY(need(reader, n, err));
    reader->at += n;
    return STATUS_OK;
}

/* Skips n values of width bytes and gives where they begin. */
static enum status skip_values(struct native_reader *reader, uint64_t n, size_t width_bytes,
                               size_t *at_out, struct err *err)
{
    if (width_bytes > 0 && n > SIZE_MAX / 4 / width_bytes)
        return err_set(err, STATUS_LIMIT, "expected fewer values of %zu bytes, found %llu",
                       width_bytes, (unsigned long long)n);
    size_t at = reader->at;
    TRY(skip(reader, (size_t)n * width_bytes, err));
    *at_out = at;
    return STATUS_OK;
}

static enum status read_varuint(struct native_reader *reader, uint64_t *value_out, struct err *err)
{
    for (;;) {
        const uint8_t *from = reader->bytes.data + reader->at;
        const uint8_t *at = from;
        switch (varuint_get(&at, reader->bytes.data + reader->bytes.size_bytes, value_out)) {
        case VARUINT_OK:
            reader->at += (size_t)(at - from);
            return STATUS_OK;
        case VARUINT_OVERFLOW:
            return err_set(err, STATUS_FORMAT,
                           "expected a varuint of at most 64 bits at byte %zu of the block, found "
                           "a longer one",
                           reader->at);
        case VARUINT_SHORT:
            TRY(need(reader, unparsed_bytes(reader) + 1, err));
        }
    }
}

static enum status read_u64(struct native_reader *reader, uint64_t *value_out, struct err *err)
{
    TRY(need(reader, 8, err));
    *value_out = load_u64(reader->bytes.data + reader->at);
    reader->at += 8;
    return STATUS_OK;
}

/* Reads a name or a type; *text_out is good until the reader's memory next grows. */
static enum status read_text(struct native_reader *reader, const uint8_t **text_out,
                             size_t *size_bytes_out, struct err *err)
{
    uint64_t size_bytes = 0;
    TRY(read_varuint(reader, &size_bytes, err));
    if (size_bytes > MAX_NAME_BYTES)
        return err_set(err, STATUS_LIMIT,
                       "expected a name or a type of at most %d bytes, found one of %llu",
                       MAX_NAME_BYTES, (unsigned long long)size_bytes);
    TRY(skip(reader, (size_t)size_bytes, err));
    *text_out = reader->bytes.data + reader->at - size_bytes;
    *size_bytes_out = (size_t)size_bytes;
    return STATUS_OK;
}

/* A column while it is read. */
struct column_reading {
    struct native_reader *reader;
    struct native_column *column;
    const struct native_type *types;
    struct native_node *nodes;
    bool indexed;
    struct err *err;
};

/* In each column the dictionaries' versions come before all values. */
static enum status read_prefixes(const struct column_reading *reading)
{
    size_t n_nodes = native_type_count(&reading->column->type);
    for (size_t i = 0; i < n_nodes; i++) {
        if (reading->types[i].kind != NATIVE_LOW_CARDINALITY)
            continue;
        uint64_t version = 0;
        TRY(read_u64(reading->reader, &version, reading->err));
        if (version != LOW_CARDINALITY_VERSION)
            return err_set(reading->err, STATUS_FORMAT,
                           "expected LowCardinality keys of version 1, found version %llu",
                           (unsigned long long)version);
    }
    return STATUS_OK;
}

/* Reads values that each begin with a varuint: its value counts the bytes behind it where `sized`,
 * else tail_bytes are behind it. */
static enum status read_varying(const struct column_reading *reading, struct native_node *node,
                                bool sized, size_t tail_bytes)
{
    struct native_reader *reader = reading->reader;
    struct buf *starts = &reading->column->starts;
    node->at = reader->at;
    node->starts_at = starts->size_bytes;
    for (uint64_t row = 0; row < node->n_rows; row++) {
        if (reading->indexed)
            TRY(buf_append_u64(starts, reader->at - node->at, reading->err));
        uint64_t value = 0;
        TRY(read_varuint(reader, &value, reading->err));
        if (sized && value > SIZE_MAX / 4)
            return err_set(reading->err, STATUS_LIMIT,
                           "row %llu: expected a shorter String, found one of %llu bytes",
                           (unsigned long long)row + 1, (unsigned long long)value);
        TRY(skip(reader, sized ? (size_t)value : tail_bytes, reading->err));
    }
    return reading->indexed ? buf_append_u64(starts, reader->at - node->at, reading->err)
                            : STATUS_OK;
}

static enum status check_offsets(const uint8_t *offsets, uint64_t n_rows, struct err *err)
{
    uint64_t previous = 0;
    bool backwards = false;
    for (uint64_t row = 0; row < n_rows; row++) {
        uint64_t offset = load_u64(offsets + row * 8);
        backwards |= offset < previous;
        previous = offset;
    }
    if (LIKELY(!backwards))
        return STATUS_OK;
    uint64_t row = 1;
    while (load_u64(offsets + row * 8) >= load_u64(offsets + row * 8 - 8))
        row++;
    return err_set(err, STATUS_FORMAT,
                   "row %llu: expected an array offset of %llu or more, found %llu",
                   (unsigned long long)row + 1, (unsigned long long)load_u64(offsets + row * 8 - 8),
                   (unsigned long long)load_u64(offsets + row * 8));
}

static enum status read_node(const struct column_reading *reading, size_t i, uint64_t n_rows);

static enum status read_array(const struct column_reading *reading, size_t i)
{
    struct native_reader *reader = reading->reader;
    struct native_node *node = &reading->nodes[i];
    TRY(skip_values(reader, node->n_rows, 8, &node->at, reading->err));
    const uint8_t *offsets = reader->bytes.data + node->at;
    TRY(check_offsets(offsets, node->n_rows, reading->err));
    uint64_t n_elements = node->n_rows == 0 ? 0 : load_u64(offsets + (node->n_rows - 1) * 8);
    return read_node(reading, i + 1, n_elements);
}

static enum status read_tuple(const struct column_reading *reading, size_t i)
{
    size_t end = i + reading->types[i].n_nodes;
    for (size_t child = i + 1; child < end; child += reading->types[child].n_nodes)
        TRY(read_node(reading, child, reading->nodes[i].n_rows));
    return STATUS_OK;
}

static uint64_t index_at(const uint8_t *indexes, uint64_t row, size_t width_bytes)
{
    uint64_t index = 0;
    memcpy(&index, indexes + row * width_bytes, width_bytes);
    return index;
}

static enum status check_indexes(const struct column_reading *reading,
                                 const struct native_node *node, uint64_t n_keys)
{
    const uint8_t *indexes = reading->reader->bytes.data + node->at;
    for (uint64_t row = 0; row < node->n_rows; row++) {
        uint64_t index = index_at(indexes, row, node->index_bytes);
        if (UNLIKELY(index >= n_keys))
            return err_set(reading->err, STATUS_FORMAT,
                           "row %llu: expected a LowCardinality index below %llu, found %llu",
                           (unsigned long long)row + 1, (unsigned long long)n_keys,
                           (unsigned long long)index);
    }
    return STATUS_OK;
}

static enum status read_low_cardinality(const struct column_reading *reading, size_t i)
{
    struct native_reader *reader = reading->reader;
    struct native_node *node = &reading->nodes[i];
    uint64_t flags = 0, n_keys = 0, n_indexes = 0;
    TRY(read_u64(reader, &flags, reading->err));
    if ((flags & 0xff) > 3 || (flags >> 8 & 1) != 0 || (flags & LOW_CARDINALITY_OWN_KEYS) == 0)
        return err_set(reading->err, STATUS_FORMAT,
                       "expected LowCardinality values with their own keys, found flags 0x%llx",
                       (unsigned long long)flags);
    node->index_bytes = (size_t)1 << (flags & 0xff);
    TRY(read_u64(reader, &n_keys, reading->err));
    TRY(read_node(reading, i + 1, n_keys));
    TRY(read_u64(reader, &n_indexes, reading->err));
    if (n_indexes != node->n_rows)
        return err_set(reading->err, STATUS_FORMAT,
                       "expected %llu LowCardinality indexes, found %llu",
                       (unsigned long long)node->n_rows, (unsigned long long)n_indexes);
    TRY(skip_values(reader, n_indexes, node->index_bytes, &node->at, reading->err));
    return reading->indexed ? check_indexes(reading, node, n_keys) : STATUS_OK;
}

static enum status read_node(const struct column_reading *reading, size_t i, uint64_t n_rows)
{
    const struct native_type *type = &reading->types[i];
    struct native_node *node = &reading->nodes[i];
    *node = (struct native_node){.n_rows = n_rows, .at = reading->reader->at};
    switch (type->kind) {
    case NATIVE_FIXED:
        return skip_values(reading->reader, n_rows, type->width_bytes, &node->at, reading->err);
    case NATIVE_STRING:
        return read_varying(reading, node, true, 0);
    case NATIVE_VARIANCE:
        return read_varying(reading, node, false, 16);
    case NATIVE_NULLABLE:
        TRY(skip_values(reading->reader, n_rows, 1, &node->at, reading->err));
        return read_node(reading, i + 1, n_rows);
    case NATIVE_ARRAY:
        return read_array(reading, i);
    case NATIVE_TUPLE:
        return read_tuple(reading, i);
    case NATIVE_LOW_CARDINALITY:
        if (n_rows == 0)
            return read_node(reading, i + 1, 0);
        return read_low_cardinality(reading, i);
    }
    return err_set(reading->err, STATUS_FORMAT, "unknown kind of type %d", (int)type->kind);
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

static enum status read_values(struct native_reader *reader, size_t i, struct err *err)
{
    struct native_column *column = &reader->block.columns[i];
    struct column_reading reading = {
        .reader = reader,
        .column = column,
        .types = native_type_root(&column->type),
        .nodes = (struct native_node *)(void *)column->nodes.data,
        .indexed = i < reader->n_indexed_columns,
        .err = err,
    };
    buf_reset(&column->starts);
    if (reader->block.n_rows > 0)
        TRY(read_prefixes(&reading));
    return read_node(&reading, 0, reader->block.n_rows);
}

static enum status read_column(struct native_reader *reader, size_t i, struct err *err)
{
    struct native_column *column = &reader->block.columns[i];
    enum status status = read_name(reader, &column->name, &reader->block.header_changed, err);
    if (status == STATUS_OK)
        status = read_type(reader, column, &reader->block.header_changed, err);
    if (status == STATUS_OK)
        status = read_values(reader, i, err);
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
    TRY(read_varuint(reader, &n_columns, err));
    TRY(read_varuint(reader, &n_rows, err));
    if (n_columns > NATIVE_MAX_COLUMNS)
        return err_set(err, STATUS_LIMIT, "expected a block of at most %d columns, found %llu",
                       NATIVE_MAX_COLUMNS, (unsigned long long)n_columns);
    if (n_rows > NATIVE_MAX_ROWS)
        return err_set(err, STATUS_LIMIT, "expected a block of at most %d rows, found %llu",
                       NATIVE_MAX_ROWS, (unsigned long long)n_rows);
    reader->block.n_rows = n_rows;
    return prepare_columns(reader, (size_t)n_columns, err);
}

/* Moves what was read beyond the last block to the front. */
static void drop_last_block(struct native_reader *reader)
{
    size_t left_bytes = unparsed_bytes(reader);
    if (left_bytes > 0)
        memmove(reader->bytes.data, reader->bytes.data + reader->at, left_bytes);
    reader->bytes.size_bytes = left_bytes;
    reader->at = 0;
}

enum status native_read_block(struct native_reader *reader, const struct native_block **block_out,
                              struct err *err)
{
    drop_last_block(reader);
    TRY(fill_up_to(reader, 1, err));
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
