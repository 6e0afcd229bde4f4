/* Values as scripts write them (JSON of wasm-tools) and as functions take them (C structs, abi/host_layout.h). */
#ifndef TOOL_WAST_VALUE_H
#define TOOL_WAST_VALUE_H

#include "base/arena.h"
#include "base/err.h"
#include "runtime/type/type.h"
#include "server/json/json.h"

/* Fills the zeroed struct of `params` from an array of as many values. Strings and lists are the arena's. Errors:
 * ERR_USAGE, when the script does not fit the function. */
MUST_USE bool values_read(struct arena *a, const struct json *values, const struct func_type *f, void *params,
                          struct err *e);

/* Whether the value of type `t` at `got` is the one that the script wants. Errors: ERR_INVALID, with the place where it
 * is not; ERR_USAGE, when no value of the type could be. The arena has what is made on the way. */
MUST_USE bool value_match(struct arena *a, const struct json *want, const struct type *t, const void *got,
                          struct err *e);

#endif
