/* States that merge: Welford tuples, ClickHouse's varSampStable, and blobs by their own kind. */
#include "fold.h"

#include <float.h>
#include <math.h>

enum {
    /* So many Welford states wait before they are merged into one: memory stays bounded, and up to
     * here the order of the partials changes no bit. */
    MAX_WAITING_STATES = 1 << 16
};

static enum status merge_waiting(struct fold *fold, struct moments *merged_out, struct err *err)
{
    struct moments *states = (struct moments *)(void *)fold->kept.data;
    return moments_merge_all(states, fold->kept.size_bytes / sizeof(*states), merged_out, err);
}

/* Merges the waiting states into one where there is no room for more. */
static enum status make_room(struct fold *fold, struct err *err)
{
    struct moments merged = {0};
    if (fold->kept.size_bytes < MAX_WAITING_STATES * sizeof(merged))
        return STATUS_OK;
    TRY(merge_waiting(fold, &merged, err));
    buf_reset(&fold->kept);
    return buf_append(&fold->kept, &merged, sizeof(merged), err);
}

static enum status add_state(struct fold *fold, const struct moments *state, struct err *err)
{
    TRY(moments_validate(state, err));
    TRY(make_room(fold, err));
    return buf_append(&fold->kept, state, sizeof(*state), err);
}

/* What nearly every state is, seen without a call: of two values or more, and finite. */
static bool is_plain(const struct moments *state)
{
    return state->n > 1 && state->m2 >= 0 && fabs(state->mean) <= DBL_MAX;
}

static enum status check_states(const struct moments *states, size_t n_states, struct err *err)
{
    for (size_t i = 0; i < n_states; i++)
        if (UNLIKELY(!is_plain(&states[i])))
            TRY(moments_validate(&states[i], err));
    return STATUS_OK;
}

static enum status add_tuples(struct fold *fold, const struct native_column *column, uint64_t begin,
                              uint64_t end, struct err *err)
{
    const struct native_node *node = native_column_nodes(column);
    while (begin < end) {
        TRY(make_room(fold, err));
        uint8_t *added = NULL;
        size_t n_room = MAX_WAITING_STATES - fold->kept.size_bytes / sizeof(struct moments);
        size_t n_added = end - begin < n_room ? (size_t)(end - begin) : n_room;
        TRY(buf_extend(&fold->kept, n_added * sizeof(struct moments), &added, err));
        struct moments *states = (struct moments *)(void *)added;
        for (size_t i = 0; i < n_added; i++)
            states[i] = (struct moments){
                .n = load_u64(node[1].data + (begin + i) * 8),
                .mean = load_f64(node[2].data + (begin + i) * 8),
                .m2 = load_f64(node[3].data + (begin + i) * 8),
            };
        TRY(check_states(states, n_added, err));
        begin += n_added;
    }
    return STATUS_OK;
}

static enum status close_tuples(struct fold *fold, struct err *err)
{
    struct buf *members = &fold->out.parts[1]; /* behind the tuple: n, mean, m2 */
    struct moments merged = {0};
    TRY(merge_waiting(fold, &merged, err));
    buf_reset(&fold->kept);
    TRY(buf_append_u64(&members[0], merged.n, err));
    TRY(buf_append_f64(&members[1], merged.mean, err));
    return buf_append_f64(&members[2], merged.m2, err);
}

static enum status add_variances(struct fold *fold, const struct native_column *column,
                                 uint64_t begin, uint64_t end, struct err *err)
{
    const struct native_node *node = native_column_nodes(column);
    for (uint64_t row = begin; row < end; row++) {
        const uint8_t *at = node->data + load_u64(node->starts + row * 8);
        struct moments state = {.n = varuint_take(&at)};
        state.mean = load_f64(at);
        state.m2 = load_f64(at + 8);
        TRY(add_state(fold, &state, err));
    }
    return STATUS_OK;
}

static enum status close_variances(struct fold *fold, struct err *err)
{
    struct buf *part = &fold->out.parts[0];
    struct moments merged = {0};
    TRY(merge_waiting(fold, &merged, err));
    buf_reset(&fold->kept);
    TRY(buf_append_varuint(part, merged.n, err));
    TRY(buf_append_f64(part, merged.mean, err));
    return buf_append_f64(part, merged.m2, err);
}

static enum status merge_exact(struct fold_blobs *blobs, const uint8_t *blob, size_t blob_bytes,
                               struct err *err)
{
    const uint8_t *payload = NULL;
    size_t payload_bytes = 0;
    buf_reset(&blobs->payload);
    TRY(blob_decode(BLOB_EXACT, blob, blob_bytes, &blobs->payload, &payload, &payload_bytes, err));
    return exact_merge_payload(&blobs->exact, payload, payload_bytes, err);
}

static enum status add_blobs(struct fold *fold, const struct native_column *column, uint64_t begin,
                             uint64_t end, struct err *err)
{
    struct fold_blobs *blobs = fold->blobs;
    for (uint64_t row = begin; row < end; row++) {
        size_t blob_bytes = 0;
        const uint8_t *blob = native_string(native_column_nodes(column), row, &blob_bytes);
        if (blob_bytes == 0)
            continue;
        if (!blobs->has_kind)
            TRY(blob_kind_of(blob, blob_bytes, &blobs->kind, err));
        blobs->has_kind = true;
        if (blobs->kind == BLOB_EXACT)
            TRY(merge_exact(blobs, blob, blob_bytes, err));
        else
            TRY(activity_gather_add(&blobs->gather, blob, blob_bytes, err));
    }
    return STATUS_OK;
}

static enum status close_blobs(struct fold *fold, struct err *err)
{
    struct fold_blobs *blobs = fold->blobs;
    buf_reset(&blobs->payload);
    buf_reset(&blobs->blob);
    if (blobs->has_kind && blobs->kind == BLOB_EXACT)
        TRY(exact_encode(&blobs->exact, &blobs->payload, err));
    else if (blobs->has_kind)
        TRY(activity_gather_merge(&blobs->gather, &blobs->payload, err));
    TRY(blob_encode(blobs->kind, blobs->payload.data, blobs->payload.size_bytes, &blobs->blob,
                    err));
    exact_reset(&blobs->exact);
    activity_gather_reset(&blobs->gather);
    blobs->has_kind = false;
    return native_append_string(&fold->out.parts[0], blobs->blob.data, blobs->blob.size_bytes, err);
}

static bool element_is(const struct native_type *type, const char *name, const char *base)
{
    bool named = type->name == NULL || (type->name_bytes == strlen(name) &&
                                        memcmp(type->name, name, type->name_bytes) == 0);
    return named && type->base_bytes == strlen(base) &&
           memcmp(type->base, base, type->base_bytes) == 0;
}

static bool is_welford_tuple(const struct native_type *type)
{
    return type->kind == NATIVE_TUPLE && type->n_nodes == 4 &&
           element_is(&type[1], "n", "UInt64") && element_is(&type[2], "mean", "Float64") &&
           element_is(&type[3], "m2", "Float64");
}

const struct fold_kind *fold_state_kind(const struct native_type *type)
{
    static const struct fold_kind tuples = {add_tuples, close_tuples};
    static const struct fold_kind variances = {add_variances, close_variances};
    static const struct fold_kind blobs = {add_blobs, close_blobs};
    if (is_welford_tuple(type))
        return &tuples;
    if (type->kind == NATIVE_VARIANCE)
        return &variances;
    return type->kind == NATIVE_STRING ? &blobs : NULL;
}
