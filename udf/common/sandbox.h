/*
 * What a process gives up before it reads a byte of input: every descriptor but 0, 1 and 2, new
 * privileges, memory beyond a limit, and every system call but those that read, write, manage
 * memory and end the process. A bug in a decoder can then do little more than end the process.
 *
 * Under a sanitizer or valgrind, whose own run-time needs more, the system-call filter is left out.
 */
#ifndef SALTWELL_SANDBOX_H
#define SALTWELL_SANDBOX_H

#include "err.h"

#include <stddef.h>

/* STATUS_IO: the system refused; the message names the step. */
CHECKED enum status sandbox_enter(size_t max_memory_bytes, struct err *err);

/* The same for a program that reaches a server: it keeps the descriptors below first_closed, and
 * may open TCP sockets, connect and close them; a filter does not see where to. */
CHECKED enum status sandbox_enter_with_network(size_t max_memory_bytes, int first_closed,
                                               struct err *err);

#endif
