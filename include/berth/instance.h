/* Instances, and calls of their functions. An instance has memory, globals and handles of its own: nothing is shared
 * with another one but the code. */
#ifndef BERTH_INSTANCE_H
#define BERTH_INSTANCE_H

#include "berth/component.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Belongs to one thread at a time. */
struct berth_instance;

struct berth_instance_options {
    void *data;            /* given to host functions that the instance calls, and to the output of WASI */
    uint64_t memory_bytes; /* most that all its memories may hold together; 0: what 32 bits can address */
    uint32_t time_ms;      /* most that its start, and each call, may take, computing and waiting together; 0: any time.
                              Kept to about 10 ms. */
};

/* Instantiates: memories are filled, start functions run. `o` may be NULL. Errors: BERTH_ERROR_TRAP, BERTH_ERROR_LIMIT,
 * BERTH_ERROR_TIMEOUT. */
bool berth_instance_new(struct berth_component *c, const struct berth_instance_options *o, struct berth_instance **ret,
                        struct berth_error *e);
/* Ends it: objects of the host that it owns are dropped. Not from inside a host function that it called. NULL is
 * allowed.
 */
void berth_instance_free(struct berth_instance *i);

/* Calls a function to its end. `params` and `result` are the structs that it was looked up with, NULL for none. What
 * `params` points to has to live until the call returns; what `result` points to lives until the next call on the
 * instance begins (so that `params` must not point into it), berth_instance_finish or berth_instance_free. Owned
 * resources in `params` are the guest's from now on.
 *
 * A guest that waits (sleeps) makes the thread wait. After BERTH_ERROR_TRAP, BERTH_ERROR_LIMIT, BERTH_ERROR_TIMEOUT and
 * BERTH_ERROR_CLOSED the instance is dead: every further call fails. */
bool berth_instance_call(struct berth_instance *i, const struct berth_func *f, const void *params, void *result,
                         struct berth_error *e);

/* Lets the guest free what it returned (its post-return function). The next call does it, too: this is for results that
 * are large, and for those who want to know whether it trapped. */
bool berth_instance_finish(struct berth_instance *i, struct berth_error *e);

/* From any thread, while the instance lives: the call that is under way ends with BERTH_ERROR_CLOSED as soon as its
 * guest computes on, or waits; if there is none, the next one does. */
void berth_instance_interrupt(struct berth_instance *i);

/* What all memories of the instance hold, in bytes. */
uint64_t berth_instance_memory_bytes(struct berth_instance *i);

#ifdef __cplusplus
}
#endif

#endif
