#include "period_command.h"

enum {
    OPTION_KEYS,
    OPTION_TIME,
    OPTION_GAP,
    OPTION_MAX_SPAN,
    OPTION_RESTART,
    OPTION_EMIT,
    OPTION_LENGTHS,
    OPTION_SUM,
    OPTION_MOMENTS,
    OPTION_EXACT,
    OPTION_KEYS_UNORDERED,
};

static enum status take_emit(struct period_options *options, const char *value, struct err *err)
{
    if (strcmp(value, "rows") == 0)
        options->emit = PERIOD_EMIT_ROWS;
    else if (strcmp(value, "periods") == 0)
        options->emit = PERIOD_EMIT_PERIODS;
    else
        return err_set(err, STATUS_USAGE, "--emit: expected rows or periods, found '%s'", value);
    return STATUS_OK;
}

static enum status add_fold(struct period_command *command, enum fold_op op, const char *column,
                            struct err *err)
{
    struct period_options *options = &command->options;
    if (options->n_folds == PERIOD_MAX_FOLDS)
        return err_set(err, STATUS_USAGE,
                       "expected at most %d --sum, --moments and --exact, found more",
                       PERIOD_MAX_FOLDS);
    options->folds = command->folds;
    options->folds[options->n_folds++] = (struct period_fold_option){op, column};
    return STATUS_OK;
}

static enum status take_ticks(const char *option, const char *value, uint64_t *ticks_out,
                              struct err *err)
{
    return options_number(option, value, "a number of ticks", 0, INT64_MAX, ticks_out, err);
}

static enum status take_option(void *context, int option, const char *value, struct err *err)
{
    struct period_command *command = context;
    struct period_options *options = &command->options;
    switch (option) {
    case OPTION_KEYS:
        command->keys = value;
        return STATUS_OK;
    case OPTION_TIME:
        options->time = value;
        return STATUS_OK;
    case OPTION_GAP:
        command->has_gap = true;
        return take_ticks("--gap", value, &options->rule.gap, err);
    case OPTION_MAX_SPAN:
        return take_ticks("--max-span", value, &options->rule.max_span, err);
    case OPTION_RESTART:
        options->restart = value;
        return STATUS_OK;
    case OPTION_EMIT:
        return take_emit(options, value, err);
    case OPTION_LENGTHS:
        options->lengths = true;
        return STATUS_OK;
    case OPTION_SUM:
        return add_fold(command, FOLD_SUM, value, err);
    case OPTION_MOMENTS:
        return add_fold(command, FOLD_MOMENTS, value, err);
    case OPTION_EXACT:
        return add_fold(command, FOLD_EXACT, value, err);
    default: /* OPTION_KEYS_UNORDERED */
        options->keys_unordered = true;
        return STATUS_OK;
    }
}

struct options period_command_options(struct period_command *command)
{
    static const struct option list[] = {
        {"keys", required_argument, NULL, OPTION_KEYS},
        {"time", required_argument, NULL, OPTION_TIME},
        {"gap", required_argument, NULL, OPTION_GAP},
        {"max-span", required_argument, NULL, OPTION_MAX_SPAN},
        {"restart", required_argument, NULL, OPTION_RESTART},
        {"emit", required_argument, NULL, OPTION_EMIT},
        {"lengths", no_argument, NULL, OPTION_LENGTHS},
        {"sum", required_argument, NULL, OPTION_SUM},
        {"moments", required_argument, NULL, OPTION_MOMENTS},
        {"exact", required_argument, NULL, OPTION_EXACT},
        {"keys-unordered", no_argument, NULL, OPTION_KEYS_UNORDERED},
        {0},
    };
    return (struct options){list, take_option, command, false};
}

enum status period_command_check(const struct period_command *command, struct err *err)
{
    const struct period_options *options = &command->options;
    if (command->keys == NULL || options->time == NULL || !command->has_gap)
        return err_set(err, STATUS_USAGE, "expected --keys, --time and --gap, found no %s",
                       command->keys == NULL   ? "--keys"
                       : options->time == NULL ? "--time"
                                               : "--gap");
    if (options->emit == PERIOD_EMIT_PERIODS && options->lengths)
        return err_set(err, STATUS_USAGE, "--lengths: expected with --emit rows only");
    if (options->emit == PERIOD_EMIT_ROWS && options->n_folds > 0)
        return err_set(err, STATUS_USAGE, "--%s: expected with --emit periods only",
                       fold_op_name(options->folds[0].op));
    return STATUS_OK;
}
