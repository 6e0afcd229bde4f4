/* Trampolines: where a guest's call of an import arrives. Arguments are lifted into the C struct of the host function,
 * its result is lowered back; handles go through the calling component instance's table.
 *
 * Spec: CanonicalABI.md canon_lower, canon_resource_new, canon_resource_drop, canon_resource_rep. */
#include "runtime/run/instance.h"

#include <assert.h>

#include "runtime/run/recycle.h"

/* --- What lifting and lowering ask of the instance --- */

static struct call_env *env_of(struct abi_env *abi)
{
    return CONTAINER_OF(abi, struct call_env, abi);
}

static bool refresh_memory(struct call_env *env, struct err *e)
{
    const struct engine_ref *memory = NULL;
    if (env->memory == PLAN_NONE)
        return true;
    if (!instance_memory(env->instance, env->memory, &memory, e))
        return false;
    engine_memory(env->instance->store, memory, &env->abi.memory, &env->abi.memory_len);
    return true;
}

static bool env_realloc(struct abi_env *abi, uint32_t old, uint32_t old_size, uint32_t align, uint32_t new_size,
                        uint32_t *ret, struct err *e)
{
    struct call_env *env = env_of(abi);
    assert(env->realloc != PLAN_NONE && !env->outside);
    const struct engine_ref *func = NULL;
    if (!instance_func(env->instance, env->realloc, &func, e))
        return false;
    union core_value values[4] = { { .i32 = old }, { .i32 = old_size }, { .i32 = align }, { .i32 = new_size } };
    bool may_leave = env->component->may_leave;
    env->component->may_leave = false;
    bool ok = engine_call_nested(env->instance->store, func, values, ARRAY_LEN(values), e);
    env->component->may_leave = may_leave;
    *ret = values[0].i32;
    return ok && refresh_memory(env, e);
}

static bool env_lift_own(struct abi_env *abi, const struct resource_type *r, uint32_t index, void **ret, struct err *e)
{
    struct table *t = &env_of(abi)->component->table;
    struct handle *h = NULL;
    if (!table_get(t, index, r, &h, e))
        return false;
    if (!h->own)
        return err_set(e, ERR_TRAP, "handle index %u is borrowed and cannot be given away", index);
    if (h->num_lends)
        return err_set(e, ERR_TRAP, "handle index %u is lent and cannot be given away", index);
    vec_push(&env_of(abi)->instance->taken, (struct taken_object){ h->resource, h->of.object });
    *ret = h->of.object;
    table_remove(t, h);
    return true;
}

static bool env_lift_borrow(struct abi_env *abi, const struct resource_type *r, uint32_t index, void **ret,
                            struct err *e)
{
    struct call_env *env = env_of(abi);
    struct table *t = &env->component->table;
    struct handle *h = NULL;
    if (!table_get(t, index, r, &h, e))
        return false;
    if (h->own) {
        h->num_lends++;
        vec_push(&env->instance->lent, (struct lent_handle){ t, index });
    }
    *ret = h->of.object;
    return true;
}

static bool lower_handle(struct abi_env *abi, const struct resource_type *r, void *object, bool own, uint32_t *ret,
                         struct err *e)
{
    struct call_env *env = env_of(abi);
    const struct plan_resource *resource = plan_resource_of(&env->instance->program->plan, r);
    if (!resource)
        return err_set(e, ERR_TRAP, "a '%.*s' cannot be given to a component that does not import this resource",
                       STR_ARG(r->name));
    return table_add(&env->component->table, &(struct handle){ .resource = resource, .of.object = object, .own = own },
                     ret, e);
}

static bool env_lower_own(struct abi_env *abi, const struct resource_type *r, void *object, uint32_t *ret,
                          struct err *e)
{
    return lower_handle(abi, r, object, true, ret, e);
}

static bool env_lower_borrow(struct abi_env *abi, const struct resource_type *r, void *object, uint32_t *ret,
                             struct err *e)
{
    return lower_handle(abi, r, object, false, ret, e);
}

static const struct abi_env_ops env_ops = {
    .realloc = env_realloc,
    .lift_own = env_lift_own,
    .lift_borrow = env_lift_borrow,
    .lower_own = env_lower_own,
    .lower_borrow = env_lower_borrow,
};

bool call_env_init(struct call_env *env, struct instance *i, uint32_t component_instance, const struct plan_options *o,
                   struct err *e)
{
    *env = (struct call_env){
        .abi = { .ops = &env_ops, .encoding = o->encoding, .arena = &i->arena },
        .instance = i,
        .component = &i->components[component_instance],
        .realloc = o->realloc,
        .memory = o->memory,
    };
    return refresh_memory(env, e);
}

void instance_return_loans(struct instance *i)
{
    for (uint32_t k = 0; k < i->lent.len; k++)
        i->lent.at[k].table->at[i->lent.at[k].index].num_lends--;
    i->lent.len = 0;
}

/* --- Trampolines --- */

/* Lifting took objects and then failed: nobody else will release them. */
static bool lift_params(const struct plan_trampoline *t, struct call_env *env, const union core_value *values,
                        void *params, struct err *e)
{
    struct instance *i = env->instance;
    bool ok = abi_lift_params(t->abi, &env->abi, values, params, e);
    for (uint32_t k = 0; !ok && k < i->taken.len; k++)
        i->taken.at[k].resource->host->drop(i->taken.at[k].object);
    i->taken.len = 0;
    return ok;
}

/* C structs up to this size live on the stack, larger ones in the call's arena. */
enum { STACK_STRUCT_BYTES = 256 };

/* Calls until the function no longer has to wait. */
static bool call_blocking(const struct plan_trampoline *t, struct instance *i, const void *params, void *result,
                          struct err *e)
{
    struct host_call c = { .arena = &i->arena, .host = i->host, .err = e, .task = i->task };
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

static bool call_host(const struct plan_trampoline *t, struct instance *i, union core_value *values, struct err *e)
{
    _Alignas(16) char params_room[STACK_STRUCT_BYTES], result_room[STACK_STRUCT_BYTES];
    void *params = t->params_size <= sizeof(params_room) ? params_room : arena_alloc(&i->arena, t->params_size);
    void *result = t->result_size <= sizeof(result_room) ? result_room : arena_alloc(&i->arena, t->result_size);
    struct call_env env;
    if (!call_env_init(&env, i, t->component_instance, &t->options, e) || !lift_params(t, &env, values, params, e))
        return false;
    memset(result, 0, t->result_size); /* nothing of the host's stack may reach a guest */
    if (!call_blocking(t, i, params, result, e) || !refresh_memory(&env, e) ||
        !abi_lower_result(t->abi, &env.abi, result, values, e))
        return false;
    if (i->starting && !t->params_size)
        recycle_note_handle(i, t, result, values);
    return true;
}

static bool resource_drop(const struct plan_trampoline *t, struct instance *i, union core_value *values, struct err *e)
{
    struct table *table = &i->components[t->component_instance].table;
    struct handle *h = NULL;
    if (!table_get(table, values[0].i32, t->resource->type, &h, e))
        return false;
    if (h->num_lends)
        return err_set(e, ERR_TRAP, "handle index %u is lent and cannot be dropped", values[0].i32);
    struct handle dropped = *h;
    table_remove(table, h);
    if (!dropped.own)
        return true;
    if (dropped.resource->host) {
        dropped.resource->host->drop(dropped.of.object);
        return true;
    }
    if (dropped.resource->dtor == PLAN_NONE)
        return true;
    const struct engine_ref *dtor = NULL;
    union core_value rep = { .i32 = dropped.of.rep };
    return instance_func(i, dropped.resource->dtor, &dtor, e) && engine_call_nested(i->store, dtor, &rep, 1, e);
}

static bool resource_new(const struct plan_trampoline *t, struct instance *i, union core_value *values, struct err *e)
{
    struct handle h = { .resource = t->resource, .of.rep = values[0].i32, .own = true };
    return table_add(&i->components[t->component_instance].table, &h, &values[0].i32, e);
}

static bool resource_rep(const struct plan_trampoline *t, struct instance *i, union core_value *values, struct err *e)
{
    struct handle *h = NULL;
    if (!table_get(&i->components[t->component_instance].table, values[0].i32, t->resource->type, &h, e))
        return false;
    values[0].i32 = h->of.rep;
    return true;
}

static bool may_leave(const struct plan_trampoline *t, const struct instance *i, struct err *e)
{
    return i->components[t->component_instance].may_leave ||
           err_set(e, ERR_TRAP,
                   "cannot leave component instance: imports must not be called during realloc or "
                   "post-return");
}

static bool dispatch(const struct plan_trampoline *t, struct instance *i, union core_value *values, struct err *e)
{
    switch (t->kind) {
    case TRAMPOLINE_HOST: return may_leave(t, i, e) && call_host(t, i, values, e);
    case TRAMPOLINE_RESOURCE_NEW: return may_leave(t, i, e) && resource_new(t, i, values, e);
    case TRAMPOLINE_RESOURCE_DROP: return may_leave(t, i, e) && resource_drop(t, i, values, e);
    case TRAMPOLINE_RESOURCE_REP: return resource_rep(t, i, values, e);
    }
    __builtin_unreachable();
}

bool trampoline_call(void *env, void *owner, union core_value *values, struct err *e)
{
    const struct plan_trampoline *t = env;
    struct instance *i = owner;
    bool ok = dispatch(t, i, values, e);
    if (i->lent.len)
        instance_return_loans(i);
    if (i->arena.used_bytes)
        arena_reset(&i->arena);
    return ok || err_wrap(e, "%.*s", STR_ARG(t->name));
}
