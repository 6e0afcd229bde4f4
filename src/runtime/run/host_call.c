/* Calls of the host's functions: arguments are lifted into the C struct of the function, its result is lowered back.
 *
 * Spec: CanonicalABI.md canon_lower. */
#include <assert.h>

#include "runtime/run/recycle.h"
#include "runtime/run/snapshot.h"
#include "runtime/run/trampoline.h"

/* Lifting took objects and then failed: nobody else will release them. */
static bool lift_params(const struct plan_trampoline *t, struct call_env *env, const union core_value *values,
                        void *params, struct err *e)
{
    bool ok = abi_lift_params(t->abi, &env->abi, values, params, e);
    if (!ok)
        subtask_drop_taken(env->subtask);
    subtask_forget_taken(env->subtask);
    return ok;
}

/* Calls until the function no longer has to wait. */
static bool call_blocking(const struct plan_trampoline *t, struct instance *i, const void *params, void *result,
                          struct err *e)
{
    struct host_call c = {
        .arena = &i->arena, .host = i->host, .err = e, .task = i->task, .context = t->host->context
    };
    for (;;) {
        switch (t->host->call(&c, params, result)) {
        case HOST_DONE: return true;
        case HOST_TRAP: return false;
        case HOST_BLOCK:
            assert(t->host->blocking);
            if (!engine_wait(i->store, e))
                return false;
        }
    }
}

bool host_call(const struct plan_trampoline *t, struct subtask *s, union core_value *values, struct err *e)
{
    struct instance *i = s->instance;
    _Alignas(16) char params_room[CALL_ROOM_BYTES], result_room[CALL_ROOM_BYTES];
    void *params = call_room(s, params_room, t->params_size), *result = call_room(s, result_room, t->result_size);
    struct call_env env;
    if (!call_env_init(&env, s, t->component_instance, &t->options, e) || !lift_params(t, &env, values, params, e))
        return false;
    memset(result, 0, t->result_size); /* nothing of the host's stack may reach a guest */
    if (i->starting)
        snapshot_note_call(i, t);
    /* The memory is as large as it was: no guest of the instance runs meanwhile. */
    if (!call_blocking(t, i, params, result, e) || !abi_lower_result(t->abi, &env.abi, result, values, e))
        return false;
    if (i->starting && !t->params_size)
        recycle_note_handle(i, t, result, values);
    return true;
}
