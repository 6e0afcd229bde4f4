/* Adapters: calls from one component of a composition to another that need nothing of the host. The caller's import
 * becomes a function of an adapter module, which calls the callee's core function, or that function itself; for types
 * that no adapter is made for it stays the trampoline. docs/internals/composition.md says what for and why that is
 * exact.
 *
 * What an adapter uses must exist before it, and it before who imports it. Where both can be, one module, right before
 * a step, holds the adapters that this step is the first to import. But the memory that the caller's values are in is,
 * mostly, defined by the module that imports the adapter. Then that module gets a function that calls through a table,
 * in which the trampoline stands until the adapter can be made. */
#include "runtime/link/adapter_code.h"
#include "runtime/link/scope.h"

/* Nodes of types for which adapters are made, in all of a plan: code is a hundred bytes for each, at most. And adapters
 * of one module, since the engine lets no module have more than 100 memories. */
enum { MAX_PLAN_NODES = 10000, MAX_MODULE_FUNCS = 50 };

enum { NO_FLAG = UINT32_MAX };

typedef VEC(uint32_t) index_list;

/* Adapters that are to be made once a step is there, for a table. */
struct late {
    uint32_t table_step; /* which has the table */
    uint32_t ready;      /* the last step that they use, before steps moved */
    index_list trampolines;
};

struct adapting {
    struct arena *arena;
    struct plan *plan;
    bool *adapted;   /* by trampoline: there will be an adapter */
    bool *confined;  /* by component instance: adapters call functions of it during which it must not leave */
    uint32_t *flags; /* by component instance: the one of its may_leave, or NO_FLAG */
    uint32_t flag_count;
    struct plan_ref *ways; /* by trampoline: what is imported in its place, once that is there; else itself */
    uint32_t *moved;       /* by step: where it is now */
    plan_step_list steps;
    VEC(struct late) late;
};

/* --- Which calls --- */

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

static bool is_export(const struct plan_ref *at, uint32_t slot)
{
    return slot == PLAN_NONE || at[slot].kind == PLAN_EXPORT;
}

static bool options_are_exports(const struct plan *p, const struct plan_options *o)
{
    return is_export(p->memories.at, o->memory) && is_export(p->core_funcs.at, o->realloc) &&
           is_export(p->core_funcs.at, o->post_return);
}

/* Text keeps its encoding, and no memory is both read and written. Nor is a table: lifting frees all of a call's
 * indices before lowering uses one again. */
static bool sides_allow(const struct plan_trampoline *t)
{
    const struct plan_callee *c = t->callee;
    bool utf8 = t->options.encoding == ENCODING_UTF8 && c->options.encoding == ENCODING_UTF8;
    if (t->component_instance == c->component_instance)
        return !adapter_uses_memory(c->type) && !adapter_has_handles(c->type);
    return utf8 || !adapter_has_text(c->type);
}

static bool is_eligible(const struct plan *p, const struct plan_trampoline *t)
{
    return t->kind == TRAMPOLINE_CALL && adapter_possible(t->callee->type) &&
           is_export(p->core_funcs.at, t->callee->core) && options_are_exports(p, &t->options) &&
           options_are_exports(p, &t->callee->options) && sides_allow(t);
}

static bool choose(struct adapting *x)
{
    const struct plan *p = x->plan;
    uint32_t left = MAX_PLAN_NODES;
    bool any = false;
    x->adapted = arena_new(x->arena, bool, p->trampolines.len);
    for (uint32_t i = 0; i < p->trampolines.len; i++) {
        const struct plan_trampoline *t = &p->trampolines.at[i];
        if (!is_eligible(p, t) || adapter_nodes(t->callee->type) > left)
            continue;
        left -= adapter_nodes(t->callee->type);
        x->adapted[i] = any = true;
    }
    return any;
}

/* --- Flags --- */

static bool has_part(uint32_t parts, enum adapter_part p)
{
    return parts >> p & 1;
}

static void note_confined(bool *confined, uint32_t component_instance, const struct plan_options *o)
{
    confined[component_instance] |= o->realloc != PLAN_NONE || o->post_return != PLAN_NONE;
}

/* Instances of which anybody, the host or an adapter, calls realloc or post-return. */
static bool *find_confined(const struct adapting *x)
{
    const struct plan *p = x->plan;
    bool *r = arena_new(x->arena, bool, p->containers.len);
    for (uint32_t i = 0; i < p->funcs.len; i++)
        note_confined(r, p->funcs.at[i].component_instance, &p->funcs.at[i].options);
    for (uint32_t i = 0; i < p->trampolines.len; i++) {
        const struct plan_trampoline *t = &p->trampolines.at[i];
        note_confined(r, t->component_instance, &t->options);
        if (t->callee)
            note_confined(r, t->callee->component_instance, &t->callee->options);
    }
    return r;
}

/* Instances of which adapters call these. */
static void find_confined_by_adapters(struct adapting *x)
{
    const struct plan *p = x->plan;
    x->confined = arena_new(x->arena, bool, p->containers.len);
    for (uint32_t i = 0; i < p->trampolines.len; i++) {
        const struct plan_trampoline *t = &p->trampolines.at[i];
        if (!x->adapted[i])
            continue;
        uint32_t parts = adapter_parts(t->callee->type);
        x->confined[t->component_instance] |= has_part(parts, ADAPTER_CALLER_REALLOC);
        x->confined[t->callee->component_instance] |=
            has_part(parts, ADAPTER_CALLEE_REALLOC) || t->callee->options.post_return != PLAN_NONE;
    }
}

/* Whether the call is one that an instance must not make while it may not leave. */
static bool leaves(const struct plan_trampoline *t)
{
    return t->kind != TRAMPOLINE_RESOURCE_REP;
}

/* Gives a flag to each component instance of which functions are called that must not leave, if an adapter has to do
 * with it: calls them, or is what is called. */
static void assign_flags(struct adapting *x)
{
    const struct plan *p = x->plan;
    const bool *confined = find_confined(x);
    find_confined_by_adapters(x);
    x->flags = arena_new(x->arena, uint32_t, p->containers.len);
    for (uint32_t i = 0; i < p->containers.len; i++)
        x->flags[i] = NO_FLAG;
    for (uint32_t i = 0; i < p->trampolines.len; i++) {
        const struct plan_trampoline *t = &p->trampolines.at[i];
        uint32_t *flag = &x->flags[t->component_instance];
        bool asks =
            (x->adapted[i] && confined[t->component_instance]) || (leaves(t) && x->confined[t->component_instance]);
        if (asks && *flag == NO_FLAG)
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

static struct plan_ref made_export(struct adapting *x, uint32_t step, uint32_t number)
{
    return (struct plan_ref){ PLAN_EXPORT, step, str_printf(x->arena, "%u", number) };
}

/* The flags come first of all. */
static bool add_flags(struct adapting *x, struct err *e)
{
    uint32_t count = x->plan->containers.len;
    if (!x->flag_count)
        return true;
    struct plan_ref *refs = arena_new(x->arena, struct plan_ref, count);
    for (uint32_t i = 0; i < count; i++)
        if (x->flags[i] != NO_FLAG)
            refs[i] = made_export(x, 0, x->flags[i]);
    x->plan->leave_flags = refs;
    return add_step(x, adapter_flags_module(x->arena, x->flag_count), NULL, e);
}

/* Adds a trampoline that an adapter calls beside the one in whose place it stands: what it is told is about the values
 * of `component_instance`, with its options `o`. */
static struct plan_ref add_trampoline(struct adapting *x, enum plan_trampoline_kind kind, uint32_t index,
                                      uint32_t component_instance, const struct plan_options *o,
                                      const struct core_signature *sig)
{
    struct plan_trampoline t = x->plan->trampolines.at[index];
    t.kind = kind;
    t.component_instance = component_instance;
    t.options = *o;
    t.signature = *sig;
    vec_push(&x->plan->trampolines, t);
    return (struct plan_ref){ PLAN_TRAMPOLINE, x->plan->trampolines.len - 1, STR_NONE };
}

static struct plan_ref add_confined(struct adapting *x, uint32_t index)
{
    static const struct core_signature none;
    const struct plan_trampoline t = x->plan->trampolines.at[index];
    return add_trampoline(x, TRAMPOLINE_CONFINED, index, t.component_instance, &t.options, &none);
}

/* --- Adapters --- */

/* The parts of a trampoline's adapter. `asks`: whether the caller may leave; a late one is asked before. */
static uint32_t parts_of(const struct adapting *x, const struct plan_trampoline *t, bool asks)
{
    uint32_t r = adapter_parts(t->callee->type), callee = t->callee->component_instance;
    bool has_flag = x->flags[t->component_instance] != NO_FLAG;
    if (t->callee->options.post_return != PLAN_NONE)
        r |= 1u << ADAPTER_POST_RETURN;
    if (has_flag && asks)
        r |= 1u << ADAPTER_CONFINED;
    if (has_flag && (asks || has_part(r, ADAPTER_CALLER_REALLOC)))
        r |= 1u << ADAPTER_CALLER_FLAG;
    if (x->flags[callee] != NO_FLAG && (has_part(r, ADAPTER_CALLEE_REALLOC) || has_part(r, ADAPTER_POST_RETURN)))
        r |= 1u << ADAPTER_CALLEE_FLAG;
    return r;
}

static struct plan_ref part_ref(struct adapting *x, uint32_t index, enum adapter_part p)
{
    const struct plan *plan = x->plan;
    const struct plan_trampoline t = plan->trampolines.at[index];
    const struct plan_options *caller = &t.options, *callee = &t.callee->options;
    const uint32_t from = t.component_instance, to = t.callee->component_instance;
    struct core_signature sig;
    adapter_part_signature(t.callee->type, p, &sig);
    switch (p) {
    case ADAPTER_CALLEE: return moved(x, plan->core_funcs.at[t.callee->core]);
    case ADAPTER_TRAMPOLINE: return (struct plan_ref){ PLAN_TRAMPOLINE, index, STR_NONE };
    case ADAPTER_REFUSE_RESULT: return add_trampoline(x, TRAMPOLINE_RESULT, index, from, caller, &sig);
    case ADAPTER_CONFINED: return add_confined(x, index);
    case ADAPTER_POST_RETURN: return moved(x, plan->core_funcs.at[callee->post_return]);
    case ADAPTER_CALLEE_REALLOC: return moved(x, plan->core_funcs.at[callee->realloc]);
    case ADAPTER_REFUSE_CALLEE_BLOCK: return add_trampoline(x, TRAMPOLINE_BLOCK, index, to, callee, &sig);
    case ADAPTER_CALLER_REALLOC: return moved(x, plan->core_funcs.at[caller->realloc]);
    case ADAPTER_REFUSE_CALLER_BLOCK: return add_trampoline(x, TRAMPOLINE_BLOCK, index, from, caller, &sig);
    case ADAPTER_CALLER_TEXT: return add_trampoline(x, TRAMPOLINE_TEXT, index, from, caller, &sig);
    case ADAPTER_CALLEE_TEXT: return add_trampoline(x, TRAMPOLINE_TEXT, index, to, callee, &sig);
    case ADAPTER_GIVE: return add_trampoline(x, TRAMPOLINE_GIVE, index, from, caller, &sig);
    case ADAPTER_GIVE_BACK: return add_trampoline(x, TRAMPOLINE_GIVE_BACK, index, from, caller, &sig);
    case ADAPTER_LEND: return add_trampoline(x, TRAMPOLINE_LEND, index, from, caller, &sig);
    case ADAPTER_RETURN: return add_trampoline(x, TRAMPOLINE_RETURN, index, from, caller, &sig);
    case ADAPTER_CALLER_FLAG: return plan->leave_flags[from];
    case ADAPTER_CALLEE_FLAG: return plan->leave_flags[to];
    case ADAPTER_PARTS: break;
    }
    __builtin_unreachable();
}

typedef VEC(struct plan_ref) ref_list;

/* The memory's index among the first `*count` of `refs`; added when it is not there. */
static uint32_t memory_index(const struct adapting *x, uint32_t slot, ref_list *refs)
{
    struct plan_ref ref = moved(x, x->plan->memories.at[slot]);
    for (uint32_t i = 0; i < refs->len; i++)
        if (refs->at[i].index == ref.index && str_eq(refs->at[i].name, ref.name))
            return i;
    vec_push(refs, ref);
    return refs->len - 1;
}

/* Adds a module of adapters for some trampolines. `table`: of a late one, the step that has it. */
static bool add_module(struct adapting *x, const uint32_t *trampolines, uint32_t count, struct adapter_late late,
                       uint32_t table, struct err *e)
{
    struct adapter_func *funcs = arena_new(x->arena, struct adapter_func, count);
    ref_list refs = { 0 };
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_trampoline *t = &x->plan->trampolines.at[trampolines[i]];
        funcs[i] = (struct adapter_func){
            .type = t->callee->type,
            .plan = x->plan,
            .resources = t->callee->resources,
            .parts = parts_of(x, t, !late.is),
        };
        if (!adapter_uses_memory(t->callee->type))
            continue;
        funcs[i].caller_memory = memory_index(x, t->options.memory, &refs);
        funcs[i].callee_memory = memory_index(x, t->callee->options.memory, &refs);
    }
    uint32_t memories = refs.len;
    for (uint32_t i = 0; i < count; i++)
        for (enum adapter_part p = 0; p < ADAPTER_PARTS; p++)
            if (has_part(funcs[i].parts, p))
                vec_push(&refs, part_ref(x, trampolines[i], p));
    if (late.is)
        vec_push(&refs, ((struct plan_ref){ PLAN_EXPORT, table, STR("table") }));
    bool ok = add_step(x, adapter_module(x->arena, funcs, count, memories, late), refs.at, e);
    vec_fini(&refs);
    return ok;
}

static bool add_early(struct adapting *x, const index_list *trampolines, struct err *e)
{
    const struct adapter_late early = { 0 };
    for (uint32_t done = 0; done < trampolines->len; done += MAX_MODULE_FUNCS) {
        uint32_t left = trampolines->len - done, count = left < MAX_MODULE_FUNCS ? left : MAX_MODULE_FUNCS;
        for (uint32_t i = 0; i < count; i++)
            x->ways[trampolines->at[done + i]] = made_export(x, x->steps.len, i);
        if (!add_module(x, trampolines->at + done, count, early, PLAN_NONE, e))
            return false;
    }
    return true;
}

/* Those that could not be made until the step was there. */
static bool add_late(struct adapting *x, uint32_t step, struct err *e)
{
    for (uint32_t i = 0; i < x->late.len; i++) {
        const struct late *l = &x->late.at[i];
        for (uint32_t done = 0; l->ready == step && done < l->trampolines.len; done += MAX_MODULE_FUNCS) {
            uint32_t left = l->trampolines.len - done, count = left < MAX_MODULE_FUNCS ? left : MAX_MODULE_FUNCS;
            if (!add_module(x, l->trampolines.at + done, count, (struct adapter_late){ true, done }, l->table_step, e))
                return false;
        }
    }
    return true;
}

/* --- Ways --- */

static uint32_t last_of(uint32_t a, const struct plan_ref *at, uint32_t slot)
{
    return slot == PLAN_NONE || at[slot].index < a ? a : at[slot].index;
}

/* The last step that the adapter of `t` uses something of. */
static uint32_t ready_after(const struct plan *p, const struct plan_trampoline *t)
{
    const struct plan_options *from = &t->options, *to = &t->callee->options;
    uint32_t r = last_of(0, p->core_funcs.at, t->callee->core);
    r = last_of(r, p->core_funcs.at, to->post_return);
    if (!adapter_uses_memory(t->callee->type))
        return r;
    r = last_of(last_of(r, p->core_funcs.at, from->realloc), p->core_funcs.at, to->realloc);
    return last_of(last_of(r, p->memories.at, from->memory), p->memories.at, to->memory);
}

/* What a step's imports of trampolines become. */
struct found {
    index_list early, late, asking; /* adapters at once; adapters later; trampolines that are asked before */
    uint32_t ready;                 /* of the late ones */
};

static void add_found(struct adapting *x, index_list *l, uint32_t index)
{
    vec_push(l, index);
    x->ways[index].kind = PLAN_EXPORT; /* of what, is known when it has been made */
}

static void find_way(struct adapting *x, uint32_t step, uint32_t index, struct found *ret)
{
    const struct plan *p = x->plan;
    const struct plan_trampoline *t = &p->trampolines.at[index];
    bool has_flag = x->flags[t->component_instance] != NO_FLAG;
    if (!x->adapted[index]) {
        if (has_flag && x->confined[t->component_instance] && leaves(t))
            add_found(x, &ret->asking, index);
        return;
    }
    uint32_t ready = ready_after(p, t);
    if (ready >= step) {
        add_found(x, &ret->late, index);
        ret->ready = ready > ret->ready ? ready : ret->ready;
    } else if (has_flag || t->callee->options.post_return != PLAN_NONE || !adapter_is_plain(t->callee->type)) {
        add_found(x, &ret->early, index);
    } else {
        x->ways[index] = moved(x, p->core_funcs.at[t->callee->core]);
    }
}

/* The trampolines that `step` (before it moved) is the first to import. */
static void find_ways(struct adapting *x, uint32_t step, struct found *ret)
{
    const struct plan_step *s = &x->plan->steps.at[step];
    for (uint32_t i = 0; i < s->import_count; i++) {
        uint32_t index = s->imports[i].ref.index;
        if (s->imports[i].ref.kind == PLAN_TRAMPOLINE && x->ways[index].kind == PLAN_TRAMPOLINE)
            find_way(x, step, index, ret);
    }
}

/* Adds the module of those that come late or are asked before. */
static bool add_ways(struct adapting *x, const struct found *f, struct err *e)
{
    uint32_t count = f->late.len + f->asking.len;
    struct adapter_way *ways = arena_new(x->arena, struct adapter_way, count);
    ref_list refs = { 0 };
    for (uint32_t i = 0; i < count; i++) {
        bool late = i < f->late.len;
        uint32_t index = late ? f->late.at[i] : f->asking.at[i - f->late.len];
        uint32_t caller = x->plan->trampolines.at[index].component_instance;
        struct core_signature *sig = arena_new(x->arena, struct core_signature, 1);
        *sig = x->plan->trampolines.at[index].signature;
        ways[i] = (struct adapter_way){ sig, x->flags[caller] != NO_FLAG, late };
        x->ways[index] = made_export(x, x->steps.len, i);
        vec_push(&refs, ((struct plan_ref){ PLAN_TRAMPOLINE, index, STR_NONE }));
        if (!ways[i].asks)
            continue;
        vec_push(&refs, add_confined(x, index));
        vec_push(&refs, x->plan->leave_flags[caller]);
    }
    bool ok = !count || add_step(x, adapter_ways_module(x->arena, ways, count), refs.at, e);
    vec_fini(&refs);
    return ok;
}

/* Adds what a step imports, before it. */
static bool prepare_step(struct adapting *x, uint32_t step, struct err *e)
{
    struct found f = { 0 };
    find_ways(x, step, &f);
    bool ok = add_early(x, &f.early, e) && add_ways(x, &f, e);
    if (f.late.len)
        vec_push(&x->late, ((struct late){ x->steps.len - 1, f.ready, f.late }));
    vec_fini(&f.early);
    vec_fini(&f.asking);
    return ok;
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
    for (uint32_t i = 0; ok && i < x->plan->steps.len; i++) {
        ok = prepare_step(x, i, e);
        move_step(x, i);
        ok = ok && add_late(x, i, e);
    }
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

static void adapting_fini(struct adapting *x)
{
    for (uint32_t i = 0; i < x->late.len; i++)
        vec_fini(&x->late.at[i].trampolines);
    vec_fini(&x->late);
}

bool plan_add_adapters(struct arena *a, struct plan *p, struct err *e)
{
    struct adapting x = { .arena = a, .plan = p };
    if (can_reenter(p) || !choose(&x))
        return true;
    x.ways = arena_new(a, struct plan_ref, p->trampolines.len);
    for (uint32_t i = 0; i < p->trampolines.len; i++)
        x.ways[i] = (struct plan_ref){ PLAN_TRAMPOLINE, i, STR_NONE };
    x.moved = arena_new(a, uint32_t, p->steps.len);
    assign_flags(&x);
    bool ok = add_steps(&x, e);
    adapting_fini(&x);
    if (!ok) {
        vec_fini(&x.steps);
        return false;
    }
    move_refs(&x);
    vec_fini(&p->steps);
    p->steps = x.steps;
    return true;
}
