/*
 * The command line of every executable: long options, and words where the program takes some. A
 * program's options may come from several modules, each of which takes its own.
 */
#ifndef SALTWELL_OPTIONS_H
#define SALTWELL_OPTIONS_H

#include "err.h"

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The options of one module. */
struct options {
    const struct option *list; /* ends with {0}; `flag` is not used */
    /* Is called with each option's `val` and its value, or with OPTIONS_WORD and the word. */
    enum status (*take)(void *context, int option, const char *value, struct err *err);
    void *context;
    bool takes_words; /* of the first set only */
};

enum { OPTIONS_WORD = -1 };

/* Reads a command line. STATUS_USAGE: an option that does not exist or lacks its value, or a word
 * where none is taken; STATUS_NOMEM; what a `take` returns. */
CHECKED enum status options_parse(int argc, char **argv, const struct options *sets, size_t n_sets,
                                  struct err *err);

/* Parses a decimal number of least to most. what: "a number of seconds". STATUS_USAGE. */
CHECKED enum status options_number(const char *option, const char *text, const char *what,
                                   uint64_t least, uint64_t most, uint64_t *number_out,
                                   struct err *err);

/* Parses a size as 1000, 64K, 16M or 8G (powers of 1024). STATUS_USAGE. */
CHECKED enum status options_size(const char *option, const char *text, size_t *size_bytes_out,
                                 struct err *err);

#endif
