/* What a component imports and exports, as WIT: the world, then its interfaces. */
#ifndef TOOL_WORLD_H
#define TOOL_WORLD_H

#include "base/arena.h"
#include "base/buf.h"

struct component_type; /* runtime/check/check.h */

/* `a` holds what is made on the way. */
void world_print(struct arena *a, const struct component_type *c, struct buf *out);

#endif
