/* The command lines of an executable with a table of functions: one for each. A target includes
 * this after its udf/NAME.c, whose table it is. */
#ifndef SALTWELL_EXECUTABLE_FUNCTIONS_H
#define SALTWELL_EXECUTABLE_FUNCTIONS_H

const bool executable_poisons = false;

const char *executable_command(unsigned choice)
{
    static char command[64];
    const struct function *function = &table.functions[choice % table.n_functions];
    snprintf(command, sizeof(command), "%s %s", table.executable, function->name);
    return command;
}

#endif
