#include "function.h"

#include "mem.h"
#include "native_widen.h"

/* The arguments as the kernel sees them. Columns that came in another type than the declared one
 * are made anew for each block; the others are the block's own. */
struct arguments {
    struct native_widened widened[FUNCTION_MAX_ARGUMENTS];
    bool is_widened[FUNCTION_MAX_ARGUMENTS];
    bool any_widened;
    struct native_column columns[FUNCTION_MAX_ARGUMENTS]; /* copies that own nothing */
};

size_t function_count_arguments(const struct function *function)
{
    size_t n = 0;
    while (n < FUNCTION_MAX_ARGUMENTS && function->arguments[n].name != NULL)
        n++;
    return n;
}

const struct function *function_find(const struct function_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_functions; i++)
        if (strcmp(table->functions[i].name, name) == 0)
            return &table->functions[i];
    return NULL;
}

static enum status check_argument(struct arguments *arguments, size_t i,
                                  const struct function_argument *argument,
                                  const struct native_column *column, struct err *err)
{
    const struct native_type *type = native_type_root(&column->type);
    arguments->is_widened[i] = !text_equals(argument->type, type->text, type->text_bytes);
    if (!arguments->is_widened[i])
        return STATUS_OK;
    arguments->any_widened = true;
    native_widened_free(&arguments->widened[i]);
    return native_widened_init(&arguments->widened[i], argument->type, err);
}

static enum status check_arguments(const struct function *function, struct arguments *arguments,
                                   const struct native_block *block, struct err *err)
{
    arguments->any_widened = false;
    for (size_t i = 0; i < block->n_columns; i++)
        TRY(check_argument(arguments, i, &function->arguments[i], &block->columns[i], err));
    return STATUS_OK;
}

static enum status widen_arguments(const struct function *function, struct arguments *arguments,
                                   const struct native_block *block, struct err *err)
{
    for (size_t i = 0; i < block->n_columns; i++) {
        arguments->columns[i] = block->columns[i];
        if (!arguments->is_widened[i])
            continue;
        enum status status = native_widen(&arguments->widened[i], &block->columns[i], err);
        if (status != STATUS_OK) {
            err_prefix(err, "column %zu '%s'", i + 1, function->arguments[i].name);
            return status;
        }
        arguments->columns[i] = arguments->widened[i].column;
    }
    return STATUS_OK;
}

static enum status answer_block(const struct function *function, struct arguments *arguments,
                                const struct native_block *block, struct native_builder *result,
                                struct native_writer *writer, struct err *err)
{
    if (block->header_changed)
        TRY(check_arguments(function, arguments, block, err));
    if (arguments->any_widened)
        TRY(widen_arguments(function, arguments, block, err));
    native_builder_reset(result);
    struct function_call call = {.n_rows = block->n_rows,
                                 .arguments =
                                     arguments->any_widened ? arguments->columns : block->columns,
                                 .result = result};
    enum status status = function->kernel(&call, err);
    if (status != STATUS_OK) {
        err_prefix(err, "row %llu", (unsigned long long)call.row + 1);
        return status;
    }
    TRY(native_writer_begin(writer, 1, block->n_rows, err));
    TRY(native_writer_add(writer, result, err));
    return native_writer_flush(writer, err);
}

/*
 * Whether to give the memory back that blocks have left: after one of less than an eighth of the
 * largest, where that one was large. *largest_bytes: of the blocks since it was last given back.
 */
static bool is_time_to_forget(const struct native_reader *reader, size_t *largest_bytes)
{
    enum { LARGE_BYTES = 4 << 20, SMALL_FRACTION = 8 };
    size_t block_bytes = reader->block.body_bytes;
    if (block_bytes > *largest_bytes)
        *largest_bytes = block_bytes;
    return *largest_bytes > LARGE_BYTES && block_bytes < *largest_bytes / SMALL_FRACTION &&
           !native_reader_holds_more(reader);
}

/* *ends_out: at the input's end, else it is time to give memory back. */
static enum status answer_blocks(const struct function *function, struct native_reader *reader,
                                 struct arguments *arguments, struct native_builder *result,
                                 struct native_writer *writer, bool *ends_out, struct err *err)
{
    size_t largest_bytes = 0;
    do {
        const struct native_block *block = NULL;
        TRY(native_read_block(reader, &block, err));
        *ends_out = block == NULL;
        if (*ends_out)
            return STATUS_OK;
        TRY(answer_block(function, arguments, block, result, writer, err));
    } while (!is_time_to_forget(reader, &largest_bytes));
    return STATUS_OK;
}

/* Answers blocks with memory that is given back when it returns. */
static enum status answer_for_a_while(const struct function *function, struct io_input input,
                                      struct io_output output, bool *ends_out, struct err *err)
{
    const char *names[FUNCTION_MAX_ARGUMENTS];
    struct native_reader reader = native_reader_init(input, SIZE_MAX);
    reader.revision_varies = true;
    reader.names = names;
    reader.n_names = function_count_arguments(function);
    for (size_t i = 0; i < reader.n_names; i++)
        names[i] = function->arguments[i].name;
    struct native_writer writer = native_writer_init(output);
    struct native_builder result;
    struct arguments arguments = {0};
    enum status status = native_builder_init(&result, "result", function->returns, err);
    if (status == STATUS_OK)
        status = answer_blocks(function, &reader, &arguments, &result, &writer, ends_out, err);
    for (size_t i = 0; i < FUNCTION_MAX_ARGUMENTS; i++)
        native_widened_free(&arguments.widened[i]);
    native_builder_free(&result);
    native_writer_free(&writer);
    native_reader_free(&reader);
    if (function->forget != NULL)
        function->forget();
    mem_trim();
    return status;
}

enum status function_serve(const struct function *function, struct io_input input,
                           struct io_output output, struct err *err)
{
    bool ends = false;
    while (!ends)
        TRY(answer_for_a_while(function, input, output, &ends, err));
    return STATUS_OK;
}
