/*
 * Welford states that merge: tuples, and ClickHouse's varSampStable. A group's states wait until it
 * ends, and small groups then for one another, because merging many at once takes half the time.
 */
#include "fold.h"

#include <float.h>
#include <math.h>

enum {
    /* So many states of one group wait before they are merged into one: memory stays bounded, and
     * up to here the order of the partials changes no bit. */
    MAX_WAITING_STATES = 1 << 16,
    /* States of ended groups that are merged at once: 24 KiB, which stay in the first cache. */
    BATCH_STATES = 1 << 10
};

static struct moments *waiting_states(const struct fold *fold)
{
    return (struct moments *)(void *)fold->kept.data;
}

static size_t count_waiting(const struct fold *fold)
{
    return fold->kept.size_bytes / sizeof(struct moments);
}

static size_t count_groups(const struct fold *fold)
{
    return fold->group_ends.size_bytes / sizeof(uint64_t);
}

/* Where the states of the open group begin. */
static size_t open_group_at(const struct fold *fold)
{
    size_t n_groups = count_groups(fold);
    return n_groups == 0 ? 0 : load_u64(fold->group_ends.data + (n_groups - 1) * sizeof(uint64_t));
}

/* Merges the groups that have ended. *merged_out: one state each, until the fold next changes. */
static enum status merge_groups(struct fold *fold, struct moments **merged_out, struct err *err)
{
    uint8_t *merged = NULL;
    buf_reset(&fold->states);
    TRY(buf_extend(&fold->states, count_groups(fold) * sizeof(struct moments), &merged, err));
    *merged_out = (struct moments *)(void *)merged;
    moments_merge_groups(waiting_states(fold),
                         (const uint64_t *)(const void *)fold->group_ends.data, count_groups(fold),
                         *merged_out);
    return STATUS_OK;
}

/* The merged groups wait no longer; the states of the open one move to the front. */
static void drop_groups(struct fold *fold)
{
    size_t dropped_bytes = open_group_at(fold) * sizeof(struct moments);
    fold->kept.size_bytes -= dropped_bytes;
    if (fold->kept.size_bytes > 0)
        memmove(fold->kept.data, fold->kept.data + dropped_bytes, fold->kept.size_bytes);
    buf_reset(&fold->group_ends);
}

/* Merges the open group's states into one where there is no room for more. */
static enum status make_room(struct fold *fold, struct err *err)
{
    struct moments merged = {0};
    if (count_waiting(fold) < MAX_WAITING_STATES)
        return STATUS_OK;
    TRY(fold->kind->flush(fold, err));
    if (count_waiting(fold) < MAX_WAITING_STATES)
        return STATUS_OK;
    TRY(moments_merge_all(waiting_states(fold), count_waiting(fold), &merged, err));
    buf_reset(&fold->kept);
    return buf_append(&fold->kept, &merged, sizeof(merged), err);
}

static enum status close_group(struct fold *fold, struct err *err)
{
    size_t begin = open_group_at(fold);
    TRY(moments_check_counts(waiting_states(fold) + begin, count_waiting(fold) - begin, err));
    TRY(buf_append_u64(&fold->group_ends, count_waiting(fold), err));
    return count_waiting(fold) < BATCH_STATES ? STATUS_OK : fold->kind->flush(fold, err);
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
        size_t n_room = MAX_WAITING_STATES - count_waiting(fold);
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

static enum status flush_tuples(struct fold *fold, struct err *err)
{
    struct buf *members = &fold->out.parts[1]; /* behind the tuple: n, mean, m2 */
    struct moments *merged = NULL;
    TRY(merge_groups(fold, &merged, err));
    for (size_t i = 0; i < count_groups(fold); i++) {
        TRY(buf_append_u64(&members[0], merged[i].n, err));
        TRY(buf_append_f64(&members[1], merged[i].mean, err));
        TRY(buf_append_f64(&members[2], merged[i].m2, err));
    }
    drop_groups(fold);
    return STATUS_OK;
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
        TRY(moments_validate(&state, err));
        TRY(make_room(fold, err));
        TRY(buf_append(&fold->kept, &state, sizeof(state), err));
    }
    return STATUS_OK;
}

static enum status flush_variances(struct fold *fold, struct err *err)
{
    struct buf *part = &fold->out.parts[0];
    struct moments *merged = NULL;
    TRY(merge_groups(fold, &merged, err));
    for (size_t i = 0; i < count_groups(fold); i++) {
        TRY(buf_append_varuint(part, merged[i].n, err));
        TRY(buf_append_f64(part, merged[i].mean, err));
        TRY(buf_append_f64(part, merged[i].m2, err));
    }
    drop_groups(fold);
    return STATUS_OK;
}

static bool has_name(const struct native_type *element, const char *name)
{
    return element->name == NULL || text_equals(name, element->name, element->name_bytes);
}

static bool is_welford_tuple(const struct native_type *type)
{
    return type->kind == NATIVE_TUPLE && type->n_nodes == 4 &&
           native_type_is(&type[1], NATIVE_CLASS_INTEGER, 8) &&
           type[1].order == NATIVE_ORDER_UNSIGNED &&
           native_type_is(&type[2], NATIVE_CLASS_FLOAT, 8) &&
           native_type_is(&type[3], NATIVE_CLASS_FLOAT, 8) && has_name(&type[1], "n") &&
           has_name(&type[2], "mean") && has_name(&type[3], "m2");
}

const struct fold_kind *fold_welford_kind(const struct native_type *type)
{
    static const struct fold_kind tuples = {
        .add = add_tuples, .close = close_group, .flush = flush_tuples};
    static const struct fold_kind variances = {
        .add = add_variances, .close = close_group, .flush = flush_variances};
    if (is_welford_tuple(type))
        return &tuples;
    return type->kind == NATIVE_VARIANCE ? &variances : NULL;
}
