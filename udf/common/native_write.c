#include "native_write.h"

#include "mem.h"

#include <assert.h>

enum status native_append_string(struct buf *part, const uint8_t *bytes, size_t size_bytes,
                                 struct err *err)
{
    TRY(buf_append_varuint(part, size_bytes, err));
    return buf_append(part, bytes, size_bytes, err);
}

static enum status append_text(struct buf *buf, const char *text, struct err *err)
{
    return native_append_string(buf, (const uint8_t *)text, strlen(text), err);
}

/*
 * The length takes two bytes at least, the first of which is no code of any type. A server that was
 * told to read types in binary (input_format_native_decode_types_in_binary_format) then refuses the
 * block, where it would take 6, the length of String, for UInt256 and the value for a number.
 */
static enum status append_type(struct buf *buf, const char *type, struct err *err)
{
    size_t size_bytes = strlen(type);
    if (size_bytes >= 0x80)
        return append_text(buf, type, err);
    TRY(buf_append_u8(buf, (uint8_t)(size_bytes | 0x80), err));
    TRY(buf_append_u8(buf, 0, err));
    return buf_append(buf, type, size_bytes, err);
}

enum status native_builder_init(struct native_builder *builder, const char *name, const char *type,
                                struct err *err)
{
    *builder = (struct native_builder){0};
    TRY(native_type_parse(&builder->type, type, strlen(type), err));
    TRY(append_text(&builder->header, name, err));
    TRY(append_type(&builder->header, type, err));
    size_t n_parts = native_type_count(&builder->type);
    builder->parts = mem_resize(NULL, n_parts * sizeof(*builder->parts));
    if (builder->parts == NULL)
        return err_set(err, STATUS_NOMEM, "out of memory: no room for a column of type %s", type);
    memset(builder->parts, 0, n_parts * sizeof(*builder->parts));
    builder->n_parts = n_parts;
    return STATUS_OK;
}

void native_builder_reset(struct native_builder *builder)
{
    for (size_t i = 0; i < builder->n_parts; i++)
        buf_reset(&builder->parts[i]);
}

void native_builder_free(struct native_builder *builder)
{
    for (size_t i = 0; i < builder->n_parts; i++)
        buf_free(&builder->parts[i]);
    mem_free(builder->parts);
    buf_free(&builder->header);
    native_type_tree_free(&builder->type);
    *builder = (struct native_builder){0};
}

struct native_writer native_writer_init(struct io_output output)
{
    return (struct native_writer){.output = output};
}

void native_writer_free(struct native_writer *writer)
{
    buf_free(&writer->parts);
}

enum status native_writer_open(struct native_writer *writer, size_t n_columns, struct err *err)
{
    if (writer->is_open || writer->output.begin == NULL)
        return STATUS_OK;
    writer->is_open = true;
    (void)varuint_put(writer->dimensions, n_columns);
    return writer->output.begin(writer->output.context, writer->dimensions[0], err);
}

enum status native_writer_begin(struct native_writer *writer, size_t n_columns, uint64_t n_rows,
                                struct err *err)
{
    TRY(io_wait(&writer->output, err)); /* for the block before, whose parts are in use */
    buf_reset(&writer->parts);
    writer->n_rows = n_rows;
    uint8_t *end = varuint_put(varuint_put(writer->dimensions, n_columns), n_rows);
    return native_writer_add_bytes(writer, writer->dimensions, (size_t)(end - writer->dimensions),
                                   err);
}

enum status native_writer_add_bytes(struct native_writer *writer, const uint8_t *bytes,
                                    size_t size_bytes, struct err *err)
{
    if (size_bytes == 0)
        return STATUS_OK;
    struct iovec part = {.iov_len = size_bytes};
    /* iovec serves reads too and is not const; nothing writes through it here. */
    memcpy(&part.iov_base, &bytes, sizeof(bytes));
    return buf_append(&writer->parts, &part, sizeof(part), err);
}

enum status native_writer_add_block(struct native_writer *writer, const struct native_block *block,
                                    struct err *err)
{
    for (size_t run = 0; run < native_block_count_runs(block); run++) {
        size_t size_bytes = 0;
        const uint8_t *bytes = native_block_run(block, run, &size_bytes);
        TRY(native_writer_add_bytes(writer, bytes, size_bytes, err));
    }
    return STATUS_OK;
}

#ifndef NDEBUG
/* The rows that the node's part holds, or n_rows where only its values could tell. */
static uint64_t part_rows(const struct native_builder *builder, size_t i, uint64_t n_rows)
{
    const struct native_type *type = native_type_root(&builder->type) + i;
    size_t size_bytes = builder->parts[i].size_bytes;
    switch (type->kind) {
    case NATIVE_FIXED:
        return size_bytes % type->width_bytes == 0 ? size_bytes / type->width_bytes : UINT64_MAX;
    case NATIVE_ARRAY:
        return size_bytes / 8;
    case NATIVE_NULLABLE:
        return size_bytes;
    default:
        return n_rows;
    }
}

static bool node_is_complete(const struct native_builder *builder, size_t i, uint64_t n_rows)
{
    const struct native_type *types = native_type_root(&builder->type);
    if (part_rows(builder, i, n_rows) != n_rows)
        return false;
    if (types[i].kind == NATIVE_ARRAY)
        n_rows = n_rows == 0 ? 0 : load_u64(builder->parts[i].data + (n_rows - 1) * 8);
    for (size_t child = i + 1; child < i + types[i].n_nodes; child += types[child].n_nodes)
        if (!node_is_complete(builder, child, n_rows))
            return false;
    return true;
}
#endif

enum status native_writer_add(struct native_writer *writer, const struct native_builder *builder,
                              struct err *err)
{
    assert(node_is_complete(builder, 0, writer->n_rows));
    TRY(native_writer_add_bytes(writer, builder->header.data, builder->header.size_bytes, err));
    for (size_t i = 0; i < builder->n_parts; i++)
        TRY(native_writer_add_bytes(writer, builder->parts[i].data, builder->parts[i].size_bytes,
                                    err));
    return STATUS_OK;
}

enum status native_writer_flush(struct native_writer *writer, struct err *err)
{
    TRY(writer->output.write(writer->output.context, (struct iovec *)(void *)writer->parts.data,
                             writer->parts.size_bytes / sizeof(struct iovec), err));
    io_add_block(writer->output.totals, writer->n_rows);
    return STATUS_OK;
}

enum status native_writer_announce(struct native_writer *writer, struct err *err)
{
    const struct io_output *output = &writer->output;
    if (output->announce == NULL)
        return STATUS_OK;
    writer->is_open = true;
    struct buf block = {0};
    struct io_output to_block = io_output_of_buf(&block);
    enum status status =
        to_block.write(to_block.context, (struct iovec *)(void *)writer->parts.data,
                       writer->parts.size_bytes / sizeof(struct iovec), err);
    if (status == STATUS_OK)
        status = output->announce(output->context, &block, err);
    buf_free(&block);
    return status;
}

enum status native_writer_finish(struct native_writer *writer, struct err *err)
{
    return io_wait(&writer->output, err);
}
