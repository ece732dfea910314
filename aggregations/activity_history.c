#include "activity_history.h"

#include <assert.h>

#define TICK_BIAS ((uint64_t)1 << 63)
enum {
    N_TICKS_BITS = 6,
    ORDER_BITS = 6,
};

/* Header, then a delta and a count per tick, and the spare room that bits_put wants. */
enum { BLOCK_MAX_BYTES = 4 + ACTIVITY_BLOCK_TICKS * 2 * BITS_MAX_CODE_BITS / 8 + 8 };

static uint64_t zigzag(int64_t value)
{
    return (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
}

static int64_t unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1 ^ (0 - (value & 1)));
}

void activity_writer_init(struct activity_writer *writer, struct buf *out)
{
    writer->out = out;
    writer->start_bytes = out->size_bytes;
    writer->last_tick = 0;
    writer->bits_window = 0;
    writer->bits_window_bits = 0;
    writer->n_pending = 0;
    writer->is_first_block = true;
}

/* What a block's header says of its values. */
struct block_shape {
    unsigned first_delta; /* 1 where the block starts the history: that tick has no delta */
    unsigned delta_order, count_order;
    bool has_counts;
    bool is_short; /* the codes of a delta and a count have at most 56 bits together */
};

static struct block_shape measure_block(const struct activity_writer *writer)
{
    struct block_shape shape = {.first_delta = writer->is_first_block ? 1 : 0};
    unsigned n_ticks = writer->n_pending;
    unsigned delta_widths = 0, count_widths = 0;
    uint64_t all_deltas = 0, all_counts = 0;
    for (unsigned i = shape.first_delta; i < n_ticks; i++) {
        delta_widths += bits_width(writer->deltas[i]);
        all_deltas |= writer->deltas[i];
    }
    for (unsigned i = 0; i < n_ticks; i++) {
        count_widths += bits_width(writer->counts[i]);
        all_counts |= writer->counts[i];
    }
    shape.delta_order = bits_order(delta_widths, n_ticks - shape.first_delta);
    shape.count_order = bits_order(count_widths, n_ticks);
    shape.has_counts = count_widths > 0;
    shape.is_short = bits_are_short(all_deltas, shape.delta_order, BITS_SHORT_WIDTH) &&
                     bits_are_short(all_counts, shape.count_order, BITS_SHORTER_WIDTH);
    return shape;
}

static void put_block_header(struct bits_writer *bits, const struct block_shape *shape,
                             unsigned n_ticks, bool is_last)
{
    bits_put(bits, is_last, 1);
    if (is_last)
        bits_put(bits, n_ticks - 1, N_TICKS_BITS);
    bits_put(bits, shape->has_counts, 1);
    if (n_ticks > shape->first_delta)
        bits_put(bits, shape->delta_order, ORDER_BITS);
    if (shape->has_counts)
        bits_put(bits, shape->count_order, ORDER_BITS);
}

static void put_any_codes(struct bits_writer *bits, const struct activity_writer *writer,
                          const struct block_shape *shape)
{
    for (unsigned i = 0; i < writer->n_pending; i++) {
        if (i >= shape->first_delta)
            bits_put_code(bits, writer->deltas[i], shape->delta_order);
        if (shape->has_counts)
            bits_put_code(bits, writer->counts[i], shape->count_order);
    }
}

/* The same for short codes, a tick in one step, because each step waits for the one before it. */
static void put_short_codes(struct bits_writer *bits, const struct activity_writer *writer,
                            const struct block_shape *shape)
{
    if (shape->first_delta > 0 && shape->has_counts)
        bits_put_code(bits, writer->counts[0], shape->count_order);
    for (unsigned i = shape->first_delta; i < writer->n_pending; i++) {
        struct bits_code delta = bits_make_code(writer->deltas[i], shape->delta_order);
        struct bits_code count = {0};
        if (shape->has_counts)
            count = bits_make_code(writer->counts[i], shape->count_order);
        bits_put(bits, delta.bits | count.bits << delta.n_bits, delta.n_bits + count.n_bits);
    }
}

/* Writes the pending ticks as a block after *out, where there is room for it. */
static void put_block(struct activity_writer *writer, bool is_last)
{
    struct bits_writer bits = {writer->out->data + writer->out->size_bytes, writer->bits_window,
                               writer->bits_window_bits};
    struct block_shape shape = measure_block(writer);
    put_block_header(&bits, &shape, writer->n_pending, is_last);
    if (LIKELY(shape.is_short))
        put_short_codes(&bits, writer, &shape);
    else
        put_any_codes(&bits, writer, &shape);
    if (is_last)
        bits_put(&bits, 0, 7); /* flushes the bits of the last byte */
    writer->out->size_bytes = (size_t)(bits.at - writer->out->data);
    writer->bits_window = bits.window;
    writer->bits_window_bits = bits.window_bits;
    writer->n_pending = 0;
    writer->is_first_block = false;
}

static enum status flush_block(struct activity_writer *writer, bool is_last, struct err *err)
{
    enum status status = buf_reserve(writer->out, BLOCK_MAX_BYTES, err);
    if (status != STATUS_OK) {
        writer->out->size_bytes = writer->start_bytes;
        return status;
    }
    put_block(writer, is_last);
    return STATUS_OK;
}

static inline enum status add_tick(struct activity_writer *writer, int64_t tick, uint64_t count,
                                   struct err *err)
{
    uint64_t biased = (uint64_t)tick + TICK_BIAS;
    unsigned n_pending = writer->n_pending;
    if (n_pending == 0 && writer->is_first_block)
        TRY(buf_append_varuint(writer->out, zigzag(tick), err));
    else
        assert(biased > writer->last_tick);
    if (n_pending == ACTIVITY_BLOCK_TICKS) {
        TRY(flush_block(writer, false, err));
        n_pending = 0;
    }
    writer->deltas[n_pending] = biased - writer->last_tick - 1;
    writer->counts[n_pending] = count - 1;
    writer->n_pending = n_pending + 1;
    writer->last_tick = biased;
    return STATUS_OK;
}

enum status activity_writer_add(struct activity_writer *writer, int64_t tick, uint64_t count,
                                struct err *err)
{
    assert(count > 0);
    return add_tick(writer, tick, count, err);
}

enum status activity_writer_finish(struct activity_writer *writer, struct err *err)
{
    return writer->n_pending == 0 ? STATUS_OK : flush_block(writer, true, err);
}

enum status activity_encode_times(const void *sorted_ticks, size_t n_ticks, struct buf *payload_out,
                                  struct err *err)
{
    const uint8_t *at = sorted_ticks;
    struct activity_writer writer;
    activity_writer_init(&writer, payload_out);
    for (size_t i = 0; i < n_ticks;) {
        int64_t tick = load_i64(at + i * sizeof(int64_t));
        size_t first = i++;
        while (i < n_ticks && load_i64(at + i * sizeof(int64_t)) == tick)
            i++;
        TRY(add_tick(&writer, tick, i - first, err));
    }
    return activity_writer_finish(&writer, err);
}

void activity_reader_init(struct activity_reader *reader, const uint8_t *payload,
                          size_t payload_bytes)
{
    *reader = (struct activity_reader){.bits = {.data = payload, .size_bits = payload_bytes * 8}};
}

static enum status fail_truncated(const struct activity_reader *reader, struct err *err)
{
    return err_set(err, STATUS_TRUNCATED, "the activity history ends inside tick %zu",
                   reader->n_read + 1);
}

/* `what` completes "tick N has ". */
static enum status fail_format(const struct activity_reader *reader, const char *what,
                               struct err *err)
{
    return err_set(err, STATUS_FORMAT, "activity history: tick %zu has %s", reader->n_read + 1,
                   what);
}

static enum status read_first_tick(struct activity_reader *reader, struct err *err)
{
    const uint8_t *start = reader->bits.data;
    const uint8_t *at = start;
    uint64_t zigzagged = 0;
    switch (varuint_get(&at, start + reader->bits.size_bits / 8, &zigzagged)) {
    case VARUINT_OK:
        break;
    case VARUINT_SHORT:
        return fail_truncated(reader, err);
    case VARUINT_OVERFLOW:
        return fail_format(reader, "a value above 64 bits", err);
    }
    if (at - start > 1 && at[-1] == 0)
        return fail_format(reader, "a value that is spelt longer than it must be", err);
    reader->bits.at_bit = (size_t)(at - start) * 8;
    reader->tick = (uint64_t)unzigzag(zigzagged) + TICK_BIAS;
    return STATUS_OK;
}

/* Takes the next field of a block's header, which was peeked at as a whole. */
static unsigned take_field(struct bits_reader *bits, uint64_t *header, unsigned n_bits)
{
    unsigned field = (unsigned)*header & ((1U << n_bits) - 1);
    *header >>= n_bits;
    bits->at_bit += n_bits;
    return field;
}

static enum status read_block_header(struct activity_reader *reader, struct err *err)
{
    struct bits_reader *bits = &reader->bits;
    uint64_t header = bits_peek(bits);
    reader->is_last = take_field(bits, &header, 1) != 0;
    reader->n_left =
        reader->is_last ? take_field(bits, &header, N_TICKS_BITS) + 1 : ACTIVITY_BLOCK_TICKS;
    reader->has_counts = take_field(bits, &header, 1) != 0;
    reader->n_deltas = reader->n_left - (reader->n_read == 0 ? 1 : 0);
    reader->n_counts = reader->has_counts ? reader->n_left : 0;
    reader->delta_order = reader->n_deltas > 0 ? take_field(bits, &header, ORDER_BITS) : 0;
    reader->count_order = reader->has_counts ? take_field(bits, &header, ORDER_BITS) : 0;
    reader->delta_widths = 0;
    reader->count_widths = 0;
    if (bits_is_overrun(bits))
        return fail_truncated(reader, err);
    if (reader->delta_order > BITS_MAX_ORDER || reader->count_order > BITS_MAX_ORDER)
        return fail_format(reader, "a block of a code order above 62", err);
    return STATUS_OK;
}

/* After a block: was it written the way every writer writes it? */
static enum status check_block(const struct activity_reader *reader, struct err *err)
{
    if (reader->delta_order != bits_order(reader->delta_widths, reader->n_deltas) ||
        reader->count_order != bits_order(reader->count_widths, reader->n_counts))
        return fail_format(reader, "a block before it whose code order does not suit its values",
                           err);
    if (reader->has_counts && reader->count_widths == 0)
        return fail_format(reader, "a block before it that spells out counts which are all 1", err);
    return STATUS_OK;
}

/* Steps over what stands between blocks; n_left stays 0 at the end of the history. */
static enum status enter_block(struct activity_reader *reader, struct err *err)
{
    bool is_started = reader->n_read > 0;
    if (!is_started && reader->bits.size_bits == 0)
        return STATUS_OK;
    if (is_started)
        TRY(check_block(reader, err));
    if (is_started && reader->is_last) {
        if (!bits_is_at_end(reader->bits))
            return fail_format(reader, "bits that belong to no tick", err);
        return STATUS_OK;
    }
    if (!is_started)
        TRY(read_first_tick(reader, err));
    return read_block_header(reader, err);
}

/* What the codes of the next ticks say, in registers. */
struct cursor {
    struct bits_reader bits;
    uint64_t tick;
    uint64_t count_less_1;
    unsigned delta_widths, count_widths;
};

static inline bool read_delta(struct cursor *cursor, unsigned order)
{
    uint64_t delta = 0;
    bool is_valid = bits_get_code(&cursor->bits, order, &delta);
    is_valid &= delta < UINT64_MAX - cursor->tick;
    cursor->tick += delta + 1;
    cursor->delta_widths += bits_width(delta);
    return is_valid && !bits_is_overrun(&cursor->bits);
}

static inline bool read_count(struct cursor *cursor, unsigned order)
{
    bool is_valid = bits_get_code(&cursor->bits, order, &cursor->count_less_1);
    is_valid &= cursor->count_less_1 != UINT64_MAX;
    cursor->count_widths += bits_width(cursor->count_less_1);
    return is_valid && !bits_is_overrun(&cursor->bits);
}

static enum status fail_values(const struct activity_reader *reader, const struct bits_reader *bits,
                               struct err *err)
{
    if (bits_is_overrun(bits))
        return fail_truncated(reader, err);
    return fail_format(reader, "a code of no value, or a value above 64 bits", err);
}

/* The next n_ticks, which the block still has. */
static inline enum status read_ticks(struct activity_reader *reader, unsigned n_ticks,
                                     int64_t *ticks_out, uint64_t *counts_out, struct err *err)
{
    struct cursor cursor = {.bits = reader->bits,
                            .tick = reader->tick,
                            .delta_widths = reader->delta_widths,
                            .count_widths = reader->count_widths};
    unsigned delta_order = reader->delta_order;
    unsigned count_order = reader->count_order;
    bool has_counts = reader->has_counts;
    bool has_delta = reader->n_read > 0; /* a history's first tick is in reader->tick already */
    for (unsigned i = 0; i < n_ticks; i++) {
        bool is_valid = true;
        if (has_delta)
            is_valid = read_delta(&cursor, delta_order);
        if (has_counts && LIKELY(is_valid))
            is_valid = read_count(&cursor, count_order);
        if (UNLIKELY(!is_valid)) {
            reader->n_read += i;
            return fail_values(reader, &cursor.bits, err);
        }
        ticks_out[i] = (int64_t)(cursor.tick - TICK_BIAS);
        counts_out[i] = cursor.count_less_1 + 1;
        has_delta = true;
    }
    reader->bits.at_bit = cursor.bits.at_bit;
    reader->tick = cursor.tick;
    reader->delta_widths = cursor.delta_widths;
    reader->count_widths = cursor.count_widths;
    reader->n_read += n_ticks;
    reader->n_left -= n_ticks;
    return STATUS_OK;
}

enum status activity_reader_next(struct activity_reader *reader, int64_t *tick_out,
                                 uint64_t *count_out, bool *found_out, struct err *err)
{
    if (reader->n_left == 0)
        TRY(enter_block(reader, err));
    bool found = reader->n_left > 0;
    if (found)
        TRY(read_ticks(reader, 1, tick_out, count_out, err));
    *found_out = found;
    return STATUS_OK;
}

enum status activity_reader_next_batch(struct activity_reader *reader, int64_t *ticks_out,
                                       uint64_t *counts_out, size_t *n_out, struct err *err)
{
    if (reader->n_left == 0)
        TRY(enter_block(reader, err));
    size_t n = reader->n_left;
    if (n > 0)
        TRY(read_ticks(reader, reader->n_left, ticks_out, counts_out, err));
    *n_out = n;
    return STATUS_OK;
}
