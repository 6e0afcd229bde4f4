/* Resources that a component defines, in the hands of a session's owner. To lifting and lowering they are numbers of
 * the guest's; outside, each is a handle that knows its type and its instance, so that a wrong one is an error and not
 * a number that means something else.
 *
 * Spec: CanonicalABI.md lift_own, lower_own, lower_borrow, canon_resource_drop. */
#include <assert.h>

#include "runtime/run/session_types.h"

struct guest_resource {
    struct list node;
    struct session *session;
    const struct plan_resource *type;
    void *object; /* as lifting has it */
    bool given;   /* by the call under way */
};

static struct session *session_of(struct abi_env *abi)
{
    return CONTAINER_OF(CONTAINER_OF(abi, struct call_env, abi)->instance, struct session, instance);
}

static const struct plan_resource *type_of(struct abi_env *abi, const struct resource_type *r)
{
    return plan_resource_of(&session_of(abi)->instance.program->plan, r);
}

static bool lift_own(struct abi_env *abi, const struct resource_type *r, uint32_t handle, void **ret, struct err *e)
{
    const struct plan_resource *type = type_of(abi, r);
    void *object = NULL;
    if (!call_env_ops.lift_own(abi, r, handle, &object, e))
        return false;
    *ret = object;
    if (!type || type->host)
        return true;
    struct guest_resource *g = mem_new(struct guest_resource);
    *g = (struct guest_resource){ .session = session_of(abi), .type = type, .object = object };
    list_init(&g->node);
    list_push(&g->session->resources, &g->node);
    *ret = g;
    return true;
}

/* What the owner gave for a resource; of the host's own, as it is. */
static bool unwrap(struct abi_env *abi, const struct resource_type *r, void *given, void **ret, struct err *e)
{
    const struct plan_resource *type = type_of(abi, r);
    *ret = given;
    if (!type || type->host)
        return true;
    const struct guest_resource *g = given;
    if (g->given)
        return err_set(e, ERR_TRAP, "the '%.*s' was given away by an argument before", STR_ARG(r->name));
    if (g->session != session_of(abi))
        return err_set(e, ERR_TRAP, "the '%.*s' is of another instance", STR_ARG(r->name));
    if (g->type != type)
        return err_set(e, ERR_TRAP, "expected a '%.*s', found a '%.*s'", STR_ARG(r->name),
                       STR_ARG(g->type->type->name));
    *ret = g->object;
    return true;
}

static void forget(struct guest_resource *g)
{
    list_remove(&g->node);
    mem_free(g);
}

/* It stays until the call ends, so that another argument that is the same one is an error. */
static void give(struct guest_resource *g)
{
    g->given = true;
    list_remove(&g->node);
    list_push(&g->session->given, &g->node);
}

static bool lower_own(struct abi_env *abi, const struct resource_type *r, void *given, uint32_t *ret, struct err *e)
{
    void *object = NULL;
    if (!unwrap(abi, r, given, &object, e) || !call_env_ops.lower_own(abi, r, object, ret, e))
        return false;
    if (object != given)
        give(given);
    return true;
}

static bool lower_borrow(struct abi_env *abi, const struct resource_type *r, void *given, uint32_t *ret, struct err *e)
{
    void *object = NULL;
    return unwrap(abi, r, given, &object, e) && call_env_ops.lower_borrow(abi, r, object, ret, e);
}

static bool refresh_realloc(struct abi_env *abi, uint32_t old, uint32_t old_size, uint32_t align, uint32_t new_size,
                            uint32_t *ret, struct err *e)
{
    return call_env_ops.realloc(abi, old, old_size, align, new_size, ret, e);
}

static bool lift_borrow(struct abi_env *abi, const struct resource_type *r, uint32_t handle, void **ret, struct err *e)
{
    return call_env_ops.lift_borrow(abi, r, handle, ret, e);
}

const struct abi_env_ops guest_resource_env_ops = {
    .realloc = refresh_realloc,
    .lift_own = lift_own,
    .lift_borrow = lift_borrow,
    .lower_own = lower_own,
    .lower_borrow = lower_borrow,
};

static void forget_all(struct list *l)
{
    while (!list_empty(l))
        forget(list_first(l, struct guest_resource, node));
}

void guest_resources_forget_given(struct session *s)
{
    forget_all(&s->given);
}

void guest_resources_free(struct session *s)
{
    forget_all(&s->resources);
}

void *guest_resource_owner(const struct guest_resource *r)
{
    return r->session->options.owner;
}

static bool destroy(struct session *s, const struct plan_resource *type, uint32_t rep, struct err *e)
{
    struct instance *i = &s->instance;
    const struct plan_entered entered = { &type->component_instance, 1 };
    const struct core_signature sig = { .param_count = 1, .params = { CORE_I32 } };
    const union core_value value = { .i32 = rep };
    const struct engine_ref *dtor = NULL;
    if (!instance_enter(i, &entered, e))
        return false;
    if (type->dtor != PLAN_NONE) {
        if (!instance_func(i, type->dtor, &dtor, e))
            return false;
        engine_begin_call(i->store, dtor, &sig, &value);
        if (!session_run(s, e))
            return false;
    }
    instance_exit(i, &entered);
    return true;
}

bool guest_resource_drop(struct guest_resource *r, struct err *e)
{
    struct session *s = r->session;
    const struct plan_resource *type = r->type;
    uint32_t rep = (uint32_t)(uintptr_t)r->object;
    if (s->running)
        return err_set(e, ERR_USAGE, "a resource is dropped from inside a host function that its instance called");
    assert(!s->func);
    forget(r);
    return session_begin(s, e) && session_end(s, destroy(s, type, rep, e), e);
}
