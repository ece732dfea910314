/* States that merge, two by two or a list of them in an order of its own. */
#include "moments_combine.h"

#include <inttypes.h>
#include <stdbool.h>

/* States, such as the salts of a key, that are sorted by their rank. */
enum { MOST_RANKED = 16 };

enum status moments_check_sum(uint64_t n, uint64_t added, struct err *err)
{
    if (LIKELY(added <= UINT64_MAX - n))
        return STATUS_OK;
    return err_set(err, STATUS_LIMIT,
                   "too many values: expected a count of at most 2^64 - 1, found %" PRIu64
                   " and %" PRIu64 " more",
                   n, added);
}

/* The canonical order: larger n first, then by the bits. States that are not ordered are equal. As
 * one number, so that it takes no branch that nobody can foretell. */
static bool comes_before(const struct moments *a, const struct moments *b)
{
    uint128 a_order = (uint128)~a->n << 64 | load_u64(&a->mean);
    uint128 b_order = (uint128)~b->n << 64 | load_u64(&b->mean);
    if (UNLIKELY(a_order == b_order))
        return load_u64(&a->m2) < load_u64(&b->m2);
    return a_order < b_order;
}

/* Merges two states that are not empty, where the distance of the means is not finite or m2 is NaN.
 */
static struct moments combine_extremes(const struct moments *large, const struct moments *small,
                                       double small_share)
{
    uint64_t n = large->n + small->n;
    if (!isfinite(large->mean) || !isfinite(small->mean) || isnan(large->m2) || isnan(small->m2))
        return MOMENTS_NOT_A_NUMBER(n);
    double half_d = 0.5 * small->mean - 0.5 * large->mean;
    return (struct moments){
        .n = n,
        .mean = large->mean + half_d * (2 * small_share),
        .m2 = (double)INFINITY,
    };
}

/* Merges two neighbours whose counts have a sum below 2^64. Which of them comes first is told by an
 * index, not by a branch. */
static inline struct moments combine_neighbours(const struct moments pair[2])
{
    if (UNLIKELY(pair[0].n == 0 || pair[1].n == 0)) {
        const struct moments *other = &pair[pair[0].n == 0];
        return other->n == 0 ? (struct moments){0} : *other;
    }
    size_t large_at = comes_before(&pair[1], &pair[0]);
    const struct moments *large = &pair[large_at];
    const struct moments *small = &pair[1 - large_at];
    uint64_t n = large->n + small->n;
    double small_share = (double)small->n / (double)n;
    double d = small->mean - large->mean;
    /* The factor between is at least 1/2: were it last, d * d could overflow where this does not.
     */
    double m2 = large->m2 + small->m2 + d * ((double)large->n * small_share) * d;
    if (UNLIKELY(!isfinite(d) || isnan(m2)))
        return combine_extremes(large, small, small_share);
    return (struct moments){.n = n, .mean = large->mean + d * small_share, .m2 = m2};
}

struct moments moments_combine(const struct moments *a, const struct moments *b)
{
    const struct moments pair[2] = {*a, *b};
    return combine_neighbours(pair);
}

static void swap_states(struct moments *a, struct moments *b)
{
    struct moments kept = *a;
    *a = *b;
    *b = kept;
}

/* Lets states[i] sink in a heap whose top comes last in the canonical order. */
static void sink(struct moments *states, size_t n_states, size_t i)
{
    while (n_states / 2 > i) {
        size_t child = 2 * i + 1;
        if (child + 1 < n_states && comes_before(&states[child], &states[child + 1]))
            child++;
        if (!comes_before(&states[i], &states[child]))
            return;
        swap_states(&states[i], &states[child]);
        i = child;
    }
}

static void insert_all(const struct moments *states, size_t n_states, struct moments *sorted)
{
    for (size_t i = 0; i < n_states; i++) {
        size_t at = i;
        for (; at > 0 && UNLIKELY(comes_before(&states[i], &sorted[at - 1])); at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = states[i];
    }
}

/* Nearly the canonical order, in half the bits. */
static uint64_t rank_key(const struct moments *state)
{
    uint64_t n = state->n < UINT32_MAX ? state->n : UINT32_MAX;
    return (UINT32_MAX - n) << 32 | load_u64(&state->mean) >> 32;
}

/* Counts for each state those before it, which takes more comparisons than other ways to sort and
 * no branch. The few that the half of the bits leaves out of order are then inserted. */
static void sort_few_states(struct moments *states, size_t n_states)
{
    struct moments ranked[MOST_RANKED];
    uint64_t keys[MOST_RANKED];
    size_t ranks[MOST_RANKED];
    for (size_t i = 0; i < n_states; i++) {
        keys[i] = rank_key(&states[i]);
        ranks[i] = i;
        for (size_t k = 0; k < i; k++) {
            bool is_before = keys[i] < keys[k];
            ranks[k] += is_before;
            ranks[i] -= is_before;
        }
    }
    for (size_t i = 0; i < n_states; i++)
        ranked[ranks[i]] = states[i];
    insert_all(ranked, n_states, states);
}

/* Heap sort: in place, without a bad case for hostile input to find. */
static void sort_states(struct moments *states, size_t n_states)
{
    if (n_states <= MOST_RANKED) {
        sort_few_states(states, n_states);
        return;
    }
    for (size_t i = n_states / 2; i > 0; i--)
        sink(states, n_states, i - 1);
    for (size_t n_left = n_states; n_left > 1; n_left--) {
        swap_states(&states[0], &states[n_left - 1]);
        sink(states, n_left - 1, 0);
    }
}

enum status moments_check_counts(const struct moments *states, size_t n_states, struct err *err)
{
    uint64_t n = 0;
    for (size_t i = 0; i < n_states; i++) {
        TRY(moments_check_sum(n, states[i].n, err));
        n += states[i].n;
    }
    return STATUS_OK;
}

/* Merges neighbours; what `level` levels have left of n_states, at least one, becomes half. */
static void merge_level(struct moments *states, uint64_t n_states, unsigned level)
{
    uint64_t n_left = ((n_states - 1) >> level) + 1;
    for (uint64_t i = 0; i < n_left / 2; i++)
        states[i] = combine_neighbours(&states[2 * i]);
    if (n_left % 2 != 0)
        states[n_left / 2] = states[n_left - 1];
}

void moments_merge_groups(struct moments *states, const uint64_t *ends, size_t n_groups,
                          struct moments *merged_out)
{
    uint64_t largest = 0, begin = 0;
    for (size_t g = 0; g < n_groups; begin = ends[g++]) {
        if (ends[g] > begin)
            sort_states(states + begin, ends[g] - begin);
        largest = ends[g] - begin > largest ? ends[g] - begin : largest;
    }
    /* Level by level through all groups: while one merge waits for its operands, others go on.
     * Empty states are last in the order: there they leave the shape of the tree as it is. */
    for (unsigned level = 0; level < 64 && largest > UINT64_C(1) << level; level++) {
        begin = 0;
        for (size_t g = 0; g < n_groups; begin = ends[g++])
            if (ends[g] > begin)
                merge_level(states + begin, ends[g] - begin, level);
    }
    begin = 0;
    for (size_t g = 0; g < n_groups; begin = ends[g++]) {
        bool is_empty = ends[g] == begin || states[begin].n == 0;
        merged_out[g] = is_empty ? (struct moments){0} : states[begin];
    }
}

enum status moments_merge_all(struct moments *states, size_t n_states, struct moments *merged_out,
                              struct err *err)
{
    const uint64_t end = n_states;
    TRY(moments_check_counts(states, n_states, err));
    moments_merge_groups(states, &end, 1, merged_out);
    return STATUS_OK;
}
