#include "phoenix_base64.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static size_t count_padding(const uint8_t *text, size_t text_bytes)
{
    if (text_bytes == 0 || text[text_bytes - 1] != '=')
        return 0;
    return text[text_bytes - 2] == '=' ? 2 : 1;
}

bool phoenix_base64_size(const uint8_t *text, size_t text_bytes, size_t *size_bytes_out)
{
    if (text_bytes % 4 != 0)
        return false;
    *size_bytes_out = text_bytes / 4 * 3 - count_padding(text, text_bytes);
    return true;
}

static bool digit_of(uint8_t character, uint32_t *digit_out)
{
    const char *at = character == '\0' ? NULL : strchr(alphabet, character);
    *digit_out = at == NULL ? 0 : (uint32_t)(at - alphabet);
    return at != NULL;
}

bool phoenix_base64_decode(const uint8_t *text, size_t text_bytes, uint8_t *to)
{
    size_t n_digits = text_bytes - count_padding(text, text_bytes);
    uint32_t bits = 0;
    unsigned n_bits = 0;
    for (size_t i = 0; i < n_digits; i++) {
        uint32_t digit = 0;
        if (!digit_of(text[i], &digit))
            return false;
        bits = bits << 6 | digit;
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            *to++ = (uint8_t)(bits >> n_bits);
        }
    }
    return true;
}

void phoenix_base64_encode(const uint8_t *bytes, size_t size_bytes, char *text)
{
    for (size_t i = 0; i < size_bytes; i += 3) {
        size_t left = size_bytes - i;
        uint32_t bits = (uint32_t)bytes[i] << 16;
        bits |= left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
        bits |= left > 2 ? bytes[i + 2] : 0;
        *text++ = alphabet[bits >> 18];
        *text++ = alphabet[bits >> 12 & 63];
        *text++ = left > 1 ? alphabet[bits >> 6 & 63] : '=';
        *text++ = left > 2 ? alphabet[bits & 63] : '=';
    }
    *text = '\0';
}
