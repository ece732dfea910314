/* Milliseconds since 1970, in UTC, as text. */
#ifndef SALTWELL_PHOENIX_TIME_H
#define SALTWELL_PHOENIX_TIME_H

#include <stdint.h>

/* What SQL literals can say: the years 1 to 9999. */
#define PHOENIX_LEAST_MS (-62135596800000)
#define PHOENIX_MOST_MS 253402300799999

enum { PHOENIX_TIME_BYTES = 32, PHOENIX_MINUTE_MS = 60000 };

/* Writes 2026-01-02 03:04:05.678 and a final zero. */
void phoenix_time_print(int64_t ms, char text[PHOENIX_TIME_BYTES]);

#endif
