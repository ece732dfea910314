#include "io_behind.h"

#include <malloc.h>

/* The thread calls nothing that needs more. */
enum { STACK_BYTES = 256 << 10 };

/* What is put aside goes on with the reader's pace; a new write waits at most this long for it. */
enum { RESUME_MS = 1 };

static enum status do_write(struct io_behind *behind)
{
    struct io_output *output = &behind->output;
    if (behind->parts == NULL)
        return io_finish(output, &behind->err);
    return output->write(output->context, behind->parts, behind->n_parts, &behind->err);
}

static enum status resume(struct io_behind *behind, int timeout_ms, bool *has_rest_out)
{
    struct io_output *output = &behind->output;
    if (output->resume == NULL)
        return STATUS_OK;
    return output->resume(output->context, timeout_ms, has_rest_out, &behind->err);
}

/* Writes what there is to write, or goes on with what is put aside. Called with the mutex, which is
 * free while the output works. */
static void work(struct io_behind *behind, bool writes)
{
    bool has_rest = false;
    (void)pthread_mutex_unlock(&behind->mutex);
    enum status status = writes ? do_write(behind) : STATUS_OK;
    if (status == STATUS_OK)
        status = resume(behind, writes ? 0 : RESUME_MS, &has_rest);
    (void)pthread_mutex_lock(&behind->mutex);
    behind->status = status;
    behind->has_rest = has_rest && status == STATUS_OK;
    if (writes)
        behind->is_writing = false;
}

static void *write_all(void *context)
{
    struct io_behind *behind = context;
    (void)pthread_mutex_lock(&behind->mutex);
    behind->is_running = true;
    (void)pthread_cond_broadcast(&behind->changed);
    while (!behind->ends) {
        if (behind->is_writing || behind->has_rest) {
            work(behind, behind->is_writing);
            (void)pthread_cond_broadcast(&behind->changed);
        } else {
            (void)pthread_cond_wait(&behind->changed, &behind->mutex);
        }
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
    if (status != STATUS_OK && err != NULL)
        *err = behind->err;
    (void)pthread_mutex_unlock(&behind->mutex);
    return status;
}

static enum status hand_over(struct io_behind *behind, struct iovec *parts, size_t n_parts,
                             struct err *err)
{
    TRY(wait_behind(behind, err));
    (void)pthread_mutex_lock(&behind->mutex);
    behind->parts = parts;
    behind->n_parts = n_parts;
    behind->is_writing = true;
    (void)pthread_cond_broadcast(&behind->changed);
    (void)pthread_mutex_unlock(&behind->mutex);
    return STATUS_OK;
}

static enum status write_behind(void *context, struct iovec *parts, size_t n_parts, struct err *err)
{
    return hand_over(context, parts, n_parts, err);
}

/* The caller writes by itself, which spares it waiting for the thread, unless the thread is at work
 * on what is put aside. */
static enum status write_and_wait(void *context, struct iovec *parts, size_t n_parts,
                                  struct err *err)
{
    struct io_behind *behind = context;
    TRY(wait_behind(behind, err));
    (void)pthread_mutex_lock(&behind->mutex);
    bool is_free = !behind->has_rest;
    if (is_free) {
        behind->parts = parts;
        behind->n_parts = n_parts;
        work(behind, true);
        if (behind->has_rest) /* the thread's part from here on */
            (void)pthread_cond_broadcast(&behind->changed);
    }
    (void)pthread_mutex_unlock(&behind->mutex);
    if (!is_free)
        TRY(hand_over(behind, parts, n_parts, err));
    return wait_behind(behind, err);
}

static enum status finish_behind(void *context, struct err *err)
{
    TRY(hand_over(context, NULL, 0, err));
    return wait_behind(context, err);
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

struct io_output io_behind_start(struct io_behind *behind, struct io_output output, bool waits)
{
    *behind = (struct io_behind){
        .output = output, .mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
#ifdef M_ARENA_MAX
    /* An arena of the thread's own would take a system call that a sandbox does not allow. */
    (void)mallopt(M_ARENA_MAX, 1);
#endif
    if (!start_thread(behind))
        return output;
    /* Its own first system calls are none that a sandbox allows. */
    (void)pthread_mutex_lock(&behind->mutex);
    while (!behind->is_running)
        (void)pthread_cond_wait(&behind->changed, &behind->mutex);
    (void)pthread_mutex_unlock(&behind->mutex);
    return (struct io_output){.context = behind,
                              .write = waits ? write_and_wait : write_behind,
                              .wait = wait_behind,
                              .finish = finish_behind};
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
