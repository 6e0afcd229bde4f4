/* A program's snapshot: what an instance was after its start, so that others need no start of their own. Taken from
 * the first instance whose start cannot have come out differently, then immutable and shared by all threads.
 * docs/internals/recycling.md, "Starting once". Internal to run/. */
#ifndef RUNTIME_RUN_SNAPSHOT_H
#define RUNTIME_RUN_SNAPSHOT_H

#include "base/err.h"

struct instance;        /* run/instance.h */
struct plan_trampoline; /* link/plan.h */
struct program;         /* run/program.h */
struct snapshot;

/* During the start: a host function was called. */
void snapshot_note_call(struct instance *i, const struct plan_trampoline *t);

/* The instance has been kept (recycle_keep): makes the program's snapshot of it, where there is none yet and there can
 * be one. */
void snapshot_take(struct instance *i);

/* The snapshot that an instance may be made of, which was begun with this limit on its memories; or NULL. */
const struct snapshot *snapshot_find(const struct program *p, uint64_t memory_limit);

/* Gives an instance whose core modules are all instantiated, and none started, what the snapshot has: it is kept then.
 * On false it must be ended. */
MUST_USE bool snapshot_apply(struct instance *i, const struct snapshot *s, struct err *e);

void snapshot_free(struct snapshot *s);

#endif
