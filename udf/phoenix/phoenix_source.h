/*
 * The sources of phoenix_scan: a file of the administrator's names the servers that queries may
 * read. What it says of them reaches no message.
 *
 *     [trace]
 *     url = http://phoenix.example:8765/
 *     serialization = protobuf
 *     authentication = basic
 *     user = reader
 *     password = secret
 */
#ifndef SALTWELL_PHOENIX_SOURCE_H
#define SALTWELL_PHOENIX_SOURCE_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PHOENIX_MAX_SETTING_BYTES = 512 };

struct phoenix_source {
    char host[PHOENIX_MAX_SETTING_BYTES], port[8], path[PHOENIX_MAX_SETTING_BYTES];
    bool is_json;
    bool has_basic;
    char user[PHOENIX_MAX_SETTING_BYTES], password[PHOENIX_MAX_SETTING_BYTES];
    uint64_t connect_timeout_ms, read_timeout_ms;
    uint64_t max_connections;                /* of all processes together; 0: any number */
    char details[PHOENIX_MAX_SETTING_BYTES]; /* a folder; empty: none */
    uint32_t number;                         /* of the section in the file */
};

/* Whether the text can be a source's or a run's name: letters, digits, _ . -, no dot first. */
bool phoenix_name_is_valid(const char *name);

/*
 * Reads the section `name` of a file's text. STATUS_MISMATCH: no such section. STATUS_FORMAT: a
 * line that is no setting, or a setting that is wrong; the message has its line number and no value
 * of a url, a user or a password.
 */
CHECKED enum status phoenix_source_parse(const char *text, size_t text_bytes, const char *name,
                                         struct phoenix_source *source_out, struct err *err);

/*
 * Finds phoenix_sources.conf beside the executable or one folder above it, and reads the section
 * `name`. The file must be readable by its owner alone, who must be this process's user.
 * *lock_out keeps the file open where the source limits its connections: one of them is taken,
 * within the source's connect_timeout_ms, and given back when the process ends; else it is -1.
 * STATUS_IO, STATUS_LIMIT: all are taken; else as phoenix_source_parse.
 */
CHECKED enum status phoenix_source_find(const char *name, struct phoenix_source *source_out,
                                        int *lock_out, struct err *err);

#endif
