/* phoenix: what a reply in JSON says, and replies that are none. Those of real servers are read by
 * tests/phoenix. */
#include "phoenix_message.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* A table of a BIGINT and a VARCHAR that may be NULL. */
struct table {
    struct phoenix_type types[2];
    struct phoenix_rows rows;
};

static void make_table(struct table *table)
{
    static const char *const names[] = {"n", "s"};
    const struct phoenix_signature_column columns[] = {
        {.type_id = PHOENIX_BIGINT, .type_name = "BIGINT"},
        {.type_id = PHOENIX_VARCHAR, .type_name = "VARCHAR", .is_nullable = true}};
    for (size_t i = 0; i < 2; i++)
        cr_assert(phoenix_type_decide(&columns[i], NULL, &table->types[i], NULL) == STATUS_OK);
    table->rows = phoenix_rows_init(names, table->types, 2);
}

/* The text is used up. */
static enum status decode(enum phoenix_request_kind kind, const char *json,
                          struct phoenix_reply *reply)
{
    static char text[1024];
    size_t text_bytes = strlen(json);
    cr_assert(text_bytes < sizeof(text));
    memcpy(text, json, text_bytes);
    return phoenix_json_codec.decode(kind, (uint8_t *)text, text_bytes, reply, NULL);
}

Test(phoenix_replies, a_frame_has_rows)
{
    struct table table;
    struct buf error_text = {0};
    make_table(&table);
    struct phoenix_reply reply = {.rows = &table.rows, .error_text = &error_text};
    cr_assert(decode(PHOENIX_FETCH,
                     "{\"response\":\"fetch\",\"frame\":{\"offset\":0,\"done\":true,"
                     "\"rows\":[[1,\"a\"],[-2,null],[3,\"\\u00e9\"]]},\"missingStatement\":false}",
                     &reply) == STATUS_OK);
    cr_expect(reply.has_frame && reply.is_done && !reply.is_missing && !reply.is_error);
    cr_expect_eq(table.rows.n_rows, 3);
    reply = (struct phoenix_reply){.rows = &table.rows, .error_text = &error_text};
    cr_assert(decode(PHOENIX_FETCH, "{\"response\":\"fetch\",\"missingStatement\":true}", &reply) ==
              STATUS_OK);
    cr_expect(reply.is_missing && !reply.has_frame && !reply.is_done);
    phoenix_rows_free(&table.rows);
}

Test(phoenix_replies, what_is_no_row_is_refused)
{
    static const char *const frames[] = {
        "[1]",           "[\"a\"]",         "[null]", "[{}]", "[[1]]",     "[[1,\"a\",2]]",
        "[[1,[\"a\"]]]", "[[\"x\",\"a\"]]", "{}",     "1",    "[[1,\"a\"", "[[1,{}]]",
    };
    for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
        char json[200];
        struct table table;
        struct buf error_text = {0};
        make_table(&table);
        struct phoenix_reply reply = {.rows = &table.rows, .error_text = &error_text};
        snprintf(json, sizeof(json), "{\"response\":\"fetch\",\"frame\":{\"rows\":%s}}", frames[i]);
        cr_expect(decode(PHOENIX_FETCH, json, &reply) == STATUS_FORMAT, "%s", json);
        phoenix_rows_free(&table.rows);
    }
}

Test(phoenix_replies, rows_that_nobody_asked_for_are_refused)
{
    struct buf error_text = {0};
    struct phoenix_reply reply = {.error_text = &error_text};
    cr_expect(decode(PHOENIX_FETCH, "{\"response\":\"fetch\",\"frame\":{\"rows\":[[1,\"a\"]]}}",
                     &reply) == STATUS_FORMAT);
    reply = (struct phoenix_reply){.error_text = &error_text};
    cr_expect(decode(PHOENIX_FETCH, "{\"response\":\"fetch\",\"frame\":{\"rows\":[]}}", &reply) ==
              STATUS_OK);
}

Test(phoenix_replies, a_signature_has_columns)
{
    static struct phoenix_signature signature;
    struct buf error_text = {0};
    struct phoenix_reply reply = {.signature = &signature, .error_text = &error_text};
    cr_assert(
        decode(PHOENIX_PREPARE,
               "{\"response\":\"prepare\",\"statement\":{\"id\":7,\"signature\":{\"columns\":["
               "{\"nullable\":0,\"precision\":18,\"scale\":4,\"type\":{\"id\":3,\"name\":"
               "\"DECIMAL\"}},{\"nullable\":1,\"precision\":0,\"scale\":0,\"label\":\"B\","
               "\"type\":{\"id\":12,\"name\":\"VARCHAR\",\"rep\":\"STRING\"}}]}}}",
               &reply) == STATUS_OK);
    cr_assert_eq(signature.n_columns, 2);
    cr_expect_eq(reply.statement_id, 7);
    cr_expect(signature.columns[0].type_id == PHOENIX_DECIMAL &&
              signature.columns[0].precision == 18 && signature.columns[0].scale == 4 &&
              !signature.columns[0].is_nullable);
    cr_expect(signature.columns[1].type_id == PHOENIX_VARCHAR && signature.columns[1].is_nullable &&
              strcmp(signature.columns[1].type_name, "VARCHAR") == 0);
}

Test(phoenix_replies, an_error_has_a_message)
{
    struct buf error_text = {0};
    struct phoenix_reply reply = {.error_text = &error_text};
    cr_assert(decode(PHOENIX_EXECUTE,
                     "{\"response\":\"error\",\"exceptions\":[\"first\",\"second\"],"
                     "\"errorMessage\":null}",
                     &reply) == STATUS_OK);
    cr_expect(reply.is_error);
    cr_expect(text_equals("first", error_text.data, error_text.size_bytes));
    buf_reset(&error_text);
    cr_assert(decode(PHOENIX_EXECUTE,
                     "{\"response\":\"error\",\"exceptions\":[\"long\"],\"errorMessage\":\"own\"}",
                     &reply) == STATUS_OK);
    cr_expect(text_equals("own", error_text.data, error_text.size_bytes));
    cr_expect(decode(PHOENIX_EXECUTE, "{\"response\":\"error\",\"errorMessage\":1}", &reply) ==
              STATUS_FORMAT);
    cr_expect(decode(PHOENIX_EXECUTE, "{\"response\":\"fetch\"}", &reply) == STATUS_FORMAT);
    cr_expect(decode(PHOENIX_EXECUTE, "{}", &reply) == STATUS_FORMAT);
    buf_free(&error_text);
}
