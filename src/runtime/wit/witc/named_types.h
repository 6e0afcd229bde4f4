/* The types of a function that have names. */
#ifndef RUNTIME_WIT_WITC_NAMED_TYPES_H
#define RUNTIME_WIT_WITC_NAMED_TYPES_H

#include "base/vec.h"
#include "runtime/wit/wit.h"

/* Definitions, in their interfaces or worlds, which borrow them. Zeroed to begin with; vec_fini. */
typedef VEC(const struct wit_type *) named_types;

/* Adds the records, variants, enums, flags and resources that the function's type is made of: each once, parts before
 * what they are parts of. */
void named_types_add(named_types *list, const struct wit *w, const struct func_type *f);

#endif
