#include "login.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SECRET_BYTES 16
#define PASSWORD_CAP 256
#define REQUEST_CAP 4096
/* How long one who asks may take; others wait for it. */
#define REQUEST_TIMEOUT_MS 500

static const char users_text[] =
    "<clickhouse>\n"
    "    <!-- Written by saltwell-local at every start: `default` has the password that is in\n"
    "         saltwell-password. The option users-config names another file. -->\n"
    "    <profiles><default/></profiles>\n"
    "    <quotas><default/></quotas>\n"
    "    <users>\n"
    "        <default>\n"
    "            "
    "<http_authentication><server>saltwell</server><scheme>basic</scheme></http_authentication>\n"
    "            <networks><ip>::/0</ip></networks>\n"
    "            <profile>default</profile>\n"
    "            <quota>default</quota>\n"
    "            <named_collection_control>1</named_collection_control>\n"
    "        </default>\n"
    "    </users>\n"
    "</clickhouse>\n";

/* ---- the password ---- */

/* hex_out: 2 * SECRET_BYTES digits and a zero byte. */
static enum status secret_make(char *hex_out, struct err *err)
{
    unsigned char bytes[SECRET_BYTES];
    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        return err_set(err, STATUS_IO, "the kernel gives no random bytes: %s", strerror(errno));
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(hex_out + 2 * i, 3, "%02x", bytes[i]);
    return STATUS_OK;
}

static enum status file_write(const char *path, int flags, const char *text, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | flags, 0600);
    bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0 && close(fd) != 0)
        written = false;
    return written ? STATUS_OK
                   : err_set(err, STATUS_IO, "cannot write %s: %s", path, strerror(errno));
}

static enum status password_make(const char *path, struct err *err)
{
    char line[2 * SECRET_BYTES + 2];
    TRY(secret_make(line, err));
    line[2 * SECRET_BYTES] = '\n';
    line[2 * SECRET_BYTES + 1] = '\0';
    return file_write(path, O_EXCL, line, err);
}

/* password_out: PASSWORD_CAP bytes. */
static enum status password_read(const char *path, char *password_out, struct err *err)
{
    if (access(path, F_OK) != 0)
        TRY(password_make(path, err));
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct stat info = {0};
    ssize_t n = fd >= 0 && fstat(fd, &info) == 0 ? read(fd, password_out, PASSWORD_CAP - 1) : -1;
    int saved = errno;
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return err_set(err, STATUS_IO, "cannot read %s: %s", path, strerror(saved));
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return err_set(err, STATUS_IO,
                       "%s: expected mode 600, found %03o: others can read the password", path,
                       (unsigned)info.st_mode & 0777);
    password_out[n] = '\0';
    password_out[strcspn(password_out, "\r\n")] = '\0';
    if (password_out[0] == '\0')
        return err_set(err, STATUS_IO, "%s: expected a password, found an empty line", path);
    return STATUS_OK;
}

/* ---- the answers ---- */

/* The text in base64, to be freed by the caller. */
static char *base64_make(const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t length = strlen(text);
    char *encoded = args_format("%*s", (int)((length + 2) / 3 * 4), "");
    char *out = encoded;
    for (size_t i = 0; i < length; i += 3) {
        size_t n = length - i < 3 ? length - i : 3;
        unsigned bits = 0;
        for (size_t j = 0; j < 3; j++)
            bits = bits << 8 | (j < n ? (unsigned char)text[i + j] : 0);
        for (size_t j = 0; j < 4; j++)
            *out++ = j <= n ? digits[bits >> (18 - 6 * j) & 63] : '=';
    }
    return encoded;
}

/* In a time that tells nothing about where they differ. */
static bool texts_are_equal(const char *text, size_t length, const char *expected)
{
    unsigned char difference = length != strlen(expected);
    for (size_t i = 0; i < length && expected[i] != '\0'; i++)
        difference |= (unsigned char)(text[i] ^ expected[i]);
    return difference == 0;
}

static bool request_is_granted(struct login *login, const char *request)
{
    static const char header[] = "\r\nAuthorization: Basic ";
    const char *word = strcasestr(request, header);
    if (strncmp(request, login->request, strlen(login->request)) != 0 || word == NULL)
        return false;
    word += sizeof(header) - 1;
    size_t length = strcspn(word, "\r");
    static const char without_password[] = "ZGVmYXVsdDo="; /* default: */
    if (login->engine_is_due && texts_are_equal(word, length, without_password)) {
        login->engine_is_due = false;
        return true;
    }
    return texts_are_equal(word, length, login->with_password);
}

static int64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether the head of a request came whole and in time. request_out: REQUEST_CAP bytes. */
static bool request_read(int fd, char *request_out)
{
    size_t length = 0;
    int64_t deadline = clock_ms() + REQUEST_TIMEOUT_MS, left;
    while (length < REQUEST_CAP - 1 && (left = deadline - clock_ms()) > 0) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (poll(&ready, 1, (int)left) <= 0)
            continue;
        ssize_t n = recv(fd, request_out + length, REQUEST_CAP - 1 - length, 0);
        if (n <= 0)
            return false;
        length += (size_t)n;
        request_out[length] = '\0';
        if (strstr(request_out, "\r\n\r\n") != NULL)
            return true;
    }
    return false;
}

static void *login_thread(void *argument)
{
    struct login *login = argument;
    static const char yes[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    static const char no[] =
        "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    char request[REQUEST_CAP];
    for (;;) {
        int fd = accept4(login->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0 && errno == EINVAL)
            return NULL; /* login_end() */
        if (fd < 0) {
            poll(NULL, 0, REQUEST_TIMEOUT_MS); /* no descriptor is left: not in a hurry */
            continue;
        }
        bool granted = request_read(fd, request) && request_is_granted(login, request);
        send(fd, granted ? yes : no, (granted ? sizeof(yes) : sizeof(no)) - 1, MSG_NOSIGNAL);
        close(fd);
    }
}

/* ---- beginning and end ---- */

static enum status listener_open(struct login *login, struct err *err)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    login->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (login->fd < 0 || bind(login->fd, (struct sockaddr *)&here, sizeof(here)) != 0 ||
        listen(login->fd, SOMAXCONN) != 0)
        return err_set(err, STATUS_IO, "cannot listen for logins: %s", strerror(errno));
    return STATUS_OK;
}

enum status login_start(struct login *login, const char *folder, struct err *err)
{
    char password[PASSWORD_CAP], secret[2 * SECRET_BYTES + 1];
    *login = (struct login){.fd = -1, .engine_is_due = true};
    login->password_file = args_format("%s/saltwell-password", folder);
    login->users_config = args_format("%s/saltwell-users.xml", folder);
    TRY(password_read(login->password_file, password, err));
    TRY(file_write(login->users_config, O_TRUNC, users_text, err));
    TRY(secret_make(secret, err));
    snprintf(login->request, sizeof(login->request), "GET /%s HTTP/1.1\r\n", secret);
    char *pair = args_format("default:%s", password);
    login->with_password = base64_make(pair);
    free(pair);
    TRY(listener_open(login, err));
    int failure = pthread_create(&login->thread, NULL, login_thread, login);
    if (failure != 0)
        return err_set(err, STATUS_IO, "cannot start a thread: %s", strerror(failure));
    return STATUS_OK;
}

void login_add_options(const struct login *login, struct args *args)
{
    struct sockaddr_in here = {0};
    socklen_t size = sizeof(here);
    getsockname(login->fd, (struct sockaddr *)&here, &size);
    const char *path = login->request + sizeof("GET ") - 1;
    args_add(args, "--http_authentication_servers.saltwell.uri=http://127.0.0.1:%d%.*s",
             ntohs(here.sin_port), (int)strcspn(path, " "), path);
    args_add(args, "--users_config=%s", login->users_config);
}

void login_end(struct login *login)
{
    shutdown(login->fd, SHUT_RDWR);
    pthread_join(login->thread, NULL);
    close(login->fd);
    free(login->with_password);
    free(login->users_config);
    free(login->password_file);
}
