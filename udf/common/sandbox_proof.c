#include "sandbox_proof.h"

#include "sandbox.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_WENT_ON = 0, CHILD_WAS_REFUSED = 1 };

static _Noreturn void child_run(size_t max_memory_bytes)
{
    if (sandbox_enter(max_memory_bytes, NULL) != STATUS_OK)
        _exit(CHILD_WAS_REFUSED);
    (void)syscall(SYS_getppid);
    _exit(CHILD_WENT_ON);
}

enum status sandbox_prove(size_t max_memory_bytes, struct err *err)
{
    pid_t child = fork();
    if (child < 0)
        return err_set(err, STATUS_IO, "sandbox: cannot start a process: %s", strerror(errno));
    if (child == 0)
        child_run(max_memory_bytes);
    int how = 0;
    while (waitpid(child, &how, 0) < 0 && errno == EINTR)
        continue;
    if (WIFSIGNALED(how) && WTERMSIG(how) == SIGSYS)
        return STATUS_OK;
    /* The same here, for its message. */
    if (WIFEXITED(how) && WEXITSTATUS(how) == CHILD_WAS_REFUSED)
        TRY(sandbox_enter(max_memory_bytes, err));
    return err_set(err, STATUS_IO,
                   "sandbox: expected a forbidden system call to end the process, found status %d",
                   how);
}
