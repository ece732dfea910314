/* Fuzz target: the executable exact. An input's first byte chooses the function. */
#include "executable.h"

#include "../../udf/exact.c"

#include "executable_functions.h"
