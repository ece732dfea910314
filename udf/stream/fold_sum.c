/* Sums of integers, checked, and of floating-point numbers, exact; the moments of both. */
#include "exact_total.h"
#include "fold_result.h"

enum {
    /* Values are handed to moments_update by so many, counted from the period's first: the same
     * pieces wherever blocks end. */
    MOMENTS_CHUNK_VALUES = 4096,
    /* Integers are summed in two's complement of so many 64-bit limbs, the lowest first, which 2^63
     * values of 256 bits cannot overflow. */
    N_LIMBS = 5
};

/* A column's numbers. */
struct numbers {
    const struct native_type *type; /* of the values */
    const uint8_t *nulls;           /* a byte a row; NULL: none is NULL */
    const uint8_t *values;
};

static struct numbers numbers_of(const struct native_column *column)
{
    const struct native_type *type = native_type_root(&column->type);
    const struct native_node *node = native_column_nodes(column);
    bool is_nullable = type->kind == NATIVE_NULLABLE;
    return (struct numbers){fold_value_type(type), is_nullable ? node->data : NULL,
                            node[is_nullable].data};
}

/* The row's value; NULL where it is NULL. */
static inline const uint8_t *number_at(const struct numbers *numbers, uint64_t row)
{
    if (numbers->nulls != NULL && numbers->nulls[row] != 0)
        return NULL;
    return numbers->values + row * numbers->type->width_bytes;
}

static bool is_number(const struct native_type *value)
{
    return value->class == NATIVE_CLASS_INTEGER || value->class == NATIVE_CLASS_FLOAT ||
           value->class == NATIVE_CLASS_DECIMAL;
}

/* Of up to 64 bits, or an Int128. */
static int128 load_integer(const struct native_type *type, const uint8_t *value)
{
    unsigned width_bytes = type->width_bytes;
    if (width_bytes > 8)
        return (int128)((uint128)load_u64(value + 8) << 64 | load_u64(value));
    return type->order == NATIVE_ORDER_SIGNED ? load_signed(value, width_bytes)
                                              : (int128)load_unsigned(value, width_bytes);
}

static double load_real(const struct native_type *type, const uint8_t *value)
{
    return type->order == NATIVE_ORDER_FLOAT ? load_float(value, type->width_bytes)
                                             : (double)load_integer(type, value);
}

static const struct native_type *sum_type(const struct fold *fold)
{
    return fold_value_type(native_type_root(&fold->out.type));
}

/* Appends the sum, in the result's width; NULL where there was no value and the type has one. */
static enum status append_sum(struct fold *fold, bool has_value, const void *sum, struct err *err)
{
    bool is_nullable = native_type_root(&fold->out.type)->kind == NATIVE_NULLABLE;
    if (is_nullable)
        TRY(buf_append_u8(&fold->out.parts[0], !has_value, err));
    return buf_append(&fold->out.parts[is_nullable], sum, sum_type(fold)->width_bytes, err);
}

struct integer_sum {
    uint64_t limbs[N_LIMBS];
    bool has_value;
};

static bool suits_integers(const struct native_type *type)
{
    const struct native_type *value = fold_value_type(type);
    return is_number(value) && value->order != NATIVE_ORDER_FLOAT;
}

static void widen(int128 value, uint64_t limbs[N_LIMBS])
{
    memset(limbs, value < 0 ? 0xff : 0, N_LIMBS * sizeof(*limbs));
    memcpy(limbs, &value, sizeof(value));
}

/* The limbs of a value of any width. */
static void load_limbs(const struct native_type *type, const void *value, uint64_t limbs[N_LIMBS])
{
    const uint8_t *bytes = value;
    if (type->width_bytes <= 8) {
        widen(load_integer(type, bytes), limbs);
        return;
    }
    bool is_negative = type->order == NATIVE_ORDER_SIGNED && bytes[type->width_bytes - 1] >> 7 != 0;
    memset(limbs, is_negative ? 0xff : 0, N_LIMBS * sizeof(*limbs));
    memcpy(limbs, bytes, type->width_bytes);
}

static void add_limbs(uint64_t sum[N_LIMBS], const uint64_t limbs[N_LIMBS])
{
    uint128 carry = 0;
    for (size_t i = 0; i < N_LIMBS; i++) {
        carry += (uint128)sum[i] + limbs[i];
        sum[i] = (uint64_t)carry;
        carry >>= 64;
    }
}

/* Values of up to 64 bits are summed in 128, and that sum is added. */
static enum status add_integers(struct fold *fold, const struct native_column *column,
                                uint64_t begin, uint64_t end, struct err *err)
{
    (void)err;
    struct integer_sum *sum = fold->state;
    struct numbers numbers = numbers_of(column);
    bool is_short = numbers.type->width_bytes <= 8;
    int128 sum_of_short = 0;
    uint64_t limbs[N_LIMBS];
    for (uint64_t row = begin; row < end; row++) {
        const uint8_t *number = number_at(&numbers, row);
        if (number == NULL)
            continue;
        sum->has_value = true;
        if (is_short) {
            sum_of_short += load_integer(numbers.type, number);
            continue;
        }
        load_limbs(numbers.type, number, limbs);
        add_limbs(sum->limbs, limbs);
    }
    widen(sum_of_short, limbs);
    add_limbs(sum->limbs, limbs);
    return STATUS_OK;
}

/* The sum fits its type where cutting it to the type's width changes nothing. */
static enum status close_integers(struct fold *fold, struct err *err)
{
    struct integer_sum *sum = fold->state;
    const struct native_type *type = native_type_root(&fold->out.type);
    uint64_t cut[N_LIMBS];
    load_limbs(sum_type(fold), sum->limbs, cut);
    if (memcmp(cut, sum->limbs, sizeof(cut)) != 0)
        return err_set(err, STATUS_LIMIT, "expected a sum that fits %.*s, found one that overflows",
                       (int)type->text_bytes, type->text);
    TRY(append_sum(fold, sum->has_value, sum->limbs, err));
    *sum = (struct integer_sum){0};
    return STATUS_OK;
}

const struct fold_kind fold_integers = {
    .ops = 1 << FOLD_BY_TYPE | 1 << FOLD_SUM,
    .state_bytes = sizeof(struct integer_sum),
    .suits = suits_integers,
    .add = add_integers,
    .close = close_integers,
};

struct real_sum {
    struct exact_total total;
    bool has_value;
};

static bool suits_reals(const struct native_type *type)
{
    const struct native_type *value = fold_value_type(type);
    return is_number(value) && value->order == NATIVE_ORDER_FLOAT && value->width_bytes >= 4;
}

ALWAYS_INLINE void add_floats(struct real_sum *sum, const struct numbers *numbers, uint64_t begin,
                              uint64_t end, size_t width_bytes)
{
    for (uint64_t row = begin; row < end; row++) {
        if (numbers->nulls != NULL && numbers->nulls[row] != 0)
            continue;
        sum->has_value = true;
        exact_total_add(&sum->total, load_float(numbers->values + row * width_bytes, width_bytes));
    }
}

static enum status add_reals(struct fold *fold, const struct native_column *column, uint64_t begin,
                             uint64_t end, struct err *err)
{
    (void)err;
    struct numbers numbers = numbers_of(column);
    if (numbers.type->width_bytes == sizeof(double))
        add_floats(fold->state, &numbers, begin, end, sizeof(double));
    else
        add_floats(fold->state, &numbers, begin, end, sizeof(float));
    return STATUS_OK;
}

static enum status close_reals(struct fold *fold, struct err *err)
{
    struct real_sum *sum = fold->state;
    if (sum_type(fold)->width_bytes == sizeof(float)) {
        float rounded = exact_total_round_single(&sum->total);
        TRY(append_sum(fold, sum->has_value, &rounded, err));
    } else {
        double rounded = exact_total_round(&sum->total);
        TRY(append_sum(fold, sum->has_value, &rounded, err));
    }
    exact_total_reset(&sum->total);
    sum->has_value = false;
    return STATUS_OK;
}

const struct fold_kind fold_reals = {
    .ops = 1 << FOLD_BY_TYPE | 1 << FOLD_SUM,
    .state_bytes = sizeof(struct real_sum),
    .suits = suits_reals,
    .add = add_reals,
    .close = close_reals,
};

/* A group's values become one state per chunk, merged at its end, all at once: adding chunk by
 * chunk to one state would add up their rounding errors. */
struct chunks {
    struct buf values; /* double: of the chunk that is not full */
    struct buf states; /* struct moments: of the full ones */
};

/* Those whose values load_real knows. */
static bool suits_moments(const struct native_type *type)
{
    const struct native_type *value = fold_value_type(type);
    return suits_reals(type) ||
           (suits_integers(type) &&
            (value->width_bytes <= 8 ||
             (value->width_bytes == 16 && value->order == NATIVE_ORDER_SIGNED)));
}

/* 10^scale of Decimals, whose values are whole numbers of it; else 1. Exact up to 10^22. */
static double unit_of(const struct native_type *type)
{
    double unit = 1;
    for (unsigned digit = type->scale; digit > 0; digit--)
        unit *= 10;
    return unit;
}

static void free_moments(void *state)
{
    struct chunks *chunks = state;
    buf_free(&chunks->values);
    buf_free(&chunks->states);
}

static enum status end_chunk(struct chunks *chunks, struct err *err)
{
    struct moments state = {0};
    TRY(moments_update(&state, chunks->values.data, chunks->values.size_bytes / 8, err));
    buf_reset(&chunks->values);
    return buf_append(&chunks->states, &state, sizeof(state), err);
}

static enum status add_moments(struct fold *fold, const struct native_column *column,
                               uint64_t begin, uint64_t end, struct err *err)
{
    struct chunks *chunks = fold->state;
    struct numbers numbers = numbers_of(column);
    double unit = unit_of(numbers.type);
    for (uint64_t row = begin; row < end; row++) {
        const uint8_t *number = number_at(&numbers, row);
        if (number == NULL)
            continue;
        double value = load_real(numbers.type, number) / unit;
        TRY(buf_append_f64(&chunks->values, value, err));
        if (chunks->values.size_bytes == MOMENTS_CHUNK_VALUES * 8)
            TRY(end_chunk(chunks, err));
    }
    return STATUS_OK;
}

static enum status close_moments(struct fold *fold, struct err *err)
{
    struct chunks *chunks = fold->state;
    struct moments merged = {0};
    TRY(end_chunk(chunks, err));
    TRY(moments_merge_all((struct moments *)(void *)chunks->states.data,
                          chunks->states.size_bytes / sizeof(merged), &merged, err));
    buf_reset(&chunks->states);
    return fold_append_moments(fold, &merged, err);
}

const struct fold_kind fold_moments = {
    .ops = 1 << FOLD_MOMENTS,
    .state_bytes = sizeof(struct chunks),
    .suits = suits_moments,
    .add = add_moments,
    .close = close_moments,
    .free_state = free_moments,
};
