/* What the executables for executable() share around their computation: how they are called and how
 * they end. */
#ifndef SALTWELL_STREAM_PROGRAM_H
#define SALTWELL_STREAM_PROGRAM_H

#include "io_beat.h"
#include "io_behind.h"
#include "io_held.h"
#include "io_pipe.h"
#include "options.h"

/* Where a table function's program reads and writes. */
struct stream_wires {
    struct io_input input;
    struct io_output output;
    struct io_pipe pipe;
    struct io_behind behind;
    struct io_held held;
    struct io_beat beat;
    struct io_totals totals_in, totals_out;
    int64_t started_ms;
    bool has_stats;
};

enum { STREAM_PATIENCE_S = 8, STREAM_MAX_PATIENCE_S = 1000000 };

/* What the command line says about them. */
struct stream_settings {
    size_t max_memory_bytes;
    uint64_t patience_s; /* how long the server may take nothing when no more can be put aside */
    bool heartbeat;      /* io_beat.h */
    bool stats;          /* a line of them at the end */
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
 * the same finds it cut off. Where they were asked for, a line of statistics on standard error is
 * the last word in any case.
 */
int stream_program_end(const char *executable, enum status status, struct err *err,
                       struct stream_wires *wires);

/* The options that set them. A --sql is refused with the name of the program that has it. */
struct options stream_settings_options(struct stream_settings *settings);

/* The end of a program's --help: what it says of them and of the exit status. */
extern const char stream_settings_help[];

/* Parses the value of --keys: from 1 to the most columns that a block has. STATUS_USAGE. */
CHECKED enum status stream_program_key_count(const char *text, size_t *n_keys_out, struct err *err);

/* Says that the command line is wrong, poisons an output that is no terminal, drops the input in
 * the sandbox, and returns the exit status. */
int stream_program_misused(const char *executable, const char *message, const char *usage);

/* Whether a person types the input or sees the output. The sandbox cannot ask. */
bool stream_program_is_at_terminal(void);

/* Writes the poisoned block. STATUS_IO, STATUS_NOMEM. */
CHECKED enum status stream_poison(const char *executable, const char *message,
                                  struct io_output output, struct err *err);

#endif
