/* What a run of period_stream was asked for. */
#ifndef SALTWELL_PERIOD_OPTIONS_H
#define SALTWELL_PERIOD_OPTIONS_H

#include "fold.h"
#include "periods_rule.h"

enum period_emit {
    PERIOD_EMIT_ROWS,    /* the input's columns and, after them, each row's period */
    PERIOD_EMIT_PERIODS, /* a row per period */
};

/* A --sum, --moments or --exact: the option and the result are called after the op. */
struct period_fold_option {
    enum fold_op op;
    const char *column;
};

struct period_options {
    size_t n_keys;
    const char *time;
    const char *restart; /* NULL: none */
    struct period_rule rule;
    enum period_emit emit;
    bool lengths;
    bool keys_unordered;
    struct period_fold_option *folds;
    size_t n_folds;
};

#endif
