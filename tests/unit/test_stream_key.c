/* stream_key: where keys change, from row to row and from block to block, and keys that go back. */
#include "stream_key.h"
#include "stream_tables.h"

#include <criterion/criterion.h>

/* Follows the keys of a table in blocks; changed_out: a byte a row. */
static enum status follow(struct stream_key *key, const struct table *table, size_t block_rows,
                          uint8_t *changed_out, struct err *err)
{
    struct buf wire = {0};
    table_append_blocks(table, block_rows, &wire);
    struct io_memory memory = {wire.data, wire.size_bytes, 0};
    struct native_reader reader = native_reader_init(io_input_of_memory(&memory), key->n_columns);
    const struct native_block *block = NULL;
    enum status status = STATUS_OK;
    uint64_t n_before = 0;
    while (status == STATUS_OK && native_read_block(&reader, &block, NULL) == STATUS_OK &&
           block != NULL) {
        status = stream_key_mark(key, block, err);
        for (uint64_t row = 0; status == STATUS_OK && row < block->n_rows; row++) {
            changed_out[n_before + row] = stream_key_changes_at(key, row);
            if (stream_key_changes_at(key, row))
                status = stream_key_enter(key, block, row, err);
            if (status != STATUS_OK)
                status = stream_key_locate(key, block, n_before + row + 1, status, err);
        }
        n_before += block->n_rows;
    }
    native_reader_free(&reader);
    buf_free(&wire);
    return status;
}

static const uint32_t a[] = {1, 1, 1, 2, 2, 3};
static const int64_t b[] = {-9, -9, 4, 4, 4, -1};
static const struct table_column pair[] = {{"a", "UInt32", a, 4}, {"b", "Int64", b, 8}};

Test(stream_key, changes_do_not_depend_on_blocks)
{
    static const uint8_t of_both[] = {1, 0, 1, 1, 0, 1}, of_first[] = {1, 0, 0, 1, 0, 1};
    for (size_t n_columns = 1; n_columns <= 2; n_columns++)
        for (size_t block_rows = 1; block_rows <= 6; block_rows++) {
            struct stream_key key = {.n_columns = n_columns};
            uint8_t changed[6];
            cr_assert(follow(&key, &(struct table){pair, 2, 6}, block_rows, changed, NULL) ==
                      STATUS_OK);
            cr_expect(memcmp(changed, n_columns == 2 ? of_both : of_first, 6) == 0);
            cr_expect(key.is_open && key.value.size_bytes == (n_columns == 2 ? 12u : 4u));
            cr_expect(memcmp(key.value.data, &a[5], 4) == 0, "the last key stays open");
            stream_key_free(&key);
        }
}

Test(stream_key, a_later_column_may_go_back_under_a_larger_first)
{
    static const uint32_t first[] = {1, 1, 1};
    static const int64_t later[] = {4, 5, 3};
    static const struct table_column back[] = {{"a", "UInt32", first, 4}, {"b", "Int64", later, 8}};
    for (size_t block_rows = 1; block_rows <= 3; block_rows++) {
        uint8_t changed[3];
        struct err err = {0};
        struct stream_key key = {.n_columns = 2}, any = {.n_columns = 2, .any_order = true};
        cr_expect(follow(&key, &(struct table){back, 2, 3}, block_rows, changed, &err) ==
                  STATUS_FORMAT);
        cr_expect(table_begins(err.message,
                               "row 3, key (1, 5): expected keys in ascending order (or "
                               "--keys-unordered), found key (1, 3) "),
                  "%s", err.message);
        cr_expect(memcmp(key.value.data + 4, &later[1], 8) == 0, "the open key stays");
        cr_expect(follow(&any, &(struct table){back, 2, 3}, block_rows, changed, NULL) ==
                  STATUS_OK);
        stream_key_free(&key);
        stream_key_free(&any);
    }
}

Test(stream_key, zeros_and_nans_are_one_key)
{
    static const uint64_t bits[] = {0x8000000000000000, 0, 0x7ff8000000000000, 0xfff8000000000001};
    static const uint8_t expected[] = {1, 0, 1, 0};
    static const struct table_column floats[] = {{"x", "Float64", bits, 8}};
    uint8_t changed[4];
    struct stream_key key = {.n_columns = 1};
    cr_assert(follow(&key, &(struct table){floats, 1, 4}, 1, changed, NULL) == STATUS_OK);
    cr_expect(memcmp(changed, expected, 4) == 0);
    stream_key_free(&key);
}

Test(stream_key, before_the_first_row_there_is_a_row_only)
{
    struct stream_key key = {.n_columns = 1};
    struct err err = {0};
    (void)err_set(&err, STATUS_FORMAT, "why");
    cr_expect(stream_key_locate(&key, NULL, 1, STATUS_FORMAT, &err) == STATUS_FORMAT);
    cr_expect_str_eq(err.message, "row 1: why");
    stream_key_free(&key);
}
