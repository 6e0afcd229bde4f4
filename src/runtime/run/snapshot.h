/* A program's snapshot: what an instance was after its start, so that others need no start of their own. Taken from
 * the first instance whose start cannot have come out differently, then immutable and shared by all threads.
 * docs/internals/recycling.md, "Starting once". Internal to run/. */
#ifndef RUNTIME_RUN_SNAPSHOT_H
#define RUNTIME_RUN_SNAPSHOT_H

#include "runtime/run/instance.h"

struct snapshot {
    uint64_t memory_limit; /* a start may find out how far its memory can grow */
    struct engine_images *images;
    union core_value *globals; /* twins of mutable ones, by step and number */
    uint32_t global_count;
    struct table *tables; /* by component instance, without the host's objects */
    uint32_t table_count;
    VEC(struct start_handle) handles;
};

/* Without handles, and with globals that are to be filled in; takes `images`. */
struct snapshot *snapshot_new(const struct program *p, uint64_t memory_limit, struct engine_images *images);
uint32_t snapshot_global_count(const struct program *p);
uint32_t snapshot_memory_count(const struct program *p);

/* During the start: a host function was called. */
void snapshot_note_call(struct instance *i, const struct plan_trampoline *t);

/* The instance has been kept (recycle_keep): makes the program's snapshot of it, where there is none yet and there can
 * be one. */
void snapshot_take(struct instance *i);

/* The snapshot that an instance may be made of, which was begun with this limit on its memories; or NULL. */
const struct snapshot *snapshot_find(const struct program *p, uint64_t memory_limit);

/* Gives an instance whose core modules are all instantiated, and none started, what its snapshot has: it is kept then.
 * On false it must be ended, and there are no more instances made of that snapshot. */
MUST_USE bool snapshot_apply(struct instance *i);

void snapshot_free(struct snapshot *s);

#endif
