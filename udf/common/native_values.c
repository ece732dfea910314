#include "native_values.h"

#include "native_bytes.h"

enum {
    /* SerializationLowCardinality: the flags' low byte is the logarithm of the index's width. */
    LOW_CARDINALITY_VERSION = 1,
    LOW_CARDINALITY_OWN_KEYS = 1 << 9,
    /* SerializationVariant's discriminators: one a row, not one for a whole granule. */
    VARIANT_BY_ROW = 0,
    /* SerializationObject's version when JSON is sent as Strings. */
    JSON_AS_TEXT = 1,
};

/* A column while it is read. */
struct column_reading {
    struct native_reader *reader;
    struct native_column *column;
    const struct native_type *types;
    struct native_node *nodes;
    bool indexed;
    struct err *err;
};

static enum status refuse_prefix(const struct native_type *type, uint64_t found, struct err *err)
{
    int text_bytes = (int)(type->text_bytes < 200 ? type->text_bytes : 200);
    unsigned long long version = (unsigned long long)found;
    if (type->kind == NATIVE_LOW_CARDINALITY)
        return err_set(err, STATUS_FORMAT,
                       "expected LowCardinality keys of version 1, found version %llu", version);
    if (type->kind == NATIVE_VARIANT)
        return err_set(
            err, STATUS_FORMAT,
            "type %.*s: expected a Variant with a number a row (mode 0), found mode %llu",
            text_bytes, type->text, version);
    return err_set(err, STATUS_FORMAT,
                   "type %.*s: expected JSON sent as text (SETTINGS "
                   "output_format_native_write_json_as_string = 1), found its binary form %llu",
                   text_bytes, type->text, version);
}

/* In each column the versions of its parts come before all values. */
static enum status read_prefixes(const struct column_reading *reading)
{
    size_t n_nodes = native_type_count(&reading->column->type);
    for (size_t i = 0; i < n_nodes; i++) {
        const struct native_type *type = &reading->types[i];
        if (type->kind != NATIVE_LOW_CARDINALITY && type->kind != NATIVE_VARIANT &&
            type->kind != NATIVE_JSON)
            continue;
        uint64_t expected = type->kind == NATIVE_LOW_CARDINALITY ? LOW_CARDINALITY_VERSION
                            : type->kind == NATIVE_JSON          ? JSON_AS_TEXT
                                                                 : VARIANT_BY_ROW;
        uint64_t found = 0;
        TRY(native_read_u64(reading->reader, &found, reading->err));
        if (found != expected)
            return refuse_prefix(type, found, reading->err);
    }
    return STATUS_OK;
}

/* Moves *from over at most n Strings that stand whole before `end`, and gives their number. starts
 * (may be NULL) gets where each begins, counted from `base`. */
static inline size_t skip_whole_strings(const uint8_t **from, const uint8_t *end, size_t n,
                                        const uint8_t *base, uint8_t *starts)
{
    const uint8_t *at = *from;
    size_t row = 0;
    for (; row < n; row++) {
        const uint8_t *value = at;
        uint64_t size_bytes = 0;
        if (UNLIKELY(varuint_get(&value, end, &size_bytes) != VARUINT_OK ||
                     size_bytes > (uint64_t)(end - value)))
            break;
        if (starts != NULL)
            store_u64(starts + row * 8, (uint64_t)(at - base));
        at = value + size_bytes;
    }
    *from = at;
    return row;
}

static enum status skip_string(const struct column_reading *reading, uint64_t row)
{
    uint64_t size_bytes = 0;
    TRY(native_read_varuint(reading->reader, &size_bytes, reading->err));
    if (size_bytes > SIZE_MAX / 4)
        return err_set(reading->err, STATUS_LIMIT,
                       "row %llu: expected a shorter String, found one of %llu bytes",
                       (unsigned long long)row + 1, (unsigned long long)size_bytes);
    return native_skip(reading->reader, (size_t)size_bytes, reading->err);
}

static void begin_varying(const struct column_reading *reading, struct native_node *node)
{
    node->at = reading->reader->at;
    node->starts_at = reading->column->starts.size_bytes;
}

/* In indexed columns: where the value begins that is read next, or where the last one ended. */
static enum status mark_start(const struct column_reading *reading, const struct native_node *node)
{
    if (!reading->indexed)
        return STATUS_OK;
    return buf_append_u64(&reading->column->starts, reading->reader->at - node->at, reading->err);
}

/* Reads what stands whole at hand in one go; the value after it makes more bytes arrive. */
static enum status read_strings(const struct column_reading *reading, struct native_node *node)
{
    enum { MAX_BATCH = 1024 }; /* bounds the memory for starts by what has arrived */
    struct native_reader *reader = reading->reader;
    struct buf *starts = &reading->column->starts;
    begin_varying(reading, node);
    for (uint64_t row = 0; row < node->n_rows;) {
        uint64_t left = node->n_rows - row;
        size_t batch = left < MAX_BATCH ? (size_t)left : MAX_BATCH, done = 0;
        if (reading->indexed)
            TRY(buf_reserve(starts, batch * 8, reading->err));
        const uint8_t *base = reader->bytes.data + node->at, *at = reader->bytes.data + reader->at;
        const uint8_t *end = reader->bytes.data + reader->bytes.size_bytes;
        if (reading->indexed) {
            done = skip_whole_strings(&at, end, batch, base, starts->data + starts->size_bytes);
            starts->size_bytes += done * 8;
        } else {
            done = skip_whole_strings(&at, end, batch, base, NULL);
        }
        reader->at = (size_t)(at - reader->bytes.data);
        row += done;
        if (done == batch)
            continue;
        TRY(mark_start(reading, node));
        TRY(skip_string(reading, row++));
    }
    return mark_start(reading, node);
}

/* A varuint n, and mean and m2. */
static enum status read_variances(const struct column_reading *reading, struct native_node *node)
{
    begin_varying(reading, node);
    for (uint64_t row = 0; row < node->n_rows; row++) {
        TRY(mark_start(reading, node));
        enum status status = native_read_varuint(reading->reader, &(uint64_t){0}, reading->err);
        if (status == STATUS_OK)
            status = native_skip(reading->reader, 2 * sizeof(double), reading->err);
        if (status != STATUS_OK) {
            err_prefix(reading->err, "row %llu", (unsigned long long)row + 1);
            return status;
        }
    }
    return mark_start(reading, node);
}

enum { OFFSETS_AT_ONCE = 16 };

/* Whether offsets go down, or are beyond all memory: then a difference or an offset has its top bit
 * set. The inner loop's constant length lets the compiler vectorise it. */
static bool offsets_need_a_look(const uint8_t *offsets, uint64_t n_rows)
{
    uint64_t bits = n_rows == 0 ? 0 : load_u64(offsets), row = 1;
    for (; row + OFFSETS_AT_ONCE <= n_rows; row += OFFSETS_AT_ONCE) {
        uint64_t chunk = 0;
        for (size_t i = 0; i < OFFSETS_AT_ONCE; i++) {
            const uint8_t *at = offsets + (row + i) * 8;
            chunk |= load_u64(at) | (load_u64(at) - load_u64(at - 8));
        }
        bits |= chunk;
    }
    for (; row < n_rows; row++) {
        const uint8_t *at = offsets + row * 8;
        bits |= load_u64(at) | (load_u64(at) - load_u64(at - 8));
    }
    return bits >> 63 != 0;
}

static enum status check_offsets(const uint8_t *offsets, uint64_t n_rows, struct err *err)
{
    if (LIKELY(!offsets_need_a_look(offsets, n_rows)))
        return STATUS_OK;
    uint64_t row = 1;
    while (row < n_rows && load_u64(offsets + row * 8) >= load_u64(offsets + row * 8 - 8))
        row++;
    if (row == n_rows)
        return STATUS_OK;
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
    TRY(native_skip_values(reader, node->n_rows, 8, &node->at, reading->err));
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

static enum status check_indexes(const struct column_reading *reading,
                                 const struct native_node *node, uint64_t n_keys)
{
    const uint8_t *indexes = reading->reader->bytes.data + node->at;
    for (uint64_t row = 0; row < node->n_rows; row++) {
        uint64_t index = load_unsigned(indexes + row * node->index_bytes, node->index_bytes);
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
    TRY(native_read_u64(reader, &flags, reading->err));
    if ((flags & 0xff) > 3 || (flags >> 8 & 1) != 0 || (flags & LOW_CARDINALITY_OWN_KEYS) == 0)
        return err_set(reading->err, STATUS_FORMAT,
                       "expected LowCardinality values with their own keys, found flags 0x%llx",
                       (unsigned long long)flags);
    node->index_bytes = (size_t)1 << (flags & 0xff);
    TRY(native_read_u64(reader, &n_keys, reading->err));
    TRY(read_node(reading, i + 1, n_keys));
    TRY(native_read_u64(reader, &n_indexes, reading->err));
    if (n_indexes != node->n_rows)
        return err_set(reading->err, STATUS_FORMAT,
                       "expected %llu LowCardinality indexes, found %llu",
                       (unsigned long long)node->n_rows, (unsigned long long)n_indexes);
    TRY(native_skip_values(reader, n_indexes, node->index_bytes, &node->at, reading->err));
    return reading->indexed ? check_indexes(reading, node, n_keys) : STATUS_OK;
}

static enum status count_members(const struct native_node *node, const uint8_t *numbers,
                                 size_t n_members, uint64_t *counts, struct err *err)
{
    enum { IS_NULL = 255 };
    for (uint64_t row = 0; row < node->n_rows; row++)
        counts[numbers[row]]++;
    for (size_t number = n_members; number < IS_NULL; number++)
        if (counts[number] > 0)
            return err_set(err, STATUS_FORMAT,
                           "expected a Variant's members to be numbered below %zu, found %zu",
                           n_members, number);
    return STATUS_OK;
}

static enum status read_variant(const struct column_reading *reading, size_t i)
{
    struct native_reader *reader = reading->reader;
    struct native_node *node = &reading->nodes[i];
    size_t end = i + reading->types[i].n_nodes, n_members = 0;
    uint64_t counts[256] = {0};
    for (size_t child = i + 1; child < end; child += reading->types[child].n_nodes)
        n_members++;
    TRY(native_skip_values(reader, node->n_rows, 1, &node->at, reading->err));
    TRY(count_members(node, reader->bytes.data + node->at, n_members, counts, reading->err));
    size_t number = 0;
    for (size_t child = i + 1; child < end; child += reading->types[child].n_nodes)
        TRY(read_node(reading, child, counts[number++]));
    return STATUS_OK;
}

static enum status read_node(const struct column_reading *reading, size_t i, uint64_t n_rows)
{
    const struct native_type *type = &reading->types[i];
    struct native_node *node = &reading->nodes[i];
    *node = (struct native_node){.n_rows = n_rows, .at = reading->reader->at};
    switch (type->kind) {
    case NATIVE_FIXED:
    case NATIVE_PLANES:
        return native_skip_values(reading->reader, n_rows, type->width_bytes, &node->at,
                                  reading->err);
    case NATIVE_STRING:
    case NATIVE_JSON:
        return read_strings(reading, node);
    case NATIVE_VARIANCE:
        return read_variances(reading, node);
    case NATIVE_VARIANT:
        return read_variant(reading, i);
    case NATIVE_NULLABLE:
        TRY(native_skip_values(reading->reader, n_rows, 1, &node->at, reading->err));
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

enum status native_read_values(struct native_reader *reader, size_t i, struct err *err)
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
