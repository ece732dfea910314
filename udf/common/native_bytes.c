#include "native_bytes.h"

enum {
    READ_AHEAD_BYTES = 64 << 10, /* asked for beyond what is needed; moved to the front at the end
                                    of a block, so it must stay small */
};

enum status native_fill_up_to(struct native_reader *reader, size_t n, struct err *err)
{
    struct buf *bytes = &reader->bytes;
    while (native_unparsed_bytes(reader) < n && !reader->is_trying) {
        if (bytes->size_bytes == bytes->capacity_bytes)
            TRY(buf_grow(bytes, READ_AHEAD_BYTES, err));
        size_t room_bytes = bytes->capacity_bytes - bytes->size_bytes;
        size_t wanted_bytes = n - native_unparsed_bytes(reader);
        if (room_bytes > wanted_bytes && room_bytes - wanted_bytes > READ_AHEAD_BYTES)
            room_bytes = wanted_bytes + READ_AHEAD_BYTES;
        size_t read_bytes = 0;
        TRY(reader->input.read(reader->input.context, bytes->data + bytes->size_bytes, room_bytes,
                               &read_bytes, err));
        if (read_bytes == 0)
            return STATUS_OK;
        bytes->size_bytes += read_bytes;
    }
    return STATUS_OK;
}

enum status native_need(struct native_reader *reader, size_t n, struct err *err)
{
    if (LIKELY(native_unparsed_bytes(reader) >= n))
        return STATUS_OK;
    TRY(native_fill_up_to(reader, n, err));
    if (native_unparsed_bytes(reader) >= n)
        return STATUS_OK;
    reader->missing_bytes = n - native_unparsed_bytes(reader);
    return err_set(err, STATUS_TRUNCATED,
                   "truncated input: expected %zu more bytes at byte %zu of the block, found %zu",
                   n, reader->at, native_unparsed_bytes(reader));
}

enum status native_skip(struct native_reader *reader, size_t n, struct err *err)
{
    TRY(native_need(reader, n, err));
    reader->at += n;
    return STATUS_OK;
}

enum status native_skip_values(struct native_reader *reader, uint64_t n, size_t width_bytes,
                               size_t *at_out, struct err *err)
{
    if (n > SIZE_MAX / 4 / width_bytes)
        return err_set(err, STATUS_LIMIT, "expected fewer values of %zu bytes, found %llu",
                       width_bytes, (unsigned long long)n);
    size_t at = reader->at;
    TRY(native_skip(reader, (size_t)n * width_bytes, err));
    *at_out = at;
    return STATUS_OK;
}

enum status native_read_varuint(struct native_reader *reader, uint64_t *value_out, struct err *err)
{
    for (;;) {
        const uint8_t *from = reader->bytes.data + reader->at;
        const uint8_t *at = from;
        switch (varuint_get(&at, reader->bytes.data + reader->bytes.size_bytes, value_out)) {
        case VARUINT_OK:
            reader->at += (size_t)(at - from);
            return STATUS_OK;
        case VARUINT_OVERFLOW:
            return err_set(err, STATUS_FORMAT,
                           "expected a varuint of at most 64 bits at byte %zu of the block, found "
                           "a longer one",
                           reader->at);
        case VARUINT_SHORT:
            TRY(native_need(reader, native_unparsed_bytes(reader) + 1, err));
        }
    }
}

enum status native_read_u64(struct native_reader *reader, uint64_t *value_out, struct err *err)
{
    TRY(native_need(reader, 8, err));
    *value_out = load_u64(reader->bytes.data + reader->at);
    reader->at += 8;
    return STATUS_OK;
}
