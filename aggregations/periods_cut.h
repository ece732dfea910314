/*
 * Where periods begin: the rule of periods_rule.h for many ticks at once, those of one key's array
 * or those of a stream's block with many keys. None of its loops has a branch that depends on where
 * periods begin, for that is hard to predict.
 */
#ifndef SALTWELL_PERIODS_CUT_H
#define SALTWELL_PERIODS_CUT_H

#include "buf.h"
#include "periods_rule.h"

/*
 * The periods that begin in n rows. All zero is valid. The memory is kept for the next rows; the
 * most rows need 4 bytes a row, 8 where distinct ticks are asked for, twice that under a max_span;
 * a block needs up to 10 more. Growth doubles (buf.h), so less than twice that is held.
 */
struct period_starts {
    size_t n_periods;
    uint32_t *position; /* of period p's first row; position[n_periods] is n */
    uint32_t *distinct; /* distinct ticks before that row, each period's counted anew; NULL where
                           nobody asked, for counting them takes as long as finding the starts */
    struct buf gap_starts, span_starts, marks, widened;
};

/* What a cut is asked for. */
enum periods_detail { PERIODS_DETAIL_POSITIONS, PERIODS_DETAIL_DISTINCT };

/* Frees the memory; the starts are empty and usable again. */
void period_starts_free(struct period_starts *starts);

/*
 * Cuts one key's n int64 ticks, at any address; n <= UINT32_MAX. No period is found where there are
 * no ticks, or one is below the one before it. One pass, a second under a max_span. STATUS_NOMEM.
 */
CHECKED enum status periods_cut_array(const uint8_t *ticks, size_t n,
                                      const struct period_rule *rule, enum periods_detail detail,
                                      struct period_starts *starts, struct err *err);

/* Ticks in the width that they came in, at any address. */
struct tick_column {
    const uint8_t *values;
    size_t n;           /* at most UINT32_MAX */
    size_t width_bytes; /* 1, 2, 4 or 8 */
    bool is_signed;     /* of 8 bytes, none is above the largest int64 either way */
};

static inline int64_t tick_at(const struct tick_column *ticks, size_t row)
{
    const uint8_t *value = ticks->values + row * ticks->width_bytes;
    switch (ticks->width_bytes) {
    case 8:
        return load_i64(value);
    case 4:
        return ticks->is_signed ? (int64_t)(int32_t)load_u32(value) : (int64_t)load_u32(value);
    case 2:
        return ticks->is_signed ? (int64_t)(int16_t)load_u16(value) : (int64_t)load_u16(value);
    default:
        return ticks->is_signed ? (int64_t)(int8_t)*value : (int64_t)*value;
    }
}

/* A block's rows, each key's together and ascending. */
struct periods_block {
    struct tick_column ticks;
    const uint8_t *changed;        /* 1: the key differs from the row before; else 0 */
    const uint8_t *restarts;       /* not 0: a period begins in any case; NULL: nowhere */
    const struct period_run *open; /* before the first row; changed[0] is set where there is none */
};

/*
 * Cuts a block. The open period's rows are those before position[0], and distinct[0] is the number
 * of distinct ticks that they add to it. *n_rows_out is the number of rows, or the first row whose
 * tick is below the one before it in the same key: the starts are then those of the rows before it.
 * STATUS_NOMEM.
 */
CHECKED enum status periods_cut_block(const struct periods_block *block,
                                      const struct period_rule *rule, enum periods_detail detail,
                                      struct period_starts *starts, size_t *n_rows_out,
                                      struct err *err);

#endif
