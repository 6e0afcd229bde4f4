/* Handles that an adapter passes from one component instance to another: lifted from one table and lowered into the
 * other, as a call through the host does (component_call.c).
 *
 * Spec: CanonicalABI.md lift_own, lower_own, lift_borrow, lower_borrow; "Subtask State". */
#include <assert.h>

#include "runtime/run/trampoline.h"

/* A call under way that has lent handles, in the instance's arena. */
struct loan {
    struct subtask subtask;
    struct loan *outer;
};

static const struct resource_type *resource_type(const struct instance *i, uint32_t number)
{
    const struct plan *p = &i->program->plan;
    assert(number < p->resources.len);
    return p->resources.at[number]->type;
}

static struct call_env env_of(struct subtask *s, uint32_t component_instance)
{
    return (struct call_env){ .instance = s->instance, .subtask = s, .component_instance = component_instance };
}

bool component_give(const struct plan_trampoline *t, struct subtask *s, union core_value *values, struct err *e)
{
    const bool back = t->kind == TRAMPOLINE_GIVE_BACK;
    const uint32_t caller = t->component_instance, callee = t->callee->component_instance;
    struct call_env from = env_of(s, back ? callee : caller), to = env_of(s, back ? caller : callee);
    const struct resource_type *r = resource_type(s->instance, values[1].i32);
    void *object = NULL;
    if (call_env_ops.lift_own(&from.abi, r, values[0].i32, &object, e) &&
        call_env_ops.lower_own(&to.abi, r, object, &values[0].i32, e))
        return true;
    subtask_drop_taken(s);
    return false;
}

static void begin_loan(struct instance *i)
{
    struct subtask s;
    subtask_begin(&s, i);
    struct loan *l = arena_new(&i->arena, struct loan, 1);
    *l = (struct loan){ s, i->loan };
    i->loan = l;
}

bool component_lend(const struct plan_trampoline *t, struct instance *i, union core_value *values, struct err *e)
{
    if (!values[2].i32)
        begin_loan(i);
    struct subtask *s = &i->loan->subtask;
    struct call_env from = env_of(s, t->component_instance), to = env_of(s, t->callee->component_instance);
    const struct resource_type *r = resource_type(i, values[1].i32);
    void *object = NULL;
    return call_env_ops.lift_borrow(&from.abi, r, values[0].i32, &object, e) &&
           call_env_ops.lower_borrow(&to.abi, r, object, &values[0].i32, e);
}

bool component_return(struct instance *i, struct err *e)
{
    struct subtask s = i->loan->subtask;
    if (!subtask_check_borrows(&s, e))
        return false;
    i->loan = i->loan->outer;
    subtask_end(&s);
    return true;
}
