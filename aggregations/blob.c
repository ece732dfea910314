#define ZSTD_STATIC_LINKING_ONLY /* ZSTD_customMem: zstd's memory too comes from mem_resize */
#include "blob.h"

#include "mem.h"

#include <stdbool.h>
#include <xxhash.h>
#include <zstd.h>
#include <zstd_errors.h>

enum {
    HEADER_BYTES = 16,
    CHECKSUM_BYTES = 8,
    STORED_SIZE_BYTES = 8,
    VERSION = 1,
    FLAG_ZSTD = 1,
};

enum { AT_VERSION = 4, AT_KIND = 5, AT_FLAGS = 6, AT_RESERVED = 7, AT_DECODED_SIZE = 8 };

static const uint8_t magic[4] = {0xB7, 'S', 'W', 'B'};

enum {
    /* FORMAT.md has the measurements that these two come from. */
    ZSTD_TRY_FROM_BYTES = 512,
    ZSTD_LEVEL = 1,
};

/* A block of zstd has at most 128 KiB of content and takes at least 4 bytes (RFC 8878, 3.1.1.2). */
enum { ZSTD_MAX_RATIO = 32768 };

static ZSTD_CCtx *compressor;
static ZSTD_DCtx *decompressor;

static void *zstd_allocate(void *unused, size_t size_bytes)
{
    (void)unused;
    return mem_resize(NULL, size_bytes);
}

static void zstd_release(void *unused, void *address)
{
    (void)unused;
    mem_free(address);
}

static const ZSTD_customMem zstd_memory = {zstd_allocate, zstd_release, NULL};

void blob_free_contexts(void)
{
    ZSTD_freeCCtx(compressor);
    ZSTD_freeDCtx(decompressor);
    compressor = NULL;
    decompressor = NULL;
}

const char *blob_kind_name(unsigned kind)
{
    switch (kind) {
    case BLOB_ACTIVITY:
        return "activity";
    case BLOB_EXACT:
        return "exact";
    default:
        return "unknown";
    }
}

static enum status out_of_memory(struct err *err)
{
    return err_set(err, STATUS_NOMEM, "out of memory in zstd");
}

/*
 * Compresses into room_bytes at `to`. *frame_bytes_out becomes 0 when the frame does not fit, which
 * is how a payload that does not shrink shows.
 */
static enum status compress(const uint8_t *payload, size_t payload_bytes, uint8_t *to,
                            size_t room_bytes, size_t *frame_bytes_out, struct err *err)
{
    if (compressor == NULL)
        compressor = ZSTD_createCCtx_advanced(zstd_memory);
    if (compressor == NULL)
        return out_of_memory(err);
    size_t frame_bytes =
        ZSTD_compressCCtx(compressor, to, room_bytes, payload, payload_bytes, ZSTD_LEVEL);
    if (!ZSTD_isError(frame_bytes)) {
        *frame_bytes_out = frame_bytes;
        return STATUS_OK;
    }
    if (ZSTD_getErrorCode(frame_bytes) == ZSTD_error_memory_allocation)
        return out_of_memory(err);
    *frame_bytes_out = 0;
    return STATUS_OK;
}

static void put_header(uint8_t *to, enum blob_kind kind, uint8_t flags, uint64_t decoded_bytes)
{
    memcpy(to, magic, sizeof(magic));
    to[AT_VERSION] = VERSION;
    to[AT_KIND] = (uint8_t)kind;
    to[AT_FLAGS] = flags;
    to[AT_RESERVED] = 0;
    store_u64(to + AT_DECODED_SIZE, decoded_bytes);
}

enum status blob_encode(enum blob_kind kind, const uint8_t *payload, size_t payload_bytes,
                        struct buf *out, struct err *err)
{
    if (payload_bytes == 0)
        return STATUS_OK;
    if (payload_bytes > BLOB_MAX_DECODED_BYTES)
        return err_set(
            err, STATUS_LIMIT, "a blob takes %llu bytes of payload, this %s state has %zu",
            (unsigned long long)BLOB_MAX_DECODED_BYTES, blob_kind_name(kind), payload_bytes);
    TRY(buf_reserve(out, payload_bytes + BLOB_OVERHEAD_BYTES, err));
    uint8_t *blob = out->data + out->size_bytes;
    uint8_t *body = blob + HEADER_BYTES;
    uint8_t flags = 0;
    size_t frame_bytes = 0;
    if (payload_bytes >= ZSTD_TRY_FROM_BYTES)
        TRY(compress(payload, payload_bytes, body + STORED_SIZE_BYTES,
                     payload_bytes - STORED_SIZE_BYTES - 1, &frame_bytes, err));
    if (frame_bytes > 0) {
        flags = FLAG_ZSTD;
        store_u64(body, frame_bytes);
        body += STORED_SIZE_BYTES + frame_bytes;
    } else {
        memcpy(body, payload, payload_bytes);
        body += payload_bytes;
    }
    put_header(blob, kind, flags, payload_bytes);
    store_u64(body, XXH3_64bits(blob, (size_t)(body - blob)));
    out->size_bytes += (size_t)(body - blob) + CHECKSUM_BYTES;
    return STATUS_OK;
}

enum status blob_kind_of(const uint8_t *blob, size_t blob_bytes, enum blob_kind *kind_out,
                         struct err *err)
{
    size_t magic_bytes = blob_bytes < sizeof(magic) ? blob_bytes : sizeof(magic);
    if (magic_bytes == 0 || memcmp(blob, magic, magic_bytes) != 0)
        return err_set(err, STATUS_FORMAT, "not a state: a blob starts with the bytes B7 53 57 42");
    if (blob_bytes < HEADER_BYTES)
        return err_set(err, STATUS_TRUNCATED,
                       "a blob's header has %d bytes, this blob ends after %zu", HEADER_BYTES,
                       blob_bytes);
    if (blob[AT_VERSION] != VERSION)
        return err_set(err, STATUS_VERSION, "this build reads blobs of version %d, this one is %d",
                       VERSION, blob[AT_VERSION]);
    uint8_t kind = blob[AT_KIND];
    if (kind != BLOB_ACTIVITY && kind != BLOB_EXACT)
        return err_set(err, STATUS_FORMAT, "blob kind %d is unknown", kind);
    *kind_out = (enum blob_kind)kind;
    return STATUS_OK;
}

/* Where a blob's payload lies and how it is stored, checked up to and with the checksum. */
struct layout {
    const uint8_t *body;
    size_t stored_bytes;
    size_t decoded_bytes;
    bool is_zstd;
};

static enum status check_kind_and_flags(enum blob_kind expected, const uint8_t *blob,
                                        size_t blob_bytes, struct err *err)
{
    enum blob_kind kind = expected;
    TRY(blob_kind_of(blob, blob_bytes, &kind, err));
    if (kind != expected)
        return err_set(err, STATUS_MISMATCH, "expected a blob of kind %s, found one of kind %s",
                       blob_kind_name(expected), blob_kind_name(kind));
    if ((blob[AT_FLAGS] & ~FLAG_ZSTD) != 0)
        return err_set(err, STATUS_FORMAT, "blob flags 0x%02x have bits that version %d lacks",
                       blob[AT_FLAGS], VERSION);
    if (blob[AT_RESERVED] != 0)
        return err_set(err, STATUS_FORMAT, "a blob's reserved byte is 0, this one is 0x%02x",
                       blob[AT_RESERVED]);
    return STATUS_OK;
}

static enum status check_decoded_size(uint64_t decoded_bytes, struct err *err)
{
    if (decoded_bytes == 0)
        return err_set(err, STATUS_FORMAT,
                       "a blob of an empty payload: the empty state is the empty String");
    if (decoded_bytes > BLOB_MAX_DECODED_BYTES)
        return err_set(
            err, STATUS_LIMIT, "a blob's payload has at most %llu bytes, this one declares %llu",
            (unsigned long long)BLOB_MAX_DECODED_BYTES, (unsigned long long)decoded_bytes);
    return STATUS_OK;
}

static enum status check_zstd_sizes(uint64_t decoded_bytes, uint64_t stored_bytes, struct err *err)
{
    if (stored_bytes >= decoded_bytes)
        return err_set(err, STATUS_FORMAT,
                       "a zstd payload is smaller than its content, this one declares %llu of %llu",
                       (unsigned long long)stored_bytes, (unsigned long long)decoded_bytes);
    if (decoded_bytes / ZSTD_MAX_RATIO > stored_bytes)
        return err_set(err, STATUS_LIMIT,
                       "%llu bytes of zstd cannot hold the declared %llu bytes of payload",
                       (unsigned long long)stored_bytes, (unsigned long long)decoded_bytes);
    return STATUS_OK;
}

/* The sizes that the blob declares, against the caps. Allocates nothing. */
static enum status read_sizes(const uint8_t *blob, size_t blob_bytes, struct layout *layout,
                              struct err *err)
{
    uint64_t decoded_bytes = load_u64(blob + AT_DECODED_SIZE);
    uint64_t stored_bytes = decoded_bytes;
    const uint8_t *body = blob + HEADER_BYTES;
    bool is_zstd = (blob[AT_FLAGS] & FLAG_ZSTD) != 0;
    TRY(check_decoded_size(decoded_bytes, err));
    if (is_zstd) {
        if (blob_bytes < BLOB_ZSTD_OVERHEAD_BYTES)
            return err_set(err, STATUS_TRUNCATED,
                           "a compressed blob has more than %d bytes, this one ends after %zu",
                           BLOB_ZSTD_OVERHEAD_BYTES, blob_bytes);
        stored_bytes = load_u64(body);
        body += STORED_SIZE_BYTES;
        TRY(check_zstd_sizes(decoded_bytes, stored_bytes, err));
    }
    *layout = (struct layout){body, (size_t)stored_bytes, (size_t)decoded_bytes, is_zstd};
    return STATUS_OK;
}

/* The sizes against the bytes that are there, then the checksum. */
static enum status check_bytes(const uint8_t *blob, size_t blob_bytes, const struct layout *layout,
                               struct err *err)
{
    size_t hashed_bytes = (size_t)(layout->body - blob) + layout->stored_bytes;
    size_t expected_bytes = hashed_bytes + CHECKSUM_BYTES;
    if (blob_bytes != expected_bytes)
        return err_set(err, blob_bytes < expected_bytes ? STATUS_TRUNCATED : STATUS_FORMAT,
                       "the blob declares %zu bytes in all, %zu are there", expected_bytes,
                       blob_bytes);
    uint64_t declared = load_u64(blob + hashed_bytes);
    uint64_t found = XXH3_64bits(blob, hashed_bytes);
    if (declared != found)
        return err_set(err, STATUS_CHECKSUM,
                       "the blob has changed since it was written: its checksum is %016llx, its "
                       "bytes give %016llx",
                       (unsigned long long)declared, (unsigned long long)found);
    return STATUS_OK;
}

/* One frame that fills the stored bytes and declares the same content size as the blob. */
static enum status check_frame(const struct layout *layout, struct err *err)
{
    unsigned long long content_bytes = ZSTD_getFrameContentSize(layout->body, layout->stored_bytes);
    if (content_bytes == ZSTD_CONTENTSIZE_ERROR || content_bytes == ZSTD_CONTENTSIZE_UNKNOWN)
        return err_set(err, STATUS_FORMAT, "the payload is not a zstd frame with a content size");
    if (content_bytes != layout->decoded_bytes)
        return err_set(err, STATUS_FORMAT,
                       "the blob declares %zu bytes of payload, its zstd frame %llu",
                       layout->decoded_bytes, content_bytes);
    size_t frame_bytes = ZSTD_findFrameCompressedSize(layout->body, layout->stored_bytes);
    if (ZSTD_isError(frame_bytes) || frame_bytes != layout->stored_bytes)
        return err_set(err, STATUS_FORMAT, "the zstd frame does not fill its %zu bytes exactly",
                       layout->stored_bytes);
    return STATUS_OK;
}

/* Appends the decoded payload to *scratch; on failure its content is as it was. */
static enum status decompress(const struct layout *layout, struct buf *scratch, struct err *err)
{
    TRY(check_frame(layout, err));
    TRY(buf_reserve(scratch, layout->decoded_bytes + BLOB_PADDING_BYTES, err));
    if (decompressor == NULL)
        decompressor = ZSTD_createDCtx_advanced(zstd_memory);
    if (decompressor == NULL)
        return out_of_memory(err);
    size_t decoded_bytes =
        ZSTD_decompressDCtx(decompressor, scratch->data + scratch->size_bytes,
                            layout->decoded_bytes, layout->body, layout->stored_bytes);
    if (ZSTD_isError(decoded_bytes))
        return err_set(err, STATUS_FORMAT, "the blob's zstd frame is broken: %s",
                       ZSTD_getErrorName(decoded_bytes));
    if (decoded_bytes != layout->decoded_bytes)
        return err_set(err, STATUS_FORMAT, "the blob declares %zu bytes of payload, zstd gives %zu",
                       layout->decoded_bytes, decoded_bytes);
    scratch->size_bytes += decoded_bytes;
    memset(scratch->data + scratch->size_bytes, 0, BLOB_PADDING_BYTES);
    return STATUS_OK;
}

enum status blob_decode(enum blob_kind expected, const uint8_t *blob, size_t blob_bytes,
                        struct buf *scratch, const uint8_t **payload_out, size_t *payload_bytes_out,
                        struct err *err)
{
    struct layout layout = {0};
    if (blob_bytes > 0) {
        TRY(check_kind_and_flags(expected, blob, blob_bytes, err));
        TRY(read_sizes(blob, blob_bytes, &layout, err));
        TRY(check_bytes(blob, blob_bytes, &layout, err));
    }
    const uint8_t *payload = layout.body;
    if (layout.is_zstd) {
        TRY(decompress(&layout, scratch, err));
        payload = scratch->data + scratch->size_bytes - layout.decoded_bytes;
    }
    *payload_out = payload;
    *payload_bytes_out = layout.decoded_bytes;
    return STATUS_OK;
}
