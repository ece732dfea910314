/* The command line of merge_partials, also as saltwell_sql takes it. */
#ifndef SALTWELL_MERGE_COMMAND_H
#define SALTWELL_MERGE_COMMAND_H

#include "merge_scan.h"
#include "options.h"

enum { MERGE_MAX_OPS = 256, MERGE_MAX_OP_BYTES = 512 };

struct merge_command {
    struct merge_options options; /* but n_keys */
    struct merge_op ops[MERGE_MAX_OPS];
    char texts[MERGE_MAX_OPS][MERGE_MAX_OP_BYTES]; /* cut into the ops' names */
    const char *keys;                              /* the value of --keys */
};

/* The options that fill it. */
struct options merge_command_options(struct merge_command *command);

/* After the last option. STATUS_USAGE: one that must be there is not. */
CHECKED enum status merge_command_check(const struct merge_command *command, struct err *err);

#endif
