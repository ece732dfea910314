/*
 * Reads arrays from stdin, each a u32 count and that many doubles, little-endian, until the end.
 * For each array writes to stdout the moments of its exact state: n, mean and m2, 8 bytes each, for
 * the oracle to judge. Checks here that random splits of the array merge to the very payload of the
 * whole: for each salt count, in random order and grouping, empty parts included. The first
 * violation is a line on stderr and exit status 1.
 */
#include "exact_sums.h"

#include "mem.h"

#include <stdio.h>

enum { PARTS_MAX = 256 };

static const unsigned salt_counts[] = {1, 2, 3, 8, 64, PARTS_MAX};

struct driver {
    struct buf values; /* of the current array */
    struct buf salted; /* the same, part by part */
    struct buf whole;  /* payload */
    struct buf merged; /* payload */
    struct buf parts[PARTS_MAX];
    uint64_t random;
    struct err err;
};

/* Vigna's splitmix64. */
static uint64_t next_random(uint64_t *random)
{
    uint64_t z = *random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static enum status encode_values(struct driver *driver, const uint8_t *values, size_t n,
                                 struct buf *payload)
{
    struct exact state;
    exact_reset(&state);
    buf_reset(payload);
    TRY(exact_update(&state, values, n, &driver->err));
    return exact_encode(&state, payload, &driver->err);
}

/* Deals the values out to n_parts random parts and encodes each. */
static enum status encode_parts(struct driver *driver, unsigned n_parts)
{
    size_t n = driver->values.size_bytes / sizeof(double);
    uint64_t seed = driver->random;
    for (unsigned part = 0; part < n_parts; part++) {
        uint64_t random = seed;
        buf_reset(&driver->salted);
        for (size_t i = 0; i < n; i++)
            if (next_random(&random) % n_parts == part)
                TRY(buf_append(&driver->salted, driver->values.data + i * sizeof(double),
                               sizeof(double), &driver->err));
        TRY(encode_values(driver, driver->salted.data, driver->salted.size_bytes / sizeof(double),
                          &driver->parts[part]));
    }
    return STATUS_OK;
}

/* Replaces two random parts by their merge until one is left: a random order and grouping. */
static enum status merge_parts(struct driver *driver, unsigned n_parts)
{
    for (; n_parts > 1; n_parts--) {
        struct buf *last = &driver->parts[n_parts - 1];
        struct buf *other = &driver->parts[next_random(&driver->random) % (n_parts - 1)];
        bool is_last_first = next_random(&driver->random) & 1;
        struct buf *first = is_last_first ? last : other;
        struct buf *second = is_last_first ? other : last;
        struct exact state;
        exact_reset(&state);
        TRY(exact_merge_payload(&state, first->data, first->size_bytes, &driver->err));
        TRY(exact_merge_payload(&state, second->data, second->size_bytes, &driver->err));
        buf_reset(&driver->merged);
        TRY(exact_encode(&state, &driver->merged, &driver->err));
        struct buf old = *other;
        *other = driver->merged;
        driver->merged = old;
    }
    return STATUS_OK;
}

static enum status check_salts(struct driver *driver, unsigned n_parts)
{
    TRY(encode_parts(driver, n_parts));
    TRY(merge_parts(driver, n_parts));
    const struct buf *merged = &driver->parts[0];
    if (merged->size_bytes != driver->whole.size_bytes ||
        (merged->size_bytes > 0 &&
         memcmp(merged->data, driver->whole.data, merged->size_bytes) != 0))
        return err_set(&driver->err, STATUS_MISMATCH,
                       "%u salts: expected the payload of the whole, %zu bytes, found another one "
                       "of %zu bytes",
                       n_parts, driver->whole.size_bytes, merged->size_bytes);
    return STATUS_OK;
}

static enum status write_moments(struct driver *driver)
{
    struct exact state;
    struct moments moments;
    exact_reset(&state);
    TRY(exact_merge_payload(&state, driver->whole.data, driver->whole.size_bytes, &driver->err));
    exact_final(&state, &moments);
    uint8_t line[24];
    store_u64(line, moments.n);
    store_f64(line + 8, moments.mean);
    store_f64(line + 16, moments.m2);
    if (fwrite(line, sizeof(line), 1, stdout) != 1)
        return err_set(&driver->err, STATUS_IO, "stdout: expected to write %zu bytes, failed",
                       sizeof(line));
    return STATUS_OK;
}

static enum status check_array(struct driver *driver, uint32_t n)
{
    uint8_t *values = NULL;
    size_t size_bytes = (size_t)n * sizeof(double);
    buf_reset(&driver->values);
    TRY(buf_extend(&driver->values, size_bytes, &values, &driver->err));
    if (size_bytes > 0 && fread(values, size_bytes, 1, stdin) != 1)
        return err_set(&driver->err, STATUS_TRUNCATED, "stdin: expected %zu bytes of values",
                       size_bytes);
    TRY(encode_values(driver, values, n, &driver->whole));
    for (size_t i = 0; i < sizeof(salt_counts) / sizeof(salt_counts[0]); i++)
        TRY(check_salts(driver, salt_counts[i]));
    return write_moments(driver);
}

int main(void)
{
    static struct driver driver = {.random = 42};
    uint8_t count[4];
    size_t n_arrays = 0;
    int exit_status = 0;
    for (; exit_status == 0 && fread(count, sizeof(count), 1, stdin) == 1; n_arrays++)
        if (check_array(&driver, load_u32(count)) != STATUS_OK) {
            fprintf(stderr, "exact_driver: array %zu: %s\n", n_arrays, driver.err.message);
            exit_status = 1;
        }
    if (fflush(stdout) != 0)
        exit_status = 1;
    buf_free(&driver.values);
    buf_free(&driver.salted);
    buf_free(&driver.whole);
    buf_free(&driver.merged);
    for (size_t i = 0; i < PARTS_MAX; i++)
        buf_free(&driver.parts[i]);
    return exit_status;
}
