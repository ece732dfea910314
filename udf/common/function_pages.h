/* What an executable prints about its functions. */
#ifndef SALTWELL_FUNCTION_PAGES_H
#define SALTWELL_FUNCTION_PAGES_H

#include "function.h"

#include <stdio.h>

void function_print_usage(const struct function_table *table, FILE *to);
void function_print_help(const struct function_table *table, FILE *to);
/* A line per function: name, arguments, return type and documentation, separated by tabs. */
void function_print_list(const struct function_table *table, FILE *to);
/* The server's configuration of the functions. */
void function_print_xml(const struct function_table *table, FILE *to);

#endif
