/*
 * The function table: a function is declared once, here, and the XML that registers it with the
 * server, --help, --list, the README's table and the check of what the server sends come from it.
 */
#ifndef SALTWELL_FUNCTION_H
#define SALTWELL_FUNCTION_H

#include "native_read.h"
#include "native_write.h"

/* One block of calls: row i of the arguments belongs to row i of the result. */
struct function_call {
    uint64_t n_rows;
    const struct native_column *arguments; /* as declared, all Strings indexed */
    struct native_builder *result;         /* empty; the kernel leaves n_rows rows in it */
    uint64_t row;                          /* the kernel keeps it up to date: errors name it */
};

/*
 * Computes a block. Any status but STATUS_OK ends the process with the message. A kernel may keep
 * memory between blocks but no state: the same block always gives the same bytes.
 */
typedef enum status function_kernel(struct function_call *call, struct err *err);

enum { FUNCTION_MAX_ARGUMENTS = 4 };

struct function_argument {
    const char *name;
    const char *type; /* ClickHouse's own spelling, as the server sends it */
};

struct function {
    const char *name;
    const char *doc;                                                /* one line */
    struct function_argument arguments[FUNCTION_MAX_ARGUMENTS + 1]; /* ends with an empty one */
    const char *returns;
    function_kernel *kernel;
    void (*forget)(void); /* gives back what memory kernels keep between blocks; NULL: none */
};

/* An executable's table. */
struct function_table {
    const char *executable;
    const char *doc; /* one line */
    const struct function *functions;
    size_t n_functions;
};

size_t function_count_arguments(const struct function *function);

/* The function of that name, or NULL. */
const struct function *function_find(const struct function_table *table, const char *name);

/*
 * The block loop: reads blocks of arguments, answers each with a block of as many results, until
 * the input ends between two blocks. The statuses are those of the reader, the writer and the
 * kernel, and STATUS_MISMATCH for arguments other than the declared ones. A block that failed
 * leaves no byte in the output. Memory is kept from block to block, and given back after a block of
 * less than an eighth of the largest, where that one had more than 4 MiB.
 */
CHECKED enum status function_serve(const struct function *function, struct io_input input,
                                   struct io_output output, struct err *err);

/* The first node of an argument's column: the one that holds its values or its offsets. */
static inline const struct native_node *function_argument_nodes(const struct function_call *call,
                                                                size_t argument)
{
    return native_column_nodes(&call->arguments[argument]);
}

static inline const uint8_t *function_argument_values(const struct function_call *call,
                                                      size_t argument)
{
    return function_argument_nodes(call, argument)->data;
}

#endif
