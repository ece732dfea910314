/*
 * Fuzz target: any bytes as a stream of Native blocks. Every value of an accepted block is reached
 * through the accessors that the kernels use, so that a node that promises more than there is shows
 * as a read beyond the input.
 */
#include "fuzz.h"
#include "native_read.h"

/* Keeps the reads below from being left out. */
static volatile uint64_t sum;

static void use_bytes(const uint8_t *data, size_t size_bytes)
{
    uint64_t found = 0;
    for (size_t i = 0; i < size_bytes; i++)
        found += data[i];
    sum += found;
}

static void use_strings(const struct native_node *node)
{
    for (uint64_t row = 0; row < node->n_rows; row++) {
        size_t value_bytes = 0;
        const uint8_t *value = native_string(node, row, &value_bytes);
        REQUIRE(value + value_bytes == node->data + load_u64(node->starts + row * 8 + 8));
        use_bytes(value, value_bytes);
    }
}

static void use_variances(const struct native_node *node)
{
    for (uint64_t row = 0; row < node->n_rows; row++) {
        const uint8_t *at = node->data + load_u64(node->starts + row * 8);
        const uint8_t *end = node->data + load_u64(node->starts + row * 8 + 8);
        uint64_t n = 0;
        REQUIRE(varuint_get(&at, end, &n) == VARUINT_OK);
        REQUIRE(end - at == 16);
        use_bytes(at, 16);
    }
}

static void use_array(const struct native_node *node)
{
    uint64_t previous = 0;
    for (uint64_t row = 0; row < node->n_rows; row++) {
        uint64_t begin = 0, end = 0;
        native_array_range(node, row, &begin, &end);
        REQUIRE(begin == previous && begin <= end);
        previous = end;
    }
    REQUIRE(previous == node[1].n_rows);
}

static void use_indexes(const struct native_node *node)
{
    for (uint64_t row = 0; row < node->n_rows; row++) {
        uint64_t index = 0;
        memcpy(&index, node->data + row * node->index_bytes, node->index_bytes);
        REQUIRE(index < node[1].n_rows);
    }
}

/* The members' values are as many as their numbers. */
static void use_variant(const struct native_type *type, const struct native_node *node)
{
    uint64_t counts[256] = {0};
    size_t number = 0;
    for (uint64_t row = 0; row < node->n_rows; row++)
        counts[node->data[row]]++;
    for (uint32_t child = 1; child < type->n_nodes; child += type[child].n_nodes)
        REQUIRE(node[child].n_rows == counts[number++]);
    for (; number < 255; number++)
        REQUIRE(counts[number] == 0);
}

/* Where each state begins; the states themselves merely pass through. */
static void use_states(const struct native_node *node)
{
    for (uint64_t row = 0; row < node->n_rows; row++) {
        uint64_t begin = load_u64(node->starts + row * 8);
        uint64_t end = load_u64(node->starts + row * 8 + 8);
        REQUIRE(begin < end);
        use_bytes(node->data + begin, (size_t)(end - begin));
    }
}

static void use_node(const struct native_type *type, const struct native_node *node)
{
    switch (type->kind) {
    case NATIVE_FIXED:
    case NATIVE_PLANES:
        use_bytes(node->data, (size_t)node->n_rows * type->width_bytes);
        return;
    case NATIVE_NULLABLE:
        REQUIRE(node[1].n_rows == node->n_rows);
        use_bytes(node->data, (size_t)node->n_rows);
        return;
    case NATIVE_STRING:
    case NATIVE_JSON:
        use_strings(node);
        return;
    case NATIVE_VARIANCE:
        use_variances(node);
        return;
    case NATIVE_ARRAY:
        use_array(node);
        return;
    case NATIVE_TUPLE:
        for (uint32_t child = 1; child < type->n_nodes; child += type[child].n_nodes)
            REQUIRE(node[child].n_rows == node->n_rows);
        return;
    case NATIVE_LOW_CARDINALITY:
        use_indexes(node);
        return;
    case NATIVE_VARIANT:
        use_variant(type, node);
        return;
        use_states(node);
        return;
    }
}

static void use_column(const struct native_column *column, uint64_t n_rows)
{
    const struct native_type *types = native_type_root(&column->type);
    const struct native_node *nodes = native_column_nodes(column);
    size_t n_nodes = native_type_count(&column->type);
    REQUIRE(types->n_nodes == n_nodes && nodes->n_rows == n_rows);
    use_bytes(column->name.data, column->name.size_bytes);
    for (size_t i = 0; i < n_nodes; i++)
        use_node(&types[i], &nodes[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    /* Two chunk sizes: values that come in pieces take other paths. */
    static const size_t chunks[] = {0, 5};
    for (size_t k = 0; k < sizeof(chunks) / sizeof(chunks[0]); k++) {
        struct io_memory memory = {data, size_bytes, chunks[k]};
        struct native_reader reader = native_reader_init(io_input_of_memory(&memory), SIZE_MAX);
        const struct native_block *block = NULL;
        struct err err = {0};
        while (native_read_block(&reader, &block, &err) == STATUS_OK && block != NULL) {
            use_bytes(block->body, block->body_bytes);
            for (size_t i = 0; i < block->n_columns; i++)
                use_column(&block->columns[i], block->n_rows);
        }
        /* Memory grows by what arrives: the reader's read-ahead and twice the input. */
        REQUIRE(reader.bytes.capacity_bytes <= 2 * size_bytes + (256 << 10));
        REQUIRE(err.code == STATUS_OK || err.message[0] != '\0');
        native_reader_free(&reader);
    }
    return 0;
}
