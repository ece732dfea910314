/* Fuzz target: any bytes as an answer of Phoenix's query server. An input's first byte chooses the
 * request and the serialisation; what is accepted is written as Native and read again. */
#include "fuzz.h"
#include "phoenix_message.h"

enum { N_KINDS = PHOENIX_CLOSE_CONNECTION + 1, N_TYPES = 8 };

static const char *const names[N_TYPES] = {"a", "b", "c", "d", "e", "f", "g", "h"};

/* A column of each form. */
static void decide_types(struct phoenix_type types[N_TYPES])
{
    static const struct phoenix_signature_column columns[N_TYPES] = {
        {.type_name = "BIGINT", .type_id = PHOENIX_BIGINT},
        {.type_name = "TIMESTAMP", .type_id = PHOENIX_TIMESTAMP, .is_nullable = true},
        {.type_name = "VARCHAR", .type_id = PHOENIX_VARCHAR, .is_nullable = true},
        {.type_name = "DECIMAL",
         .type_id = PHOENIX_DECIMAL,
         .precision = 60,
         .scale = 4,
         .is_nullable = true},
        {.type_name = "DOUBLE", .type_id = PHOENIX_DOUBLE_TYPE, .is_nullable = true},
        {.type_name = "VARBINARY", .type_id = PHOENIX_VARBINARY, .is_nullable = true},
        {.type_name = "BOOLEAN", .type_id = PHOENIX_BOOLEAN, .is_nullable = true},
        {.type_name = "DECIMAL ARRAY", .type_id = PHOENIX_ARRAY_TYPE},
    };
    for (size_t i = 0; i < N_TYPES; i++)
        REQUIRE(phoenix_type_decide(&columns[i], NULL, &types[i], NULL) == STATUS_OK);
}

static void check_rows(struct phoenix_rows *rows)
{
    struct buf bytes = {0};
    struct native_writer writer = native_writer_init(io_output_of_buf(&bytes));
    REQUIRE(phoenix_rows_write(rows, &writer, NULL) == STATUS_OK);
    struct io_memory memory = {bytes.data, bytes.size_bytes, 0};
    struct native_reader reader = native_reader_init(io_input_of_memory(&memory), SIZE_MAX);
    const struct native_block *block = NULL;
    uint64_t n_rows = 0;
    do {
        n_rows += block == NULL ? 0 : block->n_rows;
        REQUIRE(native_read_block(&reader, &block, NULL) == STATUS_OK);
    } while (block != NULL);
    REQUIRE(n_rows == rows->n_rows);
    native_reader_free(&reader);
    native_writer_free(&writer);
    buf_free(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    static struct phoenix_signature signature;
    struct phoenix_type types[N_TYPES];
    struct buf body = {0}, text = {0};
    struct err err = {0};
    if (size_bytes == 0)
        return 0;
    decide_types(types);
    const struct phoenix_codec *codec =
        data[0] & 0x80 ? &phoenix_json_codec : &phoenix_protobuf_codec;
    enum phoenix_request_kind kind = (enum phoenix_request_kind)((data[0] & 0x7f) % N_KINDS);
    struct phoenix_rows rows = phoenix_rows_init(names, types, N_TYPES);
    struct phoenix_reply reply = {.error_text = &text, .signature = &signature, .rows = &rows};
    signature.n_columns = 0;
    REQUIRE(buf_append(&body, data + 1, size_bytes - 1, NULL) == STATUS_OK);
    enum status status = codec->decode(kind, body.data, body.size_bytes, &reply, &err);
    if (status == STATUS_OK)
        check_rows(&rows);
    else
        REQUIRE(err.message[0] != '\0');
    phoenix_rows_free(&rows);
    buf_free(&body);
    buf_free(&text);
    return 0;
}
