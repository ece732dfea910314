/*
 * What every executable does around its computation: the pages that it prints about itself, the
 * sandbox, and the one line on standard error with which it fails. The only module of the runtime
 * that prints.
 */
#ifndef SALTWELL_PROGRAM_H
#define SALTWELL_PROGRAM_H

#include "err.h"

#include <stddef.h>

struct function_table;

enum { PROGRAM_OK = 0, PROGRAM_FAILED = 1, PROGRAM_USAGE = 2 };

/* The whole of an executable that serves a function table. Returns the exit status. */
int program_serve(const struct function_table *table, int argc, char **argv);

/* Grows the pipes on descriptors 0 and 1 to 1 MiB where the system allows it, ignores SIGINT where
 * descriptor 0 is a pipe, and enters the sandbox. */
CHECKED enum status program_prepare(size_t max_memory_bytes, struct err *err);
/* The same for a program that reaches a server, which keeps the descriptors below first_closed. */
CHECKED enum status program_prepare_with_network(size_t max_memory_bytes, int first_closed,
                                                 struct err *err);

/* Prints a page to standard output. Returns the exit status: a page that did not arrive, because
 * the output is full or closed, is a failure. */
PRINTF_LIKE(2, 3)
int program_print(const char *executable, const char *format, ...);

/* Prints `executable: message` to standard error. */
void program_complain(const char *executable, const char *message);

/* What the memory of a process is limited to unless --max-memory says otherwise. */
#define PROGRAM_MAX_MEMORY_BYTES ((size_t)8 << 30)

#endif
