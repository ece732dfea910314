/*
 * Writes ClickHouse's Native format, in revision 0, which is the one that the server reads from its
 * programs. A column is built in one buffer per node of its type; a block goes out whole, in one
 * writev of those buffers, without being copied together.
 */
#ifndef SALTWELL_NATIVE_WRITE_H
#define SALTWELL_NATIVE_WRITE_H

#include "native_read.h"

/* A column that is being built. Its memory is kept from block to block. */
struct native_builder {
    struct native_type_tree type;
    struct buf header; /* name and type as on the wire */
    /*
     * One per node of the type. NATIVE_FIXED: the values. NATIVE_STRING, NATIVE_VARIANCE: the
     * values as on the wire. NATIVE_NULLABLE: a byte a row. NATIVE_ARRAY: the UInt64 ends of the
     * rows. NATIVE_TUPLE: nothing. LowCardinality and the types that merely pass through are not
     * built.
     */
    struct buf *parts;
    size_t n_parts;
};

/* Prepares a builder; builder->type may not hold LowCardinality. STATUS_FORMAT for a type that is
 * none, STATUS_NOMEM. The builder owns its memory and must be freed even after a failure. */
CHECKED enum status native_builder_init(struct native_builder *builder, const char *name,
                                        const char *type, struct err *err);
void native_builder_reset(struct native_builder *builder);
void native_builder_free(struct native_builder *builder);

/* Appends a value to a NATIVE_STRING's part. STATUS_NOMEM. */
CHECKED enum status native_append_string(struct buf *part, const uint8_t *bytes, size_t size_bytes,
                                         struct err *err);

/* A block that is being put together from columns that stay where they are until it is written. */
struct native_writer {
    struct io_output output;
    uint8_t dimensions[20];
    uint64_t n_rows;
    struct buf parts; /* struct iovec */
    bool is_open;
};

struct native_writer native_writer_init(struct io_output output);
void native_writer_free(struct native_writer *writer);

/* Makes an output that wants it (io_held.h) incomplete from here on, by the first byte of the first
 * block, which must follow; later calls do nothing. STATUS_NOMEM, STATUS_IO. */
CHECKED enum status native_writer_open(struct native_writer *writer, size_t n_columns,
                                       struct err *err);
/* Begins a block. The columns that follow must be n_columns. STATUS_NOMEM; STATUS_IO where the
 * block before was still being written. */
CHECKED enum status native_writer_begin(struct native_writer *writer, size_t n_columns,
                                        uint64_t n_rows, struct err *err);
/* Adds bytes of columns as they go out: names, types, values. STATUS_NOMEM. */
CHECKED enum status native_writer_add_bytes(struct native_writer *writer, const uint8_t *bytes,
                                            size_t size_bytes, struct err *err);
/* Adds all columns of a block that was read, as they are in revision 0. STATUS_NOMEM. */
CHECKED enum status native_writer_add_block(struct native_writer *writer,
                                            const struct native_block *block, struct err *err);
/* Adds a built column, which must have the block's number of rows. STATUS_NOMEM. */
CHECKED enum status native_writer_add(struct native_writer *writer,
                                      const struct native_builder *builder, struct err *err);
/* Writes the block. Its columns must stay as they are until the next block begins or
 * native_writer_finish returns where the output is a write-behind. STATUS_IO. */
CHECKED enum status native_writer_flush(struct native_writer *writer, struct err *err);
/* In place of native_writer_flush, for a block of no rows: hands it to an output that wants to know
 * the columns before the first rows are there. STATUS_NOMEM, STATUS_IO. */
CHECKED enum status native_writer_announce(struct native_writer *writer, struct err *err);
/* Waits until everything is written: before native_writer_free, where the output is a
 * write-behind. STATUS_IO. */
CHECKED enum status native_writer_finish(struct native_writer *writer, struct err *err);

#endif
