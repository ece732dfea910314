/* Whether the sandbox holds on this system: what an administrator asks an installed program. */
#ifndef SALTWELL_SANDBOX_PROOF_H
#define SALTWELL_SANDBOX_PROOF_H

#include "err.h"

#include <stddef.h>

/*
 * Enters the sandbox in a process of its own and calls there what is forbidden. STATUS_OK: that
 * ended the process. STATUS_IO: it did not, or the system refused a step, which the message names.
 */
CHECKED enum status sandbox_prove(size_t max_memory_bytes, struct err *err);

#endif
