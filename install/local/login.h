/*
 * The password of the embedded server. The engine starts a session of its own, as the user
 * `default` and with an empty password, which cannot be told from a client on this machine by any
 * rule of a users config. So the engine asks the launcher about every login of `default`
 * (`http_authentication`), and the launcher says yes once to an empty password, to the engine
 * itself before it listens, and later to the right password only.
 */
#ifndef SALTWELL_LOGIN_H
#define SALTWELL_LOGIN_H

#include <pthread.h>
#include <stdbool.h>

#include "args.h"
#include "err.h"

struct login {
    int fd;              /* listens on 127.0.0.1 */
    bool engine_is_due;  /* its own session has not begun */
    char request[64];    /* how a question of the engine begins; a secret */
    char *with_password; /* "default:PASSWORD" in base64 */
    char *users_config;  /* file that names us to the engine */
    char *password_file;
    pthread_t thread;
};

/*
 * Reads FOLDER/saltwell-password, or makes one from random bytes of the kernel, writes
 * FOLDER/saltwell-users.xml and begins to answer. STATUS_IO where a file cannot be read or written,
 * or where others can read the password.
 */
CHECKED enum status login_start(struct login *login, const char *folder, struct err *err);

/* Adds the config that makes the engine ask; it belongs after "--". */
void login_add_options(const struct login *login, struct args *args);

/* After the engine has ended. */
void login_end(struct login *login);

#endif
