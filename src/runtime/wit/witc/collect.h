/* Which interfaces, types and functions of the worlds the generated files are to have. */
#ifndef RUNTIME_WIT_WITC_COLLECT_H
#define RUNTIME_WIT_WITC_COLLECT_H

#include "runtime/wit/witc/emit.h"

/* Adds a world, by its full name. Errors: ERR_LINK when there is none. */
MUST_USE bool collect_world(struct witc *c, str name, struct err *e);

/* When all are there: can one header have them? Errors: ERR_UNSUPPORTED for resources that are the program's and the
 * component's. */
MUST_USE bool collect_end(const struct witc *c, struct err *e);

#endif
