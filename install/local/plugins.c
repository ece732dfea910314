#include "plugins.h"

#include <errno.h>
#include <ftw.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SQL_PATTERN "%s/user_defined/function_*.sql"

enum status plugins_own_folder(char **folder_out, struct err *err)
{
    char *path = realpath("/proc/self/exe", NULL);
    if (path == NULL)
        return err_set(err, STATUS_IO, "cannot find this executable's own folder: %s",
                       strerror(errno));
    *strrchr(path, '/') = '\0';
    *folder_out = path;
    return STATUS_OK;
}

char *plugins_engine_path(const char *folder)
{
    const char *chosen = getenv("SALTWELL_ENGINE");
    if (chosen != NULL && chosen[0] != '\0')
        return args_format("%s", chosen);
    char *pattern = args_format("%s/engine/node_modules/@chdb/lib-linux-*-gnu/libchdb.so", folder);
    glob_t found;
    if (glob(pattern, 0, NULL, &found) != 0)
        return pattern;
    char *path = args_format("%s", found.gl_pathv[0]);
    globfree(&found);
    free(pattern);
    return path;
}

void plugins_add_options(struct args *args, const char *root)
{
    args_add(args, "--user_scripts_path=%s/bin", root);
    args_add(args, "--user_defined_executable_functions_config=%s/xml/*_function.xml", root);
}

bool plugins_have_sql(const char *root)
{
    char *pattern = args_format(SQL_PATTERN, root);
    glob_t found;
    bool any = glob(pattern, 0, NULL, &found) == 0;
    if (any)
        globfree(&found);
    free(pattern);
    return any;
}

enum status plugins_make_folder(const char *path, struct err *err)
{
    char *prefix = args_format("%s", path);
    enum status status = STATUS_OK;
    for (char *end = prefix + 1; status == STATUS_OK; end++) {
        bool last = *end == '\0';
        if (!last && *end != '/')
            continue;
        *end = '\0';
        if (mkdir(prefix, 0755) != 0 && errno != EEXIST)
            status =
                err_set(err, STATUS_IO, "cannot make the folder %s: %s", prefix, strerror(errno));
        if (last)
            break;
        *end = '/';
    }
    free(prefix);
    return status;
}

static bool stream_copy(FILE *from, FILE *to)
{
    char chunk[4096];
    size_t n;
    while ((n = fread(chunk, 1, sizeof(chunk), from)) > 0)
        if (fwrite(chunk, 1, n, to) != n)
            return false;
    return !ferror(from);
}

/* Written aside and renamed, so that a server that starts at the same time reads whole files. */
static enum status file_copy(const char *from, const char *to, struct err *err)
{
    char *aside = args_format("%s.%ld", to, (long)getpid());
    enum status status = STATUS_OK;
    FILE *input = fopen(from, "r");
    FILE *output = input == NULL ? NULL : fopen(aside, "w");
    bool copied = output != NULL && stream_copy(input, output);
    if (output != NULL && fclose(output) != 0)
        copied = false;
    if (!copied || rename(aside, to) != 0) {
        status = err_set(err, STATUS_IO, "cannot copy %s to %s: %s", from, to, strerror(errno));
        if (output != NULL)
            unlink(aside);
    }
    if (input != NULL)
        fclose(input);
    free(aside);
    return status;
}

enum status plugins_copy_sql(const char *root, const char *path, struct err *err)
{
    char *folder = args_format("%s/user_defined", path);
    char *pattern = args_format(SQL_PATTERN, root);
    glob_t found = {0};
    enum status status = plugins_make_folder(folder, err);
    if (status == STATUS_OK && glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc && status == STATUS_OK; i++) {
            char *to = args_format("%s%s", folder, strrchr(found.gl_pathv[i], '/'));
            status = file_copy(found.gl_pathv[i], to, err);
            free(to);
        }
        globfree(&found);
    }
    free(pattern);
    free(folder);
    return status;
}

static int entry_remove(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    remove(path);
    return 0;
}

void plugins_remove_folder(const char *path)
{
    nftw(path, entry_remove, 16, FTW_DEPTH | FTW_PHYS);
}
