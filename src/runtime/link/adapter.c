/* Adapters: calls from one component of a composition to another that need nothing of the host. Where all values are
 * scalar, the caller's import becomes a function of an adapter module, which calls the callee's core function, or that
 * function itself; otherwise it stays the trampoline. docs/internals/composition.md says what for and why that is
 * exact.
 *
 * An adapter's callee must exist before it, and it before who imports it: so one module, right before a step, holds the
 * adapters that this step is the first to import. */
#include "runtime/link/adapter_code.h"
#include "runtime/link/scope.h"

struct adapting {
    struct arena *arena;
    struct plan *plan;
    uint32_t *flags; /* by component instance: the one of its may_leave, or ADAPTER_NO_FLAG */
    uint32_t flag_count;
    struct plan_ref *ways; /* by trampoline: what is imported in its place, once that is there; else itself */
    uint32_t *moved;       /* by step: where it is now */
    plan_step_list steps;
};

/* A call of a component that contains the caller: the only kind that can lead back into an instance that is in a call.
 * All others go from an instance to one whose instantiation ended before that of the caller did. */
static bool calls_up(const struct plan *p, const struct plan_trampoline *t)
{
    uint32_t callee = PLAN_NONE;
    if (t->kind == TRAMPOLINE_CALL)
        callee = t->callee->component_instance;
    else if (t->kind == TRAMPOLINE_RESOURCE_DROP && t->resource->dtor != PLAN_NONE)
        callee = t->resource->component_instance;
    return callee != PLAN_NONE && callee != t->component_instance && plan_contains(p, callee, t->component_instance);
}

static bool can_reenter(const struct plan *p)
{
    for (uint32_t i = 0; i < p->trampolines.len; i++)
        if (calls_up(p, &p->trampolines.at[i]))
            return true;
    return false;
}

static bool is_eligible(const struct plan *p, const struct plan_trampoline *t)
{
    return t->kind == TRAMPOLINE_CALL && t->callee->options.post_return == PLAN_NONE &&
           p->core_funcs.at[t->callee->core].kind == PLAN_EXPORT && adapter_possible(t->callee->type);
}

static bool any_eligible(const struct plan *p)
{
    for (uint32_t i = 0; i < p->trampolines.len; i++)
        if (is_eligible(p, &p->trampolines.at[i]))
            return true;
    return false;
}

/* --- Flags --- */

static void note_confined(bool *confined, uint32_t component_instance, const struct plan_options *o)
{
    confined[component_instance] |= o->realloc != PLAN_NONE || o->post_return != PLAN_NONE;
}

/* Gives a flag to each component instance that calls by an adapter and has functions that must not: realloc and
 * post-return. */
static void assign_flags(struct adapting *x)
{
    const struct plan *p = x->plan;
    bool *confined = arena_new(x->arena, bool, p->containers.len);
    x->flags = arena_new(x->arena, uint32_t, p->containers.len);
    for (uint32_t i = 0; i < p->containers.len; i++)
        x->flags[i] = ADAPTER_NO_FLAG;
    for (uint32_t i = 0; i < p->funcs.len; i++)
        note_confined(confined, p->funcs.at[i].component_instance, &p->funcs.at[i].options);
    for (uint32_t i = 0; i < p->trampolines.len; i++) {
        const struct plan_trampoline *t = &p->trampolines.at[i];
        note_confined(confined, t->component_instance, &t->options);
        if (t->callee)
            note_confined(confined, t->callee->component_instance, &t->callee->options);
    }
    for (uint32_t i = 0; i < p->trampolines.len; i++) {
        const struct plan_trampoline *t = &p->trampolines.at[i];
        uint32_t *flag = &x->flags[t->component_instance];
        if (is_eligible(p, t) && confined[t->component_instance] && *flag == ADAPTER_NO_FLAG)
            *flag = x->flag_count++;
    }
}

/* --- Steps --- */

static struct plan_ref moved(const struct adapting *x, struct plan_ref ref)
{
    if (ref.kind == PLAN_EXPORT)
        ref.index = x->moved[ref.index];
    return ref;
}

/* Adds a step of a module that was made here. `refs`: its imports. */
static bool add_step(struct adapting *x, bytes wasm, const struct plan_ref *refs, struct err *e)
{
    struct plan_step step;
    if (!plan_made_step(x->arena, x->plan, wasm, refs, &step, e))
        return false;
    vec_push(&x->steps, step);
    return true;
}

static str number(struct arena *a, uint32_t n)
{
    return str_printf(a, "%u", n);
}

/* The flags come first of all. */
static bool add_flags(struct adapting *x, struct err *e)
{
    uint32_t count = x->plan->containers.len;
    if (!x->flag_count)
        return true;
    struct plan_ref *refs = arena_new(x->arena, struct plan_ref, count);
    for (uint32_t i = 0; i < count; i++)
        if (x->flags[i] != ADAPTER_NO_FLAG)
            refs[i] = (struct plan_ref){ PLAN_EXPORT, 0, number(x->arena, x->flags[i]) };
    x->plan->leave_flags = refs;
    return add_step(x, adapter_flags_module(x->arena, x->flag_count), NULL, e);
}

typedef VEC(uint32_t) index_list;

/* The trampolines that `step` (before it moved) imports and that need an adapter made; those that need none are bound.
 */
static void find_adapters(struct adapting *x, uint32_t step, index_list *ret)
{
    const struct plan *p = x->plan;
    const struct plan_step *s = &p->steps.at[step];
    for (uint32_t i = 0; i < s->import_count; i++) {
        uint32_t index = s->imports[i].ref.index;
        if (s->imports[i].ref.kind != PLAN_TRAMPOLINE || x->ways[index].kind == PLAN_EXPORT)
            continue;
        const struct plan_trampoline *t = &p->trampolines.at[index];
        if (!is_eligible(p, t) || p->core_funcs.at[t->callee->core].index >= step)
            continue;
        x->ways[index] = moved(x, p->core_funcs.at[t->callee->core]);
        if (x->flags[t->component_instance] != ADAPTER_NO_FLAG || !adapter_is_plain(t->callee->type))
            vec_push(ret, index);
    }
}

static uint32_t add_refusal(struct plan *p, uint32_t trampoline)
{
    struct plan_trampoline t = p->trampolines.at[trampoline];
    t.kind = TRAMPOLINE_RESULT;
    t.signature = (struct core_signature){ .params = { t.signature.results[0] }, .param_count = 1 };
    vec_push(&p->trampolines, t);
    return p->trampolines.len - 1;
}

static bool add_adapters(struct adapting *x, const index_list *trampolines, struct err *e)
{
    uint32_t ref_count = 0;
    struct adapter_func *funcs = arena_new(x->arena, struct adapter_func, trampolines->len);
    struct plan_ref *refs = arena_new(x->arena, struct plan_ref, 4 * (size_t)trampolines->len);
    for (uint32_t i = 0; i < trampolines->len; i++) {
        uint32_t index = trampolines->at[i];
        const struct plan_trampoline t = x->plan->trampolines.at[index];
        funcs[i] = (struct adapter_func){ t.callee->type, x->flags[t.component_instance] };
        refs[ref_count++] = x->ways[index];
        refs[ref_count++] = (struct plan_ref){ PLAN_TRAMPOLINE, index, STR_NONE };
        if (adapter_checks_result(t.callee->type))
            refs[ref_count++] = (struct plan_ref){ PLAN_TRAMPOLINE, add_refusal(x->plan, index), STR_NONE };
        if (funcs[i].flag != ADAPTER_NO_FLAG)
            refs[ref_count++] = x->plan->leave_flags[t.component_instance];
        x->ways[index] = (struct plan_ref){ PLAN_EXPORT, x->steps.len, number(x->arena, i) };
    }
    return !trampolines->len || add_step(x, adapter_module(x->arena, funcs, trampolines->len), refs, e);
}

/* The step itself, with its imports bound to what is there now. */
static void move_step(struct adapting *x, uint32_t step)
{
    struct plan_step s = x->plan->steps.at[step];
    struct plan_import *imports = arena_new(x->arena, struct plan_import, s.import_count);
    for (uint32_t i = 0; i < s.import_count; i++) {
        imports[i] = s.imports[i];
        bool trampoline = imports[i].ref.kind == PLAN_TRAMPOLINE;
        imports[i].ref = trampoline ? x->ways[imports[i].ref.index] : moved(x, imports[i].ref);
        s.host_only &= imports[i].ref.kind == PLAN_TRAMPOLINE;
    }
    s.imports = imports;
    if (s.module == PLAN_NONE)
        s.call = moved(x, s.call);
    x->moved[step] = x->steps.len;
    vec_push(&x->steps, s);
}

static bool add_steps(struct adapting *x, struct err *e)
{
    bool ok = add_flags(x, e);
    index_list adapters = { 0 };
    for (uint32_t i = 0; ok && i < x->plan->steps.len; i++) {
        adapters.len = 0;
        find_adapters(x, i, &adapters);
        ok = add_adapters(x, &adapters, e);
        move_step(x, i);
    }
    vec_fini(&adapters);
    return ok;
}

static void move_refs(const struct adapting *x)
{
    struct plan *p = x->plan;
    for (uint32_t i = 0; i < p->funcs.len; i++)
        p->funcs.at[i].core = moved(x, p->funcs.at[i].core);
    for (uint32_t i = 0; i < p->memories.len; i++)
        p->memories.at[i] = moved(x, p->memories.at[i]);
    for (uint32_t i = 0; i < p->core_funcs.len; i++)
        p->core_funcs.at[i] = moved(x, p->core_funcs.at[i]);
}

bool plan_add_adapters(struct arena *a, struct plan *p, struct err *e)
{
    struct adapting x = { .arena = a, .plan = p };
    if (can_reenter(p) || !any_eligible(p))
        return true;
    x.ways = arena_new(a, struct plan_ref, p->trampolines.len);
    for (uint32_t i = 0; i < p->trampolines.len; i++)
        x.ways[i] = (struct plan_ref){ PLAN_TRAMPOLINE, i, STR_NONE };
    x.moved = arena_new(a, uint32_t, p->steps.len);
    assign_flags(&x);
    if (!add_steps(&x, e)) {
        vec_fini(&x.steps);
        return false;
    }
    move_refs(&x);
    vec_fini(&p->steps);
    p->steps = x.steps;
    return true;
}
