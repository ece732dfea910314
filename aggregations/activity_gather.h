/* Gathers the histories of any number of activity blobs, to merge them in one go. */
#ifndef SALTWELL_ACTIVITY_GATHER_H
#define SALTWELL_ACTIVITY_GATHER_H

#include "buf.h"

/* All zero is empty and valid. Holds the payloads of the blobs, and 16 bytes a blob. */
struct activity_gather {
    struct buf payloads;
    struct buf sizes; /* size_t: of each payload */
    struct buf addresses;
    struct buf scratch;
};

/* Frees the memory; the gathering is empty and usable again. */
void activity_gather_free(struct activity_gather *gather);

/* Empties it and keeps the memory. */
void activity_gather_reset(struct activity_gather *gather);

/* Adds a blob, which may then go away. The statuses of blob_decode, with nothing added. */
CHECKED enum status activity_gather_add(struct activity_gather *gather, const uint8_t *blob,
                                        size_t blob_bytes, struct err *err);

/* Appends the payload of the merged history to *payload_out. The statuses of activity_merge; on
 * failure *payload_out is as it was. What was gathered stays. */
CHECKED enum status activity_gather_merge(struct activity_gather *gather, struct buf *payload_out,
                                          struct err *err);

#endif
