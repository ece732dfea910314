/* Avatica's messages in Protocol Buffers. The field numbers are those of its common.proto,
 * requests.proto and responses.proto (version 1.18). */
#include "phoenix_message.h"
#include "phoenix_proto.h"

#define PACKAGE "org.apache.calcite.avatica.proto."

static const char *const request_names[] = {
    [PHOENIX_OPEN_CONNECTION] = "OpenConnectionRequest",
    [PHOENIX_CREATE_STATEMENT] = "CreateStatementRequest",
    [PHOENIX_PREPARE] = "PrepareRequest",
    [PHOENIX_EXECUTE] = "PrepareAndExecuteRequest",
    [PHOENIX_FETCH] = "FetchRequest",
    [PHOENIX_CLOSE_STATEMENT] = "CloseStatementRequest",
    [PHOENIX_CLOSE_CONNECTION] = "CloseConnectionRequest",
};

static const char *const reply_names[] = {
    [PHOENIX_OPEN_CONNECTION] = "OpenConnectionResponse",
    [PHOENIX_CREATE_STATEMENT] = "CreateStatementResponse",
    [PHOENIX_PREPARE] = "PrepareResponse",
    [PHOENIX_EXECUTE] = "ExecuteResponse",
    [PHOENIX_FETCH] = "FetchResponse",
    [PHOENIX_CLOSE_STATEMENT] = "CloseStatementResponse",
    [PHOENIX_CLOSE_CONNECTION] = "CloseConnectionResponse",
};

static enum status put_info(struct buf *message, const char *snapshot, struct err *err)
{
    struct buf entry = {0};
    enum status status = phoenix_proto_put_text(&entry, 1, "CurrentSCN", err);
    if (status == STATUS_OK)
        status = phoenix_proto_put_text(&entry, 2, snapshot, err);
    if (status == STATUS_OK)
        status = phoenix_proto_put_bytes(message, 2, entry.data, entry.size_bytes, err);
    buf_free(&entry);
    return status;
}

static enum status put_request(const struct phoenix_request *request, struct buf *message,
                               struct err *err)
{
    TRY(phoenix_proto_put_text(message, 1, request->connection_id, err));
    switch (request->kind) {
    case PHOENIX_OPEN_CONNECTION:
        return request->snapshot == NULL ? STATUS_OK : put_info(message, request->snapshot, err);
    case PHOENIX_PREPARE:
        TRY(phoenix_proto_put_text(message, 2, request->sql, err));
        return phoenix_proto_put_integer(message, 4, UINT64_MAX, err);
    case PHOENIX_EXECUTE:
        TRY(phoenix_proto_put_text(message, 2, request->sql, err));
        TRY(phoenix_proto_put_integer(message, 4, request->statement_id, err));
        TRY(phoenix_proto_put_integer(message, 5, UINT64_MAX, err));
        return phoenix_proto_put_integer(message, 6, request->max_rows, err);
    case PHOENIX_FETCH:
        TRY(phoenix_proto_put_integer(message, 2, request->statement_id, err));
        TRY(phoenix_proto_put_integer(message, 3, request->offset, err));
        return phoenix_proto_put_integer(message, 5, request->max_rows, err);
    case PHOENIX_CLOSE_STATEMENT:
        return phoenix_proto_put_integer(message, 2, request->statement_id, err);
    default:
        return STATUS_OK;
    }
}

static enum status encode(const struct phoenix_request *request, struct buf *body, struct err *err)
{
    struct buf message = {0}, name = {0};
    enum status status = put_request(request, &message, err);
    if (status == STATUS_OK)
        status = buf_append_text(&name, PACKAGE "Requests$", err);
    if (status == STATUS_OK)
        status = buf_append_text(&name, request_names[request->kind], err);
    if (status == STATUS_OK)
        status = phoenix_proto_put_bytes(body, 1, name.data, name.size_bytes, err);
    if (status == STATUS_OK)
        status = phoenix_proto_put_bytes(body, 2, message.data, message.size_bytes, err);
    buf_free(&message);
    buf_free(&name);
    return status;
}

/* Avatica's Rep: how a value is sent. */
enum {
    REP_PRIMITIVE_BOOLEAN = 0,
    REP_PRIMITIVE_CHAR = 2,
    REP_PRIMITIVE_FLOAT = 6,
    REP_PRIMITIVE_DOUBLE = 7,
    REP_BOOLEAN = 8,
    REP_CHARACTER = 10,
    REP_FLOAT = 14,
    REP_DOUBLE = 15,
    REP_BYTE_STRING = 20,
    REP_STRING = 21,
    REP_OBJECT = 23,
    REP_NULL = 24,
    REP_BIG_INTEGER = 25,
    REP_BIG_DECIMAL = 26,
    REP_ARRAY = 27,
};

/* A TypedValue's fields: what it leaves out is 0, false or empty. */
struct typed {
    uint64_t rep, boolean, number, double_bits;
    struct phoenix_proto text, bytes;
    bool is_null, holds_items;
};

static enum status read_typed(struct phoenix_proto message, struct typed *typed, struct err *err)
{
    static const uint8_t empty[1];
    struct phoenix_field field;
    enum status status = STATUS_OK;
    *typed = (struct typed){.text = {empty, empty}, .bytes = {empty, empty}};
    while (phoenix_proto_next(&message, &field, &status, err)) {
        if (field.number == 1)
            typed->rep = field.integer;
        else if (field.number == 2)
            typed->boolean = field.integer;
        else if (field.number == 3 && field.is_message)
            typed->text = field.message;
        else if (field.number == 4)
            typed->number = field.integer;
        else if (field.number == 5 && field.is_message)
            typed->bytes = field.message;
        else if (field.number == 6)
            typed->double_bits = field.integer;
        else if (field.number == 7)
            typed->is_null = field.integer != 0;
        else if (field.number == 8)
            typed->holds_items = true;
    }
    return status;
}

static struct phoenix_value bytes_value(enum phoenix_value_kind kind, struct phoenix_proto bytes)
{
    return (struct phoenix_value){
        .kind = kind, .bytes = bytes.at, .size_bytes = phoenix_proto_size(&bytes)};
}

static struct phoenix_value float_value(int64_t integer)
{
    uint32_t bits = (uint32_t)integer;
    return (struct phoenix_value){.kind = PHOENIX_DOUBLE, .number = (double)load_f32(&bits)};
}

static enum status value_of(const struct typed *typed, struct phoenix_value *value_out,
                            struct err *err)
{
    int64_t integer = phoenix_proto_signed(typed->number);
    *value_out = (struct phoenix_value){.kind = PHOENIX_NULL};
    if (typed->is_null || typed->rep == REP_NULL)
        return STATUS_OK;
    switch (typed->rep) {
    case REP_PRIMITIVE_BOOLEAN:
    case REP_BOOLEAN:
        *value_out = (struct phoenix_value){.kind = PHOENIX_BOOL, .integer = typed->boolean != 0};
        return STATUS_OK;
    case REP_PRIMITIVE_CHAR:
    case REP_CHARACTER:
    case REP_STRING:
    case REP_BIG_DECIMAL:
        *value_out = bytes_value(PHOENIX_TEXT, typed->text);
        return STATUS_OK;
    case REP_BYTE_STRING:
        *value_out = bytes_value(PHOENIX_BYTES, typed->bytes);
        return STATUS_OK;
    case REP_PRIMITIVE_FLOAT:
    case REP_FLOAT: /* its bits, as an integer */
        *value_out = float_value(integer);
        return STATUS_OK;
    case REP_PRIMITIVE_DOUBLE:
    case REP_DOUBLE:
        *value_out =
            (struct phoenix_value){.kind = PHOENIX_DOUBLE, .number = load_f64(&typed->double_bits)};
        return STATUS_OK;
    default:
        break;
    }
    if (typed->rep >= REP_OBJECT || typed->holds_items)
        return err_set(err, STATUS_FORMAT,
                       "expected a number, a text or bytes, found Avatica's %llu",
                       (unsigned long long)typed->rep);
    *value_out = (struct phoenix_value){.kind = PHOENIX_INTEGER, .integer = integer};
    return STATUS_OK;
}

static enum status read_value(struct phoenix_proto message, struct phoenix_value *value_out,
                              struct err *err)
{
    struct typed typed;
    TRY(read_typed(message, &typed, err));
    return value_of(&typed, value_out, err);
}

static enum status add_item(struct phoenix_proto message, struct buf *items, struct err *err)
{
    struct phoenix_value value;
    TRY(read_value(message, &value, err));
    return buf_append(items, &value, sizeof(value), err);
}

/* A ColumnValue. Its field 1 repeats the others for older clients. */
static enum status read_column(struct phoenix_proto message, struct phoenix_rows *rows,
                               struct buf *items, struct err *err)
{
    struct phoenix_value value = {.kind = PHOENIX_NULL};
    struct phoenix_field field;
    enum status status = STATUS_OK;
    bool has_array = false;
    buf_reset(items);
    while (phoenix_proto_next(&message, &field, &status, err)) {
        if (field.number == 4 && field.is_message)
            TRY(read_value(field.message, &value, err));
        else if (field.number == 2 && field.is_message)
            TRY(add_item(field.message, items, err));
        else if (field.number == 3)
            has_array = field.integer != 0;
    }
    TRY(status);
    if (has_array)
        value =
            (struct phoenix_value){.kind = PHOENIX_ARRAY,
                                   .items = (const struct phoenix_value *)(const void *)items->data,
                                   .n_items = items->size_bytes / sizeof(value)};
    return phoenix_rows_add(rows, &value, err);
}

static enum status read_row(struct phoenix_proto message, struct phoenix_rows *rows,
                            struct buf *items, struct err *err)
{
    struct phoenix_field field;
    enum status status = STATUS_OK;
    while (phoenix_proto_next(&message, &field, &status, err)) {
        if (field.number == 1 && field.is_message)
            TRY(read_column(field.message, rows, items, err));
    }
    TRY(status);
    return phoenix_rows_end_row(rows, err);
}

static enum status read_rows(struct phoenix_proto frame, struct phoenix_reply *reply,
                             struct buf *items, struct err *err)
{
    struct phoenix_field field;
    enum status status = STATUS_OK;
    reply->has_frame = true;
    while (phoenix_proto_next(&frame, &field, &status, err)) {
        if (field.number == 2)
            reply->is_done = field.integer != 0;
        else if (field.number == 3 && field.is_message && reply->rows != NULL)
            TRY(read_row(field.message, reply->rows, items, err));
    }
    return status;
}

static enum status read_frame(struct phoenix_proto frame, struct phoenix_reply *reply,
                              struct err *err)
{
    struct buf items = {0}; /* of an array */
    enum status status = read_rows(frame, reply, &items, err);
    buf_free(&items);
    return status;
}

/* An AvaticaType. What it says of an array's items is not known before the rows are there. */
static enum status read_type(struct phoenix_proto message, struct phoenix_signature_column *column,
                             struct err *err)
{
    struct phoenix_field field;
    enum status status = STATUS_OK;
    while (phoenix_proto_next(&message, &field, &status, err)) {
        if (field.number == 1)
            column->type_id = (int32_t)field.integer;
        else if (field.number == 2 && field.is_message)
            phoenix_signature_name(column, field.message.at, phoenix_proto_size(&field.message));
    }
    return status;
}

static enum status read_signature_column(struct phoenix_proto message,
                                         struct phoenix_signature_column *column, struct err *err)
{
    struct phoenix_field field;
    enum status status = STATUS_OK;
    *column = (struct phoenix_signature_column){0};
    while (phoenix_proto_next(&message, &field, &status, err)) {
        if (field.number == 6)
            column->is_nullable = field.integer != 0;
        else if (field.number == 12)
            column->precision = (uint32_t)field.integer;
        else if (field.number == 13)
            column->scale = (uint32_t)field.integer;
        else if (field.number == 20 && field.is_message)
            TRY(read_type(field.message, column, err));
    }
    return status;
}

static enum status read_signature(struct phoenix_proto message, struct phoenix_signature *signature,
                                  struct err *err)
{
    struct phoenix_field field;
    enum status status = STATUS_OK;
    signature->n_columns = 0;
    while (phoenix_proto_next(&message, &field, &status, err)) {
        if (field.number != 1 || !field.is_message)
            continue;
        if (signature->n_columns == PHOENIX_MAX_COLUMNS)
            return err_set(err, STATUS_LIMIT, "expected at most %d columns, found more",
                           PHOENIX_MAX_COLUMNS);
        TRY(read_signature_column(field.message, &signature->columns[signature->n_columns], err));
        signature->n_columns++;
    }
    return status;
}

/* A StatementHandle. */
static enum status read_handle(struct phoenix_proto message, struct phoenix_reply *reply,
                               struct err *err)
{
    struct phoenix_field field;
    enum status status = STATUS_OK;
    while (phoenix_proto_next(&message, &field, &status, err)) {
        if (field.number == 2)
            reply->statement_id = (uint32_t)field.integer;
        else if (field.number == 3 && field.is_message && reply->signature != NULL)
            TRY(read_signature(field.message, reply->signature, err));
    }
    return status;
}

/* A ResultSetResponse. */
static enum status read_result(struct phoenix_proto message, struct phoenix_reply *reply,
                               struct err *err)
{
    struct phoenix_field field;
    enum status status = STATUS_OK;
    while (phoenix_proto_next(&message, &field, &status, err)) {
        if (field.number == 5 && field.is_message)
            TRY(read_frame(field.message, reply, err));
    }
    return status;
}

static enum status read_reply_field(enum phoenix_request_kind kind,
                                    const struct phoenix_field *field, struct phoenix_reply *reply,
                                    struct err *err)
{
    switch (kind) {
    case PHOENIX_CREATE_STATEMENT:
        if (field->number == 2)
            reply->statement_id = (uint32_t)field->integer;
        return STATUS_OK;
    case PHOENIX_PREPARE:
        return field->number == 1 && field->is_message ? read_handle(field->message, reply, err)
                                                       : STATUS_OK;
    case PHOENIX_EXECUTE:
        if (field->number == 2)
            reply->is_missing |= field->integer != 0;
        return field->number == 1 && field->is_message ? read_result(field->message, reply, err)
                                                       : STATUS_OK;
    case PHOENIX_FETCH:
        if (field->number == 2 || field->number == 3)
            reply->is_missing |= field->integer != 0;
        return field->number == 1 && field->is_message ? read_frame(field->message, reply, err)
                                                       : STATUS_OK;
    default:
        return STATUS_OK;
    }
}

static enum status read_reply(enum phoenix_request_kind kind, struct phoenix_proto message,
                              struct phoenix_reply *reply, struct err *err)
{
    struct phoenix_field field;
    enum status status = STATUS_OK;
    while (phoenix_proto_next(&message, &field, &status, err)) {
        TRY(read_reply_field(kind, &field, reply, err));
    }
    return status;
}

/* An ErrorResponse: its error_message, or the first line of the exceptions where it has none. */
static enum status read_error(struct phoenix_proto message, struct phoenix_reply *reply,
                              struct err *err)
{
    struct phoenix_proto text = {NULL, NULL};
    struct phoenix_field field;
    enum status status = STATUS_OK;
    reply->is_error = true;
    while (phoenix_proto_next(&message, &field, &status, err)) {
        if (field.is_message && (field.number == 2 || (field.number == 1 && text.at == NULL)))
            text = field.message;
    }
    TRY(status);
    return text.at == NULL ? STATUS_OK
                           : buf_append(reply->error_text, text.at, phoenix_proto_size(&text), err);
}

/* Whether the class name is that of the message. */
static bool is_named(struct phoenix_proto name, const char *message)
{
    static const char prefix[] = PACKAGE "Responses$";
    size_t prefix_bytes = sizeof(prefix) - 1;
    return phoenix_proto_size(&name) > prefix_bytes && memcmp(name.at, prefix, prefix_bytes) == 0 &&
           text_equals(message, name.at + prefix_bytes, phoenix_proto_size(&name) - prefix_bytes);
}

/* A WireMessage: a class name and the message's bytes, which are left out where it is empty. */
static enum status decode(enum phoenix_request_kind kind, uint8_t *body, size_t body_bytes,
                          struct phoenix_reply *reply, struct err *err)
{
    struct phoenix_proto wire = {body, body + body_bytes}, name = {body, body}, message = name;
    struct phoenix_field field;
    enum status status = STATUS_OK;
    while (phoenix_proto_next(&wire, &field, &status, err)) {
        if (field.number == 1 && field.is_message)
            name = field.message;
        else if (field.number == 2 && field.is_message)
            message = field.message;
    }
    TRY(status);
    if (is_named(name, "ErrorResponse"))
        return read_error(message, reply, err);
    if (!is_named(name, reply_names[kind]))
        return err_set(err, STATUS_FORMAT, "expected Avatica's %s, found '%.*s'", reply_names[kind],
                       phoenix_proto_size(&name) < 100 ? (int)phoenix_proto_size(&name) : 100,
                       (const char *)name.at);
    return read_reply(kind, message, reply, err);
}

const struct phoenix_codec phoenix_protobuf_codec = {"protobuf", "application/x-google-protobuf",
                                                     encode, decode};
