#include "native_cell.h"

/* The rows that an array's child holds so far: the last of the ends. */
static uint64_t last_end(const struct buf *ends)
{
    return ends->size_bytes == 0 ? 0 : load_u64(ends->data + ends->size_bytes - 8);
}

static size_t count_parts(const struct native_type *type)
{
    size_t n = 0;
    for (size_t i = 0; i < type->n_nodes; i++)
        n += type[i].kind != NATIVE_LOW_CARDINALITY || type[i].holds_null;
    return n;
}

/* What stands under a NULL. */
static enum status append_default(const struct native_type *type, struct buf **part,
                                  struct err *err)
{
    uint8_t *added = NULL;
    struct buf *own = *part;
    switch (type->kind) {
    case NATIVE_FIXED:
        TRY(buf_extend(own, type->width_bytes, &added, err));
        memset(added, 0, type->width_bytes);
        ++*part;
        return STATUS_OK;
    case NATIVE_STRING:
        ++*part;
        return buf_append_u8(own, 0, err);
    case NATIVE_NULLABLE:
        TRY(buf_append_u8(own, 1, err));
        ++*part;
        return append_default(type + 1, part, err);
    case NATIVE_ARRAY:
        *part += count_parts(type);
        return buf_append_u64(own, last_end(own), err);
    case NATIVE_TUPLE:
        ++*part;
        for (size_t child = 1; child < type->n_nodes; child += type[child].n_nodes)
            TRY(append_default(type + child, part, err));
        return STATUS_OK;
    case NATIVE_LOW_CARDINALITY:
        if (type->holds_null) {
            TRY(buf_append_u8(own, 1, err));
            ++*part;
        }
        return append_default(type + 1, part, err);
    case NATIVE_VARIANCE:
    case NATIVE_VARIANT:
    case NATIVE_JSON:
    case NATIVE_PLANES:
        break;
    }
    return STATUS_OK;
}

static inline enum status append_bytes(const uint8_t **value, size_t size_bytes, struct buf **part,
                                       struct err *err)
{
    const uint8_t *bytes = *value;
    *value += size_bytes;
    struct buf *to = (*part)++;
    /* The widths of most keys, without the call of a copy of any width. */
    switch (size_bytes) {
    case 4:
        return buf_append_u32(to, load_u32(bytes), err);
    case 8:
        return buf_append_u64(to, load_u64(bytes), err);
    default:
        return buf_append(to, bytes, size_bytes, err);
    }
}

static enum status append_nullable(const struct native_type *type, const uint8_t **value,
                                   struct buf **part, struct err *err)
{
    bool is_null = *(*value)++ != 0;
    TRY(buf_append_u8(*part, is_null, err));
    ++*part;
    return is_null ? append_default(type + 1, part, err)
                   : native_cell_append(type + 1, value, part, err);
}

static enum status append_array(const struct native_type *type, const uint8_t **value,
                                struct buf **part, struct err *err)
{
    uint64_t n = varuint_take(value);
    struct buf *ends = *part;
    TRY(buf_append_u64(ends, last_end(ends) + n, err));
    for (uint64_t i = 0; i < n; i++) {
        struct buf *child = ends + 1;
        TRY(native_cell_append(type + 1, value, &child, err));
    }
    *part += count_parts(type);
    return STATUS_OK;
}

enum status native_cell_append(const struct native_type *type, const uint8_t **value,
                               struct buf **part, struct err *err)
{
    const uint8_t *after = *value;
    switch (type->kind) {
    case NATIVE_FIXED:
        return append_bytes(value, type->width_bytes, part, err);
    case NATIVE_STRING: {
        uint64_t size_bytes = varuint_take(&after);
        return append_bytes(value, (size_t)(after - *value) + (size_t)size_bytes, part, err);
    }
    case NATIVE_NULLABLE:
        return append_nullable(type, value, part, err);
    case NATIVE_ARRAY:
        return append_array(type, value, part, err);
    case NATIVE_TUPLE:
        ++*part;
        for (size_t child = 1; child < type->n_nodes; child += type[child].n_nodes)
            TRY(native_cell_append(type + child, value, part, err));
        return STATUS_OK;
    case NATIVE_LOW_CARDINALITY:
        return type->holds_null ? append_nullable(type, value, part, err)
                                : native_cell_append(type + 1, value, part, err);
    case NATIVE_VARIANCE:
    case NATIVE_VARIANT:
    case NATIVE_JSON:
    case NATIVE_PLANES:
        break;
    }
    return STATUS_OK;
}

/* Copies the text with each "LowCardinality(" and its closing parenthesis left out. */
enum status native_cell_plain_type(const struct native_type *type, struct buf *text,
                                   struct err *err)
{
    const char *copied = type->text, *end = type->text + type->text_bytes;
    for (size_t i = 0; i < type->n_nodes; i++) {
        const struct native_type *part = &type[i];
        if (part->kind != NATIVE_LOW_CARDINALITY || part->base < type->text || part->base >= end)
            continue;
        const char *inner = part->base + sizeof("LowCardinality(") - 1;
        const char *inner_end = part->base + part->base_bytes - 1;
        TRY(buf_append(text, copied, (size_t)(part->base - copied), err));
        TRY(buf_append(text, inner, (size_t)(inner_end - inner), err));
        copied = inner_end + 1;
    }
    return buf_append_terminated(text, copied, (size_t)(end - copied), err);
}

enum status native_builder_init_plain(struct native_builder *builder,
                                      const struct native_column *column, struct err *err)
{
    struct buf name = {0}, type = {0};
    enum status status =
        buf_append_terminated(&name, column->name.data, column->name.size_bytes, err);
    if (status == STATUS_OK)
        status = native_cell_plain_type(native_type_root(&column->type), &type, err);
    if (status == STATUS_OK)
        status =
            native_builder_init(builder, (const char *)name.data, (const char *)type.data, err);
    buf_free(&name);
    buf_free(&type);
    return status;
}
