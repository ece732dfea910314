/* Fuzz target: the executable welford. An input's first byte chooses the function. */
#include "executable.h"

#include "../../udf/welford.c"

#include "executable_functions.h"
