/* Fuzz target: the executable saltwell_sql. An input's first byte chooses the options. */
#include "executable.h"

#include "options.h"

struct command;
static void forget(struct command *command);

#define options_parse(...) (forget(command), options_parse(__VA_ARGS__))
#include "../../udf/saltwell_sql.c"

/* What an earlier run was told, in a struct that lives as long as the process. */
static void forget(struct command *command)
{
    const struct subcommand *subcommand = command->subcommand;
    memset(command, 0, sizeof(*command));
    command->subcommand = subcommand;
}

const bool executable_poisons = true;

const char *executable_command(unsigned choice)
{
    static const char *const commands[] = {
        "saltwell_sql period_stream --table t --keys k --time t --gap 10",
        "saltwell_sql period_stream --table t --keys k --time t --gap 10 --shards 3 --cluster c",
        "saltwell_sql period_stream --table t --keys k,t --time t --gap 10 --lengths --restart r",
        "saltwell_sql period_stream --table t --keys k --time t --gap 10 --emit periods --sum v "
        "--stats",
        "saltwell_sql period_stream --table t --keys k --time t --gap 10 --moments v --emit "
        "periods",
        "saltwell_sql merge_partials --table t --keys k",
        "saltwell_sql merge_partials --table t --keys k --shards 3 --op v=last --keys-unordered",
    };
    return commands[choice % (sizeof(commands) / sizeof(*commands))];
}
