/*
 * A fold as its kind sees it, and what a kind of fold implements. Each kind has a file of its own
 * and exports one struct fold_kind; only fold.c chooses among them.
 */
#ifndef SALTWELL_FOLD_KIND_H
#define SALTWELL_FOLD_KIND_H

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

struct fold {
    const struct fold_kind *kind;
    void *state;   /* the kind's own */
    size_t column; /* of the block */
    enum fold_op op;
    struct native_builder out;
};

/* Rows are those of the block's column. */
struct fold_kind {
    unsigned ops;       /* the ops that it is for: 1 << enum fold_op of each */
    size_t state_bytes; /* of fold->state, which begins as zeros */
    bool (*suits)(const struct native_type *type);
    enum status (*add)(struct fold *fold, const struct native_column *column, uint64_t begin,
                       uint64_t end, struct err *err);
    /* A group ends: appends its result to fold->out, or keeps it until the flush. */
    enum status (*close)(struct fold *fold, struct err *err);
    /* Appends the results that were kept. NULL where none ever is. */
    enum status (*flush)(struct fold *fold, struct err *err);
    /* Frees what the state holds. NULL where it holds nothing. */
    void (*free_state)(void *state);
};

extern const struct fold_kind fold_integers, fold_reals; /* sums */
extern const struct fold_kind fold_moments, fold_pick, fold_blobs;
extern const struct fold_kind fold_welford_tuples, fold_welford_variances;

/* The type under Nullable, or the type itself. */
static inline const struct native_type *fold_value_type(const struct native_type *type)
{
    return type->kind == NATIVE_NULLABLE ? type + 1 : type;
}

#endif
