#include "activity_history.h"

/* A payload that is being read, and its next tick. */
struct source {
    struct activity_reader reader;
    uint64_t count;
    int64_t tick;
    size_t number; /* of the payload, from 0, for messages */
};

/* A binary min-heap of sources by tick; the node at i has its children at 2i + 1 and 2i + 2. */
struct heap {
    struct source *sources;
    struct source **nodes;
    size_t n_nodes;
};

static void sift_down(struct heap *heap, size_t at)
{
    struct source *moved = heap->nodes[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= heap->n_nodes)
            break;
        if (child + 1 < heap->n_nodes && heap->nodes[child + 1]->tick < heap->nodes[child]->tick)
            child++;
        if (heap->nodes[child]->tick >= moved->tick)
            break;
        heap->nodes[at] = heap->nodes[child];
        at = child;
    }
    heap->nodes[at] = moved;
}

static enum status advance(struct source *source, bool *found_out, struct err *err)
{
    enum status status =
        activity_reader_next(&source->reader, &source->tick, &source->count, found_out, err);
    if (status != STATUS_OK)
        err_prefix(err, "state %zu", source->number + 1);
    return status;
}

/* Fills the heap with the sources that have a tick. */
static enum status open_sources(struct heap *heap, const uint8_t *const *payloads,
                                const size_t *payload_sizes_bytes, size_t n_payloads,
                                struct err *err)
{
    for (size_t i = 0; i < n_payloads; i++) {
        struct source *source = &heap->sources[heap->n_nodes];
        bool found = false;
        source->number = i;
        activity_reader_init(&source->reader, payloads[i], payload_sizes_bytes[i]);
        TRY(advance(source, &found, err));
        if (found)
            heap->nodes[heap->n_nodes++] = source;
    }
    for (size_t i = heap->n_nodes / 2; i > 0; i--)
        sift_down(heap, i - 1);
    return STATUS_OK;
}

/* The smallest tick of all sources but the top one: until there the top one needs no heap. */
static int64_t next_other_tick(const struct heap *heap)
{
    if (heap->n_nodes < 2)
        return INT64_MAX;
    int64_t tick = heap->nodes[1]->tick;
    if (heap->n_nodes > 2 && heap->nodes[2]->tick < tick)
        tick = heap->nodes[2]->tick;
    return tick;
}

/* Takes the smallest tick, which may stand in many sources, off the heap. Needs a source. */
static enum status pop_tick(struct heap *heap, int64_t *tick_out, uint64_t *count_out,
                            struct err *err)
{
    int64_t tick = heap->nodes[0]->tick;
    uint64_t count = 0;
    while (heap->n_nodes > 0 && heap->nodes[0]->tick == tick) {
        struct source *top = heap->nodes[0];
        bool found = false;
        if (__builtin_add_overflow(count, top->count, &count))
            return err_set(err, STATUS_LIMIT, "the events at tick %lld are more than 2^64 - 1",
                           (long long)tick);
        TRY(advance(top, &found, err));
        if (!found)
            heap->nodes[0] = heap->nodes[--heap->n_nodes];
        if (heap->n_nodes > 0)
            sift_down(heap, 0);
    }
    *tick_out = tick;
    *count_out = count;
    return STATUS_OK;
}

/* Writes the top source's ticks as long as no other source has one as small. */
static enum status drain_top(struct heap *heap, struct activity_writer *writer, struct err *err)
{
    struct source *top = heap->nodes[0];
    int64_t other_tick = next_other_tick(heap);
    bool found = true;
    while (found && top->tick < other_tick) {
        TRY(activity_writer_add(writer, top->tick, top->count, err));
        TRY(advance(top, &found, err));
    }
    if (!found)
        heap->nodes[0] = heap->nodes[--heap->n_nodes];
    if (heap->n_nodes > 0)
        sift_down(heap, 0);
    return STATUS_OK;
}

static enum status merge_sources(struct heap *heap, struct activity_writer *writer, struct err *err)
{
    while (heap->n_nodes > 0) {
        int64_t tick = 0;
        uint64_t count = 0;
        TRY(drain_top(heap, writer, err));
        if (heap->n_nodes == 0)
            break;
        TRY(pop_tick(heap, &tick, &count, err));
        TRY(activity_writer_add(writer, tick, count, err));
    }
    return activity_writer_finish(writer, err);
}

enum status activity_merge(const uint8_t *const *payloads, const size_t *payload_sizes_bytes,
                           size_t n_payloads, struct buf *scratch, struct buf *payload_out,
                           struct err *err)
{
    size_t start_bytes = payload_out->size_bytes;
    size_t bytes_per_source = sizeof(struct source) + sizeof(struct source *);
    uint8_t *room = NULL;
    if (n_payloads == 0)
        return STATUS_OK;
    if (n_payloads > SIZE_MAX / 2 / bytes_per_source)
        return err_set(err, STATUS_NOMEM, "out of memory for merging %zu states", n_payloads);
    buf_reset(scratch); /* so that `room` is aligned as the heap aligns it */
    TRY(buf_extend(scratch, n_payloads * bytes_per_source, &room, err));
    struct heap heap = {.sources = (void *)room,
                        .nodes = (void *)(room + n_payloads * sizeof(struct source))};
    struct activity_writer writer;
    activity_writer_init(&writer, payload_out);
    enum status status = open_sources(&heap, payloads, payload_sizes_bytes, n_payloads, err);
    if (status == STATUS_OK)
        status = merge_sources(&heap, &writer, err);
    if (status != STATUS_OK)
        payload_out->size_bytes = start_bytes;
    return status;
}
