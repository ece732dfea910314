/*
 * What a run did, slice by slice, for the journal: a line of JSON each, appended to ID.jsonl in the
 * folder that the source names.
 */
#ifndef SALTWELL_PHOENIX_DETAILS_H
#define SALTWELL_PHOENIX_DETAILS_H

#include "io.h"
#include "phoenix_source.h"

/* What became of a slice. */
struct phoenix_detail {
    int64_t from_ms, to_ms;
    const char *outcome; /* read, halved, failed */
    const char *reason;  /* of the attempt that failed last; NULL: none did */
    uint64_t attempts, depth, n_rows, milliseconds;
};

/* Opens the run's file for appending. Call it before entering a sandbox. STATUS_IO;
 * STATUS_MISMATCH: the source names no folder. */
CHECKED enum status phoenix_details_open(const struct phoenix_source *source, const char *run,
                                         int *descriptor_out, struct err *err);

/* Appends a line; a descriptor of -1 takes none. STATUS_IO. */
CHECKED enum status phoenix_details_add(int descriptor, const struct phoenix_detail *detail,
                                        struct err *err);

/* Opens the run's file for reading. As phoenix_details_open. */
CHECKED enum status phoenix_details_find(const struct phoenix_source *source, const char *run,
                                         int *descriptor_out, struct err *err);

/* Writes the file's lines as blocks of one column, `detail String`. STATUS_IO, STATUS_NOMEM. */
CHECKED enum status phoenix_details_write(struct io_input file, struct io_output output,
                                          struct err *err);

#endif
