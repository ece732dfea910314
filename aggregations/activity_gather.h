/* Gathers the histories of any number of activity blobs, to merge them in one go. */
#ifndef SALTWELL_ACTIVITY_GATHER_H
#define SALTWELL_ACTIVITY_GATHER_H

#include "buf.h"

#include <stdbool.h>

/* All zero is empty and valid. Holds the payloads of the blobs, and 16 bytes a blob. */
struct activity_gather {
    struct buf payloads;
    struct buf sizes;    /* size_t: of each payload */
    size_t merged_bytes; /* of the first payload, where activity_gather_add_payload merged */
    struct buf addresses;
    struct buf scratch;
};

/* Frees the memory; the gathering is empty and usable again. */
void activity_gather_free(struct activity_gather *gather);

/* Empties it and keeps the memory. */
void activity_gather_reset(struct activity_gather *gather);

static inline bool activity_gather_is_empty(const struct activity_gather *gather)
{
    return gather->sizes.size_bytes == 0;
}

/* Adds a blob, which may then go away. The statuses of blob_decode, with nothing added. */
CHECKED enum status activity_gather_add(struct activity_gather *gather, const uint8_t *blob,
                                        size_t blob_bytes, struct err *err);

/* Adds a payload of the caller's, which may then go away. Merges what was gathered whenever it has
 * grown to twice its size, so that payloads that overlap take no more than twice what they merge
 * to, and a MiB. The statuses of activity_merge. */
CHECKED enum status activity_gather_add_payload(struct activity_gather *gather,
                                                const struct buf *payload, struct err *err);

/* Appends the payload of the merged history to *payload_out. The statuses of activity_merge; on
 * failure *payload_out is as it was. What was gathered stays. */
CHECKED enum status activity_gather_merge(struct activity_gather *gather, struct buf *payload_out,
                                          struct err *err);

#endif
