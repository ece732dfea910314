#include "io_behind.h"

/* The thread calls nothing that needs more. */
enum { STACK_BYTES = 256 << 10 };

static void write_one(struct io_behind *behind)
{
    (void)pthread_mutex_unlock(&behind->mutex);
    enum status status =
        behind->output.write(behind->output.context, behind->parts, behind->n_parts, &behind->err);
    (void)pthread_mutex_lock(&behind->mutex);
    behind->status = status;
    behind->is_writing = false;
    (void)pthread_cond_broadcast(&behind->changed);
}

static void *write_all(void *context)
{
    struct io_behind *behind = context;
    (void)pthread_mutex_lock(&behind->mutex);
    behind->is_running = true;
    (void)pthread_cond_broadcast(&behind->changed);
    while (!behind->ends) {
        if (behind->is_writing)
            write_one(behind);
        else
            (void)pthread_cond_wait(&behind->changed, &behind->mutex);
    }
    (void)pthread_mutex_unlock(&behind->mutex);
    return NULL;
}

static enum status wait_behind(void *context, struct err *err)
{
    struct io_behind *behind = context;
    (void)pthread_mutex_lock(&behind->mutex);
    while (behind->is_writing)
        (void)pthread_cond_wait(&behind->changed, &behind->mutex);
    enum status status = behind->status;
    (void)pthread_mutex_unlock(&behind->mutex);
    if (status != STATUS_OK && err != NULL)
        *err = behind->err;
    return status;
}

static enum status write_behind(void *context, struct iovec *parts, size_t n_parts, struct err *err)
{
    struct io_behind *behind = context;
    TRY(wait_behind(behind, err));
    (void)pthread_mutex_lock(&behind->mutex);
    behind->parts = parts;
    behind->n_parts = n_parts;
    behind->is_writing = true;
    (void)pthread_cond_broadcast(&behind->changed);
    (void)pthread_mutex_unlock(&behind->mutex);
    return STATUS_OK;
}

static bool start_thread(struct io_behind *behind)
{
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    bool starts = pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0 &&
                  pthread_create(&behind->thread, &attributes, write_all, behind) == 0;
    (void)pthread_attr_destroy(&attributes);
    return starts;
}

struct io_output io_behind_start(struct io_behind *behind, struct io_output output)
{
    *behind = (struct io_behind){
        .output = output, .mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    if (!start_thread(behind))
        return output;
    /* Its own first system calls are none that a sandbox allows. */
    (void)pthread_mutex_lock(&behind->mutex);
    while (!behind->is_running)
        (void)pthread_cond_wait(&behind->changed, &behind->mutex);
    (void)pthread_mutex_unlock(&behind->mutex);
    return (struct io_output){.context = behind, .write = write_behind, .wait = wait_behind};
}

void io_behind_end(struct io_behind *behind)
{
    if (!behind->is_running)
        return;
    (void)wait_behind(behind, NULL);
    (void)pthread_mutex_lock(&behind->mutex);
    behind->ends = true;
    (void)pthread_cond_broadcast(&behind->changed);
    (void)pthread_mutex_unlock(&behind->mutex);
    (void)pthread_join(behind->thread, NULL);
    behind->is_running = false;
}
