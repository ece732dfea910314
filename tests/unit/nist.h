/*
 * Reader for the univariate sets of NIST's Statistical Reference Datasets
 * (https://www.itl.nist.gov/div898/strd/): a header with the certified mean and standard deviation,
 * then one value a line. The files are not part of the repository; they lie in the folder nist of
 * the data folder that the environment variable SALTWELL_DATA names, ../shared/data without it.
 */
#ifndef SALTWELL_TESTS_NIST_H
#define SALTWELL_TESTS_NIST_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>

#define NIST_MAX_VALUES 5000

struct nist_set {
    double mean; /* certified */
    double sd;   /* certified; the denominator is n - 1 */
    size_t n_values;
    double values[NIST_MAX_VALUES];
};

/* Whether the folder is there; where it is not, tests skip. */
bool nist_is_present(void);

/*
 * Reads the set `name`, as in "NumAcc4".
 * STATUS_IO: no such file. STATUS_FORMAT: not such a file, or fewer or more values than its header
 * says. *set_out has undefined content then.
 */
CHECKED enum status nist_read(const char *name, struct nist_set *set_out, struct err *err);

#endif
