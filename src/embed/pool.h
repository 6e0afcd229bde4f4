/* The engine of a component that runs tasks: measured by what the component needs and by how many tasks there are. */
#ifndef EMBED_POOL_H
#define EMBED_POOL_H

#include "base/err.h"

struct berth_component_options; /* berth/component.h */
struct berth_engine;            /* embed/engine.h */
struct engine;                  /* runtime/engine/engine.h */
struct program;                 /* runtime/run/program.h */
struct ticker;                  /* runtime/engine/ticker.h */

struct pool {
    struct engine *engine;
    struct ticker *ticker; /* it ticks the engine; NULL before */
    uint64_t memory_bytes; /* most that a task's memories may hold; 0: no limit but the engine's */
};

/* Makes one for an opened program (program_open). `*ret_tasks`: most tasks at one time on each thread. Errors:
 * ERR_LIMIT, when the component starts with more memory than it may have, or the addresses do not suffice. */
MUST_USE bool pool_init(struct pool *p, struct berth_engine *engine, const struct program *program,
                        const struct berth_component_options *o, uint32_t *ret_tasks, struct err *e);
/* The program must be gone. Allowed after a failed init, or when all is zero. */
void pool_fini(struct pool *p);

#endif
