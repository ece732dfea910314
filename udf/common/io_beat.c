#include "io_beat.h"

enum { BEAT_MS = 1000 };

static enum status write_empty(struct io_beat *beat, struct err *err)
{
    struct iovec part = {beat->block.data, beat->block.size_bytes};
    beat->last_ms = io_now_ms();
    TRY(beat->output.write(beat->output.context, &part, 1, err));
    return io_wait(&beat->output, err);
}

static enum status read_beat(void *context, uint8_t *to, size_t capacity_bytes,
                             size_t *read_bytes_out, struct err *err)
{
    struct io_beat *beat = context;
    while (beat->block.size_bytes > 0) {
        int64_t left_ms = beat->last_ms + BEAT_MS - io_now_ms();
        if (left_ms > 0 && io_is_ready(beat->descriptor, POLLIN, (int)left_ms))
            break;
        if (io_now_ms() >= beat->last_ms + BEAT_MS)
            TRY(write_empty(beat, err));
    }
    return beat->input.read(beat->input.context, to, capacity_bytes, read_bytes_out, err);
}

static bool has_more(void *context)
{
    const struct io_beat *beat = context;
    return beat->input.has_more(beat->input.context);
}

static enum status write_beat(void *context, struct iovec *parts, size_t n_parts, struct err *err)
{
    struct io_beat *beat = context;
    beat->last_ms = io_now_ms();
    return beat->output.write(beat->output.context, parts, n_parts, err);
}

static enum status begin_beat(void *context, uint8_t first_byte, struct err *err)
{
    struct io_beat *beat = context;
    return beat->output.begin(beat->output.context, first_byte, err);
}

static enum status announce_beat(void *context, const struct buf *empty_block, struct err *err)
{
    struct io_beat *beat = context;
    buf_reset(&beat->block);
    TRY(buf_append(&beat->block, empty_block->data, empty_block->size_bytes, err));
    return write_empty(beat, err);
}

static enum status wait_beat(void *context, struct err *err)
{
    return io_wait(&((struct io_beat *)context)->output, err);
}

static enum status finish_beat(void *context, struct err *err)
{
    return io_finish(&((struct io_beat *)context)->output, err);
}

void io_beat_open(struct io_beat *beat, int descriptor, struct io_output output,
                  struct io_input *input_out, struct io_output *output_out)
{
    *beat = (struct io_beat){
        .descriptor = descriptor, .input = io_input_of_descriptor(descriptor), .output = output};
    *input_out = (struct io_input){.context = beat, .read = read_beat, .has_more = has_more};
    *output_out = (struct io_output){.context = beat,
                                     .begin = output.begin == NULL ? NULL : begin_beat,
                                     .announce = announce_beat,
                                     .write = write_beat,
                                     .wait = wait_beat,
                                     .finish = finish_beat};
}
