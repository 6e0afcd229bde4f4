/* What lifting and lowering ask of an instance, and what a call has taken and lent until it is over. Internal to run/.
 *
 * Spec: CanonicalABI.md "Lifting and Lowering Context", "Subtask State", lift_own, lift_borrow, lower_own,
 * lower_borrow. */
#ifndef RUNTIME_RUN_CALL_ENV_H
#define RUNTIME_RUN_CALL_ENV_H

#include "runtime/abi/abi.h"
#include "runtime/link/plan.h"
#include "runtime/run/table.h"

struct instance; /* run/instance.h */

/* A call under way, of the host's functions or of another component's. Calls are synchronous, so that the callee's part
 * (the specification's Task: num_borrows) and the caller's (Subtask: lenders) end together. The innermost comes last:
 * each has the tail of the instance's lists. */
struct subtask {
    struct instance *instance;
    uint32_t first_lender, first_taken;
    struct arena_mark arena;
    uint32_t num_borrows; /* handles that the callee has to drop before it returns */
};

void subtask_begin(struct subtask *t, struct instance *i);
/* Ends its loans and forgets its values. */
void subtask_end(struct subtask *t);
/* The callee returns: it must have dropped what was borrowed. */
MUST_USE bool subtask_check_borrows(const struct subtask *t, struct err *e);
/* After an error: drops the host's objects that lifting took out of tables and lowering did not put into another. */
void subtask_drop_taken(struct subtask *t);
/* They have reached who they were lifted for. */
void subtask_forget_taken(struct subtask *t);

/* The environment of lifting and lowering for one component instance and its canon options. */
struct call_env {
    struct abi_env abi;
    struct instance *instance;
    struct subtask *subtask;
    uint32_t component_instance;
    uint32_t realloc; /* slot, or PLAN_NONE */
    uint32_t memory;  /* slot, or PLAN_NONE */
};
MUST_USE bool call_env_init(struct call_env *env, struct subtask *t, uint32_t component_instance,
                            const struct plan_options *o, struct err *e);

/* What call_env_init gives to lifting and lowering: for those who put something in between. */
extern const struct abi_env_ops call_env_ops;

/* Where the memory is now: guest code has run. */
MUST_USE bool call_env_refresh(struct call_env *env, struct err *e);

#endif
