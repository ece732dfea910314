/* Fuzz target: the executable periods. An input's first byte chooses the function. */
#include "executable.h"

#include "../../udf/periods.c"

#include "executable_functions.h"
