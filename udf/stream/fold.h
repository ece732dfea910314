/*
 * What becomes of a column's values within one key or one period: a sum, a pick or a merged state.
 * A fold takes the values in slices of rows, as blocks and groups cut them, and its result never
 * depends on where they were cut.
 */
#ifndef SALTWELL_FOLD_H
#define SALTWELL_FOLD_H

#include "activity_gather.h"
#include "blob.h"
#include "exact.h"
#include "moments.h"
#include "native_cell.h"

enum fold_op {
    FOLD_BY_TYPE, /* sums of numbers, merged states; refuses what has no natural merge */
    FOLD_SUM,
    FOLD_MIN,
    FOLD_MAX,
    FOLD_ANY,     /* the first; NULLs are skipped, as by ClickHouse's any */
    FOLD_LAST,    /* the last, NULLs skipped */
    FOLD_MOMENTS, /* the Welford state of numbers */
};

enum { FOLD_WIDE_LIMBS = 5 };

struct fold;

/* How one kind of fold works. Rows are those of the block's column. */
struct fold_kind {
    enum status (*add)(struct fold *fold, const struct native_column *column, uint64_t begin,
                       uint64_t end, struct err *err);
    /* A group ends: appends its result to fold->out, or lets it wait there. */
    enum status (*close)(struct fold *fold, struct err *err);
    /* Appends the results that wait. NULL where none ever does. */
    enum status (*flush)(struct fold *fold, struct err *err);
};

/* The states of String columns, which say themselves what they are. */
struct fold_blobs {
    bool has_kind;
    enum blob_kind kind; /* of the group's first state that is not empty */
    struct exact exact;
    struct activity_gather gather;
    struct buf payload, blob;
};

struct fold {
    const struct fold_kind *kind;
    size_t column; /* of the block */
    enum fold_op op;
    bool is_nullable; /* the values are; the result then is NULL of no value */
    bool has_value;
    struct native_builder out;
    int128 integer;                 /* sums */
    uint64_t wide[FOLD_WIDE_LIMBS]; /* sums beyond 128 bits with a sign, the lowest limb first */
    double real;                    /* sums */
    struct buf kept;       /* the value that min, max, any or last picked; states or numbers that
                              wait to be merged */
    struct buf group_ends; /* uint64: where in `kept` the groups end that wait to be merged */
    struct buf states;     /* struct moments: FOLD_MOMENTS, one per 4096 values; merged groups */
    double unit;           /* FOLD_MOMENTS: 10^scale of Decimals, whose values are whole numbers
                              of it; else 1 */
    struct fold_blobs *blobs;
};

/*
 * Makes the fold of a column. `name` is that of the resulting column. FOLD_SUM widens numbers to 64
 * bits and Decimals to 38 digits where `widen` is set, and keeps the column's type otherwise.
 * STATUS_MISMATCH: the op does not go with the column's type; the message names both. STATUS_NOMEM.
 * Must be freed in any case.
 */
CHECKED enum status fold_init(struct fold *fold, const struct native_block *block, size_t column,
                              enum fold_op op, bool widen, const char *name, struct err *err);
void fold_free(struct fold *fold);

/* Adds rows [begin, end). The statuses of the states' decoders; STATUS_NOMEM. */
CHECKED enum status fold_add(struct fold *fold, const struct native_block *block, uint64_t begin,
                             uint64_t end, struct err *err);

/* Ends a group. STATUS_LIMIT: a sum does not fit its type. */
CHECKED enum status fold_close(struct fold *fold, struct err *err);

/* Completes fold->out: afterwards it holds the results of all groups that have ended. STATUS_NOMEM.
 */
CHECKED enum status fold_flush(struct fold *fold, struct err *err);

/*
 * Appends the name of the type that such a fold of a column of `type` has, and sets *op in place of
 * FOLD_BY_TYPE. The statuses of fold_init.
 */
CHECKED enum status fold_result_type(const struct native_type *type, enum fold_op *op, bool widen,
                                     const char *name, struct buf *text, struct err *err);

/* The op of that name: sum, min, max, any or last. False where there is none. */
bool fold_op_of_name(const char *name, size_t name_bytes, enum fold_op *op_out);

/* The kinds, each in a file of its own. A pointer is NULL where the type does not suit. */
const struct fold_kind *fold_sum_kind(const struct native_type *type);
const struct fold_kind *fold_wide_kind(const struct native_type *type);
const struct fold_kind *fold_moments_kind(const struct native_type *type);
const struct fold_kind *fold_pick_kind(const struct native_type *type);
const struct fold_kind *fold_state_kind(const struct native_type *type);
const struct fold_kind *fold_welford_kind(const struct native_type *type);

/* Whether the type's base is an integer, a Decimal or a floating-point number, NULL aside. */
bool fold_type_is_number(const struct native_type *type);

/* The type under Nullable, or the type itself. */
static inline const struct native_type *fold_value_type(const struct native_type *type)
{
    return type->kind == NATIVE_NULLABLE ? type + 1 : type;
}

/* Begins the result's value where it is Nullable: marks NULL or not. STATUS_NOMEM. */
CHECKED enum status fold_mark_null(struct fold *fold, struct err *err);

#endif
