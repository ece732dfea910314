#include "local.h"

#include "args.h"
#include "engine.h"
#include "folder.h"
#include "plugins.h"
#include "prompt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

struct local_options {
    struct args args;      /* of the user's, up to "--" */
    struct args overrides; /* of the user's, after "--" */
    char *path;            /* absolute, or NULL for a temporary folder */
    char *plugins;         /* absolute, or NULL for the caller's */
    bool has_database;     /* --database was given */
    bool has_pager;        /* --pager was given */
};

static void database_create(const char *path, const char *engine_path)
{
    struct err err = {0};
    struct engine engine;
    struct engine_run run;
    struct args args = {0};
    args_add(&args, "clickhouse-local");
    args_add(&args, "--path=%s", path);
    args_add(&args, "--query=CREATE DATABASE IF NOT EXISTS default ENGINE = Atomic");
    args_add(&args, "--");
    args_add(&args, "--default_database=_local");
    enum status status = engine_load(&engine, engine_path, &err);
    if (status == STATUS_OK)
        status = engine_start(&run, &engine, args.count, args.items, &err);
    if (status == STATUS_OK)
        status = engine_finish(&run, &err);
    if (err.message[0] != '\0')
        fprintf(stderr, "saltwell-local: %s\n", err.message);
    args_free(&args);
    _exit(status == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE);
}

enum status local_prepare_folder(const char *path, const char *plugins, const char *engine_path,
                                 struct err *err)
{
    TRY(folder_prepare(path, err));
    TRY(plugins_copy_sql(plugins, path, err));
    char *metadata = args_format("%s/metadata/default.sql", path);
    bool there = access(metadata, F_OK) == 0;
    free(metadata);
    if (there)
        return STATUS_OK;
    pid_t child = fork();
    if (child < 0)
        return err_set(err, STATUS_IO, "cannot start a process: %s", strerror(errno));
    if (child == 0)
        database_create(path, engine_path);
    int how = 0;
    while (waitpid(child, &how, 0) < 0 && errno == EINTR)
        continue;
    return how == 0 ? STATUS_OK
                    : err_set(err, STATUS_IO, "cannot prepare the data folder %s", path);
}

/* Takes one argument, or two; *index ends at the last one taken. */
static void options_take(struct local_options *options, char **argv, int argc, int *index)
{
    int first = *index;
    const char *value;
    if ((value = args_value(argv, argc, index, "--plugins")) != NULL) {
        free(options->plugins);
        options->plugins = args_absolute_path(value);
        return;
    }
    if ((value = args_value(argv, argc, index, "--path")) != NULL) {
        free(options->path);
        options->path = args_absolute_path(value);
        return;
    }
    if (strcmp(argv[first], "--interactive") == 0)
        return; /* added where there is a prompt */
    if (args_value(argv, argc, index, "--pager") != NULL)
        options->has_pager = true;
    else if (args_value(argv, argc, index, "--database") != NULL ||
             args_value(argv, argc, index, "-d") != NULL)
        options->has_database = true;
    else
        args_query(argv, argc, index);
    for (int i = first; i <= *index; i++)
        args_add(&options->args, "%s", argv[i]);
}

static void options_read(struct local_options *options, int argc, char **argv)
{
    int i = 1;
    for (; i < argc && strcmp(argv[i], "--") != 0; i++)
        options_take(options, argv, argc, &i);
    for (i++; i < argc; i++)
        args_add(&options->overrides, "%s", argv[i]);
}

static void args_append(struct args *args, const struct args *more)
{
    for (int i = 0; i < more->count; i++)
        args_add(args, "%s", more->items[i]);
}

/*
 * The engine's command line. Ours come before the user's, where an option that lacks its value
 * cannot take one of them for it. data_path: NULL leaves the folder to the engine.
 */
static void options_complete(const struct local_options *options, const char *data_path,
                             const char *plugins, bool prompt, struct args *args)
{
    bool prepared = options->path != NULL;
    args_add(args, "clickhouse-local");
    if (data_path != NULL)
        args_add(args, "--path=%s", data_path);
    if (prepared && !options->has_database)
        args_add(args, "--database=default");
    if (prompt)
        prompt_add_options(args, options->has_pager);
    args_append(args, &options->args);
    args_add(args, "--");
    if (prepared)
        args_add(args, "--default_database=_local");
    plugins_add_options(args, plugins);
    args_append(args, &options->overrides);
}

static void options_free(struct local_options *options)
{
    args_free(&options->args);
    args_free(&options->overrides);
    free(options->path);
    free(options->plugins);
}

/* Without --path the SQL functions need a folder all the same, and the engine's own comes too late.
 */
static enum status scratch_make(const char *plugins, char **scratch_out, struct err *err)
{
    if (!plugins_have_sql(plugins))
        return STATUS_OK;
    const char *parent = getenv("TMPDIR");
    char *scratch = args_format("%s/saltwell-local-XXXXXX", parent != NULL ? parent : "/tmp");
    if (mkdtemp(scratch) == NULL) {
        err_set(err, STATUS_IO, "cannot make the temporary folder %s: %s", scratch,
                strerror(errno));
        free(scratch);
        return STATUS_IO;
    }
    *scratch_out = scratch;
    return plugins_copy_sql(plugins, scratch, err);
}

/* The engine is in the middle of something and cannot be stopped; the kernel takes what it holds.
 */
static _Noreturn void end_by_signal(int signal, const char *scratch)
{
    if (scratch != NULL)
        plugins_remove_folder(scratch);
    prompt_restore_terminal();
    _exit(128 + signal);
}

static enum status command_run(const struct args *args, const char *engine_path,
                               const char *scratch, bool prompt, struct err *err)
{
    struct engine engine;
    struct engine_run run;
    int signal_fd;
    TRY(engine_block_signals(&signal_fd, err));
    TRY(engine_load(&engine, engine_path, err));
    if (prompt)
        prompt_prepare(&engine);
    TRY(engine_start(&run, &engine, args->count, args->items, err));
    while (engine_wait(&run, signal_fd, -1) == ENGINE_SIGNAL) {
        int signal = engine_read_signal(signal_fd);
        if (!prompt || signal != SIGINT || prompt_confirms_end(&run, signal_fd))
            end_by_signal(signal, scratch);
    }
    return engine_finish(&run, err);
}

enum status local_run(int argc, char **argv, const char *plugins, const char *engine_path,
                      bool prompt, struct err *err)
{
    struct local_options options = {0};
    struct args args = {0};
    char *scratch = NULL;
    options_read(&options, argc, argv);
    if (options.plugins != NULL)
        plugins = options.plugins;
    enum status status = options.path != NULL
                             ? local_prepare_folder(options.path, plugins, engine_path, err)
                             : scratch_make(plugins, &scratch, err);
    if (status == STATUS_OK) {
        options_complete(&options, scratch != NULL ? scratch : options.path, plugins, prompt,
                         &args);
        status = command_run(&args, engine_path, scratch, prompt, err);
    }
    if (scratch != NULL)
        plugins_remove_folder(scratch);
    free(scratch);
    args_free(&args);
    options_free(&options);
    return status;
}
