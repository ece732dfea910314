/* Reads the values of one column, node by node of its type. Part of native_read. */
#ifndef SALTWELL_NATIVE_VALUES_H
#define SALTWELL_NATIVE_VALUES_H

#include "native_read.h"

/*
 * Reads the values of column i of the block: sets its nodes' n_rows, at and starts_at. Its type is
 * parsed and its nodes have room. As native_read_block.
 */
CHECKED enum status native_read_values(struct native_reader *reader, size_t i, struct err *err);

#endif
