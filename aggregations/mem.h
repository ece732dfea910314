/* The functions through which all heap memory passes, so that tests can make the n-th call
 * fail (tests/mem_fail.h). */
#ifndef SALTWELL_MEM_H
#define SALTWELL_MEM_H

#include "err.h"

#include <stddef.h>

/* As realloc; size_bytes > 0. Returns NULL, and leaves `old` as it was, when there is no memory. */
void *mem_resize(void *old, size_t size_bytes);

/* As free; NULL is allowed. */
void mem_free(void *old);

/* Gives freed memory back to the system, which malloc keeps a part of otherwise. */
void mem_trim(void);

/* The most heap memory that was in use at one time so far. */
size_t mem_peak_bytes(void);

/* n > 0 structs of size_bytes each, all zero: their address goes to *zeros_out, a pointer of any
 * type. STATUS_NOMEM leaves it untouched. */
CHECKED enum status mem_take_zeros(size_t n, size_t size_bytes, void *zeros_out, struct err *err);

#endif
