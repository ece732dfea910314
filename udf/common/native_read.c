#include "native_read.h"

#include "mem.h"
#include "native_bytes.h"
#include "native_revision.h"
#include "native_values.h"

#include <ctype.h>
#include <limits.h>

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

/* Whether the name that comes next can be `expected`: by its size, and by as many of its bytes as
 * are at hand. */
static bool can_be_name(const struct native_reader *reader, const char *expected,
                        uint64_t size_bytes)
{
    size_t left_bytes = native_unparsed_bytes(reader);
    return strlen(expected) == size_bytes &&
           memcmp(expected, reader->bytes.data + reader->at,
                  size_bytes < left_bytes ? (size_t)size_bytes : left_bytes) == 0;
}

/* STATUS_MISMATCH where the name that comes next is not the one that column i must have: what is no
 * name at all may promise bytes that never come, and they are not waited for. */
static enum status check_name(struct native_reader *reader, size_t i, struct err *err)
{
    uint64_t size_bytes = 0;
    size_t at = reader->at;
    if (reader->names == NULL)
        return STATUS_OK;
    const char *expected = reader->names[i];
    TRY(native_read_varuint(reader, &size_bytes, err));
    bool is_expected = can_be_name(reader, expected, size_bytes);
    if (is_expected) {
        TRY(native_need(reader, (size_t)size_bytes, err));
        is_expected = can_be_name(reader, expected, size_bytes);
    }
    size_t left_bytes = native_unparsed_bytes(reader);
    size_t found_bytes = size_bytes < left_bytes ? (size_t)size_bytes : left_bytes;
    if (!is_expected)
        return err_set(err, STATUS_MISMATCH, "column %zu: expected the name '%s', found '%.*s'",
                       i + 1, expected, (int)(found_bytes < 200 ? found_bytes : 200),
                       (const char *)reader->bytes.data + reader->at);
    reader->at = at;
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

/* A length and a letter: else this is no type's name, and its length none that can be waited for.
 */
static enum status check_type_begins(struct native_reader *reader, struct err *err)
{
    uint64_t size_bytes = 0;
    size_t at = reader->at;
    TRY(native_read_varuint(reader, &size_bytes, err));
    if (size_bytes > 0)
        TRY(native_need(reader, 1, err));
    const char *text = (const char *)reader->bytes.data + reader->at;
    size_t left_bytes = native_unparsed_bytes(reader);
    reader->at = at;
    if (LIKELY(size_bytes > 0 && isalpha((unsigned char)*text)))
        return STATUS_OK;
    return native_type_refuse(text, size_bytes < left_bytes ? (size_t)size_bytes : left_bytes, err);
}

/* *changed_out becomes true when the type differs from the last block's; only then is it parsed. */
static enum status read_type(struct native_reader *reader, struct native_column *column,
                             bool *changed_out, struct err *err)
{
    const uint8_t *found = NULL;
    size_t size_bytes = 0;
    TRY(check_type_begins(reader, err));
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

/* The byte of revisions from NATIVE_REVISION_KINDS on. The server of 26.7 sends its programs
 * nothing but 0, also for columns that a table holds as sparse ones. */
static enum status read_kind(struct native_reader *reader, struct err *err)
{
    if (reader->block.revision < NATIVE_REVISION_KINDS)
        return STATUS_OK;
    TRY(native_need(reader, 1, err));
    unsigned kind = reader->bytes.data[reader->at++];
    if (kind == 0)
        return STATUS_OK;
    return err_set(
        err, STATUS_FORMAT,
        "expected values in their type's own layout (a byte 0), found a byte %u: Saltwell "
        "does not read sparse or replicated columns (ask for client_protocol_version 54453)",
        kind);
}

static enum status read_column(struct native_reader *reader, size_t i, size_t body_at,
                               struct err *err)
{
    struct native_column *column = &reader->block.columns[i];
    TRY(check_name(reader, i, err));
    enum status status = read_name(reader, &column->name, &reader->block.header_changed, err);
    if (status == STATUS_OK)
        status = read_type(reader, column, &reader->block.header_changed, err);
    if (status == STATUS_OK)
        status = read_kind(reader, err);
    column->values_at = reader->at - body_at;
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
    if (reader->names != NULL && n_columns != reader->n_names)
        return err_set(err, STATUS_MISMATCH, "expected %zu argument columns, found %llu",
                       reader->n_names, (unsigned long long)n_columns);
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

static enum status read_columns(struct native_reader *reader, struct err *err)
{
    size_t body_at = reader->at;
    for (size_t i = 0; i < reader->block.n_columns; i++)
        TRY(read_column(reader, i, body_at, err));
    return STATUS_OK;
}

/* What is at hand, parsed as columns of one revision. */
struct trial {
    bool fits;
    bool is_short;        /* else, where it does not fit, it fails */
    size_t missing_bytes; /* at least, where it is short */
    size_t parsed_bytes;
};

/* STATUS_NOMEM: nothing can be said of the revision. */
static enum status try_columns(struct native_reader *reader, enum native_revision revision,
                               struct trial *trial_out, struct err *err)
{
    size_t at = reader->at;
    reader->is_trying = true;
    reader->block.revision = revision;
    enum status status = read_columns(reader, NULL);
    *trial_out = (struct trial){
        .fits = status == STATUS_OK && native_info_follows(reader),
        .is_short = status == STATUS_TRUNCATED,
        .missing_bytes = status == STATUS_TRUNCATED ? reader->missing_bytes : SIZE_MAX,
        .parsed_bytes = reader->at - at,
    };
    reader->is_trying = false;
    reader->at = at;
    if (status == STATUS_NOMEM)
        return err_set(err, STATUS_NOMEM, "out of memory: no room for %zu columns",
                       reader->block.n_columns);
    return STATUS_OK;
}

/* Whether the bytes at hand may be the first ones of a piece that is still being written. A pipe
 * hands over whole what it has room for, and room for so much it always has. */
static bool may_be_cut(const struct native_reader *reader)
{
    const struct io_input *input = &reader->input;
    const struct buf *bytes = &reader->bytes;
    return (bytes->size_bytes >= PIPE_BUF || bytes->size_bytes == bytes->capacity_bytes) &&
           input->has_more != NULL && input->has_more(input->context);
}

/* Waits for the bytes that the shorter of two trials misses. False: the input ends before, or none
 * misses any. */
static enum status fetch_missing(struct native_reader *reader, const struct trial *a,
                                 const struct trial *b, bool *arrived_out, struct err *err)
{
    size_t n = a->missing_bytes < b->missing_bytes ? a->missing_bytes : b->missing_bytes;
    *arrived_out = false;
    if (!a->is_short && !b->is_short)
        return STATUS_OK;
    n += native_unparsed_bytes(reader);
    TRY(native_fill_up_to(reader, n, err));
    *arrived_out = native_unparsed_bytes(reader) >= n;
    return STATUS_OK;
}

/*
 * BlockInfo does not tell NATIVE_REVISION_INFO from NATIVE_REVISION_KINDS, whose columns have a
 * byte more: the block has the revision in which it ends where the bytes at hand end. The server
 * writes a block in one piece, or, where it is large, in few, without a pause between them.
 */
static enum status recognise_columns(struct native_reader *reader, struct err *err)
{
    for (;;) {
        bool arrived = false;
        struct trial with, without;
        TRY(try_columns(reader, NATIVE_REVISION_KINDS, &with, err));
        TRY(try_columns(reader, NATIVE_REVISION_INFO, &without, err));
        bool is_settled = with.fits || without.fits;
        if (is_settled && (with.is_short || without.is_short))
            is_settled = !may_be_cut(reader);
        if (with.fits)
            reader->block.revision = NATIVE_REVISION_KINDS;
        if (is_settled || (without.is_short && !with.is_short && !with.fits))
            return STATUS_OK;
        TRY(fetch_missing(reader, &with, &without, &arrived, err));
        if (arrived)
            continue;
        /* Reading the block says what is wrong, in the revision in which more of it is right. */
        if (with.parsed_bytes > without.parsed_bytes)
            reader->block.revision = NATIVE_REVISION_KINDS;
        return STATUS_OK;
    }
}

/* Sets the block's revision. The blocks of a stream all have the first one's. */
static enum status recognise_revision(struct native_reader *reader, enum native_revision info,
                                      struct err *err)
{
    bool is_known = !reader->revision_varies && reader->block.body != NULL;
    enum native_revision first = reader->block.revision;
    enum native_revision first_info = first == NATIVE_REVISION_KINDS ? NATIVE_REVISION_INFO : first;
    if (is_known && info != first_info)
        return err_set(err, STATUS_FORMAT,
                       "expected a block of revision %d of the protocol or later, as the first "
                       "one, found one of %d",
                       (int)first_info, (int)info);
    if (is_known)
        return STATUS_OK;
    reader->block.revision = info;
    return info == NATIVE_REVISION_INFO ? recognise_columns(reader, err) : STATUS_OK;
}

enum status native_read_block(struct native_reader *reader, const struct native_block **block_out,
                              struct err *err)
{
    enum native_revision info = NATIVE_REVISION_0;
    TRY(drop_last_block(reader, err));
    TRY(native_fill_up_to(reader, 1, err));
    if (reader->bytes.size_bytes == 0) {
        *block_out = NULL;
        return STATUS_OK;
    }
    TRY(native_read_info(reader, &info, err));
    TRY(read_dimensions(reader, err));
    size_t body_at = reader->at;
    TRY(recognise_revision(reader, info, err));
    TRY(read_columns(reader, err));
    reader->block.body = reader->bytes.data + body_at;
    reader->block.body_bytes = reader->at - body_at;
    resolve_addresses(reader);
    io_add_block(reader->input.totals, reader->block.n_rows);
    *block_out = &reader->block;
    return STATUS_OK;
}
