/* Whether a C struct can be the one that a function's WIT asks for. */
#ifndef EMBED_STRUCT_SIZE_H
#define EMBED_STRUCT_SIZE_H

#include "base/err.h"
#include "runtime/type/type.h"

/* Compares the sizes with those of the layouts. Errors: ERR_USAGE, with the members' places. */
MUST_USE bool struct_size_check(const struct func_type *f, size_t params_size, size_t result_size, struct err *e);

#endif
