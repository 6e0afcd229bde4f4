/* Dynamic values to C structs, as abi/host_layout.h has them, and back. */
#ifndef EMBED_VALUE_H
#define EMBED_VALUE_H

#include "base/arena.h"
#include "berth/value.h"
#include "runtime/type/type.h"

/* Writes a value of the type to `to`, which is zeroed; lists are the arena's, text stays where it is. Errors:
 * ERR_USAGE, with the place of what is not of the type. */
MUST_USE bool value_store(struct arena *a, const struct berth_value *v, const struct type *t, void *to, struct err *e);

/* The same for the struct of a function's parameters. */
MUST_USE bool values_store(struct arena *a, const struct func_type *f, const struct berth_value *params, size_t count,
                           void *to, struct err *e);

/* Most that the values of one result may take in memory: a guest whose lists overlap can describe any amount. */
#define VALUE_MAX_BYTES (1u << 28)

/* Reads what stands at `from`; lists and payloads are the arena's, text stays where it is. Errors: ERR_LIMIT. */
MUST_USE bool value_load(struct arena *a, const struct type *t, const void *from, struct berth_value *ret,
                         struct err *e);

#endif
