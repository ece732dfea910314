/* buf: growable bytes and varuints. */
#include "buf.h"

#include "../mem_fail.h"

#include <criterion/criterion.h>

Test(buf, keeps_what_is_appended)
{
    struct buf buf = {0};
    for (unsigned i = 0; i < 1000; i++)
        cr_assert_eq(buf_append_u8(&buf, (uint8_t)i, NULL), STATUS_OK);
    cr_assert_eq(buf_append_u64(&buf, 0x0102030405060708, NULL), STATUS_OK);
    cr_assert_eq(buf_append_f64(&buf, -0.5, NULL), STATUS_OK);
    cr_assert_eq(buf.size_bytes, 1016);
    for (unsigned i = 0; i < 1000; i++)
        cr_assert_eq(buf.data[i], (uint8_t)i);
    cr_assert_eq(buf.data[1000], 8);
    cr_assert_eq(load_u64(buf.data + 1000), 0x0102030405060708);
    cr_assert_eq(load_f64(buf.data + 1008), -0.5);
    buf_free(&buf);
    cr_assert_null(buf.data);
    cr_assert_eq(buf.capacity_bytes, 0);
}

Test(buf, doubles)
{
    struct buf buf = {0};
    cr_assert_eq(buf_append_u8(&buf, 1, NULL), STATUS_OK);
    cr_assert_eq(buf.capacity_bytes, 64);
    cr_assert_eq(buf_reserve(&buf, 63, NULL), STATUS_OK);
    cr_assert_eq(buf.capacity_bytes, 64);
    cr_assert_eq(buf_reserve(&buf, 64, NULL), STATUS_OK);
    cr_assert_eq(buf.capacity_bytes, 128);
    cr_assert_eq(buf_reserve(&buf, 1000, NULL), STATUS_OK);
    cr_assert_eq(buf.capacity_bytes, 1001);
    buf_reset(&buf);
    cr_assert_eq(buf.size_bytes, 0);
    cr_assert_eq(buf.capacity_bytes, 1001);
    buf_free(&buf);
}

Test(buf, appends_nothing_to_nothing)
{
    struct buf buf = {0};
    uint8_t *added = NULL;
    cr_assert_eq(buf_append(&buf, NULL, 0, NULL), STATUS_OK);
    cr_assert_eq(buf_extend(&buf, 0, &added, NULL), STATUS_OK);
    cr_assert_eq(buf.size_bytes, 0);
    buf_free(&buf);
}

Test(buf, refuses_sizes_beyond_any_memory)
{
    struct buf buf = {0};
    struct err err = {0};
    cr_assert_eq(buf_append(&buf, "abc", 3, NULL), STATUS_OK);
    cr_assert_eq(buf_reserve(&buf, SIZE_MAX, &err), STATUS_NOMEM);
    cr_assert_str_eq(err.message,
                     "out of memory: a buffer of 3 bytes cannot take 18446744073709551615 more");
    cr_assert_eq(buf_reserve(&buf, SIZE_MAX - 2, &err), STATUS_NOMEM);
    cr_assert_eq(buf.size_bytes, 3);
    cr_assert_eq(memcmp(buf.data, "abc", 3), 0);
    buf_free(&buf);
}

Test(buf, is_as_it_was_after_a_failed_allocation)
{
    struct buf buf = {0};
    struct err err = {0};
    uint8_t *added = NULL;
    cr_assert_eq(buf_append(&buf, "abc", 3, NULL), STATUS_OK);
    mem_fail_call(1);
    cr_assert_eq(buf_extend(&buf, 100, &added, &err), STATUS_NOMEM);
    cr_assert_eq(err.code, STATUS_NOMEM);
    cr_assert_str_eq(err.message, "out of memory: no 128 bytes to be had");
    cr_assert_null(added);
    cr_assert_eq(buf.size_bytes, 3);
    cr_assert_eq(buf.capacity_bytes, 64);
    cr_assert_eq(memcmp(buf.data, "abc", 3), 0);
    cr_assert_eq(buf_extend(&buf, 100, &added, &err), STATUS_OK);
    cr_assert_eq(added, buf.data + 3);
    buf_free(&buf);
}

Test(varuint, makes_the_round_trip)
{
    struct buf buf = {0};
    for (unsigned shift = 0; shift < 64; shift++)
        for (uint64_t step = 0; step < 3; step++) {
            uint64_t value = ((uint64_t)1 << shift) - 1 + step;
            uint64_t found = 0;
            buf_reset(&buf);
            cr_assert_eq(buf_append_varuint(&buf, value, NULL), STATUS_OK);
            const uint8_t *at = buf.data;
            cr_assert_eq(varuint_get(&at, buf.data + buf.size_bytes, &found), VARUINT_OK);
            cr_assert_eq(found, value);
            cr_assert_eq(at, buf.data + buf.size_bytes);
        }
    uint8_t bytes[10];
    cr_assert_eq(varuint_put(bytes, UINT64_MAX), bytes + 10);
    cr_assert_eq(varuint_put(bytes, 127), bytes + 1);
    cr_assert_eq(varuint_put(bytes, 128), bytes + 2);
    buf_free(&buf);
}

static void expect_varuint(const char *bytes, size_t size_bytes, enum varuint_result expected)
{
    const uint8_t *from = (const uint8_t *)bytes;
    const uint8_t *at = from;
    uint64_t value = 42;
    cr_assert_eq(varuint_get(&at, from + size_bytes, &value), expected);
    cr_assert_eq(at, from);
    cr_assert_eq(value, 42);
}

Test(varuint, refuses_what_is_short_or_long)
{
    static const char largest[] = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"; /* 2^64 - 1 */
    static const char beyond[] = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02";  /* bit 64 */
    static const char endless[] = "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80";
    for (size_t n = 0; n < 10; n++)
        expect_varuint(largest, n, VARUINT_SHORT);
    expect_varuint(beyond, 10, VARUINT_OVERFLOW);
    expect_varuint(endless, 11, VARUINT_OVERFLOW);
    expect_varuint(endless, 9, VARUINT_SHORT);
}
