/*
 * Fuzz target: any bytes as a blob of either kind, as they are and again with a checksum that fits
 * them, since no fuzzer guesses one. An accepted payload is used by its kind's own reader, and
 * stored anew it must come back.
 */
#include "activity_history.h"
#include "blob.h"
#include "exact_sums.h"
#include "fuzz.h"

#include <stdlib.h>
#include <xxhash.h>

static void use_activity(const uint8_t *payload, size_t payload_bytes)
{
    struct activity_reader reader;
    int64_t ticks[ACTIVITY_BLOCK_TICKS];
    uint64_t counts[ACTIVITY_BLOCK_TICKS];
    struct err err;
    size_t n = 1;
    activity_reader_init(&reader, payload, payload_bytes);
    while (n > 0 && activity_reader_next_batch(&reader, ticks, counts, &n, &err) == STATUS_OK)
        REQUIRE(n <= ACTIVITY_BLOCK_TICKS);
}

static void use_exact(const uint8_t *payload, size_t payload_bytes)
{
    struct exact state;
    struct moments moments;
    struct buf again = {0};
    struct err err;
    exact_reset(&state);
    if (exact_merge_payload(&state, payload, payload_bytes, &err) != STATUS_OK)
        return;
    exact_final(&state, &moments);
    REQUIRE(exact_encode(&state, &again, &err) == STATUS_OK);
    REQUIRE(again.size_bytes == payload_bytes);
    REQUIRE(payload_bytes == 0 || memcmp(again.data, payload, payload_bytes) == 0);
    buf_free(&again);
}

static void store_again(enum blob_kind kind, const uint8_t *payload, size_t payload_bytes)
{
    struct buf blob = {0};
    struct buf scratch = {0};
    struct err err;
    const uint8_t *found = NULL;
    size_t found_bytes = 0;
    REQUIRE(blob_encode(kind, payload, payload_bytes, &blob, &err) == STATUS_OK);
    REQUIRE(blob_decode(kind, blob.data, blob.size_bytes, &scratch, &found, &found_bytes, &err) ==
            STATUS_OK);
    REQUIRE(found_bytes == payload_bytes);
    REQUIRE(payload_bytes == 0 || memcmp(found, payload, payload_bytes) == 0);
    buf_free(&blob);
    buf_free(&scratch);
}

static void try_kind(enum blob_kind kind, const uint8_t *data, size_t size_bytes)
{
    struct buf scratch = {0};
    struct err err = {0};
    const uint8_t *payload = NULL;
    size_t payload_bytes = 0;
    if (blob_decode(kind, data, size_bytes, &scratch, &payload, &payload_bytes, &err) ==
        STATUS_OK) {
        if (kind == BLOB_ACTIVITY)
            use_activity(payload, payload_bytes);
        else
            use_exact(payload, payload_bytes);
        store_again(kind, payload, payload_bytes);
    } else {
        REQUIRE(err.code != STATUS_OK && err.message[0] != '\0' && scratch.size_bytes == 0);
    }
    buf_free(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    try_kind(BLOB_ACTIVITY, data, size_bytes);
    try_kind(BLOB_EXACT, data, size_bytes);
    if (size_bytes < BLOB_OVERHEAD_BYTES)
        return 0;
    uint8_t *sealed = malloc(size_bytes);
    REQUIRE(sealed != NULL);
    memcpy(sealed, data, size_bytes);
    store_u64(sealed + size_bytes - 8, XXH3_64bits(sealed, size_bytes - 8));
    try_kind(BLOB_ACTIVITY, sealed, size_bytes);
    try_kind(BLOB_EXACT, sealed, size_bytes);
    free(sealed);
    return 0;
}
