/* The columns of a table as --sql takes them on standard input: as text or as Native blocks. */
#include "io.h"
#include "native_read.h"
#include "stream_sql.h"

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
static enum status add_column(struct stream_sql *sql, const char *name, char *type,
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
    const struct stream_sql_column column = {name, type};
    return buf_append(&sql->columns, &column, sizeof(column), err);
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

static enum status take_text(struct stream_sql *sql, struct err *err)
{
    TRY(buf_append_u8(&sql->rows, 0, err));
    char *line = (char *)sql->rows.data;
    bool raw = is_raw(line);
    for (size_t number = 1; *line != '\0'; number++) {
        char *at = line;
        line += strcspn(line, "\n");
        if (*line != '\0')
            *line++ = '\0';
        const char *name = cut_field(&at, raw);
        char *type = cut_field(&at, raw);
        TRY(add_column(sql, name, type, cut_field(&at, raw), number, err));
    }
    return STATUS_OK;
}

/* Appends a String's value, terminated, to the rows, which have room for it. */
static enum status copy_string(struct stream_sql *sql, const struct native_column *column,
                               uint64_t row, char **text_out, struct err *err)
{
    size_t size_bytes = 0;
    const uint8_t *bytes = native_string(native_column_nodes(column), row, &size_bytes);
    size_t at = sql->rows.size_bytes;
    TRY(buf_append(&sql->rows, bytes, size_bytes, err));
    TRY(buf_append_u8(&sql->rows, 0, err));
    *text_out = (char *)sql->rows.data + at;
    return STATUS_OK;
}

enum { NAME, TYPE, KIND, N_FIELDS };

static enum status take_block(struct stream_sql *sql, const struct native_block *block,
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
            TRY(copy_string(sql, &block->columns[i], row, &fields[i], err));
        TRY(add_column(sql, fields[NAME], fields[TYPE], fields[KIND], (size_t)row + 1, err));
    }
    return STATUS_OK;
}

/* A value has at least a byte of length before it where it now gets one of 0 after it: all fit into
 * as much memory as the blocks, and none moves. */
static enum status take_native(struct stream_sql *sql, struct err *err)
{
    struct buf bytes = sql->rows;
    sql->rows = (struct buf){0};
    struct io_memory memory = {bytes.data, bytes.size_bytes, 0};
    struct native_reader reader = native_reader_init(io_input_of_memory(&memory), N_FIELDS);
    const struct native_block *block = NULL;
    enum status status = buf_reserve(&sql->rows, bytes.size_bytes, err);
    if (status == STATUS_OK)
        status = native_read_block(&reader, &block, err);
    while (status == STATUS_OK && block != NULL) {
        status = take_block(sql, block, err);
        if (status == STATUS_OK)
            status = native_read_block(&reader, &block, err);
    }
    native_reader_free(&reader);
    buf_free(&bytes);
    return status;
}

enum status stream_sql_read_columns(struct stream_sql *sql, int descriptor, struct err *err)
{
    TRY(read_all(&sql->rows, descriptor, err));
    /* A block begins with its number of columns, a text with a name. */
    sql->is_native = sql->rows.size_bytes > 0 && sql->rows.data[0] < ' ';
    TRY(sql->is_native ? take_native(sql, err) : take_text(sql, err));
    if (sql->columns.size_bytes > 0)
        return STATUS_OK;
    return err_set(
        err, STATUS_FORMAT,
        "expected the table's columns on standard input, from system.columns or DESCRIBE "
        "TABLE ... FORMAT TSV, found nothing");
}
