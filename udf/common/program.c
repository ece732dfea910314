#include "program.h"

#include "function.h"
#include "function_pages.h"
#include "sandbox.h"
#include "version.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const size_t PROGRAM_MAX_MEMORY_BYTES = (size_t)8 << 30;

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

enum status program_parse_size(const char *text, size_t *size_bytes_out, struct err *err)
{
    static const char suffixes[] = "KMG";
    char *end = NULL;
    errno = 0;
    unsigned long long size = strtoull(text, &end, 10);
    unsigned shift = 0;
    const char *suffix = *end == '\0' ? NULL : strchr(suffixes, *end);
    if (suffix != NULL) {
        shift = 10 * (unsigned)(suffix - suffixes + 1);
        end++;
    }
    if (errno != 0 || text[0] < '0' || text[0] > '9' || *end != '\0' || size == 0 ||
        size > SIZE_MAX >> shift)
        return err_set(err, STATUS_USAGE, "expected a size as 64K, 16M or 8G, found '%s'", text);
    *size_bytes_out = (size_t)size << shift;
    return STATUS_OK;
}

enum status program_prepare(size_t max_memory_bytes, struct err *err)
{
    enum { PIPE_BYTES = 1 << 20 };
    /* A smaller pipe is slower and no error; what is no pipe does not need it. */
    (void)fcntl(STDIN_FILENO, F_SETPIPE_SZ, PIPE_BYTES);
    (void)fcntl(STDOUT_FILENO, F_SETPIPE_SZ, PIPE_BYTES);
    /* Ctrl-C in a server's terminal is the server's to answer, and a query that it lets end needs
     * this process until then. The end of the pipe is the end. */
    if (fcntl(STDIN_FILENO, F_GETPIPE_SZ) >= 0)
        (void)signal(SIGINT, SIG_IGN);
    return sandbox_enter(max_memory_bytes, err);
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

static int serve(const struct function_table *table, const struct function *function,
                 size_t max_memory_bytes)
{
    struct err err = {0};
    enum status status = program_prepare(max_memory_bytes, &err);
    if (status == STATUS_OK)
        status = function_serve(function, io_input_of_descriptor(STDIN_FILENO),
                                io_output_of_descriptor(STDOUT_FILENO), &err);
    if (status == STATUS_OK)
        return PROGRAM_OK;
    err_prefix(&err, "%s", function->name);
    program_complain(table->executable, err.message);
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
    size_t max_memory_bytes = PROGRAM_MAX_MEMORY_BYTES;
    const struct function *function = NULL;
    if (argc == 2) {
        int printed = print_page(table, argv[1]);
        if (printed >= 0)
            return printed;
    }
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--max-memory") == 0) {
            const char *size = i + 1 < argc ? argv[++i] : "";
            if (program_parse_size(size, &max_memory_bytes, &err) != STATUS_OK) {
                err_prefix(&err, "--max-memory");
                return wrong_usage(table, err.message);
            }
            continue;
        }
        const struct function *found = function_find(table, argv[i]);
        if (found == NULL || function != NULL) {
            (void)err_set(&err, STATUS_USAGE, "expected %s, found '%s'",
                          function == NULL ? "the name of a function" : "one function", argv[i]);
            return wrong_usage(table, err.message);
        }
        function = found;
    }
    if (function == NULL)
        return wrong_usage(table, "expected the name of a function, found none");
    return serve(table, function, max_memory_bytes);
}
