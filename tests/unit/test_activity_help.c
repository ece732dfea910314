#include "test_activity.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static int compare_ticks(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

void history_free(struct history *history)
{
    free(history->ticks);
    free(history->counts);
    *history = (struct history){0};
}

struct payload payload_copy(const uint8_t *bytes, size_t size_bytes)
{
    struct payload payload = {malloc(size_bytes + BITS_PADDING_BYTES), size_bytes};
    cr_assert_not_null(payload.data);
    if (size_bytes > 0)
        memcpy(payload.data, bytes, size_bytes);
    memset(payload.data + size_bytes, 0xA5, BITS_PADDING_BYTES);
    return payload;
}

void payload_free(struct payload *payload)
{
    free(payload->data);
    *payload = (struct payload){0};
}

static struct payload take_buf(struct buf *buf)
{
    struct payload payload = payload_copy(buf->data, buf->size_bytes);
    buf_free(buf);
    return payload;
}

struct payload payload_of_times(const int64_t *ticks, size_t n_ticks)
{
    struct buf out = {0};
    struct err err = {0};
    int64_t *sorted = malloc(n_ticks * sizeof(*ticks) + 1);
    if (n_ticks > 0) {
        memcpy(sorted, ticks, n_ticks * sizeof(*ticks));
        qsort(sorted, n_ticks, sizeof(*ticks), compare_ticks);
    }
    cr_assert_eq(activity_encode_times(sorted, n_ticks, &out, &err), STATUS_OK, "%s", err.message);
    free(sorted);
    return take_buf(&out);
}

struct payload payload_of_history(const struct history *history)
{
    struct buf out = {0};
    struct err err = {0};
    struct activity_writer writer;
    activity_writer_init(&writer, &out);
    for (size_t i = 0; i < history->n_ticks; i++)
        cr_assert_eq(activity_writer_add(&writer, history->ticks[i], history->counts[i], &err),
                     STATUS_OK);
    cr_assert_eq(activity_writer_finish(&writer, &err), STATUS_OK);
    return take_buf(&out);
}

static enum status read_batches(const struct payload *payload, struct history *history,
                                struct err *err)
{
    struct activity_reader reader;
    activity_reader_init(&reader, payload->data, payload->size_bytes);
    for (;;) {
        size_t n = 0;
        history->ticks =
            realloc(history->ticks, (history->n_ticks + ACTIVITY_BLOCK_TICKS) * sizeof(int64_t));
        history->counts =
            realloc(history->counts, (history->n_ticks + ACTIVITY_BLOCK_TICKS) * sizeof(uint64_t));
        TRY(activity_reader_next_batch(&reader, history->ticks + history->n_ticks,
                                       history->counts + history->n_ticks, &n, err));
        if (n == 0)
            return STATUS_OK;
        history->n_ticks += n;
    }
}

/* Compares with what read_batches found as far as that got. */
static enum status read_singly(const struct payload *payload, const struct history *history,
                               struct err *err)
{
    struct activity_reader reader;
    activity_reader_init(&reader, payload->data, payload->size_bytes);
    for (size_t i = 0;; i++) {
        int64_t tick = 0;
        uint64_t count = 0;
        bool found = false;
        TRY(activity_reader_next(&reader, &tick, &count, &found, err));
        if (!found) {
            cr_assert_eq(i, history->n_ticks);
            return STATUS_OK;
        }
        if (i < history->n_ticks)
            cr_assert(tick == history->ticks[i] && count == history->counts[i], "tick %zu", i + 1);
    }
}

enum status payload_read(const struct payload *payload, struct history *history_out,
                         struct err *err)
{
    struct err single_err = {0};
    *history_out = (struct history){0};
    enum status status = read_batches(payload, history_out, err);
    enum status single_status = read_singly(payload, history_out, &single_err);
    cr_assert_eq(status, single_status, "%s; %s", err->message, single_err.message);
    if (status != STATUS_OK)
        cr_assert_str_eq(err->message, single_err.message);
    return status;
}

struct payload payload_merge(const struct payload *parts, size_t n_parts)
{
    struct buf out = {0};
    struct buf scratch = {0};
    struct err err = {0};
    const uint8_t **payloads = malloc((n_parts + 1) * sizeof(*payloads));
    size_t *sizes_bytes = malloc((n_parts + 1) * sizeof(*sizes_bytes));
    for (size_t i = 0; i < n_parts; i++) {
        payloads[i] = parts[i].data;
        sizes_bytes[i] = parts[i].size_bytes;
    }
    cr_assert_eq(activity_merge(payloads, sizes_bytes, n_parts, &scratch, &out, &err), STATUS_OK,
                 "%s", err.message);
    free(payloads);
    free(sizes_bytes);
    buf_free(&scratch);
    return take_buf(&out);
}

void payload_assert_equal(const struct payload *found, const struct payload *expected,
                          const char *what)
{
    cr_assert_eq(found->size_bytes, expected->size_bytes, "%s: %zu bytes instead of %zu", what,
                 found->size_bytes, expected->size_bytes);
    cr_assert_arr_eq(found->data, expected->data, expected->size_bytes, "%s", what);
}

uint64_t random_next(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * 2685821657736338717ULL;
}

static int64_t random_tick(uint64_t *seed, unsigned habit, int64_t previous)
{
    uint64_t random = random_next(seed);
    switch (habit) {
    case 0: /* bursts: seconds within a visit, hours between visits */
        return previous + (int64_t)(random % 8 == 0 ? random >> 44 : random >> 60);
    case 1: /* regular */
        return previous + 60;
    case 2: /* dense, with many equal ones */
        return 1388534400 + (int64_t)(random % 50);
    case 3: /* days around 1970 */
        return (int64_t)(random % 2000) - 1000;
    case 4: /* all equal */
        return -7;
    case 5: /* the whole range of Int64 */
        return (int64_t)random;
    default: /* dense, with now and then a step of any width, which takes the escape code */
        return random % 20 != 0 ? previous + 1
                                : (int64_t)((uint64_t)previous + (random >> (random >> 6) % 64));
    }
}

void random_times(uint64_t *seed, unsigned habit, int64_t *ticks_out, size_t n_ticks)
{
    int64_t tick = 1388534400;
    for (size_t i = 0; i < n_ticks; i++) {
        tick = random_tick(seed, habit, tick);
        ticks_out[i] = tick;
        if (tick > INT64_MAX / 2) /* room for the next steps */
            tick /= 4;
    }
}
