/* What the launcher asks of the network: may we listen here, and does the server answer. */
#ifndef SALTWELL_NET_H
#define SALTWELL_NET_H

#include <stdbool.h>

#include "err.h"

/*
 * Finds out whether every address of `host` is a loopback address. STATUS_USAGE when the name has
 * no address.
 */
CHECKED enum status net_is_loopback(const char *host, bool *loopback_out, struct err *err);

/*
 * Tries to listen on every address of the host, and lets go again. STATUS_IO says which address and
 * port are taken. Another process may still take the port afterwards; the engine then fails later.
 */
CHECKED enum status net_check_port_free(const char *host, const char *port, struct err *err);

/*
 * The engine's config has many ways to an address, so the last word is spoken where all of them
 * end: the engine finds this program's listen() before the system's. From this call on it counts
 * what is asked, and with loopback_only refuses addresses that other machines can reach, with
 * EACCES.
 */
void net_watch_listen(bool loopback_only);

/* Since then: whether the engine has asked at all, and whether it was refused. */
bool net_listen_was_asked(void);
bool net_listen_was_refused(void);

/* One GET /ping, answered with status 200 within 200 ms. */
bool net_answers_ping(const char *host, const char *port);

#endif
