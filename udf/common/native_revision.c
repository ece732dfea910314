#include "native_revision.h"

#include "native_bytes.h"

/* Fields 1 and 2 as the server writes them to a program: no overflow row, no bucket. */
static const uint8_t info[] = {1, 0, 2, 0xff, 0xff, 0xff, 0xff};

enum {
    OVERFLOWS_AT = 1, /* in info */
    FIELD_BUCKETS = 3,
    MAX_BUCKETS = 256, /* the server's own limit */
};

/* Whether n bytes are those that BlockInfo begins with. A block of revision 0 can only begin so
 * where its one column has a name of the two bytes 0xff and a type of more than 16 000. */
static bool begins_info(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n && i < sizeof(info); i++)
        if (bytes[i] != info[i] && !(i == OVERFLOWS_AT && bytes[i] == 1))
            return false;
    return true;
}

/* Field 3: a varuint n, n Int32. */
static enum status skip_buckets(struct native_reader *reader, struct err *err)
{
    uint64_t n = 0;
    TRY(native_read_varuint(reader, &n, err));
    if (n > MAX_BUCKETS)
        return err_set(err, STATUS_LIMIT, "BlockInfo: expected at most %d buckets, found %llu",
                       MAX_BUCKETS, (unsigned long long)n);
    return native_skip(reader, (size_t)n * 4, err);
}

enum status native_read_info(struct native_reader *reader, enum native_revision *revision_out,
                             struct err *err)
{
    uint64_t field = 0;
    *revision_out = NATIVE_REVISION_0;
    /* Byte by byte: the shortest blocks of revision 0 are shorter than BlockInfo. */
    for (size_t n = 1; n <= sizeof(info); n++) {
        TRY(native_fill_up_to(reader, n, err));
        if (native_unparsed_bytes(reader) < n || !begins_info(reader->bytes.data + reader->at, n))
            return STATUS_OK;
    }
    TRY(native_skip(reader, sizeof(info), err));
    *revision_out = NATIVE_REVISION_INFO;
    TRY(native_read_varuint(reader, &field, err));
    if (field == FIELD_BUCKETS) {
        *revision_out = NATIVE_REVISION_BUCKETS;
        TRY(skip_buckets(reader, err));
        TRY(native_read_varuint(reader, &field, err));
    }
    return field == 0 ? STATUS_OK
                      : err_set(err, STATUS_FORMAT,
                                "expected a block of a known revision of ClickHouse's protocol, "
                                "found BlockInfo with a field %llu: ask for an older one "
                                "(client_protocol_version)",
                                (unsigned long long)field);
}

bool native_info_follows(const struct native_reader *reader)
{
    return begins_info(reader->bytes.data + reader->at, native_unparsed_bytes(reader));
}
