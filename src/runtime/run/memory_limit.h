/* A limit on all memories of an instance together. Internal to run/. */
#ifndef RUNTIME_RUN_MEMORY_LIMIT_H
#define RUNTIME_RUN_MEMORY_LIMIT_H

#include "runtime/run/instance.h"

/* The most that each memory may grow to, so that all of them together stay within `total` bytes: what the others begin
 * with is not for the largest one to take. 0 is no limit, both ways. */
uint64_t memory_limit_each(const struct program *p, uint64_t total);

/* A guest out of memory aborts: its trap alone would not tell why. Makes ERR_LIMIT of a trap close to the limit. */
void memory_limit_explain(struct instance *i, uint64_t total, struct err *e);

#endif
