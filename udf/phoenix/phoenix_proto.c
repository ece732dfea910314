#include "phoenix_proto.h"

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

static enum status refuse(const char *found, struct err *err)
{
    return err_set(err, STATUS_FORMAT, "expected a protobuf message, found %s", found);
}

static enum status take_varint(struct phoenix_proto *message, uint64_t *value_out, struct err *err)
{
    enum varuint_result result = varuint_get(&message->at, message->end, value_out);
    if (result == VARUINT_OK)
        return STATUS_OK;
    return refuse(result == VARUINT_SHORT ? "one that ends inside a number"
                                          : "a number of more than 64 bits",
                  err);
}

static enum status take_bytes(struct phoenix_proto *message, uint64_t size_bytes,
                              struct phoenix_field *field, struct err *err)
{
    if (size_bytes > phoenix_proto_size(message))
        return refuse("a field that is longer than its message", err);
    field->is_message = true;
    field->message.at = message->at;
    message->at += size_bytes;
    field->message.end = message->at;
    return STATUS_OK;
}

static enum status take_fixed(struct phoenix_proto *message, size_t size_bytes,
                              struct phoenix_field *field, struct err *err)
{
    if (size_bytes > phoenix_proto_size(message))
        return refuse("one that ends inside a number", err);
    field->integer = size_bytes == 8 ? load_u64(message->at) : load_u32(message->at);
    message->at += size_bytes;
    return STATUS_OK;
}

static enum status take_field(struct phoenix_proto *message, struct phoenix_field *field_out,
                              struct err *err)
{
    uint64_t tag = 0, size_bytes = 0;
    TRY(take_varint(message, &tag, err));
    if (tag >> 3 == 0 || tag >> 32 != 0)
        return refuse("a field without a number", err);
    *field_out = (struct phoenix_field){.number = (uint32_t)(tag >> 3)};
    switch (tag & 7) {
    case WIRE_VARINT:
        return take_varint(message, &field_out->integer, err);
    case WIRE_FIXED64:
        return take_fixed(message, 8, field_out, err);
    case WIRE_FIXED32:
        return take_fixed(message, 4, field_out, err);
    case WIRE_BYTES:
        TRY(take_varint(message, &size_bytes, err));
        return take_bytes(message, size_bytes, field_out, err);
    default:
        return refuse("a field of an unknown kind", err);
    }
}

bool phoenix_proto_next(struct phoenix_proto *message, struct phoenix_field *field_out,
                        enum status *status_out, struct err *err)
{
    *status_out = STATUS_OK;
    if (message->at == message->end)
        return false;
    *status_out = take_field(message, field_out, err);
    return *status_out == STATUS_OK;
}

enum status phoenix_proto_put_integer(struct buf *buf, uint32_t number, uint64_t value,
                                      struct err *err)
{
    TRY(buf_append_varuint(buf, (uint64_t)number << 3 | WIRE_VARINT, err));
    return buf_append_varuint(buf, value, err);
}

enum status phoenix_proto_put_bytes(struct buf *buf, uint32_t number, const void *bytes,
                                    size_t size_bytes, struct err *err)
{
    TRY(buf_append_varuint(buf, (uint64_t)number << 3 | WIRE_BYTES, err));
    TRY(buf_append_varuint(buf, size_bytes, err));
    return buf_append(buf, bytes, size_bytes, err);
}

enum status phoenix_proto_put_text(struct buf *buf, uint32_t number, const char *text,
                                   struct err *err)
{
    return phoenix_proto_put_bytes(buf, number, text, strlen(text), err);
}
