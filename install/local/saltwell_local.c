/*
 * saltwell-local: ClickHouse in one process, with Saltwell's functions registered. See README.md
 * here or --help. This file reads the command line; the engine is in engine.c, the server in
 * serve.c.
 */
#include "args.h"
#include "input.h"
#include "local.h"
#include "plugins.h"
#include "serve.h"
#include "usage.h"
#include "version.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { EXIT_USAGE = 2 };

/* What both modes need. */
struct launcher {
    char *folder;      /* of this executable */
    char *engine_path; /* of libchdb.so */
};

static int end(enum status status, const struct err *err)
{
    if (status == STATUS_OK)
        return EXIT_SUCCESS;
    if (err->message[0] != '\0')
        fprintf(stderr, "saltwell-local: %s\n", err->message);
    return status == STATUS_USAGE ? EXIT_USAGE : EXIT_FAILURE;
}

static int fail_usage(const char *message, const char *argument)
{
    fprintf(stderr, "saltwell-local: %s%s\n%s", message, argument, usage_short);
    return EXIT_USAGE;
}

/* The engine takes a closed standard input for a terminal and waits for ever. */
static void open_standard_fds(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

/* ---- --serve ---- */

static bool is_port(const char *text)
{
    char *end;
    long port = strtol(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && port >= 1 && port <= 65535;
}

/* Reads the options; false after a message. The strings live as long as the process. */
static bool serve_read(struct serve_options *options, int argc, char **argv)
{
    static const struct option known[] = {
        {"serve", no_argument, NULL, 's'},
        {"path", required_argument, NULL, 'p'},
        {"http-port", required_argument, NULL, 'h'},
        {"tcp-port", required_argument, NULL, 't'},
        {"listen-host", required_argument, NULL, 'l'},
        {"users-config", required_argument, NULL, 'u'},
        {"no-password", no_argument, NULL, 'n'},
        {"all-files", no_argument, NULL, 'a'},
        {"config-file", required_argument, NULL, 'c'},
        {"plugins", required_argument, NULL, 'g'},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "+", known, NULL)) != -1) {
        switch (option) {
        case 's':
            break;
        case 'p':
            options->path = args_absolute_path(optarg);
            break;
        case 'h':
            options->http_port = optarg;
            break;
        case 't':
            options->tcp_port = optarg;
            break;
        case 'l':
            options->listen_host = optarg;
            break;
        case 'u':
            options->users_config = args_absolute_path(optarg);
            break;
        case 'a':
            options->all_files = true;
            break;
        case 'n':
            options->no_password = true;
            break;
        case 'c':
            options->config_file = args_absolute_path(optarg);
            break;
        case 'g':
            options->plugins = args_absolute_path(optarg);
            break;
        default:
            fputs(usage_short, stderr);
            return false;
        }
    }
    options->overrides = argv + optind;
    options->n_overrides = argc - optind;
    return true;
}

static int serve_main(const struct launcher *launcher, int argc, char **argv)
{
    struct err err = {0};
    struct serve_options options = {.http_port = "8123",
                                    .tcp_port = "9000",
                                    .listen_host = "127.0.0.1",
                                    .plugins = launcher->folder};
    if (!serve_read(&options, argc, argv))
        return EXIT_USAGE;
    if (options.n_overrides > 0 && strcmp(argv[argc - options.n_overrides - 1], "--") != 0)
        return fail_usage("--serve takes no argument: ", options.overrides[0]);
    if (options.path == NULL)
        return fail_usage("--serve needs --path DIR", "");
    if (!is_port(options.http_port) || !is_port(options.tcp_port))
        return fail_usage("not a port between 1 and 65535: ",
                          is_port(options.http_port) ? options.tcp_port : options.http_port);
    if (atoi(options.http_port) == atoi(options.tcp_port))
        return fail_usage("--http-port and --tcp-port are both ", options.http_port);
    if (options.no_password && options.users_config != NULL)
        return fail_usage("--no-password and --users-config: expected one of them, found both", "");
    enum status status = serve_check(&options, &err);
    if (status == STATUS_OK)
        status = local_prepare_folder(options.path, options.plugins, launcher->engine_path, &err);
    if (status == STATUS_OK)
        status = serve_run(&options, launcher->engine_path, &err);
    return end(status, &err);
}

/* ---- which of them ---- */

/* Whether a word stands among the options: not after "--", not as the text of a query. */
static bool has_word(int argc, char **argv, const char *word)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (!args_query(argv, argc, &i) && strcmp(argv[i], word) == 0)
            return true;
    }
    return false;
}

static int local_main(const struct launcher *launcher, int argc, char **argv, bool prompt)
{
    struct err err = {0};
    return end(local_run(argc, argv, launcher->folder, launcher->engine_path, prompt, &err), &err);
}

static int version_main(const struct launcher *launcher)
{
    printf("saltwell-local %s, engine ClickHouse ", SALTWELL_VERSION);
    fflush(stdout);
    char query[] = "--query=SELECT version()";
    char *argv[] = {launcher->folder, query, NULL};
    return local_main(launcher, 2, argv, false);
}

/* Queries, or the prompt where it is asked for or where there is nothing to run on a terminal. */
static int query_main(const struct launcher *launcher, int argc, char **argv, bool has_sql)
{
    struct err err = {0};
    enum status status = STATUS_OK;
    bool prompt = has_word(argc, argv, "--interactive") || (!has_sql && isatty(STDIN_FILENO));
    if (prompt && !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
        return fail_usage("the prompt: expected a terminal, found none as standard ",
                          isatty(STDIN_FILENO) ? "output" : "input");
    if (!has_sql && !prompt)
        status = input_check_stdin(&err);
    return status == STATUS_OK ? local_main(launcher, argc, argv, prompt) : end(status, &err);
}

static int dispatch(const struct launcher *launcher, int argc, char **argv)
{
    if (has_word(argc, argv, "--help") || has_word(argc, argv, "-h")) {
        fputs(usage_short, stdout);
        fputs(usage_long, stdout);
        return EXIT_SUCCESS;
    }
    if (has_word(argc, argv, "--version") || has_word(argc, argv, "-V"))
        return version_main(launcher);
    struct err err = {0};
    bool has_sql;
    enum status status = input_check_arguments(argc, argv, &has_sql, &err);
    if (status != STATUS_OK)
        return end(status, &err);
    if (has_word(argc, argv, "--serve"))
        return serve_main(launcher, argc, argv);
    return query_main(launcher, argc, argv, has_sql);
}

int main(int argc, char **argv)
{
    open_standard_fds();
    struct err err = {0};
    struct launcher launcher = {0};
    enum status status = plugins_own_folder(&launcher.folder, &err);
    if (status != STATUS_OK)
        return end(status, &err);
    launcher.engine_path = plugins_engine_path(launcher.folder);
    int code = dispatch(&launcher, argc, argv);
    free(launcher.engine_path);
    free(launcher.folder);
    return code;
}
