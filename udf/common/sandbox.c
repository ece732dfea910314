#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define SANDBOX_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define SANDBOX_ARCH AUDIT_ARCH_AARCH64
#else
#error "the sandbox knows x86-64 and 64-bit Arm"
#endif

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(undefined_behavior_sanitizer) || \
    __has_feature(memory_sanitizer)
#define SANDBOX_SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANDBOX_SANITIZED 1
#endif

static enum status refused(const char *step, struct err *err)
{
    return err_set(err, STATUS_IO, "sandbox: %s: %s", step, strerror(errno));
}

/* On a kernel before 5.9, which has no close_range(). */
static enum status close_listed_descriptors(struct err *err)
{
    DIR *folder = opendir("/proc/self/fd");
    if (folder == NULL)
        return refused("cannot list the open descriptors", err);
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        int descriptor = atoi(entry->d_name); /* 0 for . and .. */
        if (descriptor > STDERR_FILENO && descriptor != dirfd(folder))
            (void)close(descriptor);
    }
    (void)closedir(folder);
    return STATUS_OK;
}

/* Children inherit the server's descriptors; none of them is ours to hold. */
static enum status close_other_descriptors(struct err *err)
{
    if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0) == 0)
        return STATUS_OK;
    return close_listed_descriptors(err);
}

/* A core file would hold users' data, and so would what another process of the user could read. */
static enum status forbid_dumps(struct err *err)
{
    if (setrlimit(RLIMIT_CORE, &(struct rlimit){0}) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
        return refused("cannot forbid core files", err);
    return STATUS_OK;
}

static enum status limit_memory(size_t max_memory_bytes, struct err *err)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0)
        return refused("cannot read the memory limit", err);
    if (limit.rlim_cur < max_memory_bytes) /* RLIM_INFINITY is the largest value */
        max_memory_bytes = limit.rlim_cur;
    limit.rlim_cur = max_memory_bytes;
    limit.rlim_max = max_memory_bytes;
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        return refused("cannot limit the memory", err);
    return STATUS_OK;
}

#ifdef SANDBOX_WITHOUT_FILTER /* for valgrind, in a build of its own */
static enum status filter_system_calls(struct err *err)
{
    (void)err;
    return STATUS_OK;
}
#elif !defined(SANDBOX_SANITIZED)
/* What poll() calls; 64-bit Arm has no SYS_poll. */
#if defined(SYS_poll)
#define SANDBOX_POLL SYS_poll
#else
#define SANDBOX_POLL SYS_ppoll
#endif

/* The system calls of the block loop and of malloc. */
static const int allowed_calls[] = {
    SYS_read,   SYS_readv,      SYS_write,        SYS_writev,   SYS_mmap,
    SYS_munmap, SYS_mremap,     SYS_brk,          SYS_madvise,  SYS_futex,
    SYS_exit,   SYS_exit_group, SYS_rt_sigreturn, SANDBOX_POLL, SYS_clock_gettime,
};

/* Anything else ends the process, with SIGSYS, which the server reports. */
static enum status filter_system_calls(struct err *err)
{
    enum { N_CALLS = sizeof(allowed_calls) / sizeof(allowed_calls[0]) };
    struct sock_filter filter[5 + N_CALLS + 1] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SANDBOX_ARCH, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    };
    for (unsigned i = 0; i < N_CALLS; i++)
        filter[4 + i] = (struct sock_filter)BPF_JUMP(
            BPF_JMP | BPF_JEQ | BPF_K, (unsigned)allowed_calls[i], (unsigned char)(N_CALLS - i), 0);
    filter[4 + N_CALLS] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    filter[5 + N_CALLS] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};
    /* For a thread that is already there too. */
    long thread =
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    if (thread > 0)
        return err_set(err, STATUS_IO, "sandbox: cannot filter system calls of thread %ld", thread);
    return thread == 0 ? STATUS_OK : refused("cannot filter system calls", err);
}
#endif

enum status sandbox_enter(size_t max_memory_bytes, struct err *err)
{
    TRY(close_other_descriptors(err));
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return refused("cannot give up new privileges", err);
    TRY(forbid_dumps(err));
#ifdef SANDBOX_SANITIZED
    (void)limit_memory;
    (void)max_memory_bytes;
    return STATUS_OK;
#else
    TRY(limit_memory(max_memory_bytes, err));
    return filter_system_calls(err);
#endif
}
