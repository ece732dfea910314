#include "serve.h"

#include "engine.h"
#include "net.h"
#include "plugins.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#define PING_INTERVAL_MS 20
#define START_TIMEOUT_MS 120000
/* A query that does not stop when it is told to (a program that hangs) must not hold the end up. */
#define STOP_TIMEOUT_MS 30000

static const char config_text[] =
    "<clickhouse>\n"
    "    <!-- Written by saltwell-local at every start; its option config-file names another. -->\n"
    "    <query_log>\n"
    "        <database>system</database>\n"
    "        <table>query_log</table>\n"
    "        <flush_interval_milliseconds>1000</flush_interval_milliseconds>\n"
    "    </query_log>\n"
    "</clickhouse>\n";

enum status serve_check(const struct serve_options *options, struct err *err)
{
    bool loopback;
    TRY(net_is_loopback(options->listen_host, &loopback, err));
    if (!loopback && options->users_config == NULL)
        return err_set(err, STATUS_USAGE,
                       "--listen-host %s is reachable from other machines and the default user has "
                       "no password: add --users-config FILE",
                       options->listen_host);
    if (options->users_config != NULL && access(options->users_config, R_OK) != 0)
        return err_set(err, STATUS_IO, "cannot read --users-config %s: %s", options->users_config,
                       strerror(errno));
    if (options->config_file != NULL && access(options->config_file, R_OK) != 0)
        return err_set(err, STATUS_IO, "cannot read --config-file %s: %s", options->config_file,
                       strerror(errno));
    TRY(net_check_port_free(options->listen_host, options->http_port, err));
    return net_check_port_free(options->listen_host, options->tcp_port, err);
}

static enum status config_write(const char *path, struct err *err)
{
    FILE *file = fopen(path, "w");
    bool written = file != NULL && fputs(config_text, file) >= 0;
    if (file != NULL && fclose(file) != 0)
        written = false;
    if (!written)
        return err_set(err, STATUS_IO, "cannot write %s: %s", path, strerror(errno));
    return STATUS_OK;
}

/* The engine holds a lock on this file while it uses the folder. */
static bool folder_is_in_use(const char *path)
{
    char *lock = args_format("%s/status", path);
    int fd = open(lock, O_RDWR | O_CLOEXEC);
    bool held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;
    if (fd >= 0)
        close(fd);
    free(lock);
    return held;
}

/*
 * The embedded engine keeps no metadata of the database `system`, so it cannot take up the log of
 * an earlier start, and refuses to begin a new one beside its files.
 */
static void remove_old_log(const char *path)
{
    if (folder_is_in_use(path))
        return;
    char *log = args_format("%s/data/system/query_log", path);
    plugins_remove_folder(log);
    free(log);
}

static void server_arguments(const struct serve_options *options, const char *config, int stop_fd,
                             struct args *args)
{
    args_add(args, "clickhouse-local");
    args_add(args, "--config-file=%s", config);
    args_add(args, "--path=%s", options->path);
    args_add(args, "--database=default");
    args_add(args,
             "--query=SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; "
             "SELECT count() FROM file('/proc/self/fd/%d', LineAsString) FORMAT Null",
             stop_fd);
    args_add(args, "--");
    args_add(args, "--default_database=_local");
    args_add(args, "--listen_host=%s", options->listen_host);
    args_add(args, "--http_port=%s", options->http_port);
    args_add(args, "--tcp_port=%s", options->tcp_port);
    if (options->users_config != NULL)
        args_add(args, "--users_config=%s", options->users_config);
    plugins_add_options(args, options->plugins);
    for (int i = 0; i < options->n_overrides; i++)
        args_add(args, "%s", options->overrides[i]);
}

/* Waits for the first answer; a signal or an early end of the engine comes back as such. */
static enum engine_event ready_wait(const struct serve_options *options, int signal_fd,
                                    const struct engine_run *run)
{
    for (int waited_ms = 0; waited_ms < START_TIMEOUT_MS; waited_ms += PING_INTERVAL_MS) {
        enum engine_event event = engine_wait(run, signal_fd, PING_INTERVAL_MS);
        if (event != ENGINE_NOTHING)
            return event;
        if (net_answers_ping(options->listen_host, options->http_port))
            return ENGINE_NOTHING;
    }
    fputs("saltwell-local: no answer from the server\n", stderr);
    return ENGINE_ENDED;
}

static void ready_say(const struct serve_options *options)
{
    printf("saltwell-local: ready: HTTP %s:%s, native %s:%s, data in %s\n", options->listen_host,
           options->http_port, options->listen_host, options->tcp_port, options->path);
    fflush(stdout);
}

static enum status server_end(struct engine_run *run, bool asked, struct err *err)
{
    struct pollfd done = {.fd = run->done_fd, .events = POLLIN};
    if (poll(&done, 1, STOP_TIMEOUT_MS) == 0) {
        fputs("saltwell-local: the engine did not stop in time; ending without it\n", stderr);
        _exit(1);
    }
    TRY(engine_finish(run, err));
    if (!asked)
        return err_set(err, STATUS_IO, "the server ended by itself");
    return STATUS_OK;
}

enum status serve_run(const struct serve_options *options, const char *engine_path, struct err *err)
{
    struct engine engine;
    int signal_fd;
    TRY(engine_block_signals(&signal_fd, err));
    TRY(engine_load(&engine, engine_path, err));
    char *own_config = args_format("%s/saltwell-server.xml", options->path);
    struct args args = {0};
    int stop_fds[2] = {-1, -1};
    struct engine_run run;
    enum status status = STATUS_OK;
    if (options->config_file == NULL) {
        remove_old_log(options->path);
        status = config_write(own_config, err);
    }
    if (status == STATUS_OK && pipe2(stop_fds, O_CLOEXEC) != 0)
        status = err_set(err, STATUS_IO, "cannot make a pipe: %s", strerror(errno));
    if (status != STATUS_OK)
        goto cleanup;
    server_arguments(options, options->config_file != NULL ? options->config_file : own_config,
                     stop_fds[0], &args);
    status = engine_start(&run, &engine, args.count, args.items, err);
    if (status != STATUS_OK)
        goto cleanup;
    enum engine_event event = ready_wait(options, signal_fd, &run);
    if (event == ENGINE_NOTHING) {
        ready_say(options);
        event = engine_wait(&run, signal_fd, -1);
    }
    close(stop_fds[1]);
    stop_fds[1] = -1;
    status = server_end(&run, event == ENGINE_SIGNAL, err);
cleanup:
    if (stop_fds[0] >= 0)
        close(stop_fds[0]);
    if (stop_fds[1] >= 0)
        close(stop_fds[1]);
    args_free(&args);
    free(own_config);
    return status;
}
