#include "serve.h"

#include "confine.h"
#include "engine.h"
#include "folder.h"
#include "login.h"
#include "net.h"
#include "plugins.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PING_INTERVAL_MS 20
#define START_TIMEOUT_MS 120000
/* A query that does not stop when it is told to (a program that hangs) must not hold the end up. */
#define STOP_TIMEOUT_MS 30000

/* What is of one run of the server. */
struct server {
    const struct serve_options *options;
    struct login login; /* begun unless --no-password */
    struct args args;   /* the engine's command line */
    struct engine_run run;
    int stop_fds[2]; /* a pipe that the last query reads */
    int signal_fd;
};

static const char config_begin[] = "<clickhouse>\n"
                                   "    <!-- Written by saltwell-local at every start; its option "
                                   "config-file names another. -->\n";
static const char config_log[] =
    "    <query_log>\n"
    "        <database>system</database>\n"
    "        <table>query_log</table>\n"
    "        <flush_interval_milliseconds>1000</flush_interval_milliseconds>\n"
    "    </query_log>\n";
static const char config_end[] = "</clickhouse>\n";

enum status serve_check(const struct serve_options *options, struct err *err)
{
    bool loopback;
    TRY(net_is_loopback(options->listen_host, &loopback, err));
    if (!loopback && options->no_password)
        return err_set(
            err, STATUS_USAGE,
            "--listen-host %s is reachable from other machines: expected a password, found "
            "--no-password",
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

static enum status config_write(const char *path, bool with_log, struct err *err)
{
    FILE *file = fopen(path, "w");
    bool written = file != NULL && fputs(config_begin, file) >= 0 &&
                   (!with_log || fputs(config_log, file) >= 0) && fputs(config_end, file) >= 0;
    if (file != NULL && fclose(file) != 0)
        written = false;
    if (!written)
        return err_set(err, STATUS_IO, "cannot write %s: %s", path, strerror(errno));
    return STATUS_OK;
}

static enum status own_config_make(const char *folder, const char *path, struct err *err)
{
    bool with_log;
    TRY(folder_begin_log(folder, &with_log, err));
    if (!with_log)
        fprintf(stderr,
                "saltwell-local: no system.query_log: saltwell-local has not made %s, which has no "
                "file saltwell-folder\n",
                folder);
    return config_write(path, with_log, err);
}

#define FUNCTIONS_LINK "saltwell-functions"

/*
 * Relative names in file() begin in the folder user_files, as on a real server. The engine expands
 * the pattern of the function configs from the root folder on, which it cannot list when confined,
 * but a relative one from here on: so the data folder has a link to them.
 */
static enum status user_files_enter(const struct serve_options *options, struct err *err)
{
    char *user_files = args_format("%s/user_files", options->path);
    char *link = args_format("%s/" FUNCTIONS_LINK, options->path);
    char *configs = args_format("%s/xml", options->plugins);
    enum status status = plugins_make_folder(user_files, err);
    unlink(link);
    if (status == STATUS_OK && symlink(configs, link) != 0)
        status = err_set(err, STATUS_IO, "cannot make the link %s: %s", link, strerror(errno));
    if (status == STATUS_OK && chdir(user_files) != 0)
        status = err_set(err, STATUS_IO, "cannot enter %s: %s", user_files, strerror(errno));
    free(configs);
    free(link);
    free(user_files);
    return status;
}

static enum status server_confine(const struct serve_options *options, const char *engine_path,
                                  struct err *err)
{
    const struct confine_paths paths = {.data = options->path,
                                        .plugins = options->plugins,
                                        .engine = engine_path,
                                        .config_file = options->config_file,
                                        .users_config = options->users_config};
    bool confined = true;
    if (!options->all_files)
        TRY(confine(&paths, &confined, err));
    if (!confined)
        fputs(
            "saltwell-local: this kernel has no Landlock: queries can reach every file of yours\n",
            stderr);
    if (folder_is_open(options->path))
        fprintf(stderr, "saltwell-local: other users can enter %s: chmod 700 it\n", options->path);
    return STATUS_OK;
}

static void server_arguments(struct server *server, const char *config)
{
    const struct serve_options *options = server->options;
    struct args *args = &server->args;
    args_add(args, "clickhouse-local");
    args_add(args, "--config-file=%s", config);
    args_add(args, "--path=%s", options->path);
    args_add(args, "--database=default");
    args_add(args,
             "--query=SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; "
             "SELECT count() FROM file('/proc/self/fd/%d', LineAsString) FORMAT Null",
             server->stop_fds[0]);
    args_add(args, "--");
    args_add(args, "--default_database=_local");
    args_add(args, "--listen_host=%s", options->listen_host);
    args_add(args, "--http_port=%s", options->http_port);
    args_add(args, "--tcp_port=%s", options->tcp_port);
    if (!options->no_password)
        login_add_options(&server->login, args);
    if (options->users_config != NULL)
        args_add(args, "--users_config=%s", options->users_config);
    plugins_add_options(args, options->plugins);
    args_add(args,
             "--user_defined_executable_functions_config=../" FUNCTIONS_LINK "/*_function.xml");
    for (int i = 0; i < options->n_overrides; i++)
        args_add(args, "%s", options->overrides[i]);
}

/* Waits for the first answer; a signal or an early end of the engine comes back as such. */
static enum engine_event ready_wait(const struct server *server)
{
    for (int waited_ms = 0; waited_ms < START_TIMEOUT_MS; waited_ms += PING_INTERVAL_MS) {
        enum engine_event event = engine_wait(&server->run, server->signal_fd, PING_INTERVAL_MS);
        if (event != ENGINE_NOTHING)
            return event;
        if (net_listen_was_refused())
            return ENGINE_ENDED;
        if (net_answers_ping(server->options->listen_host, server->options->http_port))
            return ENGINE_NOTHING;
    }
    fputs("saltwell-local: no answer from the server\n", stderr);
    return ENGINE_ENDED;
}

static void ready_say(const struct server *server)
{
    const struct serve_options *options = server->options;
    printf("saltwell-local: ready: HTTP %s:%s, native %s:%s, data in %s, ", options->listen_host,
           options->http_port, options->listen_host, options->tcp_port, options->path);
    if (options->no_password)
        puts("no password");
    else if (options->users_config != NULL)
        printf("users of %s\n", options->users_config);
    else
        printf("password of default in %s\n", server->login.password_file);
    fflush(stdout);
}

static enum status server_end(struct server *server, bool asked, struct err *err)
{
    struct pollfd done = {.fd = server->run.done_fd, .events = POLLIN};
    if (poll(&done, 1, STOP_TIMEOUT_MS) == 0) {
        fputs("saltwell-local: the engine did not stop in time; ending without it\n", stderr);
        _exit(1);
    }
    enum status status = engine_finish(&server->run, err);
    if (!asked && net_listen_was_refused())
        return err_set(err, STATUS_USAGE,
                       "expected an address of this machine alone to listen on without a password, "
                       "found one that other machines can reach in the server's config");
    if (status == STATUS_OK && !asked)
        status = err_set(err, STATUS_IO, "the server ended by itself");
    return status;
}

/* From the engine's start to its end, which comes by a signal or by itself. */
static enum status server_attend(struct server *server, struct err *err)
{
    enum engine_event event = ready_wait(server);
    bool watched = net_listen_was_asked();
    if (event == ENGINE_NOTHING && watched) {
        ready_say(server);
        event = engine_wait(&server->run, server->signal_fd, -1);
    }
    close(server->stop_fds[1]);
    server->stop_fds[1] = -1;
    TRY(server_end(server, event != ENGINE_ENDED, err));
    if (event == ENGINE_NOTHING)
        return err_set(err, STATUS_VERSION, "this engine listens where the launcher cannot see it");
    return STATUS_OK;
}

static enum status server_run(struct server *server, const char *config, const char *engine_path,
                              struct err *err)
{
    const struct serve_options *options = server->options;
    struct engine engine;
    TRY(server_confine(options, engine_path, err));
    TRY(engine_load(&engine, engine_path, err));
    TRY(user_files_enter(options, err));
    if (!options->no_password)
        TRY(login_start(&server->login, options->path, err));
    server_arguments(server, config);
    net_watch_listen(options->no_password);
    enum status status =
        engine_start(&server->run, &engine, server->args.count, server->args.items, err);
    if (status == STATUS_OK)
        status = server_attend(server, err);
    if (!options->no_password)
        login_end(&server->login);
    return status;
}

enum status serve_run(const struct serve_options *options, const char *engine_path, struct err *err)
{
    struct server server = {.options = options, .stop_fds = {-1, -1}};
    TRY(engine_block_signals(&server.signal_fd, err));
    char *own_config = args_format("%s/saltwell-server.xml", options->path);
    enum status status = STATUS_OK;
    if (options->config_file == NULL)
        status = own_config_make(options->path, own_config, err);
    if (status == STATUS_OK && pipe2(server.stop_fds, O_CLOEXEC) != 0)
        status = err_set(err, STATUS_IO, "cannot make a pipe: %s", strerror(errno));
    if (status == STATUS_OK)
        status =
            server_run(&server, options->config_file != NULL ? options->config_file : own_config,
                       engine_path, err);
    for (int i = 0; i < 2; i++)
        if (server.stop_fds[i] >= 0)
            close(server.stop_fds[i]);
    args_free(&server.args);
    free(own_config);
    return status;
}
