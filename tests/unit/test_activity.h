/* What the tests of activity histories share: making them from plain arrays and reading them. */
#ifndef SALTWELL_TEST_ACTIVITY_H
#define SALTWELL_TEST_ACTIVITY_H

#include "activity_history.h"

/* A history as plain arrays, distinct and ascending. The owner frees it with history_free. */
struct history {
    int64_t *ticks;
    uint64_t *counts;
    size_t n_ticks;
};

void history_free(struct history *history);

/* A payload in memory that ends with its padding, so that the sanitizers see every step beyond. */
struct payload {
    uint8_t *data;
    size_t size_bytes;
};

struct payload payload_copy(const uint8_t *bytes, size_t size_bytes);
void payload_free(struct payload *payload);

/* Both assert success. Ticks in any order: sorted first. */
struct payload payload_of_times(const int64_t *ticks, size_t n_ticks);
struct payload payload_of_history(const struct history *history);

/* Reads all of it, by batches and one by one, and asserts that both agree; fills *history_out. */
enum status payload_read(const struct payload *payload, struct history *history_out,
                         struct err *err);

/* The merge of the payloads; asserts success. */
struct payload payload_merge(const struct payload *parts, size_t n_parts);

void payload_assert_equal(const struct payload *found, const struct payload *expected,
                          const char *what);

/* xorshift64* (Vigna 2016): the tests' random numbers, the same in every run. */
uint64_t random_next(uint64_t *seed);

/* n_ticks times of one of several habits: bursts, regular, dense, far apart, many equal. */
#define N_HABITS 7
void random_times(uint64_t *seed, unsigned habit, int64_t *ticks_out, size_t n_ticks);

#endif
