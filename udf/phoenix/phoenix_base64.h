/* Base64 (RFC 4648, section 4, with padding). */
#ifndef SALTWELL_PHOENIX_BASE64_H
#define SALTWELL_PHOENIX_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many bytes the text holds, if it is base64. */
bool phoenix_base64_size(const uint8_t *text, size_t text_bytes, size_t *size_bytes_out);

/* Decodes a text of that many bytes to `to`. False: a character that has no place there. */
bool phoenix_base64_decode(const uint8_t *text, size_t text_bytes, uint8_t *to);

/* Writes size_bytes bytes as 4 * ceil(size_bytes / 3) characters and a final zero. */
void phoenix_base64_encode(const uint8_t *bytes, size_t size_bytes, char *text);

#endif
