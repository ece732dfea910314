/* The statements around executable(): what a description is read as, and what is written of it.
 * That the server takes them is tests/cli/test_stream_sql.sh's to show. */
#include "sql_merge.h"
#include "sql_period.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static const char events[] = "ts\tDateTime(\\'UTC\\')\n"
                             "user id\tUInt64\n"
                             "value\tInt32\tDEFAULT\n"
                             "gone\tUInt8\tEPHEMERAL\n";

static enum status read_table(struct sql_table *table, const void *description, size_t size_bytes,
                              const char *keys, struct err *err)
{
    int file = memfd_create("description", 0);
    cr_assert_geq(file, 0);
    cr_assert_eq(write(file, description, size_bytes), (ssize_t)size_bytes);
    cr_assert_eq(lseek(file, 0, SEEK_SET), 0);
    *table = (struct sql_table){0};
    enum status status = sql_table_read(table, file, keys, err);
    cr_assert_eq(close(file), 0);
    return status;
}

static void expect_columns(const void *description, size_t size_bytes, const char *const *expected,
                           size_t n_expected)
{
    struct sql_table table;
    struct err err = {0};
    cr_assert_eq(read_table(&table, description, size_bytes, "b", &err), STATUS_OK, "%s",
                 err.message);
    cr_expect_eq(table.n_keys, 1);
    cr_assert_eq(sql_table_count(&table), n_expected);
    for (size_t i = 0; i < n_expected; i++) {
        cr_expect_str_eq(sql_table_columns(&table)[i].name, expected[2 * i]);
        cr_expect_str_eq(sql_table_columns(&table)[i].type, expected[2 * i + 1]);
    }
    sql_table_free(&table);
}

Test(sql, a_table_is_read_in_every_form)
{
    static const char *const plain[] = {"b", "String", "a\tx", "Enum8('it''s' = 1)"};
    static const char *const broken[] = {"b", "Tuple(x UInt8, y UInt8)"};
    static const char escaped[] = "a\\tx\tEnum8(\\'it\\'\\'s\\' = 1)\nb\tString\n";
    static const char native[] = "\2\2"
                                 "\4name\6String\3a\tx\1b"
                                 "\4type\6String\x12"
                                 "Enum8('it''s' = 1)\6String";
    static const char lines[] = "b\tTuple(\\n    x UInt8,\\n    y UInt8)\n";
    expect_columns(escaped, sizeof(escaped) - 1, plain, 2);
    expect_columns(native, sizeof(native) - 1, plain, 2);
    expect_columns(lines, sizeof(lines) - 1, broken, 1);
}

static void expect_refused(const char *description, const char *keys, enum status expected,
                           const char *fragment)
{
    struct sql_table table;
    struct err err = {0};
    cr_expect_eq(read_table(&table, description, strlen(description), keys, &err), expected,
                 "%s: %s", description, err.message);
    cr_expect(strstr(err.message, fragment) != NULL, "expected '%s' in '%s'", fragment,
              err.message);
    sql_table_free(&table);
}

Test(sql, what_is_no_table_is_refused)
{
    expect_refused("", "a", STATUS_FORMAT, "expected");
    expect_refused("a\n", "a", STATUS_FORMAT, "row 1: expected a column's name and type");
    expect_refused("a\tUInt8\nb\t\n", "a", STATUS_FORMAT, "row 2: expected a column's name");
    expect_refused("a\tUInt8\n", "a,b", STATUS_MISMATCH, "--keys");
    expect_refused("a\tUInt8\tEPHEMERAL\nb\tUInt8\n", "a", STATUS_MISMATCH, "found 'a'");
}

/* The statement of one of the two, as a text that the caller frees. */
static struct buf write_period(const struct sql_request *request,
                               const struct period_options *options)
{
    struct buf statement = {0};
    struct err err = {0};
    cr_assert_eq(sql_period(request, options, &statement, &err), STATUS_OK, "%s", err.message);
    cr_assert_eq(buf_append_u8(&statement, 0, NULL), STATUS_OK);
    return statement;
}

Test(sql, rows_keep_their_columns)
{
    struct sql_table table;
    cr_assert_eq(read_table(&table, events, sizeof(events) - 1, "user id", NULL), STATUS_OK);
    const struct sql_request request = {.table = &table, .from = "db.events"};
    const struct period_options options = {
        .n_keys = 1, .time = "ts", .rule = {.gap = 30, .max_span = 900}};
    struct buf statement = write_period(&request, &options);
    cr_expect_str_eq(
        (const char *)statement.data,
        "SELECT *\n"
        "FROM executable(\n"
        "    'period_stream --keys 1 --time ts --gap 30 --max-span 900 --heartbeat',\n"
        "    Native,\n"
        "    '`user id` UInt64, ts DateTime(\\'UTC\\'), value Int32, period_id UInt64, "
        "period_number UInt32, is_first_in_period UInt8',\n"
        "    (SELECT `user id`, ts, value FROM db.events ORDER BY `user id`, ts),\n"
        "    SETTINGS stderr_reaction = 'throw', command_read_timeout = 600000, "
        "command_write_timeout = 60000)\n");
    buf_free(&statement);
    sql_table_free(&table);
}

Test(sql, ranges_and_a_cluster_read_every_row_once)
{
    struct sql_table table;
    cr_assert_eq(read_table(&table, events, sizeof(events) - 1, "user id", NULL), STATUS_OK);
    const struct sql_request request = {
        .table = &table, .from = "events", .cluster = "two", .n_ranges = 3};
    const struct period_options options = {
        .n_keys = 1, .time = "ts", .rule.gap = 30, .emit = PERIOD_EMIT_PERIODS};
    struct buf statement = write_period(&request, &options);
    const char *text = (const char *)statement.data;
    cr_expect_eq(strstr(text, "SELECT *\nFROM cluster('two', view(\n"), text, "%s", text);
    for (int range = 0; range < 3; range++) {
        char condition[80];
        snprintf(condition, sizeof(condition), "cityHash64(tuple(`user id`), 1) %% 3 = %d ", range);
        const char *found = strstr(text, condition);
        cr_assert_not_null(found, "%s", condition);
        cr_expect_null(strstr(found + 1, condition));
    }
    buf_free(&statement);
    sql_table_free(&table);
}

Test(sql, one_range_is_the_whole)
{
    struct sql_table table;
    cr_assert_eq(read_table(&table, events, sizeof(events) - 1, "user id", NULL), STATUS_OK);
    const struct sql_request request = {.table = &table, .from = "events", .n_ranges = 1};
    const struct period_options options = {.n_keys = 1, .time = "ts", .rule.gap = 30};
    struct buf statement = write_period(&request, &options);
    cr_expect_null(strstr((const char *)statement.data, "WHERE"));
    buf_free(&statement);
    sql_table_free(&table);
}

Test(sql, a_merge_reads_its_keys_first)
{
    struct sql_table table;
    struct buf statement = {0};
    const struct merge_op op = {.name = "most", .column = "value", .op = FOLD_MAX};
    cr_assert_eq(read_table(&table, events, sizeof(events) - 1, "user id,ts", NULL), STATUS_OK);
    const struct sql_request request = {
        .table = &table, .from = "events", .max_memory_bytes = 1 << 30, .patience_s = 3};
    const struct merge_options options = {.n_keys = 2, .ops = &op, .n_ops = 1};
    cr_assert_eq(sql_merge(&request, &options, &statement, NULL), STATUS_OK);
    cr_assert_eq(buf_append_u8(&statement, 0, NULL), STATUS_OK);
    const char *text = (const char *)statement.data;
    cr_expect_not_null(strstr(text, "'merge_partials --keys 2 "), "%s", text);
    cr_expect_not_null(strstr(text, ", most Int32',"), "%s", text);
    cr_expect_not_null(strstr(text, " --max-memory 1073741824 "), "%s", text);
    cr_expect_not_null(strstr(text, " --patience 3 "), "%s", text);
    cr_expect_not_null(strstr(text, "(SELECT `user id`, ts, value FROM events ORDER BY "
                                    "`user id`, ts)"),
                       "%s", text);
    buf_free(&statement);
    sql_table_free(&table);
}

Test(sql, columns_that_are_not_there_are_named)
{
    struct sql_table table;
    struct buf statement = {0};
    struct err err = {0};
    cr_assert_eq(read_table(&table, events, sizeof(events) - 1, "user id", NULL), STATUS_OK);
    const struct sql_request request = {.table = &table, .from = "events"};
    const struct period_options options = {.n_keys = 1, .time = "gone"};
    cr_expect_eq(sql_period(&request, &options, &statement, &err), STATUS_MISMATCH);
    cr_expect_not_null(strstr(err.message, "--time: expected a column of the table, found 'gone'"),
                       "%s", err.message);
    buf_free(&statement);
    sql_table_free(&table);
}
