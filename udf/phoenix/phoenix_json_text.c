#include "phoenix_json_text.h"

#include <stdio.h>

static enum status refuse(const char *found, struct err *err)
{
    return err_set(err, STATUS_FORMAT, "expected JSON, found %s", found);
}

static bool take_hex(const uint8_t *at, const uint8_t *end, uint32_t *code_out)
{
    uint32_t code = 0;
    if (end - at < 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        uint8_t digit = at[i], letter = digit | 0x20;
        if (digit >= '0' && digit <= '9')
            code = code << 4 | (uint32_t)(digit - '0');
        else if (letter >= 'a' && letter <= 'f')
            code = code << 4 | (uint32_t)(letter - 'a' + 10);
        else
            return false;
    }
    *code_out = code;
    return true;
}

static uint8_t *put_utf8(uint8_t *to, uint32_t code)
{
    if (code < 0x80) {
        *to++ = (uint8_t)code;
        return to;
    }
    if (code < 0x800) {
        *to++ = (uint8_t)(0xc0 | code >> 6);
    } else {
        if (code < 0x10000) {
            *to++ = (uint8_t)(0xe0 | code >> 12);
        } else {
            *to++ = (uint8_t)(0xf0 | code >> 18);
            *to++ = (uint8_t)(0x80 | (code >> 12 & 63));
        }
        *to++ = (uint8_t)(0x80 | (code >> 6 & 63));
    }
    *to++ = (uint8_t)(0x80 | (code & 63));
    return to;
}

/* What follows \u at *at, two of them where they are a pair of surrogates; half a pair becomes
 * U+FFFD. */
static bool take_unicode(const uint8_t **at, const uint8_t *end, uint8_t **to)
{
    uint32_t code = 0, low = 0;
    if (!take_hex(*at, end, &code))
        return false;
    *at += 4;
    if (code >= 0xd800 && code < 0xe000) {
        bool is_pair = code < 0xdc00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u' &&
                       take_hex(*at + 2, end, &low) && low >= 0xdc00 && low < 0xe000;
        *at += is_pair ? 6 : 0;
        code = is_pair ? 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00)) : 0xfffd;
    }
    *to = put_utf8(*to, code);
    return true;
}

static bool take_escape(const uint8_t **at, const uint8_t *end, uint8_t **to)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (*at == end)
        return false;
    uint8_t letter = *(*at)++;
    if (letter == 'u')
        return take_unicode(at, end, to);
    const char *found = letter == '\0' ? NULL : strchr(letters, letter);
    if (found == NULL)
        return false;
    *(*to)++ = (uint8_t)meanings[found - letters];
    return true;
}

/* The text after a quote. What an escape stands for is never longer than the escape. */
static enum status take_string(struct phoenix_json *json, struct phoenix_json_token *token,
                               struct err *err)
{
    uint8_t *to = json->at;
    const uint8_t *at = json->at;
    token->kind = PHOENIX_JSON_STRING;
    token->bytes = json->at;
    while (at < json->end && *at != '"') {
        if (*at != '\\') {
            *to++ = *at++;
            continue;
        }
        at++;
        if (!take_escape(&at, json->end, &to))
            return refuse("an escape that there is not", err);
    }
    if (at == json->end)
        return refuse("a text without end", err);
    token->size_bytes = (size_t)(to - token->bytes);
    json->at += at + 1 - json->at;
    return STATUS_OK;
}

static bool take_word(struct phoenix_json *json, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(json->end - json->at) < n || memcmp(json->at, word, n) != 0)
        return false;
    json->at += n;
    return true;
}

static bool is_of_number(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || byte == '-' || byte == '+' || byte == '.' ||
           byte == 'e' || byte == 'E';
}

static enum status take_bare(struct phoenix_json *json, struct phoenix_json_token *token,
                             struct err *err)
{
    token->bytes = json->at;
    if (take_word(json, "null"))
        token->kind = PHOENIX_JSON_NULL;
    else if (take_word(json, "true"))
        token->kind = PHOENIX_JSON_TRUE;
    else if (take_word(json, "false"))
        token->kind = PHOENIX_JSON_FALSE;
    else
        token->kind = PHOENIX_JSON_NUMBER;
    if (token->kind != PHOENIX_JSON_NUMBER)
        return STATUS_OK;
    while (json->at < json->end && is_of_number(*json->at))
        json->at++;
    token->size_bytes = (size_t)(json->at - token->bytes);
    return token->size_bytes > 0 ? STATUS_OK : refuse("something else", err);
}

static bool is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t' || byte == ',' ||
           byte == ':';
}

enum status phoenix_json_next(struct phoenix_json *json, struct phoenix_json_token *token_out,
                              struct err *err)
{
    *token_out = (struct phoenix_json_token){.kind = PHOENIX_JSON_END};
    while (json->at < json->end && is_space(*json->at))
        json->at++;
    if (json->at == json->end)
        return STATUS_OK;
    static const char brackets[] = "{}[]";
    const char *bracket = *json->at == '\0' ? NULL : strchr(brackets, *json->at);
    if (bracket != NULL) {
        json->at++;
        token_out->kind = PHOENIX_JSON_BEGIN_OBJECT + (enum phoenix_json_kind)(bracket - brackets);
        return STATUS_OK;
    }
    if (*json->at != '"')
        return take_bare(json, token_out, err);
    json->at++;
    return take_string(json, token_out, err);
}

enum status phoenix_json_skip(struct phoenix_json *json, struct err *err)
{
    struct phoenix_json_token token;
    size_t depth = 0;
    do {
        TRY(phoenix_json_next(json, &token, err));
        bool ends = token.kind == PHOENIX_JSON_END_OBJECT || token.kind == PHOENIX_JSON_END_ARRAY;
        if (token.kind == PHOENIX_JSON_END || (ends && depth == 0))
            return refuse("no value", err);
        depth -= ends;
        depth += token.kind == PHOENIX_JSON_BEGIN_OBJECT || token.kind == PHOENIX_JSON_BEGIN_ARRAY;
    } while (depth > 0);
    return STATUS_OK;
}

enum status phoenix_json_put(struct buf *buf, const char *text, struct err *err)
{
    TRY(buf_append_u8(buf, '"', err));
    for (; *text != '\0'; text++) {
        char escape[8];
        if (*text == '"' || *text == '\\')
            TRY(buf_append_u8(buf, '\\', err));
        if ((unsigned char)*text >= ' ') {
            TRY(buf_append_u8(buf, (uint8_t)*text, err));
            continue;
        }
        (void)snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)*text);
        TRY(buf_append_text(buf, escape, err));
    }
    return buf_append_u8(buf, '"', err);
}
