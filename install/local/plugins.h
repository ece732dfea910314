/*
 * The plugin set as the engine sees it. Below one root lie bin/ (the executables), xml/ (their
 * function configs) and user_defined/ (function_NAME.sql, one SQL function each). The first two are
 * named to the engine where they are. The SQL functions are copied into the data folder, because
 * that is also where CREATE FUNCTION writes. A folder that is missing is an empty set, not an
 * error.
 */
#ifndef SALTWELL_PLUGINS_H
#define SALTWELL_PLUGINS_H

#include "args.h"
#include "err.h"

/* The folder that holds the running executable, to be freed by the caller. */
CHECKED enum status plugins_own_folder(char **folder_out, struct err *err);

/*
 * The engine to load, to be freed by the caller: SALTWELL_ENGINE, or the package below
 * FOLDER/engine. Where none is found it is the place where one should be.
 */
char *plugins_engine_path(const char *folder);

/* Adds the options that register the executables of `root`; they belong after "--". */
void plugins_add_options(struct args *args, const char *root);

/* Whether root/user_defined holds an SQL function. */
bool plugins_have_sql(const char *root);

/*
 * Copies the SQL functions into path/user_defined, which is made if need be. A function of the same
 * name that is already there is replaced: the plugin set that runs is the one that is installed.
 * STATUS_IO names the file.
 */
CHECKED enum status plugins_copy_sql(const char *root, const char *path, struct err *err);

/* Makes the folder `path`, with its parents. STATUS_IO names it. */
CHECKED enum status plugins_make_folder(const char *path, struct err *err);

/* Removes a folder and everything in it, as far as that is possible. */
void plugins_remove_folder(const char *path);

#endif
