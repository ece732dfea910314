#include "native_widen.h"

#include "mem.h"
#include "native_number.h"

/* One column on its way. Positions `to` and `from` count the nodes of the two types. */
struct widening {
    struct native_widened_part *parts;
    const struct native_type *to_types;
    struct native_node *to_nodes;
    const struct native_type *from_types;
    const struct native_node *from_nodes;
    uint64_t bad_row; /* among the rows of the node that failed; an array turns it into its own */
    struct err *err;
};

/* Values of one type, one a row. */
struct leaf {
    const struct native_type *type;
    struct native_node node;
};

/* What stands where there are no rows: no values, and the one start after the last of them. */
static const uint8_t nothing[8];

enum status native_widened_init(struct native_widened *widened, const char *type, struct err *err)
{
    *widened = (struct native_widened){0};
    TRY(native_type_parse(&widened->column.type, type, strlen(type), err));
    size_t n_nodes = native_type_count(&widened->column.type);
    uint8_t *nodes = NULL;
    TRY(buf_extend(&widened->column.nodes, n_nodes * sizeof(struct native_node), &nodes, err));
    return mem_take_zeros(n_nodes, sizeof(*widened->parts), &widened->parts, err);
}

void native_widened_free(struct native_widened *widened)
{
    size_t n_parts = widened->parts == NULL ? 0 : native_type_count(&widened->column.type);
    for (size_t i = 0; i < n_parts; i++) {
        buf_free(&widened->parts[i].values);
        buf_free(&widened->parts[i].picked);
        buf_free(&widened->parts[i].starts);
    }
    mem_free(widened->parts);
    native_type_tree_free(&widened->column.type);
    buf_free(&widened->column.nodes);
    *widened = (struct native_widened){0};
}

/* Whether the values of both, which have no children, have the same bytes and mean the same. */
static bool is_same_type(const struct native_type *a, const struct native_type *b)
{
    return a->kind == b->kind && a->class == b->class && a->order == b->order &&
           a->width_bytes == b->width_bytes && a->scale == b->scale;
}

static enum status refuse_value(struct widening *widening, size_t to, uint64_t row,
                                const char *found)
{
    const struct native_type *type = &widening->to_types[to];
    widening->bad_row = row;
    return err_set(widening->err, STATUS_FORMAT, "expected a value of %.*s, found %s",
                   (int)type->text_bytes, type->text, found);
}

/* FixedString as String: without the zeros at the end, as the server casts it. */
static enum status widen_fixed_string(struct widening *widening, size_t to, const struct leaf *leaf)
{
    struct native_widened_part *part = &widening->parts[to];
    size_t width_bytes = leaf->type->width_bytes;
    buf_reset(&part->values);
    buf_reset(&part->starts);
    TRY(buf_reserve(&part->values, 1, widening->err)); /* an address even where there are no rows */
    TRY(buf_append_u64(&part->starts, 0, widening->err));
    for (uint64_t row = 0; row < leaf->node.n_rows; row++) {
        const uint8_t *value = leaf->node.data + row * width_bytes;
        size_t value_bytes = width_bytes;
        while (value_bytes > 0 && value[value_bytes - 1] == 0)
            value_bytes--;
        TRY(buf_append_varuint(&part->values, value_bytes, widening->err));
        TRY(buf_append(&part->values, value, value_bytes, widening->err));
        TRY(buf_append_u64(&part->starts, part->values.size_bytes, widening->err));
    }
    widening->to_nodes[to].data = part->values.data;
    widening->to_nodes[to].starts = part->starts.data;
    return STATUS_OK;
}

static native_conversion *conversion_of(const struct native_type *from,
                                        const struct native_type *to)
{
    if (native_type_is(to, NATIVE_CLASS_FLOAT, 8))
        return native_conversion_find(from, NATIVE_TO_FLOAT64);
    if (!native_type_is(to, NATIVE_CLASS_INTEGER, 8))
        return NULL;
    return native_conversion_find(from, to->order == NATIVE_ORDER_SIGNED ? NATIVE_TO_INT64
                                                                         : NATIVE_TO_UINT64);
}

static enum status widen_numbers(struct widening *widening, size_t to, const struct leaf *leaf,
                                 native_conversion *convert)
{
    struct native_numbers from = {leaf->node.data, leaf->node.n_rows, leaf->type};
    struct buf *values = &widening->parts[to].values;
    uint8_t *added = NULL;
    if (from.n == 0)
        return STATUS_OK;
    buf_reset(values);
    TRY(buf_extend(values, (size_t)from.n * 8, &added, widening->err));
    uint64_t n_done = convert(&from, added);
    if (n_done < from.n) {
        char found[64];
        native_number_print(from.type, from.data + n_done * from.type->width_bytes, found,
                            sizeof(found));
        return refuse_value(widening, to, n_done, found);
    }
    widening->to_nodes[to].data = values->data;
    return STATUS_OK;
}

static enum status widen_leaf(struct widening *widening, size_t to, const struct leaf *leaf)
{
    const struct native_type *type = &widening->to_types[to];
    native_conversion *convert = conversion_of(leaf->type, type);
    widening->to_nodes[to] = leaf->node;
    if (is_same_type(leaf->type, type))
        return STATUS_OK;
    if (convert != NULL)
        return widen_numbers(widening, to, leaf, convert);
    if (type->kind == NATIVE_STRING && leaf->type->class == NATIVE_CLASS_FIXED_STRING)
        return widen_fixed_string(widening, to, leaf);
    return STATUS_MISMATCH;
}

static enum status pick_fixed(struct widening *widening, struct native_widened_part *part,
                              size_t from, struct leaf *leaf)
{
    const struct native_node *node = &widening->from_nodes[from];
    size_t width_bytes = leaf->type->width_bytes;
    uint8_t *at = NULL;
    if (node->n_rows > SIZE_MAX / width_bytes)
        return err_set(widening->err, STATUS_NOMEM, "out of memory: no room for %llu values",
                       (unsigned long long)node->n_rows);
    TRY(buf_extend(&part->picked, (size_t)node->n_rows * width_bytes, &at, widening->err));
    for (uint64_t row = 0; row < node->n_rows; row++)
        memcpy(at + row * width_bytes, node[1].data + native_index(node, row) * width_bytes,
               width_bytes);
    leaf->node.data = part->picked.data;
    return STATUS_OK;
}

static enum status pick_strings(struct widening *widening, struct native_widened_part *part,
                                size_t from, struct leaf *leaf)
{
    const struct native_node *node = &widening->from_nodes[from];
    TRY(buf_append_u64(&part->starts, 0, widening->err));
    for (uint64_t row = 0; row < node->n_rows; row++) {
        const uint8_t *starts = node[1].starts + native_index(node, row) * 8;
        uint64_t begin = load_u64(starts), end = load_u64(starts + 8);
        TRY(buf_append(&part->picked, node[1].data + begin, (size_t)(end - begin), widening->err));
        TRY(buf_append_u64(&part->starts, part->picked.size_bytes, widening->err));
    }
    leaf->node.data = part->picked.data;
    leaf->node.starts = part->starts.data;
    return STATUS_OK;
}

static enum status widen_low_cardinality(struct widening *widening, size_t to, size_t from)
{
    const struct native_type *type = &widening->from_types[from];
    const struct native_node *node = &widening->from_nodes[from];
    struct native_widened_part *part = &widening->parts[to];
    struct leaf leaf = {&type[1], {.n_rows = node->n_rows, .data = nothing, .starts = nothing}};
    for (uint64_t row = 0; type->holds_null && row < node->n_rows; row++)
        if (native_index(node, row) == 0)
            return refuse_value(widening, to, row, "NULL");
    if (type[1].kind != NATIVE_STRING && type[1].kind != NATIVE_FIXED)
        return STATUS_MISMATCH;
    buf_reset(&part->picked);
    buf_reset(&part->starts);
    if (node->n_rows > 0)
        TRY(type[1].kind == NATIVE_STRING ? pick_strings(widening, part, from, &leaf)
                                          : pick_fixed(widening, part, from, &leaf));
    return widen_leaf(widening, to, &leaf);
}

static enum status widen_node(struct widening *widening, size_t to, size_t from);

static enum status widen_nullable(struct widening *widening, size_t to, size_t from)
{
    const struct native_node *node = &widening->from_nodes[from];
    for (uint64_t row = 0; row < node->n_rows; row++)
        if (node->data[row] != 0)
            return refuse_value(widening, to, row, "NULL");
    return widen_node(widening, to, from + 1);
}

/* Nothing is the type of an empty array's elements. */
static enum status widen_nothing(struct widening *widening, size_t to, size_t from)
{
    if (widening->from_nodes[from].n_rows > 0)
        return refuse_value(widening, to, 0, "Nothing");
    for (size_t i = to; i < to + widening->to_types[to].n_nodes; i++)
        widening->to_nodes[i] = (struct native_node){.data = nothing, .starts = nothing};
    return STATUS_OK;
}

static enum status widen_array(struct widening *widening, size_t to, size_t from)
{
    const struct native_node *array = &widening->from_nodes[from];
    widening->to_nodes[to] = *array;
    enum status status = widen_node(widening, to + 1, from + 1);
    if (status != STATUS_FORMAT)
        return status;
    uint64_t row = 0;
    while (load_u64(array->data + row * 8) <= widening->bad_row)
        row++;
    widening->bad_row = row;
    return status;
}

/* The element of the tuple `from` that becomes the declared element `to`, which is its number
 * `number`: by its name where it has one, else by its number. 0 where there is none. */
static size_t find_element(const struct widening *widening, size_t to, size_t number, size_t from)
{
    const struct native_type *declared = &widening->to_types[to];
    const struct native_type *types = widening->from_types;
    size_t end = from + types[from].n_nodes, at = 0;
    for (size_t child = from + 1; child < end; child += types[child].n_nodes, at++) {
        const struct native_type *type = &types[child];
        bool is_named = type->name != NULL && declared->name != NULL;
        if (is_named ? type->name_bytes == declared->name_bytes &&
                           memcmp(type->name, declared->name, type->name_bytes) == 0
                     : at == number)
            return child;
    }
    return 0;
}

static size_t count_elements(const struct native_type *tuple)
{
    size_t n = 0;
    for (uint32_t child = 1; child < tuple->n_nodes; child += tuple[child].n_nodes)
        n++;
    return n;
}

static enum status widen_tuple(struct widening *widening, size_t to, size_t from)
{
    const struct native_type *declared = &widening->to_types[to];
    size_t end = to + declared->n_nodes, number = 0;
    if (count_elements(declared) != count_elements(&widening->from_types[from]))
        return STATUS_MISMATCH;
    widening->to_nodes[to] = widening->from_nodes[from];
    for (size_t child = to + 1; child < end; child += widening->to_types[child].n_nodes) {
        size_t element = find_element(widening, child, number++, from);
        if (element == 0)
            return STATUS_MISMATCH;
        TRY(widen_node(widening, child, element));
    }
    return STATUS_OK;
}

static enum status widen_node(struct widening *widening, size_t to, size_t from)
{
    const struct native_type *type = &widening->from_types[from];
    enum native_kind target = widening->to_types[to].kind;
    if (type->kind == NATIVE_NULLABLE)
        return widen_nullable(widening, to, from);
    if (type->kind == NATIVE_LOW_CARDINALITY)
        return widen_low_cardinality(widening, to, from);
    if (type->class == NATIVE_CLASS_NOTHING)
        return widen_nothing(widening, to, from);
    if (target == NATIVE_ARRAY || target == NATIVE_TUPLE) {
        if (type->kind != target)
            return STATUS_MISMATCH;
        return target == NATIVE_ARRAY ? widen_array(widening, to, from)
                                      : widen_tuple(widening, to, from);
    }
    return widen_leaf(widening, to, &(struct leaf){type, widening->from_nodes[from]});
}

enum status native_widen(struct native_widened *widened, const struct native_column *from,
                         struct err *err)
{
    const struct native_type *declared = native_type_root(&widened->column.type);
    const struct native_type *found = native_type_root(&from->type);
    struct widening widening = {
        .parts = widened->parts,
        .to_types = declared,
        .to_nodes = (struct native_node *)(void *)widened->column.nodes.data,
        .from_types = found,
        .from_nodes = native_column_nodes(from),
        .err = err,
    };
    enum status status = widen_node(&widening, 0, 0);
    if (status == STATUS_MISMATCH)
        return err_set(err, status, "expected the type %.*s, found %.*s", (int)declared->text_bytes,
                       declared->text, (int)found->text_bytes, found->text);
    if (status == STATUS_FORMAT)
        err_prefix(err, "row %llu", (unsigned long long)widening.bad_row + 1);
    return status;
}
