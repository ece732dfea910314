#include "function_pages.h"

void function_print_usage(const struct function_table *table, FILE *to)
{
    fprintf(to,
            "usage: %s [--max-memory SIZE] FUNCTION < arguments > results\n"
            "       %s --help | --version | --list | --xml | --check-sandbox\n",
            table->executable, table->executable);
}

static void print_arguments(const struct function *function, FILE *to)
{
    size_t n_arguments = function_count_arguments(function);
    for (size_t i = 0; i < n_arguments; i++)
        fprintf(to, "%s%s %s", i == 0 ? "" : ", ", function->arguments[i].name,
                function->arguments[i].type);
}

void function_print_help(const struct function_table *table, FILE *to)
{
    fprintf(to, "%s: %s\n\n", table->executable, table->doc);
    function_print_usage(table, to);
    fputs("\nThe ClickHouse server starts it: blocks of arguments in the Native format come in on\n"
          "standard input, and each is answered by a block of results on standard output.\n\n"
          "  --max-memory SIZE  end with an error beyond this much memory (default 8G)\n"
          "  --help             this page\n"
          "  --version          the version\n"
          "  --list             the functions, a line each, separated by tabs\n"
          "  --xml              the server's configuration of the functions\n"
          "  --check-sandbox    whether the sandbox holds on this system\n\n"
          "Exit status: 0 success, 1 bad data or a failed read or write, 2 wrong usage.\n\n"
          "Functions:\n",
          to);
    for (size_t i = 0; i < table->n_functions; i++) {
        const struct function *function = &table->functions[i];
        fprintf(to, "\n  %s(", function->name);
        print_arguments(function, to);
        fprintf(to, ")\n    -> %s\n    %s\n", function->returns, function->doc);
    }
}

void function_print_list(const struct function_table *table, FILE *to)
{
    for (size_t i = 0; i < table->n_functions; i++) {
        const struct function *function = &table->functions[i];
        fprintf(to, "%s\t", function->name);
        print_arguments(function, to);
        fprintf(to, "\t%s\t%s\n", function->returns, function->doc);
    }
}

static void print_xml_of(const struct function_table *table, const struct function *function,
                         FILE *to)
{
    fprintf(to,
            "    <function>\n"
            "        <!-- %s -->\n"
            "        <type>executable_pool</type>\n"
            "        <name>%s</name>\n"
            "        <command>%s %s</command>\n",
            function->doc, function->name, table->executable, function->name);
    size_t n_arguments = function_count_arguments(function);
    for (size_t i = 0; i < n_arguments; i++)
        fprintf(to,
                "        <argument>\n"
                "            <name>%s</name>\n"
                "            <type>%s</type>\n"
                "        </argument>\n",
                function->arguments[i].name, function->arguments[i].type);
    fprintf(to,
            "        <return_type>%s</return_type>\n"
            "        <return_name>result</return_name>\n",
            function->returns);
    fputs("        <format>Native</format>\n"
          "        <execute_direct>1</execute_direct>\n"
          "        <deterministic>1</deterministic>\n"
          "        <send_chunk_header>0</send_chunk_header>\n"
          "        <pool_size>16</pool_size>\n"
          "        <lifetime>0</lifetime>\n"
          "        <max_command_execution_time>3600</max_command_execution_time>\n"
          "        <command_termination_timeout>10</command_termination_timeout>\n"
          "        <command_read_timeout>3600000</command_read_timeout>\n"
          "        <command_write_timeout>3600000</command_write_timeout>\n"
          "        <command_pipe_capacity>1048576</command_pipe_capacity>\n"
          "        <stderr_reaction>throw</stderr_reaction>\n"
          "        <check_exit_code>1</check_exit_code>\n"
          "    </function>\n",
          to);
}

void function_print_xml(const struct function_table *table, FILE *to)
{
    fprintf(
        to,
        "<!-- Made by `make xml` from the function table of udf/%s.c. Edit that, not this. -->\n"
        "<functions>\n",
        table->executable);
    for (size_t i = 0; i < table->n_functions; i++)
        print_xml_of(table, &table->functions[i], to);
    fputs("</functions>\n", to);
}
