/* Fuzz target: the executable activity. An input's first byte chooses the function. */
#include "executable.h"

#include "../../udf/activity.c"

const bool executable_poisons = false;

const char *executable_command(unsigned choice)
{
    static char command[64];
    const struct function *function = &table.functions[choice % table.n_functions];
    snprintf(command, sizeof(command), "%s %s", table.executable, function->name);
    return command;
}
