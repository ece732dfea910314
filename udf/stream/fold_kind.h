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
    FOLD_ANY,  /* the first; NULLs are skipped, as by ClickHouse's any */
    FOLD_LAST, /* the last, NULLs skipped */
    /* NULLs are skipped by all of these, and states merged where the column has them. */
    FOLD_MOMENTS,     /* the Welford state of numbers */
    FOLD_EXACT,       /* their exact moments */
    FOLD_EXACT_STATE, /* the exact state of them */
    FOLD_ACTIVITY,    /* the history of times */
    FOLD_COUNT,       /* how many values are not NULL */
    FOLD_ROWS,        /* how many rows there are */
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
extern const struct fold_kind fold_exact, fold_activity, fold_count; /* of raw values */
extern const struct fold_kind fold_welford_tuples, fold_welford_variances;

/* The type under Nullable, or the type itself. */
static inline const struct native_type *fold_value_type(const struct native_type *type)
{
    return type->kind == NATIVE_NULLABLE ? type + 1 : type;
}

static inline bool fold_holds_null(const struct native_type *type)
{
    return type->kind == NATIVE_NULLABLE || type->holds_null;
}

static inline bool fold_is_null(const struct native_column *column, uint64_t row)
{
    const struct native_type *type = native_type_root(&column->type);
    const struct native_node *node = native_column_nodes(column);
    if (type->kind == NATIVE_NULLABLE)
        return node->data[row] != 0;
    return type->holds_null && native_index(node, row) == 0;
}

#endif
