/* Trampolines: where a guest's call of an import arrives. Internal to run/. */
#ifndef RUNTIME_RUN_TRAMPOLINE_H
#define RUNTIME_RUN_TRAMPOLINE_H

#include "runtime/run/call_env.h"
#include "runtime/run/instance.h"

/* engine_host_fn of every trampoline: `env` is the plan_trampoline, `owner` the instance. */
bool trampoline_call(void *env, void *owner, union core_value *values, struct err *e);

/* TRAMPOLINE_HOST (host_call.c) */
MUST_USE bool host_call(const struct plan_trampoline *t, struct subtask *s, union core_value *values, struct err *e);

/* TRAMPOLINE_CALL (component_call.c) */
MUST_USE bool component_call(const struct plan_trampoline *t, struct subtask *s, union core_value *values,
                             struct err *e);

/* What adapters ask or have refused, plan.h says what (component_call.c). Of a result that is lifted nothing is kept.
 */
MUST_USE bool component_result(const struct plan_trampoline *t, struct subtask *s, union core_value *values,
                               struct err *e);
MUST_USE bool component_block(const struct plan_trampoline *t, struct subtask *s, const union core_value *values,
                              struct err *e);
MUST_USE bool component_text(const struct plan_trampoline *t, struct subtask *s, union core_value *values,
                             struct err *e);

/* Handles that adapters pass, plan.h says how (component_handle.c). A call that has lent one spans several calls of
 * trampolines, so that its part of the instance's lists is not that of one of them. */
MUST_USE bool component_give(const struct plan_trampoline *t, struct subtask *s, union core_value *values,
                             struct err *e);
MUST_USE bool component_lend(const struct plan_trampoline *t, struct instance *i, union core_value *values,
                             struct err *e);
MUST_USE bool component_return(struct instance *i, struct err *e);

/* A call's C structs up to this size live on the stack, larger ones in its arena. */
enum { CALL_ROOM_BYTES = 256 };

static inline void *call_room(struct subtask *s, char room[CALL_ROOM_BYTES], size_t size)
{
    return size <= CALL_ROOM_BYTES ? room : arena_alloc(&s->instance->arena, size);
}

#endif
