#include "phoenix_command.h"

#include "phoenix_time.h"

#include <stdio.h>

enum {
    OPTION_SOURCE,
    OPTION_TABLE,
    OPTION_TIME,
    OPTION_COLUMNS,
    OPTION_SLICE_MINUTES,
    OPTION_FETCH_ROWS,
    OPTION_MAX_ATTEMPTS,
    OPTION_BACKOFF_MS,
    OPTION_MIN_SPLIT_MINUTES,
    OPTION_MAX_DEPTH,
    OPTION_PROBE_TIMEOUT_MS,
    OPTION_SNAPSHOT,
    OPTION_RUN,
    OPTION_DETAILS,
    OPTION_DESCRIBE,
};

enum { MAX_MINUTES = 527040, MAX_MS = 86400000 }; /* a year and a day */

struct phoenix_command phoenix_command_init(void)
{
    return (struct phoenix_command){.options = {.fetch_rows = 5000,
                                                .max_attempts = 4,
                                                .backoff_ms = 1000,
                                                .min_split_minutes = 1,
                                                .max_depth = 6,
                                                .probe_timeout_ms = 2000}};
}

void phoenix_command_free(struct phoenix_command *command)
{
    phoenix_query_free(&command->options.query);
}

static enum status take_identifier(const char *option, const char *value, const char **to,
                                   struct err *err)
{
    if (!phoenix_identifier_is_valid(value))
        return err_set(err, STATUS_USAGE,
                       "%s: expected an identifier of Phoenix, as NAME, SCHEMA.NAME or \"Name\", "
                       "found '%.100s'",
                       option, value);
    *to = value;
    return STATUS_OK;
}

static enum status take_name(const char *option, const char *value, const char **to,
                             struct err *err)
{
    if (!phoenix_name_is_valid(value))
        return err_set(err, STATUS_USAGE,
                       "%s: expected a name of letters, digits, '_', '.' and '-', found another",
                       option);
    *to = value;
    return STATUS_OK;
}

static enum status take_snapshot(struct phoenix_command *command, const char *value,
                                 struct err *err)
{
    uint64_t ms = 0;
    command->has_snapshot = true;
    if (value == NULL)
        return STATUS_OK;
    TRY(options_number("--snapshot", value, "milliseconds since 1970", 1, PHOENIX_MOST_MS, &ms,
                       err));
    (void)snprintf(command->snapshot, sizeof(command->snapshot), "%llu", (unsigned long long)ms);
    return STATUS_OK;
}

static enum status take_number(struct phoenix_scan_options *options, int option, const char *value,
                               struct err *err)
{
    static const char minutes[] = "a number of minutes", milliseconds[] = "a number of ms";
    switch (option) {
    case OPTION_SLICE_MINUTES:
        return options_number("--slice-minutes", value, minutes, 0, MAX_MINUTES,
                              &options->slice_minutes, err);
    case OPTION_FETCH_ROWS:
        return options_number("--fetch-rows", value, "a number of rows", 1, 1000000,
                              &options->fetch_rows, err);
    case OPTION_MAX_ATTEMPTS:
        return options_number("--max-attempts", value, "a number", 1, 1000, &options->max_attempts,
                              err);
    case OPTION_BACKOFF_MS:
        return options_number("--backoff-ms", value, milliseconds, 0, MAX_MS, &options->backoff_ms,
                              err);
    case OPTION_MIN_SPLIT_MINUTES:
        return options_number("--min-split-minutes", value, minutes, 0, MAX_MINUTES,
                              &options->min_split_minutes, err);
    case OPTION_MAX_DEPTH:
        return options_number("--max-depth", value, "a number", 0, 30, &options->max_depth, err);
    default: /* OPTION_PROBE_TIMEOUT_MS */
        return options_number("--probe-timeout-ms", value, milliseconds, 1, MAX_MS,
                              &options->probe_timeout_ms, err);
    }
}

static enum status take_option(void *context, int option, const char *value, struct err *err)
{
    struct phoenix_command *command = context;
    struct phoenix_query *query = &command->options.query;
    switch (option) {
    case OPTION_SOURCE:
        return take_name("--source", value, &command->source, err);
    case OPTION_TABLE:
        return take_identifier("--table", value, &query->table, err);
    case OPTION_TIME:
        return take_identifier("--time", value, &query->time, err);
    case OPTION_COLUMNS:
        return phoenix_query_take_columns(query, value, err);
    case OPTION_SNAPSHOT:
        return take_snapshot(command, value, err);
    case OPTION_RUN:
        return take_name("--run", value, &command->run, err);
    case OPTION_DETAILS:
        command->job = PHOENIX_JOB_DETAILS;
        return take_name("--details", value, &command->run, err);
    case OPTION_DESCRIBE:
        command->job = PHOENIX_JOB_DESCRIBE;
        return STATUS_OK;
    default:
        return take_number(&command->options, option, value, err);
    }
}

struct options phoenix_command_options(struct phoenix_command *command)
{
    static const struct option list[] = {
        {"source", required_argument, NULL, OPTION_SOURCE},
        {"table", required_argument, NULL, OPTION_TABLE},
        {"time", required_argument, NULL, OPTION_TIME},
        {"columns", required_argument, NULL, OPTION_COLUMNS},
        {"slice-minutes", required_argument, NULL, OPTION_SLICE_MINUTES},
        {"fetch-rows", required_argument, NULL, OPTION_FETCH_ROWS},
        {"max-attempts", required_argument, NULL, OPTION_MAX_ATTEMPTS},
        {"backoff-ms", required_argument, NULL, OPTION_BACKOFF_MS},
        {"min-split-minutes", required_argument, NULL, OPTION_MIN_SPLIT_MINUTES},
        {"max-depth", required_argument, NULL, OPTION_MAX_DEPTH},
        {"probe-timeout-ms", required_argument, NULL, OPTION_PROBE_TIMEOUT_MS},
        {"snapshot", optional_argument, NULL, OPTION_SNAPSHOT},
        {"run", required_argument, NULL, OPTION_RUN},
        {"details", required_argument, NULL, OPTION_DETAILS},
        {"describe", no_argument, NULL, OPTION_DESCRIBE},
        {0},
    };
    return (struct options){list, take_option, command, false};
}

enum status phoenix_command_check(const struct phoenix_command *command, struct err *err)
{
    const struct phoenix_query *query = &command->options.query;
    const char *missing = command->source == NULL ? "--source" : NULL;
    if (missing == NULL && command->job != PHOENIX_JOB_DETAILS)
        missing = query->table == NULL    ? "--table"
                  : query->time == NULL   ? "--time"
                  : query->n_columns == 0 ? "--columns"
                                          : NULL;
    if (missing != NULL)
        return err_set(err, STATUS_USAGE, "expected %s, found none", missing);
    return STATUS_OK;
}
