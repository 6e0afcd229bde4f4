/* Lifting and lowering against an instance: its memories, reallocs and handle tables. */
#include "runtime/run/call_env.h"

#include <assert.h>

#include "runtime/run/instance.h"
#include "runtime/run/recycle.h"

void subtask_begin(struct subtask *t, struct instance *i)
{
    *t = (struct subtask){
        .instance = i,
        .first_lender = i->lent.len,
        .first_taken = i->taken.len,
        .arena = arena_mark(&i->arena),
    };
}

void subtask_end(struct subtask *t)
{
    struct instance *i = t->instance;
    for (uint32_t k = t->first_lender; k < i->lent.len; k++)
        i->lent.at[k].table->at[i->lent.at[k].index].num_lends--;
    i->lent.len = t->first_lender;
    if (i->arena.used_bytes != t->arena.used_bytes)
        arena_rewind(&i->arena, &t->arena);
}

bool subtask_check_borrows(const struct subtask *t, struct err *e)
{
    return !t->num_borrows ||
           err_set(e, ERR_TRAP, "borrow handles still remain at the end of the call: %u not dropped", t->num_borrows);
}

void subtask_drop_taken(struct subtask *t)
{
    struct instance *i = t->instance;
    for (uint32_t k = t->first_taken; k < i->taken.len; k++)
        i->taken.at[k].resource->host->drop(i->taken.at[k].object);
    i->taken.len = t->first_taken;
}

void subtask_forget_taken(struct subtask *t)
{
    t->instance->taken.len = t->first_taken;
}

/* --- Resources as host values --- */

/* A resource that a component defines is but a number, any number: a bit above it tells it from NULL. */
#define REP_BIT (UINT64_C(1) << 32)

static_assert(sizeof(void *) == sizeof(uint64_t), "a representation and a bit fit into a pointer");

static void *object_of(const struct handle *h)
{
    return h->resource->host ? h->of.object : (void *)(uintptr_t)(h->of.rep | REP_BIT);
}

static struct handle handle_of(const struct plan_resource *r, void *object)
{
    struct handle h = { .resource = r };
    if (r->host)
        h.of.object = object;
    else
        h.of.rep = (uint32_t)(uintptr_t)object;
    return h;
}

/* --- Callbacks of lifting and lowering --- */

static struct call_env *env_of(struct abi_env *abi)
{
    return CONTAINER_OF(abi, struct call_env, abi);
}

static struct component_state *component_of(const struct call_env *env)
{
    return &env->instance->components[env->component_instance];
}

bool call_env_refresh(struct call_env *env, struct err *e)
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
    assert(env->realloc != PLAN_NONE);
    const struct engine_ref *func = NULL;
    if (!instance_func(env->instance, env->realloc, &func, e))
        return false;
    union core_value values[4] = { { .i32 = old }, { .i32 = old_size }, { .i32 = align }, { .i32 = new_size } };
    bool may_leave = component_of(env)->may_leave;
    instance_set_may_leave(env->instance, env->component_instance, false);
    bool ok = engine_call_nested(env->instance->store, func, values, ARRAY_LEN(values), e);
    instance_set_may_leave(env->instance, env->component_instance, may_leave);
    *ret = values[0].i32;
    return ok && call_env_refresh(env, e);
}

static bool env_lift_own(struct abi_env *abi, const struct resource_type *r, uint32_t index, void **ret, struct err *e)
{
    struct call_env *env = env_of(abi);
    struct table *t = &component_of(env)->table;
    struct handle *h = NULL;
    if (!table_get(t, index, r, &h, e))
        return false;
    if (!h->own)
        return err_set(e, ERR_TRAP, "handle index %u is borrowed and cannot be given away", index);
    if (h->num_lends)
        return err_set(e, ERR_TRAP, "cannot remove owned resource while borrowed: handle index %u", index);
    if (h->resource->host)
        vec_push(&env->instance->taken, (struct taken_object){ h->resource, h->of.object });
    *ret = object_of(h);
    table_remove(t, h);
    return true;
}

static bool env_lift_borrow(struct abi_env *abi, const struct resource_type *r, uint32_t index, void **ret,
                            struct err *e)
{
    struct call_env *env = env_of(abi);
    struct table *t = &component_of(env)->table;
    struct handle *h = NULL;
    if (!table_get(t, index, r, &h, e))
        return false;
    h->num_lends++;
    vec_push(&env->instance->lent, (struct lent_handle){ t, index });
    if (env->instance->starting)
        recycle_forget_handle(env->instance, env->component_instance, index);
    *ret = object_of(h);
    return true;
}

static bool find_resource(const struct call_env *env, const struct resource_type *r, const struct plan_resource **ret,
                          struct err *e)
{
    *ret = plan_resource_of(&env->instance->program->plan, r);
    return *ret || err_set(e, ERR_TRAP, "a '%.*s' cannot be given to a component that does not import this resource",
                           STR_ARG(r->name));
}

/* An object that was on its way from one guest to another is there. */
static void untake(struct instance *i, uint32_t first, const void *object)
{
    for (uint32_t k = first; k < i->taken.len; k++) {
        if (i->taken.at[k].object == object) {
            i->taken.at[k] = i->taken.at[--i->taken.len];
            return;
        }
    }
}

static bool env_lower_own(struct abi_env *abi, const struct resource_type *r, void *object, uint32_t *ret,
                          struct err *e)
{
    struct call_env *env = env_of(abi);
    const struct plan_resource *resource = NULL;
    if (!find_resource(env, r, &resource, e))
        return false;
    struct handle h = handle_of(resource, object);
    h.own = true;
    if (!table_add(&component_of(env)->table, &h, ret, e))
        return false;
    untake(env->instance, env->subtask->first_taken, object);
    if (env->instance->starting)
        recycle_forget_handle(env->instance, env->component_instance, *ret);
    return true;
}

static bool env_lower_borrow(struct abi_env *abi, const struct resource_type *r, void *object, uint32_t *ret,
                             struct err *e)
{
    struct call_env *env = env_of(abi);
    const struct plan_resource *resource = NULL;
    if (!find_resource(env, r, &resource, e))
        return false;
    struct handle h = handle_of(resource, object);
    if (resource->component_instance == env->component_instance) {
        *ret = h.of.rep; /* its own resource: it knows what the number means */
        return true;
    }
    h.borrow_scope = env->subtask;
    env->subtask->num_borrows++;
    return table_add(&component_of(env)->table, &h, ret, e);
}

const struct abi_env_ops call_env_ops = {
    .realloc = env_realloc,
    .lift_own = env_lift_own,
    .lift_borrow = env_lift_borrow,
    .lower_own = env_lower_own,
    .lower_borrow = env_lower_borrow,
};

bool call_env_init(struct call_env *env, struct subtask *t, uint32_t component_instance, const struct plan_options *o,
                   struct err *e)
{
    *env = (struct call_env){
        .abi = { .ops = &call_env_ops, .encoding = o->encoding, .arena = &t->instance->arena },
        .instance = t->instance,
        .subtask = t,
        .component_instance = component_instance,
        .realloc = o->realloc,
        .memory = o->memory,
    };
    return call_env_refresh(env, e);
}
