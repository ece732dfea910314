#include "folder.h"

#include "args.h"
#include "plugins.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK "saltwell-folder"

static bool folder_is_empty(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return false;
    int n = 0;
    while (n <= 2 && readdir(folder) != NULL)
        n++;
    closedir(folder);
    return n == 2; /* "." and ".." */
}

enum status folder_prepare(const char *path, struct err *err)
{
    TRY(plugins_make_folder(path, err));
    if (!folder_is_empty(path))
        return STATUS_OK;
    char *mark = args_format("%s/" MARK, path);
    int fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    enum status status = STATUS_OK;
    /* Where an empty folder is another user's, folder_is_open() is what remains. */
    bool closed = chmod(path, 0700) == 0 || errno == EPERM;
    if (fd < 0 || !closed)
        status =
            err_set(err, STATUS_IO, "cannot prepare the data folder %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    free(mark);
    return status;
}

bool folder_is_open(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && (info.st_mode & (S_IXGRP | S_IXOTH)) != 0;
}

/* The engine holds a lock on this file while it uses the folder. */
static enum status folder_lock(const char *path, int *fd_out, struct err *err)
{
    char *lock = args_format("%s/status", path);
    int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    enum status status = STATUS_OK;
    if (fd < 0)
        status = err_set(err, STATUS_IO, "cannot open %s: %s", lock, strerror(errno));
    else if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        status = err_set(err, STATUS_IO, "%s is in use by another process", path);
        close(fd);
    } else {
        *fd_out = fd;
    }
    free(lock);
    return status;
}

enum status folder_begin_log(const char *path, bool *log_out, struct err *err)
{
    char *mark = args_format("%s/" MARK, path);
    bool marked = access(mark, F_OK) == 0;
    free(mark);
    *log_out = marked;
    if (!marked)
        return STATUS_OK;
    int lock = -1;
    TRY(folder_lock(path, &lock, err));
    char *log = args_format("%s/data/system/query_log", path);
    plugins_remove_folder(log);
    free(log);
    close(lock);
    return STATUS_OK;
}
