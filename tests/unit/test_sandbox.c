/* sandbox: what a process can still do inside, and what ends it. Each case runs in a child. */
#include "io_behind.h"
#include "sandbox.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(undefined_behavior_sanitizer)
#define SANITIZED true
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

static void skip_where_the_filter_is_left_out(void)
{
    if (SANITIZED)
        cr_skip_test("a sanitizer's own run-time needs more than the sandbox leaves");
}

enum { LIMIT_BYTES = 1 << 30, REFUSED = 99 };

/* Runs `prepare` (may be NULL) in a child, and then, in the sandbox, `inside`. Returns what waitpid
 * reports. */
static int status_inside(bool (*prepare)(void), int (*inside)(void))
{
    int status = -1;
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        /* No core file of a child that is meant to die. */
        (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        if ((prepare != NULL && !prepare()) || sandbox_enter(LIMIT_BYTES, NULL) != STATUS_OK)
            _exit(REFUSED);
        _exit(inside());
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    return status;
}

static void expect_exit(bool (*prepare)(void), int (*inside)(void))
{
    int status = status_inside(prepare, inside);
    cr_assert(WIFEXITED(status), "ended by signal %d", WTERMSIG(status));
    cr_assert_eq(WEXITSTATUS(status), 0, "exit status %d", WEXITSTATUS(status));
}

static void expect_killed(bool (*prepare)(void), int (*inside)(void))
{
    int status = status_inside(prepare, inside);
    cr_assert(WIFSIGNALED(status), "exit status %d", WEXITSTATUS(status));
    cr_assert_eq(WTERMSIG(status), SIGSYS, "signal %d", WTERMSIG(status));
}

static int open_a_file(void)
{
    return open("/dev/null", O_RDONLY) >= 0 ? 0 : 1;
}

static int start_a_child(void)
{
    return fork() >= 0 ? 0 : 1;
}

static int open_a_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? 0 : 1;
}

Test(sandbox, ends_a_process_that_goes_outside)
{
    skip_where_the_filter_is_left_out();
    expect_killed(NULL, open_a_file);
    expect_killed(NULL, start_a_child);
    expect_killed(NULL, open_a_socket);
}

static int work_with_memory(void)
{
    enum { LARGE = 64 << 20 };
    char *small = malloc(100);
    char *large = malloc(LARGE);
    if (small == NULL || large == NULL)
        return 1;
    memset(large, 1, LARGE);
    char *larger = realloc(large, 2 * (size_t)LARGE);
    if (larger == NULL || larger[LARGE - 1] != 1)
        return 2;
    free(larger);
    free(small);
    return 0;
}

static int ask_for_too_much(void)
{
    /* volatile: the compiler may not see through a pair of malloc and free. */
    volatile size_t size_bytes = (size_t)2 * LIMIT_BYTES;
    void *memory = malloc(size_bytes);
    int status = memory == NULL ? 0 : 1;
    free(memory);
    return status;
}

Test(sandbox, leaves_memory_up_to_the_limit)
{
    skip_where_the_filter_is_left_out();
    expect_exit(NULL, work_with_memory);
    expect_exit(NULL, ask_for_too_much);
}

static int piped[2];

/* A pipe with a byte in it at 0, and its other end at 1 and 5. */
static bool move_pipe(void)
{
    return pipe(piped) == 0 && write(piped[1], "x", 1) == 1 && dup2(piped[0], STDIN_FILENO) == 0 &&
           dup2(piped[1], STDOUT_FILENO) == 1 && dup2(piped[1], 5) == 5;
}

static int echo_a_byte(void)
{
    char byte = 0;
    if (read(STDIN_FILENO, &byte, 1) != 1 || byte != 'x' || write(STDOUT_FILENO, "y", 1) != 1)
        return 1;
    return read(STDIN_FILENO, &byte, 1) == 1 && byte == 'y' ? 0 : 2;
}

Test(sandbox, leaves_reading_and_writing)
{
    expect_exit(move_pipe, echo_a_byte);
}

static int write_to_descriptor_five(void)
{
    return write(5, "x", 1) == -1 ? 0 : 1;
}

Test(sandbox, closes_what_it_inherited)
{
    expect_exit(move_pipe, write_to_descriptor_five);
}

/* An older kernel, or a container's profile: the system call is not there. */
static bool take_away_call(unsigned call)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static bool lack_close_range(void)
{
    return move_pipe() && take_away_call(SYS_close_range);
}

Test(sandbox, closes_what_it_inherited_on_an_older_kernel_too)
{
    expect_exit(lack_close_range, write_to_descriptor_five);
}

static bool lack_seccomp(void)
{
    return take_away_call(SYS_seccomp);
}

static int be_there(void)
{
    return 0;
}

Test(sandbox, refuses_to_run_without_the_filter)
{
    skip_where_the_filter_is_left_out();
    int status = status_inside(lack_seccomp, be_there);
    cr_assert(WIFEXITED(status));
    cr_assert_eq(WEXITSTATUS(status), REFUSED);
}

static struct io_behind behind;
static struct io_output output;

static enum status open_in_the_thread(void *context, struct iovec *parts, size_t n_parts,
                                      struct err *err)
{
    (void)context;
    (void)parts;
    (void)n_parts;
    (void)err;
    return open("/dev/null", O_RDONLY) >= 0 ? STATUS_OK : STATUS_IO;
}

static bool start_a_thread_that_opens(void)
{
    output = io_behind_start(&behind, (struct io_output){.write = open_in_the_thread}, false);
    return output.wait != NULL;
}

static bool start_a_thread_that_writes(void)
{
    output = io_behind_start(&behind, io_output_of_descriptor(STDOUT_FILENO), false);
    return output.wait != NULL && move_pipe();
}

static int write_in_the_thread(void)
{
    char byte = 'y';
    struct iovec part = {&byte, 1};
    if (output.write(output.context, &part, 1, NULL) != STATUS_OK ||
        io_wait(&output, NULL) != STATUS_OK)
        return 1;
    return read(STDIN_FILENO, &byte, 1) == 1 && read(STDIN_FILENO, &byte, 1) == 1 && byte == 'y'
               ? 0
               : 2;
}

Test(sandbox, holds_a_thread_that_was_there_before)
{
    skip_where_the_filter_is_left_out();
    expect_exit(start_a_thread_that_writes, write_in_the_thread);
    expect_killed(start_a_thread_that_opens, write_in_the_thread);
}
