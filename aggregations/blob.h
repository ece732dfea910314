/*
 * The stored form of a state: a String that says what it is, of which version, and whether it is
 * still what was written. FORMAT.md is the specification; in short, fields little-endian:
 *
 *     0  magic         4 bytes  B7 53 57 42
 *     4  version       1        1
 *     5  kind          1        enum blob_kind
 *     6  flags         1        bit 0: the payload is a zstd frame; the other bits are 0
 *     7  reserved      1        0
 *     8  decoded size  8        size of the payload in bytes, at least 1
 *    16  stored size   8        size of the zstd frame; only where flag bit 0 is set
 *     .  payload
 *     .  checksum      8        XXH3-64, seed 0, of everything before it
 *
 * The empty state is the empty String, so a column's default is a valid state.
 *
 * Blobs come from tables that anybody may have written to. Nothing is allocated before the declared
 * sizes have been held against the caps, against the bytes that are there and against what zstd can
 * do at best, and before the checksum agrees.
 *
 * The zstd contexts are made once and kept for the life of the process; one thread only.
 */
#ifndef SALTWELL_BLOB_H
#define SALTWELL_BLOB_H

#include "buf.h"

enum {
    /* Bytes beside the payload: header and checksum, and the stored size under zstd. */
    BLOB_OVERHEAD_BYTES = 24,
    BLOB_ZSTD_OVERHEAD_BYTES = 32,
};

/* The largest payload: more than any history that fits a row, less than what hurts a server. */
#define BLOB_MAX_DECODED_BYTES ((uint64_t)1 << 30)

/* So many bytes after the payloads of blob_decode are readable, for loads of whole words. */
enum { BLOB_PADDING_BYTES = 8 };

enum blob_kind { BLOB_ACTIVITY = 1, BLOB_EXACT = 2 };

/* "activity" or "exact"; "unknown" for any other number. */
const char *blob_kind_name(unsigned kind);

/*
 * Appends the blob of payload to *out; nothing when payload_bytes is 0. Equal payloads give equal
 * blobs under one version of libzstd. STATUS_LIMIT when the payload is above
 * BLOB_MAX_DECODED_BYTES, STATUS_NOMEM. On failure *out is as it was. O(payload_bytes).
 */
CHECKED enum status blob_encode(enum blob_kind kind, const uint8_t *payload, size_t payload_bytes,
                                struct buf *out, struct err *err);

/*
 * Checks a blob and finds its payload. *payload_out points into blob when the payload is stored as
 * it is, else to bytes that were appended to *scratch: then it is valid until scratch next grows or
 * is reset. BLOB_PADDING_BYTES after it are readable. An empty blob is the empty state:
 * *payload_bytes_out is 0 and *payload_out is NULL.
 *
 * STATUS_FORMAT: not a blob, an unknown kind, flag or reserved byte, bytes after the end, a broken
 * zstd frame. STATUS_VERSION. STATUS_MISMATCH: another kind than expected. STATUS_LIMIT: a declared
 * size above the cap. STATUS_TRUNCATED: fewer bytes than declared. STATUS_CHECKSUM: changed bytes.
 * STATUS_NOMEM. On failure the outputs and *scratch's content are as they were.
 * O(payload bytes).
 */
CHECKED enum status blob_decode(enum blob_kind expected, const uint8_t *blob, size_t blob_bytes,
                                struct buf *scratch, const uint8_t **payload_out,
                                size_t *payload_bytes_out, struct err *err);

/*
 * Says which kind a blob claims to be, by its magic, version and kind alone; blob_decode still has
 * to check it. STATUS_FORMAT (also for the empty String, which is of no kind), STATUS_VERSION,
 * STATUS_TRUNCATED when it ends inside its header.
 */
CHECKED enum status blob_kind_of(const uint8_t *blob, size_t blob_bytes, enum blob_kind *kind_out,
                                 struct err *err);

/* Frees the zstd contexts. They come back when they are next needed. */
void blob_free_contexts(void);

#endif
