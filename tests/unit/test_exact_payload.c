/* The stored form: golden bytes, round trips, and what is refused. */
#include "../mem_fail.h"
#include "test_exact.h"

#include "mem.h"

#include <float.h>
#include <math.h>

/* [1.5, -4]: sum -2.5 = -0x5 * 2^-1, squares 18.25 = 0x49 * 2^-2. */
static const uint8_t golden[] = {
    0x02, 0,    0, 0, 0, 0, 0, 0, /* n = 2 */
    0x01,                         /* flags: the sum is negative */
    0x86, 0,                      /* sum_first: byte 134 weighs 2^(8 * 134 - 1074) = 2^-2 */
    0x01, 0,                      /* sum_bytes */
    0x0c, 0x01,                   /* squares_first: byte 268 weighs 2^(8 * 268 - 2148) = 2^-4 */
    0x02, 0,                      /* squares_bytes */
    0x0a,                         /* |sum|: 10 * 2^-2 */
    0x24, 0x01,                   /* squares: 0x124 * 2^-4 */
};

static void assert_refused(const uint8_t *payload, size_t size_bytes, enum status expected,
                           const char *fragment)
{
    struct err err = {0};
    struct exact state = exact_of((const double[]){1, 2, 4}, 3);
    struct exact before = state;
    enum status found = exact_merge_payload(&state, payload, size_bytes, &err);
    cr_assert_eq(found, expected, "status %d: %s", (int)found, err.message);
    cr_assert(strstr(err.message, fragment) != NULL, "expected '%s' in '%s'", fragment,
              err.message);
    ASSERT_SAME_STATE(&state, &before);
}

/* Reads, writes again and compares; the state is used on the way. */
static void assert_round_trip(const uint8_t *payload, size_t size_bytes)
{
    struct exact state;
    struct moments moments;
    cr_assert_eq(read_payload(&state, payload, size_bytes), STATUS_OK);
    struct buf again = payload_of(&state);
    cr_assert_eq(again.size_bytes, size_bytes);
    cr_assert(size_bytes == 0 || memcmp(again.data, payload, size_bytes) == 0);
    exact_final(&state, &moments);
    cr_assert(state.is_non_finite || moments.m2 >= 0);
    buf_free(&again);
}

Test(exact_payload, golden)
{
    struct exact state = exact_of((const double[]){1.5, -4}, 2);
    struct buf payload = payload_of(&state);
    cr_assert_eq(payload.size_bytes, sizeof(golden));
    cr_assert(memcmp(payload.data, golden, sizeof(golden)) == 0);
    buf_free(&payload);
    cr_assert_eq(read_payload(&state, golden, sizeof(golden)), STATUS_OK);
    ASSERT_MOMENTS(&state, 2, -1.25, 15.125);
}

Test(exact_payload, golden_not_finite)
{
    static const uint8_t bytes[] = {0x03, 0, 0, 0, 0, 0, 0, 0, 0x02};
    struct exact state = exact_of((const double[]){1, (double)INFINITY, 2}, 3);
    struct buf payload = payload_of(&state);
    cr_assert_eq(payload.size_bytes, sizeof(bytes));
    cr_assert(memcmp(payload.data, bytes, sizeof(bytes)) == 0);
    buf_free(&payload);
    assert_round_trip(bytes, sizeof(bytes));
}

Test(exact_payload, round_trips)
{
    static const double values[] = {0,       -0.0,          1,         -1,      0.1,  -1e300,
                                    DBL_MAX, -DBL_TRUE_MIN, 0x1p-1060, 0x1p-64, 1e10, -DBL_MAX};
    for (size_t from = 0; from < N_ELEMENTS(values); from++)
        for (size_t to = from; to <= N_ELEMENTS(values); to++) {
            struct exact state = exact_of(values + from, to - from);
            struct buf payload = payload_of(&state);
            assert_round_trip(payload.data, payload.size_bytes);
            buf_free(&payload);
        }
}

Test(exact_payload, stays_small)
{
    double values[50];
    for (size_t i = 0; i < N_ELEMENTS(values); i++)
        values[i] = 1 / (1 + (double)i * 0.37);
    struct exact state = exact_of(values, N_ELEMENTS(values));
    struct buf payload = payload_of(&state);
    cr_assert_leq(payload.size_bytes, 48, "%zu bytes", payload.size_bytes);
    buf_free(&payload);
}

Test(exact_payload, appends)
{
    struct exact state = exact_of((const double[]){1.5, -4}, 2);
    struct buf payload = {0};
    cr_assert_eq(buf_append(&payload, "head", 4, NULL), STATUS_OK);
    cr_assert_eq(exact_encode(&state, &payload, NULL), STATUS_OK);
    cr_assert_eq(payload.size_bytes, 4 + sizeof(golden));
    cr_assert(memcmp(payload.data + 4, golden, sizeof(golden)) == 0);
    buf_free(&payload);
}

Test(exact_payload, every_truncation_is_refused)
{
    for (size_t size_bytes = 1; size_bytes < sizeof(golden); size_bytes++) {
        uint8_t *copy = mem_resize(NULL, size_bytes); /* so that a read after the end is seen */
        cr_assert_not_null(copy);
        memcpy(copy, golden, size_bytes);
        assert_refused(copy, size_bytes, STATUS_TRUNCATED, "expected");
        mem_free(copy);
    }
}

/* Flipped bytes may be another valid state: the container's checksum is for those. */
Test(exact_payload, every_flip_is_refused_or_another_state)
{
    uint8_t bytes[sizeof(golden)];
    unsigned n_refused = 0;
    for (size_t i = 0; i < 8 * sizeof(golden); i++) {
        struct exact state;
        memcpy(bytes, golden, sizeof(golden));
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
        if (read_payload(&state, bytes, sizeof(bytes)) == STATUS_OK)
            assert_round_trip(bytes, sizeof(bytes));
        else
            n_refused++;
    }
    cr_assert_gt(n_refused, 40, "%u", n_refused);
}

struct change {
    size_t at;
    uint8_t byte;
    enum status status;
    const char *fragment;
};

Test(exact_payload, changed_fields_are_refused)
{
    static const struct change changes[] = {
        {0, 0, STATUS_FORMAT, "expected n >= 1"},
        {0, 1, STATUS_FORMAT, "n = 1"},              /* 18.25 is not 2.5^2 */
        {8, 3, STATUS_FORMAT, "flags"},              /* both flags */
        {8, 4, STATUS_FORMAT, "flags"},              /* an unknown one */
        {8, 2, STATUS_FORMAT, "expected 9 bytes"},   /* not finite, yet with sums */
        {10, 0x80, STATUS_FORMAT, "the sum to end"}, /* sum_first above the doubles */
        {14, 0x80, STATUS_FORMAT, "the sum of squares to end"},
        {11, 0, STATUS_FORMAT, "expected 19 bytes"}, /* sum_bytes */
        {11, 2, STATUS_TRUNCATED, "expected 21 bytes"},
        {12, 0xff, STATUS_TRUNCATED, "expected 65300 bytes"},
        {15, 1, STATUS_FORMAT, "expected 19 bytes"}, /* squares_bytes */
        {15, 3, STATUS_TRUNCATED, "expected 21 bytes"},
        {17, 0, STATUS_FORMAT, "the sum to begin"}, /* a zero byte at an end */
        {18, 0, STATUS_FORMAT, "the sum of squares to begin"},
        {19, 0, STATUS_FORMAT, "the sum of squares to begin"},
        {9, 0x87, STATUS_FORMAT, "sum^2"},  /* 256 times the sum */
        {13, 0x0b, STATUS_FORMAT, "sum^2"}, /* a 256th of the squares */
    };
    for (size_t i = 0; i < N_ELEMENTS(changes); i++) {
        uint8_t bytes[sizeof(golden)];
        memcpy(bytes, golden, sizeof(golden));
        bytes[changes[i].at] = changes[i].byte;
        assert_refused(bytes, sizeof(bytes), changes[i].status, changes[i].fragment);
    }
}

Test(exact_payload, zero_has_one_form)
{
    uint8_t bytes[17] = {2};
    assert_round_trip(bytes, sizeof(bytes));
    bytes[8] = 1;
    assert_refused(bytes, sizeof(bytes), STATUS_FORMAT, "no sign");
    bytes[8] = 0;
    bytes[9] = 1;
    assert_refused(bytes, sizeof(bytes), STATUS_FORMAT, "which is 0");
    bytes[9] = 0;
    bytes[14] = 1;
    assert_refused(bytes, sizeof(bytes), STATUS_FORMAT, "which is 0");
}

Test(exact_payload, bytes_behind_the_end_are_refused)
{
    uint8_t bytes[sizeof(golden) + 1] = {0};
    memcpy(bytes, golden, sizeof(golden));
    assert_refused(bytes, sizeof(bytes), STATUS_FORMAT, "expected 20 bytes, found 21");
}

/* DBL_MAX^2 is (2^53 - 1)^2 * 2^1942, that is bytes from place 511, and one more is refused. */
Test(exact_payload, squares_beyond_the_doubles_are_refused)
{
    struct exact state = exact_of((const double[]){DBL_MAX, DBL_MAX}, 2);
    struct buf payload = payload_of(&state);
    assert_round_trip(payload.data, payload.size_bytes);
    payload.data[payload.size_bytes - 1]++;
    assert_refused(payload.data, payload.size_bytes, STATUS_FORMAT, "of 2 doubles");
    payload.data[payload.size_bytes - 1]--;
    size_t squares_at = 17 + (size_t)load_u16(payload.data + 11);
    payload.data[squares_at] += 4; /* the lowest byte there is */
    assert_refused(payload.data, payload.size_bytes, STATUS_FORMAT, "of 2 doubles");
    buf_free(&payload);
}

Test(exact_payload, merge_refuses_a_count_that_wraps)
{
    uint8_t bytes[9];
    store_u64(bytes, UINT64_MAX);
    bytes[8] = 2;
    assert_refused(bytes, 1, STATUS_TRUNCATED, "found 1");
    struct exact state = exact_of((const double[]){1}, 1);
    struct exact before = state;
    cr_assert_eq(exact_merge_payload(&state, bytes, sizeof(bytes), NULL), STATUS_LIMIT);
    ASSERT_SAME_STATE(&state, &before);
}

Test(exact_payload, running_out_of_memory_changes_nothing)
{
    const double values[][2] = {{1.5, -4}, {1, (double)INFINITY}};
    for (size_t i = 0; i < N_ELEMENTS(values); i++) {
        struct exact state = exact_of(values[i], 2);
        struct buf payload = {0};
        mem_fail_call(1);
        cr_assert_eq(exact_encode(&state, &payload, NULL), STATUS_NOMEM);
        cr_assert_eq(payload.size_bytes, 0);
        mem_fail_call(2); /* there is one allocation only */
        cr_assert_eq(exact_encode(&state, &payload, NULL), STATUS_OK);
        mem_fail_call(0);
        buf_free(&payload);
    }
}
