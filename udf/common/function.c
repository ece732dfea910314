#include "function.h"

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

static bool text_equals(const char *text, const void *bytes, size_t size_bytes)
{
    return strlen(text) == size_bytes && memcmp(text, bytes, size_bytes) == 0;
}

static enum status check_argument(const struct function_argument *argument,
                                  const struct native_column *column, size_t i, struct err *err)
{
    const struct native_type *type = native_type_root(&column->type);
    if (!text_equals(argument->type, type->text, type->text_bytes))
        return err_set(err, STATUS_MISMATCH, "column %zu '%s': expected the type %s, found %.*s",
                       i + 1, argument->name, argument->type, (int)type->text_bytes, type->text);
    return STATUS_OK;
}

static enum status check_arguments(const struct function *function,
                                   const struct native_block *block, struct err *err)
{
    for (size_t i = 0; i < block->n_columns; i++)
        TRY(check_argument(&function->arguments[i], &block->columns[i], i, err));
    return STATUS_OK;
}

static enum status answer_block(const struct function *function, const struct native_block *block,
                                struct native_builder *result, struct native_writer *writer,
                                struct err *err)
{
    if (block->header_changed)
        TRY(check_arguments(function, block, err));
    native_builder_reset(result);
    struct function_call call = {
        .n_rows = block->n_rows, .arguments = block->columns, .result = result};
    enum status status = function->kernel(&call, err);
    if (status != STATUS_OK) {
        err_prefix(err, "row %llu", (unsigned long long)call.row + 1);
        return status;
    }
    TRY(native_writer_begin(writer, 1, block->n_rows, err));
    TRY(native_writer_add(writer, result, err));
    return native_writer_flush(writer, err);
}

static enum status answer_all(const struct function *function, struct native_reader *reader,
                              struct native_builder *result, struct native_writer *writer,
                              struct err *err)
{
    for (;;) {
        const struct native_block *block = NULL;
        TRY(native_read_block(reader, &block, err));
        if (block == NULL)
            return STATUS_OK;
        TRY(answer_block(function, block, result, writer, err));
    }
}

enum status function_serve(const struct function *function, struct io_input input,
                           struct io_output output, struct err *err)
{
    const char *names[FUNCTION_MAX_ARGUMENTS];
    struct native_reader reader = native_reader_init(input, SIZE_MAX);
    reader.revision_varies = true;
    reader.names = names;
    reader.n_names = function_count_arguments(function);
    for (size_t i = 0; i < reader.n_names; i++)
        names[i] = function->arguments[i].name;
    struct native_writer writer = native_writer_init(output);
    struct native_builder result = {0};
    enum status status = native_builder_init(&result, "result", function->returns, err);
    if (status == STATUS_OK)
        status = answer_all(function, &reader, &result, &writer, err);
    native_builder_free(&result);
    native_writer_free(&writer);
    native_reader_free(&reader);
    return status;
}
