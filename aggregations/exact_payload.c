#include "exact_sums.h"

/* The layout is in exact_sums.h. */
enum {
    FLAGS_AT = 8,
    NON_FINITE_BYTES = 9,
    SUM_FIRST_AT = 9,
    SUM_BYTES_AT = 11,
    SQUARES_FIRST_AT = 13,
    SQUARES_BYTES_AT = 15,
    HEADER_BYTES = 17,
};

enum {
    FLAG_NEGATIVE = 1,
    FLAG_NON_FINITE = 2,
};

/* n < 2^64 doubles reach 2162 bits, their squares 4260 bits; in whole limbs: */
enum {
    SUM_END_BYTES = 34 * 8,
    SQUARES_END_BYTES = 67 * 8,
};

/* A run of bytes of a payload: bytes[k] weighs 256^(first + k). */
struct run {
    const char *name;
    const uint8_t *bytes;
    uint16_t first;
    uint16_t size_bytes;
};

/* The bytes of a trimmed magnitude without the zero bytes at both ends. */
static struct run get_run(const struct exact_magnitude *magnitude)
{
    struct run run = {0};
    if (magnitude->low == magnitude->high)
        return run;
    uint32_t end =
        magnitude->high * 8 - (uint32_t)__builtin_clzll(magnitude->limbs[magnitude->high - 1]) / 8;
    run.first = (uint16_t)(magnitude->low * 8 +
                           (uint32_t)__builtin_ctzll(magnitude->limbs[magnitude->low]) / 8);
    run.size_bytes = (uint16_t)(end - run.first);
    run.bytes = (const uint8_t *)magnitude->limbs + run.first;
    return run;
}

static void copy_run(uint8_t *to, const struct run *run)
{
    if (run->size_bytes > 0)
        memcpy(to, run->bytes, run->size_bytes);
}

static enum status encode_non_finite(const struct exact *state, struct buf *payload,
                                     struct err *err)
{
    uint8_t *at = NULL;
    TRY(buf_extend(payload, NON_FINITE_BYTES, &at, err));
    store_u64(at, state->n);
    at[FLAGS_AT] = FLAG_NON_FINITE;
    return STATUS_OK;
}

enum status exact_encode(const struct exact *state, struct buf *payload, struct err *err)
{
    if (state->n == 0)
        return STATUS_OK;
    if (state->is_non_finite)
        return encode_non_finite(state, payload, err);
    struct exact_magnitude sum;
    struct exact_magnitude squares;
    bool negative = exact_wide_magnitude(&state->sum, &sum);
    exact_wide_magnitude(&state->squares, &squares);
    struct run sum_run = get_run(&sum);
    struct run squares_run = get_run(&squares);

    uint8_t *at = NULL;
    TRY(buf_extend(payload, (size_t)HEADER_BYTES + sum_run.size_bytes + squares_run.size_bytes, &at,
                   err));
    store_u64(at, state->n);
    at[FLAGS_AT] = negative ? FLAG_NEGATIVE : 0;
    store_u16(at + SUM_FIRST_AT, sum_run.first);
    store_u16(at + SUM_BYTES_AT, sum_run.size_bytes);
    store_u16(at + SQUARES_FIRST_AT, squares_run.first);
    store_u16(at + SQUARES_BYTES_AT, squares_run.size_bytes);
    copy_run(at + HEADER_BYTES, &sum_run);
    copy_run(at + HEADER_BYTES + sum_run.size_bytes, &squares_run);
    return STATUS_OK;
}

static enum status check_run(const struct run *run, uint32_t end_bytes, struct err *err)
{
    if ((uint32_t)run->first + run->size_bytes > end_bytes)
        return err_set(err, STATUS_FORMAT,
                       "exact payload: expected the %s to end at byte %u at most, found %u bytes "
                       "from byte %u",
                       run->name, end_bytes, run->size_bytes, run->first);
    if (run->size_bytes == 0 && run->first != 0)
        return err_set(err, STATUS_FORMAT,
                       "exact payload: expected the %s, which is 0, at byte 0, found byte %u",
                       run->name, run->first);
    if (run->size_bytes > 0 && (run->bytes[0] == 0 || run->bytes[run->size_bytes - 1] == 0))
        return err_set(err, STATUS_FORMAT,
                       "exact payload: expected the %s to begin and end with a byte that is not 0, "
                       "found 0x%02x and 0x%02x",
                       run->name, run->bytes[0], run->bytes[run->size_bytes - 1]);
    return STATUS_OK;
}

/* Finds both runs in a payload of a finite state and checks their form. */
static enum status read_runs(const uint8_t *payload, size_t size_bytes, struct run *sum_out,
                             struct run *squares_out, struct err *err)
{
    if (size_bytes < HEADER_BYTES)
        return err_set(err, STATUS_TRUNCATED,
                       "exact payload: expected at least %d bytes, found %zu", HEADER_BYTES,
                       size_bytes);
    struct run sum = {.name = "sum"};
    struct run squares = {.name = "sum of squares"};
    sum.first = load_u16(payload + SUM_FIRST_AT);
    sum.size_bytes = load_u16(payload + SUM_BYTES_AT);
    sum.bytes = payload + HEADER_BYTES;
    squares.first = load_u16(payload + SQUARES_FIRST_AT);
    squares.size_bytes = load_u16(payload + SQUARES_BYTES_AT);
    size_t expected_bytes = (size_t)HEADER_BYTES + sum.size_bytes + squares.size_bytes;
    if (size_bytes != expected_bytes)
        return err_set(err, size_bytes < expected_bytes ? STATUS_TRUNCATED : STATUS_FORMAT,
                       "exact payload: expected %zu bytes, found %zu", expected_bytes, size_bytes);
    squares.bytes = sum.bytes + sum.size_bytes;
    TRY(check_run(&sum, SUM_END_BYTES, err));
    TRY(check_run(&squares, SQUARES_END_BYTES, err));
    *sum_out = sum;
    *squares_out = squares;
    return STATUS_OK;
}

static void set_wide(struct exact_wide *wide_out, const struct run *run, bool negative)
{
    struct exact_magnitude magnitude;
    magnitude.low = run->first / 8u;
    magnitude.high = ((uint32_t)run->first + run->size_bytes + 7) / 8;
    if (run->size_bytes > 0) {
        magnitude.limbs[magnitude.low] = 0;
        magnitude.limbs[magnitude.high - 1] = 0;
        memcpy((uint8_t *)magnitude.limbs + run->first, run->bytes, run->size_bytes);
    }
    exact_wide_set(wide_out, &magnitude, negative);
}

/* Whether squares <= n * DBL_MAX^2, and DBL_MAX = (2^53 - 1) * 2^971. */
static bool are_squares_in_range(const struct exact *state)
{
    enum { SHIFT = 2 * (971 + 1074) };
    const uint64_t mantissa_max = (UINT64_C(1) << 53) - 1;
    uint128 square = (uint128)mantissa_max * mantissa_max;
    struct exact_magnitude bound = {.low = SHIFT / 64, .high = SHIFT / 64 + 3};
    bound.limbs[bound.low] = (uint64_t)square << SHIFT % 64;
    bound.limbs[bound.low + 1] = (uint64_t)(square >> (64 - SHIFT % 64));
    bound.limbs[bound.low + 2] = (uint64_t)(square >> 64) >> (64 - SHIFT % 64);
    if (state->squares.high <= bound.low)
        return true;
    exact_magnitude_trim(&bound);
    exact_magnitude_scale(&bound, state->n);
    struct exact_magnitude squares;
    exact_wide_magnitude(&state->squares, &squares);
    return exact_magnitude_subtract(&bound, &squares);
}

/* Checks that the sums can belong to n doubles. */
static enum status check_sums(const struct exact *state, struct err *err)
{
    if (!are_squares_in_range(state))
        return err_set(err, STATUS_FORMAT,
                       "exact payload: expected a sum of squares of %llu doubles, found a larger "
                       "one",
                       (unsigned long long)state->n);
    struct exact_magnitude deviation;
    if (!exact_deviation(state, &deviation))
        return err_set(err, STATUS_FORMAT,
                       "exact payload: expected n * (sum of squares) >= sum^2 for n = %llu, found "
                       "less",
                       (unsigned long long)state->n);
    if (state->n == 1 && deviation.low != deviation.high)
        return err_set(err, STATUS_FORMAT,
                       "exact payload: expected (sum of squares) = sum^2 for n = 1, found more");
    return STATUS_OK;
}

static enum status decode_finite(struct exact *state_out, const uint8_t *payload, size_t size_bytes,
                                 struct err *err)
{
    struct run sum = {0};
    struct run squares = {0};
    TRY(read_runs(payload, size_bytes, &sum, &squares, err));
    bool negative = payload[FLAGS_AT] & FLAG_NEGATIVE;
    if (negative && sum.size_bytes == 0)
        return err_set(err, STATUS_FORMAT,
                       "exact payload: expected no sign on a sum of 0, found flag %d",
                       FLAG_NEGATIVE);
    set_wide(&state_out->sum, &sum, negative);
    set_wide(&state_out->squares, &squares, false);
    return check_sums(state_out, err);
}

/* On failure *state_out is of no use. */
static enum status decode(struct exact *state_out, const uint8_t *payload, size_t size_bytes,
                          struct err *err)
{
    exact_reset(state_out);
    if (size_bytes == 0)
        return STATUS_OK;
    if (size_bytes < NON_FINITE_BYTES)
        return err_set(err, STATUS_TRUNCATED,
                       "exact payload: expected 0 bytes or at least %d, found %zu",
                       NON_FINITE_BYTES, size_bytes);
    state_out->n = load_u64(payload);
    if (state_out->n == 0)
        return err_set(err, STATUS_FORMAT,
                       "exact payload: expected n >= 1 in a payload of %zu bytes, found 0",
                       size_bytes);
    uint8_t flags = payload[FLAGS_AT];
    if (flags > FLAG_NON_FINITE)
        return err_set(err, STATUS_FORMAT, "exact payload: expected flags 0, 1 or 2, found %u",
                       flags);
    state_out->is_non_finite = flags == FLAG_NON_FINITE;
    if (!state_out->is_non_finite)
        return decode_finite(state_out, payload, size_bytes, err);
    if (size_bytes != NON_FINITE_BYTES)
        return err_set(err, STATUS_FORMAT,
                       "exact payload: expected %d bytes with flag %d, found %zu", NON_FINITE_BYTES,
                       FLAG_NON_FINITE, size_bytes);
    return STATUS_OK;
}

enum status exact_merge_payload(struct exact *state, const uint8_t *payload, size_t size_bytes,
                                struct err *err)
{
    struct exact other;
    TRY(decode(&other, payload, size_bytes, err));
    return exact_merge(state, &other, err);
}
