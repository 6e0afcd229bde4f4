/* A live component instance: its store, the core instances in it, handle tables, and what host calls need. Internal
 * to run/: tasks own instances, trampolines are called with them. */
#ifndef RUNTIME_RUN_INSTANCE_H
#define RUNTIME_RUN_INSTANCE_H

#include "base/arena.h"
#include "base/list.h"
#include "base/vec.h"
#include "runtime/engine/engine.h"
#include "runtime/host/host.h"
#include "runtime/run/call_env.h"
#include "runtime/run/program_types.h"
#include "runtime/run/table.h"

/* A core item that the host uses, looked up at its first use. */
struct core_slot {
    bool known;
    struct engine_ref ref;
};

/* State of one component instance of the plan. */
struct component_state {
    struct table table;
    struct table kept;   /* as it was at the snapshot, without the host's objects: see recycle.h */
    bool may_leave;      /* false during realloc and post-return: imports must not be called; instance_set_may_leave */
    bool may_enter;      /* false while a call from outside is under way in it */
    bool has_leave_flag; /* plan.leave_flags */
    struct core_slot leave_flag;
};

struct lent_handle {
    struct table *table;
    uint32_t index;
};

/* A host object whose handle was given away by the guest. */
struct taken_object {
    const struct plan_resource *resource;
    void *object;
};

/* A handle that the start got from a host function without parameters. */
struct start_handle {
    const struct plan_trampoline *from;
    uint32_t index; /* in the table of the component instance that called */
};

/* Belongs to one worker thread. Kept for reuse: instance_begin makes it new. */
struct instance {
    struct instance_pool *pool; /* runtime/run/instance_pool.h; NULL: of a session */
    struct list pool_node;      /* there, while nobody uses it */
    struct list warm_node;      /* of the worker's warm ones */
    uint64_t warm_bytes;        /* that it holds as one of them */
    uint64_t memory_limit;      /* that it was begun with */
    const struct program *program;
    struct engine_linker **linkers; /* this executor's, one a step that needs store-bound items */
    struct engine_store *store;
    struct engine_instance *core; /* by step */
    uint32_t steps_done;
    bool step_begun;                 /* the step's module is instantiated; its start comes next */
    const struct snapshot *snapshot; /* that it is made of, without starts of its own; or NULL */
    struct core_slot *memories, *funcs;
    struct component_state *components;
    struct arena arena;                /* of the calls under way; see struct subtask */
    VEC(struct lent_handle) lent;      /* by these */
    struct loan *loan;                 /* of the innermost call by an adapter that has lent a handle; NULL: none */
    VEC(struct taken_object) taken;    /* by lifting under way: who gets them has not got them yet */
    struct subtask call;               /* the host's, of the instance */
    const struct program_func *called; /* the function called last, and where it is: looked up once; NULL: none yet */
    struct engine_ref called_core;
    void *host;
    struct task *task;
    /* Of recycling, see recycle.h: */
    bool starting;                       /* before the snapshot */
    bool varies;                         /* the start has called what may answer differently another time */
    VEC(struct start_handle) handles;    /* that the start got and still has */
    uint32_t primed;                     /* reallocs that were called */
    bool kept;                           /* it can be restored */
    VEC(struct engine_ref) own_memories; /* that the component's modules define */
    VEC(struct engine_ref) restores;     /* functions that restore globals and tables */
};

void instance_init(struct instance *i, const struct program *p, struct engine_linker **linkers);
void instance_fini(struct instance *i);

/* A new store with nothing in it. `memory_bytes`: of the largest memory, if only that one grows; 0 is no limit. With
 * `snapshot` (run/snapshot.h) the steps are only instantiation. */
MUST_USE bool instance_begin(struct instance *i, uint64_t memory_bytes, const struct snapshot *snapshot, struct err *e);

/* Begins what comes next of the plan's steps as an engine operation; `*ret_more` is false when nothing is left.
 * `steps_done` counts the steps that ended. */
MUST_USE bool instance_begin_step(struct instance *i, bool *ret_more, struct err *e);
/* The operation has ended well. */
void instance_end_step(struct instance *i);

/* Drops every handle that is left and frees the store. */
void instance_end(struct instance *i);

/* The same, but keeps the store: it can be called again without instance_begin. False when it cannot be restored to
 * what it was after its start; then it has been ended. */
MUST_USE bool instance_recycle(struct instance *i);

/* Slots; false when the core instance does not exist yet (a start function that calls an import too early). */
MUST_USE bool instance_memory(struct instance *i, uint32_t slot, const struct engine_ref **ret, struct err *e);
MUST_USE bool instance_func(struct instance *i, uint32_t slot, const struct engine_ref **ret, struct err *e);
MUST_USE bool instance_ref(struct instance *i, const struct plan_ref *ref, struct engine_ref *ret, struct err *e);

/* Bytes in all memories; in an engine that does not recycle, only in those that canonical options have named so far. */
uint64_t instance_memory_bytes(struct instance *i);

/* A call enters component instances, none of which may have been entered already, and leaves them at its end. After a
 * trap nothing is left: the whole instance is dead. */
MUST_USE bool instance_enter(struct instance *i, const struct plan_entered *entered, struct err *e);
void instance_exit(struct instance *i, const struct plan_entered *entered);

/* Sets may_leave, here and for adapters. */
void instance_set_leave_flag(struct instance *i, uint32_t component_instance);
static inline void instance_set_may_leave(struct instance *i, uint32_t component_instance, bool may_leave)
{
    i->components[component_instance].may_leave = may_leave;
    if (i->components[component_instance].has_leave_flag)
        instance_set_leave_flag(i, component_instance);
}

/* A call of a core function without results that must not call imports: post-return. */
MUST_USE bool instance_call_confined(struct instance *i, uint32_t component_instance, const struct engine_ref *func,
                                     union core_value values[1], struct err *e);

#endif
