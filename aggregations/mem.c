#include "mem.h"

#include <stdlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

void *mem_resize(void *old, size_t size_bytes)
{
    return realloc(old, size_bytes);
}

void mem_free(void *old)
{
    free(old);
}

void mem_trim(void)
{
#if defined(__GLIBC__)
    (void)malloc_trim(0);
#endif
}

enum status mem_take_zeros(size_t n, size_t size_bytes, void *zeros_out, struct err *err)
{
    void *zeros = n > SIZE_MAX / size_bytes ? NULL : mem_resize(NULL, n * size_bytes);
    if (zeros == NULL)
        return err_set(err, STATUS_NOMEM, "out of memory: no room for %zu times %zu bytes", n,
                       size_bytes);
    memset(zeros, 0, n * size_bytes);
    memcpy(zeros_out, &zeros, sizeof(zeros));
    return STATUS_OK;
}
