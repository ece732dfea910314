/* The two functions through which all heap memory passes, so that tests can make the n-th call
 * fail. */
#ifndef SALTWELL_MEM_H
#define SALTWELL_MEM_H

#include <stddef.h>

/* As realloc; size_bytes > 0. Returns NULL, and leaves `old` as it was, when there is no memory. */
void *mem_resize(void *old, size_t size_bytes);

/* As free; NULL is allowed. */
void mem_free(void *old);

/* For tests: the n-th call of mem_resize from now fails, once. 0 switches that off. */
void mem_fail_call(unsigned long n);

#endif
