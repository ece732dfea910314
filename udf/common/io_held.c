#include "io_held.h"

#include <assert.h>

static enum status add_part(struct io_held *held, uint8_t *bytes, size_t size_bytes,
                            struct err *err)
{
    struct iovec part = {bytes, size_bytes};
    return size_bytes == 0 ? STATUS_OK : buf_append(&held->parts, &part, sizeof(part), err);
}

/* Begins a list of parts with the byte that was held back. */
static enum status release_byte(struct io_held *held, struct err *err)
{
    TRY(io_wait(&held->output, err)); /* for the parts before, which are in use */
    buf_reset(&held->parts);
    if (!held->holds_byte)
        return STATUS_OK;
    held->written_byte = held->held_byte;
    TRY(add_part(held, &held->written_byte, 1, err));
    held->holds_byte = false;
    return STATUS_OK;
}

static void hold_last_byte(struct io_held *held)
{
    struct iovec *last = (struct iovec *)(void *)(held->parts.data + held->parts.size_bytes) - 1;
    last->iov_len--;
    held->held_byte = ((const uint8_t *)last->iov_base)[last->iov_len];
    held->holds_byte = true;
}

static enum status send_parts(struct io_held *held, struct err *err)
{
    return held->output.write(held->output.context, (struct iovec *)(void *)held->parts.data,
                              held->parts.size_bytes / sizeof(struct iovec), err);
}

static enum status begin_held(void *context, uint8_t first_byte, struct err *err)
{
    struct io_held *held = context;
    assert(!held->holds_byte && !held->is_begun);
    held->written_byte = first_byte;
    TRY(add_part(held, &held->written_byte, 1, err));
    held->is_begun = true;
    return send_parts(held, err);
}

static enum status write_held(void *context, struct iovec *parts, size_t n_parts, struct err *err)
{
    struct io_held *held = context;
    TRY(release_byte(held, err));
    for (size_t i = 0; i < n_parts; i++)
        TRY(add_part(held, parts[i].iov_base, parts[i].iov_len, err));
    if (held->is_begun)
        (void)io_skip((struct iovec *)(void *)held->parts.data,
                      held->parts.size_bytes / sizeof(struct iovec), 0, 1);
    held->is_begun = false;
    hold_last_byte(held);
    return send_parts(held, err);
}

static enum status wait_held(void *context, struct err *err)
{
    return io_wait(&((struct io_held *)context)->output, err);
}

static enum status finish_held(void *context, struct err *err)
{
    struct io_held *held = context;
    assert(!held->is_begun);
    TRY(release_byte(held, err));
    if (held->parts.size_bytes > 0)
        TRY(send_parts(held, err));
    return io_finish(&held->output, err);
}

struct io_output io_held_open(struct io_held *held, struct io_output output)
{
    *held = (struct io_held){.output = output};
    /* For the last words of a program whose memory has run out; where there is none yet, later. */
    (void)!buf_reserve(&held->parts, 4 * sizeof(struct iovec), NULL);
    return (struct io_output){.context = held,
                              .begin = begin_held,
                              .write = write_held,
                              .wait = wait_held,
                              .finish = finish_held};
}
