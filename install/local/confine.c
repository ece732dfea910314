#include "confine.h"

#include "args.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The first version of Landlock that lets files move between folders, as the engine moves its
 * parts. */
#define OLDEST_VERSION 2

#define RUN (LANDLOCK_ACCESS_FS_EXECUTE)
#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_FILE (LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE)
#define FILE_ONLY (RUN | LANDLOCK_ACCESS_FS_READ_FILE | WRITE_FILE)
#define EVERYTHING (ACCESS_TRUNCATE | ((UINT64_C(1) << 14) - 1))
/* Of version 3; not in every header. */
#define ACCESS_TRUNCATE (UINT64_C(1) << 14)

/*
 * The rest of the machine. What plugins that are scripts need to run; what names, zones and
 * certificates are looked up in; and what the engine measures itself with. Nothing of it is private
 * to a user: of /proc, where the environment of every process of the user is, only what is about
 * this process, and of that the environment is taken away.
 */
static const struct {
    const char *path;
    uint64_t access;
} of_the_machine[] = {
    {"/bin", READ | RUN},
    {"/lib", READ | RUN},
    {"/lib64", READ | RUN},
    {"/nix/store", READ | RUN},
    {"/opt", READ | RUN},
    {"/usr", READ | RUN},
    {"/dev/null", READ | WRITE_FILE},
    {"/dev/urandom", READ},
    {"/dev/zero", READ},
    {"/etc/ca-certificates", READ},
    {"/etc/gai.conf", READ},
    {"/etc/host.conf", READ},
    {"/etc/hosts", READ},
    {"/etc/ld.so.cache", READ},
    {"/etc/localtime", READ},
    {"/etc/nsswitch.conf", READ},
    {"/etc/resolv.conf", READ},
    {"/etc/services", READ},
    {"/etc/ssl/certs", READ},
    {"/proc/cpuinfo", READ},
    {"/proc/loadavg", READ},
    {"/proc/meminfo", READ},
    {"/proc/self/cgroup", READ},
    {"/proc/self/mountinfo", READ},
    {"/proc/self/stat", READ},
    {"/proc/self/statm", READ},
    {"/proc/self/status", READ},
    {"/proc/self/task", LANDLOCK_ACCESS_FS_READ_FILE}, /* schedstat, for every query */
    {"/proc/stat", READ},
    {"/sys/devices/system", READ},
    {"/sys/fs/cgroup", READ},
};

/* A rule must name nothing but what its file can be asked for: of a file, no reading of folders. */
static enum status rule_add(int ruleset, uint64_t handled, const char *path, uint64_t access,
                            struct err *err)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    struct stat info;
    if (fd < 0)
        return STATUS_OK;
    if (fstat(fd, &info) == 0 && !S_ISDIR(info.st_mode))
        access &= FILE_ONLY;
    struct landlock_path_beneath_attr rule = {.allowed_access = access & handled, .parent_fd = fd};
    long failed = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int saved = errno;
    close(fd);
    if (failed != 0)
        return err_set(err, STATUS_IO, "cannot confine the server: Landlock refuses %s: %s", path,
                       strerror(saved));
    return STATUS_OK;
}

static enum status rule_add_below(int ruleset, uint64_t handled, const char *folder,
                                  const char *name, struct err *err)
{
    char *path = args_format("%s/%s", folder, name);
    enum status status = rule_add(ruleset, handled, path, READ | RUN, err);
    free(path);
    return status;
}

/* A config, and the folders whose files the engine adds to it: NAME.d for NAME.xml, and conf.d. */
static enum status rule_add_config(int ruleset, uint64_t handled, const char *file, struct err *err)
{
    if (file == NULL)
        return STATUS_OK;
    const char *name = strrchr(file, '/') + 1;
    const char *ending = strrchr(name, '.');
    size_t stem = ending != NULL ? (size_t)(ending - name) : strlen(name);
    char *folder = args_format("%.*s", (int)(name - file), file);
    char *parts = args_format("%.*s.d", (int)stem, name);
    enum status status = rule_add(ruleset, handled, file, READ, err);
    if (status == STATUS_OK)
        status = rule_add_below(ruleset, handled, folder, parts, err);
    if (status == STATUS_OK)
        status = rule_add_below(ruleset, handled, folder, "conf.d", err);
    free(parts);
    free(folder);
    return status;
}

static enum status rules_add(int ruleset, uint64_t handled, const struct confine_paths *paths,
                             struct err *err)
{
    for (size_t i = 0; i < sizeof(of_the_machine) / sizeof(of_the_machine[0]); i++)
        TRY(rule_add(ruleset, handled, of_the_machine[i].path, of_the_machine[i].access, err));
    TRY(rule_add_below(ruleset, handled, paths->plugins, "bin", err));
    TRY(rule_add_below(ruleset, handled, paths->plugins, "xml", err));
    TRY(rule_add_below(ruleset, handled, paths->plugins, "user_defined", err));
    TRY(rule_add(ruleset, handled, paths->engine, READ | RUN, err));
    TRY(rule_add_config(ruleset, handled, paths->config_file, err));
    TRY(rule_add_config(ruleset, handled, paths->users_config, err));
    return rule_add(ruleset, handled, paths->data, handled & ~(uint64_t)RUN, err);
}

/*
 * The kernel shows the environment in the place where the process was given it, so it moves.
 */
static void environment_move(void)
{
    for (char **variable = environ; *variable != NULL; variable++) {
        char *given = *variable;
        size_t length = strlen(given);
        *variable = args_format("%s", given);
        memset(given, 0, length);
    }
}

enum status confine(const struct confine_paths *paths, bool *confined_out, struct err *err)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < OLDEST_VERSION) {
        *confined_out = false;
        return STATUS_OK;
    }
    struct landlock_ruleset_attr attr = {.handled_access_fs = EVERYTHING};
    if (version < 3)
        attr.handled_access_fs &= ~ACCESS_TRUNCATE;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
    if (ruleset < 0)
        return err_set(err, STATUS_IO, "cannot confine the server: %s", strerror(errno));
    enum status status = rules_add(ruleset, attr.handled_access_fs, paths, err);
    if (status == STATUS_OK && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
                                syscall(SYS_landlock_restrict_self, ruleset, 0) != 0))
        status = err_set(err, STATUS_IO, "cannot confine the server: %s", strerror(errno));
    close(ruleset);
    environment_move();
    *confined_out = status == STATUS_OK;
    return status;
}
