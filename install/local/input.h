/*
 * What there is to run: the SQL of the command line, or that of standard input. The engine itself
 * takes a missing text for an empty one and ends in silence; here each gets a message.
 */
#ifndef SALTWELL_INPUT_H
#define SALTWELL_INPUT_H

#include <stdbool.h>

#include "err.h"

/*
 * Reads the options that carry SQL or name a folder, up to "--". has_sql_out: whether one of them
 * carries SQL. STATUS_USAGE where one has no value or an empty one; STATUS_IO where a file cannot
 * be read.
 */
CHECKED enum status input_check_arguments(int argc, char **argv, bool *has_sql_out,
                                          struct err *err);

/*
 * STATUS_USAGE where standard input ends with nothing but blanks. Waits for its first byte that is
 * none, which stays there to be read; from a pipe the blanks before it are taken away.
 */
CHECKED enum status input_check_stdin(struct err *err);

#endif
