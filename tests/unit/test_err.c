/* err: one line of what went wrong. */
#include "err.h"

#include <criterion/criterion.h>
#include <stdbool.h>

Test(err, keeps_code_and_message)
{
    struct err err = {0};
    cr_assert_eq(err_set(&err, STATUS_LIMIT, "expected %d, found %s", 3, "four"), STATUS_LIMIT);
    cr_assert_eq(err.code, STATUS_LIMIT);
    cr_assert_str_eq(err.message, "expected 3, found four");
    err_prefix(&err, "row %d", 7);
    err_prefix(&err, "column '%s'", "times");
    cr_assert_str_eq(err.message, "column 'times': row 7: expected 3, found four");
    cr_assert_eq(err.code, STATUS_LIMIT);
}

Test(err, may_be_absent)
{
    cr_assert_eq(err_set(NULL, STATUS_IO, "nobody reads this"), STATUS_IO);
    err_prefix(NULL, "nor this");
}

Test(err, cuts_what_is_too_long)
{
    char text[2000];
    struct err err = {0};
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    (void)err_set(&err, STATUS_FORMAT, "%s", text);
    cr_assert_eq(strlen(err.message), sizeof(err.message) - 1);
    err_prefix(&err, "row 1");
    cr_assert_eq(strlen(err.message), sizeof(err.message) - 1);
    cr_assert_eq(memcmp(err.message, "row 1: xxx", 10), 0);
    err_prefix(&err, "%s", text);
    cr_assert_eq(strlen(err.message), sizeof(err.message) - 1);
}

static enum status try_it(enum status status, bool *reached_out)
{
    TRY(status);
    *reached_out = true;
    return STATUS_OK;
}

Test(err, try_returns_early)
{
    bool reached = false;
    cr_assert_eq(try_it(STATUS_CHECKSUM, &reached), STATUS_CHECKSUM);
    cr_assert(!reached);
    cr_assert_eq(try_it(STATUS_OK, &reached), STATUS_OK);
    cr_assert(reached);
}
