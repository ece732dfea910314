#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
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
static enum status close_listed_descriptors(int first, struct err *err)
{
    DIR *folder = opendir("/proc/self/fd");
    if (folder == NULL)
        return refused("cannot list the open descriptors", err);
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        int descriptor = atoi(entry->d_name); /* 0 for . and .. */
        if (descriptor >= first && descriptor != dirfd(folder))
            (void)close(descriptor);
    }
    (void)closedir(folder);
    return STATUS_OK;
}

/* Children inherit the server's descriptors; none of them is ours to hold. */
static enum status close_descriptors(int first, struct err *err)
{
    if (syscall(SYS_close_range, first, ~0U, 0) == 0)
        return STATUS_OK;
    return close_listed_descriptors(first, err);
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
static enum status filter_system_calls(bool has_network, struct err *err)
{
    (void)has_network;
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

/* The system calls of the block loop and of malloc; then those of a network, socket() apart. */
static const int allowed_calls[] = {
    SYS_read,         SYS_readv,    SYS_write,         SYS_writev,  SYS_mmap,  SYS_munmap,
    SYS_mremap,       SYS_brk,      SYS_madvise,       SYS_futex,   SYS_exit,  SYS_exit_group,
    SYS_rt_sigreturn, SANDBOX_POLL, SYS_clock_gettime, SYS_connect, SYS_close,
};

enum {
    N_NETWORK_CALLS = 2,
    N_CALLS = sizeof(allowed_calls) / sizeof(allowed_calls[0]),
    MAX_INSTRUCTIONS = 2 * N_CALLS + 16,
};

struct filter {
    struct sock_filter code[MAX_INSTRUCTIONS];
    unsigned n;
};

static void add(struct filter *filter, struct sock_filter instruction)
{
    filter->code[filter->n++] = instruction;
}

static void add_load(struct filter *filter, size_t offset)
{
    add(filter, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

/* Steps over as many instructions where the value is, or is not, that one. */
static void add_test(struct filter *filter, unsigned value, unsigned if_equal, unsigned if_other)
{
    add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value,
                                             (unsigned char)if_equal, (unsigned char)if_other));
}

static void add_answer(struct filter *filter, unsigned answer)
{
    add(filter, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, answer));
}

/* socket() of TCP only, as the program opens it: no other family, no raw packets. An argument's
 * lower half stands first. */
static void add_socket(struct filter *filter)
{
    add_test(filter, SYS_socket, 0, 6);
    add_load(filter, offsetof(struct seccomp_data, args[0]));
    add_test(filter, AF_INET, 1, 0);
    add_test(filter, AF_INET6, 0, 3);
    add_load(filter, offsetof(struct seccomp_data, args[1]));
    add_test(filter, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, 1);
    add_answer(filter, SECCOMP_RET_ALLOW);
}

/* Anything else ends the process, with SIGSYS, which the server reports. */
static void write_filter(struct filter *filter, bool has_network)
{
    add_load(filter, offsetof(struct seccomp_data, arch));
    add_test(filter, SANDBOX_ARCH, 1, 0);
    add_answer(filter, SECCOMP_RET_KILL_PROCESS);
    add_load(filter, offsetof(struct seccomp_data, nr));
    for (unsigned i = 0; i < N_CALLS - (has_network ? 0 : N_NETWORK_CALLS); i++) {
        add_test(filter, (unsigned)allowed_calls[i], 0, 1);
        add_answer(filter, SECCOMP_RET_ALLOW);
    }
    if (has_network)
        add_socket(filter);
    add_answer(filter, SECCOMP_RET_KILL_PROCESS);
}

static enum status filter_system_calls(bool has_network, struct err *err)
{
    struct filter filter = {.n = 0};
    write_filter(&filter, has_network);
    struct sock_fprog program = {(unsigned short)filter.n, filter.code};
    /* For a thread that is already there too. */
    long thread =
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    if (thread > 0)
        return err_set(err, STATUS_IO, "sandbox: cannot filter system calls of thread %ld", thread);
    return thread == 0 ? STATUS_OK : refused("cannot filter system calls", err);
}
#endif

static enum status enter(size_t max_memory_bytes, int first_closed, bool has_network,
                         struct err *err)
{
    TRY(close_descriptors(first_closed, err));
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return refused("cannot give up new privileges", err);
    TRY(forbid_dumps(err));
#ifdef SANDBOX_SANITIZED
    (void)limit_memory;
    (void)max_memory_bytes;
    (void)has_network;
    return STATUS_OK;
#else
    TRY(limit_memory(max_memory_bytes, err));
    return filter_system_calls(has_network, err);
#endif
}

enum status sandbox_enter(size_t max_memory_bytes, struct err *err)
{
    return enter(max_memory_bytes, STDERR_FILENO + 1, false, err);
}

enum status sandbox_enter_with_network(size_t max_memory_bytes, int first_closed, struct err *err)
{
    return enter(max_memory_bytes, first_closed, true, err);
}
