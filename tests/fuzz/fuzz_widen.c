/*
 * Fuzz target: any bytes as Native blocks, each column of which is widened to every declared type.
 * Every value of a column that was accepted is reached, so that one that is not there shows as a
 * read beyond its memory.
 */
#include "fuzz.h"
#include "native_widen.h"

/* The types of all arguments of all functions. */
static const char *const declared[] = {
    "Int64",
    "UInt64",
    "Array(Int64)",
    "Array(Float64)",
    "String",
    "Array(String)",
    "Tuple(n UInt64, mean Float64, m2 Float64)",
    "Array(Tuple(n UInt64, mean Float64, m2 Float64))",
    "AggregateFunction(varSampStable, Float64)",
};
enum { N_DECLARED = sizeof(declared) / sizeof(declared[0]) };

/* Keeps the reads below from being left out. */
static volatile uint64_t sum;

static void use_node(const struct native_type *type, const struct native_node *node)
{
    for (uint64_t row = 0; row < node->n_rows; row++) {
        uint64_t begin = 0, end = 0;
        switch (type->kind) {
        case NATIVE_FIXED:
            sum += load_u64(node->data + row * 8);
            break;
        case NATIVE_STRING:
        case NATIVE_VARIANCE:
            begin = load_u64(node->starts + row * 8);
            end = load_u64(node->starts + row * 8 + 8);
            REQUIRE(begin < end);
            sum += node->data[begin] + node->data[end - 1];
            break;
        case NATIVE_ARRAY:
            native_array_range(node, row, &begin, &end);
            REQUIRE(begin <= end && end <= node[1].n_rows);
            break;
        default:
            REQUIRE(type->kind == NATIVE_TUPLE);
        }
    }
}

static void use_column(const struct native_column *column, uint64_t n_rows)
{
    const struct native_type *types = native_type_root(&column->type);
    const struct native_node *nodes = native_column_nodes(column);
    REQUIRE(nodes->n_rows == n_rows);
    for (size_t i = 0; i < native_type_count(&column->type); i++) {
        use_node(&types[i], &nodes[i]);
        for (size_t child = i + 1; types[i].kind == NATIVE_TUPLE && child < i + types[i].n_nodes;
             child += types[child].n_nodes)
            REQUIRE(nodes[child].n_rows == nodes[i].n_rows);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    struct native_widened widened[N_DECLARED] = {0};
    struct io_memory memory = {data, size_bytes, 0};
    struct native_reader reader = native_reader_init(io_input_of_memory(&memory), SIZE_MAX);
    const struct native_block *block = NULL;
    struct err err = {0};
    for (size_t i = 0; i < N_DECLARED; i++)
        REQUIRE(native_widened_init(&widened[i], declared[i], NULL) == STATUS_OK);
    while (native_read_block(&reader, &block, NULL) == STATUS_OK && block != NULL)
        for (size_t i = 0; i < block->n_columns * N_DECLARED; i++) {
            struct native_widened *to = &widened[i % N_DECLARED];
            enum status status = native_widen(to, &block->columns[i / N_DECLARED], &err);
            REQUIRE(status == STATUS_OK || err.message[0] != '\0');
            if (status == STATUS_OK)
                use_column(&to->column, block->n_rows);
        }
    for (size_t i = 0; i < N_DECLARED; i++)
        native_widened_free(&widened[i]);
    native_reader_free(&reader);
    return 0;
}
