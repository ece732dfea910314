/*
 * The bit stream inside an activity payload: bits in order from the lowest of the first byte, and
 * exponential Golomb codes of order k (Teuhola, "A compression method for clustered bit-vectors",
 * Information Processing Letters 7(6), 1978), with an escape that bounds a code's length. Only
 * activity*.c includes this.
 *
 * The code of v of order k, with u = v + 2^k and L = the number of bits of u: (L - 1 - k) zero
 * bits, a one bit, then the L - 1 low bits of u, lowest first. Short for v near 2^k, and 2 bits
 * longer for each doubling. Where u >= 2^min(k + 32, 63), 32 zero bits and then the 64 bits of v
 * instead.
 */
#ifndef SALTWELL_ACTIVITY_BITS_H
#define SALTWELL_ACTIVITY_BITS_H

#include "compiler.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    BITS_MAX_ORDER = 62,
    BITS_ESCAPE_ZEROS = 32,
    BITS_MAX_CODE_BITS = BITS_ESCAPE_ZEROS + 64,
};

/* The number of bits of value without leading zeros; 0 for 0. No branch: values of 0 and 1 mix. */
static inline unsigned bits_width(uint64_t value)
{
    return 64 - (unsigned)__builtin_clzll(value | 1) - (value == 0);
}

/*
 * The order that a run of n_values takes, from the sum of their widths: the mean width, rounded,
 * minus 1. Within 1 % of the best order on the data of FORMAT.md.
 */
static inline unsigned bits_order(unsigned sum_of_widths, unsigned n_values)
{
    if (n_values == 0)
        return 0;
    unsigned mean_width = (2 * sum_of_widths + n_values) / (2 * n_values);
    unsigned order = mean_width > 0 ? mean_width - 1 : 0;
    return order < BITS_MAX_ORDER ? order : BITS_MAX_ORDER;
}

/* The smallest u that is escaped. */
static inline uint64_t bits_escape_from(unsigned order)
{
    unsigned width = order + BITS_ESCAPE_ZEROS;
    return (uint64_t)1 << (width < 63 ? width : 63);
}

/* Writes at `at`, which the caller keeps supplied with room for all bits so far and 8 bytes. */
struct bits_writer {
    uint8_t *at;
    uint64_t window;      /* bits that do not fill a byte yet */
    unsigned window_bits; /* below 8 between calls */
};

/* n_bits <= 56; value has no bits above them. */
static inline void bits_put(struct bits_writer *writer, uint64_t value, unsigned n_bits)
{
    writer->window |= value << writer->window_bits;
    writer->window_bits += n_bits;
    store_u64(writer->at, writer->window);
    writer->at += writer->window_bits >> 3;
    writer->window >>= writer->window_bits & ~7U;
    writer->window_bits &= 7;
}

/* A code of more than 56 bits. */
void bits_put_long_code(struct bits_writer *writer, uint64_t value, unsigned order);

enum {
    /*
     * A value whose u is below 2^BITS_SHORT_WIDTH has a code of at most 39 bits, one whose u is
     * below 2^BITS_SHORTER_WIDTH a code of at most 13: bits_put takes one of each at once.
     */
    BITS_SHORT_WIDTH = 20,
    BITS_SHORTER_WIDTH = 7,
};

/* Whether u is below 2^width for all values; `all`: their bits, or'ed together. */
static inline bool bits_are_short(uint64_t all, unsigned order, unsigned width)
{
    return order < width && all < ((uint64_t)1 << width) - ((uint64_t)1 << order);
}

struct bits_code {
    uint64_t bits;
    unsigned n_bits;
};

/* The code of a value for which there is one of at most 64 bits. */
static inline struct bits_code bits_make_code(uint64_t value, unsigned order)
{
    uint64_t u = value + ((uint64_t)1 << order);
    unsigned low_bits = 63 - (unsigned)__builtin_clzll(u);
    unsigned zeros = low_bits - order;
    uint64_t low = u ^ (uint64_t)1 << low_bits;
    return (struct bits_code){(low << 1 | 1) << zeros, zeros + 1 + low_bits};
}

static inline void bits_put_code(struct bits_writer *writer, uint64_t value, unsigned order)
{
    uint64_t u = value + ((uint64_t)1 << order);
    unsigned low_bits = 63 - (unsigned)__builtin_clzll(u | 1);
    if (UNLIKELY(u < value || 2 * low_bits + 1 - order > 56)) {
        struct bits_writer copy = *writer; /* the address of *writer itself never escapes */
        bits_put_long_code(&copy, value, order);
        *writer = copy;
        return;
    }
    struct bits_code code = bits_make_code(value, order);
    bits_put(writer, code.bits, code.n_bits);
}

/*
 * Where BITS_PADDING_BYTES after the stream are readable, whatever they hold, a load of 8 bytes at
 * any bit of the stream or just after it is allowed.
 */
enum { BITS_PADDING_BYTES = 8 };

struct bits_reader {
    const uint8_t *data;
    size_t size_bits;
    size_t at_bit; /* above size_bits when more was taken than there is; then nothing may be read */
};

/* At least 57 bits from at_bit on. */
static inline uint64_t bits_peek(const struct bits_reader *reader)
{
    return load_u64(reader->data + (reader->at_bit >> 3)) >> (reader->at_bit & 7);
}

/* n_bits <= 57. */
static inline uint64_t bits_take(struct bits_reader *reader, unsigned n_bits)
{
    uint64_t value = bits_peek(reader) & (((uint64_t)1 << n_bits) - 1);
    reader->at_bit += n_bits;
    return value;
}

static inline bool bits_is_overrun(const struct bits_reader *reader)
{
    return UNLIKELY(reader->at_bit > reader->size_bits);
}

/* The end is reached when less than a byte is left; the bits in it are 0. */
bool bits_is_at_end(struct bits_reader reader);

/*
 * A code of more than 56 bits. False when the bits are no code of this order, or when they end; the
 * latter also shows as bits_is_overrun.
 */
bool bits_get_long_code(struct bits_reader *reader, unsigned order, uint64_t *value_out);

/* As bits_get_long_code, for every code. A short one that overruns only shows as bits_is_overrun.
 */
static inline bool bits_get_code(struct bits_reader *reader, unsigned order, uint64_t *value_out)
{
    uint64_t window = bits_peek(reader);
    unsigned zeros = (unsigned)__builtin_ctzll(window | (uint64_t)1 << 63);
    unsigned low_bits = zeros + order;
    if (UNLIKELY(zeros + 1 + low_bits > 56)) {
        struct bits_reader copy = *reader; /* the address of *reader itself never escapes */
        uint64_t value = 0;
        bool is_code = bits_get_long_code(&copy, order, &value);
        *reader = copy;
        *value_out = value;
        return is_code;
    }
    uint64_t top = (uint64_t)1 << low_bits;
    *value_out = (window >> (zeros + 1) & (top - 1)) + top - ((uint64_t)1 << order);
    reader->at_bit += zeros + 1 + low_bits;
    return true;
}

#endif
