/* What the executables for executable() share around their computation: how they end. */
#ifndef SALTWELL_STREAM_PROGRAM_H
#define SALTWELL_STREAM_PROGRAM_H

#include "io_beat.h"
#include "io_behind.h"
#include "io_held.h"
#include "io_pipe.h"
#include "stream_sql.h"

#include <getopt.h>

/* Where a table function's program reads and writes. */
struct stream_wires {
    struct io_input input;
    struct io_output output;
    struct io_pipe pipe;
    struct io_behind behind;
    struct io_held held;
    struct io_beat beat;
};

enum { STREAM_PATIENCE_S = 8, STREAM_MAX_PATIENCE_S = 1000000 };

/* What the command line says about them. */
struct stream_settings {
    size_t max_memory_bytes;
    unsigned patience_s; /* how long the server may take nothing when no more can be put aside */
    bool heartbeat;      /* io_beat.h */
};

/*
 * Opens standard input and output, before the sandbox is entered. The output is incomplete until
 * stream_program_end. While the server takes nothing it is put aside, up to a sixteenth of the
 * memory. writes_behind: the output has a `wait`.
 */
void stream_program_open(struct stream_wires *wires, const struct stream_settings *settings,
                         bool writes_behind);

/*
 * Ends a table function's program: returns the exit status. Success completes the output. A failure
 * is told on standard error and, because the server by default looks neither there nor at the exit
 * status, by poisoning the output: a last block of a type that the server does not know, and whose
 * name is the message. What is left of the input is then read and dropped, until the server has
 * taken the message. Where nobody wants the output any more the input is dropped too, and the
 * status is PROGRAM_OK: the server waits for that after a LIMIT, and whoever reads the output all
 * the same finds it cut off.
 */
int stream_program_end(const char *executable, enum status status, struct err *err,
                       struct stream_wires *wires);

/*
 * Reads a command line of long options only. take: is called with each option's val, its value and
 * `command`. STATUS_USAGE: an option that does not exist or lacks its value, or another word.
 */
CHECKED enum status stream_program_parse(int argc, char **argv, const struct option *options,
                                         enum status (*take)(void *command, int option,
                                                             const char *value, struct err *err),
                                         void *command, struct err *err);

/* Parses a count from 1 to the most columns that a block has. STATUS_USAGE. */
CHECKED enum status stream_program_parse_count(const char *text, const char *option,
                                               size_t *count_out, struct err *err);

/* Parses --patience. STATUS_USAGE. */
CHECKED enum status stream_program_parse_patience(const char *text, unsigned *patience_s_out,
                                                  struct err *err);

/*
 * Runs a --sql in the sandbox. write: reads the table's columns and appends the statement, which
 * goes out as text or, where the columns came in Native, as the one value of a column `statement
 * String`. A failure is said as stream_program_misused says it. Returns the exit status; frees sql.
 */
int stream_program_sql(const char *executable, struct stream_sql *sql, size_t max_memory_bytes,
                       enum status (*write)(void *command, struct buf *statement, struct err *err),
                       void *command);

/* Says that the command line is wrong, poisons an output that is no terminal, drops the input, and
 * returns the exit status. */
int stream_program_misused(const char *executable, const char *message, const char *usage);

/* Writes the poisoned block. STATUS_IO, STATUS_NOMEM. */
CHECKED enum status stream_poison(const char *executable, const char *message,
                                  struct io_output output, struct err *err);

#endif
