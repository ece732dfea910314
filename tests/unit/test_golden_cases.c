#include "test_golden_cases.h"

#include "activity_history.h"
#include "exact_sums.h"

#include <criterion/criterion.h>
#include <math.h>
#include <xxhash.h>

#define FIRST_OF_2014 1388534400

static void put_times(struct buf *payload, const int64_t *times, size_t n_times)
{
    cr_assert_eq(activity_encode_times(times, n_times, payload, NULL), STATUS_OK);
}

static void put_history(struct buf *payload, const int64_t *ticks, const uint64_t *counts,
                        size_t n_ticks)
{
    struct activity_writer writer;
    activity_writer_init(&writer, payload);
    for (size_t i = 0; i < n_ticks; i++)
        cr_assert_eq(activity_writer_add(&writer, ticks[i], counts[i], NULL), STATUS_OK);
    cr_assert_eq(activity_writer_finish(&writer, NULL), STATUS_OK);
}

static void make_one(struct buf *payload)
{
    put_times(payload, (const int64_t[]){FIRST_OF_2014}, 1);
}

static void make_visit(struct buf *payload)
{
    const int64_t times[] = {FIRST_OF_2014, FIRST_OF_2014 + 2, FIRST_OF_2014 + 5, FIRST_OF_2014 + 5,
                             FIRST_OF_2014 + 3600};
    put_times(payload, times, 5);
}

static void make_range_ends(struct buf *payload)
{
    const int64_t times[] = {INT64_MIN, INT64_MIN + 1, -1, 0, INT64_MAX};
    put_times(payload, times, 5);
}

static void make_two_blocks(struct buf *payload)
{
    int64_t times[65];
    for (int64_t i = 0; i < 65; i++)
        times[i] = 16000 + i * i % 7 + i * 9;
    put_times(payload, times, 65);
}

static void make_counts(struct buf *payload)
{
    const int64_t ticks[] = {-2, -1, 3, 10, 11};
    const uint64_t counts[] = {1, 2, 1000000, 1, UINT64_MAX};
    put_history(payload, ticks, counts, 5);
}

static void make_escape(struct buf *payload)
{
    int64_t times[64];
    for (int64_t i = 0; i < 64; i++)
        times[i] = i < 40 ? i : i + ((int64_t)1 << 50);
    put_times(payload, times, 64);
}

static void make_regular(struct buf *payload)
{
    int64_t times[5000];
    for (int64_t i = 0; i < 5000; i++)
        times[i] = FIRST_OF_2014 + i * 60;
    put_times(payload, times, 5000);
}

static void put_values(struct buf *payload, const double *values, size_t n_values)
{
    struct exact state;
    exact_reset(&state);
    cr_assert_eq(exact_update(&state, values, n_values, NULL), STATUS_OK);
    cr_assert_eq(exact_encode(&state, payload, NULL), STATUS_OK);
}

static void make_exact_one(struct buf *payload)
{
    put_values(payload, (const double[]){-2.5}, 1);
}

static void make_exact_zero(struct buf *payload)
{
    put_values(payload, (const double[]){-0.0, 0.0}, 2);
}

static void make_exact_integers(struct buf *payload)
{
    double values[100];
    for (int i = 0; i < 100; i++)
        values[i] = i + 1;
    put_values(payload, values, 100);
}

static void make_exact_nan(struct buf *payload)
{
    put_values(payload, (const double[]){1, NAN, 3}, 3);
}

static void make_exact_range_ends(struct buf *payload)
{
    put_values(payload, (const double[]){0x1p1023, 0x1p-1074, -1.5}, 3);
}

const struct golden_case golden_cases[] = {
    {"activity-one", BLOB_ACTIVITY, "one event", make_one},
    {"activity-visit", BLOB_ACTIVITY, "two events at one tick", make_visit},
    {"activity-range-ends", BLOB_ACTIVITY, "the smallest and the largest tick", make_range_ends},
    {"activity-two-blocks", BLOB_ACTIVITY, "a full block and one of one tick", make_two_blocks},
    {"activity-counts", BLOB_ACTIVITY, "counts up to 2^64 - 1", make_counts},
    {"activity-escape", BLOB_ACTIVITY, "a step too wide for its block's order", make_escape},
    {"activity-regular", BLOB_ACTIVITY, "zstd: an event each minute", make_regular},
    {"exact-one", BLOB_EXACT, "one value", make_exact_one},
    {"exact-zero", BLOB_EXACT, "sums of 0", make_exact_zero},
    {"exact-integers", BLOB_EXACT, "1 to 100", make_exact_integers},
    {"exact-nan", BLOB_EXACT, "a NaN among values", make_exact_nan},
    {"exact-range-ends", BLOB_EXACT, "zstd: 2^1023 and 2^-1074", make_exact_range_ends},
};
const size_t n_golden_cases = sizeof(golden_cases) / sizeof(golden_cases[0]);

/* A blob stored as it is, with a checksum that agrees. */
static void wrap_raw(struct buf *blob, enum blob_kind kind, const void *payload,
                     size_t payload_bytes)
{
    cr_assert_lt(payload_bytes, 512);
    cr_assert_eq(blob_encode(kind, payload, payload_bytes, blob, NULL), STATUS_OK);
}

static void make_visit_blob(struct buf *blob)
{
    struct buf payload = {0};
    make_visit(&payload);
    wrap_raw(blob, BLOB_ACTIVITY, payload.data, payload.size_bytes);
    buf_free(&payload);
}

static void seal(struct buf *blob)
{
    size_t hashed_bytes = blob->size_bytes - 8;
    store_u64(blob->data + hashed_bytes, XXH3_64bits(blob->data, hashed_bytes));
}

/* activity-visit with one byte changed and a checksum that agrees with the change. */
static void spoil(struct buf *blob, size_t at, uint8_t value)
{
    make_visit_blob(blob);
    blob->data[at] = value;
    seal(blob);
}

static void make_magic(struct buf *blob)
{
    spoil(blob, 3, 'A');
}

static void make_text(struct buf *blob)
{
    cr_assert_eq(buf_append(blob, "[1388534400,1388534402]", 23, NULL), STATUS_OK);
}

static void make_version_2(struct buf *blob)
{
    spoil(blob, 4, 2);
}

static void make_kind_3(struct buf *blob)
{
    spoil(blob, 5, 3);
}

static void make_other_kind(struct buf *blob)
{
    spoil(blob, 5, BLOB_EXACT);
}

static void make_flag(struct buf *blob)
{
    spoil(blob, 6, 4);
}

static void make_reserved(struct buf *blob)
{
    spoil(blob, 7, 1);
}

static void make_no_payload(struct buf *blob)
{
    const uint8_t header[16] = {0xB7, 'S', 'W', 'B', 1, BLOB_ACTIVITY, 0, 0};
    cr_assert_eq(buf_append(blob, header, 16, NULL), STATUS_OK);
    cr_assert_eq(buf_append_u64(blob, 0, NULL), STATUS_OK);
    seal(blob);
}

static void make_tebibyte(struct buf *blob)
{
    make_visit_blob(blob);
    store_u64(blob->data + 8, (uint64_t)1 << 40);
    seal(blob);
}

static void make_cut(struct buf *blob)
{
    make_visit_blob(blob);
    blob->size_bytes -= 3;
}

static void make_longer(struct buf *blob)
{
    make_visit_blob(blob);
    cr_assert_eq(buf_append_u8(blob, 0, NULL), STATUS_OK);
}

static void make_changed(struct buf *blob)
{
    make_visit_blob(blob);
    blob->data[18] ^= 1;
}

/* A compressed blob around the bytes of a frame, with a checksum that agrees. */
static void wrap_frame(struct buf *blob, const uint8_t *frame, size_t frame_bytes,
                       uint64_t decoded_bytes)
{
    const uint8_t start[8] = {0xB7, 'S', 'W', 'B', 1, BLOB_ACTIVITY, 1, 0};
    cr_assert_eq(buf_append(blob, start, 8, NULL), STATUS_OK);
    cr_assert_eq(buf_append_u64(blob, decoded_bytes, NULL), STATUS_OK);
    cr_assert_eq(buf_append_u64(blob, frame_bytes, NULL), STATUS_OK);
    cr_assert_eq(buf_append(blob, frame, frame_bytes, NULL), STATUS_OK);
    cr_assert_eq(buf_append_u64(blob, 0, NULL), STATUS_OK);
    seal(blob);
}

static void make_frame_size(struct buf *blob)
{
    const uint8_t frame[] = {0x28, 0xB5, 0x2F, 0xFD, /* zstd's magic */
                             0xE0, /* descriptor: 8 bytes of content size, single segment */
                             0,    0,    0,    0,    0, 1, 0, 0, /* content size 2^40 */
                             0x03, 0x00, 0x08, 'x'};             /* last block: run of 'x' */
    wrap_frame(blob, frame, sizeof(frame), 4096);
}

static void make_frame_broken(struct buf *blob)
{
    const uint8_t frame[] = {0x28, 0xB5, 0x2F, 0xFD, /* zstd's magic */
                             0x60,       /* descriptor: 2 bytes of content size, single segment */
                             0x00, 0x00, /* content size 256 */
                             0x1D, 0x00, 0x00,  /* last block: compressed, 3 bytes */
                             0xff, 0xff, 0xff}; /* which are no literals section */
    wrap_frame(blob, frame, sizeof(frame), 256);
}

static void make_frame_ratio(struct buf *blob)
{
    const uint8_t frame[] = {0x28, 0xB5, 0x2F, 0xFD, /* zstd's magic */
                             0xA0, /* descriptor: 4 bytes of content size, single segment */
                             0,    0,    0,    0x40, /* content size 2^30 */
                             0x03, 0x00, 0x08, 'x'}; /* last block: run of 'x' */
    wrap_frame(blob, frame, sizeof(frame), (uint64_t)1 << 30);
}

static void make_order(struct buf *blob)
{
    const uint8_t payload[] = {0x02, /* tick 1 */
                               0x03,
                               0x41}; /* last, 2 ticks, order 1; a step of 1, where 0 is due */
    wrap_raw(blob, BLOB_ACTIVITY, payload, sizeof(payload));
}

static void make_beyond(struct buf *blob)
{
    const uint8_t payload[] = {0xfe, 0xff, 0xff, 0xff, 0xff, /* tick 2^63 - 1 */
                               0xff, 0xff, 0xff, 0xff, 0x01, /* */
                               0x03, 0x40};                  /* and one more after it */
    wrap_raw(blob, BLOB_ACTIVITY, payload, sizeof(payload));
}

static void make_after(struct buf *blob)
{
    const uint8_t payload[] = {0x02, 0x01, /* tick 1, in a last block of one tick */
                               0x00};      /* a byte after the end */
    wrap_raw(blob, BLOB_ACTIVITY, payload, sizeof(payload));
}

static void make_unfinished(struct buf *blob)
{
    const uint8_t payload[] = {0x02,        /* tick 1 */
                               0x00, 0x01}; /* a full block of order 0, with one step */
    wrap_raw(blob, BLOB_ACTIVITY, payload, sizeof(payload));
}

static void make_exact_short(struct buf *blob)
{
    struct buf payload = {0};
    make_exact_one(&payload);
    wrap_raw(blob, BLOB_EXACT, payload.data, payload.size_bytes - 1);
    buf_free(&payload);
}

const struct rejected_case rejected_cases[] = {
    {"magic", BLOB_ACTIVITY, STATUS_FORMAT, "starts with the bytes B7 53 57 42", "wrong magic",
     make_magic},
    {"text", BLOB_ACTIVITY, STATUS_FORMAT, "not a state", "an array's text", make_text},
    {"version-2", BLOB_ACTIVITY, STATUS_VERSION, "version 1, this one is 2", "a later version",
     make_version_2},
    {"kind-3", BLOB_ACTIVITY, STATUS_FORMAT, "kind 3 is unknown", "no such kind", make_kind_3},
    {"other-kind", BLOB_ACTIVITY, STATUS_MISMATCH, "kind activity, found one of kind exact",
     "an exact blob where an activity blob is due", make_other_kind},
    {"flag", BLOB_ACTIVITY, STATUS_FORMAT, "flags 0x04", "unknown flag", make_flag},
    {"reserved", BLOB_ACTIVITY, STATUS_FORMAT, "reserved byte is 0", "reserved byte 1",
     make_reserved},
    {"no-payload", BLOB_ACTIVITY, STATUS_FORMAT, "the empty state is the empty String",
     "decoded size 0", make_no_payload},
    {"tebibyte", BLOB_ACTIVITY, STATUS_LIMIT, "declares 1099511627776", "decoded size 1 TiB",
     make_tebibyte},
    {"cut", BLOB_ACTIVITY, STATUS_TRUNCATED, "bytes in all", "the last 3 bytes missing", make_cut},
    {"longer", BLOB_ACTIVITY, STATUS_FORMAT, "bytes in all", "a byte after the end", make_longer},
    {"changed", BLOB_ACTIVITY, STATUS_CHECKSUM, "has changed", "a flipped bit", make_changed},
    {"frame-tebibyte", BLOB_ACTIVITY, STATUS_FORMAT, "its zstd frame 1099511627776",
     "a zstd frame that declares 1 TiB", make_frame_size},
    {"frame-broken", BLOB_ACTIVITY, STATUS_FORMAT, "zstd frame is broken", "a bad zstd block",
     make_frame_broken},
    {"frame-ratio", BLOB_ACTIVITY, STATUS_LIMIT, "cannot hold",
     "13 bytes of zstd that declare 1 GiB", make_frame_ratio},
    {"activity-order", BLOB_ACTIVITY, STATUS_FORMAT, "code order does not suit",
     "a second spelling of a history", make_order},
    {"activity-beyond", BLOB_ACTIVITY, STATUS_FORMAT, "above 64 bits", "a tick above 2^63 - 1",
     make_beyond},
    {"activity-after", BLOB_ACTIVITY, STATUS_FORMAT, "belong to no tick",
     "a byte after the last block", make_after},
    {"activity-unfinished", BLOB_ACTIVITY, STATUS_TRUNCATED, "ends inside tick 3",
     "a block that ends early", make_unfinished},
    {"exact-short", BLOB_EXACT, STATUS_TRUNCATED, "exact payload: ", "a payload that ends early",
     make_exact_short},
};
const size_t n_rejected_cases = sizeof(rejected_cases) / sizeof(rejected_cases[0]);
