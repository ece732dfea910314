#include "mem_fail.h"

#include <stdbool.h>
#include <stddef.h>

/* The linker calls them so. A compiler makes the others of a realloc(NULL, ...) where it can. */
void *__real_realloc(void *old, size_t size_bytes);
void *__wrap_realloc(void *old, size_t size_bytes);
void *__real_malloc(size_t size_bytes);
void *__wrap_malloc(size_t size_bytes);
void *__real_calloc(size_t n, size_t size_bytes);
void *__wrap_calloc(size_t n, size_t size_bytes);

static unsigned long calls_until_failure;

static bool is_to_fail(void)
{
    return calls_until_failure > 0 && --calls_until_failure == 0;
}

void *__wrap_realloc(void *old, size_t size_bytes)
{
    return is_to_fail() ? NULL : __real_realloc(old, size_bytes);
}

void *__wrap_malloc(size_t size_bytes)
{
    return is_to_fail() ? NULL : __real_malloc(size_bytes);
}

void *__wrap_calloc(size_t n, size_t size_bytes)
{
    return is_to_fail() ? NULL : __real_calloc(n, size_bytes);
}

unsigned long mem_fail_call(unsigned long n)
{
    unsigned long left = calls_until_failure;
    calls_until_failure = n;
    return left;
}
