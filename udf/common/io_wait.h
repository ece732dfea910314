/* Waiting for a descriptor, and the time that passes with it. */
#ifndef SALTWELL_IO_WAIT_H
#define SALTWELL_IO_WAIT_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

/* Whether the descriptor can be read from (POLLIN) or written to (POLLOUT) within the time. What is
 * wrong with it is told by the read or the write that follows. */
bool io_wait_ready(int descriptor, short events, int timeout_ms);

/* Milliseconds on a clock that never jumps. */
int64_t io_now_ms(void);

#endif
