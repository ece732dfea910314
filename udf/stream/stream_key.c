#include "stream_key.h"

/* Of a key in a message, which may name three. */
enum { MAX_TEXT_BYTES = 120 };

void stream_key_free(struct stream_key *key)
{
    buf_free(&key->value);
    buf_free(&key->next);
    buf_free(&key->changed);
    buf_free(&key->text);
}

static enum status encode_next(struct stream_key *key, const struct native_block *block,
                               uint64_t row, struct err *err)
{
    buf_reset(&key->next);
    for (size_t i = 0; i < key->n_columns; i++)
        TRY(native_cell_encode_key(&block->columns[i], row, &key->next, err));
    return STATUS_OK;
}

static bool next_is_open_key(const struct stream_key *key)
{
    return key->is_open && key->next.size_bytes == key->value.size_bytes &&
           (key->next.size_bytes == 0 ||
            memcmp(key->next.data, key->value.data, key->next.size_bytes) == 0);
}

static enum status check_types(const struct stream_key *key, const struct native_block *block,
                               struct err *err)
{
    for (size_t i = 0; i < key->n_columns; i++) {
        const struct native_column *column = &block->columns[i];
        const struct native_type *type = native_type_root(&column->type);
        if (!native_type_is_key(type))
            return err_set(err, STATUS_MISMATCH,
                           "key column '%.*s': expected a type that can be a key, found %.*s",
                           (int)column->name.size_bytes, (const char *)column->name.data,
                           (int)(type->text_bytes < 200 ? type->text_bytes : 200), type->text);
    }
    return STATUS_OK;
}

enum status stream_key_mark(struct stream_key *key, const struct native_block *block,
                            struct err *err)
{
    uint8_t *changed = NULL;
    if (block->header_changed)
        TRY(check_types(key, block, err));
    buf_reset(&key->changed);
    TRY(buf_extend(&key->changed, (size_t)block->n_rows, &changed, err));
    if (block->n_rows == 0)
        return STATUS_OK;
    memset(changed, 0, (size_t)block->n_rows);
    for (size_t i = 0; i < key->n_columns; i++)
        native_cell_mark_changes(&block->columns[i], block->n_rows, changed);
    TRY(encode_next(key, block, 0, err));
    changed[0] = !next_is_open_key(key);
    return STATUS_OK;
}

static int compare_with_next(const struct stream_key *key, const struct native_block *block)
{
    const uint8_t *open = key->value.data, *next = key->next.data;
    for (size_t i = 0; i < key->n_columns; i++) {
        int order = native_cell_compare(native_type_root(&block->columns[i].type), &open, &next);
        if (order != 0)
            return order;
    }
    return 0;
}

static const char *describe(const struct stream_key *key, const struct native_block *block,
                            const struct buf *value, struct buf *text)
{
    const uint8_t *at = value->data;
    buf_reset(text);
    enum status status = buf_append_u8(text, '(', NULL);
    for (size_t i = 0; i < key->n_columns && status == STATUS_OK; i++) {
        if (text->size_bytes > MAX_TEXT_BYTES)
            break;
        status = buf_append(text, ", ", i == 0 ? 0 : 2, NULL);
        if (status == STATUS_OK)
            status = native_cell_print(native_type_root(&block->columns[i].type), &at, text, NULL);
    }
    if (text->size_bytes > MAX_TEXT_BYTES) {
        text->size_bytes = MAX_TEXT_BYTES;
        status = buf_append(text, "...", 3, NULL);
    }
    if (status == STATUS_OK)
        status = buf_append(text, ")", 2, NULL); /* its final zero included */
    return status == STATUS_OK ? (const char *)text->data : "(out of memory)";
}

enum status stream_key_enter(struct stream_key *key, const struct native_block *block, uint64_t row,
                             struct err *err)
{
    TRY(encode_next(key, block, row, err));
    if (key->is_open && !key->any_order && compare_with_next(key, block) > 0) {
        struct buf open = {0};
        const char *text = describe(key, block, &key->value, &open);
        enum status status = err_set(
            err, STATUS_FORMAT,
            "expected keys in ascending order (or --keys-unordered), found key %s after key %s",
            describe(key, block, &key->next, &key->text), text);
        buf_free(&open);
        return status;
    }
    struct buf value = key->value;
    key->value = key->next;
    key->next = value;
    key->is_open = true;
    return STATUS_OK;
}

enum status stream_key_locate(struct stream_key *key, const struct native_block *block,
                              uint64_t row, enum status status, struct err *err)
{
    if (key->is_open)
        err_prefix(err, "row %llu, key %s", (unsigned long long)row,
                   describe(key, block, &key->value, &key->text));
    else
        err_prefix(err, "row %llu", (unsigned long long)row);
    return status;
}
