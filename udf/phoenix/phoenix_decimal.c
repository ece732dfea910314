#include "phoenix_decimal.h"

/* A DECIMAL of Phoenix has 38 digits and a scale of a signed byte; the rest is room. */
enum { MAX_TEXT_BYTES = 400, MAX_EXPONENT = 400 };

/* The number is DIGITS * 10^(exponent - n_fraction); no leading zeros, no digits at all for 0. */
struct decimal {
    bool is_negative;
    uint8_t digits[MAX_TEXT_BYTES];
    size_t n_digits;
    size_t n_fraction; /* as written, before the exponent */
    int32_t exponent;
};

static enum status refuse(const uint8_t *text, size_t text_bytes, struct err *err)
{
    return err_set(err, STATUS_FORMAT, "expected a decimal number, found '%.*s'",
                   text_bytes < 60 ? (int)text_bytes : 60, (const char *)text);
}

static bool is_digit(const uint8_t *at, const uint8_t *end)
{
    return at < end && *at >= '0' && *at <= '9';
}

static const uint8_t *take_digits(struct decimal *decimal, const uint8_t *at, const uint8_t *end)
{
    for (; is_digit(at, end); at++)
        if (decimal->n_digits > 0 || *at != '0')
            decimal->digits[decimal->n_digits++] = (uint8_t)(*at - '0');
    return at;
}

static bool take_exponent(struct decimal *decimal, const uint8_t *at, const uint8_t *end)
{
    int32_t exponent = 0;
    bool is_negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end)
        return false;
    for (; is_digit(at, end) && exponent <= MAX_EXPONENT; at++)
        exponent = exponent * 10 + (*at - '0');
    decimal->exponent = is_negative ? -exponent : exponent;
    return at == end && exponent <= MAX_EXPONENT;
}

static bool parse(struct decimal *decimal, const uint8_t *text, size_t text_bytes)
{
    const uint8_t *at = text, *end = text + text_bytes;
    *decimal = (struct decimal){.is_negative = text_bytes > 0 && *text == '-'};
    if (text_bytes == 0 || text_bytes > MAX_TEXT_BYTES)
        return false;
    if (*at == '-' || *at == '+')
        at++;
    const uint8_t *begin = at;
    at = take_digits(decimal, at, end);
    size_t n_written = (size_t)(at - begin);
    if (at < end && *at == '.') {
        begin = ++at;
        at = take_digits(decimal, at, end);
        decimal->n_fraction = (size_t)(at - begin);
        n_written += decimal->n_fraction;
    }
    if (n_written == 0)
        return false;
    return at == end || ((*at == 'e' || *at == 'E') && take_exponent(decimal, at + 1, end));
}

/* The power of ten of the last digit. */
static int32_t last_power(const struct decimal *decimal)
{
    return decimal->exponent - (int32_t)decimal->n_fraction;
}

/* Four limbs, the lowest first: value = value * 10 + digit. 76 digits fit. */
static void push_digit(uint64_t limbs[4], unsigned digit)
{
    uint128 carry = digit;
    for (size_t i = 0; i < 4; i++) {
        carry += (uint128)limbs[i] * 10;
        limbs[i] = (uint64_t)carry;
        carry >>= 64;
    }
}

static void negate(uint64_t limbs[4])
{
    unsigned carry = 1;
    for (size_t i = 0; i < 4; i++) {
        limbs[i] = ~limbs[i] + carry;
        carry = carry != 0 && limbs[i] == 0;
    }
}

enum status phoenix_decimal_store(const uint8_t *text, size_t text_bytes, uint32_t precision,
                                  uint32_t scale, uint8_t *to, size_t width_bytes, struct err *err)
{
    struct decimal decimal;
    uint64_t limbs[4] = {0};
    if (!parse(&decimal, text, text_bytes))
        return refuse(text, text_bytes, err);
    while (decimal.n_digits > 0 && decimal.digits[decimal.n_digits - 1] == 0) {
        decimal.n_digits--;
        decimal.exponent++;
    }
    int64_t n_zeros = decimal.n_digits == 0 ? 0 : (int64_t)last_power(&decimal) + scale;
    if (n_zeros < 0 || (int64_t)decimal.n_digits + n_zeros > precision ||
        precision > PHOENIX_DECIMAL_MAX_DIGITS)
        return err_set(err, STATUS_FORMAT, "expected a number of Decimal(%u, %u), found '%.*s'",
                       precision, scale, (int)text_bytes, (const char *)text);
    for (size_t i = 0; i < decimal.n_digits; i++)
        push_digit(limbs, decimal.digits[i]);
    for (int64_t i = 0; i < n_zeros; i++)
        push_digit(limbs, 0);
    if (decimal.is_negative)
        negate(limbs);
    memcpy(to, limbs, width_bytes);
    return STATUS_OK;
}

static enum status append_digits(const struct decimal *decimal, int32_t begin, int32_t end,
                                 struct buf *out, struct err *err)
{
    for (int32_t i = begin; i < end; i++) {
        bool is_written = i >= 0 && i < (int32_t)decimal->n_digits;
        TRY(buf_append_u8(out, (uint8_t)('0' + (is_written ? decimal->digits[i] : 0)), err));
    }
    return STATUS_OK;
}

enum status phoenix_decimal_print(const uint8_t *text, size_t text_bytes, struct buf *out,
                                  struct err *err)
{
    struct decimal decimal;
    if (!parse(&decimal, text, text_bytes))
        return refuse(text, text_bytes, err);
    int32_t power = last_power(&decimal), n_digits = (int32_t)decimal.n_digits;
    int32_t n_whole = n_digits + power;
    if (decimal.is_negative && n_digits > 0)
        TRY(buf_append_u8(out, '-', err));
    if (n_whole <= 0 || n_digits == 0)
        TRY(buf_append_u8(out, '0', err));
    else
        TRY(append_digits(&decimal, 0, n_whole, out, err));
    if (power >= 0)
        return STATUS_OK;
    TRY(buf_append_u8(out, '.', err));
    return append_digits(&decimal, n_whole, n_digits, out, err);
}
