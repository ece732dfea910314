/*
 * The data folder. One that the launcher has made carries its mark, the file saltwell-folder; in
 * any other, such as that of a stopped real server, nothing is removed and no mode is changed.
 */
#ifndef SALTWELL_FOLDER_H
#define SALTWELL_FOLDER_H

#include <stdbool.h>

#include "err.h"

/*
 * Makes the folder, with its parents. A new folder and an empty one are marked and closed to other
 * users (mode 700). STATUS_IO says what could not be made.
 */
CHECKED enum status folder_prepare(const char *path, struct err *err);

/* Whether other users of the machine may enter the folder. */
bool folder_is_open(const char *path);

/*
 * The embedded engine keeps no metadata of the database `system`, so it cannot take up the query
 * log of an earlier start, and refuses to begin a new one beside its files. Where the folder
 * carries the mark, removes that log, and holds the folder's lock while it does. log_out: whether
 * there can be a log, which is where the mark is. STATUS_IO where another process uses the folder.
 */
CHECKED enum status folder_begin_log(const char *path, bool *log_out, struct err *err);

#endif
