/* What of a component is linked to what, as text: `berth inspect --graph`. */
#ifndef TOOL_GRAPH_H
#define TOOL_GRAPH_H

#include "base/arena.h"
#include "base/buf.h"
#include "runtime/link/link.h"

/* Links the chain as serving it would and prints its core instances in the order in which they are made, each with
 * where its imports come from. Errors: as link_components. */
MUST_USE bool graph_print(struct arena *a, const struct link_chain *chain, struct buf *out, struct err *e);

#endif
