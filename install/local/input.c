#include "input.h"

#include "args.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

/* A dash with a letter after it on the same line; SQL that begins with a comment is not one. */
static bool is_option(const char *word)
{
    size_t dashes = strspn(word, "-");
    return (dashes == 1 || dashes == 2) && isalpha((unsigned char)word[dashes]) &&
           strchr(word, '\n') == NULL;
}

/*
 * If items[*index] is `name`, sets value_out to its value, moves *index to the last word read and
 * checks that it is there; sets NULL otherwise. wanted: what the value should be.
 */
static enum status value_take(char **items, int count, int *index, const char *name,
                              const char *wanted, const char **value_out, struct err *err)
{
    bool alone = strcmp(items[*index], name) == 0;
    const char *value = args_value(items, count, index, name);
    *value_out = value;
    if (alone && (value == NULL || strcmp(value, "--") == 0))
        return err_set(err, STATUS_USAGE, "%s: expected %s, found nothing after it", name, wanted);
    if (alone && is_option(value))
        return err_set(err, STATUS_USAGE, "%s: expected %s, found the option %s", name, wanted,
                       value);
    if (value != NULL && is_blank(value))
        return err_set(err, STATUS_USAGE, "%s: expected %s, found an empty text", name, wanted);
    return STATUS_OK;
}

/* Whether nothing but blanks is left of a file whose position can be asked for and set. */
static bool file_is_blank(int fd, off_t from)
{
    char bytes[4096];
    ssize_t n;
    while ((n = pread(fd, bytes, sizeof(bytes) - 1, from)) > 0) {
        bytes[n] = '\0';
        if (!is_blank(bytes) || strlen(bytes) < (size_t)n)
            return false;
        from += n;
    }
    return n == 0;
}

static enum status file_check(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat about;
    if (fd < 0 || fstat(fd, &about) != 0)
        return err_set(err, STATUS_IO, "--queries-file: cannot read %s: %s", path, strerror(errno));
    bool blank = S_ISREG(about.st_mode) && file_is_blank(fd, 0);
    close(fd);
    if (S_ISDIR(about.st_mode))
        return err_set(err, STATUS_IO, "--queries-file: cannot read %s: it is a folder", path);
    if (blank)
        return err_set(err, STATUS_USAGE, "--queries-file: expected SQL in %s, found an empty file",
                       path);
    return STATUS_OK;
}

/* The SQL may also stand by itself: as the first word, or as one that has a blank in it. */
static bool is_sql_word(char **items, int index)
{
    return items[index][0] != '-' && !is_blank(items[index]) &&
           (index == 1 || strpbrk(items[index], " \t\n") != NULL);
}

/* Options that need a value, and would take what follows them on the engine's command line. */
static const struct {
    const char *name;
    const char *wanted;
    enum { VALUE, SQL_TEXT, SQL_FILE } kind;
} options[] = {
    {"--query", "SQL", SQL_TEXT},
    {"-q", "SQL", SQL_TEXT},
    {"--queries-file", "a file", SQL_FILE},
    {"--path", "a folder", VALUE},
    {"--plugins", "a folder", VALUE},
    {"--config-file", "a file", VALUE},
    {"-C", "a file", VALUE},
    {"--database", "a database", VALUE},
    {"-d", "a database", VALUE},
    {"--format", "a format", VALUE},
    {"-f", "a format", VALUE},
    {"--output-format", "a format", VALUE},
    {"--input-format", "a format", VALUE},
    {"--file", "a file", VALUE},
    {"-F", "a file", VALUE},
    {"--structure", "names and types of columns", VALUE},
    {"-S", "names and types of columns", VALUE},
    {"--table", "a table", VALUE},
    {"-N", "a table", VALUE},
    {"--pager", "a command", VALUE},
};

static enum status word_check(int argc, char **argv, int *index, bool *has_sql, struct err *err)
{
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        const char *value;
        TRY(value_take(argv, argc, index, options[i].name, options[i].wanted, &value, err));
        if (value == NULL)
            continue;
        if (options[i].kind == SQL_FILE)
            TRY(file_check(value, err));
        *has_sql = *has_sql || options[i].kind != VALUE;
        return STATUS_OK;
    }
    *has_sql = *has_sql || strncmp(argv[*index], "-q", 2) == 0 || is_sql_word(argv, *index);
    return STATUS_OK;
}

enum status input_check_arguments(int argc, char **argv, bool *has_sql_out, struct err *err)
{
    bool has_sql = false;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        TRY(word_check(argc, argv, &i, &has_sql, err));
    *has_sql_out = has_sql;
    return STATUS_OK;
}

/* Looks at the next byte of a pipe or a socket, which stays there; 0 at its end. */
static ssize_t pipe_peek(int fd, char *byte_out)
{
    int copy[2];
    ssize_t peeked = recv(fd, byte_out, 1, MSG_PEEK);
    if (peeked >= 0 || errno != ENOTSOCK)
        return peeked;
    if (pipe2(copy, O_CLOEXEC) != 0)
        return -1;
    ssize_t n = tee(fd, copy[1], 1, 0);
    if (n > 0)
        n = read(copy[0], byte_out, 1);
    close(copy[0]);
    close(copy[1]);
    return n;
}

static bool pipe_is_blank(int fd)
{
    char byte[2] = {0};
    ssize_t n;
    while ((n = pipe_peek(fd, byte)) > 0 && is_blank(byte)) {
        if (read(fd, byte, 1) != 1)
            return false;
    }
    return n == 0;
}

enum status input_check_stdin(struct err *err)
{
    struct stat about;
    bool blank = false;
    if (fstat(STDIN_FILENO, &about) != 0)
        return err_set(err, STATUS_IO, "cannot read standard input: %s", strerror(errno));
    if (S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode))
        blank = pipe_is_blank(STDIN_FILENO);
    else if (S_ISREG(about.st_mode))
        blank = file_is_blank(STDIN_FILENO, lseek(STDIN_FILENO, 0, SEEK_CUR));
    else if (S_ISCHR(about.st_mode) && !isatty(STDIN_FILENO))
        blank = read(STDIN_FILENO, &(char){0}, 1) == 0; /* /dev/null */
    if (blank)
        return err_set(err, STATUS_USAGE,
                       "expected SQL in --query, in --queries-file or on standard input, found an "
                       "empty standard input");
    return STATUS_OK;
}
