#include "sql_statement.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

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

void sql_parts_free(struct sql_parts *parts)
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

enum status sql_option(struct buf *command, const char *option, const char *value, struct err *err)
{
    TRY(buf_append_u8(command, ' ', err));
    TRY(buf_append_text(command, option, err));
    if (value == NULL)
        return STATUS_OK;
    TRY(buf_append_u8(command, ' ', err));
    return append_word(command, value, err);
}

enum status sql_number(struct buf *command, const char *option, uint64_t value, struct err *err)
{
    char number[32];
    (void)snprintf(number, sizeof(number), "%llu", (unsigned long long)value);
    return sql_option(command, option, number, err);
}

enum status sql_common_options(const struct sql_request *request, bool keys_unordered,
                               struct buf *command, struct err *err)
{
    if (keys_unordered)
        TRY(sql_option(command, "--keys-unordered", NULL, err));
    if (request->max_memory_bytes != 0)
        TRY(sql_number(command, "--max-memory", request->max_memory_bytes, err));
    if (request->patience_s != 0)
        TRY(sql_number(command, "--patience", request->patience_s, err));
    if (request->stats)
        TRY(sql_option(command, "--stats", NULL, err));
    return sql_option(command, "--heartbeat", NULL, err);
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
    return is_plain(name) ? buf_append_text(text, name, err)
                          : append_quoted(text, name, strlen(name), '`', err);
}

enum status sql_list(struct buf *list, const char *name, struct err *err)
{
    if (list->size_bytes > 0)
        TRY(buf_append_text(list, ", ", err));
    return append_name(list, name, err);
}

enum status sql_structure(struct buf *structure, const char *name, const char *type,
                          struct err *err)
{
    if (structure->size_bytes > 0)
        TRY(buf_append_text(structure, ", ", err));
    TRY(append_name(structure, name, err));
    TRY(buf_append_u8(structure, ' ', err));
    return buf_append_text(structure, type, err);
}

enum status sql_fold(const struct sql_column *column, enum fold_op op, bool widen, const char *name,
                     struct buf *structure, struct err *err)
{
    struct native_type_tree tree = {0};
    struct buf type = {0};
    enum status status = native_type_parse(&tree, column->type, strlen(column->type), err);
    if (status == STATUS_OK)
        status = fold_result_type(native_type_root(&tree), &op, widen, column->name, &type, err);
    if (status == STATUS_OK)
        status = sql_structure(structure, name, (const char *)type.data, err);
    native_type_tree_free(&tree);
    buf_free(&type);
    return status;
}

static enum status append_buf(struct buf *text, const struct buf *what, struct err *err)
{
    return buf_append(text, what->data, what->size_bytes, err);
}

/* WHERE of one hash range of the key. The hash of a NULL is NULL, which is in no range; that of a
 * tuple with a NULL is a number. The 1 makes it another hash than that of a cluster's sharding key,
 * by which a shard might have rows of one range only. */
static enum status append_range(const struct sql_request *request, struct buf *text, uint64_t range,
                                struct err *err)
{
    char numbers[64];
    TRY(buf_append_text(text, " WHERE cityHash64(tuple(", err));
    for (size_t i = 0; i < request->table->n_keys; i++) {
        TRY(buf_append_text(text, i == 0 ? "" : ", ", err));
        TRY(append_name(text, sql_table_columns(request->table)[i].name, err));
    }
    (void)snprintf(numbers, sizeof(numbers), "), 1) %% %llu = %llu",
                   (unsigned long long)request->n_ranges, (unsigned long long)range);
    return buf_append_text(text, numbers, err);
}

/* The server must not give up before the program does, and not while it sorts. */
static enum status append_settings(const struct sql_request *request, struct buf *text,
                                   struct err *err)
{
    enum { READ_MS = 600000, WRITE_MS = 60000 };
    unsigned long long write_ms = 2000ull * request->patience_s;
    char settings[192];
    (void)snprintf(settings, sizeof(settings),
                   "),\n    SETTINGS %sstderr_reaction = '%s', command_read_timeout = %d, "
                   "command_write_timeout = %llu)\n",
                   request->check_exit_code ? "check_exit_code = 1, " : "",
                   request->stats ? "log" : "throw", READ_MS,
                   write_ms > WRITE_MS ? write_ms : WRITE_MS);
    return buf_append_text(text, settings, err);
}

static enum status append_call(const struct sql_request *request, struct buf *text,
                               const struct sql_parts *parts, uint64_t range, struct err *err)
{
    TRY(buf_append_text(text, "SELECT *\nFROM executable(\n    ", err));
    TRY(append_quoted(text, (const char *)parts->command.data, parts->command.size_bytes, '\'',
                      err));
    TRY(buf_append_text(text, ",\n    Native,\n    ", err));
    TRY(append_quoted(text, (const char *)parts->structure.data, parts->structure.size_bytes, '\'',
                      err));
    TRY(buf_append_text(text, ",\n    (SELECT ", err));
    TRY(append_buf(text, &parts->select, err));
    TRY(buf_append_text(text, " FROM ", err));
    TRY(buf_append_text(text, request->from, err));
    if (request->n_ranges > 1)
        TRY(append_range(request, text, range, err));
    TRY(buf_append_text(text, " ORDER BY ", err));
    TRY(append_buf(text, &parts->order, err));
    return append_settings(request, text, err);
}

static enum status append_calls(const struct sql_request *request, struct buf *text,
                                const struct sql_parts *parts, struct err *err)
{
    uint64_t n_ranges = request->n_ranges > 1 ? request->n_ranges : 1;
    for (uint64_t range = 0; range < n_ranges; range++) {
        if (range > 0)
            TRY(buf_append_text(text, "UNION ALL\n", err));
        TRY(append_call(request, text, parts, range, err));
    }
    return STATUS_OK;
}

enum status sql_statement(const struct sql_request *request, const struct sql_parts *parts,
                          struct buf *statement, struct err *err)
{
    if (request->cluster == NULL)
        return append_calls(request, statement, parts, err);
    TRY(buf_append_text(statement, "SELECT *\nFROM cluster(", err));
    TRY(append_quoted(statement, request->cluster, strlen(request->cluster), '\'', err));
    TRY(buf_append_text(statement, ", view(\n", err));
    TRY(append_calls(request, statement, parts, err));
    return buf_append_text(statement, "))\n", err);
}
