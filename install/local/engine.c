#include "engine.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* ISO C has no conversion from void * to a function; POSIX promises that the bytes are the same. */
static bool symbol_load(void *library, const char *name, void *function_out, struct err *err)
{
    void *symbol = dlsym(library, name);
    if (symbol == NULL) {
        err_set(err, STATUS_VERSION,
                "the engine has no function %s; `make engine` fetches one "
                "that does",
                name);
        return false;
    }
    memcpy(function_out, &symbol, sizeof(symbol));
    return true;
}

enum status engine_load(struct engine *engine, const char *path, struct err *err)
{
    if (access(path, R_OK) != 0)
        return err_set(err, STATUS_IO,
                       "no engine at %s: run `make engine`, or name a libchdb.so in "
                       "SALTWELL_ENGINE",
                       path);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return err_set(err, STATUS_IO, "cannot load the engine: %s", dlerror());
    bool complete = symbol_load(library, "chdb_query_cmdline", &engine->query_cmdline, err) &&
                    symbol_load(library, "chdb_result_buffer", &engine->result_buffer, err) &&
                    symbol_load(library, "chdb_result_length", &engine->result_length, err) &&
                    symbol_load(library, "chdb_result_elapsed", &engine->result_elapsed, err) &&
                    symbol_load(library, "chdb_result_error", &engine->result_error, err) &&
                    symbol_load(library, "chdb_set_signal_handlers_enabled",
                                &engine->set_signal_handlers_enabled, err);
    return complete ? STATUS_OK : STATUS_VERSION;
}

enum status engine_block_signals(int *fd_out, struct err *err)
{
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGHUP);
    if (pthread_sigmask(SIG_BLOCK, &ending, NULL) != 0)
        return err_set(err, STATUS_IO, "cannot block signals");
    int fd = signalfd(-1, &ending, SFD_CLOEXEC);
    if (fd < 0)
        return err_set(err, STATUS_IO, "cannot watch signals: %s", strerror(errno));
    *fd_out = fd;
    return STATUS_OK;
}

static void *engine_thread(void *argument)
{
    struct engine_run *run = argument;
    run->result = run->engine->query_cmdline(run->argc, run->argv);
    close(run->done_write_fd);
    return NULL;
}

enum status engine_start(struct engine_run *run, const struct engine *engine, int argc, char **argv,
                         struct err *err)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0)
        return err_set(err, STATUS_IO, "cannot make a pipe: %s", strerror(errno));
    *run = (struct engine_run){
        .engine = engine, .argv = argv, .argc = argc, .done_fd = fds[0], .done_write_fd = fds[1]};
    int failure = pthread_create(&run->thread, NULL, engine_thread, run);
    if (failure != 0) {
        close(fds[0]);
        close(fds[1]);
        return err_set(err, STATUS_IO, "cannot start a thread: %s", strerror(failure));
    }
    return STATUS_OK;
}

enum engine_event engine_wait(const struct engine_run *run, int signal_fd, int timeout_ms)
{
    struct pollfd fds[2] = {{.fd = run->done_fd, .events = POLLIN},
                            {.fd = signal_fd, .events = POLLIN}};
    int n;
    do
        n = poll(fds, 2, timeout_ms);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return ENGINE_NOTHING;
    return fds[0].revents != 0 ? ENGINE_ENDED : ENGINE_SIGNAL;
}

int engine_read_signal(int signal_fd)
{
    struct signalfd_siginfo info = {0};
    ssize_t n = read(signal_fd, &info, sizeof(info));
    return n > 0 ? (int)info.ssi_signo : SIGTERM;
}

/* The engine's message without the stack trace that some exceptions carry. */
static enum status engine_failure(const char *message, struct err *err)
{
    const char *trace = strstr(message, ", Stack trace (when copying");
    size_t n = trace != NULL ? (size_t)(trace - message) : strlen(message);
    return err_set(err, STATUS_FORMAT, "%.*s", n > 400 ? 400 : (int)n, message);
}

enum status engine_finish(struct engine_run *run, struct err *err)
{
    pthread_join(run->thread, NULL);
    close(run->done_fd);
    if (run->result == NULL)
        return STATUS_OK; /* the engine's own --help has no result */
    const char *message = run->engine->result_error(run->result);
    if (message != NULL)
        return engine_failure(message, err);
    char *output = run->engine->result_buffer(run->result);
    /* A failed query leaves no message here, it went to stderr. What gives it away is the clock: it
     * is set only by a command line that came to its end. */
    if (output == NULL && run->engine->result_elapsed(run->result) <= 0)
        return err_set(err, STATUS_FORMAT, "%s", "");
    size_t size_bytes = run->engine->result_length(run->result);
    if (size_bytes > 0 && fwrite(output, 1, size_bytes, stdout) != size_bytes)
        return err_set(err, STATUS_IO, "cannot write the result: %s", strerror(errno));
    if (fflush(stdout) != 0)
        return err_set(err, STATUS_IO, "cannot write the result: %s", strerror(errno));
    return STATUS_OK;
}
