#include "mem.h"

#include <stdlib.h>

static unsigned long calls_until_failure;

void *mem_resize(void *old, size_t size_bytes)
{
    if (calls_until_failure > 0 && --calls_until_failure == 0)
        return NULL;
    return realloc(old, size_bytes);
}

void mem_free(void *old)
{
    free(old);
}

void mem_fail_call(unsigned long n)
{
    calls_until_failure = n;
}
