#include "merge_command.h"

enum { OPTION_KEYS, OPTION_OP, OPTION_KEYS_UNORDERED };

/* Cuts NAME=OP in place. */
static bool cut_short_op(char *text, struct merge_op *op_out)
{
    char *equals = strrchr(text, '=');
    enum fold_op op = FOLD_BY_TYPE;
    if (equals == NULL || !fold_op_of_name(equals + 1, strlen(equals + 1), &op))
        return false;
    *equals = '\0';
    *op_out = (struct merge_op){text, text, op, false};
    return true;
}

/* Cuts OUT=OP(NAME) in place; either name may have an = or a parenthesis. */
static bool cut_op(char *text, struct merge_op *op_out)
{
    size_t text_bytes = strlen(text);
    enum fold_op op = FOLD_BY_TYPE;
    if (text_bytes == 0 || text[text_bytes - 1] != ')')
        return cut_short_op(text, op_out);
    for (char *equals = strchr(text, '='); equals != NULL; equals = strchr(equals + 1, '=')) {
        char *bracket = strchr(equals, '(');
        if (bracket == NULL || !fold_op_of_name(equals + 1, (size_t)(bracket - equals - 1), &op))
            continue;
        text[text_bytes - 1] = '\0';
        *equals = '\0';
        if (bracket[1] == '\0' && op == FOLD_COUNT)
            op = FOLD_ROWS;
        *op_out = (struct merge_op){text, bracket + 1, op, true};
        return bracket[1] != '\0' || op == FOLD_ROWS;
    }
    return false;
}

static enum status add_op(struct merge_command *command, const char *value, struct err *err)
{
    struct merge_options *options = &command->options;
    struct merge_op *op = &command->ops[options->n_ops];
    if (options->n_ops == MERGE_MAX_OPS || strlen(value) >= MERGE_MAX_OP_BYTES)
        return err_set(err, STATUS_USAGE, "--op: expected at most %d, below %d bytes each",
                       MERGE_MAX_OPS, MERGE_MAX_OP_BYTES);
    char *text = command->texts[options->n_ops];
    if (!cut_op(strcpy(text, value), op))
        return err_set(err, STATUS_USAGE,
                       "--op: expected NAME=OP or OUT=OP(NAME) with an OP of sum, min, max, any, "
                       "last, count, moments, exact, exact_state or activity, found '%s'",
                       value);
    for (size_t i = 0; i < options->n_ops; i++)
        if (strcmp(command->ops[i].name, op->name) == 0)
            return err_set(err, STATUS_USAGE, "--op: expected names that differ, found '%s' twice",
                           op->name);
    options->ops = command->ops;
    options->n_ops++;
    return STATUS_OK;
}

static enum status take_option(void *context, int option, const char *value, struct err *err)
{
    struct merge_command *command = context;
    switch (option) {
    case OPTION_KEYS:
        command->keys = value;
        return STATUS_OK;
    case OPTION_OP:
        return add_op(command, value, err);
    default: /* OPTION_KEYS_UNORDERED */
        command->options.keys_unordered = true;
        return STATUS_OK;
    }
}

struct options merge_command_options(struct merge_command *command)
{
    static const struct option list[] = {
        {"keys", required_argument, NULL, OPTION_KEYS},
        {"op", required_argument, NULL, OPTION_OP},
        {"keys-unordered", no_argument, NULL, OPTION_KEYS_UNORDERED},
        {0},
    };
    return (struct options){list, take_option, command, false};
}

enum status merge_command_check(const struct merge_command *command, struct err *err)
{
    if (command->keys == NULL)
        return err_set(err, STATUS_USAGE, "expected --keys, found none");
    return STATUS_OK;
}
