/*
 * The layouts of aggregate functions' states, by the function's name and the types of its
 * arguments. A state carries no length, so that every function needs its own. Each layout here was
 * compared with what ClickHouse 26.7 sends. Part of native_type.
 */
#ifndef SALTWELL_NATIVE_STATE_H
#define SALTWELL_NATIVE_STATE_H

#include "native_type.h"

enum { NATIVE_STATE_MAX_ARGUMENTS = 8 };

/*
 * Sets the steps of *state. name: the function's, its combinators (-If, -OrNull …) included;
 * arguments: n_arguments nodes of type trees. False, *state then undefined: the size of such states
 * is not known.
 */
bool native_state_layout(const char *name, size_t name_bytes,
                         const struct native_type *const *arguments, size_t n_arguments,
                         struct native_type *state);

#endif
