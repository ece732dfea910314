#include "fold.h"

#include "mem.h"

#include <stdio.h>

static const struct fold_kind *const kinds[] = {
    &fold_integers, &fold_reals,          &fold_moments,           &fold_pick,
    &fold_blobs,    &fold_welford_tuples, &fold_welford_variances, &fold_exact,
    &fold_activity, &fold_count,
};

static const char *const names[] = {
    [FOLD_SUM] = "sum",           [FOLD_MIN] = "min",
    [FOLD_MAX] = "max",           [FOLD_ANY] = "any",
    [FOLD_LAST] = "last",         [FOLD_MOMENTS] = "moments",
    [FOLD_EXACT] = "exact",       [FOLD_EXACT_STATE] = "exact_state",
    [FOLD_ACTIVITY] = "activity", [FOLD_COUNT] = "count",
};

const char *fold_op_name(enum fold_op op)
{
    return names[op];
}

enum status fold_result_name(const char *column, enum fold_op op, struct buf *name, struct err *err)
{
    TRY(buf_append_text(name, column, err));
    TRY(buf_append_u8(name, '_', err));
    return buf_append(name, names[op], strlen(names[op]) + 1, err);
}

bool fold_op_of_name(const char *name, size_t name_bytes, enum fold_op *op_out)
{
    if (text_equals("anyLast", name, name_bytes)) {
        *op_out = FOLD_LAST;
        return true;
    }
    for (enum fold_op op = FOLD_SUM; op <= FOLD_COUNT; op++) {
        if (text_equals(names[op], name, name_bytes)) {
            *op_out = op;
            return true;
        }
    }
    return false;
}

/* A SimpleAggregateFunction says itself how its values merge. False: by a function that is none of
 * ours, say groupBitOr. */
static bool find_simple_aggregate(const struct native_type *type, enum fold_op *op_out)
{
    if (type->function == NULL)
        return true;
    if (!text_equals("sumWithOverflow", type->function, type->function_bytes))
        return fold_op_of_name(type->function, type->function_bytes, op_out);
    *op_out = FOLD_SUM;
    return true;
}

/* Sets *op in place of FOLD_BY_TYPE where the type has a natural one. NULL: op and type do not go
 * together. */
static const struct fold_kind *choose_kind(const struct native_type *type, enum fold_op *op)
{
    if (*op == FOLD_BY_TYPE && !find_simple_aggregate(type, op))
        return NULL;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if ((kinds[i]->ops >> *op & 1) == 0 || !kinds[i]->suits(type))
            continue;
        if (kinds[i]->ops >> FOLD_SUM & 1)
            *op = FOLD_SUM;
        return kinds[i];
    }
    return NULL;
}

/* A sum of 64 bits stands in for one of fewer, Decimal(38, S) or Decimal(76, S) for one of a
 * Decimal, as in ClickHouse. */
static enum status append_widened_sum(const struct native_type *type, struct buf *text,
                                      struct err *err)
{
    bool is_nullable = type->kind == NATIVE_NULLABLE;
    const struct native_type *value = fold_value_type(type);
    char name[64];
    if (value->class == NATIVE_CLASS_DECIMAL)
        snprintf(name, sizeof(name), is_nullable ? "Nullable(Decimal(%u, %u))" : "Decimal(%u, %u)",
                 value->width_bytes > 16 ? 76 : 38, value->scale);
    else
        snprintf(name, sizeof(name), is_nullable ? "Nullable(%s%s)" : "%s%s",
                 value->order == NATIVE_ORDER_FLOAT    ? "Float"
                 : value->order == NATIVE_ORDER_SIGNED ? "Int"
                                                       : "UInt",
                 value->width_bytes > 16  ? "256"
                 : value->width_bytes > 8 ? "128"
                                          : "64");
    return buf_append_terminated(text, name, strlen(name), err);
}

static enum status refuse(enum fold_op op, const struct native_type *type, const char *name,
                          struct err *err)
{
    int text_bytes = (int)(type->text_bytes < 200 ? type->text_bytes : 200);
    if (!native_type_is_key(type) && op == FOLD_BY_TYPE)
        return err_set(err, STATUS_MISMATCH,
                       "column '%s': expected a type that can be merged, found %.*s", name,
                       text_bytes, type->text);
    if (op == FOLD_BY_TYPE)
        return err_set(err, STATUS_MISMATCH,
                       "column '%s': type %.*s has no merge of its own: expected --op %s=min, max, "
                       "any or last",
                       name, text_bytes, type->text, name);
    return err_set(err, STATUS_MISMATCH, "column '%s': expected a type that %s is for, found %.*s",
                   name, names[op], text_bytes, type->text);
}

enum status fold_result_type(const struct native_type *type, enum fold_op *op, bool widen,
                             const char *name, struct buf *text, struct err *err)
{
    static const char *const results[] = {
        [FOLD_MOMENTS] = "Tuple(n UInt64, mean Float64, m2 Float64)",
        [FOLD_EXACT] = "Tuple(n UInt64, mean Float64, m2 Float64)",
        [FOLD_EXACT_STATE] = "String",
        [FOLD_ACTIVITY] = "String",
        [FOLD_COUNT] = "UInt64",
        [FOLD_ROWS] = "UInt64",
    };
    enum fold_op asked = *op;
    if (choose_kind(type, op) == NULL)
        return refuse(asked, type, name, err);
    if (*op >= FOLD_MOMENTS && type->kind != NATIVE_VARIANCE)
        return buf_append_terminated(text, results[*op], strlen(results[*op]), err);
    if (*op == FOLD_SUM && widen)
        return append_widened_sum(type, text, err);
    return native_cell_plain_type(type, text, err);
}

enum status fold_init(struct fold *fold, const struct native_block *block, size_t column,
                      enum fold_op op, bool widen, const char *name, struct err *err)
{
    const struct native_type *type = native_type_root(&block->columns[column].type);
    struct buf text = {0};
    *fold = (struct fold){.column = column, .op = op};
    enum status status = fold_result_type(type, &fold->op, widen, name, &text, err);
    if (status == STATUS_OK)
        status = native_builder_init(&fold->out, name, (const char *)text.data, err);
    buf_free(&text);
    TRY(status);
    fold->kind = choose_kind(type, &op);
    return mem_take_zeros(1, fold->kind->state_bytes, &fold->state, err);
}

void fold_free(struct fold *fold)
{
    native_builder_free(&fold->out);
    if (fold->state != NULL && fold->kind->free_state != NULL)
        fold->kind->free_state(fold->state);
    mem_free(fold->state);
    *fold = (struct fold){0};
}

enum status fold_add(struct fold *fold, const struct native_block *block, uint64_t begin,
                     uint64_t end, struct err *err)
{
    const struct native_column *column = &block->columns[fold->column];
    enum status status = fold->kind->add(fold, column, begin, end, err);
    if (status != STATUS_OK)
        err_prefix(err, "column '%.*s'", (int)column->name.size_bytes,
                   (const char *)column->name.data);
    return status;
}

enum status fold_close(struct fold *fold, struct err *err)
{
    enum status status = fold->kind->close(fold, err);
    if (status != STATUS_OK) {
        const uint8_t *name = fold->out.header.data;
        int name_bytes = (int)varuint_take(&name);
        err_prefix(err, "column '%.*s'", name_bytes, (const char *)name);
    }
    return status;
}

enum status fold_flush(struct fold *fold, struct err *err)
{
    return fold->kind->flush == NULL ? STATUS_OK : fold->kind->flush(fold, err);
}
