/* How folds of several kinds append their results: moments as tuples, states as blobs. Used by the
 * folds alone. */
#ifndef SALTWELL_FOLD_RESULT_H
#define SALTWELL_FOLD_RESULT_H

#include "blob.h"
#include "exact_sums.h"
#include "fold_kind.h"

/* A state on its way into a column; all zero is valid. */
struct fold_blob {
    struct buf payload, blob;
};
void fold_blob_free(struct fold_blob *blob);

/* Appends a row to a result of Tuple(n UInt64, mean Float64, m2 Float64). STATUS_NOMEM. */
CHECKED static inline enum status
fold_append_moments(struct fold *fold, const struct moments *moments, struct err *err)
{
    struct buf *members = &fold->out.parts[1]; /* the tuple's: n, mean, m2 */
    TRY(buf_append_u64(&members[0], moments->n, err));
    TRY(buf_append_f64(&members[1], moments->mean, err));
    return buf_append_f64(&members[2], moments->m2, err);
}

/* Appends the payload as a state of that kind, and empties it. The statuses of blob_encode. */
CHECKED enum status fold_append_state(struct fold *fold, enum blob_kind kind,
                                      struct fold_blob *blob, struct err *err);

/* Appends the moments where the op is FOLD_EXACT, else the state. The statuses of both. */
CHECKED enum status fold_append_exact(struct fold *fold, const struct exact *exact,
                                      struct fold_blob *blob, struct err *err);

#endif
