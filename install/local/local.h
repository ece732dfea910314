/*
 * The data folder, and one `clickhouse local` command line in it with the plugin set registered.
 */
#ifndef SALTWELL_LOCAL_H
#define SALTWELL_LOCAL_H

#include <stdbool.h>

#include "err.h"

/*
 * Makes the data folder ready for the engine: the folder itself, the SQL functions of the plugin
 * set `plugins`, and an Atomic database `default`. The engine's own `default` is an Overlay, which
 * takes no refreshable view; in a folder of ours that one is named _local instead. Costs a run of
 * the engine the first time, in a process of its own: the engine cannot run twice in one. To be
 * called before engine_block_signals(). An empty message means that the engine has printed the
 * reason.
 */
CHECKED enum status local_prepare_folder(const char *path, const char *plugins,
                                         const char *engine_path, struct err *err);

/*
 * Runs argv[1…] as options of `clickhouse local` and writes the result to standard output.
 * plugins: root of the plugin set unless --plugins names another. prompt: the engine's prompt on
 * the terminal (prompt.h). A signal ends the process here, with status 128 + its number. Statuses
 * as of engine_finish().
 */
CHECKED enum status local_run(int argc, char **argv, const char *plugins, const char *engine_path,
                              bool prompt, struct err *err);

#endif
