/* The instances of a program that an executor keeps between calls: restored ones, which are warm, and ended ones. All
 * warm ones of a worker have a bound in common; those that were used longest ago go first. */
#ifndef RUNTIME_RUN_INSTANCE_POOL_H
#define RUNTIME_RUN_INSTANCE_POOL_H

#include "base/list.h"
#include "runtime/run/instance.h"

/* Belongs to one worker thread, and outlives its pools. */
struct warm_set {
    struct list instances; /* the one used longest ago is first */
    uint64_t bytes;        /* that they hold: engine_store_warm_bytes */
    uint64_t max_bytes;
};

void warm_set_init(struct warm_set *s, uint64_t max_bytes);

/* Embedded in its owner. */
struct instance_pool {
    const struct program *program;
    struct engine_linker **linkers; /* of the steps that need items of the store */
    struct warm_set *warm;
    struct list ready; /* restored; the one used longest ago is first */
    struct list empty; /* ended */
};

MUST_USE bool instance_pool_init(struct instance_pool *p, const struct program *program, struct warm_set *warm,
                                 struct err *e);
/* Nothing may be taken. Allowed after a failed init. */
void instance_pool_fini(struct instance_pool *p);

/* The one that was used last, if it was begun with this limit on its memories: `*ret_ready`. Else an ended or new one.
 */
struct instance *instance_pool_take(struct instance_pool *p, uint64_t memory_limit, bool *ret_ready);

/* What ended in any other way than well may have left anything behind, and is ended. */
void instance_pool_give(struct instance_pool *p, struct instance *i, bool well);

#endif
