#include "phoenix_query.h"

#include "mem.h"
#include "phoenix_time.h"

#include <stdio.h>

static bool is_letter(char character)
{
    return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
           character == '_';
}

/* Where one identifier ends; NULL: there is none. */
static const char *find_end(const char *text)
{
    if (*text == '"') {
        size_t n = strcspn(text + 1, "\"");
        for (size_t i = 1; i <= n; i++)
            if ((unsigned char)text[i] < ' ' || text[i] == '\\')
                return NULL;
        return n == 0 || text[1 + n] != '"' ? NULL : text + n + 2;
    }
    if (!is_letter(*text))
        return NULL;
    while (is_letter(*text) || (*text >= '0' && *text <= '9'))
        text++;
    return text;
}

/* The last of the identifiers, without quotes, is copied to `name`, where one is given. */
static bool take_identifier(const char *text, char *name)
{
    const char *begin = text;
    for (const char *end = find_end(text);; end = find_end(begin)) {
        if (end == NULL || end - text >= PHOENIX_MAX_NAME_BYTES)
            return false;
        if (*end == '\0') {
            size_t quote = *begin == '"';
            if (name != NULL)
                (void)snprintf(name, PHOENIX_MAX_NAME_BYTES, "%.*s",
                               (int)((size_t)(end - begin) - 2 * quote), begin + quote);
            return true;
        }
        if (*end != '.')
            return false;
        begin = end + 1;
    }
}

bool phoenix_identifier_is_valid(const char *text)
{
    return take_identifier(text, NULL);
}

/* Where the entry of a list ends: at a comma outside quotes and parentheses. */
static const char *find_entry_end(const char *at)
{
    unsigned depth = 0;
    for (bool is_quoted = false; *at != '\0' && (*at != ',' || depth > 0 || is_quoted); at++) {
        is_quoted ^= *at == '"';
        depth += *at == '(';
        depth -= *at == ')' && depth > 0;
    }
    return at;
}

static enum status take_column(struct phoenix_query_column *column, const char *text, size_t n,
                               struct err *err)
{
    char entry[PHOENIX_MAX_NAME_BYTES + PHOENIX_MAX_TYPE_BYTES];
    *column = (struct phoenix_query_column){0};
    if (n < sizeof(entry)) {
        memcpy(entry, text, n);
        entry[n] = '\0';
        char *colon = strrchr(entry, ':');
        if (colon != NULL)
            *colon = '\0';
        if (take_identifier(entry, column->name) &&
            (colon == NULL || (colon[1] != '\0' && strlen(colon + 1) < sizeof(column->wanted)))) {
            strcpy(column->sql, entry);
            strcpy(column->wanted, colon == NULL ? "" : colon + 1);
            return STATUS_OK;
        }
    }
    return err_set(err, STATUS_USAGE, "--columns: expected NAME or NAME:TYPE, found '%.*s'",
                   n < 100 ? (int)n : 100, text);
}

static enum status check_names(const struct phoenix_query *query, struct err *err)
{
    for (size_t i = 0; i < query->n_columns; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(query->columns[i].name, query->columns[j].name) == 0)
                return err_set(err, STATUS_USAGE,
                               "--columns: expected names that differ, found '%s' twice",
                               query->columns[i].name);
    return STATUS_OK;
}

enum status phoenix_query_take_columns(struct phoenix_query *query, const char *text,
                                       struct err *err)
{
    struct buf columns = {0};
    enum status status = STATUS_OK;
    for (const char *at = text;; at++) {
        const char *end = find_entry_end(at);
        uint8_t *added = NULL;
        status = buf_extend(&columns, sizeof(*query->columns), &added, err);
        if (status == STATUS_OK)
            status = take_column((struct phoenix_query_column *)(void *)added, at,
                                 (size_t)(end - at), err);
        at = end;
        if (status != STATUS_OK || *at == '\0')
            break;
    }
    phoenix_query_free(query);
    query->columns = (struct phoenix_query_column *)(void *)columns.data;
    query->n_columns = columns.size_bytes / sizeof(*query->columns);
    if (status == STATUS_OK && query->n_columns >= PHOENIX_MAX_COLUMNS)
        status = err_set(err, STATUS_USAGE, "--columns: expected fewer than %d, found %zu",
                         PHOENIX_MAX_COLUMNS, query->n_columns);
    return status == STATUS_OK ? check_names(query, err) : status;
}

void phoenix_query_free(struct phoenix_query *query)
{
    mem_free(query->columns);
    query->columns = NULL;
    query->n_columns = 0;
}

static enum status append_from(const struct phoenix_query *query, struct buf *sql, struct err *err)
{
    TRY(buf_append_text(sql, " FROM ", err));
    return buf_append_text(sql, query->table, err);
}

enum status phoenix_query_describe(const struct phoenix_query *query, struct buf *sql,
                                   struct err *err)
{
    buf_reset(sql);
    TRY(buf_append_text(sql, "SELECT ", err));
    for (size_t i = 0; i < query->n_columns; i++) {
        TRY(buf_append_text(sql, query->columns[i].sql, err));
        TRY(buf_append_u8(sql, ',', err));
    }
    TRY(buf_append_text(sql, query->time, err));
    TRY(append_from(query, sql, err));
    return buf_append_u8(sql, '\0', err);
}

static enum status append_column(const struct phoenix_query_column *column,
                                 const struct phoenix_type *type, struct buf *sql, struct err *err)
{
    if (!type->as_timestamp)
        return buf_append_text(sql, column->sql, err);
    TRY(buf_append_text(sql, "CAST(", err));
    TRY(buf_append_text(sql, column->sql, err));
    return buf_append_text(sql, " AS TIMESTAMP)", err);
}

/* Literals, for a parameter matches nothing on a server in another time zone. */
static enum status append_time(int32_t type_id, int64_t ms, struct buf *sql, struct err *err)
{
    char text[PHOENIX_TIME_BYTES], literal[64];
    if (type_id == PHOENIX_BIGINT) {
        (void)snprintf(literal, sizeof(literal), "%lld", (long long)ms);
    } else {
        phoenix_time_print(ms, text);
        (void)snprintf(literal, sizeof(literal), "TIMESTAMP '%s'", text);
    }
    return buf_append_text(sql, literal, err);
}

static enum status append_bound(const struct phoenix_query *query, const char *before,
                                const char *comparison, int32_t type_id, int64_t ms,
                                struct buf *sql, struct err *err)
{
    TRY(buf_append_text(sql, before, err));
    TRY(buf_append_text(sql, query->time, err));
    TRY(buf_append_text(sql, comparison, err));
    return append_time(type_id, ms, sql, err);
}

enum status phoenix_query_read(const struct phoenix_query *query, const struct phoenix_type *types,
                               const struct phoenix_signature_column *time, int64_t from_ms,
                               int64_t to_ms, struct buf *sql, struct err *err)
{
    if (time->type_id != PHOENIX_TIMESTAMP && time->type_id != PHOENIX_DATE &&
        time->type_id != PHOENIX_BIGINT)
        return err_set(err, STATUS_MISMATCH,
                       "--time: expected a TIMESTAMP, a DATE or a BIGINT of milliseconds, found "
                       "'%s' of Phoenix's type %s",
                       query->time, time->type_name);
    buf_reset(sql);
    for (size_t i = 0; i < query->n_columns; i++) {
        TRY(buf_append_text(sql, i == 0 ? "SELECT " : ",", err));
        TRY(append_column(&query->columns[i], &types[i], sql, err));
    }
    TRY(append_from(query, sql, err));
    TRY(append_bound(query, " WHERE ", " >= ", time->type_id, from_ms, sql, err));
    TRY(append_bound(query, " AND ", " < ", time->type_id, to_ms, sql, err));
    return buf_append_u8(sql, '\0', err);
}
