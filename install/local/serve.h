/*
 * --serve: one process that is a ClickHouse server on HTTP and on the native protocol until SIGTERM
 * or SIGINT. The engine runs a `clickhouse local` command line whose last query reads a pipe to its
 * end; closing the pipe is the order to stop, and the engine then shuts down as after any query.
 *
 * Who may enter: login.h. What files it reaches: confine.h. Where it may listen: net.h.
 */
#ifndef SALTWELL_SERVE_H
#define SALTWELL_SERVE_H

#include <stdbool.h>

#include "args.h"
#include "err.h"

struct serve_options {
    const char *path;         /* data folder, absolute */
    const char *http_port;    /* decimal */
    const char *tcp_port;     /* decimal */
    const char *listen_host;  /* address or name */
    const char *users_config; /* absolute, or NULL for the one that the launcher writes */
    bool all_files;           /* --all-files: the server is not confined */
    bool no_password;         /* --no-password: everyone on the machine is let in */
    const char *config_file;  /* absolute, or NULL for the one that the launcher writes */
    const char *plugins;      /* root of the plugin set, absolute */
    char *const *overrides;   /* config overrides of the user's own */
    int n_overrides;
};

/*
 * Refuses what must not or cannot start: an address beyond loopback without a password
 * (STATUS_USAGE), a port that is taken (STATUS_IO). To be called before the engine is loaded.
 */
CHECKED enum status serve_check(const struct serve_options *options, struct err *err);

/*
 * Serves until a signal comes. The data folder has been prepared (local.h). Prints one line to
 * standard output once GET /ping is answered. STATUS_OK after an orderly end; STATUS_IO or
 * STATUS_FORMAT when the server did not start or ended by itself.
 */
CHECKED enum status serve_run(const struct serve_options *options, const char *engine_path,
                              struct err *err);

#endif
