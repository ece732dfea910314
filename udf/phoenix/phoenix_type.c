#include "phoenix_type.h"

#include "phoenix_decimal.h"

#include <stdio.h>
#include <stdlib.h>

static bool is_unsigned(const char *name)
{
    return strncmp(name, "UNSIGNED_", 9) == 0;
}

/* What an array holds is told by its type's name alone: INTEGER ARRAY. Of unsigned items the query
 * server says that it does not know them, and of times it sends a text in JSON. */
static int32_t find_item(const char *name)
{
    static const struct {
        const char *name;
        int32_t id;
    } items[] = {
        {"BIGINT", PHOENIX_BIGINT},
        {"LONG", PHOENIX_BIGINT},
        {"INTEGER", PHOENIX_INTEGER_TYPE},
        {"INT", PHOENIX_INTEGER_TYPE},
        {"SMALLINT", PHOENIX_SMALLINT},
        {"TINYINT", PHOENIX_TINYINT},
        {"FLOAT", PHOENIX_FLOAT},
        {"DOUBLE", PHOENIX_DOUBLE_TYPE},
        {"DECIMAL", PHOENIX_DECIMAL},
        {"BOOLEAN", PHOENIX_BOOLEAN},
        {"CHAR", PHOENIX_CHAR},
        {"VARCHAR", PHOENIX_VARCHAR},
        {"BINARY", PHOENIX_BINARY},
        {"VARBINARY", PHOENIX_VARBINARY},
        {"DATE", PHOENIX_DATE},
        {"TIMESTAMP", PHOENIX_TIMESTAMP},
    };
    size_t n = strcspn(name, "( ");
    for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++)
        if (text_equals(items[i].name, name, n))
            return items[i].id;
    return 0;
}

/* The type of a column's values, or of its arrays' items. */
static int32_t find_leaf(const struct phoenix_signature_column *column)
{
    return column->type_id == PHOENIX_ARRAY_TYPE ? find_item(column->type_name) : column->type_id;
}

static const char *default_of_number(int32_t id, bool without_sign)
{
    switch (id) {
    case PHOENIX_BIGINT:
        return without_sign ? "UInt64" : "Int64";
    case PHOENIX_INTEGER_TYPE:
        return without_sign ? "UInt32" : "Int32";
    case PHOENIX_SMALLINT:
        return without_sign ? "UInt16" : "Int16";
    case PHOENIX_TINYINT:
        return without_sign ? "UInt8" : "Int8";
    case PHOENIX_FLOAT:
        return "Float32";
    case PHOENIX_DOUBLE_TYPE:
        return "Float64";
    case PHOENIX_BOOLEAN:
        return "Bool";
    default:
        return NULL;
    }
}

/* NULL: cannot be carried. */
static const char *default_of(int32_t id, const char *name)
{
    switch (id) {
    case PHOENIX_CHAR:
    case PHOENIX_VARCHAR:
    case PHOENIX_BINARY:
    case PHOENIX_VARBINARY:
    case PHOENIX_DECIMAL: /* whose digits are not known */
        return "String";
    case PHOENIX_TIMESTAMP:
    case PHOENIX_DATE:
        return "DateTime64(3)";
    case PHOENIX_TIME:
        return "Int32";
    default:
        return default_of_number(id, is_unsigned(name));
    }
}

/* The type that is taken where none was asked for. */
static enum status write_default(const struct phoenix_signature_column *column, char *text,
                                 struct err *err)
{
    bool is_array = column->type_id == PHOENIX_ARRAY_TYPE;
    int32_t id = find_leaf(column);
    const char *item = default_of(id, column->type_name);
    const char *nullable = is_array || column->is_nullable ? "Nullable(" : "";
    char decimal[32];
    if (item == NULL)
        return err_set(err, STATUS_MISMATCH, "Phoenix's type %s cannot be carried",
                       column->type_name);
    if (id == PHOENIX_DECIMAL && !is_array && column->precision > 0 &&
        column->precision <= PHOENIX_DECIMAL_MAX_DIGITS && column->scale <= column->precision) {
        (void)snprintf(decimal, sizeof(decimal), "Decimal(%u, %u)", column->precision,
                       column->scale);
        item = decimal;
    }
    (void)snprintf(text, PHOENIX_MAX_TYPE_BYTES, "%s%s%s%s%s", is_array ? "Array(" : "", nullable,
                   item, *nullable == '\0' ? "" : ")", is_array ? ")" : "");
    return STATUS_OK;
}

static bool take_integer(const struct native_type *leaf, struct phoenix_type *type)
{
    if (leaf->class != NATIVE_CLASS_INTEGER || leaf->width_bytes > 8)
        return false;
    unsigned bits = leaf->width_bytes * 8;
    type->form = PHOENIX_FORM_INTEGER;
    if (leaf->order == NATIVE_ORDER_SIGNED) {
        type->least = INT64_MIN >> (64 - bits);
        type->most = INT64_MAX >> (64 - bits);
    } else {
        type->least = 0;
        type->most = bits == 64 ? INT64_MAX : (int64_t)(UINT64_MAX >> (64 - bits));
    }
    return true;
}

/* Raw integers of any size: times, whose class says what they count. */
static bool take_ticks(const struct native_type *leaf, enum native_class class, uint32_t scale,
                       struct phoenix_type *type)
{
    if (leaf->class != class || leaf->scale != scale)
        return false;
    type->form = PHOENIX_FORM_INTEGER;
    type->least = leaf->width_bytes == 8 ? INT64_MIN : INT32_MIN;
    type->most = leaf->width_bytes == 8 ? INT64_MAX : INT32_MAX;
    return true;
}

/* Decimal(P, S), with P and S written out. */
static bool take_decimal(const struct native_type *leaf, struct phoenix_type *type)
{
    static const char begin[] = "Decimal(";
    if (leaf->class != NATIVE_CLASS_DECIMAL || leaf->text_bytes < sizeof(begin) ||
        memcmp(leaf->text, begin, sizeof(begin) - 1) != 0)
        return false;
    type->form = PHOENIX_FORM_DECIMAL;
    type->precision = (uint32_t)atoi(leaf->text + sizeof(begin) - 1);
    type->scale = leaf->scale;
    return true;
}

static bool take_form(enum phoenix_form form, bool fits, struct phoenix_type *type)
{
    type->form = form;
    return fits;
}

/* Avatica sends a DATE as days. As an item of an array it is whole: milliseconds. */
static bool take_date(const struct native_type *leaf, struct phoenix_type *type)
{
    if (!type->is_array && take_ticks(leaf, NATIVE_CLASS_DATE32, 0, type))
        return true;
    type->as_timestamp = !type->is_array;
    return take_ticks(leaf, NATIVE_CLASS_DATETIME64, 3, type);
}

static bool take_leaf(int32_t id, const struct native_type *leaf, struct phoenix_type *type)
{
    bool is_text = leaf->kind == NATIVE_STRING;
    switch (id) {
    case PHOENIX_BIGINT:
    case PHOENIX_INTEGER_TYPE:
    case PHOENIX_SMALLINT:
    case PHOENIX_TINYINT:
        return take_integer(leaf, type);
    case PHOENIX_FLOAT:
        if (native_type_is(leaf, NATIVE_CLASS_FLOAT, 4))
            return take_form(PHOENIX_FORM_FLOAT32, true, type);
        return take_form(PHOENIX_FORM_FLOAT64, native_type_is(leaf, NATIVE_CLASS_FLOAT, 8), type);
    case PHOENIX_DOUBLE_TYPE:
        return take_form(PHOENIX_FORM_FLOAT64, native_type_is(leaf, NATIVE_CLASS_FLOAT, 8), type);
    case PHOENIX_BOOLEAN:
        return take_form(PHOENIX_FORM_BOOL,
                         leaf->class == NATIVE_CLASS_BOOL ||
                             (native_type_is(leaf, NATIVE_CLASS_INTEGER, 1) &&
                              leaf->order == NATIVE_ORDER_UNSIGNED),
                         type);
    case PHOENIX_CHAR:
    case PHOENIX_VARCHAR:
        return take_form(PHOENIX_FORM_TEXT, is_text, type);
    case PHOENIX_BINARY:
    case PHOENIX_VARBINARY:
        return take_form(PHOENIX_FORM_BINARY, is_text, type);
    case PHOENIX_DECIMAL:
        return is_text ? take_form(PHOENIX_FORM_DECIMAL_TEXT, true, type)
                       : take_decimal(leaf, type);
    case PHOENIX_TIMESTAMP:
        return take_ticks(leaf, NATIVE_CLASS_DATETIME64, 3, type);
    case PHOENIX_DATE:
        return take_date(leaf, type);
    case PHOENIX_TIME:
        return (leaf->width_bytes == 4 && take_integer(leaf, type)) ||
               take_ticks(leaf, NATIVE_CLASS_TIME64, 3, type);
    default:
        return false;
    }
}

/* Array(Nullable(T)), Array(T), Nullable(T) or T. */
static bool take_tree(const struct phoenix_signature_column *column,
                      const struct native_type_tree *tree, struct phoenix_type *type)
{
    const struct native_type *node = native_type_root(tree);
    bool is_array = column->type_id == PHOENIX_ARRAY_TYPE;
    if ((node->kind == NATIVE_ARRAY) != is_array)
        return false;
    type->is_array = is_array;
    node += is_array;
    type->is_nullable = node->kind == NATIVE_NULLABLE;
    node += type->is_nullable;
    type->width_bytes = node->width_bytes;
    return (node->kind == NATIVE_FIXED || node->kind == NATIVE_STRING) &&
           take_leaf(find_leaf(column), node, type);
}

enum status phoenix_type_decide(const struct phoenix_signature_column *column, const char *wanted,
                                struct phoenix_type *type_out, struct err *err)
{
    struct phoenix_type type = {0};
    struct native_type_tree tree = {0};
    if (wanted == NULL)
        TRY(write_default(column, type.text, err));
    else
        (void)snprintf(type.text, sizeof(type.text), "%s", wanted);
    enum status status = native_type_parse(&tree, type.text, strlen(type.text), err);
    if (status == STATUS_OK && !take_tree(column, &tree, &type))
        status = err_set(err, STATUS_MISMATCH, "Phoenix's type %s cannot become %s",
                         column->type_name, type.text);
    native_type_tree_free(&tree);
    if (status == STATUS_OK)
        *type_out = type;
    return status;
}
