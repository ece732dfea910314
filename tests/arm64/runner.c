/*
 * Runs Criterion's tests where Criterion's own runner cannot: it starts each test by executing
 * itself, which an emulator of a processor does not carry. Here a test is a fork. What the macros
 * of Criterion call stands here instead of in its library; the tests need no more of it (no
 * fixtures, no signals expected).
 *
 * Prints `ok NAME`, `not ok NAME: what failed` and `skip NAME: reason`; status 1 where one failed.
 * Arguments are suites to skip: what they need the emulator has not.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* By the linker, around the section that the macro Test() fills. */
extern struct criterion_test *__start_cr_tst[];
extern struct criterion_test *__stop_cr_tst[];

enum { TEST_PASSED = 0, TEST_FAILED = 1, TEST_SKIPPED = 2, DEADLINE_S = 120 };

struct criterion_options criterion_options;
static void *parameter;
static bool failed;
static char name[256];

int cr_asprintf(char **text_out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vasprintf(text_out, format, arguments);
    va_end(arguments);
    return n;
}

void cr_asprintf_free(char *text)
{
    free(text);
}

char *cr_translate_assert_msg(int index, ...)
{
    (void)index;
    return strdup("an assertion without a message");
}

void cri_asserts_passed_incr(void)
{
}

void criterion_send_assert(struct criterion_assert_stats *assertion)
{
    if (assertion->passed)
        return;
    failed = true;
    printf("not ok %s: %s:%u: %s\n", name, assertion->file, assertion->line, assertion->message);
}

static _Noreturn void test_end(int status)
{
    fflush(stdout);
    _exit(status);
}

void criterion_abort_test(void)
{
    test_end(TEST_FAILED);
}

void criterion_continue_test(void)
{
}

void criterion_skip_test(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("skip %s: ", name);
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
    test_end(TEST_SKIPPED);
}

void criterion_internal_test_setup(void)
{
}

void criterion_internal_test_main(void (*test)(void))
{
    if (parameter != NULL)
        ((void (*)(void *))test)(parameter);
    else
        test();
}

void criterion_internal_test_teardown(void)
{
}

/* Whether it passed or was skipped. */
static bool test_run(const struct criterion_test *test)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        alarm(DEADLINE_S);
        test->test();
        test_end(failed ? TEST_FAILED : TEST_PASSED);
    }
    int how = 0;
    if (child < 0 || waitpid(child, &how, 0) < 0)
        how = -1;
    if (WIFEXITED(how) && WEXITSTATUS(how) == TEST_PASSED)
        printf("ok %s\n", name);
    else if (!WIFEXITED(how))
        printf("not ok %s: ended with wait status %d\n", name, how);
    return WIFEXITED(how) && WEXITSTATUS(how) != TEST_FAILED;
}

static size_t test_run_all(const struct criterion_test *test)
{
    size_t n_failed = 0;
    struct criterion_test_params list = {.length = 1};
    if (test->data->kind_ == CR_TEST_PARAMETERIZED)
        list = test->data->param_();
    for (size_t i = 0; i < list.length; i++) {
        parameter = list.params == NULL ? NULL : (char *)list.params + i * list.size;
        snprintf(name, sizeof(name), "%s::%s", test->category, test->name);
        n_failed += !test_run(test);
    }
    return n_failed;
}

static bool is_skipped(const struct criterion_test *test, char **suites)
{
    for (; *suites != NULL; suites++)
        if (strcmp(test->category, *suites) == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    (void)argc;
    size_t n_failed = 0;
    for (struct criterion_test **test = __start_cr_tst; test < __stop_cr_tst; test++) {
        if (*test == NULL)
            continue;
        if (is_skipped(*test, argv + 1))
            printf("skip %s::%s: not in this emulator\n", (*test)->category, (*test)->name);
        else
            n_failed += test_run_all(*test);
    }
    return n_failed != 0;
}
