#include "activity_bits.h"

void bits_put_long_code(struct bits_writer *writer, uint64_t value, unsigned order)
{
    uint64_t one = (uint64_t)1 << order;
    if (value >= bits_escape_from(order) - one) {
        bits_put(writer, 0, BITS_ESCAPE_ZEROS);
        bits_put(writer, value & UINT32_MAX, 32);
        bits_put(writer, value >> 32, 32);
        return;
    }
    uint64_t u = value + one;
    unsigned low_bits = bits_width(u) - 1;
    uint64_t low = u ^ (uint64_t)1 << low_bits;
    unsigned first_bits = low_bits < 32 ? low_bits : 32;
    bits_put(writer, (uint64_t)1 << (low_bits - order), low_bits - order + 1);
    bits_put(writer, low & UINT32_MAX, first_bits);
    bits_put(writer, low >> first_bits, low_bits - first_bits);
}

bool bits_is_at_end(struct bits_reader reader)
{
    if (bits_is_overrun(&reader) || reader.size_bits - reader.at_bit >= 8)
        return false;
    return bits_take(&reader, (unsigned)(reader.size_bits - reader.at_bit)) == 0;
}

/* Up to 64 bits; false when they end. */
static bool take_wide(struct bits_reader *reader, unsigned n_bits, uint64_t *value_out)
{
    if (bits_is_overrun(reader))
        return false;
    if (n_bits > reader->size_bits - reader->at_bit) {
        reader->at_bit = reader->size_bits + 1;
        return false;
    }
    unsigned first_bits = n_bits < 32 ? n_bits : 32;
    uint64_t low = bits_take(reader, first_bits);
    *value_out = low | bits_take(reader, n_bits - first_bits) << first_bits;
    return true;
}

bool bits_get_long_code(struct bits_reader *reader, unsigned order, uint64_t *value_out)
{
    uint64_t one = (uint64_t)1 << order;
    uint64_t low = 0;
    unsigned zeros = (unsigned)__builtin_ctzll(bits_peek(reader) | (uint64_t)1 << 63);
    if (zeros >= BITS_ESCAPE_ZEROS) {
        reader->at_bit += BITS_ESCAPE_ZEROS;
        if (!take_wide(reader, 64, value_out))
            return false;
        return *value_out >= bits_escape_from(order) - one;
    }
    reader->at_bit += zeros + 1;
    unsigned low_bits = zeros + order;
    if (low_bits > BITS_MAX_ORDER || !take_wide(reader, low_bits, &low))
        return false;
    *value_out = low + ((uint64_t)1 << low_bits) - one;
    return true;
}
