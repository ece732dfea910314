/*
 * Reads ClickHouse's Native format, in whatever revision of the protocol it comes
 * (native_revision.h): varuint columns, varuint rows, and per column its name, its type's name and
 * its values.
 *
 * A block stands in one piece of memory and its values are used where they stand. The memory grows
 * as bytes arrive, never by what a block merely declares (columns, of which there are at most
 * NATIVE_MAX_COLUMNS, aside), and is kept for the next block: the peak is twice the largest block
 * at most, four times where the last block is kept. Names and types are parsed anew only when they
 * change.
 */
#ifndef SALTWELL_NATIVE_READ_H
#define SALTWELL_NATIVE_READ_H

#include "io.h"
#include "native_type.h"

enum {
    NATIVE_MAX_ROWS = 1 << 30,    /* of a block; the server's own largest blocks are about 2^20 */
    NATIVE_MAX_COLUMNS = 1 << 16, /* of a block */
};

/* The first revision of each form that a block can have. native_revision.h says what they are. */
enum native_revision {
    NATIVE_REVISION_0 = 0,
    NATIVE_REVISION_INFO = 1,
    NATIVE_REVISION_KINDS = 54454,
    NATIVE_REVISION_BUCKETS = 54480,
};

/* The values of one node of a column's type tree. */
struct native_node {
    uint64_t n_rows;
    /*
     * NATIVE_FIXED: the values. NATIVE_STRING, NATIVE_JSON, NATIVE_VARIANCE: the values as on the
     * wire. NATIVE_PLANES: all planes. NATIVE_VARIANT: a byte a row, the number of the child that
     * holds the row's value among its own rows; 255 = NULL.
     * NATIVE_NULLABLE: a byte a row, not 0 = NULL. NATIVE_ARRAY: the UInt64 ends of the rows.
     * NATIVE_LOW_CARDINALITY: the indexes, index_bytes wide, all below the child's n_rows.
     */
    const uint8_t *data;
    size_t at; /* of data in the reader's memory; for the reader itself */
    size_t index_bytes;
    /* NATIVE_STRING, NATIVE_JSON, NATIVE_VARIANCE of an indexed column: UInt64 ×
     * (n_rows + 1), where each value begins, counted from data; NULL in other columns. */
    const uint8_t *starts;
    size_t starts_at; /* as `at`, in the column's own memory */
};

struct native_column {
    struct buf name; /* not terminated */
    struct native_type_tree type;
    struct buf nodes;  /* struct native_node, parallel to the type's nodes */
    struct buf starts; /* what native_node.starts point into */
    size_t values_at;  /* where its values begin in block.body */
};

struct native_block {
    enum native_revision revision;
    uint64_t n_rows;
    size_t n_columns;
    struct native_column *columns;
    const uint8_t *body; /* all columns, names and types included, as they came; see
                            native_block_run */
    size_t body_bytes;
    bool header_changed; /* names or types differ from the block before, or this is the first */
};

struct native_reader {
    struct io_input input;
    size_t n_indexed_columns; /* the first so many columns get native_node.starts */
    bool keeps_last;          /* a block stays valid until the one after the next is read */
    bool revision_varies;     /* every block answers for a query, and so a client, of its own */
    const char *const *names; /* NULL, or the names that a block's columns must have: n_names. A
                                 block with others is refused before its values are waited for. */
    size_t n_names;
    struct buf bytes;       /* the block from its start, and what came after it */
    struct buf last;        /* the block before, where it is kept */
    size_t at;              /* how far it is parsed */
    size_t missing_bytes;   /* while trying: what was wanted beyond what is at hand */
    bool is_trying;         /* what is at hand is parsed, and nothing waited for */
    size_t n_columns_ready; /* columns that hold memory */
    struct native_block block;
};

/* A reader of `input`, which may be told to keep the last block. It owns its memory;
 * native_reader_free releases it. */
struct native_reader native_reader_init(struct io_input input, size_t n_indexed_columns);
void native_reader_free(struct native_reader *reader);

/*
 * Reads the next block. *block_out is NULL at the end of the input, else valid until the next call;
 * its values until the one after that where the reader keeps the last block.
 * STATUS_TRUNCATED: the input ends inside a block. STATUS_FORMAT: not Native, or a type of unknown
 * layout. STATUS_LIMIT: more rows or columns than the caps. STATUS_MISMATCH: other columns than
 * reader->names. STATUS_IO, STATUS_NOMEM. The reader is of no further use after a failure. Cost:
 * linear in the block; a String column costs a step a value, a fixed-width one none.
 */
CHECKED enum status native_read_block(struct native_reader *reader,
                                      const struct native_block **block_out, struct err *err);

/* Whether bytes of the block after this one have been read already. */
static inline bool native_reader_holds_more(const struct native_reader *reader)
{
    return reader->bytes.size_bytes > reader->at;
}

/*
 * The columns of a block in revision 0, as a program passes them on, are runs of bytes of its body:
 * one, or one more than columns, from NATIVE_REVISION_KINDS on, whose byte before the values is
 * left out.
 */
static inline size_t native_block_count_runs(const struct native_block *block)
{
    return block->revision < NATIVE_REVISION_KINDS ? 1 : block->n_columns + 1;
}

static inline const uint8_t *native_block_run(const struct native_block *block, size_t run,
                                              size_t *size_bytes_out)
{
    size_t begin = run == 0 ? 0 : block->columns[run - 1].values_at;
    size_t end = run + 1 == native_block_count_runs(block) ? block->body_bytes
                                                           : block->columns[run].values_at - 1;
    *size_bytes_out = end - begin;
    return block->body + begin;
}

static inline const struct native_node *native_column_nodes(const struct native_column *column)
{
    return (const struct native_node *)(const void *)column->nodes.data;
}

/* Where row `row` of a NATIVE_ARRAY begins and ends among the child's rows. */
static inline void native_array_range(const struct native_node *array, uint64_t row,
                                      uint64_t *begin_out, uint64_t *end_out)
{
    *begin_out = row == 0 ? 0 : load_u64(array->data + (row - 1) * 8);
    *end_out = load_u64(array->data + row * 8);
}

/* Which of the child's rows row `row` of a NATIVE_LOW_CARDINALITY is. */
static inline uint64_t native_index(const struct native_node *node, uint64_t row)
{
    return load_unsigned(node->data + row * node->index_bytes, node->index_bytes);
}

/* Row `row` of an indexed NATIVE_STRING: its bytes, without their length. */
static inline const uint8_t *native_string(const struct native_node *string, uint64_t row,
                                           size_t *size_bytes_out)
{
    const uint8_t *at = string->data + load_u64(string->starts + row * 8);
    *size_bytes_out = (size_t)varuint_take(&at);
    return at;
}

#endif
