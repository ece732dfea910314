/*
 * Welford states that merge: tuples, and ClickHouse's varSampStable. A group's states wait until it
 * ends, and small groups then for one another, because merging many at once takes half the time.
 */
#include "fold_result.h"

#include <float.h>
#include <math.h>

enum {
    /* So many states of one group wait before they are merged into one: memory stays bounded, and
     * up to here the order of the partials changes no bit. */
    MAX_WAITING_STATES = 1 << 16,
    /* States of ended groups that are merged at once: 24 KiB, which stay in the first cache. */
    BATCH_STATES = 1 << 10
};

struct welford {
    struct buf waiting;    /* struct moments */
    struct buf group_ends; /* uint64: where in `waiting` the groups end that have ended */
    struct buf merged;     /* struct moments: one per such group */
};

static struct moments *states_of(const struct buf *buf)
{
    return (struct moments *)(void *)buf->data;
}

static size_t count_waiting(const struct welford *welford)
{
    return welford->waiting.size_bytes / sizeof(struct moments);
}

static size_t count_groups(const struct welford *welford)
{
    return welford->group_ends.size_bytes / sizeof(uint64_t);
}

/* Where the states of the open group begin. */
static size_t open_group_at(const struct welford *welford)
{
    size_t n_groups = count_groups(welford);
    return n_groups == 0 ? 0
                         : load_u64(welford->group_ends.data + (n_groups - 1) * sizeof(uint64_t));
}

/* Merges the groups that have ended. *merged_out: one state each, until the fold next changes. */
static enum status merge_groups(struct welford *welford, const struct moments **merged_out,
                                struct err *err)
{
    size_t n_groups = count_groups(welford);
    buf_reset(&welford->merged);
    TRY(buf_reserve(&welford->merged, n_groups * sizeof(struct moments), err));
    moments_merge_groups(states_of(&welford->waiting),
                         (const uint64_t *)(const void *)welford->group_ends.data, n_groups,
                         states_of(&welford->merged));
    *merged_out = states_of(&welford->merged);
    return STATUS_OK;
}

/* The merged groups wait no longer; the states of the open one move to the front. */
static void drop_groups(struct welford *welford)
{
    struct buf *waiting = &welford->waiting;
    size_t dropped_bytes = open_group_at(welford) * sizeof(struct moments);
    waiting->size_bytes -= dropped_bytes;
    if (waiting->size_bytes > 0)
        memmove(waiting->data, waiting->data + dropped_bytes, waiting->size_bytes);
    buf_reset(&welford->group_ends);
}

static bool is_full(const struct welford *welford)
{
    return count_waiting(welford) >= MAX_WAITING_STATES;
}

/* Merges all that wait, and the open group's states into one where there is no room even then. */
static enum status make_room(struct fold *fold, struct err *err)
{
    struct welford *welford = fold->state;
    struct moments merged = {0};
    TRY(fold->kind->flush(fold, err));
    if (!is_full(welford))
        return STATUS_OK;
    TRY(moments_merge_all(states_of(&welford->waiting), count_waiting(welford), &merged, err));
    buf_reset(&welford->waiting);
    return buf_append(&welford->waiting, &merged, sizeof(merged), err);
}

static enum status close_group(struct fold *fold, struct err *err)
{
    struct welford *welford = fold->state;
    size_t begin = open_group_at(welford), end = count_waiting(welford);
    TRY(moments_check_counts(states_of(&welford->waiting) + begin, end - begin, err));
    TRY(buf_append_u64(&welford->group_ends, end, err));
    return end < BATCH_STATES ? STATUS_OK : fold->kind->flush(fold, err);
}

static void free_welford(void *state)
{
    struct welford *welford = state;
    buf_free(&welford->waiting);
    buf_free(&welford->group_ends);
    buf_free(&welford->merged);
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
    struct welford *welford = fold->state;
    const struct native_node *node = native_column_nodes(column);
    while (begin < end) {
        if (UNLIKELY(is_full(welford)))
            TRY(make_room(fold, err));
        uint8_t *added = NULL;
        size_t n_room = MAX_WAITING_STATES - count_waiting(welford);
        size_t n_added = end - begin < n_room ? (size_t)(end - begin) : n_room;
        TRY(buf_extend(&welford->waiting, n_added * sizeof(struct moments), &added, err));
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
    struct welford *welford = fold->state;
    const struct moments *merged = NULL;
    TRY(merge_groups(welford, &merged, err));
    for (size_t i = 0; i < count_groups(welford); i++)
        TRY(fold_append_moments(fold, &merged[i], err));
    drop_groups(welford);
    return STATUS_OK;
}

static enum status add_variances(struct fold *fold, const struct native_column *column,
                                 uint64_t begin, uint64_t end, struct err *err)
{
    struct welford *welford = fold->state;
    const struct native_node *node = native_column_nodes(column);
    for (uint64_t row = begin; row < end; row++) {
        const uint8_t *at = node->data + load_u64(node->starts + row * 8);
        struct moments state = {.n = varuint_take(&at)};
        state.mean = load_f64(at);
        state.m2 = load_f64(at + 8);
        TRY(moments_validate(&state, err));
        if (UNLIKELY(is_full(welford)))
            TRY(make_room(fold, err));
        TRY(buf_append(&welford->waiting, &state, sizeof(state), err));
    }
    return STATUS_OK;
}

static enum status flush_variances(struct fold *fold, struct err *err)
{
    struct welford *welford = fold->state;
    struct buf *part = &fold->out.parts[0];
    const struct moments *merged = NULL;
    TRY(merge_groups(welford, &merged, err));
    for (size_t i = 0; i < count_groups(welford); i++) {
        TRY(buf_append_varuint(part, merged[i].n, err));
        TRY(buf_append_f64(part, merged[i].mean, err));
        TRY(buf_append_f64(part, merged[i].m2, err));
    }
    drop_groups(welford);
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

static bool is_variance(const struct native_type *type)
{
    return type->kind == NATIVE_VARIANCE;
}

const struct fold_kind fold_welford_tuples = {
    .ops = 1 << FOLD_BY_TYPE | 1 << FOLD_MOMENTS,
    .state_bytes = sizeof(struct welford),
    .suits = is_welford_tuple,
    .add = add_tuples,
    .close = close_group,
    .flush = flush_tuples,
    .free_state = free_welford,
};

const struct fold_kind fold_welford_variances = {
    .ops = 1 << FOLD_BY_TYPE | 1 << FOLD_MOMENTS,
    .state_bytes = sizeof(struct welford),
    .suits = is_variance,
    .add = add_variances,
    .close = close_group,
    .flush = flush_variances,
    .free_state = free_welford,
};
