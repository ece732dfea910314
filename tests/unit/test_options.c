/* options: the command line of every executable. */
#include "options.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

/* What was taken, one after the other. */
struct taken {
    char text[256];
};

static enum status note(struct taken *taken, const char *set, int option, const char *value)
{
    size_t used = strlen(taken->text);
    snprintf(taken->text + used, sizeof(taken->text) - used, "%s%d=%s ", set, option,
             value == NULL ? "-" : value);
    return STATUS_OK;
}

static enum status take_first(void *context, int option, const char *value, struct err *err)
{
    if (value != NULL && strcmp(value, "bad") == 0)
        return err_set(err, STATUS_USAGE, "expected good, found bad");
    return note(context, "a", option, value);
}

static enum status take_second(void *context, int option, const char *value, struct err *err)
{
    (void)err;
    return note(context, "b", option, value);
}

enum { MAX_ARGUMENTS = 8 };

/* Parses the words with the sets a (--name VALUE, --flag), one that is empty, and b (--other
 * VALUE). Returns what was taken or the message. */
static const char *parse(bool takes_words, const char *const *words)
{
    static const struct option first[] = {
        {"name", required_argument, NULL, 1}, {"flag", no_argument, NULL, 0}, {0}};
    static const struct option none[] = {{0}};
    static const struct option second[] = {{"other", required_argument, NULL, 1}, {0}};
    static struct taken taken;
    static struct err err;
    char copies[MAX_ARGUMENTS][32], *argv[MAX_ARGUMENTS + 1] = {0};
    int argc = 0;
    taken = (struct taken){0};
    for (; words[argc] != NULL; argc++) {
        snprintf(copies[argc], sizeof(copies[argc]), "%s", words[argc]);
        argv[argc] = copies[argc];
    }
    const struct options sets[] = {{first, take_first, &taken, takes_words},
                                   {none, take_second, &taken, false},
                                   {second, take_second, &taken, false}};
    return options_parse(argc, argv, sets, 3, &err) == STATUS_OK ? taken.text : err.message;
}

#define WORDS(...) ((const char *const[]){"program", __VA_ARGS__, NULL})

Test(options, each_set_takes_its_own)
{
    cr_expect_str_eq(parse(false, WORDS("--other", "x", "--flag", "--name=y", "--other", "--z")),
                     "b1=x a0=- a1=y b1=--z ");
}

Test(options, words_come_in_order_whatever_the_environment_says)
{
    cr_assert_eq(setenv("POSIXLY_CORRECT", "1", 1), 0);
    cr_expect_str_eq(parse(true, WORDS("w", "--name", "y", "-", "--", "--flag")),
                     "a-1=w a1=y a-1=- a-1=--flag ");
}

Test(options, what_is_wrong_is_named)
{
    cr_expect_str_eq(parse(false, WORDS("--flag", "w")), "expected options only, found 'w'");
    cr_expect_str_eq(parse(false, WORDS("--", "w")), "expected options only, found 'w'");
    cr_expect_str_eq(parse(false, WORDS("--flag", "--absent", "w")),
                     "expected an option and its value, found '--absent'");
    cr_expect_str_eq(parse(true, WORDS("w", "--other")),
                     "expected an option and its value, found '--other'");
    cr_expect_str_eq(parse(false, WORDS("--flag=1")),
                     "expected an option and its value, found '--flag=1'");
    cr_expect_str_eq(parse(false, WORDS("--name", "bad", "--absent")), "expected good, found bad");
}

Test(options, numbers_are_between_their_bounds)
{
    uint64_t number = 7;
    struct err err = {0};
    cr_expect_eq(options_number("--n", "0", "a number", 0, 9, &number, &err), STATUS_OK);
    cr_expect_eq(number, 0);
    cr_expect_eq(
        options_number("--n", "18446744073709551615", "a number", 1, UINT64_MAX, &number, &err),
        STATUS_OK);
    cr_expect_eq(number, UINT64_MAX);
    static const char *const refused[] = {
        "", "0", "10", "-5", "+5", " 5", "5 ", "5k", "18446744073709551621"};
    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
        cr_expect_eq(options_number("--n", refused[i], "a number", 1, 9, &number, &err),
                     STATUS_USAGE, "%s", refused[i]);
    cr_expect_str_eq(err.message, "--n: expected a number of 1 to 9, found '18446744073709551621'");
}

Test(options, sizes_have_suffixes)
{
    size_t size_bytes = 0;
    cr_expect_eq(options_size("--m", "1000", &size_bytes, NULL), STATUS_OK);
    cr_expect_eq(size_bytes, 1000);
    cr_expect_eq(options_size("--m", "64K", &size_bytes, NULL), STATUS_OK);
    cr_expect_eq(size_bytes, 65536);
    cr_expect_eq(options_size("--m", "17179869183G", &size_bytes, NULL), STATUS_OK);
    cr_expect_eq(size_bytes, SIZE_MAX - ((size_t)1 << 30) + 1);
    cr_expect_eq(options_size("--m", "17179869184G", &size_bytes, NULL), STATUS_USAGE);
}
