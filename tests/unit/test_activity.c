/* Activity payloads: what goes in comes out, in the one spelling that there is. */
#include "test_activity.h"

#include "../mem_fail.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static void expect_round_trip(const int64_t *ticks, const uint64_t *counts, size_t n_ticks)
{
    struct history given = {0};
    struct history found = {0};
    struct err err = {0};
    given.ticks = malloc(n_ticks * sizeof(*ticks) + 1);
    given.counts = malloc(n_ticks * sizeof(*counts) + 1);
    given.n_ticks = n_ticks;
    for (size_t i = 0; i < n_ticks; i++) {
        given.ticks[i] = ticks[i];
        given.counts[i] = counts == NULL ? 1 : counts[i];
    }
    struct payload payload = payload_of_history(&given);
    cr_assert_eq(payload_read(&payload, &found, &err), STATUS_OK, "%s", err.message);
    cr_assert_eq(found.n_ticks, n_ticks);
    for (size_t i = 0; i < n_ticks; i++)
        cr_assert(found.ticks[i] == given.ticks[i] && found.counts[i] == given.counts[i],
                  "tick %zu", i + 1);
    payload_free(&payload);
    history_free(&found);
    history_free(&given);
}

Test(activity, the_empty_history_is_the_empty_payload)
{
    struct payload payload = payload_of_times(NULL, 0);
    cr_assert_eq(payload.size_bytes, 0);
    payload_free(&payload);
    expect_round_trip(NULL, NULL, 0);
    struct history found = {0};
    struct err err = {0};
    cr_assert_eq(payload_read(&(struct payload){NULL, 0}, &found, &err), STATUS_OK);
    cr_assert_eq(found.n_ticks, 0);
    history_free(&found);
}

Test(activity, both_ends_of_the_range_together)
{
    const int64_t ticks[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
    expect_round_trip(ticks, NULL, 7);
    expect_round_trip((const int64_t[]){INT64_MIN, INT64_MAX}, NULL, 2);
    for (size_t i = 0; i < 7; i++)
        expect_round_trip(ticks + i, NULL, 1);
}

Test(activity, counts_of_every_width)
{
    int64_t ticks[130];
    uint64_t counts[130];
    for (size_t i = 0; i < 130; i++) {
        ticks[i] = (int64_t)i * 3;
        counts[i] = i < 65 ? (uint64_t)1 << (i % 64) : UINT64_MAX >> (i % 64);
    }
    for (size_t n = 0; n <= 130; n++)
        expect_round_trip(ticks, counts, n);
}

/* After values that give a code order, one of every width: short codes, long ones and the escape.
 */
Test(activity, steps_of_every_width_under_every_order)
{
    for (unsigned usual = 0; usual < 57; usual++) {
        for (unsigned rare = 0; rare < 64; rare++) {
            int64_t ticks[32];
            uint64_t tick = (uint64_t)INT64_MIN;
            for (size_t i = 0; i < 32; i++) {
                ticks[i] = (int64_t)tick;
                tick += (uint64_t)1 << (i == 20 ? rare : usual);
            }
            size_t n = 1;
            while (n < 32 && ticks[n] > ticks[n - 1])
                n++;
            expect_round_trip(ticks, NULL, n);
        }
    }
}

Test(activity, lengths_around_a_block)
{
    int64_t ticks[300];
    uint64_t counts[300];
    for (size_t i = 0; i < 300; i++) {
        ticks[i] = (int64_t)(i * i);
        counts[i] = i % 100 == 99 ? 2 : 1;
    }
    for (size_t n = 1; n <= 300; n++) {
        expect_round_trip(ticks, NULL, n);
        expect_round_trip(ticks, counts, n);
    }
}

Test(activity, times_at_any_address_become_distinct_ticks_with_counts)
{
    const int64_t times[] = {-5, -5, -5, 0, 9, 9};
    uint8_t unaligned[sizeof(times) + 1];
    struct buf out = {0};
    struct err err = {0};
    struct history found = {0};
    memcpy(unaligned + 1, times, sizeof(times));
    cr_assert_eq(buf_append(&out, "front", 5, &err), STATUS_OK);
    cr_assert_eq(activity_encode_times(unaligned + 1, 6, &out, &err), STATUS_OK);
    cr_assert_arr_eq(out.data, "front", 5);
    struct payload payload = payload_copy(out.data + 5, out.size_bytes - 5);
    cr_assert_eq(payload_read(&payload, &found, &err), STATUS_OK, "%s", err.message);
    cr_assert_eq(found.n_ticks, 3);
    cr_assert_arr_eq(found.ticks, ((int64_t[]){-5, 0, 9}), sizeof(int64_t[3]));
    cr_assert_arr_eq(found.counts, ((uint64_t[]){3, 1, 2}), sizeof(uint64_t[3]));
    history_free(&found);
    payload_free(&payload);
    buf_free(&out);
}

Test(activity, small_histories_are_small)
{
    const int64_t visit[] = {1388534400, 1388534402, 1388534405, 1388534405, 1388534460};
    struct payload one = payload_of_times(visit, 1);
    struct payload five = payload_of_times(visit, 5);
    cr_assert_eq(one.size_bytes, 6, "%zu bytes", one.size_bytes);
    cr_assert_leq(five.size_bytes, 11, "%zu bytes", five.size_bytes);
    payload_free(&one);
    payload_free(&five);
}

Test(activity, random_histories_round_trip)
{
    uint64_t seed = 20140101;
    int64_t times[1000];
    for (unsigned round = 0; round < 700; round++) {
        size_t n = 1 + (size_t)(random_next(&seed) % (round % 10 == 0 ? 1000 : 100));
        random_times(&seed, round % N_HABITS, times, n);
        struct payload payload = payload_of_times(times, n);
        struct history found = {0};
        struct err err = {0};
        uint64_t n_events = 0;
        cr_assert_eq(payload_read(&payload, &found, &err), STATUS_OK, "%s", err.message);
        for (size_t i = 0; i < found.n_ticks; i++) {
            uint64_t expected = 0;
            for (size_t j = 0; j < n; j++)
                expected += times[j] == found.ticks[i];
            cr_assert_eq(found.counts[i], expected);
            n_events += expected;
        }
        cr_assert_eq(n_events, n);
        history_free(&found);
        payload_free(&payload);
    }
}

/*
 * A history has one payload: whatever bytes the reader accepts are the bytes that the writer makes
 * of what they say.
 */
static bool expect_refused_or_canonical(const struct payload *payload)
{
    struct history found = {0};
    struct err err = {0};
    enum status status = payload_read(payload, &found, &err);
    if (status == STATUS_OK) {
        struct payload again = payload_of_history(&found);
        payload_assert_equal(payload, &again, "an accepted payload");
        payload_free(&again);
    } else {
        cr_assert(status == STATUS_FORMAT || status == STATUS_TRUNCATED);
        cr_assert(strlen(err.message) > 20);
    }
    history_free(&found);
    return status == STATUS_OK;
}

Test(activity, every_flip_and_every_truncation_is_refused_or_another_history)
{
    uint64_t seed = 7;
    int64_t times[150];
    size_t n_refused = 0;
    for (unsigned round = 0; round < 4 * N_HABITS; round++) {
        size_t n = 1 + (size_t)(random_next(&seed) % (round < N_HABITS ? 150 : 12));
        random_times(&seed, round % N_HABITS, times, n);
        struct payload whole = payload_of_times(times, n);
        for (size_t bit = 0; bit < whole.size_bytes * 8; bit++) {
            struct payload flipped = payload_copy(whole.data, whole.size_bytes);
            flipped.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            n_refused += !expect_refused_or_canonical(&flipped);
            payload_free(&flipped);
        }
        for (size_t size_bytes = 1; size_bytes < whole.size_bytes; size_bytes++) {
            struct payload cut = payload_copy(whole.data, size_bytes);
            cr_assert(!expect_refused_or_canonical(&cut));
            payload_free(&cut);
        }
        payload_free(&whole);
    }
    cr_assert_gt(n_refused, 1000);
}

Test(activity, random_bytes_are_refused_or_canonical)
{
    uint64_t seed = 99;
    size_t n_accepted = 0;
    for (unsigned round = 0; round < 200000; round++) {
        uint8_t bytes[24];
        size_t n = 1 + (size_t)(random_next(&seed) % sizeof(bytes));
        for (size_t i = 0; i < n; i++)
            bytes[i] = (uint8_t)(random_next(&seed) >> 56);
        struct payload payload = payload_copy(bytes, n);
        n_accepted += expect_refused_or_canonical(&payload);
        payload_free(&payload);
    }
    cr_assert_gt(n_accepted, 20, "only %zu were valid: the test is too weak", n_accepted);
}

Test(activity, out_of_memory_while_writing_leaves_the_buffer_as_it_was)
{
    int64_t times[3000];
    uint64_t seed = 5;
    unsigned long n_failures = 0;
    random_times(&seed, 1, times, 3000);
    for (unsigned long call = 1;; call++) {
        struct buf out = {0};
        cr_assert_eq(buf_append(&out, "front", 5, NULL), STATUS_OK);
        mem_fail_call(call);
        struct err err = {0};
        enum status status = activity_encode_times(times, 3000, &out, &err);
        mem_fail_call(0);
        cr_assert(status == STATUS_OK || (status == STATUS_NOMEM && out.size_bytes == 5));
        cr_assert_arr_eq(out.data, "front", 5);
        buf_free(&out);
        if (status == STATUS_OK)
            break;
        n_failures++;
    }
    cr_assert_geq(n_failures, 2);
}
