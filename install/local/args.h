/* A list of arguments that grows. Running out of memory ends the process: nothing is lost by then.
 */
#ifndef SALTWELL_ARGS_H
#define SALTWELL_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler.h"

struct args {
    char **items; /* ends with NULL */
    int count;
};

/* Adds one argument; the list keeps a copy. */
PRINTF_LIKE(2, 3) void args_add(struct args *args, const char *format, ...);

/* The text made from `format`, to be freed by the caller. */
PRINTF_LIKE(1, 2) char *args_format(const char *format, ...);

void args_free(struct args *args);

/*
 * If items[*index] is `name` with a value, as two words or as name=value, returns the value and
 * moves *index to the last word read; NULL otherwise. `name` without a value is NULL too.
 */
const char *args_value(char *const *items, int count, int *index, const char *name);

/* The same for --query and -q, whose text must never be taken for an option; true if it is one. */
bool args_query(char *const *items, int count, int *index);

/* The path as seen from the root folder, to be freed by the caller; it need not exist. */
char *args_absolute_path(const char *path);

#endif
