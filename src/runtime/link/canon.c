/* Canonical definitions: functions lifted to component level, and functions lowered to trampolines, which core code
 * imports. */
#include "runtime/link/adapter_code.h"
#include "runtime/link/scope.h"

static bool same_ref(const struct plan_ref *a, const struct plan_ref *b)
{
    return a->kind == b->kind && a->index == b->index && str_eq(a->name, b->name);
}

static uint32_t memory_slot(struct linker *l, const struct plan_ref *ref)
{
    for (uint32_t i = 0; i < l->plan->memories.len; i++)
        if (same_ref(&l->plan->memories.at[i], ref))
            return i;
    vec_push(&l->plan->memories, *ref);
    return l->plan->memories.len - 1;
}

/* Makes the core function one that a core instance exports: only these can be called from outside of core code. A
 * trampoline, which a component may lift or name in options like any core function, gets a core instance that passes it
 * on. */
static bool export_core_func(struct scope *s, uint32_t index, uint64_t offset, struct err *e)
{
    struct linker *l = s->linker;
    struct plan_ref *ref = &s->core_funcs.at[index];
    struct plan_step step;
    if (ref->kind == PLAN_EXPORT)
        return true;
    bytes wasm = adapter_forward_module(l->arena, &l->plan->trampolines.at[ref->index].signature);
    if (!plan_made_step(l->arena, l->plan, wasm, ref, &step, e) || !linker_push_step(l, &step, offset, e))
        return false;
    *ref = (struct plan_ref){ PLAN_EXPORT, l->plan->steps.len - 1, STR("0") };
    return true;
}

static uint32_t func_slot(struct linker *l, const struct plan_ref *ref)
{
    for (uint32_t i = 0; i < l->plan->core_funcs.len; i++)
        if (same_ref(&l->plan->core_funcs.at[i], ref))
            return i;
    vec_push(&l->plan->core_funcs, *ref);
    return l->plan->core_funcs.len - 1;
}

bool scope_func_slot(struct scope *s, uint32_t index, uint64_t offset, uint32_t *ret, struct err *e)
{
    if (!export_core_func(s, index, offset, e))
        return false;
    *ret = func_slot(s->linker, &s->core_funcs.at[index]);
    return true;
}

static bool resolve_options(struct scope *s, const struct def *d, struct plan_options *ret, struct err *e)
{
    const struct canon_opts *o = &d->of.canon.opts;
    struct plan_options r = { o->encoding, PLAN_NONE, PLAN_NONE, PLAN_NONE };
    if (o->has_memory)
        r.memory = memory_slot(s->linker, &s->core_memories.at[o->memory]);
    if (o->has_realloc && !scope_func_slot(s, o->realloc, d->offset, &r.realloc, e))
        return false;
    if (o->has_post_return && !scope_func_slot(s, o->post_return, d->offset, &r.post_return, e))
        return false;
    *ret = r;
    return true;
}

static bool add_lifted(struct scope *s, const struct def *d, struct err *e)
{
    const struct canon_def *c = &d->of.canon;
    struct link_func *f = arena_new(s->linker->arena, struct link_func, 1);
    if (!export_core_func(s, c->core_func, d->offset, e) || !resolve_options(s, d, &f->options, e))
        return false;
    f->core = s->core_funcs.at[c->core_func];
    f->type = s->info->types.at[c->type].of.func;
    f->resources = s->resources;
    f->component_instance = s->id;
    f->slot = arena_new(s->linker->arena, uint32_t, 1);
    *f->slot = PLAN_NONE;
    vec_push(&s->funcs, f);
    return true;
}

static void push_trampoline(struct scope *s, const struct plan_trampoline *t)
{
    struct plan *p = s->linker->plan;
    vec_push(&p->trampolines, *t);
    vec_push(&s->core_funcs, (struct plan_ref){ PLAN_TRAMPOLINE, p->trampolines.len - 1, STR_NONE });
}

struct plan_entered linker_entered(struct linker *l, uint32_t caller, uint32_t callee)
{
    struct plan_entered r = { 0 };
    const struct plan *p = l->plan;
    uint32_t depth = 0;
    for (uint32_t i = callee; i != PLAN_NONE; i = p->containers.at[i])
        depth++;
    uint32_t *at = arena_new(l->arena, uint32_t, depth);
    for (uint32_t i = callee; i != PLAN_NONE; i = p->containers.at[i])
        if (caller == PLAN_NONE || !plan_contains(p, i, caller))
            at[r.count++] = i;
    r.at = at;
    return r;
}

static bool lower_host(struct scope *s, const struct def *d, const struct link_func *f, struct err *e)
{
    struct arena *a = s->linker->arena;
    struct abi_func *abi = NULL;
    if (!abi_compile(a, f->wit->type, NULL, &abi, e))
        return err_wrap(e, "%.*s.%.*s", STR_ARG(f->interface), STR_ARG(f->wit->name));
    struct plan_trampoline t = {
        .kind = TRAMPOLINE_HOST,
        .component_instance = s->id,
        .host = f->host,
        .abi = abi,
        .params_size = abi_params_size(abi),
        .result_size = abi_result_size(abi),
        .name = str_printf(a, "%.*s.%.*s", STR_ARG(f->interface), STR_ARG(f->wit->name)),
    };
    if (!resolve_options(s, d, &t.options, e))
        return false;
    func_type_flatten(f->wit->type, true, &t.signature);
    push_trampoline(s, &t);
    return true;
}

/* A function of another component: values go from one memory to the other by the program of its type, in terms of the
 * resources as they are when it runs. */
static bool lower_lifted(struct scope *s, const struct def *d, const struct link_func *f, struct err *e)
{
    struct arena *a = s->linker->arena;
    struct abi_func *abi = NULL;
    if (!abi_compile(a, f->type, f->resources, &abi, e))
        return false;
    if (*f->slot == PLAN_NONE) {
        vec_push(&s->linker->plan->core_funcs, f->core);
        *f->slot = s->linker->plan->core_funcs.len - 1;
    }
    struct core_signature callee_signature;
    func_type_flatten(f->type, false, &callee_signature);
    struct plan_callee *callee = arena_new(a, struct plan_callee, 1);
    *callee = (struct plan_callee){
        .core = *f->slot,
        .component_instance = f->component_instance,
        .type = f->type,
        .resources = f->resources,
        .options = f->options,
        .value_count = callee_signature.param_count > callee_signature.result_count ? callee_signature.param_count
                                                                                    : callee_signature.result_count,
        .result_count = callee_signature.result_count,
    };
    struct plan_trampoline t = {
        .kind = TRAMPOLINE_CALL,
        .component_instance = s->id,
        .callee = callee,
        .abi = abi,
        .params_size = abi_params_size(abi),
        .result_size = abi_result_size(abi),
        .entered = linker_entered(s->linker, s->id, f->component_instance),
        .name = str_printf(a, "function %u of component instance %u", d->of.canon.func, s->id),
    };
    if (!resolve_options(s, d, &t.options, e))
        return false;
    func_type_flatten(f->type, true, &t.signature);
    push_trampoline(s, &t);
    return true;
}

static bool add_lowered(struct scope *s, const struct def *d, struct err *e)
{
    const struct link_func *f = s->funcs.at[d->of.canon.func];
    bool ok = f->host ? lower_host(s, d, f, e) : lower_lifted(s, d, f, e);
    if (!ok && e->offset == ERR_NO_OFFSET)
        e->offset = d->offset;
    return ok;
}

static const char *builtin_name(enum canon_kind kind)
{
    switch (kind) {
    case CANON_RESOURCE_NEW: return "resource.new";
    case CANON_RESOURCE_DROP: return "resource.drop";
    case CANON_RESOURCE_REP: return "resource.rep";
    case CANON_LIFT:
    case CANON_LOWER: break;
    }
    __builtin_unreachable();
}

static void add_resource_builtin(struct scope *s, const struct canon_def *c)
{
    const struct resource_type *abstract = s->info->types.at[c->type].of.resource;
    struct plan_trampoline t = {
        .kind = c->kind == CANON_RESOURCE_NEW    ? TRAMPOLINE_RESOURCE_NEW
                : c->kind == CANON_RESOURCE_DROP ? TRAMPOLINE_RESOURCE_DROP
                                                 : TRAMPOLINE_RESOURCE_REP,
        .component_instance = s->id,
        .options = { ENCODING_UTF8, PLAN_NONE, PLAN_NONE, PLAN_NONE },
        .signature = { .params = { CORE_I32 }, .param_count = 1 },
        .resource = plan_resource_of(s->linker->plan, s->resources[abstract->index]),
        .name = str_printf(s->linker->arena, "%s of resource '%.*s'", builtin_name(c->kind), STR_ARG(abstract->name)),
    };
    if (c->kind == CANON_RESOURCE_DROP && t.resource->component_instance != PLAN_NONE)
        t.entered = linker_entered(s->linker, s->id, t.resource->component_instance);
    if (c->kind != CANON_RESOURCE_DROP) {
        t.signature.results[0] = CORE_I32;
        t.signature.result_count = 1;
    }
    push_trampoline(s, &t);
}

bool scope_add_canon(struct scope *s, const struct def *d, struct err *e)
{
    switch (d->of.canon.kind) {
    case CANON_LIFT: return add_lifted(s, d, e);
    case CANON_LOWER: return add_lowered(s, d, e);
    case CANON_RESOURCE_NEW:
    case CANON_RESOURCE_DROP:
    case CANON_RESOURCE_REP: add_resource_builtin(s, &d->of.canon); return true;
    }
    __builtin_unreachable();
}
