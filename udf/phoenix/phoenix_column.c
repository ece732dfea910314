#include "phoenix_column.h"

#include "phoenix_base64.h"
#include "phoenix_decimal.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* A number as text, long enough for any that is no DECIMAL. */
struct numeral {
    char text[64];
};

static const char *const kind_names[] = {
    [PHOENIX_NULL] = "a NULL",      [PHOENIX_BOOL] = "a boolean", [PHOENIX_INTEGER] = "an integer",
    [PHOENIX_DOUBLE] = "a double",  [PHOENIX_TEXT] = "a text",    [PHOENIX_NUMERAL] = "a number",
    [PHOENIX_BYTES] = "some bytes", [PHOENIX_ARRAY] = "an array",
};

static enum status refuse(const struct phoenix_type *type, const struct phoenix_value *value,
                          struct err *err)
{
    return err_set(err, STATUS_FORMAT, "expected a value of %s, found %s", type->text,
                   kind_names[value->kind]);
}

static bool copy_numeral(const struct phoenix_value *value, struct numeral *numeral)
{
    if ((value->kind != PHOENIX_NUMERAL && value->kind != PHOENIX_TEXT) || value->size_bytes == 0 ||
        value->size_bytes >= sizeof(numeral->text))
        return false;
    memcpy(numeral->text, value->bytes, value->size_bytes);
    numeral->text[value->size_bytes] = '\0';
    return true;
}

static bool integer_of(const struct phoenix_value *value, int64_t *integer_out)
{
    struct numeral numeral;
    char *end = NULL;
    *integer_out = value->integer;
    if (value->kind == PHOENIX_INTEGER)
        return true;
    if (value->kind != PHOENIX_NUMERAL || !copy_numeral(value, &numeral))
        return false;
    errno = 0;
    *integer_out = strtoll(numeral.text, &end, 10);
    return errno == 0 && *end == '\0';
}

static bool double_of(const struct phoenix_value *value, double *number_out)
{
    struct numeral numeral;
    char *end = NULL;
    *number_out = value->number;
    if (value->kind == PHOENIX_DOUBLE)
        return true;
    if (!copy_numeral(value, &numeral)) /* in JSON also "NaN", "Infinity", "-Infinity" */
        return false;
    *number_out = strtod(numeral.text, &end);
    return *end == '\0';
}

static enum status append_integer(const struct phoenix_type *type, struct buf *part,
                                  const struct phoenix_value *value, struct err *err)
{
    int64_t integer = 0;
    uint8_t *added = NULL;
    if (!integer_of(value, &integer))
        return refuse(type, value, err);
    if (integer < type->least || integer > type->most)
        return err_set(err, STATUS_FORMAT, "expected a value of %s, found %lld", type->text,
                       (long long)integer);
    TRY(buf_extend(part, type->width_bytes, &added, err));
    memcpy(added, &integer, type->width_bytes);
    return STATUS_OK;
}

/* A text is rounded once: the shortest one of a float is not that of the double nearest to it. */
static bool float_of(const struct phoenix_value *value, float *number_out, double *exact_out)
{
    struct numeral numeral;
    char *end = NULL;
    if (value->kind == PHOENIX_DOUBLE || !copy_numeral(value, &numeral)) {
        *number_out = (float)value->number;
        *exact_out = value->number;
        return value->kind == PHOENIX_DOUBLE;
    }
    *number_out = strtof(numeral.text, &end);
    *exact_out = (double)*number_out;
    return *end == '\0';
}

static enum status append_float32(const struct phoenix_type *type, struct buf *part,
                                  const struct phoenix_value *value, struct err *err)
{
    float number = 0;
    double exact = 0;
    uint8_t *added = NULL;
    if (!float_of(value, &number, &exact))
        return refuse(type, value, err);
    if ((double)number != exact && !isnan(exact))
        return err_set(err, STATUS_FORMAT, "expected a value of %s, found %.17g: ask for Float64",
                       type->text, exact);
    TRY(buf_extend(part, sizeof(number), &added, err));
    store_f32(added, number);
    return STATUS_OK;
}

static enum status append_float64(const struct phoenix_type *type, struct buf *part,
                                  const struct phoenix_value *value, struct err *err)
{
    double number = 0;
    if (!double_of(value, &number))
        return refuse(type, value, err);
    return buf_append_f64(part, number, err);
}

static enum status append_binary(const struct phoenix_type *type, struct buf *part,
                                 const struct phoenix_value *value, struct err *err)
{
    if (value->kind == PHOENIX_BYTES)
        return native_append_string(part, value->bytes, value->size_bytes, err);
    size_t size_bytes = 0;
    if (value->kind != PHOENIX_TEXT ||
        !phoenix_base64_size(value->bytes, value->size_bytes, &size_bytes))
        return refuse(type, value, err);
    uint8_t *added = NULL;
    TRY(buf_append_varuint(part, size_bytes, err));
    TRY(buf_extend(part, size_bytes, &added, err));
    if (!phoenix_base64_decode(value->bytes, value->size_bytes, added))
        return refuse(type, value, err);
    return STATUS_OK;
}

static enum status append_decimal(const struct phoenix_type *type, struct buf *part,
                                  const struct phoenix_value *value, struct err *err)
{
    uint8_t *added = NULL;
    if (value->kind != PHOENIX_TEXT && value->kind != PHOENIX_NUMERAL)
        return refuse(type, value, err);
    TRY(buf_extend(part, type->width_bytes, &added, err));
    return phoenix_decimal_store(value->bytes, value->size_bytes, type->precision, type->scale,
                                 added, type->width_bytes, err);
}

static enum status append_decimal_text(const struct phoenix_type *type, struct buf *part,
                                       const struct phoenix_value *value, struct err *err)
{
    struct buf plain = {0};
    if (value->kind != PHOENIX_TEXT && value->kind != PHOENIX_NUMERAL)
        return refuse(type, value, err);
    enum status status = phoenix_decimal_print(value->bytes, value->size_bytes, &plain, err);
    if (status == STATUS_OK)
        status = native_append_string(part, plain.data, plain.size_bytes, err);
    buf_free(&plain);
    return status;
}

static enum status append_leaf(const struct phoenix_type *type, struct buf *part,
                               const struct phoenix_value *value, struct err *err)
{
    switch (type->form) {
    case PHOENIX_FORM_INTEGER:
        return append_integer(type, part, value, err);
    case PHOENIX_FORM_BOOL:
        return value->kind == PHOENIX_BOOL ? buf_append_u8(part, value->integer != 0, err)
                                           : refuse(type, value, err);
    case PHOENIX_FORM_FLOAT32:
        return append_float32(type, part, value, err);
    case PHOENIX_FORM_FLOAT64:
        return append_float64(type, part, value, err);
    case PHOENIX_FORM_TEXT:
        return value->kind == PHOENIX_TEXT
                   ? native_append_string(part, value->bytes, value->size_bytes, err)
                   : refuse(type, value, err);
    case PHOENIX_FORM_BINARY:
        return append_binary(type, part, value, err);
    case PHOENIX_FORM_DECIMAL:
        return append_decimal(type, part, value, err);
    default: /* PHOENIX_FORM_DECIMAL_TEXT */
        return append_decimal_text(type, part, value, err);
    }
}

static bool is_string(enum phoenix_form form)
{
    return form == PHOENIX_FORM_TEXT || form == PHOENIX_FORM_BINARY ||
           form == PHOENIX_FORM_DECIMAL_TEXT;
}

/* What stands in the place of a NULL. */
static enum status append_nothing(const struct phoenix_type *type, struct buf *part,
                                  struct err *err)
{
    uint8_t *added = NULL;
    size_t width_bytes = is_string(type->form) ? 1 : type->width_bytes;
    TRY(buf_extend(part, width_bytes, &added, err));
    memset(added, 0, width_bytes);
    return STATUS_OK;
}

/* A value that is no array, into the parts from `part` on. */
static enum status append_item(const struct phoenix_type *type, struct buf *part,
                               const struct phoenix_value *value, struct err *err)
{
    if (!type->is_nullable)
        return append_leaf(type, part, value, err);
    TRY(buf_append_u8(part, value->kind == PHOENIX_NULL, err));
    return value->kind == PHOENIX_NULL ? append_nothing(type, part + 1, err)
                                       : append_leaf(type, part + 1, value, err);
}

enum status phoenix_column_append(const struct phoenix_type *type, struct native_builder *builder,
                                  const struct phoenix_value *value, struct err *err)
{
    struct buf *part = builder->parts;
    if (!type->is_array)
        return append_item(type, part, value, err);
    if (value->kind != PHOENIX_ARRAY && value->kind != PHOENIX_NULL)
        return refuse(type, value, err);
    size_t n_items = value->kind == PHOENIX_NULL ? 0 : value->n_items;
    uint64_t before = part->size_bytes == 0 ? 0 : load_u64(part->data + part->size_bytes - 8);
    TRY(buf_append_u64(part, before + n_items, err));
    for (size_t i = 0; i < n_items; i++)
        TRY(append_item(type, part + 1, &value->items[i], err));
    return STATUS_OK;
}
