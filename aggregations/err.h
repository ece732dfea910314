/*
 * Errors. Every function that can fail returns an enum status and, where the caller gave a struct
 * err, leaves there one line that says what was expected, what was found and where. Nothing in the
 * library prints or exits.
 */
#ifndef SALTWELL_ERR_H
#define SALTWELL_ERR_H

#include "compiler.h"

enum status {
    STATUS_OK = 0,
    STATUS_IO,        /* the system refused something: a read, a write, the sandbox */
    STATUS_TRUNCATED, /* the input ends inside a value */
    STATUS_FORMAT,    /* the bytes or a value in them are not valid */
    STATUS_VERSION,   /* a stored form of a version that this build cannot read */
    STATUS_LIMIT,     /* a size or a count is above its cap */
    STATUS_CHECKSUM,  /* stored bytes have changed */
    STATUS_MISMATCH,  /* two things that do not go together */
    STATUS_NOMEM,     /* out of memory */
    STATUS_USAGE,     /* the program was called wrongly */
    STATUS_GONE,      /* nobody reads the output any more */
};

struct err {
    enum status code;
    char message[512];
};

/*
 * Writes the message, cut to fit, and returns `code`. err: may be NULL. The message has no newline
 * and no name of the program; the program adds those.
 */
PRINTF_LIKE(3, 4)
enum status err_set(struct err *err, enum status code, const char *format, ...);

/* Puts `format…` and ": " before the message that is there, for context that only a caller knows.
 */
PRINTF_LIKE(2, 3)
void err_prefix(struct err *err, const char *format, ...);

/* Returns from the calling function unless `call` is STATUS_OK. */
#define TRY(call)                              \
    do {                                       \
        enum status try_status = (call);       \
        if (UNLIKELY(try_status != STATUS_OK)) \
            return try_status;                 \
    } while (0)

#endif
