#include "mem.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Two threads may take memory. */
static atomic_size_t used_bytes, peak_bytes;

static void count(size_t before_bytes, size_t after_bytes)
{
    size_t used =
        atomic_fetch_add(&used_bytes, after_bytes - before_bytes) + after_bytes - before_bytes;
    size_t peak = atomic_load(&peak_bytes);
    while (used > peak && !atomic_compare_exchange_weak(&peak_bytes, &peak, used))
        ;
}

void *mem_resize(void *old, size_t size_bytes)
{
    size_t before_bytes = malloc_usable_size(old);
    void *memory = realloc(old, size_bytes);
    if (memory != NULL)
        count(before_bytes, malloc_usable_size(memory));
    return memory;
}

void mem_free(void *old)
{
    count(malloc_usable_size(old), 0);
    free(old);
}

size_t mem_peak_bytes(void)
{
    return atomic_load(&peak_bytes);
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
