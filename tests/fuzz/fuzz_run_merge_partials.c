/* Fuzz target: the executable merge_partials. An input's first byte chooses the options. */
#include "executable.h"

#include "options.h"

/* What an earlier run was told, in a struct that lives as long as the process, is none of this
 * one's. */
#define options_parse(...) (memset(&command, 0, sizeof(command)), options_parse(__VA_ARGS__))
#include "../../udf/merge_partials.c"

const bool executable_poisons = true;

const char *executable_command(unsigned choice)
{
    static const char *const commands[] = {
        "merge_partials --keys 1",
        "merge_partials --keys 2 --heartbeat",
        "merge_partials --keys 1 --keys-unordered",
        "merge_partials --keys 1 --op v=sum",
        "merge_partials --keys 1 --op v=min --op w=max",
        "merge_partials --keys 1 --op v=any --op w=last",
    };
    return commands[choice % (sizeof(commands) / sizeof(*commands))];
}
