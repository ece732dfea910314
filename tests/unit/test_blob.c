/* The stored form: round trips, the cap on sizes, and every way in which a blob can be wrong. */
#include "../mem_fail.h"
#include "blob.h"

#include "mem.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdbool.h>
#include <xxhash.h>
#include <zstd.h>

#define CHECKSUM_BYTES 8

static void fill_noise(uint8_t *to, size_t n_bytes, uint64_t seed)
{
    for (size_t i = 0; i < n_bytes; i++) {
        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        to[i] = (uint8_t)(seed >> 56);
    }
}

static void encode(enum blob_kind kind, const uint8_t *payload, size_t payload_bytes,
                   struct buf *out)
{
    struct err err = {0};
    cr_assert_eq(blob_encode(kind, payload, payload_bytes, out, &err), STATUS_OK, "%s",
                 err.message);
}

/* Recomputes the checksum, for blobs that are wrong in another way. */
static void seal(struct buf *blob)
{
    size_t hashed_bytes = blob->size_bytes - CHECKSUM_BYTES;
    store_u64(blob->data + hashed_bytes, XXH3_64bits(blob->data, hashed_bytes));
}

/* Decodes as kind activity, and asserts the status, the message, and that nothing else moved. */
static void expect_refusal(const uint8_t *blob, size_t blob_bytes, enum status expected,
                           const char *fragment)
{
    struct buf scratch = {0};
    struct err err = {0};
    const uint8_t *payload = (const uint8_t *)"untouched";
    size_t payload_bytes = 12345;
    const uint8_t *before = payload;
    enum status status =
        blob_decode(BLOB_ACTIVITY, blob, blob_bytes, &scratch, &payload, &payload_bytes, &err);
    cr_assert_eq(status, expected, "status %d instead of %d: %s", status, expected, err.message);
    cr_assert_eq(err.code, expected);
    cr_assert_not_null(strstr(err.message, fragment), "'%s' lacks '%s'", err.message, fragment);
    cr_assert(payload == before && payload_bytes == 12345 && scratch.size_bytes == 0);
    buf_free(&scratch);
}

static void expect_round_trip(const uint8_t *payload, size_t payload_bytes, bool is_zstd)
{
    struct buf out = {0};
    struct buf scratch = {0};
    struct err err = {0};
    const uint8_t *decoded = NULL;
    size_t decoded_bytes = 0;
    cr_assert_eq(buf_append(&out, "front", 5, &err), STATUS_OK);
    cr_assert_eq(buf_append(&scratch, "other", 5, &err), STATUS_OK);
    encode(BLOB_ACTIVITY, payload, payload_bytes, &out);
    const uint8_t *blob = out.data + 5;
    size_t blob_bytes = out.size_bytes - 5;
    cr_assert_eq(blob[6], is_zstd ? 1 : 0, "%zu bytes", payload_bytes);
    cr_assert_eq(
        blob_decode(BLOB_ACTIVITY, blob, blob_bytes, &scratch, &decoded, &decoded_bytes, &err),
        STATUS_OK, "%s", err.message);
    cr_assert_eq(decoded_bytes, payload_bytes);
    cr_assert_arr_eq(decoded, payload, payload_bytes);
    cr_assert_arr_eq(out.data, "front", 5);
    cr_assert_arr_eq(scratch.data, "other", 5);
    if (is_zstd)
        cr_assert(decoded == scratch.data + 5 && blob_bytes < payload_bytes + BLOB_OVERHEAD_BYTES);
    else
        cr_assert(decoded == blob + 16 && blob_bytes == payload_bytes + BLOB_OVERHEAD_BYTES);
    buf_free(&out);
    buf_free(&scratch);
}

Test(blob, round_trips_of_every_small_size)
{
    uint8_t noise[700];
    fill_noise(noise, sizeof(noise), 1);
    for (size_t n = 1; n <= sizeof(noise); n++)
        expect_round_trip(noise, n, false);
}

Test(blob, compresses_where_that_helps_and_only_there)
{
    static uint8_t payload[1 << 18];
    fill_noise(payload, sizeof(payload), 2);
    expect_round_trip(payload, sizeof(payload), false);
    memset(payload, 7, sizeof(payload));
    expect_round_trip(payload, sizeof(payload), true);
    expect_round_trip(payload, 511, false);
    expect_round_trip(payload, 512, true);
}

Test(blob, has_the_layout_of_the_specification)
{
    struct buf out = {0};
    encode(BLOB_EXACT, (const uint8_t *)"\x2a", 1, &out);
    const uint8_t header[16] = {0xB7, 'S', 'W', 'B', /* magic */
                                1,                   /* version */
                                2,                   /* kind: exact */
                                0,                   /* flags: stored as it is */
                                0,                   /* reserved */
                                1};                  /* decoded size, 8 bytes */
    cr_assert_eq(out.size_bytes, 25);
    cr_assert_arr_eq(out.data, header, 16);
    cr_assert_eq(out.data[16], 0x2a);
    cr_assert_eq(load_u64(out.data + 17), XXH3_64bits(out.data, 17));
    buf_free(&out);
}

Test(blob, the_empty_state_is_the_empty_string)
{
    struct buf out = {0};
    struct err err = {0};
    const uint8_t *payload = (const uint8_t *)"x";
    size_t payload_bytes = 1;
    encode(BLOB_ACTIVITY, NULL, 0, &out);
    cr_assert_eq(out.size_bytes, 0);
    cr_assert_eq(blob_decode(BLOB_EXACT, NULL, 0, &out, &payload, &payload_bytes, &err), STATUS_OK);
    cr_assert_eq(payload_bytes, 0);
    cr_assert_null(payload);
}

Test(blob, equal_payloads_give_equal_blobs_whatever_came_before)
{
    static uint8_t noise[1 << 16];
    uint8_t payload[4096];
    struct buf first = {0};
    for (size_t i = 0; i < sizeof(payload); i++)
        payload[i] = (uint8_t)(i % 97 * (i % 13));
    encode(BLOB_ACTIVITY, payload, sizeof(payload), &first);
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct buf other = {0};
        struct buf again = {0};
        fill_noise(noise, sizeof(noise) / 2, seed);
        encode(BLOB_EXACT, noise, sizeof(noise) - (size_t)seed * 1000, &other);
        encode(BLOB_ACTIVITY, payload, sizeof(payload), &again);
        cr_assert_eq(again.size_bytes, first.size_bytes);
        cr_assert_arr_eq(again.data, first.data, first.size_bytes);
        buf_free(&other);
        buf_free(&again);
    }
    buf_free(&first);
}

/* One byte of a valid blob of the payload "abc" set to another value. */
struct spoilt_case {
    size_t at;
    uint8_t value;
    enum status status;
    char fragment[48];
};

ParameterizedTestParameters(blob, spoilt)
{
    static struct spoilt_case cases[] = {
        {0, 0xB6, STATUS_FORMAT, "starts with the bytes B7 53 57 42"},
        {4, 2, STATUS_VERSION, "version 1, this one is 2"},
        {4, 0, STATUS_VERSION, "version 1, this one is 0"},
        {5, 0, STATUS_FORMAT, "kind 0 is unknown"},
        {5, 2, STATUS_MISMATCH, "kind activity, found one of kind exact"},
        {5, 3, STATUS_FORMAT, "kind 3 is unknown"},
        {6, 1, STATUS_TRUNCATED, "this one ends after 27"},       /* zstd: too short for it */
        {6, 2, STATUS_FORMAT, "flags 0x02"},                      /* unknown flag */
        {6, 0x80, STATUS_FORMAT, "flags 0x80"},                   /* unknown flag */
        {7, 1, STATUS_FORMAT, "reserved byte is 0"},              /* reserved */
        {8, 0, STATUS_FORMAT, "the empty state is"},              /* decoded size 0 */
        {8, 2, STATUS_FORMAT, "declares 26 bytes in all, 27"},    /* decoded size 2 */
        {8, 4, STATUS_TRUNCATED, "declares 28 bytes in all, 27"}, /* decoded size 4 */
        {13, 1, STATUS_LIMIT, "1099511627779"},                   /* decoded size 1 TiB + 3 */
        {15, 0xff, STATUS_LIMIT, "at most 1073741824"},           /* decoded size 2^64 - 2^56 */
        {16, 'b', STATUS_CHECKSUM, "has changed"},                /* payload */
        {26, 0x5a, STATUS_CHECKSUM, "has changed"},               /* checksum */
    };
    return cr_make_param_array(struct spoilt_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct spoilt_case *spoilt, blob, spoilt)
{
    struct buf blob = {0};
    encode(BLOB_ACTIVITY, (const uint8_t *)"abc", 3, &blob);
    cr_assert_neq(blob.data[spoilt->at], spoilt->value);
    blob.data[spoilt->at] = spoilt->value;
    expect_refusal(blob.data, blob.size_bytes, spoilt->status, spoilt->fragment);
    buf_free(&blob);
}

/* Cases above where a check that comes later would also refuse must be met by the right one. */
Test(blob, sizes_are_checked_even_under_a_good_checksum)
{
    struct buf blob = {0};
    encode(BLOB_ACTIVITY, (const uint8_t *)"abc", 3, &blob);
    blob.data[8] = 2;
    seal(&blob);
    expect_refusal(blob.data, blob.size_bytes, STATUS_FORMAT, "declares 26 bytes in all");
    blob.data[8] = 3;
    seal(&blob);
    for (size_t n = 1; n < blob.size_bytes; n++)
        expect_refusal(blob.data, n, STATUS_TRUNCATED,
                       n < 16 ? "header has 16" : "27 bytes in all");
    buf_free(&blob);
}

/* A blob around any bytes that claim to be a zstd frame, with a checksum that agrees. */
static struct buf wrap_frame(const uint8_t *frame, size_t frame_bytes, uint64_t decoded_bytes)
{
    const uint8_t start[8] = {0xB7, 'S', 'W', 'B', 1, BLOB_ACTIVITY, 1, 0};
    struct buf blob = {0};
    cr_assert_eq(buf_append(&blob, start, sizeof(start), NULL), STATUS_OK);
    cr_assert_eq(buf_append_u64(&blob, decoded_bytes, NULL), STATUS_OK);
    cr_assert_eq(buf_append_u64(&blob, frame_bytes, NULL), STATUS_OK);
    cr_assert_eq(buf_append(&blob, frame, frame_bytes, NULL), STATUS_OK);
    cr_assert_eq(buf_append_u64(&blob, 0, NULL), STATUS_OK);
    seal(&blob);
    return blob;
}

static void expect_frame_refusal(const uint8_t *frame, size_t frame_bytes, uint64_t decoded_bytes,
                                 enum status status, const char *fragment)
{
    struct buf blob = wrap_frame(frame, frame_bytes, decoded_bytes);
    expect_refusal(blob.data, blob.size_bytes, status, fragment);
    buf_free(&blob);
}

Test(blob, zstd_into_exactly_the_declared_size)
{
    uint8_t zeros[1000] = {0};
    uint8_t frame[200];
    size_t n = ZSTD_compress(frame, sizeof(frame), zeros, sizeof(zeros), 1);
    cr_assert(!ZSTD_isError(n));
    expect_frame_refusal(frame, n, 999, STATUS_FORMAT, "999 bytes of payload, its zstd frame 1000");
    expect_frame_refusal(frame, n, 1001, STATUS_FORMAT, "its zstd frame 1000");
    expect_frame_refusal(frame, n - 1, 1000, STATUS_FORMAT, "does not fill");
    memcpy(frame + n, frame, n);
    expect_frame_refusal(frame, 2 * n, 1000, STATUS_FORMAT, "does not fill");
    expect_frame_refusal(frame, 3, 1000, STATUS_FORMAT, "not a zstd frame");
    expect_frame_refusal(frame, n, n, STATUS_FORMAT, "smaller than its content");
    frame[n - 1] ^= 0x40; /* inside the block */
    struct buf blob = wrap_frame(frame, n, 1000);
    struct buf scratch = {0};
    const uint8_t *payload = NULL;
    size_t payload_bytes = 0;
    enum status status = blob_decode(BLOB_ACTIVITY, blob.data, blob.size_bytes, &scratch, &payload,
                                     &payload_bytes, NULL);
    /* Whether zstd notices is zstd's affair; that it stays within the declared size is ours. */
    cr_assert(status == STATUS_FORMAT || (status == STATUS_OK && payload_bytes == 1000));
    buf_free(&scratch);
    buf_free(&blob);
}

/* mem_fail_call(1) turns the first allocation into NOMEM and is still armed when there was none. */
static void expect_refusal_without_allocation(const uint8_t *blob, size_t blob_bytes,
                                              enum status status, const char *fragment)
{
    mem_fail_call(1);
    expect_refusal(blob, blob_bytes, status, fragment);
    void *taken = mem_resize(NULL, 1);
    cr_assert_null(taken, "something was allocated");
}

Test(blob, one_tebibyte_is_refused_without_allocating)
{
    const uint8_t raw[] = {
        0xB7, 'S', 'W', 'B', 1, 1, 0, 0,  /* magic, version, activity, stored as it is, reserved */
        0,    0,   0,   0,   0, 1, 0, 0,  /* decoded size 2^40 */
        'a',  'b', 'c',                   /* payload */
        0,    0,   0,   0,   0, 0, 0, 0}; /* checksum */
    expect_refusal_without_allocation(raw, sizeof(raw), STATUS_LIMIT, "declares 1099511627776");
    const uint8_t compressed[] = {
        0xB7, 'S', 'W', 'B', 1, 1, 1, 0,  /* magic, version, activity, zstd, reserved */
        0,    0,   0,   0,   0, 1, 0, 0,  /* decoded size 2^40 */
        1,    0,   0,   0,   0, 0, 0, 0,  /* stored size 1 */
        0,                                /* frame */
        0,    0,   0,   0,   0, 0, 0, 0}; /* checksum */
    expect_refusal_without_allocation(compressed, sizeof(compressed), STATUS_LIMIT,
                                      "declares 1099511627776");
    const uint8_t stored[] = {
        0xB7, 'S', 'W', 'B',  1, 1, 1, 0,  /* magic, version, activity, zstd, reserved */
        0,    0,   0,   0x40, 0, 0, 0, 0,  /* decoded size 2^30, the cap */
        0,    0,   0,   0,    0, 1, 0, 0,  /* stored size 2^40 */
        0,                                 /* frame */
        0,    0,   0,   0,    0, 0, 0, 0}; /* checksum */
    expect_refusal_without_allocation(stored, sizeof(stored), STATUS_FORMAT,
                                      "declares 1099511627776 of 1073741824");
}

Test(blob, a_zstd_frame_that_declares_one_tebibyte_is_refused_without_allocating)
{
    const uint8_t frame[] = {0x28, 0xB5, 0x2F, 0xFD, /* zstd's magic */
                             0xE0, /* descriptor: 8 bytes of content size, single segment */
                             0,    0,    0,    0,    0, 1, 0, 0, /* content size 2^40 */
                             0x03, 0x00, 0x08, 'x'};             /* last block: run of 'x' */
    struct buf blob = wrap_frame(frame, sizeof(frame), 4096);
    expect_refusal_without_allocation(blob.data, blob.size_bytes, STATUS_FORMAT,
                                      "its zstd frame 1099511627776");
    buf_free(&blob);
}

Test(blob, a_size_that_zstd_cannot_reach_is_refused_without_allocating)
{
    const uint8_t frame[] = {0x28, 0xB5, 0x2F, 0xFD, /* zstd's magic */
                             0xA0, /* descriptor: 4 bytes of content size, single segment */
                             0,    0,    0,    0x40, /* content size 2^30 */
                             0x03, 0x00, 0x08, 'x'}; /* last block: run of 'x' */
    struct buf blob = wrap_frame(frame, sizeof(frame), (uint64_t)1 << 30);
    expect_refusal_without_allocation(blob.data, blob.size_bytes, STATUS_LIMIT, "cannot hold");
    buf_free(&blob);
}

Test(blob, says_which_kind_it_is)
{
    struct buf blob = {0};
    struct err err = {0};
    enum blob_kind kind = BLOB_ACTIVITY;
    encode(BLOB_EXACT, (const uint8_t *)"abc", 3, &blob);
    cr_assert_eq(blob_kind_of(blob.data, blob.size_bytes, &kind, &err), STATUS_OK);
    cr_assert_eq(kind, BLOB_EXACT);
    cr_assert_eq(blob_kind_of(blob.data, 15, &kind, &err), STATUS_TRUNCATED);
    cr_assert_eq(blob_kind_of((const uint8_t *)"plain text, not a blob", 22, &kind, &err),
                 STATUS_FORMAT);
    cr_assert_eq(blob_kind_of(NULL, 0, &kind, &err), STATUS_FORMAT);
    blob.data[4] = 9;
    cr_assert_eq(blob_kind_of(blob.data, blob.size_bytes, &kind, &err), STATUS_VERSION);
    blob.data[4] = 1;
    blob.data[5] = 9;
    cr_assert_eq(blob_kind_of(blob.data, blob.size_bytes, &kind, &err), STATUS_FORMAT);
    cr_assert_eq(kind, BLOB_EXACT);
    buf_free(&blob);
}

Test(blob, a_payload_above_the_cap_is_not_written)
{
    struct buf out = {0};
    struct err err = {0};
    uint8_t byte = 0;
    cr_assert_eq(blob_encode(BLOB_EXACT, &byte, ((size_t)1 << 30) + 1, &out, &err), STATUS_LIMIT);
    cr_assert_not_null(strstr(err.message, "this exact state has 1073741825"));
    cr_assert_eq(out.size_bytes, 0);
}

/* Fails every allocation in turn until none is left to fail. */
Test(blob, out_of_memory_at_every_call)
{
    static uint8_t payload[5000];
    struct buf blob = {0};
    encode(BLOB_ACTIVITY, payload, sizeof(payload), &blob);
    unsigned long n_failures = 0;
    for (unsigned long call = 1;; call++) {
        struct buf out = {0};
        struct buf scratch = {0};
        struct err err = {0};
        const uint8_t *decoded = NULL;
        size_t decoded_bytes = 0;
        blob_free_contexts();
        mem_fail_call(call);
        enum status status = blob_encode(BLOB_ACTIVITY, payload, sizeof(payload), &out, &err);
        if (status == STATUS_OK)
            status = blob_decode(BLOB_ACTIVITY, blob.data, blob.size_bytes, &scratch, &decoded,
                                 &decoded_bytes, &err);
        else
            cr_assert_eq(out.size_bytes, 0);
        mem_fail_call(0);
        cr_assert(status == STATUS_OK || status == STATUS_NOMEM, "%s", err.message);
        cr_assert(status == STATUS_OK || (scratch.size_bytes == 0 && decoded == NULL));
        buf_free(&out);
        buf_free(&scratch);
        if (status == STATUS_OK)
            break;
        n_failures++;
    }
    cr_assert_geq(n_failures, 4, "only %lu allocations were failed", n_failures);
    buf_free(&blob);
    blob_free_contexts();
}
