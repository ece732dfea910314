/* Decimal numbers as Java's BigDecimal writes them (-12.50, 1E+6, 1.5E-7), without a rounding. */
#ifndef SALTWELL_PHOENIX_DECIMAL_H
#define SALTWELL_PHOENIX_DECIMAL_H

#include "buf.h"

enum { PHOENIX_DECIMAL_MAX_DIGITS = 76 }; /* as ClickHouse's Decimal256 */

/*
 * Writes the number times 10^scale as a signed little-endian integer of width_bytes (4, 8, 16, 32).
 * STATUS_FORMAT: no number, more digits after the point than the scale, or more than `precision`
 * digits in all.
 */
CHECKED enum status phoenix_decimal_store(const uint8_t *text, size_t text_bytes,
                                          uint32_t precision, uint32_t scale, uint8_t *to,
                                          size_t width_bytes, struct err *err);

/* Appends the number in plain digits: 1000000 for 1E+6. STATUS_FORMAT: no number, or one of more
 * digits than any DECIMAL of Phoenix has; STATUS_NOMEM. */
CHECKED enum status phoenix_decimal_print(const uint8_t *text, size_t text_bytes, struct buf *out,
                                          struct err *err);

#endif
