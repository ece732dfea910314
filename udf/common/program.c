#include "program.h"

#include "function.h"
#include "function_pages.h"
#include "options.h"
#include "sandbox.h"
#include "sandbox_proof.h"
#include "version.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void program_complain(const char *executable, const char *message)
{
    char line[1024];
    int size_bytes = snprintf(line, sizeof(line), "%s: %s\n", executable, message);
    size_t n = size_bytes < (int)sizeof(line) ? (size_t)size_bytes : sizeof(line) - 1;
    /* A column's name may hold a newline; the message stays one line. */
    for (size_t i = 0; i + 1 < n; i++)
        if ((unsigned char)line[i] < ' ')
            line[i] = '?';
    /* There is nowhere left to say that this failed too; the exit status does. */
    ssize_t written = write(STDERR_FILENO, line, n);
    (void)written;
}

static void prepare_pipes(void)
{
    enum { PIPE_BYTES = 1 << 20 };
    /* A smaller pipe is slower and no error; what is no pipe does not need it. */
    (void)fcntl(STDIN_FILENO, F_SETPIPE_SZ, PIPE_BYTES);
    (void)fcntl(STDOUT_FILENO, F_SETPIPE_SZ, PIPE_BYTES);
    /* Ctrl-C in a server's terminal is the server's to answer, and a query that it lets end needs
     * this process until then. The end of the pipe is the end. */
    if (fcntl(STDIN_FILENO, F_GETPIPE_SZ) >= 0)
        (void)signal(SIGINT, SIG_IGN);
}

enum status program_prepare(size_t max_memory_bytes, struct err *err)
{
    prepare_pipes();
    return sandbox_enter(max_memory_bytes, err);
}

enum status program_prepare_with_network(size_t max_memory_bytes, int first_closed, struct err *err)
{
    prepare_pipes();
    (void)signal(SIGPIPE, SIG_IGN); /* a server that goes away is an error of a write */
    return sandbox_enter_with_network(max_memory_bytes, first_closed, err);
}

static int wrong_usage(const struct function_table *table, const char *message)
{
    program_complain(table->executable, message);
    function_print_usage(table, stderr);
    return PROGRAM_USAGE;
}

static int finish_page(const char *executable)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return PROGRAM_OK;
    program_complain(executable, "cannot write the output");
    return PROGRAM_FAILED;
}

int program_print(const char *executable, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    return finish_page(executable);
}

/* What the command line says. */
struct command {
    const struct function_table *table;
    const struct function *function;
    size_t max_memory_bytes;
};

static enum status take_function(struct command *command, const char *name, struct err *err)
{
    const struct function *function = function_find(command->table, name);
    if (function == NULL || command->function != NULL)
        return err_set(err, STATUS_USAGE, "expected %s, found '%s'",
                       command->function == NULL ? "the name of a function" : "one function", name);
    command->function = function;
    return STATUS_OK;
}

/* --max-memory is the only option. */
static enum status take_argument(void *context, int option, const char *value, struct err *err)
{
    struct command *command = context;
    if (option == OPTIONS_WORD)
        return take_function(command, value, err);
    return options_size("--max-memory", value, &command->max_memory_bytes, err);
}

static enum status read_command(struct command *command, int argc, char **argv, struct err *err)
{
    static const struct option list[] = {{"max-memory", required_argument, NULL, 0}, {0}};
    const struct options options = {list, take_argument, command, true};
    TRY(options_parse(argc, argv, &options, 1, err));
    if (command->function == NULL)
        return err_set(err, STATUS_USAGE, "expected the name of a function, found none");
    return STATUS_OK;
}

static int serve(const struct command *command)
{
    struct err err = {0};
    enum status status = program_prepare(command->max_memory_bytes, &err);
    if (status == STATUS_OK)
        status = function_serve(command->function, io_input_of_descriptor(STDIN_FILENO),
                                io_output_of_descriptor(STDOUT_FILENO), &err);
    if (status == STATUS_OK)
        return PROGRAM_OK;
    err_prefix(&err, "%s", command->function->name);
    program_complain(command->table->executable, err.message);
    return PROGRAM_FAILED;
}

static int check_sandbox(const char *executable)
{
    struct err err = {0};
    if (sandbox_prove(PROGRAM_MAX_MEMORY_BYTES, &err) == STATUS_OK)
        return program_print(executable, "%s: the sandbox holds\n", executable);
    program_complain(executable, err.message);
    return PROGRAM_FAILED;
}

/* Answers an option that prints a page. Returns -1 when the word is none. */
static int print_page(const struct function_table *table, const char *option)
{
    if (strcmp(option, "--help") == 0)
        function_print_help(table, stdout);
    else if (strcmp(option, "--version") == 0)
        return program_print(table->executable, "%s (Saltwell) %s\n", table->executable,
                             SALTWELL_VERSION);
    else if (strcmp(option, "--check-sandbox") == 0)
        return check_sandbox(table->executable);
    else if (strcmp(option, "--list") == 0)
        function_print_list(table, stdout);
    else if (strcmp(option, "--xml") == 0)
        function_print_xml(table, stdout);
    else
        return -1;
    return finish_page(table->executable);
}

int program_serve(const struct function_table *table, int argc, char **argv)
{
    struct err err = {0};
    struct command command = {table, NULL, PROGRAM_MAX_MEMORY_BYTES};
    if (argc == 2) {
        int printed = print_page(table, argv[1]);
        if (printed >= 0)
            return printed;
    }
    if (read_command(&command, argc, argv, &err) != STATUS_OK)
        return wrong_usage(table, err.message);
    return serve(&command);
}
