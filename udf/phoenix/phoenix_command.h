/* The command line of phoenix_scan. */
#ifndef SALTWELL_PHOENIX_COMMAND_H
#define SALTWELL_PHOENIX_COMMAND_H

#include "options.h"
#include "phoenix_scan_run.h"

/* What the program is asked for. */
enum phoenix_job { PHOENIX_JOB_SCAN, PHOENIX_JOB_DESCRIBE, PHOENIX_JOB_DETAILS };

struct phoenix_command {
    struct phoenix_scan_options options;
    enum phoenix_job job;
    const char *source, *run;
    bool has_snapshot;
    char snapshot[24]; /* milliseconds; empty: those of the start */
};

/* A command with the defaults. phoenix_command_free releases what it takes. */
struct phoenix_command phoenix_command_init(void);
void phoenix_command_free(struct phoenix_command *command);

/* The options that set it. */
struct options phoenix_command_options(struct phoenix_command *command);

/* Whether the options go together. STATUS_USAGE. */
CHECKED enum status phoenix_command_check(const struct phoenix_command *command, struct err *err);

#endif
