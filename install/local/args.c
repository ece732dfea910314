#include "args.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void args_out_of_memory(void)
{
    fputs("saltwell-local: out of memory\n", stderr);
    exit(1);
}

PRINTF_LIKE(1, 0) static char *args_vformat(const char *format, va_list arguments)
{
    char *text;
    if (vasprintf(&text, format, arguments) < 0)
        args_out_of_memory();
    return text;
}

char *args_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = args_vformat(format, arguments);
    va_end(arguments);
    return text;
}

void args_add(struct args *args, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = args_vformat(format, arguments);
    va_end(arguments);
    char **items = realloc(args->items, ((size_t)args->count + 2) * sizeof(*items));
    if (items == NULL)
        args_out_of_memory();
    items[args->count++] = text;
    items[args->count] = NULL;
    args->items = items;
}

void args_free(struct args *args)
{
    for (int i = 0; i < args->count; i++)
        free(args->items[i]);
    free(args->items);
    *args = (struct args){0};
}

const char *args_value(char *const *items, int count, int *index, const char *name)
{
    const char *item = items[*index];
    size_t length = strlen(name);
    if (strncmp(item, name, length) != 0)
        return NULL;
    if (item[length] == '=')
        return item + length + 1;
    if (item[length] != '\0' || *index + 1 >= count)
        return NULL;
    return items[++*index];
}

bool args_query(char *const *items, int count, int *index)
{
    return args_value(items, count, index, "--query") != NULL ||
           args_value(items, count, index, "-q") != NULL;
}

char *args_absolute_path(const char *path)
{
    char here[PATH_MAX];
    if (path[0] == '/' || getcwd(here, sizeof(here)) == NULL)
        return args_format("%s", path);
    return args_format("%s/%s", here, path);
}
