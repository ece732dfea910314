/* What the executables for executable() share around their computation: how they end. */
#ifndef SALTWELL_STREAM_PROGRAM_H
#define SALTWELL_STREAM_PROGRAM_H

#include "io.h"

/*
 * Ends a table function's program: returns the exit status, and for a failure says why, on standard
 * error and, because the server by default looks neither there nor at the exit status, by poisoning
 * the output: a last block of a type that the server does not know, and whose name is the message.
 */
int stream_program_end(const char *executable, enum status status, const struct err *err,
                       struct io_output output);

/* Ends a --sql: prints the statement, or says why there is none. Returns the exit status. */
int stream_program_print(const char *executable, enum status status, const struct err *err,
                         const struct buf *statement);

/* Says that the command line is wrong, poisons an output that is no terminal, and returns the exit
 * status. */
int stream_program_misused(const char *executable, const char *message, const char *usage);

/* Writes the poisoned block. STATUS_IO, STATUS_NOMEM. */
CHECKED enum status stream_poison(const char *executable, const char *message,
                                  struct io_output output, struct err *err);

#endif
