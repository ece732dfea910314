/*
 * echo: the limit that the executables are measured against. It stands on the same runtime, copies
 * the blocks it reads and adds as many bytes as the real program would, all zeros, and computes
 * nothing.
 *
 *   echo stream [options] NAME:TYPE...   the input's columns and these, for executable()
 *   echo function [options] TYPE         a block's answer, for a pooled function
 *
 *   --share N D         a block, or an array, of n gives n * N / D; a stream then writes only the
 *                       named columns
 *   --string-bytes N D  Strings of N / D bytes on average
 *
 * A type holds no spaces, because the server splits a command at them: Tuple(UInt64,Float64).
 */
#include "function.h"
#include "io_behind.h"
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAX_COLUMNS = 64 };

struct share {
    uint64_t numerator, denominator;
};

struct echo {
    bool is_function, copies_input;
    struct share rows, string_bytes;
    struct native_builder columns[MAX_COLUMNS];
    struct native_builder written[MAX_COLUMNS]; /* those of the last block */
    size_t n_columns;
    uint64_t n_rows_in, n_rows_out;
};

static uint64_t share_of(const struct share *share, uint64_t n)
{
    return n * share->numerator / share->denominator;
}

/* A part's content is not written anew: what was zero stays zero. */
static enum status fill_zeros(struct buf *part, uint64_t size_bytes, struct err *err)
{
    uint8_t *added = NULL;
    size_t before_bytes = part->size_bytes;
    if (size_bytes <= before_bytes) {
        part->size_bytes = size_bytes;
        return STATUS_OK;
    }
    TRY(buf_extend(part, size_bytes - before_bytes, &added, err));
    memset(added, 0, size_bytes - before_bytes);
    return STATUS_OK;
}

/* Strings of equal length, their length in front of each. Every block has them alike. */
static enum status fill_strings(const struct echo *echo, struct buf *part, uint64_t n_rows,
                                struct err *err)
{
    uint64_t size_bytes = share_of(&echo->string_bytes, 1);
    uint8_t *added = NULL;
    buf_reset(part);
    for (uint64_t row = 0; row < n_rows; row++) {
        TRY(buf_append_varuint(part, size_bytes, err));
        TRY(buf_extend(part, size_bytes, &added, err));
        memset(added, 0, size_bytes);
    }
    return STATUS_OK;
}

/* The lengths of the arrays are those of the input's first array, or their share. */
static enum status fill_offsets(const struct echo *echo, const struct native_block *block,
                                struct buf *part, uint64_t *n_elements_out, struct err *err)
{
    const uint8_t *ends = NULL;
    uint8_t *to = NULL;
    uint64_t end = 0;
    for (size_t i = 0; i < block->n_columns && ends == NULL; i++)
        if (native_type_root(&block->columns[i].type)->kind == NATIVE_ARRAY)
            ends = native_column_nodes(&block->columns[i])->data;
    if (ends == NULL)
        return err_set(err, STATUS_MISMATCH, "expected an array in the input, found none");
    buf_reset(part);
    TRY(buf_extend(part, block->n_rows * 8, &to, err));
    for (uint64_t row = 0; row < block->n_rows; row++) {
        end = share_of(&echo->rows, load_u64(ends + row * 8));
        memcpy(to + row * 8, &end, 8);
    }
    *n_elements_out = end;
    return STATUS_OK;
}

static enum status fill_column(const struct echo *echo, const struct native_block *block,
                               struct native_builder *column, uint64_t n_rows, struct err *err)
{
    const struct native_type *types = native_type_root(&column->type);
    for (size_t i = 0; i < column->n_parts; i++) {
        struct buf *part = &column->parts[i];
        if (types[i].kind == NATIVE_ARRAY)
            TRY(fill_offsets(echo, block, part, &n_rows, err));
        else if (types[i].kind == NATIVE_STRING)
            TRY(fill_strings(echo, part, n_rows, err));
        else if (types[i].kind != NATIVE_TUPLE)
            TRY(fill_zeros(part, n_rows * types[i].width_bytes, err));
    }
    return STATUS_OK;
}

static enum status answer(struct echo *echo, const struct native_block *block,
                          struct native_writer *writer, struct err *err)
{
    uint64_t n_rows = block->n_rows;
    if (!echo->is_function) {
        echo->n_rows_in += n_rows;
        n_rows = share_of(&echo->rows, echo->n_rows_in) - echo->n_rows_out;
        echo->n_rows_out += n_rows;
    }
    if (n_rows == 0 && !echo->is_function)
        return STATUS_OK;
    TRY(native_writer_begin(writer, echo->n_columns + (echo->copies_input ? block->n_columns : 0),
                            n_rows, err));
    if (echo->copies_input)
        TRY(native_writer_add_block(writer, block, err));
    for (size_t i = 0; i < echo->n_columns; i++) {
        TRY(fill_column(echo, block, &echo->columns[i], n_rows, err));
        TRY(native_writer_add(writer, &echo->columns[i], err));
    }
    return native_writer_flush(writer, err);
}

/* A stream's columns take turns, and it is written while the next block is read. */
static void take_turns(struct echo *echo)
{
    for (size_t i = 0; i < echo->n_columns; i++) {
        struct native_builder free_one = echo->written[i];
        echo->written[i] = echo->columns[i];
        echo->columns[i] = free_one;
    }
}

static enum status run(struct echo *echo, struct err *err)
{
    static struct io_behind behind;
    struct native_reader reader =
        native_reader_init(io_input_of_descriptor(STDIN_FILENO), echo->is_function ? SIZE_MAX : 0);
    struct io_output output = io_output_of_descriptor(STDOUT_FILENO);
    reader.keeps_last = echo->copies_input;
    if (echo->copies_input)
        output = io_behind_start(&behind, output, false);
    struct native_writer writer = native_writer_init(output);
    TRY(program_prepare(PROGRAM_MAX_MEMORY_BYTES, err));
    for (;;) {
        const struct native_block *block = NULL;
        TRY(native_read_block(&reader, &block, err));
        if (block == NULL)
            return native_writer_finish(&writer, err);
        if (echo->copies_input)
            take_turns(echo);
        TRY(answer(echo, block, &writer, err));
    }
}

static enum status add_column(struct echo *echo, char *word, struct err *err)
{
    char *type = strchr(word, ':');
    if (echo->n_columns == MAX_COLUMNS || (type == NULL) != echo->is_function)
        return err_set(err, STATUS_USAGE, "expected %s, found '%s'",
                       echo->is_function ? "a type" : "NAME:TYPE", word);
    struct native_builder *column = &echo->columns[echo->n_columns];
    struct native_builder *written = &echo->written[echo->n_columns++];
    if (type == NULL)
        return native_builder_init(column, "result", word, err);
    *type = '\0';
    TRY(native_builder_init(written, word, type + 1, err));
    return native_builder_init(column, word, type + 1, err);
}

static enum status parse_share(char **words, struct share *share_out, struct err *err)
{
    struct share share = {0};
    if (words[0] != NULL && words[1] != NULL)
        share = (struct share){strtoull(words[0], NULL, 10), strtoull(words[1], NULL, 10)};
    if (share.denominator == 0)
        return err_set(err, STATUS_USAGE, "expected two numbers after a share, N and D");
    *share_out = share;
    return STATUS_OK;
}

static enum status parse(struct echo *echo, char **words, struct err *err)
{
    if (*words == NULL)
        return err_set(err, STATUS_USAGE, "expected 'stream' or 'function', found nothing");
    *echo = (struct echo){.rows = {1, 1}, .string_bytes = {0, 1}, .copies_input = true};
    echo->is_function = strcmp(*words++, "function") == 0;
    echo->copies_input = !echo->is_function;
    while (*words != NULL) {
        bool is_rows = strcmp(*words, "--share") == 0;
        if (!is_rows && strcmp(*words, "--string-bytes") != 0) {
            TRY(add_column(echo, *words++, err));
            continue;
        }
        TRY(parse_share(words + 1, is_rows ? &echo->rows : &echo->string_bytes, err));
        if (is_rows)
            echo->copies_input = false;
        words += 3;
    }
    return STATUS_OK;
}

int main(int argc, char **argv)
{
    (void)argc;
    static struct echo echo;
    struct err err = {0};
    enum status status = parse(&echo, argv + 1, &err);
    if (status == STATUS_OK)
        status = run(&echo, &err);
    if (status == STATUS_OK)
        return PROGRAM_OK;
    program_complain("echo", err.message);
    return status == STATUS_USAGE ? PROGRAM_USAGE : PROGRAM_FAILED;
}
