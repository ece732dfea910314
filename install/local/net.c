#include "net.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static enum status net_resolve(const char *host, const char *port, struct addrinfo **found_out,
                               struct err *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    int failure = getaddrinfo(host, port, &hints, found_out);
    if (failure != 0)
        return err_set(err, STATUS_USAGE, "--listen-host %s has no address: %s", host,
                       gai_strerror(failure));
    return STATUS_OK;
}

static bool address_is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_UNIX)
        return true;
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof(v4));
        return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    }
    struct sockaddr_in6 v6;
    memcpy(&v6, address, sizeof(v6));
    return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

enum status net_is_loopback(const char *host, bool *loopback_out, struct err *err)
{
    struct addrinfo *found;
    TRY(net_resolve(host, NULL, &found, err));
    bool loopback = true;
    for (struct addrinfo *each = found; each != NULL; each = each->ai_next)
        loopback = loopback && address_is_loopback(each->ai_addr);
    freeaddrinfo(found);
    *loopback_out = loopback;
    return STATUS_OK;
}

static atomic_bool listen_on_loopback_only, listen_asked, listen_refused;

void net_watch_listen(bool loopback_only)
{
    listen_on_loopback_only = loopback_only;
    listen_asked = listen_refused = false;
}

bool net_listen_was_asked(void)
{
    return listen_asked;
}

bool net_listen_was_refused(void)
{
    return listen_refused;
}

/* In place of the system's, for the engine as well: see net_watch_listen(). */
__attribute__((visibility("default"))) int listen(int fd, int backlog)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof(address);
    listen_asked = true;
    if (listen_on_loopback_only && (getsockname(fd, (struct sockaddr *)&address, &size) != 0 ||
                                    !address_is_loopback((struct sockaddr *)&address))) {
        listen_refused = true;
        errno = EACCES;
        return -1;
    }
    return (int)syscall(SYS_listen, fd, backlog);
}

/* SO_REUSEADDR as the engine sets it: a port that was closed a moment ago counts as free. */
static bool address_is_free(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    int on = 1;
    bool is_free = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
                   bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, 1) == 0;
    int saved = errno;
    close(fd);
    errno = saved;
    return is_free;
}

enum status net_check_port_free(const char *host, const char *port, struct err *err)
{
    struct addrinfo *found;
    TRY(net_resolve(host, port, &found, err));
    enum status status = STATUS_OK;
    for (struct addrinfo *each = found; each != NULL && status == STATUS_OK; each = each->ai_next)
        if (!address_is_free(each))
            status =
                err_set(err, STATUS_IO, "cannot listen on %s:%s: %s", host, port, strerror(errno));
    freeaddrinfo(found);
    return status;
}

static bool address_answers_ping(const struct addrinfo *address)
{
    static const char request[] = "GET /ping HTTP/1.0\r\n\r\n";
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    struct timeval patience = {.tv_usec = 200000};
    char answer[sizeof("HTTP/1.1 200") - 1];
    bool answered = setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0 &&
                    connect(fd, address->ai_addr, address->ai_addrlen) == 0 &&
                    send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) > 0 &&
                    recv(fd, answer, sizeof(answer), MSG_WAITALL) == (ssize_t)sizeof(answer) &&
                    memcmp(answer + sizeof(answer) - 4, " 200", 4) == 0;
    close(fd);
    return answered;
}

/* On Linux a connection to 0.0.0.0 or :: reaches the machine itself, so the host needs no change.
 */
bool net_answers_ping(const char *host, const char *port)
{
    struct addrinfo *found;
    if (net_resolve(host, port, &found, NULL) != STATUS_OK)
        return false;
    bool answered = address_answers_ping(found);
    freeaddrinfo(found);
    return answered;
}
