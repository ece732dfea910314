#include "io_wait.h"

#include <errno.h>
#include <time.h>

bool io_wait_ready(int descriptor, short events, int timeout_ms)
{
    struct pollfd wanted = {.fd = descriptor, .events = events};
    int n;
    do
        n = poll(&wanted, 1, timeout_ms);
    while (n < 0 && errno == EINTR);
    return n != 0;
}

int64_t io_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
