/*
 * A whole executable as a fuzz target: its own main, from bytes in to bytes out, over and over in
 * one process. A target includes this, then udf/NAME.c, and says which command lines there are. The
 * first byte of an input chooses one, and the rest is what the program reads.
 */
#ifndef SALTWELL_EXECUTABLE_H
#define SALTWELL_EXECUTABLE_H

#include "buf.h"
#include "fuzz.h"

#include <stdbool.h>

/* udf/NAME.c calls it main. */
#define main executable_main
int executable_main(int argc, char **argv);

/* Whether a failure has to leave an output that no reader takes for whole (stream_program.h). */
extern const bool executable_poisons;

/* The program's words, separated by spaces; `choice` is any number. */
const char *executable_command(unsigned choice);

/* What a run leaves. */
struct executable_run {
    int status;
    bool has_starved;             /* an allocation has failed, as it was to */
    struct buf output, complaint; /* standard output and error */
};

/* Runs the command that the input chooses on the rest of it. starved_call: which allocation fails;
 * 0: none. What it leaves must be freed. */
void executable_start(const uint8_t *data, size_t size_bytes, unsigned long starved_call,
                      struct executable_run *run);
void executable_free(struct executable_run *run);

/* Aborts where that is not the answer of a program as SECURITY.md promises it: whole blocks and
 * silence, or a line that says what is wrong and no block that is cut off or looks like an end. */
void executable_judge(const struct executable_run *run);

#endif
