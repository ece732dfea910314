#include "sql_table.h"

#include "io.h"
#include "native_read.h"

enum { MAX_DESCRIPTION_BYTES = 16 << 20 };

static enum status read_all(struct buf *bytes, int descriptor, struct err *err)
{
    struct io_input input = io_input_of_descriptor(descriptor);
    for (size_t read_bytes = 1; read_bytes > 0;) {
        enum { CHUNK_BYTES = 64 << 10 };
        TRY(buf_reserve(bytes, CHUNK_BYTES, err));
        TRY(input.read(input.context, bytes->data + bytes->size_bytes, CHUNK_BYTES, &read_bytes,
                       err));
        bytes->size_bytes += read_bytes;
        if (bytes->size_bytes > MAX_DESCRIPTION_BYTES)
            return err_set(err, STATUS_LIMIT,
                           "expected a description of at most %d bytes, found more",
                           MAX_DESCRIPTION_BYTES);
    }
    return STATUS_OK;
}

/* Puts a type's name on one line: DESCRIBE breaks tuples into a line an element, quoted names
 * aside, and the server sends them to the program without. */
static void join_lines(char *type)
{
    char *to = type;
    for (const char *from = type; *from != '\0'; from++) {
        if (*from != '\n') {
            *to++ = *from;
            continue;
        }
        from += strspn(from, "\n ") - 1;
        if (to > type && to[-1] == ',')
            *to++ = ' ';
    }
    *to = '\0';
}

/* kind: what the column's default is called. A query cannot read an EPHEMERAL one. */
static enum status add_column(struct sql_table *table, const char *name, char *type,
                              const char *kind, size_t number, struct err *err)
{
    if (name[0] == '\0' || type[0] == '\0')
        return err_set(err, STATUS_FORMAT,
                       "row %zu: expected a column's name and type, as DESCRIBE TABLE ... FORMAT "
                       "TSV prints them",
                       number);
    if (strcmp(kind, "EPHEMERAL") == 0)
        return STATUS_OK;
    join_lines(type);
    const struct sql_column column = {name, type};
    return buf_append(&table->columns, &column, sizeof(column), err);
}

static const char escape_codes[] = "nt0rbf\\'", escape_values[] = "\n\t\0\r\b\f\\'";

/* TSV escapes every quote and backslash, TSVRaw nothing. Types have quotes (time zones, enums). */
static bool is_raw(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            return true;
        if (*text == '\\' && (*++text == '\0' || strchr(escape_codes, *text) == NULL))
            return true;
    }
    return false;
}

/* Undoes TSV's escapes in place. */
static void unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++)
        *to++ = *from == '\\' ? escape_values[strchr(escape_codes, *++from) - escape_codes] : *from;
    *to = '\0';
}

/* Cuts the field that begins at *at, moves *at to after it. */
static char *cut_field(char **at, bool raw)
{
    char *field = *at;
    *at += strcspn(*at, "\t");
    if (**at != '\0')
        *(*at)++ = '\0';
    if (!raw)
        unescape(field);
    return field;
}

static enum status take_text(struct sql_table *table, struct err *err)
{
    TRY(buf_append_u8(&table->rows, 0, err));
    char *line = (char *)table->rows.data;
    bool raw = is_raw(line);
    for (size_t number = 1; *line != '\0'; number++) {
        char *at = line;
        line += strcspn(line, "\n");
        if (*line != '\0')
            *line++ = '\0';
        const char *name = cut_field(&at, raw);
        char *type = cut_field(&at, raw);
        TRY(add_column(table, name, type, cut_field(&at, raw), number, err));
    }
    return STATUS_OK;
}

/* Appends a String's value, terminated, to the rows, which have room for it. */
static enum status copy_string(struct sql_table *table, const struct native_column *column,
                               uint64_t row, char **text_out, struct err *err)
{
    size_t size_bytes = 0;
    const uint8_t *bytes = native_string(native_column_nodes(column), row, &size_bytes);
    size_t at = table->rows.size_bytes;
    TRY(buf_append_terminated(&table->rows, bytes, size_bytes, err));
    *text_out = (char *)table->rows.data + at;
    return STATUS_OK;
}

enum { NAME, TYPE, KIND, N_FIELDS };

static enum status take_block(struct sql_table *table, const struct native_block *block,
                              struct err *err)
{
    size_t n_fields = block->n_columns < N_FIELDS ? block->n_columns : N_FIELDS;
    bool fits = n_fields > TYPE;
    for (size_t i = 0; i < n_fields; i++)
        fits = fits && native_type_root(&block->columns[i].type)->kind == NATIVE_STRING;
    if (!fits)
        return err_set(err, STATUS_MISMATCH,
                       "expected the columns name String, type String and perhaps default_kind "
                       "String, as in SELECT name, type FROM system.columns");
    for (uint64_t row = 0; row < block->n_rows; row++) {
        char no_kind[] = "", *fields[N_FIELDS] = {[KIND] = no_kind};
        for (size_t i = 0; i < n_fields; i++)
            TRY(copy_string(table, &block->columns[i], row, &fields[i], err));
        TRY(add_column(table, fields[NAME], fields[TYPE], fields[KIND], (size_t)row + 1, err));
    }
    return STATUS_OK;
}

/* A value has at least a byte of length before it where it now gets one of 0 after it: all fit into
 * as much memory as the blocks, and none moves. */
static enum status take_native(struct sql_table *table, struct err *err)
{
    struct buf bytes = table->rows;
    table->rows = (struct buf){0};
    struct io_memory memory = {bytes.data, bytes.size_bytes, 0};
    struct native_reader reader = native_reader_init(io_input_of_memory(&memory), N_FIELDS);
    const struct native_block *block = NULL;
    enum status status = buf_reserve(&table->rows, bytes.size_bytes, err);
    if (status == STATUS_OK)
        status = native_read_block(&reader, &block, err);
    while (status == STATUS_OK && block != NULL) {
        status = take_block(table, block, err);
        if (status == STATUS_OK)
            status = native_read_block(&reader, &block, err);
    }
    native_reader_free(&reader);
    buf_free(&bytes);
    return status;
}

static enum status read_columns(struct sql_table *table, int descriptor, struct err *err)
{
    TRY(read_all(&table->rows, descriptor, err));
    /* A block begins with its number of columns, a text with a name. */
    table->is_native = table->rows.size_bytes > 0 && table->rows.data[0] < ' ';
    TRY(table->is_native ? take_native(table, err) : take_text(table, err));
    if (table->columns.size_bytes > 0)
        return STATUS_OK;
    return err_set(
        err, STATUS_FORMAT,
        "expected the table's columns on standard input, from system.columns or DESCRIBE "
        "TABLE ... FORMAT TSV, found nothing");
}

enum status sql_table_find(const struct sql_table *table, const char *name, const char *option,
                           const struct sql_column **column_out, struct err *err)
{
    const struct sql_column *columns = sql_table_columns(table);
    for (size_t i = 0; i < sql_table_count(table); i++) {
        if (strcmp(columns[i].name, name) == 0) {
            *column_out = &columns[i];
            return STATUS_OK;
        }
    }
    return err_set(err, STATUS_MISMATCH, "%s: expected a column of the table, found '%s'", option,
                   name);
}

/* Moves the column to the place after the keys that are there. */
static enum status add_key(struct sql_table *table, const char *name, struct err *err)
{
    const struct sql_column *found = NULL;
    TRY(sql_table_find(table, name, "--keys", &found, err));
    struct sql_column *columns = (struct sql_column *)(void *)table->columns.data;
    size_t at = (size_t)(found - columns);
    if (at < table->n_keys)
        return err_set(err, STATUS_USAGE, "--keys: expected '%s' once", name);
    struct sql_column key = columns[at];
    memmove(columns + table->n_keys + 1, columns + table->n_keys,
            (at - table->n_keys) * sizeof(*columns));
    columns[table->n_keys++] = key;
    return STATUS_OK;
}

static enum status put_keys_first(struct sql_table *table, const char *keys, struct err *err)
{
    struct buf names = {0};
    TRY(buf_append(&names, keys, strlen(keys) + 1, err));
    enum status status = STATUS_OK;
    char *rest = NULL;
    for (char *name = strtok_r((char *)names.data, ",", &rest); name != NULL && status == STATUS_OK;
         name = strtok_r(NULL, ",", &rest))
        status = add_key(table, name, err);
    buf_free(&names);
    if (status == STATUS_OK && table->n_keys == 0)
        status = err_set(err, STATUS_USAGE, "--keys: expected names, separated by commas");
    return status;
}

enum status sql_table_read(struct sql_table *table, int descriptor, const char *keys,
                           struct err *err)
{
    TRY(read_columns(table, descriptor, err));
    return put_keys_first(table, keys, err);
}

void sql_table_free(struct sql_table *table)
{
    buf_free(&table->rows);
    buf_free(&table->columns);
}
