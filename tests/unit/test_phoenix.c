/* The parts of phoenix_scan that need no server. */
#include "phoenix_base64.h"
#include "phoenix_column.h"
#include "phoenix_decimal.h"
#include "phoenix_json_text.h"
#include "phoenix_proto.h"
#include "phoenix_query.h"
#include "phoenix_source.h"
#include "phoenix_time.h"
#include "phoenix_window.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const uint8_t *bytes_of(const char *text)
{
    return (const uint8_t *)text;
}

Test(phoenix_decimal, print)
{
    static const char *const cases[][2] = {
        {"0", "0"},           {"-0", "0"},           {"12.50", "12.50"},
        {"1E+6", "1000000"},  {"1E-7", "0.0000001"}, {"-1.5E-7", "-0.00000015"},
        {"-120E-2", "-1.20"}, {"0E+3", "0"},         {"0.00", "0.00"},
        {"+7", "7"},          {".5", "0.5"},         {"1.234E+2", "123.4"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf out = {0};
        cr_assert(phoenix_decimal_print(bytes_of(cases[i][0]), strlen(cases[i][0]), &out, NULL) ==
                  STATUS_OK);
        cr_assert(text_equals(cases[i][1], out.data, out.size_bytes), "%s: %.*s", cases[i][0],
                  (int)out.size_bytes, (const char *)out.data);
        buf_free(&out);
    }
}

Test(phoenix_decimal, refused)
{
    static const char *const texts[] = {"",      "-",  ".",   "1E",    "1E+",           "E5",
                                        "1.2.3", "1x", "NaN", "1E999", "1E99999999999", " 1",
                                        "1E5 "};
    uint8_t number[32];
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct buf out = {0};
        size_t n = strlen(texts[i]);
        uint8_t *memory = malloc(n + 1), *text = memory + 1; /* a sanitizer sees its end */
        memcpy(text, texts[i], n);
        cr_assert(phoenix_decimal_print(text, n, &out, NULL) == STATUS_FORMAT, "%s", texts[i]);
        cr_assert(phoenix_decimal_store(text, n, 38, 2, number, 16, NULL) == STATUS_FORMAT);
        buf_free(&out);
        free(memory);
    }
}

Test(phoenix_decimal, store)
{
    static const struct {
        const char *text;
        uint32_t precision, scale;
        int64_t expected;
        enum status status;
    } cases[] = {
        {"1E+6", 18, 4, 10000000000, STATUS_OK},
        {"-0.0001", 18, 4, -1, STATUS_OK},
        {"12.50000", 4, 2, 1250, STATUS_OK},
        {"99.99", 4, 2, 9999, STATUS_OK},
        {"100.00", 4, 2, 0, STATUS_FORMAT},
        {"0.001", 4, 2, 0, STATUS_FORMAT},
        {"0E-9", 4, 2, 0, STATUS_OK},
        {"0E+300", 4, 2, 0, STATUS_OK},
        {"123456789012345678", 18, 0, 123456789012345678, STATUS_OK},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t number = 0;
        enum status status =
            phoenix_decimal_store(bytes_of(cases[i].text), strlen(cases[i].text),
                                  cases[i].precision, cases[i].scale, (uint8_t *)&number, 8, NULL);
        cr_assert(status == cases[i].status && (status != STATUS_OK || number == cases[i].expected),
                  "%s: %lld", cases[i].text, (long long)number);
    }
}

Test(phoenix_decimal, store_widest)
{
    /* -(10^76 - 1), in 32 bytes: its complement plus 1 is 10^76 - 1, whose lowest bytes are known.
     */
    char text[78] = "-";
    uint8_t number[32];
    memset(text + 1, '9', 76);
    cr_assert(phoenix_decimal_store(bytes_of(text), 77, 76, 0, number, 32, NULL) == STATUS_OK);
    cr_assert(load_u64(number) == 1); /* 10^76 is a multiple of 2^64 */
    cr_assert(number[31] == 0xe9, "%02x", number[31]);
    cr_assert(phoenix_decimal_store(bytes_of(text), 77, 75, 0, number, 32, NULL) == STATUS_FORMAT);
}

Test(phoenix_base64, both_ways)
{
    static const char *const cases[][2] = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[16];
        uint8_t bytes[16];
        size_t n = 0;
        phoenix_base64_encode(bytes_of(cases[i][0]), strlen(cases[i][0]), text);
        cr_assert_str_eq(text, cases[i][1]);
        cr_assert(phoenix_base64_size(bytes_of(text), strlen(text), &n));
        cr_assert(n == strlen(cases[i][0]) &&
                  phoenix_base64_decode(bytes_of(text), strlen(text), bytes));
        cr_assert(memcmp(bytes, cases[i][0], n) == 0);
    }
    size_t n = 0;
    uint8_t bytes[16];
    cr_assert(!phoenix_base64_size(bytes_of("Zg="), 3, &n));
    cr_assert(!phoenix_base64_decode(bytes_of("Z!=="), 4, bytes));
    cr_assert(!phoenix_base64_decode(bytes_of("Z==="), 4, bytes));
}

static void expect_string(const char *json, const char *expected)
{
    char text[64];
    struct phoenix_json_token token;
    strcpy(text, json);
    struct phoenix_json reader = {(uint8_t *)text, (uint8_t *)text + strlen(text)};
    enum status status = phoenix_json_next(&reader, &token, NULL);
    if (expected == NULL)
        cr_assert(status == STATUS_FORMAT, "%s", json);
    else
        cr_assert(status == STATUS_OK && phoenix_json_equals(&token, expected), "%s", json);
}

Test(phoenix_json, strings)
{
    expect_string("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "a\"\\/\b\f\n\r\t");
    expect_string("\"\\u0041\\u00e9\\u20ac\"", "A\xc3\xa9\xe2\x82\xac");
    expect_string("\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80");
    expect_string("\"\\ud83d.\"", "\xef\xbf\xbd.");
    expect_string("\"\\ude00\"", "\xef\xbf\xbd");
    expect_string("\"a", NULL);
    expect_string("\"\\", NULL);
    expect_string("\"\\x\"", NULL);
    expect_string("\"\\u12", NULL);
    expect_string("?", NULL);
}

Test(phoenix_json, skip)
{
    char text[] = "{\"a\": [1, {\"b\": null}], \"c\": \"}\"} true [";
    struct phoenix_json_token token;
    struct phoenix_json reader = {(uint8_t *)text, (uint8_t *)text + sizeof(text) - 1};
    cr_assert(phoenix_json_skip(&reader, NULL) == STATUS_OK);
    cr_assert(phoenix_json_next(&reader, &token, NULL) == STATUS_OK &&
              token.kind == PHOENIX_JSON_TRUE);
    cr_assert(phoenix_json_skip(&reader, NULL) == STATUS_FORMAT);
}

Test(phoenix_proto, fields)
{
    static const uint8_t bytes[] = {0x08, 0x96, 0x01,                     /* 1: 150 */
                                    0x12, 0x02, 'h',  'i',                /* 2: "hi" */
                                    0x19, 1,    0,    0,   0, 0, 0, 0, 0, /* 3: fixed64 */
                                    0x25, 2,    0,    0,   0};            /* 4: fixed32 */
    struct phoenix_proto message = {bytes, bytes + sizeof(bytes)};
    struct phoenix_field field;
    enum status status = STATUS_FORMAT;
    static const uint64_t expected[] = {150, 0, 1, 2};
    for (uint32_t i = 0; i < 4; i++) {
        cr_assert(phoenix_proto_next(&message, &field, &status, NULL) && status == STATUS_OK);
        cr_assert(field.number == i + 1 && field.integer == expected[i]);
        cr_assert(field.is_message == (i == 1));
    }
    cr_assert(!phoenix_proto_next(&message, &field, &status, NULL) && status == STATUS_OK);
    cr_assert(phoenix_proto_signed(1) == -1 && phoenix_proto_signed(UINT64_MAX) == INT64_MIN);
}

Test(phoenix_proto, refused)
{
    static const struct {
        uint8_t bytes[12];
        size_t n;
    } cases[] = {
        {{0x08}, 1},                                                  /* no value */
        {{0x12, 0x05, 'a'}, 3},                                       /* longer than the message */
        {{0x19, 1, 2}, 3},                                            /* half a fixed64 */
        {{0x0b}, 1},                                                  /* a group */
        {{0x00, 0x00}, 2},                                            /* field 0 */
        {{0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2}, 11}, /* more than 64 bits */
        {{0x12, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}, 11}, /* a size of 2^64 - 1 */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct phoenix_proto message = {cases[i].bytes, cases[i].bytes + cases[i].n};
        struct phoenix_field field;
        enum status status = STATUS_OK;
        cr_assert(!phoenix_proto_next(&message, &field, &status, NULL) && status == STATUS_FORMAT,
                  "%zu", i);
    }
}

Test(phoenix_time, print)
{
    static const struct {
        int64_t ms;
        const char *expected;
    } cases[] = {
        {0, "1970-01-01 00:00:00.000"},
        {-1, "1969-12-31 23:59:59.999"},
        {951782400000, "2000-02-29 00:00:00.000"},
        {1767225600123, "2026-01-01 00:00:00.123"},
        {-2203891200001, "1900-02-28 23:59:59.999"},
        {PHOENIX_LEAST_MS, "0001-01-01 00:00:00.000"},
        {PHOENIX_MOST_MS, "9999-12-31 23:59:59.999"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[PHOENIX_TIME_BYTES];
        phoenix_time_print(cases[i].ms, text);
        cr_assert_str_eq(text, cases[i].expected);
    }
}

static unsigned days_of(unsigned year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && is_leap ? 29 : days[month - 1];
}

/* Six times the 400 years after which the calendar begins anew. */
Test(phoenix_time, every_day_of_2400_years)
{
    enum { DAY_MS = 86400000 };
    int64_t ms = PHOENIX_LEAST_MS;
    for (unsigned year = 1; year <= 2400; year++)
        for (unsigned month = 1; month <= 12; month++)
            for (unsigned day = 1; day <= days_of(year, month); day++, ms += DAY_MS) {
                char text[PHOENIX_TIME_BYTES], expected[64];
                phoenix_time_print(ms, text);
                snprintf(expected, sizeof(expected), "%04u-%02u-%02u 00:00:00.000", year, month,
                         day);
                if (strcmp(text, expected) != 0)
                    cr_assert_fail("expected %s, found %s", expected, text);
            }
}

/* Reads a window of two columns of a type of at most 8 bytes. */
static enum status read_window(const char *type, uint64_t begin, uint64_t end)
{
    struct native_builder builders[2];
    struct buf bytes = {0};
    struct native_writer writer = native_writer_init(io_output_of_buf(&bytes));
    cr_assert(native_writer_begin(&writer, 2, 1, NULL) == STATUS_OK);
    for (size_t i = 0; i < 2; i++) {
        cr_assert(native_builder_init(&builders[i], i == 0 ? "a" : "b", type, NULL) == STATUS_OK);
        size_t width_bytes = native_type_root(&builders[i].type)->width_bytes;
        cr_assert(buf_append(&builders[i].parts[0], i == 0 ? &begin : &end, width_bytes, NULL) ==
                  STATUS_OK);
        cr_assert(native_writer_add(&writer, &builders[i], NULL) == STATUS_OK);
    }
    cr_assert(native_writer_flush(&writer, NULL) == STATUS_OK);
    struct io_memory memory = {bytes.data, bytes.size_bytes, 0};
    struct native_reader reader = native_reader_init(io_input_of_memory(&memory), 0);
    const struct native_block *block = NULL;
    struct phoenix_window window = {0};
    cr_assert(native_read_block(&reader, &block, NULL) == STATUS_OK);
    enum status status = phoenix_window_of(block, 0, 1, &window, NULL);
    cr_expect(status != STATUS_OK ||
              (window.from_ms == (int64_t)begin && window.to_ms == (int64_t)end));
    for (size_t i = 0; i < 2; i++)
        native_builder_free(&builders[i]);
    native_writer_free(&writer);
    native_reader_free(&reader);
    buf_free(&bytes);
    return status;
}

Test(phoenix_window, is_of_milliseconds)
{
    cr_expect(read_window("DateTime64(3)", 1000, 2000) == STATUS_OK);
    cr_expect(read_window("DateTime64(3, 'UTC')", 1000, 1000) == STATUS_OK);
    cr_expect(read_window("Int64", (uint64_t)-5, 5) == STATUS_OK);
    static const char *const wrong[] = {"DateTime64(6)",  "DateTime64(0)", "UInt64",   "Int32",
                                        "Decimal(18, 3)", "Float64",       "Time64(3)"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        cr_expect(read_window(wrong[i], 1, 2) == STATUS_MISMATCH, "%s", wrong[i]);
}

Test(phoenix_window, has_its_bounds)
{
    cr_expect(read_window("Int64", 2000, 1999) == STATUS_FORMAT);
    cr_expect(read_window("Int64", (uint64_t)PHOENIX_LEAST_MS, PHOENIX_MOST_MS) == STATUS_OK);
    cr_expect(read_window("Int64", (uint64_t)PHOENIX_LEAST_MS - 1, 0) == STATUS_FORMAT);
    cr_expect(read_window("Int64", 0, (uint64_t)PHOENIX_MOST_MS + 1) == STATUS_FORMAT);
}

Test(phoenix_query, columns)
{
    struct phoenix_query query = {0};
    struct err err = {0};
    cr_assert(phoenix_query_take_columns(&query, "c,CF.\"Opd, x\":DateTime64(3),A:Decimal(18,4)",
                                         &err) == STATUS_OK);
    cr_assert(query.n_columns == 3);
    cr_assert_str_eq(query.columns[1].sql, "CF.\"Opd, x\"");
    cr_assert_str_eq(query.columns[1].name, "Opd, x");
    cr_assert_str_eq(query.columns[2].wanted, "Decimal(18,4)");
    static const char *const wrong[] = {"",   "a,",   "a b", "a;",   "a:",      "1a",
                                        "\"", "\"\"", "a,a", "a.b.", "A.x,B.x", "a'b"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        cr_assert(phoenix_query_take_columns(&query, wrong[i], &err) == STATUS_USAGE, "%s",
                  wrong[i]);
    phoenix_query_free(&query);
}

Test(phoenix_query, statements)
{
    struct phoenix_query query = {.table = "S.T", .time = "OPD"};
    struct phoenix_type types[2] = {{.as_timestamp = true}};
    struct phoenix_signature_column time = {.type_id = PHOENIX_TIMESTAMP};
    struct buf sql = {0};
    cr_assert(phoenix_query_take_columns(&query, "D,N", NULL) == STATUS_OK);
    cr_assert(phoenix_query_describe(&query, &sql, NULL) == STATUS_OK);
    cr_assert_str_eq((const char *)sql.data, "SELECT D,N,OPD FROM S.T");
    cr_assert(phoenix_query_read(&query, types, &time, -1, 60000, &sql, NULL) == STATUS_OK);
    cr_assert_str_eq((const char *)sql.data,
                     "SELECT CAST(D AS TIMESTAMP),N FROM S.T WHERE OPD >= TIMESTAMP '1969-12-31 "
                     "23:59:59.999' AND OPD < TIMESTAMP '1970-01-01 00:01:00.000'");
    time.type_id = PHOENIX_BIGINT;
    cr_assert(phoenix_query_read(&query, types, &time, -1, 60000, &sql, NULL) == STATUS_OK);
    cr_assert(strstr((const char *)sql.data, "WHERE OPD >= -1 AND OPD < 60000") != NULL);
    time.type_id = PHOENIX_VARCHAR;
    cr_assert(phoenix_query_read(&query, types, &time, -1, 1, &sql, NULL) == STATUS_MISMATCH);
    buf_free(&sql);
    phoenix_query_free(&query);
}

static enum status parse(const char *text, const char *name, struct phoenix_source *source)
{
    return phoenix_source_parse(text, strlen(text), name, source, NULL);
}

Test(phoenix_source, parsed)
{
    struct phoenix_source source;
    static const char text[] =
        "# comment\n[other]\nnonsense\n[ trace ]\r\n url = http://[::1]:80/x \nuser=a b\n"
        "authentication = basic\npassword = #p=1\nserialization = json\nread_timeout_ms=5\n";
    cr_assert(parse(text, "trace", &source) == STATUS_OK);
    cr_assert_str_eq(source.host, "::1");
    cr_assert_str_eq(source.port, "80");
    cr_assert_str_eq(source.path, "/x");
    cr_assert_str_eq(source.user, "a b");
    cr_assert_str_eq(source.password, "#p=1");
    cr_assert(source.is_json && source.has_basic && source.read_timeout_ms == 5);
    cr_assert(parse("[a]\nurl=http://h", "a", &source) == STATUS_OK);
    cr_assert_str_eq(source.port, "8765");
    cr_assert(parse("[a]\nurl=http://h\n[]\nnonsense\n", "a", &source) == STATUS_OK);
    cr_assert(parse(text, "nope", &source) == STATUS_MISMATCH);
    cr_assert(parse("", "a", &source) == STATUS_MISMATCH);
}

Test(phoenix_source, refused)
{
    struct phoenix_source source;
    static const char *const texts[] = {
        "[a]\n",
        "[a]\nurl = https://h/\n",
        "[a]\nurl = http://\n",
        "[a]\nurl = http://h:x/\n",
        "[a]\nurl = http://h:123456/\n",
        "[a]\nurl = http://u:p@h/\n",
        "[a]\nurl = http://h\nnonsense\n",
        "[a]\nurl = http://h\nnope = 1\n",
        "[a]\nurl = http://h\nmax_connections = 1001\n",
        "[a]\nurl = http://h\nread_timeout_ms = -1\n",
        "[a]\nurl = http://h\ndetails = relative\n",
        "[a]\nurl = http://h\nauthentication = basic\n",
        "[a]\nurl = http://h\nauthentication = kerberos\n",
        "[a]\nurl = http://h\n[a]\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        cr_assert(parse(texts[i], "a", &source) == STATUS_FORMAT, "%s", texts[i]);
    static const char *const names[] = {"", ".", "..", ".a", "a/b", "a b", "-a", "http://h"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        cr_assert(!phoenix_name_is_valid(names[i]), "%s", names[i]);
    cr_assert(phoenix_name_is_valid("Trace_1.x-y"));
}

Test(phoenix_type, decided)
{
    static const struct {
        const char *name;
        int32_t id;
        uint32_t precision, scale;
        const char *wanted, *expected; /* NULL: refused */
    } cases[] = {
        {"BIGINT", -5, 0, 0, NULL, "Int64"},
        {"UNSIGNED_LONG", -5, 0, 0, NULL, "UInt64"},
        {"UNSIGNED_INT", 4, 0, 0, NULL, "UInt32"},
        {"UNSIGNED_TINYINT", -6, 0, 0, NULL, "UInt8"},
        {"FLOAT", 6, 0, 0, NULL, "Float32"},
        {"DECIMAL", 3, 0, 0, NULL, "String"},
        {"DECIMAL", 3, 38, 10, NULL, "Decimal(38, 10)"},
        {"DECIMAL", 3, 0, 0, "Decimal(20,2)", "Decimal(20,2)"},
        {"DECIMAL", 3, 0, 0, "Float64", NULL},
        {"DATE", 91, 0, 0, NULL, "DateTime64(3)"},
        {"DATE", 91, 0, 0, "Nullable(Date32)", "Nullable(Date32)"},
        {"TIME", 92, 0, 0, "Time64(3)", "Time64(3)"},
        {"TIMESTAMP", 93, 0, 0, "DateTime64(6)", NULL},
        {"VARCHAR", 12, 0, 0, "FixedString(3)", NULL},
        {"VARBINARY", -3, 0, 0, NULL, "String"},
        {"BOOLEAN", 16, 0, 0, "UInt8", "UInt8"},
        {"BOOLEAN", 16, 0, 0, "Int8", NULL},
        {"UNSIGNED_INT ARRAY", 2003, 0, 0, NULL, NULL},
        {"TIME ARRAY", 2003, 0, 0, NULL, NULL},
        {"VARCHAR ARRAY", 2003, 0, 0, "Array(String)", "Array(String)"},
        {"VARCHAR ARRAY", 2003, 0, 0, "String", NULL},
        {"DATE ARRAY", 2003, 0, 0, NULL, "Array(Nullable(DateTime64(3)))"},
        {"DATE ARRAY", 2003, 0, 0, "Array(Date32)", NULL},
        {"JSON", 1111, 0, 0, NULL, NULL},
        {"JSON ARRAY", 2003, 0, 0, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct phoenix_signature_column column = {
            .type_id = cases[i].id, .precision = cases[i].precision, .scale = cases[i].scale};
        struct phoenix_type type;
        struct err err = {0};
        strcpy(column.type_name, cases[i].name);
        enum status status = phoenix_type_decide(&column, cases[i].wanted, &type, &err);
        if (cases[i].expected == NULL) {
            cr_assert(status == STATUS_MISMATCH, "%s", cases[i].name);
            cr_assert(strstr(err.message, cases[i].name) != NULL, "%s", err.message);
            continue;
        }
        cr_assert(status == STATUS_OK, "%s: %s", cases[i].name, err.message);
        cr_assert_str_eq(type.text, cases[i].expected);
    }
    struct phoenix_signature_column column = {.type_id = PHOENIX_BIGINT, .type_name = "BIGINT"};
    struct phoenix_type type;
    cr_assert(phoenix_type_decide(&column, "Nonsense", &type, NULL) == STATUS_FORMAT);
}

Test(phoenix_column, bounds)
{
    struct phoenix_signature_column column = {.type_id = PHOENIX_BIGINT, .type_name = "BIGINT"};
    static const struct {
        const char *type;
        int64_t value;
        bool fits;
    } cases[] = {
        {"Int8", 127, true},        {"Int8", 128, false},        {"Int8", -128, true},
        {"Int8", -129, false},      {"UInt16", 65535, true},     {"UInt16", 65536, false},
        {"UInt64", -1, false},      {"UInt64", INT64_MAX, true}, {"Int32", INT32_MIN, true},
        {"Int64", INT64_MIN, true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct phoenix_type type;
        struct native_builder builder;
        struct phoenix_value value = {.kind = PHOENIX_INTEGER, .integer = cases[i].value};
        cr_assert(phoenix_type_decide(&column, cases[i].type, &type, NULL) == STATUS_OK);
        cr_assert(native_builder_init(&builder, "x", type.text, NULL) == STATUS_OK);
        cr_assert((phoenix_column_append(&type, &builder, &value, NULL) == STATUS_OK) ==
                      cases[i].fits,
                  "%s %lld", cases[i].type, (long long)cases[i].value);
        native_builder_free(&builder);
    }
}

Test(phoenix_column, a_decimal_comes_as_text_or_as_a_number)
{
    struct phoenix_signature_column column = {
        .type_id = PHOENIX_DECIMAL, .type_name = "DECIMAL", .precision = 18, .scale = 2};
    static const char *const types[] = {"Decimal(18, 2)", "String"};
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        for (enum phoenix_value_kind kind = PHOENIX_BOOL; kind <= PHOENIX_BYTES; kind++) {
            struct phoenix_type type;
            struct native_builder builder;
            struct phoenix_value value = {
                .kind = kind, .integer = 1, .bytes = (const uint8_t *)"1.5", .size_bytes = 3};
            bool fits = kind == PHOENIX_TEXT || kind == PHOENIX_NUMERAL;
            cr_assert(phoenix_type_decide(&column, types[i], &type, NULL) == STATUS_OK);
            cr_assert(native_builder_init(&builder, "x", type.text, NULL) == STATUS_OK);
            cr_expect((phoenix_column_append(&type, &builder, &value, NULL) == STATUS_OK) == fits,
                      "%s, kind %d", types[i], (int)kind);
            native_builder_free(&builder);
        }
}
