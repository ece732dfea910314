/* Avatica's messages in JSON. A reply is walked once; numbers are taken as the text that they are,
 * so that a DECIMAL keeps its digits. */
#include "phoenix_json_text.h"
#include "phoenix_message.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const request_names[] = {
    [PHOENIX_OPEN_CONNECTION] = "openConnection",
    [PHOENIX_CREATE_STATEMENT] = "createStatement",
    [PHOENIX_PREPARE] = "prepare",
    [PHOENIX_EXECUTE] = "prepareAndExecute",
    [PHOENIX_FETCH] = "fetch",
    [PHOENIX_CLOSE_STATEMENT] = "closeStatement",
    [PHOENIX_CLOSE_CONNECTION] = "closeConnection",
};

static const char *const reply_names[] = {
    [PHOENIX_OPEN_CONNECTION] = "openConnection",
    [PHOENIX_CREATE_STATEMENT] = "createStatement",
    [PHOENIX_PREPARE] = "prepare",
    [PHOENIX_EXECUTE] = "executeResults",
    [PHOENIX_FETCH] = "fetch",
    [PHOENIX_CLOSE_STATEMENT] = "closeStatement",
    [PHOENIX_CLOSE_CONNECTION] = "closeConnection",
};

static enum status put_number(struct buf *body, const char *name, uint64_t value, struct err *err)
{
    char text[96];
    (void)snprintf(text, sizeof(text), ", \"%s\": %llu", name, (unsigned long long)value);
    return buf_append_text(body, text, err);
}

static enum status put_text(struct buf *body, const char *name, const char *value, struct err *err)
{
    TRY(buf_append_text(body, ", \"", err));
    TRY(buf_append_text(body, name, err));
    TRY(buf_append_text(body, "\": ", err));
    return phoenix_json_put(body, value, err);
}

static enum status put_rest(const struct phoenix_request *request, struct buf *body,
                            struct err *err)
{
    switch (request->kind) {
    case PHOENIX_OPEN_CONNECTION:
        TRY(buf_append_text(body, ", \"info\": {", err));
        if (request->snapshot != NULL) {
            TRY(buf_append_text(body, "\"CurrentSCN\": ", err));
            TRY(phoenix_json_put(body, request->snapshot, err));
        }
        return buf_append_u8(body, '}', err);
    case PHOENIX_PREPARE:
        TRY(put_text(body, "sql", request->sql, err));
        return buf_append_text(body, ", \"maxRowCount\": -1", err);
    case PHOENIX_EXECUTE:
        TRY(put_number(body, "statementId", request->statement_id, err));
        TRY(put_text(body, "sql", request->sql, err));
        TRY(buf_append_text(body, ", \"maxRowsTotal\": -1", err));
        return put_number(body, "maxRowsInFirstFrame", request->max_rows, err);
    case PHOENIX_FETCH:
        TRY(put_number(body, "statementId", request->statement_id, err));
        TRY(put_number(body, "offset", request->offset, err));
        return put_number(body, "fetchMaxRowCount", request->max_rows, err);
    case PHOENIX_CLOSE_STATEMENT:
        return put_number(body, "statementId", request->statement_id, err);
    default:
        return STATUS_OK;
    }
}

static enum status encode(const struct phoenix_request *request, struct buf *body, struct err *err)
{
    TRY(buf_append_text(body, "{\"request\": \"", err));
    TRY(buf_append_text(body, request_names[request->kind], err));
    TRY(buf_append_text(body, "\"", err));
    TRY(put_text(body, "connectionId", request->connection_id, err));
    TRY(put_rest(request, body, err));
    return buf_append_u8(body, '}', err);
}

/* What is read, and what was found so far. */
struct walk {
    struct phoenix_json json;
    struct phoenix_reply *reply;
    struct buf items; /* of an array: struct phoenix_value */
    struct phoenix_json_token response;
};

/* Reads what stands in an object after one of its names, or in an array. */
typedef enum status read_part(struct walk *walk, const struct phoenix_json_token *name,
                              struct err *err);

static enum status refuse(const char *expected, struct err *err)
{
    return err_set(err, STATUS_FORMAT, "expected %s in Avatica's JSON, found another value",
                   expected);
}

/* An object, or null. */
static enum status read_object(struct walk *walk, read_part *read_member, struct err *err)
{
    struct phoenix_json_token token;
    TRY(phoenix_json_next(&walk->json, &token, err));
    if (token.kind == PHOENIX_JSON_NULL)
        return STATUS_OK;
    if (token.kind != PHOENIX_JSON_BEGIN_OBJECT)
        return refuse("an object", err);
    for (;;) {
        TRY(phoenix_json_next(&walk->json, &token, err));
        if (token.kind == PHOENIX_JSON_END_OBJECT)
            return STATUS_OK;
        if (token.kind != PHOENIX_JSON_STRING)
            return refuse("a name", err);
        TRY(read_member(walk, &token, err));
    }
}

/* An array, or null. What stands in it begins with the token. */
static enum status read_array(struct walk *walk, read_part *read_element, struct err *err)
{
    struct phoenix_json_token token;
    TRY(phoenix_json_next(&walk->json, &token, err));
    if (token.kind == PHOENIX_JSON_NULL)
        return STATUS_OK;
    if (token.kind != PHOENIX_JSON_BEGIN_ARRAY)
        return refuse("an array", err);
    for (;;) {
        uint8_t *at = walk->json.at;
        TRY(phoenix_json_next(&walk->json, &token, err));
        if (token.kind == PHOENIX_JSON_END_ARRAY)
            return STATUS_OK;
        if (token.kind == PHOENIX_JSON_BEGIN_OBJECT)
            walk->json.at = at;
        TRY(read_element(walk, &token, err));
    }
}

static enum status read_number(struct walk *walk, int64_t *number_out, struct err *err)
{
    struct phoenix_json_token token;
    char text[24];
    TRY(phoenix_json_next(&walk->json, &token, err));
    if (token.kind != PHOENIX_JSON_NUMBER || token.size_bytes >= sizeof(text))
        return refuse("an integer", err);
    memcpy(text, token.bytes, token.size_bytes);
    text[token.size_bytes] = '\0';
    *number_out = strtoll(text, NULL, 10);
    return STATUS_OK;
}

static enum status read_flag(struct walk *walk, bool *flag, struct err *err)
{
    struct phoenix_json_token token;
    TRY(phoenix_json_next(&walk->json, &token, err));
    if (token.kind != PHOENIX_JSON_TRUE && token.kind != PHOENIX_JSON_FALSE)
        return refuse("true or false", err);
    *flag |= token.kind == PHOENIX_JSON_TRUE;
    return STATUS_OK;
}

/* A value that is no array. */
static enum status value_of(const struct phoenix_json_token *token, struct phoenix_value *value_out,
                            struct err *err)
{
    *value_out = (struct phoenix_value){
        .kind = PHOENIX_NULL, .bytes = token->bytes, .size_bytes = token->size_bytes};
    switch (token->kind) {
    case PHOENIX_JSON_NULL:
        return STATUS_OK;
    case PHOENIX_JSON_TRUE:
    case PHOENIX_JSON_FALSE:
        value_out->kind = PHOENIX_BOOL;
        value_out->integer = token->kind == PHOENIX_JSON_TRUE;
        return STATUS_OK;
    case PHOENIX_JSON_NUMBER:
        value_out->kind = PHOENIX_NUMERAL;
        return STATUS_OK;
    case PHOENIX_JSON_STRING:
        value_out->kind = PHOENIX_TEXT;
        return STATUS_OK;
    default:
        return refuse("a number, a text or an array of them", err);
    }
}

static enum status read_items(struct walk *walk, struct phoenix_value *value_out, struct err *err)
{
    struct phoenix_json_token token;
    struct phoenix_value item;
    buf_reset(&walk->items);
    for (;;) {
        TRY(phoenix_json_next(&walk->json, &token, err));
        if (token.kind == PHOENIX_JSON_END_ARRAY)
            break;
        TRY(value_of(&token, &item, err));
        TRY(buf_append(&walk->items, &item, sizeof(item), err));
    }
    *value_out = (struct phoenix_value){
        .kind = PHOENIX_ARRAY,
        .items = (const struct phoenix_value *)(const void *)walk->items.data,
        .n_items = walk->items.size_bytes / sizeof(item)};
    return STATUS_OK;
}

/* The rest of a row, whose bracket was taken. */
static enum status read_row(struct walk *walk, const struct phoenix_json_token *first,
                            struct err *err)
{
    struct phoenix_json_token token;
    struct phoenix_value value;
    if (first->kind != PHOENIX_JSON_BEGIN_ARRAY || walk->reply->rows == NULL)
        return refuse("a row", err);
    for (;;) {
        TRY(phoenix_json_next(&walk->json, &token, err));
        if (token.kind == PHOENIX_JSON_END_ARRAY)
            return phoenix_rows_end_row(walk->reply->rows, err);
        if (token.kind == PHOENIX_JSON_BEGIN_ARRAY)
            TRY(read_items(walk, &value, err));
        else
            TRY(value_of(&token, &value, err));
        TRY(phoenix_rows_add(walk->reply->rows, &value, err));
    }
}

static enum status read_frame(struct walk *walk, const struct phoenix_json_token *name,
                              struct err *err)
{
    walk->reply->has_frame = true;
    if (phoenix_json_equals(name, "done"))
        return read_flag(walk, &walk->reply->is_done, err);
    if (phoenix_json_equals(name, "rows"))
        return read_array(walk, read_row, err);
    return phoenix_json_skip(&walk->json, err);
}

static enum status read_result_member(struct walk *walk, const struct phoenix_json_token *name,
                                      struct err *err)
{
    if (phoenix_json_equals(name, "firstFrame"))
        return read_object(walk, read_frame, err);
    return phoenix_json_skip(&walk->json, err);
}

static enum status read_result(struct walk *walk, const struct phoenix_json_token *first,
                               struct err *err)
{
    (void)first;
    return read_object(walk, read_result_member, err);
}

static struct phoenix_signature_column *last_column(const struct walk *walk)
{
    return &walk->reply->signature->columns[walk->reply->signature->n_columns - 1];
}

static enum status read_type(struct walk *walk, const struct phoenix_json_token *name,
                             struct err *err)
{
    struct phoenix_json_token token;
    int64_t number = 0;
    if (phoenix_json_equals(name, "id")) {
        TRY(read_number(walk, &number, err));
        last_column(walk)->type_id = (int32_t)number;
        return STATUS_OK;
    }
    if (!phoenix_json_equals(name, "name"))
        return phoenix_json_skip(&walk->json, err);
    TRY(phoenix_json_next(&walk->json, &token, err));
    if (token.kind != PHOENIX_JSON_STRING)
        return refuse("a type's name", err);
    phoenix_signature_name(last_column(walk), token.bytes, token.size_bytes);
    return STATUS_OK;
}

static enum status read_column_member(struct walk *walk, const struct phoenix_json_token *name,
                                      struct err *err)
{
    int64_t number = 0;
    if (phoenix_json_equals(name, "type"))
        return read_object(walk, read_type, err);
    bool is_nullable = phoenix_json_equals(name, "nullable");
    bool is_precision = phoenix_json_equals(name, "precision");
    if (!is_nullable && !is_precision && !phoenix_json_equals(name, "scale"))
        return phoenix_json_skip(&walk->json, err);
    TRY(read_number(walk, &number, err));
    if (is_nullable)
        last_column(walk)->is_nullable = number != 0;
    else
        *(is_precision ? &last_column(walk)->precision : &last_column(walk)->scale) =
            (uint32_t)number;
    return STATUS_OK;
}

static enum status read_column(struct walk *walk, const struct phoenix_json_token *first,
                               struct err *err)
{
    (void)first;
    struct phoenix_signature *signature = walk->reply->signature;
    if (signature->n_columns == PHOENIX_MAX_COLUMNS)
        return err_set(err, STATUS_LIMIT, "expected at most %d columns, found more",
                       PHOENIX_MAX_COLUMNS);
    signature->columns[signature->n_columns++] = (struct phoenix_signature_column){0};
    return read_object(walk, read_column_member, err);
}

static enum status read_signature(struct walk *walk, const struct phoenix_json_token *name,
                                  struct err *err)
{
    if (phoenix_json_equals(name, "columns") && walk->reply->signature != NULL)
        return read_array(walk, read_column, err);
    return phoenix_json_skip(&walk->json, err);
}

static enum status read_id(struct walk *walk, struct err *err)
{
    int64_t number = 0;
    TRY(read_number(walk, &number, err));
    walk->reply->statement_id = (uint32_t)number;
    return STATUS_OK;
}

static enum status read_handle(struct walk *walk, const struct phoenix_json_token *name,
                               struct err *err)
{
    if (phoenix_json_equals(name, "id"))
        return read_id(walk, err);
    if (phoenix_json_equals(name, "signature"))
        return read_object(walk, read_signature, err);
    return phoenix_json_skip(&walk->json, err);
}

/* The message of an error; the first of the exceptions where it has none. */
static enum status keep_message(struct walk *walk, const struct phoenix_json_token *text,
                                struct err *err)
{
    if (text->kind == PHOENIX_JSON_NULL)
        return STATUS_OK;
    if (text->kind != PHOENIX_JSON_STRING)
        return refuse("a message", err);
    return buf_append(walk->reply->error_text, text->bytes, text->size_bytes, err);
}

static enum status keep_exception(struct walk *walk, const struct phoenix_json_token *text,
                                  struct err *err)
{
    return walk->reply->error_text->size_bytes == 0 ? keep_message(walk, text, err) : STATUS_OK;
}

static enum status read_message(struct walk *walk, struct err *err)
{
    struct phoenix_json_token token;
    TRY(phoenix_json_next(&walk->json, &token, err));
    if (token.kind == PHOENIX_JSON_STRING)
        buf_reset(walk->reply->error_text);
    return keep_message(walk, &token, err);
}

static enum status read_member(struct walk *walk, const struct phoenix_json_token *name,
                               struct err *err)
{
    if (phoenix_json_equals(name, "response"))
        return phoenix_json_next(&walk->json, &walk->response, err);
    if (phoenix_json_equals(name, "statementId"))
        return read_id(walk, err);
    if (phoenix_json_equals(name, "missingStatement") ||
        phoenix_json_equals(name, "missingResults"))
        return read_flag(walk, &walk->reply->is_missing, err);
    if (phoenix_json_equals(name, "statement"))
        return read_object(walk, read_handle, err);
    if (phoenix_json_equals(name, "results"))
        return read_array(walk, read_result, err);
    if (phoenix_json_equals(name, "frame"))
        return read_object(walk, read_frame, err);
    if (phoenix_json_equals(name, "errorMessage"))
        return read_message(walk, err);
    if (phoenix_json_equals(name, "exceptions"))
        return read_array(walk, keep_exception, err);
    return phoenix_json_skip(&walk->json, err);
}

static enum status decode(enum phoenix_request_kind kind, uint8_t *body, size_t body_bytes,
                          struct phoenix_reply *reply, struct err *err)
{
    struct walk walk = {.json = {body, body + body_bytes}, .reply = reply};
    enum status status = read_object(&walk, read_member, err);
    buf_free(&walk.items);
    TRY(status);
    reply->is_error = phoenix_json_equals(&walk.response, "error");
    if (reply->is_error || phoenix_json_equals(&walk.response, reply_names[kind]))
        return STATUS_OK;
    return err_set(err, STATUS_FORMAT, "expected Avatica's %s, found '%.*s'", reply_names[kind],
                   walk.response.size_bytes < 100 ? (int)walk.response.size_bytes : 100,
                   walk.response.kind == PHOENIX_JSON_STRING ? (const char *)walk.response.bytes
                                                             : "");
}

const struct phoenix_codec phoenix_json_codec = {"json", "application/json", encode, decode};
