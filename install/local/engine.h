/*
 * The embedded engine: libchdb.so, loaded at run time so that the launcher builds and explains
 * itself before anything was fetched. One call runs one `clickhouse local` command line in a thread
 * of its own, while the calling thread keeps the signals: the engine itself has no orderly end on
 * SIGTERM.
 *
 * Signals: engine_block_signals() must come before any other thread exists. From then on SIGINT,
 * SIGTERM and SIGHUP reach nobody but the descriptor that it returns; programs that the engine
 * starts get a clean mask from the engine.
 */
#ifndef SALTWELL_ENGINE_H
#define SALTWELL_ENGINE_H

#include <pthread.h>
#include <stdbool.h>

#include "err.h"

struct engine {
    void *(*query_cmdline)(int, char **);
    char *(*result_buffer)(void *);
    size_t (*result_length)(void *);
    double (*result_elapsed)(void *);
    const char *(*result_error)(void *);
    void (*set_signal_handlers_enabled)(int);
};

/* One command line on its way. Everything is private to engine.c but `done_fd`. */
struct engine_run {
    const struct engine *engine;
    char **argv;
    int argc;
    void *result;
    int done_fd; /* readable once the command line has ended */
    int done_write_fd;
    pthread_t thread;
};

/*
 * Loads the library. path: of libchdb.so. STATUS_IO when it is missing or cannot be loaded,
 * STATUS_VERSION when a function is missing in it; the engine is then unusable. It is never
 * unloaded.
 */
CHECKED enum status engine_load(struct engine *engine, const char *path, struct err *err);

/* Blocks the signals that end a program and returns in fd_out a descriptor that reads them. */
CHECKED enum status engine_block_signals(int *fd_out, struct err *err);

/*
 * Starts a command line. argv: argc arguments, the first of them the program's name, kept by the
 * caller until engine_finish(). STATUS_IO when the system gives no thread.
 */
CHECKED enum status engine_start(struct engine_run *run, const struct engine *engine, int argc,
                                 char **argv, struct err *err);

enum engine_event { ENGINE_NOTHING, ENGINE_ENDED, ENGINE_SIGNAL };

/* Waits for the end of the command line or a signal, timeout_ms long at most, -1 for ever. */
enum engine_event engine_wait(const struct engine_run *run, int signal_fd, int timeout_ms);

/* Takes the signal that engine_wait() saw, and returns its number. */
int engine_read_signal(int signal_fd);

/*
 * Waits for the end and writes the result to standard output. STATUS_FORMAT when a query failed:
 * the message is then empty if the engine has already printed it. STATUS_IO when the output cannot
 * be written. Output of the queries before the failed one is lost inside the engine.
 */
CHECKED enum status engine_finish(struct engine_run *run, struct err *err);

#endif
