/* Fuzz target: the executable activity. An input's first byte chooses the function. */
#include "executable.h"

#include "../../udf/activity.c"

#include "executable_functions.h"
