/* Dispatch of trampolines, and the built-ins of resources.
 *
 * Spec: CanonicalABI.md canon_lower, canon_resource_new, canon_resource_drop, canon_resource_rep. */
#include "runtime/run/trampoline.h"

/* The destructor is a function of the instance that defines the resource; calling it from elsewhere enters that one. */
static bool destroy(const struct plan_trampoline *t, struct instance *i, const struct handle *h, struct err *e)
{
    const struct engine_ref *dtor = NULL;
    union core_value rep = { .i32 = h->of.rep };
    if (h->resource->host) {
        h->resource->host->drop(h->of.object);
        return true;
    }
    if (!instance_enter(i, &t->entered, e))
        return false;
    if (h->resource->dtor != PLAN_NONE &&
        (!instance_func(i, h->resource->dtor, &dtor, e) || !engine_call(i->store, dtor, &rep, 1, e)))
        return false;
    instance_exit(i, &t->entered);
    return true;
}

static bool resource_drop(const struct plan_trampoline *t, struct instance *i, union core_value *values, struct err *e)
{
    struct table *table = &i->components[t->component_instance].table;
    struct handle *h = NULL;
    if (!table_get(table, values[0].i32, t->resource->type, &h, e))
        return false;
    if (h->num_lends)
        return err_set(e, ERR_TRAP, "cannot remove %s resource while borrowed: handle index %u",
                       h->own ? "owned" : "borrowed", values[0].i32);
    struct handle dropped = *h;
    table_remove(table, h);
    if (dropped.own)
        return destroy(t, i, &dropped, e);
    dropped.borrow_scope->num_borrows--;
    return true;
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

static bool refuse_leaving(struct err *e)
{
    return err_set(e, ERR_TRAP,
                   "cannot leave component instance: imports must not be called during realloc or "
                   "post-return");
}

static bool may_leave(const struct plan_trampoline *t, const struct instance *i, struct err *e)
{
    return i->components[t->component_instance].may_leave || refuse_leaving(e);
}

static bool dispatch(const struct plan_trampoline *t, struct subtask *s, union core_value *values, struct err *e)
{
    struct instance *i = s->instance;
    switch (t->kind) {
    case TRAMPOLINE_HOST: return may_leave(t, i, e) && host_call(t, s, values, e);
    case TRAMPOLINE_CALL: return may_leave(t, i, e) && component_call(t, s, values, e);
    case TRAMPOLINE_CONFINED: return refuse_leaving(e);
    case TRAMPOLINE_RESULT: return component_result(t, s, values, e);
    case TRAMPOLINE_BLOCK: return component_block(t, s, values, e);
    case TRAMPOLINE_TEXT: return component_text(t, s, values, e);
    case TRAMPOLINE_GIVE:
    case TRAMPOLINE_GIVE_BACK: return component_give(t, s, values, e);
    case TRAMPOLINE_LEND: return component_lend(t, i, values, e);
    case TRAMPOLINE_RETURN: return component_return(i, e);
    case TRAMPOLINE_RESOURCE_NEW: return may_leave(t, i, e) && resource_new(t, i, values, e);
    case TRAMPOLINE_RESOURCE_DROP: return may_leave(t, i, e) && resource_drop(t, i, values, e);
    case TRAMPOLINE_RESOURCE_REP: return resource_rep(t, i, values, e);
    }
    __builtin_unreachable();
}

bool trampoline_call(void *env, void *owner, union core_value *values, struct err *e)
{
    const struct plan_trampoline *t = env;
    struct subtask s;
    subtask_begin(&s, owner);
    bool ok = dispatch(t, &s, values, e);
    if (t->kind != TRAMPOLINE_LEND && t->kind != TRAMPOLINE_RETURN)
        subtask_end(&s);
    return ok || err_wrap(e, "%.*s", STR_ARG(t->name));
}
