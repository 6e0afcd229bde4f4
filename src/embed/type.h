/* What stands behind `struct berth_type`: the runtime's type itself. */
#ifndef EMBED_TYPE_H
#define EMBED_TYPE_H

#include "runtime/type/type.h"

struct berth_type;

const struct type *type_of(const struct berth_type *t);

#endif
