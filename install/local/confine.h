/*
 * What the files of the machine are to the server: with Landlock, a part of the kernel, this thread
 * and all that it starts from then on reach the given folders and no other. The engine's own limit
 * for file() (`user_files_path`) does not hold in `clickhouse local`, and there are a dozen other
 * ways in SQL to a file.
 */
#ifndef SALTWELL_CONFINE_H
#define SALTWELL_CONFINE_H

#include <stdbool.h>

#include "err.h"

struct confine_paths {
    const char *data;         /* folder, to read and to write */
    const char *plugins;      /* folder: bin, xml and user_defined in it are read and run */
    const char *engine;       /* file */
    const char *config_file;  /* read with the files that belong to it, or NULL */
    const char *users_config; /* the same */
};

/*
 * Confines the calling thread for good, before it starts others. confined_out: false where the
 * kernel cannot. STATUS_IO where it could and something went wrong. A path that is missing is left
 * out.
 */
CHECKED enum status confine(const struct confine_paths *paths, bool *confined_out, struct err *err);

#endif
