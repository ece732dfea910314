/*
 * JSON by hand: a text is cut into tokens where it stands, and texts lose their escapes there.
 * Commas and colons are stepped over like spaces: what matters is what is nested in what.
 */
#ifndef SALTWELL_PHOENIX_JSON_TEXT_H
#define SALTWELL_PHOENIX_JSON_TEXT_H

#include "buf.h"

enum phoenix_json_kind {
    PHOENIX_JSON_END, /* of the text */
    PHOENIX_JSON_BEGIN_OBJECT,
    PHOENIX_JSON_END_OBJECT,
    PHOENIX_JSON_BEGIN_ARRAY,
    PHOENIX_JSON_END_ARRAY,
    PHOENIX_JSON_STRING, /* bytes, without escapes */
    PHOENIX_JSON_NUMBER, /* bytes, as they stand there */
    PHOENIX_JSON_TRUE,
    PHOENIX_JSON_FALSE,
    PHOENIX_JSON_NULL,
};

struct phoenix_json {
    uint8_t *at;
    uint8_t *end;
};

struct phoenix_json_token {
    enum phoenix_json_kind kind;
    const uint8_t *bytes; /* good as long as the text */
    size_t size_bytes;
};

/* Takes the next token. STATUS_FORMAT: no JSON. */
CHECKED enum status phoenix_json_next(struct phoenix_json *json,
                                      struct phoenix_json_token *token_out, struct err *err);

/* Steps over a value, whatever is in it. STATUS_FORMAT. */
CHECKED enum status phoenix_json_skip(struct phoenix_json *json, struct err *err);

/* Appends a terminated text in quotes. STATUS_NOMEM. */
CHECKED enum status phoenix_json_put(struct buf *buf, const char *text, struct err *err);

static inline bool phoenix_json_equals(const struct phoenix_json_token *token, const char *text)
{
    return token->kind == PHOENIX_JSON_STRING && text_equals(text, token->bytes, token->size_bytes);
}

#endif
