#include "stream_sql.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

void stream_sql_free(struct stream_sql *sql)
{
    buf_free(&sql->rows);
    buf_free(&sql->columns);
}

enum status stream_sql_find(const struct stream_sql *sql, const char *name, const char *option,
                            const struct stream_sql_column **column_out, struct err *err)
{
    const struct stream_sql_column *columns = stream_sql_columns(sql);
    for (size_t i = 0; i < stream_sql_count(sql); i++) {
        if (strcmp(columns[i].name, name) == 0) {
            *column_out = &columns[i];
            return STATUS_OK;
        }
    }
    return err_set(err, STATUS_MISMATCH, "%s: expected a column of the table, found '%s'", option,
                   name);
}

/* Moves the column to the place behind the keys that are there. */
static enum status add_key(struct stream_sql *sql, const char *name, struct err *err)
{
    const struct stream_sql_column *found = NULL;
    TRY(stream_sql_find(sql, name, "--keys", &found, err));
    struct stream_sql_column *columns = (struct stream_sql_column *)(void *)sql->columns.data;
    size_t at = (size_t)(found - columns);
    if (at < sql->n_keys)
        return err_set(err, STATUS_USAGE, "--keys: expected '%s' once", name);
    struct stream_sql_column key = columns[at];
    memmove(columns + sql->n_keys + 1, columns + sql->n_keys,
            (at - sql->n_keys) * sizeof(*columns));
    columns[sql->n_keys++] = key;
    return STATUS_OK;
}

static enum status put_keys_first(struct stream_sql *sql, struct err *err)
{
    struct buf names = {0};
    TRY(buf_append(&names, sql->keys, strlen(sql->keys) + 1, err));
    enum status status = STATUS_OK;
    char *rest = NULL;
    for (char *name = strtok_r((char *)names.data, ",", &rest); name != NULL && status == STATUS_OK;
         name = strtok_r(NULL, ",", &rest))
        status = add_key(sql, name, err);
    buf_free(&names);
    if (status == STATUS_OK && sql->n_keys == 0)
        status = err_set(err, STATUS_USAGE, "--keys: expected names, separated by commas");
    return status;
}

enum status stream_sql_read(struct stream_sql *sql, int descriptor, struct err *err)
{
    TRY(stream_sql_read_columns(sql, descriptor, err));
    return put_keys_first(sql, err);
}

static enum status append_text(struct buf *text, const char *what, struct err *err)
{
    return buf_append(text, what, strlen(what), err);
}

/* Appends text in quotes, quotes and backslashes inside escaped. */
static enum status append_quoted(struct buf *text, const char *what, size_t size_bytes, char quote,
                                 struct err *err)
{
    TRY(buf_append_u8(text, (uint8_t)quote, err));
    for (size_t i = 0; i < size_bytes; i++) {
        if (what[i] == quote || what[i] == '\\')
            TRY(buf_append_u8(text, '\\', err));
        TRY(buf_append_u8(text, (uint8_t)what[i], err));
    }
    return buf_append_u8(text, (uint8_t)quote, err);
}

void stream_sql_parts_free(struct stream_sql_parts *parts)
{
    buf_free(&parts->command);
    buf_free(&parts->structure);
    buf_free(&parts->select);
    buf_free(&parts->order);
}

/* The server splits the command at spaces and tabs, takes quotes for its own, and gives back as it
 * is what follows a backslash (of these). */
static enum status append_word(struct buf *command, const char *word, struct err *err)
{
    for (; *word != '\0'; word++) {
        if (strchr(" \t'\"\\", *word) != NULL)
            TRY(buf_append_u8(command, '\\', err));
        TRY(buf_append_u8(command, (uint8_t)*word, err));
    }
    return STATUS_OK;
}

enum status stream_sql_option(struct buf *command, const char *option, const char *value,
                              struct err *err)
{
    TRY(buf_append_u8(command, ' ', err));
    TRY(append_text(command, option, err));
    if (value == NULL)
        return STATUS_OK;
    TRY(buf_append_u8(command, ' ', err));
    return append_word(command, value, err);
}

enum status stream_sql_number(struct buf *command, const char *option, uint64_t value,
                              struct err *err)
{
    char number[32];
    (void)snprintf(number, sizeof(number), "%llu", (unsigned long long)value);
    return stream_sql_option(command, option, number, err);
}

enum status stream_sql_common_options(const struct stream_sql *sql, bool keys_unordered,
                                      struct buf *command, struct err *err)
{
    if (keys_unordered)
        TRY(stream_sql_option(command, "--keys-unordered", NULL, err));
    if (sql->max_memory_bytes != 0)
        TRY(stream_sql_number(command, "--max-memory", sql->max_memory_bytes, err));
    if (sql->patience_s != 0)
        TRY(stream_sql_number(command, "--patience", sql->patience_s, err));
    return stream_sql_option(command, "--heartbeat", NULL, err);
}

/* The words that are something else than a name where a statement has a column: of all that
 * system.keywords lists, those at which the server's parser sees no name, and its literals. */
static bool is_reserved(const char *name)
{
    static const char *const words[] = {"all", "distinct", "false", "inf", "infinity",
                                        "nan", "not",      "null",  "top", "true"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strcasecmp(name, words[i]) == 0)
            return true;
    return false;
}

static bool is_plain(const char *name)
{
    if (!isalpha((unsigned char)name[0]) && name[0] != '_')
        return false;
    for (const char *c = name; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c) && *c != '_')
            return false;
    return !is_reserved(name);
}

static enum status append_name(struct buf *text, const char *name, struct err *err)
{
    return is_plain(name) ? append_text(text, name, err)
                          : append_quoted(text, name, strlen(name), '`', err);
}

enum status stream_sql_list(struct buf *list, const char *name, struct err *err)
{
    if (list->size_bytes > 0)
        TRY(append_text(list, ", ", err));
    return append_name(list, name, err);
}

enum status stream_sql_structure(struct buf *structure, const char *name, const char *type,
                                 struct err *err)
{
    if (structure->size_bytes > 0)
        TRY(append_text(structure, ", ", err));
    TRY(append_name(structure, name, err));
    TRY(buf_append_u8(structure, ' ', err));
    return append_text(structure, type, err);
}

static enum status append_buf(struct buf *text, const struct buf *what, struct err *err)
{
    return buf_append(text, what->data, what->size_bytes, err);
}

/* WHERE of one shard: a hash range of the key. The hash of a NULL is NULL, which is in no range;
 * that of a tuple with a NULL is a number. */
static enum status append_shard(const struct stream_sql *sql, struct buf *text, size_t shard,
                                struct err *err)
{
    char numbers[64];
    TRY(append_text(text, " WHERE cityHash64(tuple(", err));
    for (size_t i = 0; i < sql->n_keys; i++) {
        TRY(append_text(text, i == 0 ? "" : ", ", err));
        TRY(append_name(text, stream_sql_columns(sql)[i].name, err));
    }
    (void)snprintf(numbers, sizeof(numbers), ")) %% %zu = %zu", sql->n_shards, shard);
    return append_text(text, numbers, err);
}

/* The server must not give up before the program does, and not while it sorts. */
static enum status append_settings(const struct stream_sql *sql, struct buf *text, struct err *err)
{
    enum { READ_MS = 600000, WRITE_MS = 60000 };
    unsigned long long write_ms = 2000ull * sql->patience_s;
    char settings[160];
    (void)snprintf(settings, sizeof(settings),
                   "),\n    SETTINGS stderr_reaction = 'throw', command_read_timeout = %d, "
                   "command_write_timeout = %llu)\n",
                   READ_MS, write_ms > WRITE_MS ? write_ms : WRITE_MS);
    return append_text(text, settings, err);
}

static enum status append_call(const struct stream_sql *sql, struct buf *text,
                               const struct stream_sql_parts *parts, size_t shard, struct err *err)
{
    TRY(append_text(text, "SELECT *\nFROM executable(\n    ", err));
    TRY(append_quoted(text, (const char *)parts->command.data, parts->command.size_bytes, '\'',
                      err));
    TRY(append_text(text, ",\n    Native,\n    ", err));
    TRY(append_quoted(text, (const char *)parts->structure.data, parts->structure.size_bytes, '\'',
                      err));
    TRY(append_text(text, ",\n    (SELECT ", err));
    TRY(append_buf(text, &parts->select, err));
    TRY(append_text(text, " FROM ", err));
    TRY(append_text(text, sql->table, err));
    if (sql->n_shards > 1)
        TRY(append_shard(sql, text, shard, err));
    TRY(append_text(text, " ORDER BY ", err));
    TRY(append_buf(text, &parts->order, err));
    return append_settings(sql, text, err);
}

enum status stream_sql_statement(const struct stream_sql *sql, const struct stream_sql_parts *parts,
                                 struct buf *statement, struct err *err)
{
    size_t n_shards = sql->n_shards > 1 ? sql->n_shards : 1;
    for (size_t shard = 0; shard < n_shards; shard++) {
        if (shard > 0)
            TRY(append_text(statement, "UNION ALL\n", err));
        TRY(append_call(sql, statement, parts, shard, err));
    }
    return STATUS_OK;
}
