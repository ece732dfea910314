/*
 * What the golden files are made of. The files are the reference: the tests read them. These cases
 * say what belongs into each and write them anew on request.
 */
#ifndef SALTWELL_TEST_GOLDEN_CASES_H
#define SALTWELL_TEST_GOLDEN_CASES_H

#include "blob.h"

/* A blob of version 1: `make_payload` appends its payload. */
struct golden_case {
    const char *name;
    enum blob_kind kind;
    const char *exercises;
    void (*make_payload)(struct buf *payload);
};

/* A blob that is refused: `make_blob` appends it. `kind` is the one that the reader expects. */
struct rejected_case {
    const char *name;
    enum blob_kind kind;
    enum status status;
    const char *fragment; /* of the message */
    const char *exercises;
    void (*make_blob)(struct buf *blob);
};

extern const struct golden_case golden_cases[];
extern const size_t n_golden_cases;
extern const struct rejected_case rejected_cases[];
extern const size_t n_rejected_cases;

#endif
