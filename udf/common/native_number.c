#include "native_number.h"

#include <stdio.h>

#define TWO_63 9223372036854775808.0
#define TWO_64 18446744073709551616.0

enum {
    MAX_WORDS = 4,
    MAX_EXACT_BITS = 53, /* of a double */
    MAX_SCALE = 38,      /* 10^38 is the last power of ten below 2^127 */
};

/* The put functions write one value, in the target's 8 bytes; false where it does not fit. Where
 * the target is a constant the compiler drops what a narrow type always passes. */
ALWAYS_INLINE bool put_unsigned(uint64_t value, enum native_number_target target, uint8_t *to)
{
    double real = (double)value;
    if (target != NATIVE_TO_FLOAT64) {
        store_u64(to, value);
        return target == NATIVE_TO_UINT64 || value <= INT64_MAX;
    }
    store_f64(to, real);
    return value <= (uint64_t)1 << MAX_EXACT_BITS || (real < TWO_64 && (uint64_t)real == value);
}

ALWAYS_INLINE bool put_signed(int64_t value, enum native_number_target target, uint8_t *to)
{
    double real = (double)value;
    if (target != NATIVE_TO_FLOAT64) {
        store_i64(to, value);
        return target == NATIVE_TO_INT64 || value >= 0;
    }
    store_f64(to, real);
    return (value <= (int64_t)1 << MAX_EXACT_BITS && value >= -((int64_t)1 << MAX_EXACT_BITS)) ||
           (real < TWO_63 && (int64_t)real == value);
}

ALWAYS_INLINE bool put_float(double value, enum native_number_target target, uint8_t *to)
{
    bool is_signed = target == NATIVE_TO_INT64;
    bool fits = is_signed ? value >= -TWO_63 && value < TWO_63 : value >= 0 && value < TWO_64;
    if (target == NATIVE_TO_FLOAT64) {
        store_f64(to, value);
        return true;
    }
    uint64_t whole = !fits ? 0 : is_signed ? (uint64_t)(int64_t)value : (uint64_t)value;
    store_u64(to, whole);
    return fits && (is_signed ? (double)(int64_t)whole : (double)whole) == value;
}

/* An integer of 128 or 256 bits as sign and magnitude. */
struct wide {
    bool is_negative;
    uint64_t words[MAX_WORDS]; /* the least significant one first */
};

static struct wide load_wide(const struct native_type *type, const uint8_t *from)
{
    struct wide wide = {0};
    size_t n_words = type->width_bytes / 8;
    memcpy(wide.words, from, type->width_bytes);
    wide.is_negative = type->order == NATIVE_ORDER_SIGNED && wide.words[n_words - 1] >> 63 != 0;
    uint64_t carry = 1;
    for (size_t i = 0; wide.is_negative && i < n_words; i++) {
        wide.words[i] = ~wide.words[i] + carry;
        carry = carry != 0 && wide.words[i] == 0;
    }
    return wide;
}

static double wide_value(struct wide wide)
{
    double value = 0;
    for (size_t i = MAX_WORDS; i-- > 0;)
        value = value * TWO_64 + (double)wide.words[i];
    return wide.is_negative ? -value : value;
}

/* Whether the highest and the lowest bit that are set lie within a double's 53. */
static bool wide_is_exact(struct wide wide)
{
    int lowest = 0, highest = -1;
    for (int bit = 0; bit < 64 * MAX_WORDS; bit++) {
        if ((wide.words[bit / 64] >> (bit % 64) & 1) == 0)
            continue;
        lowest = highest < 0 ? bit : lowest;
        highest = bit;
    }
    return highest - lowest < MAX_EXACT_BITS;
}

static bool put_wide(struct wide wide, enum native_number_target target, uint8_t *to)
{
    uint64_t magnitude = wide.words[0];
    bool is_one_word = (wide.words[1] | wide.words[2] | wide.words[3]) == 0;
    if (target == NATIVE_TO_FLOAT64) {
        store_f64(to, wide_value(wide));
        return wide_is_exact(wide);
    }
    store_u64(to, wide.is_negative ? 0 - magnitude : magnitude);
    return is_one_word &&
           (target == NATIVE_TO_INT64 ? magnitude <= (uint64_t)INT64_MAX + wide.is_negative
                                      : !wide.is_negative);
}

/* A Decimal, DateTime64 or Time64 of up to 128 bits. */
struct scaled {
    int128 value;
    int128 power; /* of ten that the value is divided by */
};

static struct scaled load_scaled(const struct native_type *type, const uint8_t *from, int128 power)
{
    struct scaled scaled = {.power = power};
    if (type->width_bytes == 4)
        scaled.value = (int32_t)load_u32(from);
    else if (type->width_bytes == 8)
        scaled.value = load_i64(from);
    else
        memcpy(&scaled.value, from, sizeof(scaled.value));
    return scaled;
}

/* For a double as the server does it: by way of a long double, which matters beyond 64 bits. */
static bool put_scaled(struct scaled scaled, enum native_number_target target, uint8_t *to)
{
    if (target == NATIVE_TO_FLOAT64) {
        store_f64(to, (double)(long double)scaled.value / (double)(long double)scaled.power);
        return true;
    }
    int128 whole = scaled.value / scaled.power;
    store_u64(to, (uint64_t)whole);
    return target == NATIVE_TO_INT64 ? whole >= INT64_MIN && whole <= INT64_MAX
                                     : whole >= 0 && whole <= UINT64_MAX;
}

static int128 power_of_ten(unsigned scale)
{
    int128 power = 1;
    for (; scale > 0; scale--)
        power *= 10;
    return power;
}

/* The loops, compiled for each width and target: how many values fit before the first that does
 * not. */
ALWAYS_INLINE uint64_t convert_unsigned(const struct native_numbers *from, uint8_t *to,
                                        size_t width_bytes, enum native_number_target target)
{
    uint64_t i = 0;
    while (i < from->n && put_unsigned(load_unsigned(from->data + i * width_bytes, width_bytes),
                                       target, to + i * 8))
        i++;
    return i;
}

ALWAYS_INLINE uint64_t convert_signed(const struct native_numbers *from, uint8_t *to,
                                      size_t width_bytes, enum native_number_target target)
{
    uint64_t i = 0;
    while (i < from->n &&
           put_signed(load_signed(from->data + i * width_bytes, width_bytes), target, to + i * 8))
        i++;
    return i;
}

ALWAYS_INLINE uint64_t convert_float(const struct native_numbers *from, uint8_t *to,
                                     size_t width_bytes, enum native_number_target target)
{
    uint64_t i = 0;
    while (i < from->n &&
           put_float(load_float(from->data + i * width_bytes, width_bytes), target, to + i * 8))
        i++;
    return i;
}

static uint64_t convert_scaled(const struct native_numbers *from, uint8_t *to,
                               enum native_number_target target)
{
    const struct native_type *type = from->type;
    int128 power = power_of_ten(type->scale);
    uint64_t i = 0;
    while (i < from->n && put_scaled(load_scaled(type, from->data + i * type->width_bytes, power),
                                     target, to + i * 8))
        i++;
    return i;
}

static uint64_t convert_wide(const struct native_numbers *from, uint8_t *to,
                             enum native_number_target target)
{
    const struct native_type *type = from->type;
    uint64_t i = 0;
    while (i < from->n &&
           put_wide(load_wide(type, from->data + i * type->width_bytes), target, to + i * 8))
        i++;
    return i;
}

static bool is_scaled(const struct native_type *type)
{
    return type->class == NATIVE_CLASS_DECIMAL || type->class == NATIVE_CLASS_DATETIME64 ||
           type->class == NATIVE_CLASS_TIME64;
}

/* The order is UNSIGNED, SIGNED or FLOAT. */
ALWAYS_INLINE uint64_t convert(const struct native_numbers *from, uint8_t *to,
                               enum native_number_target target)
{
    enum native_order order = from->type->order;
    if (is_scaled(from->type))
        return convert_scaled(from, to, target);
    switch (from->type->width_bytes) {
    case 1:
        return order == NATIVE_ORDER_SIGNED ? convert_signed(from, to, 1, target)
                                            : convert_unsigned(from, to, 1, target);
    case 2:
        return order == NATIVE_ORDER_SIGNED     ? convert_signed(from, to, 2, target)
               : order == NATIVE_ORDER_UNSIGNED ? convert_unsigned(from, to, 2, target)
                                                : convert_float(from, to, 2, target);
    case 4:
        return order == NATIVE_ORDER_SIGNED     ? convert_signed(from, to, 4, target)
               : order == NATIVE_ORDER_UNSIGNED ? convert_unsigned(from, to, 4, target)
                                                : convert_float(from, to, 4, target);
    case 8:
        return order == NATIVE_ORDER_SIGNED     ? convert_signed(from, to, 8, target)
               : order == NATIVE_ORDER_UNSIGNED ? convert_unsigned(from, to, 8, target)
                                                : convert_float(from, to, 8, target);
    default:
        return convert_wide(from, to, target);
    }
}

static uint64_t to_uint64s(const struct native_numbers *from, uint8_t *to)
{
    return convert(from, to, NATIVE_TO_UINT64);
}

static uint64_t to_int64s(const struct native_numbers *from, uint8_t *to)
{
    return convert(from, to, NATIVE_TO_INT64);
}

static uint64_t to_float64s(const struct native_numbers *from, uint8_t *to)
{
    return convert(from, to, NATIVE_TO_FLOAT64);
}

native_conversion *native_conversion_find(const struct native_type *from,
                                          enum native_number_target target)
{
    static native_conversion *const conversions[] = {
        [NATIVE_TO_UINT64] = to_uint64s,
        [NATIVE_TO_INT64] = to_int64s,
        [NATIVE_TO_FLOAT64] = to_float64s,
    };
    bool is_number = from->kind == NATIVE_FIXED && from->order <= NATIVE_ORDER_FLOAT;
    bool is_too_wide = is_scaled(from) && (from->scale > MAX_SCALE || from->width_bytes > 16);
    bool is_address = from->class == NATIVE_CLASS_IP && target != NATIVE_TO_UINT64;
    return is_number && !is_too_wide && !is_address ? conversions[target] : NULL;
}

void native_number_print(const struct native_type *type, const uint8_t *value, char *text,
                         size_t text_bytes)
{
    struct native_numbers one = {.data = value, .n = 1, .type = type};
    bool is_real = is_scaled(type) || type->order == NATIVE_ORDER_FLOAT;
    uint8_t bytes[8] = {0};
    if (is_real) {
        (void)native_conversion_find(type, NATIVE_TO_FLOAT64)(&one, bytes);
        snprintf(text, text_bytes, "%.17g", load_f64(bytes));
    } else if (type->width_bytes > sizeof(bytes)) {
        snprintf(text, text_bytes, "%.17g", wide_value(load_wide(type, value)));
    } else if (type->order == NATIVE_ORDER_UNSIGNED) {
        (void)native_conversion_find(type, NATIVE_TO_UINT64)(&one, bytes);
        snprintf(text, text_bytes, "%llu", (unsigned long long)load_u64(bytes));
    } else {
        (void)native_conversion_find(type, NATIVE_TO_INT64)(&one, bytes);
        snprintf(text, text_bytes, "%lld", (long long)load_i64(bytes));
    }
}
