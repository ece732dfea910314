/* The command line of period_stream, also as saltwell_sql takes it. */
#ifndef SALTWELL_PERIOD_COMMAND_H
#define SALTWELL_PERIOD_COMMAND_H

#include "options.h"
#include "period_scan.h"

enum { PERIOD_MAX_FOLDS = 64 };

struct period_command {
    struct period_options options; /* but n_keys */
    struct period_fold_option folds[PERIOD_MAX_FOLDS];
    const char *keys; /* the value of --keys */
    bool has_gap;
};

/* The options that fill it. */
struct options period_command_options(struct period_command *command);

/* After the last option. STATUS_USAGE: one that must be there is not, or two do not go together. */
CHECKED enum status period_command_check(const struct period_command *command, struct err *err);

#endif
