/*
 * The engine's own prompt: line editor, history, completion and progress are ClickHouse's. What it
 * lacks as a library is made up for here.
 *
 * - It keeps results in memory, as for a caller of the library. With a pager it writes them out, so
 *   the pager is `cat` unless the user has one.
 * - It has no handler for Ctrl-C, and no way to stop a query. So the first Ctrl-C during a query
 *   only says so, the second ends the session. The pager is in the terminal's process group too,
 *   and the engine does not get over its death: it ignores Ctrl-C, as Saltwell's executables do.
 * - It takes Ctrl-Z during a query for a crash and prints stack traces, while the programs it has
 *   started do stop. Without its handlers all of them stop and go on together.
 * - Ending in the middle of a query would leave the terminal without its echo.
 */
#ifndef SALTWELL_PROMPT_H
#define SALTWELL_PROMPT_H

#include <stdbool.h>

#include "args.h"
#include "engine.h"

/* Adds the options that make the engine prompt. has_pager: the user has named one. */
void prompt_add_options(struct args *args, bool has_pager);

/* Notes how the terminal is set, and takes the engine's handlers away. Before engine_start(). */
void prompt_prepare(const struct engine *engine);

/* Sets the terminal as it was noted; nothing where it was not. */
void prompt_restore_terminal(void);

/* After a first Ctrl-C: says what a second one does, waits for it, and returns whether it came. */
bool prompt_confirms_end(const struct engine_run *run, int signal_fd);

#endif
