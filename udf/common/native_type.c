#include "native_type.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>

enum {
    MAX_DEPTH = 64,   /* of nesting; ClickHouse's own parser stops at a similar depth */
    MAX_NODES = 10000 /* of one column */
};

/* The text that is being parsed, and the tree that grows from it. */
struct parser {
    const char *at;
    const char *end;
    const char *whole;
    size_t whole_bytes;
    struct buf *nodes;
    int depth;
    struct err *err;
};

/* A type name that Saltwell knows. */
struct entry {
    const char *name;
    /* Moves past what follows the name and adds the type's nodes. */
    enum status (*parse)(struct parser *parser, const struct entry *entry);
    enum native_kind kind;
    uint32_t width_bytes;
    enum native_order order;
    enum native_class class;
    const char *text; /* of parse_alias and parse_refused */
};

static enum status parse_type(struct parser *parser);

static enum status refuse(const struct parser *parser, const char *what)
{
    size_t at = (size_t)(parser->at - parser->whole);
    return err_set(parser->err, STATUS_FORMAT, "type %.*s: %s at character %zu",
                   (int)(parser->whole_bytes < 300 ? parser->whole_bytes : 300), parser->whole,
                   what, at + 1);
}

static bool skip_char(struct parser *parser, char c)
{
    if (parser->at == parser->end || *parser->at != c)
        return false;
    parser->at++;
    return true;
}

static enum status expect_char(struct parser *parser, char c)
{
    if (skip_char(parser, c))
        return STATUS_OK;
    char what[] = "expected 'c'";
    what[10] = c;
    return refuse(parser, what);
}

/* Separates list items: a comma and at most one space. */
static bool skip_comma(struct parser *parser)
{
    if (!skip_char(parser, ','))
        return false;
    (void)skip_char(parser, ' ');
    return true;
}

static size_t scan_word(struct parser *parser)
{
    const char *from = parser->at;
    while (parser->at < parser->end && (isalnum((unsigned char)*parser->at) || *parser->at == '_'))
        parser->at++;
    return (size_t)(parser->at - from);
}

/* Moves past a quoted text; the quote stands at parser->at. */
static enum status skip_quoted(struct parser *parser)
{
    char quote = *parser->at++;
    while (parser->at < parser->end && *parser->at != quote)
        parser->at += *parser->at == '\\' && parser->end - parser->at > 1 ? 2 : 1;
    return expect_char(parser, quote);
}

/* Moves past arguments that do not change the layout, as in Enum8('a' = 1) or DateTime('UTC'). */
static enum status skip_arguments(struct parser *parser)
{
    if (!skip_char(parser, '('))
        return STATUS_OK;
    for (int depth = 1; depth > 0;) {
        if (parser->at == parser->end)
            return refuse(parser, "expected ')'");
        if (*parser->at == '\'' || *parser->at == '`') {
            TRY(skip_quoted(parser));
            continue;
        }
        depth += (*parser->at == '(') - (*parser->at == ')');
        parser->at++;
    }
    return STATUS_OK;
}

static enum status parse_number(struct parser *parser, unsigned max, unsigned *number_out)
{
    unsigned number = 0;
    const char *from = parser->at;
    while (parser->at < parser->end && isdigit((unsigned char)*parser->at) && number <= max)
        number = number * 10 + (unsigned)(*parser->at++ - '0');
    if (parser->at == from || number == 0 || number > max)
        return refuse(parser, "expected a size");
    *number_out = number;
    return STATUS_OK;
}

static enum status add_node(struct parser *parser, enum native_kind kind, size_t *node_out)
{
    size_t node = parser->nodes->size_bytes / sizeof(struct native_type);
    if (node >= MAX_NODES)
        return err_set(parser->err, STATUS_LIMIT,
                       "type %.200s…: expected at most %d parts, found more", parser->whole,
                       MAX_NODES);
    struct native_type type = {.kind = kind, .n_nodes = 1};
    TRY(buf_append(parser->nodes, &type, sizeof(type), parser->err));
    *node_out = node;
    return STATUS_OK;
}

static struct native_type *node_at(const struct parser *parser, size_t node)
{
    return (struct native_type *)(void *)parser->nodes->data + node;
}

static void close_node(const struct parser *parser, size_t node)
{
    size_t n_nodes = parser->nodes->size_bytes / sizeof(struct native_type);
    node_at(parser, node)->n_nodes = (uint32_t)(n_nodes - node);
}

static enum status add_fixed(struct parser *parser, unsigned width_bytes, enum native_order order,
                             enum native_class class)
{
    size_t node = 0;
    TRY(add_node(parser, NATIVE_FIXED, &node));
    node_at(parser, node)->width_bytes = width_bytes;
    node_at(parser, node)->order = order;
    node_at(parser, node)->class = class;
    return STATUS_OK;
}

/* A known width, and arguments that leave it alone; DateTime64's and Time64's begin with the scale.
 */
static enum status parse_fixed(struct parser *parser, const struct entry *entry)
{
    size_t node = parser->nodes->size_bytes / sizeof(struct native_type);
    const char *at = parser->at + 1;
    uint32_t scale = 0;
    TRY(skip_arguments(parser));
    TRY(add_fixed(parser, entry->width_bytes, entry->order, entry->class));
    while (at < parser->at && isdigit((unsigned char)*at) && scale < 100)
        scale = 10 * scale + (uint32_t)(*at++ - '0');
    node_at(parser, node)->scale = scale;
    return STATUS_OK;
}

static enum status parse_fixed_string(struct parser *parser, const struct entry *entry)
{
    unsigned width_bytes = 0;
    TRY(expect_char(parser, '('));
    TRY(parse_number(parser, 0xffffff, &width_bytes));
    TRY(expect_char(parser, ')'));
    return add_fixed(parser, width_bytes, entry->order, entry->class);
}

/* Decimal(P, S): the precision decides the width. */
static enum status parse_decimal(struct parser *parser, const struct entry *entry)
{
    unsigned precision = 0, scale = 0;
    size_t node = parser->nodes->size_bytes / sizeof(struct native_type);
    TRY(expect_char(parser, '('));
    TRY(parse_number(parser, 76, &precision));
    bool is_whole = !skip_comma(parser) || skip_char(parser, '0');
    if (!is_whole)
        TRY(parse_number(parser, precision, &scale));
    TRY(expect_char(parser, ')'));
    unsigned width_bytes = precision <= 9 ? 4 : precision <= 18 ? 8 : precision <= 38 ? 16 : 32;
    TRY(add_fixed(parser, width_bytes, entry->order, entry->class));
    node_at(parser, node)->scale = scale;
    return STATUS_OK;
}

static enum status parse_string(struct parser *parser, const struct entry *entry)
{
    return add_node(parser, entry->kind, &(size_t){0});
}

static enum status parse_json(struct parser *parser, const struct entry *entry)
{
    TRY(skip_arguments(parser));
    return add_node(parser, entry->kind, &(size_t){0});
}

/* Nullable(T) and Array(T): a node with one child. */
static enum status parse_wrapper(struct parser *parser, const struct entry *entry)
{
    size_t node = 0;
    TRY(add_node(parser, entry->kind, &node));
    TRY(expect_char(parser, '('));
    TRY(parse_type(parser));
    TRY(expect_char(parser, ')'));
    close_node(parser, node);
    return STATUS_OK;
}

static bool skip_word(struct parser *parser, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(parser->end - parser->at) < n || memcmp(parser->at, word, n) != 0)
        return false;
    parser->at += n;
    return true;
}

static enum status parse_low_cardinality(struct parser *parser, const struct entry *entry)
{
    size_t node = 0;
    TRY(add_node(parser, entry->kind, &node));
    TRY(expect_char(parser, '('));
    bool holds_null = skip_word(parser, "Nullable(");
    node_at(parser, node)->holds_null = holds_null;
    TRY(parse_type(parser));
    if (holds_null)
        TRY(expect_char(parser, ')'));
    TRY(expect_char(parser, ')'));
    close_node(parser, node);
    return STATUS_OK;
}

/* A tuple's element: a type, or a name, a space and a type. */
static enum status parse_element(struct parser *parser)
{
    const char *name = parser->at;
    size_t name_bytes = 0;
    if (parser->at < parser->end && *parser->at == '`') {
        TRY(skip_quoted(parser));
        name_bytes = (size_t)(parser->at - name) - 2;
        name++;
    } else {
        name_bytes = scan_word(parser);
    }
    bool named = skip_char(parser, ' ');
    if (!named)
        parser->at = name;
    size_t node = parser->nodes->size_bytes / sizeof(struct native_type);
    TRY(parse_type(parser));
    if (named) {
        node_at(parser, node)->name = name;
        node_at(parser, node)->name_bytes = name_bytes;
    }
    return STATUS_OK;
}

static enum status parse_tuple(struct parser *parser, const struct entry *entry)
{
    size_t node = 0;
    if (skip_word(parser, "()")) /* a placeholder byte a value */
        return add_fixed(parser, 1, entry->order, entry->class);
    TRY(add_node(parser, NATIVE_TUPLE, &node));
    TRY(expect_char(parser, '('));
    do
        TRY(parse_element(parser));
    while (skip_comma(parser));
    TRY(expect_char(parser, ')'));
    close_node(parser, node);
    return STATUS_OK;
}

/* Map(K, V) and Nested(a A, b B): an array of tuples. */
static enum status parse_array_of_tuples(struct parser *parser, const struct entry *entry)
{
    size_t node = 0;
    TRY(add_node(parser, NATIVE_ARRAY, &node));
    TRY(parse_tuple(parser, entry));
    close_node(parser, node);
    return STATUS_OK;
}

/* The values are of the argument's type, which takes the aggregate function's name with it. */
static enum status parse_simple_aggregate(struct parser *parser, const struct entry *entry)
{
    (void)entry;
    size_t node = parser->nodes->size_bytes / sizeof(struct native_type);
    TRY(expect_char(parser, '('));
    const char *function = parser->at;
    size_t function_bytes = scan_word(parser);
    TRY(skip_arguments(parser));
    if (!skip_comma(parser))
        return refuse(parser, "expected ','");
    TRY(parse_type(parser));
    node_at(parser, node)->function = function;
    node_at(parser, node)->function_bytes = function_bytes;
    return expect_char(parser, ')');
}

/* A state carries no length, so that each function's would need a reader of its own, which would
 * have to follow every release of ClickHouse. */
static enum status parse_aggregate(struct parser *parser, const struct entry *entry)
{
    if (skip_word(parser, "(varSampStable, Float64)"))
        return add_node(parser, entry->kind, &(size_t){0});
    TRY(skip_arguments(parser));
    return refuse(parser, "Saltwell does not know the size of this function's states "
                          "(CAST(state, 'String') sends one as a String): the type ends");
}

/* Variant(A, B, …): the members in the order of their numbers. */
static enum status parse_variant(struct parser *parser, const struct entry *entry)
{
    size_t node = 0;
    TRY(add_node(parser, entry->kind, &node));
    TRY(expect_char(parser, '('));
    do
        TRY(parse_type(parser));
    while (skip_comma(parser));
    TRY(expect_char(parser, ')'));
    close_node(parser, node);
    return STATUS_OK;
}

/* QBit(T, D): for each bit of T a plane of D bits a value. */
static enum status parse_planes(struct parser *parser, const struct entry *entry)
{
    size_t node = 0;
    unsigned dimension = 0;
    TRY(expect_char(parser, '('));
    size_t element = parser->nodes->size_bytes / sizeof(struct native_type);
    TRY(parse_type(parser));
    struct native_type type = *node_at(parser, element);
    if (type.kind != NATIVE_FIXED || type.order != NATIVE_ORDER_FLOAT)
        return refuse(parser, "expected a type of floating-point numbers");
    parser->nodes->size_bytes = element * sizeof(struct native_type);
    if (!skip_comma(parser))
        return refuse(parser, "expected ','");
    TRY(parse_number(parser, 0xffffff, &dimension));
    TRY(expect_char(parser, ')'));
    TRY(add_node(parser, entry->kind, &node));
    node_at(parser, node)->width_bytes = type.width_bytes * 8 * ((dimension + 7) / 8);
    return STATUS_OK;
}

/* A geometric type has another type's layout: parses that one's name in place of it. */
static enum status parse_alias(struct parser *parser, const struct entry *entry)
{
    struct parser aliased = *parser;
    aliased.at = entry->text;
    aliased.end = entry->text + strlen(entry->text);
    return parse_type(&aliased);
}

static enum status parse_refused(struct parser *parser, const struct entry *entry)
{
    parser->at -= strlen(entry->name);
    return refuse(parser, entry->text);
}

#define TYPE(name, parse, kind, width_bytes, order, class, text)                                  \
    {                                                                                             \
        name, parse, NATIVE_##kind, width_bytes, NATIVE_ORDER_##order, NATIVE_CLASS_##class, text \
    }
#define FIXED(name, width_bytes, order, class) \
    TYPE(name, parse_fixed, FIXED, width_bytes, order, class, NULL)
#define FORM(name, parse, kind) TYPE(name, parse, kind, 0, BYTES, NONE, NULL)
#define TEXT(name, parse, text) TYPE(name, parse, FIXED, 0, BYTES, NONE, text)

static const struct entry entries[] = {
    FIXED("UInt8", 1, UNSIGNED, INTEGER),
    FIXED("UInt16", 2, UNSIGNED, INTEGER),
    FIXED("UInt32", 4, UNSIGNED, INTEGER),
    FIXED("UInt64", 8, UNSIGNED, INTEGER),
    FIXED("UInt128", 16, UNSIGNED, INTEGER),
    FIXED("UInt256", 32, UNSIGNED, INTEGER),
    FIXED("Int8", 1, SIGNED, INTEGER),
    FIXED("Int16", 2, SIGNED, INTEGER),
    FIXED("Int32", 4, SIGNED, INTEGER),
    FIXED("Int64", 8, SIGNED, INTEGER),
    FIXED("Int128", 16, SIGNED, INTEGER),
    FIXED("Int256", 32, SIGNED, INTEGER),
    FIXED("BFloat16", 2, FLOAT, FLOAT),
    FIXED("Float32", 4, FLOAT, FLOAT),
    FIXED("Float64", 8, FLOAT, FLOAT),
    TYPE("Decimal", parse_decimal, FIXED, 0, SIGNED, DECIMAL, NULL),
    FIXED("Bool", 1, UNSIGNED, BOOL),
    FORM("String", parse_string, STRING),
    TYPE("FixedString", parse_fixed_string, FIXED, 0, BYTES, FIXED_STRING, NULL),
    FIXED("UUID", 16, UUID, UUID),
    FIXED("IPv4", 4, UNSIGNED, IP),
    FIXED("IPv6", 16, BYTES, IP),
    FIXED("Enum8", 1, SIGNED, ENUM),
    FIXED("Enum16", 2, SIGNED, ENUM),
    FIXED("Date", 2, UNSIGNED, DATE),
    FIXED("Date32", 4, SIGNED, DATE32),
    FIXED("DateTime", 4, UNSIGNED, DATETIME),
    FIXED("DateTime64", 8, SIGNED, DATETIME64),
    FIXED("Time", 4, SIGNED, TIME),
    FIXED("Time64", 8, SIGNED, TIME64),
    FIXED("IntervalNanosecond", 8, SIGNED, INTERVAL),
    FIXED("IntervalMicrosecond", 8, SIGNED, INTERVAL),
    FIXED("IntervalMillisecond", 8, SIGNED, INTERVAL),
    FIXED("IntervalSecond", 8, SIGNED, INTERVAL),
    FIXED("IntervalMinute", 8, SIGNED, INTERVAL),
    FIXED("IntervalHour", 8, SIGNED, INTERVAL),
    FIXED("IntervalDay", 8, SIGNED, INTERVAL),
    FIXED("IntervalWeek", 8, SIGNED, INTERVAL),
    FIXED("IntervalMonth", 8, SIGNED, INTERVAL),
    FIXED("IntervalQuarter", 8, SIGNED, INTERVAL),
    FIXED("IntervalYear", 8, SIGNED, INTERVAL),
    FIXED("Nothing", 1, BYTES, NOTHING), /* a placeholder byte a value */
    FORM("Nullable", parse_wrapper, NULLABLE),
    FORM("Array", parse_wrapper, ARRAY),
    FORM("Tuple", parse_tuple, TUPLE),
    FORM("Map", parse_array_of_tuples, ARRAY),
    FORM("Nested", parse_array_of_tuples, ARRAY),
    FORM("LowCardinality", parse_low_cardinality, LOW_CARDINALITY),
    FORM("SimpleAggregateFunction", parse_simple_aggregate, FIXED),
    FORM("AggregateFunction", parse_aggregate, VARIANCE),
    FORM("Variant", parse_variant, VARIANT),
    FORM("JSON", parse_json, JSON),
    FORM("QBit", parse_planes, PLANES),
    TEXT("Dynamic", parse_refused,
         "expected a type whose layout is the same in every block (CAST the column "
         "to one), found Dynamic"),
    TEXT("Point", parse_alias, "Tuple(Float64, Float64)"),
    TEXT("Ring", parse_alias, "Array(Point)"),
    TEXT("LineString", parse_alias, "Array(Point)"),
    TEXT("MultiLineString", parse_alias, "Array(LineString)"),
    TEXT("Polygon", parse_alias, "Array(Ring)"),
    TEXT("MultiPolygon", parse_alias, "Array(Polygon)"),
    TEXT("Geometry", parse_alias,
         "Variant(LineString, MultiLineString, MultiPolygon, Point, Polygon, Ring)"),
};

/* The entry of a name, or NULL. */
static const struct entry *find_entry(const char *name, size_t name_bytes)
{
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
        if (text_equals(entries[i].name, name, name_bytes))
            return &entries[i];
    return NULL;
}

static enum status parse_type(struct parser *parser)
{
    if (++parser->depth > MAX_DEPTH)
        return err_set(parser->err, STATUS_LIMIT,
                       "type %.200s…: expected at most %d levels, found more", parser->whole,
                       MAX_DEPTH);
    const char *type = parser->at;
    size_t node = parser->nodes->size_bytes / sizeof(struct native_type);
    size_t word_bytes = scan_word(parser);
    const struct entry *entry = find_entry(type, word_bytes);
    if (entry == NULL) {
        parser->at = type;
        return refuse(parser, "Saltwell does not know the layout of the type");
    }
    TRY(entry->parse(parser, entry));
    struct native_type *parsed = node_at(parser, node);
    parsed->text = type;
    parsed->text_bytes = (size_t)(parser->at - type);
    if (parsed->base == NULL) { /* else set by the type inside */
        parsed->base = type;
        parsed->base_bytes = parsed->text_bytes;
    }
    parser->depth--;
    return STATUS_OK;
}

/* A type's name begins with a letter and holds no control character. */
static bool is_text(const char *text, size_t text_bytes)
{
    bool holds_control = text_bytes == 0 || !isalpha((unsigned char)text[0]);
    for (size_t i = 0; i < text_bytes; i++)
        holds_control |= (unsigned char)text[i] < ' ' || text[i] == 0x7f;
    return !holds_control;
}

enum status native_type_refuse(const char *bytes, size_t n_bytes, struct err *err)
{
    char found[3 * 8 + 1] = " none";
    for (size_t i = 0; i < n_bytes && i < 8; i++)
        snprintf(found + 3 * i, 4, " %02x", (unsigned char)bytes[i]);
    return err_set(err, STATUS_FORMAT,
                   "expected the name of a type, found%s "
                   "(output_format_native_encode_types_in_binary_format must be 0)",
                   found);
}

enum status native_type_parse(struct native_type_tree *tree, const char *text, size_t text_bytes,
                              struct err *err)
{
    buf_reset(&tree->text);
    buf_reset(&tree->nodes);
    if (text_bytes > INT_MAX)
        return err_set(err, STATUS_LIMIT, "expected a type name of at most %d bytes, found %zu",
                       INT_MAX, text_bytes);
    if (!is_text(text, text_bytes))
        return native_type_refuse(text, text_bytes, err);
    TRY(buf_append_terminated(&tree->text, text, text_bytes, err));
    const char *whole = (const char *)tree->text.data;
    struct parser parser = {
        .at = whole,
        .end = whole + text_bytes,
        .whole = whole,
        .whole_bytes = text_bytes,
        .nodes = &tree->nodes,
        .err = err,
    };
    enum status status = parse_type(&parser);
    if (status == STATUS_OK && parser.at != parser.end)
        status = refuse(&parser, "expected the end");
    if (status != STATUS_OK)
        buf_reset(&tree->nodes);
    return status;
}

bool native_type_is_key(const struct native_type *type)
{
    for (size_t i = 0; i < type->n_nodes; i++)
        if (type[i].kind >= NATIVE_VARIANCE) /* the first kind that is none */
            return false;
    return true;
}

void native_type_tree_free(struct native_type_tree *tree)
{
    buf_free(&tree->text);
    buf_free(&tree->nodes);
}
