/* A block of one column, read from its values on the wire: what tests of columns share. */
#ifndef SALTWELL_TESTS_ONE_COLUMN_H
#define SALTWELL_TESTS_ONE_COLUMN_H

#include "native_read.h"

#include <criterion/criterion.h>

static inline void make_block(struct buf *bytes, const char *type, uint64_t n_rows,
                              const void *values, size_t values_bytes)
{
    cr_assert(buf_append_varuint(bytes, 1, NULL) == STATUS_OK);
    cr_assert(buf_append_varuint(bytes, n_rows, NULL) == STATUS_OK);
    cr_assert(buf_append(bytes, "\1x", 2, NULL) == STATUS_OK);
    cr_assert(buf_append_varuint(bytes, strlen(type), NULL) == STATUS_OK);
    cr_assert(buf_append(bytes, type, strlen(type), NULL) == STATUS_OK);
    cr_assert(buf_append(bytes, values, values_bytes, NULL) == STATUS_OK);
}

struct reading {
    struct buf bytes;
    struct io_memory memory;
    struct native_reader reader;
    const struct native_block *block;
};

static inline const struct native_column *read_column(struct reading *reading, const char *type,
                                                      uint64_t n_rows, const void *values,
                                                      size_t values_bytes)
{
    struct err err = {0};
    *reading = (struct reading){0};
    make_block(&reading->bytes, type, n_rows, values, values_bytes);
    reading->memory = (struct io_memory){reading->bytes.data, reading->bytes.size_bytes, 0};
    reading->reader = native_reader_init(io_input_of_memory(&reading->memory), SIZE_MAX);
    cr_assert(native_read_block(&reading->reader, &reading->block, &err) == STATUS_OK, "%s",
              err.message);
    return &reading->block->columns[0];
}

static inline void free_reading(struct reading *reading)
{
    native_reader_free(&reading->reader);
    buf_free(&reading->bytes);
}

#endif
