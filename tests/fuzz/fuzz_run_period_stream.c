/* Fuzz target: the executable period_stream. An input's first byte chooses the options. */
#include "executable.h"

#include "../../udf/period_stream.c"

const bool executable_poisons = true;

const char *executable_command(unsigned choice)
{
    static const char *const commands[] = {
        "period_stream --keys 1 --time t --gap 10",
        "period_stream --keys 1 --time t --gap 10 --max-span 25 --heartbeat",
        "period_stream --keys 2 --time t --gap 0 --restart r",
        "period_stream --keys 1 --time t --gap 10 --lengths",
        "period_stream --keys 2 --time t --gap 10 --max-span 25 --restart r --lengths --heartbeat",
        "period_stream --keys 1 --time t --gap 10 --keys-unordered",
        "period_stream --keys 1 --time t --gap 10 --emit periods",
        "period_stream --keys 2 --time t --gap 10 --emit periods --sum v --moments v --heartbeat",
        "period_stream --keys 1 --time t --gap 10 --emit periods --keys-unordered --restart r",
    };
    return commands[choice % (sizeof(commands) / sizeof(*commands))];
}
