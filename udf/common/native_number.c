#include "native_number.h"

#include <stdio.h>

#define TWO_63 9223372036854775808.0
#define TWO_64 18446744073709551616.0

enum {
    MAX_WORDS = 4,
    MAX_EXACT_BITS = 53, /* of a double */
    MAX_SCALE = 38,      /* 10^38 is the last power of ten below 2^127 */
};

/* One value: each returns false where it does not fit. The compiler drops the comparisons that a
 * narrow type always passes. */
static inline bool unsigned_to_u64(uint64_t value, uint64_t *out)
{
    *out = value;
    return true;
}

static inline bool unsigned_to_i64(uint64_t value, int64_t *out)
{
    *out = (int64_t)value;
    return value <= INT64_MAX;
}

static inline bool unsigned_to_f64(uint64_t value, double *out)
{
    *out = (double)value;
    return value <= (uint64_t)1 << MAX_EXACT_BITS || (*out < TWO_64 && (uint64_t)*out == value);
}

static inline bool signed_to_u64(int64_t value, uint64_t *out)
{
    *out = (uint64_t)value;
    return value >= 0;
}

static inline bool signed_to_i64(int64_t value, int64_t *out)
{
    *out = value;
    return true;
}

static inline bool signed_to_f64(int64_t value, double *out)
{
    *out = (double)value;
    return (value <= (int64_t)1 << MAX_EXACT_BITS && value >= -((int64_t)1 << MAX_EXACT_BITS)) ||
           (*out < TWO_63 && (int64_t)*out == value);
}

static inline bool float_to_u64(double value, uint64_t *out)
{
    bool in_range = value >= 0 && value < TWO_64;
    *out = in_range ? (uint64_t)value : 0;
    return in_range && (double)*out == value;
}

static inline bool float_to_i64(double value, int64_t *out)
{
    bool in_range = value >= -TWO_63 && value < TWO_63;
    *out = in_range ? (int64_t)value : 0;
    return in_range && (double)*out == value;
}

static inline bool float_to_f64(double value, double *out)
{
    *out = value;
    return true;
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

static bool wide_is_one_word(struct wide wide)
{
    return (wide.words[1] | wide.words[2] | wide.words[3]) == 0;
}

static bool wide_to_u64(struct wide wide, uint64_t *out)
{
    *out = wide.words[0];
    return wide_is_one_word(wide) && !wide.is_negative;
}

static bool wide_to_i64(struct wide wide, int64_t *out)
{
    uint64_t magnitude = wide.words[0];
    *out = (int64_t)(wide.is_negative ? 0 - magnitude : magnitude);
    return wide_is_one_word(wide) && magnitude <= (uint64_t)INT64_MAX + wide.is_negative;
}

static double wide_value(struct wide wide)
{
    double value = 0;
    for (size_t i = MAX_WORDS; i-- > 0;)
        value = value * TWO_64 + (double)wide.words[i];
    return wide.is_negative ? -value : value;
}

/* Exact where the highest and the lowest bit that are set lie within a double's 53. */
static bool wide_to_f64(struct wide wide, double *out)
{
    int lowest = 0, highest = -1;
    for (int bit = 0; bit < 64 * MAX_WORDS; bit++) {
        if ((wide.words[bit / 64] >> (bit % 64) & 1) == 0)
            continue;
        lowest = highest < 0 ? bit : lowest;
        highest = bit;
    }
    *out = wide_value(wide);
    return highest - lowest < MAX_EXACT_BITS;
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

static inline bool scaled_to_u64(struct scaled scaled, uint64_t *out)
{
    int128 whole = scaled.value / scaled.power;
    *out = (uint64_t)whole;
    return whole >= 0 && whole <= UINT64_MAX;
}

static inline bool scaled_to_i64(struct scaled scaled, int64_t *out)
{
    int128 whole = scaled.value / scaled.power;
    *out = (int64_t)whole;
    return whole >= INT64_MIN && whole <= INT64_MAX;
}

/* As the server does it: by way of a long double, which matters beyond 64 bits. */
static inline bool scaled_to_f64(struct scaled scaled, double *out)
{
    *out = (double)(long double)scaled.value / (double)(long double)scaled.power;
    return true;
}

static int128 power_of_ten(unsigned scale)
{
    int128 power = 1;
    for (; scale > 0; scale--)
        power *= 10;
    return power;
}

/* A loop from one type to one target; `load` sees `at` and `from`, and what `prepare` declares. */
#define CONVERSION(source, width_bytes, prepare, load, group, suffix, target)               \
    static uint64_t source##_to_##suffix##s(const struct native_numbers *from, uint8_t *to) \
    {                                                                                       \
        uint64_t i = 0;                                                                     \
        target value;                                                                       \
        prepare for (; i < from->n; i++)                                                    \
        {                                                                                   \
            const uint8_t *at = from->data + i * (width_bytes);                             \
            if (!group##_to_##suffix(load, &value))                                         \
                break;                                                                      \
            store_##suffix(to + i * 8, value);                                              \
        }                                                                                   \
        return i;                                                                           \
    }
#define CONVERSIONS(source, width_bytes, prepare, load, group)           \
    CONVERSION(source, width_bytes, prepare, load, group, u64, uint64_t) \
    CONVERSION(source, width_bytes, prepare, load, group, i64, int64_t)  \
    CONVERSION(source, width_bytes, prepare, load, group, f64, double)
CONVERSIONS(u8, 1, , *at, unsigned)
CONVERSIONS(u16, 2, , load_u16(at), unsigned)
CONVERSIONS(u32, 4, , load_u32(at), unsigned)
CONVERSIONS(u64, 8, , load_u64(at), unsigned)
CONVERSIONS(i8, 1, , (int8_t)*at, signed)
CONVERSIONS(i16, 2, , (int16_t)load_u16(at), signed)
CONVERSIONS(i32, 4, , (int32_t)load_u32(at), signed)
CONVERSIONS(i64, 8, , load_i64(at), signed)
CONVERSIONS(bf16, 2, , load_bf16(at), float)
CONVERSIONS(f32, 4, , load_f32(at), float)
CONVERSIONS(f64, 8, , load_f64(at), float)
CONVERSIONS(wide, from->type->width_bytes, , load_wide(from->type, at), wide)
CONVERSIONS(scaled, from->type->width_bytes, int128 power = power_of_ten(from->type->scale);
            , load_scaled(from->type, at, power), scaled)

struct conversions {
    enum native_order order;
    uint32_t width_bytes;
    native_conversion *to[3]; /* by enum native_number_target */
};

#define FROM(order, width_bytes, source)                         \
    {                                                            \
        NATIVE_ORDER_##order, width_bytes,                       \
        {                                                        \
            source##_to_u64s, source##_to_i64s, source##_to_f64s \
        }                                                        \
    }
static const struct conversions plain[] = {
    FROM(UNSIGNED, 1, u8),  FROM(UNSIGNED, 2, u16),   FROM(UNSIGNED, 4, u32),
    FROM(UNSIGNED, 8, u64), FROM(UNSIGNED, 16, wide), FROM(UNSIGNED, 32, wide),
    FROM(SIGNED, 1, i8),    FROM(SIGNED, 2, i16),     FROM(SIGNED, 4, i32),
    FROM(SIGNED, 8, i64),   FROM(SIGNED, 16, wide),   FROM(SIGNED, 32, wide),
    FROM(FLOAT, 2, bf16),   FROM(FLOAT, 4, f32),      FROM(FLOAT, 8, f64),
};
static const struct conversions scaled[] = {
    FROM(SIGNED, 4, scaled),
    FROM(SIGNED, 8, scaled),
    FROM(SIGNED, 16, scaled),
};

static const struct conversions *find(const struct conversions *all, size_t n,
                                      const struct native_type *from)
{
    for (size_t i = 0; i < n; i++)
        if (all[i].order == from->order && all[i].width_bytes == from->width_bytes)
            return &all[i];
    return NULL;
}

static bool is_scaled(const struct native_type *type)
{
    return type->class == NATIVE_CLASS_DECIMAL || type->class == NATIVE_CLASS_DATETIME64 ||
           type->class == NATIVE_CLASS_TIME64;
}

native_conversion *native_conversion_find(const struct native_type *from,
                                          enum native_number_target target)
{
    if (from->kind != NATIVE_FIXED ||
        (from->class == NATIVE_CLASS_IP && target != NATIVE_TO_UINT64))
        return NULL;
    if (is_scaled(from) && from->scale > MAX_SCALE)
        return NULL;
    const struct conversions *found = is_scaled(from)
                                          ? find(scaled, sizeof(scaled) / sizeof(scaled[0]), from)
                                          : find(plain, sizeof(plain) / sizeof(plain[0]), from);
    return found == NULL ? NULL : found->to[target];
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
