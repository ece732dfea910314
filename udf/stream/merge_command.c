#include "merge_command.h"

enum { OPTION_KEYS, OPTION_OP, OPTION_KEYS_UNORDERED };

static enum status add_op(struct merge_command *command, const char *value, struct err *err)
{
    struct merge_options *options = &command->options;
    const char *equals = strrchr(value, '=');
    enum fold_op op = FOLD_BY_TYPE;
    if (equals == NULL || !fold_op_of_name(equals + 1, strlen(equals + 1), &op))
        return err_set(err, STATUS_USAGE,
                       "--op: expected NAME=sum, min, max, any or last, found '%s'", value);
    size_t name_bytes = (size_t)(equals - value);
    if (options->n_ops == MERGE_MAX_OPS || name_bytes >= MERGE_MAX_NAME_BYTES)
        return err_set(err, STATUS_USAGE, "--op: expected at most %d, with names below %d bytes",
                       MERGE_MAX_OPS, MERGE_MAX_NAME_BYTES);
    char *name = command->names[options->n_ops];
    memcpy(name, value, name_bytes);
    name[name_bytes] = '\0';
    command->ops[options->n_ops++] = (struct merge_op){name, op};
    options->ops = command->ops;
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
