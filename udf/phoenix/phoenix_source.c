#include "phoenix_source.h"

#include "buf.h"
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NAME "phoenix_sources.conf"

enum { MAX_FILE_BYTES = 1 << 20, MAX_LINE_BYTES = 1024, MAX_TIMEOUT_MS = 86400000 };

bool phoenix_name_is_valid(const char *name)
{
    size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");
    return n > 0 && n <= 100 && name[n] == '\0' && name[0] != '.' && name[0] != '-';
}

static enum status take_text(char *to, const char *value)
{
    if (strlen(value) >= PHOENIX_MAX_SETTING_BYTES)
        return STATUS_FORMAT;
    strcpy(to, value);
    return STATUS_OK;
}

static enum status take_number(uint64_t *to, const char *value, uint64_t most)
{
    char *end = NULL;
    if (value[0] < '0' || value[0] > '9')
        return STATUS_FORMAT;
    *to = strtoull(value, &end, 10);
    return *end == '\0' && *to <= most ? STATUS_OK : STATUS_FORMAT;
}

static enum status take_word(bool *to, const char *value, const char *no, const char *yes)
{
    *to = strcmp(value, yes) == 0;
    return *to || strcmp(value, no) == 0 ? STATUS_OK : STATUS_FORMAT;
}

/* Where the host of `HOST:PORT` or `[HOST]:PORT` ends. */
static const char *find_host_end(const char *host)
{
    const char *bracket = *host == '[' ? strchr(host, ']') : NULL;
    return bracket == NULL ? host + strcspn(host, ":/") : bracket + 1;
}

static enum status take_url(struct phoenix_source *source, const char *value)
{
    static const char scheme[] = "http://";
    if (strncasecmp(value, scheme, sizeof(scheme) - 1) != 0 ||
        strlen(value) >= PHOENIX_MAX_SETTING_BYTES)
        return STATUS_FORMAT;
    const char *host = value + sizeof(scheme) - 1, *end = find_host_end(host);
    bool is_bracketed = *host == '[';
    if (end == host || memchr(host, '@', strlen(host)) != NULL)
        return STATUS_FORMAT;
    (void)snprintf(source->host, sizeof(source->host), "%.*s", (int)(end - host) - 2 * is_bracketed,
                   host + is_bracketed);
    strcpy(source->port, "8765");
    if (*end == ':') {
        size_t n_digits = strspn(++end, "0123456789");
        if (n_digits == 0 || n_digits > 5)
            return STATUS_FORMAT;
        (void)snprintf(source->port, sizeof(source->port), "%.*s", (int)n_digits, end);
        end += n_digits;
    }
    if (*end != '\0' && *end != '/')
        return STATUS_FORMAT;
    strcpy(source->path, *end == '\0' ? "/" : end);
    return STATUS_OK;
}

/* A setting and what its value has to be. */
struct setting {
    const char *name, *expected;
};

static const struct setting settings[] = {
    {"url", "http://HOST:PORT/; a server that wants TLS is reached through a local TLS proxy, as "
            "stunnel"},
    {"serialization", "protobuf or json"},
    {"authentication", "none or basic"},
    {"user", "a name below 512 bytes"},
    {"password", "a password below 512 bytes"},
    {"connect_timeout_ms", "a number of milliseconds up to 86400000"},
    {"read_timeout_ms", "a number of milliseconds up to 86400000"},
    {"max_connections", "a number up to 1000"},
    {"details", "a folder, from / on"},
};

enum { N_SETTINGS = sizeof(settings) / sizeof(settings[0]) };

static enum status take_setting(struct phoenix_source *source, size_t setting, const char *value)
{
    switch (setting) {
    case 0:
        return take_url(source, value);
    case 1:
        return take_word(&source->is_json, value, "protobuf", "json");
    case 2:
        return take_word(&source->has_basic, value, "none", "basic");
    case 3:
        return strchr(value, ':') == NULL ? take_text(source->user, value) : STATUS_FORMAT;
    case 4:
        return take_text(source->password, value);
    case 5:
        return take_number(&source->connect_timeout_ms, value, MAX_TIMEOUT_MS);
    case 6:
        return take_number(&source->read_timeout_ms, value, MAX_TIMEOUT_MS);
    case 7:
        return take_number(&source->max_connections, value, 1000);
    default:
        return value[0] == '/' ? take_text(source->details, value) : STATUS_FORMAT;
    }
}

static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t\r", text[n - 1]) != NULL)
        text[--n] = '\0';
    return text;
}

static enum status read_setting(struct phoenix_source *source, char *line, unsigned line_number,
                                struct err *err)
{
    char *equals = strchr(line, '=');
    size_t setting = N_SETTINGS;
    if (equals != NULL) {
        *equals = '\0';
        for (setting = 0; setting < N_SETTINGS; setting++)
            if (strcmp(trim(line), settings[setting].name) == 0)
                break;
    }
    if (setting == N_SETTINGS)
        return err_set(
            err, STATUS_FORMAT,
            "phoenix_sources.conf, line %u: expected [NAME] or a setting and its value, found "
            "something else",
            line_number);
    if (take_setting(source, setting, trim(equals + 1)) != STATUS_OK)
        return err_set(err, STATUS_FORMAT, "phoenix_sources.conf, line %u: %s: expected %s",
                       line_number, settings[setting].name, settings[setting].expected);
    return STATUS_OK;
}

static bool is_section(char *line, const char *name, bool *is_ours)
{
    size_t n = strlen(line);
    if (n < 2 || line[0] != '[' || line[n - 1] != ']')
        return false;
    line[n - 1] = '\0';
    *is_ours = strcmp(trim(line + 1), name) == 0;
    return true;
}

/* Reads the lines of all sections; what stands in others is not looked at. */
static enum status read_lines(const char *text, size_t text_bytes, const char *name,
                              struct phoenix_source *source, bool *found_out, struct err *err)
{
    const char *at = text, *end = text + text_bytes;
    bool is_ours = false;
    uint32_t n_sections = 0;
    for (unsigned line_number = 1; at < end; line_number++) {
        char line[MAX_LINE_BYTES];
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        size_t n = (size_t)((line_end == NULL ? end : line_end) - at);
        if (n >= sizeof(line))
            return err_set(err, STATUS_FORMAT,
                           "phoenix_sources.conf, line %u: expected a line below %d bytes",
                           line_number, MAX_LINE_BYTES);
        memcpy(line, at, n);
        line[n] = '\0';
        at = line_end == NULL ? end : line_end + 1;
        char *trimmed = trim(line);
        if (*trimmed == '\0' || *trimmed == '#')
            continue;
        if (is_section(trimmed, name, &is_ours)) {
            n_sections++;
            if (is_ours && *found_out)
                return err_set(err, STATUS_FORMAT,
                               "phoenix_sources.conf, line %u: expected sections that "
                               "differ, found [%s] twice",
                               line_number, name);
            *found_out |= is_ours;
            if (is_ours)
                source->number = n_sections;
        } else if (is_ours) {
            TRY(read_setting(source, trimmed, line_number, err));
        }
    }
    return STATUS_OK;
}

enum status phoenix_source_parse(const char *text, size_t text_bytes, const char *name,
                                 struct phoenix_source *source_out, struct err *err)
{
    struct phoenix_source source = {.connect_timeout_ms = 5000, .read_timeout_ms = 60000};
    bool is_found = false;
    TRY(read_lines(text, text_bytes, name, &source, &is_found, err));
    if (!is_found)
        return err_set(err, STATUS_MISMATCH,
                       "expected a source that phoenix_sources.conf has, found '%.100s'", name);
    if (source.host[0] == '\0')
        return err_set(err, STATUS_FORMAT, "phoenix_sources.conf: [%s]: expected a url, found none",
                       name);
    if (source.has_basic && source.user[0] == '\0')
        return err_set(
            err, STATUS_FORMAT,
            "phoenix_sources.conf: [%s]: expected a user for basic authentication, found none",
            name);
    *source_out = source;
    return STATUS_OK;
}

static int open_beside(char *folder)
{
    char path[PATH_MAX + sizeof(FILE_NAME)];
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        return -1;
    *slash = '\0';
    (void)snprintf(path, sizeof(path), "%s/" FILE_NAME, folder);
    int descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    return descriptor < 0 && errno != ENOENT
               ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
               : descriptor;
}

static enum status open_file(int *descriptor_out, struct err *err)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
    if (n < 0)
        return err_set(err, STATUS_IO, "cannot find the executable's folder: %s", strerror(errno));
    path[n] = '\0';
    *descriptor_out = open_beside(path);
    if (*descriptor_out < 0 && errno == ENOENT)
        *descriptor_out = open_beside(path);
    if (*descriptor_out < 0)
        return err_set(
            err, STATUS_IO,
            "cannot open phoenix_sources.conf beside the executable or one folder above: %s",
            strerror(errno));
    return STATUS_OK;
}

static enum status check_file(int descriptor, struct err *err)
{
    struct stat file;
    if (fstat(descriptor, &file) != 0 || !S_ISREG(file.st_mode) ||
        (file.st_mode & (S_IRWXG | S_IRWXO)) != 0 || file.st_uid != geteuid())
        return err_set(
            err, STATUS_IO,
            "phoenix_sources.conf: expected a file of the server's user that nobody else can read "
            "or write (mode 600), found another owner or mode");
    return STATUS_OK;
}

static enum status read_text(int descriptor, struct buf *text, struct err *err)
{
    uint8_t *added = NULL;
    for (;;) {
        TRY(buf_reserve(text, 4096, err));
        ssize_t n = pread(descriptor, text->data + text->size_bytes, 4096, (off_t)text->size_bytes);
        if (n < 0)
            return err_set(err, STATUS_IO,
                           "cannot read "
                           "phoenix_sources.conf: %s",
                           strerror(errno));
        if (n == 0)
            return STATUS_OK;
        TRY(buf_extend(text, (size_t)n, &added, err));
        if (text->size_bytes > MAX_FILE_BYTES)
            return err_set(err, STATUS_LIMIT,
                           "phoenix_sources.conf: expected at most %d bytes, found more",
                           MAX_FILE_BYTES);
    }
}

static bool take_slot(int descriptor, const struct phoenix_source *source)
{
    for (uint64_t i = 0; i < source->max_connections; i++) {
        struct flock lock = {.l_type = F_WRLCK,
                             .l_whence = SEEK_SET,
                             .l_start = MAX_FILE_BYTES + (off_t)source->number * 1000 + (off_t)i,
                             .l_len = 1};
        if (fcntl(descriptor, F_OFD_SETLK, &lock) == 0)
            return true;
        if (errno == EBADF) /* opened for reading only */
            break;
    }
    return false;
}

/* A connection is a byte beyond the file's end that is locked as long as the process holds the
 * file: nobody has to clean up after one that was killed. */
static enum status take_connection(int descriptor, const struct phoenix_source *source,
                                   struct err *err)
{
    enum { PAUSE_MS = 50 };
    int64_t end_ms = io_now_ms() + (int64_t)source->connect_timeout_ms;
    while (!take_slot(descriptor, source)) {
        if (io_now_ms() >= end_ms)
            return err_set(err, STATUS_LIMIT,
                           "expected one of its %llu connections to become free within "
                           "%llu ms, found all in use",
                           (unsigned long long)source->max_connections,
                           (unsigned long long)source->connect_timeout_ms);
        (void)poll(NULL, 0, PAUSE_MS);
    }
    return STATUS_OK;
}

static enum status find(int descriptor, const char *name, struct phoenix_source *source,
                        struct err *err)
{
    struct buf text = {0};
    enum status status = check_file(descriptor, err);
    if (status == STATUS_OK)
        status = read_text(descriptor, &text, err);
    if (status == STATUS_OK)
        status = phoenix_source_parse((const char *)text.data, text.size_bytes, name, source, err);
    if (status == STATUS_OK && source->max_connections > 0)
        status = take_connection(descriptor, source, err);
    if (text.data != NULL)
        explicit_bzero(text.data, text.size_bytes);
    buf_free(&text);
    return status;
}

enum status phoenix_source_find(const char *name, struct phoenix_source *source_out, int *lock_out,
                                struct err *err)
{
    int descriptor = -1;
    TRY(open_file(&descriptor, err));
    enum status status = find(descriptor, name, source_out, err);
    bool stays_open = status == STATUS_OK && source_out->max_connections > 0;
    *lock_out = stays_open ? descriptor : -1;
    if (!stays_open)
        (void)close(descriptor);
    return status;
}
