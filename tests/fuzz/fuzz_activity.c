/*
 * Fuzz target: activity payloads. The first byte says how the rest is taken: even, as up to four
 * payloads, or odd, as the steps of two histories to write. Whatever is accepted must be spelt as
 * the writer spells it, and merge to the same bytes in either order, alone or twice.
 */
#include "activity_history.h"
#include "fuzz.h"

#define MAX_PARTS 4

struct parts {
    struct buf payloads[MAX_PARTS];
    size_t n;
};

static void free_parts(struct parts *parts)
{
    for (size_t i = 0; i < parts->n; i++)
        buf_free(&parts->payloads[i]);
}

/* Puts the padding that readers look at after the content. */
static void pad(struct buf *payload)
{
    REQUIRE(buf_reserve(payload, BITS_PADDING_BYTES, NULL) == STATUS_OK);
    memset(payload->data + payload->size_bytes, 0xA5, BITS_PADDING_BYTES);
}

/* Cuts the bytes into payloads at lengths that the first bytes give. */
static void cut_parts(struct parts *parts, const uint8_t *data, size_t size_bytes)
{
    for (parts->n = 0; parts->n < MAX_PARTS && size_bytes > 0; parts->n++) {
        size_t n_bytes = *data++;
        if (n_bytes > --size_bytes || parts->n == MAX_PARTS - 1)
            n_bytes = size_bytes;
        parts->payloads[parts->n] = (struct buf){0};
        REQUIRE(buf_append(&parts->payloads[parts->n], data, n_bytes, NULL) == STATUS_OK);
        pad(&parts->payloads[parts->n]);
        data += n_bytes;
        size_bytes -= n_bytes;
    }
}

/* Each 3 bytes are a tick of one of two histories: a step's width and value, and a count. */
static void write_parts(struct parts *parts, const uint8_t *data, size_t size_bytes)
{
    struct activity_writer writers[2];
    uint64_t ticks[2] = {0, 0}; /* plus 2^63 */
    parts->n = 2;
    for (size_t i = 0; i < 2; i++) {
        parts->payloads[i] = (struct buf){0};
        activity_writer_init(&writers[i], &parts->payloads[i]);
    }
    for (; size_bytes >= 3; data += 3, size_bytes -= 3) {
        size_t which = data[0] & 1;
        uint64_t step = ((uint64_t)data[1] << (data[0] >> 1) % 64) + 1;
        if (step > UINT64_MAX - ticks[which])
            continue;
        ticks[which] += step;
        uint64_t count = data[2] < 0xf0 ? data[2] + 1U : UINT64_MAX >> (data[2] & 15);
        int64_t tick = (int64_t)(ticks[which] - ((uint64_t)1 << 63));
        REQUIRE(activity_writer_add(&writers[which], tick, count, NULL) == STATUS_OK);
    }
    for (size_t i = 0; i < 2; i++) {
        REQUIRE(activity_writer_finish(&writers[i], NULL) == STATUS_OK);
        pad(&parts->payloads[i]);
    }
}

/* Reads a payload in both ways and writes it anew; false when it is refused. */
static bool check_spelling(const struct buf *payload)
{
    struct activity_reader single, batch;
    struct activity_writer writer;
    struct buf again = {0};
    int64_t ticks[ACTIVITY_BLOCK_TICKS];
    uint64_t counts[ACTIVITY_BLOCK_TICKS];
    struct err err = {0};
    enum status status = STATUS_OK;
    activity_reader_init(&single, payload->data, payload->size_bytes);
    activity_reader_init(&batch, payload->data, payload->size_bytes);
    activity_writer_init(&writer, &again);
    for (size_t n = 1; n > 0 && status == STATUS_OK;) {
        n = 0;
        status = activity_reader_next_batch(&batch, ticks, counts, &n, &err);
        for (size_t i = 0; i < n; i++) {
            int64_t tick = 0;
            uint64_t count = 0;
            bool found = false;
            REQUIRE(activity_reader_next(&single, &tick, &count, &found, &err) == STATUS_OK);
            REQUIRE(found && tick == ticks[i] && count == counts[i] && count > 0);
            REQUIRE(activity_writer_add(&writer, tick, count, &err) == STATUS_OK);
        }
    }
    REQUIRE(activity_writer_finish(&writer, NULL) == STATUS_OK);
    if (status == STATUS_OK) {
        REQUIRE(again.size_bytes == payload->size_bytes);
        REQUIRE(again.size_bytes == 0 || memcmp(again.data, payload->data, again.size_bytes) == 0);
    } else {
        REQUIRE(status == STATUS_FORMAT || status == STATUS_TRUNCATED);
        REQUIRE(err.code == status && err.message[0] != '\0');
    }
    buf_free(&again);
    return status == STATUS_OK;
}

/* Merges the parts forwards or backwards. */
static enum status merge_parts(const struct parts *parts, bool backwards, struct buf *out)
{
    const uint8_t *payloads[MAX_PARTS];
    size_t sizes_bytes[MAX_PARTS];
    struct buf scratch = {0};
    for (size_t i = 0; i < parts->n; i++) {
        const struct buf *payload = &parts->payloads[backwards ? parts->n - 1 - i : i];
        payloads[i] = payload->data;
        sizes_bytes[i] = payload->size_bytes;
    }
    enum status status = activity_merge(payloads, sizes_bytes, parts->n, &scratch, out, NULL);
    REQUIRE(status == STATUS_OK || out->size_bytes == 0);
    buf_free(&scratch);
    return status;
}

static void check_merge(const struct parts *parts, bool all_valid)
{
    struct parts merged = {.n = 1};
    struct buf backwards = {0};
    struct buf again = {0};
    enum status status = merge_parts(parts, false, &merged.payloads[0]);
    REQUIRE((merge_parts(parts, true, &backwards) == STATUS_OK) == (status == STATUS_OK));
    if (all_valid)
        REQUIRE(status == STATUS_OK || status == STATUS_LIMIT);
    else
        REQUIRE(status != STATUS_OK);
    if (status == STATUS_OK) {
        size_t size_bytes = merged.payloads[0].size_bytes;
        pad(&merged.payloads[0]);
        REQUIRE(check_spelling(&merged.payloads[0]));
        REQUIRE(merge_parts(&merged, false, &again) == STATUS_OK);
        REQUIRE(backwards.size_bytes == size_bytes && again.size_bytes == size_bytes);
        REQUIRE(size_bytes == 0 ||
                (memcmp(backwards.data, merged.payloads[0].data, size_bytes) == 0 &&
                 memcmp(again.data, merged.payloads[0].data, size_bytes) == 0));
    }
    free_parts(&merged);
    buf_free(&backwards);
    buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    struct parts parts = {.n = 0};
    bool all_valid = true;
    if (size_bytes == 0)
        return 0;
    bool is_written = (data[0] & 1) != 0;
    if (is_written)
        write_parts(&parts, data + 1, size_bytes - 1);
    else
        cut_parts(&parts, data + 1, size_bytes - 1);
    for (size_t i = 0; i < parts.n; i++)
        all_valid &= check_spelling(&parts.payloads[i]);
    REQUIRE(all_valid || !is_written);
    check_merge(&parts, all_valid);
    free_parts(&parts);
    return 0;
}
