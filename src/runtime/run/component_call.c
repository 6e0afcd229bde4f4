/* Calls from one component instance of a composition to another. Values are lifted from one memory and lowered into the
 * other by the same layout program; strings and lists of plain elements go from memory to memory, without a copy in
 * between.
 *
 * Spec: CanonicalABI.md canon_lower and canon_lift, both synchronous. */
#include "runtime/run/trampoline.h"

/* A call: who makes it and who takes it. */
struct crossing {
    const struct plan_trampoline *t;
    struct subtask *subtask;
    struct call_env caller, callee;
    union core_value *flat;  /* of the caller: arguments, then the result */
    union core_value *inner; /* of the callee, the same */
};

static bool init_envs(struct crossing *c, struct err *e)
{
    const struct plan_trampoline *t = c->t;
    if (!call_env_init(&c->caller, c->subtask, t->component_instance, &t->options, e) ||
        !call_env_init(&c->callee, c->subtask, t->callee->component_instance, &t->callee->options, e))
        return false;
    return true;
}

/* Moves strings from `from` to `to` as they are. */
static void connect(struct call_env *from, struct call_env *to)
{
    from->abi.verbatim = to->abi.verbatim = &from->abi.encoding;
}

static bool pass_params(struct crossing *c, struct err *e)
{
    _Alignas(16) char room[CALL_ROOM_BYTES];
    void *params = call_room(c->subtask, room, c->t->params_size);
    connect(&c->caller, &c->callee);
    return abi_lift_params(c->t->abi, &c->caller.abi, c->flat, params, e) &&
           abi_lower_params(c->t->abi, &c->callee.abi, params, c->inner, e);
}

static bool pass_result(struct crossing *c, struct err *e)
{
    _Alignas(16) char room[CALL_ROOM_BYTES];
    void *result = call_room(c->subtask, room, c->t->result_size);
    connect(&c->callee, &c->caller);
    return call_env_refresh(&c->callee, e) && call_env_refresh(&c->caller, e) &&
           abi_lift_result(c->t->abi, &c->callee.abi, c->inner, result, e) && subtask_check_borrows(c->subtask, e) &&
           abi_lower_result(c->t->abi, &c->caller.abi, result, c->flat, e);
}

/* `result`: the callee's flat result. */
static bool post_return(const struct crossing *c, const union core_value *result, struct err *e)
{
    const struct plan_callee *callee = c->t->callee;
    if (callee->options.post_return == PLAN_NONE)
        return true;
    const struct engine_ref *func = NULL;
    union core_value values[1] = { *result };
    return instance_func(c->subtask->instance, callee->options.post_return, &func, e) &&
           instance_call_confined(c->subtask->instance, callee->component_instance, func, values, e);
}

bool component_call(const struct plan_trampoline *t, struct subtask *s, union core_value *values, struct err *e)
{
    struct instance *i = s->instance;
    const struct engine_ref *func = NULL;
    union core_value inner[ENGINE_CALL_MAX];
    struct crossing c = { .t = t, .subtask = s, .flat = values, .inner = inner };
    if (!instance_enter(i, &t->entered, e))
        return false;
    if (!init_envs(&c, e) || !pass_params(&c, e) || !instance_func(i, t->callee->core, &func, e) ||
        !engine_call(i->store, func, inner, t->callee->value_count, e)) {
        subtask_drop_taken(s);
        return false;
    }
    union core_value result = inner[0];
    if (!pass_result(&c, e)) {
        subtask_drop_taken(s);
        return false;
    }
    if (!post_return(&c, &result, e))
        return false;
    instance_exit(i, &t->entered);
    return true;
}

bool component_result(const struct plan_trampoline *t, struct subtask *s, union core_value *values, struct err *e)
{
    _Alignas(16) char room[CALL_ROOM_BYTES];
    struct call_env env;
    void *result = call_room(s, room, t->result_size);
    union core_value lifted[1] = { values[0] };
    bool ok = call_env_init(&env, s, t->callee->component_instance, &t->callee->options, e) &&
              abi_lift_result(t->abi, &env.abi, lifted, result, e) &&
              call_env_init(&env, s, t->component_instance, &t->options, e) &&
              abi_check_result_pointer(t->abi, &env.abi, values[1].i32, e);
    subtask_drop_taken(s);
    return ok;
}

bool component_block(const struct plan_trampoline *t, struct subtask *s, const union core_value *values, struct err *e)
{
    struct call_env env;
    return call_env_init(&env, s, t->component_instance, &t->options, e) &&
           abi_check_block(&env.abi, values[0].i32, values[1].i32, values[2].i32, e);
}

bool component_text(const struct plan_trampoline *t, struct subtask *s, union core_value *values, struct err *e)
{
    struct call_env env;
    if (!call_env_init(&env, s, t->component_instance, &t->options, e))
        return false;
    values[0] = (union core_value){ .i32 = abi_is_utf8(&env.abi, values[0].i32, values[1].i32) };
    return true;
}
