/*
 * A hook for test builds: a program that turns against its machine once it has read its first
 * bytes, as one would that its input has taken over. ATTACK in the environment names the system
 * call, with ATTACK_FILE, a file that is not there, and ATTACK_PROCESS, another process. With
 * ATTACK_AT_START the same happens before anything else, outside the sandbox. Exit status 77: the
 * call came back, whatever it answered.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CAME_BACK = 77, UNKNOWN = 78 };

static const char *file;
static long process;
static char memory[64];

static void attack_open(void)
{
    (void)syscall(SYS_openat, AT_FDCWD, file, O_CREAT | O_RDWR, 0600);
}

static void attack_unlink(void)
{
    (void)syscall(SYS_unlinkat, AT_FDCWD, file, 0);
}

static void attack_socket(void)
{
    (void)syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
}

/* What phoenix_scan may and no other program: as it opens, connects and closes its sockets. */
static void attack_tcp(void)
{
    (void)syscall(SYS_socket, AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static void attack_connect(void)
{
    (void)syscall(SYS_connect, -1, NULL, 0);
}

static void attack_close(void)
{
    (void)syscall(SYS_close, -1);
}

static void attack_udp(void)
{
    (void)syscall(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static void attack_local_socket(void)
{
    (void)syscall(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static void attack_exec(void)
{
    char *const words[] = {NULL};
    (void)syscall(SYS_execve, "/no/such/program", words, words);
}

/* The child ends at once, and the parent goes on. */
static void attack_fork(void)
{
    if (syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) == 0)
        (void)syscall(SYS_exit_group, 0);
}

static void attack_thread(void)
{
    static char stack[4096] __attribute__((aligned(16)));
    (void)syscall(SYS_clone, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND, stack, NULL, NULL,
                  NULL);
}

static void attack_ptrace(void)
{
    (void)syscall(SYS_ptrace, PTRACE_SEIZE, process, NULL, NULL);
}

static void attack_read_memory(void)
{
    struct iovec here = {memory, sizeof(memory)}, there = {memory, sizeof(memory)};
    (void)syscall(SYS_process_vm_readv, process, &here, 1, &there, 1, 0);
}

static void attack_write_memory(void)
{
    struct iovec here = {memory, sizeof(memory)}, there = {memory, sizeof(memory)};
    (void)syscall(SYS_process_vm_writev, process, &here, 1, &there, 1, 0);
}

static void attack_kill(void)
{
    (void)syscall(SYS_kill, process, SIGCONT);
}

static void attack_privileges(void)
{
    (void)syscall(SYS_setuid, 0);
}

static void attack_mount(void)
{
    (void)syscall(SYS_mount, "none", "/no/such/folder", "tmpfs", 0, NULL);
}

static void attack_memory_file(void)
{
    (void)syscall(SYS_memfd_create, "name", 0);
}

/* The limit on memory. */
static void attack_limit(void)
{
    (void)syscall(SYS_prlimit64, 0, RLIMIT_AS, NULL, NULL);
}

static void attack_ring(void)
{
    (void)syscall(SYS_io_uring_setup, 1, NULL);
}

#if defined(__x86_64__)
/* The numbers of another table: 5 is open() there. */
static void attack_other_table(void)
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(5), "b"(0), "c"(0), "d"(0) : "memory");
}

static void attack_x32(void)
{
    (void)syscall(0x40000000 | SYS_openat, AT_FDCWD, file, O_RDONLY);
}
#endif

static const struct attack {
    const char *name;
    void (*run)(void);
} attacks[] = {
    {"open", attack_open},
    {"unlink", attack_unlink},
    {"socket", attack_socket},
    {"tcp", attack_tcp},
    {"connect", attack_connect},
    {"close", attack_close},
    {"udp", attack_udp},
    {"local_socket", attack_local_socket},
    {"exec", attack_exec},
    {"fork", attack_fork},
    {"thread", attack_thread},
    {"ptrace", attack_ptrace},
    {"read_memory", attack_read_memory},
    {"write_memory", attack_write_memory},
    {"kill", attack_kill},
    {"privileges", attack_privileges},
    {"mount", attack_mount},
    {"memory_file", attack_memory_file},
    {"limit", attack_limit},
    {"ring", attack_ring},
#if defined(__x86_64__)
    {"other_table", attack_other_table},
    {"x32", attack_x32},
#endif
};

static void run_attack(const char *name)
{
    const char *text = getenv("ATTACK_PROCESS");
    file = getenv("ATTACK_FILE");
    process = text == NULL ? 0 : atol(text);
    for (size_t i = 0; i < sizeof(attacks) / sizeof(*attacks); i++) {
        if (strcmp(name, attacks[i].name) == 0) {
            attacks[i].run();
            _exit(CAME_BACK);
        }
    }
    _exit(UNKNOWN);
}

__attribute__((constructor)) static void attack_at_start(void)
{
    const char *name = getenv("ATTACK");
    if (name != NULL && getenv("ATTACK_AT_START") != NULL)
        run_attack(name);
}

/* The linker calls them so: what the program calls read(), and the system's. */
ssize_t __real_read(int descriptor, void *to, size_t size_bytes);
ssize_t __wrap_read(int descriptor, void *to, size_t size_bytes);

ssize_t __wrap_read(int descriptor, void *to, size_t size_bytes)
{
    ssize_t n = __real_read(descriptor, to, size_bytes);
    const char *name = getenv("ATTACK");
    if (n > 0 && name != NULL)
        run_attack(name);
    return n;
}
