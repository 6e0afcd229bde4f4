/* Component instances: steps of the plan carried out in a store, slots, and the end. */
#include "runtime/run/instance.h"

#include <assert.h>

#include "runtime/binary/instrument.h"
#include "runtime/run/recycle.h"

static const struct plan *plan_of(const struct instance *i)
{
    return &i->program->plan;
}

void instance_init(struct instance *i, const struct program *p, struct engine_linker **linkers)
{
    *i = (struct instance){ .program = p, .linkers = linkers };
    i->core = mem_new_n(struct engine_instance, p->plan.steps.len);
    i->memories = mem_new_n(struct core_slot, p->plan.memories.len);
    i->funcs = mem_new_n(struct core_slot, p->plan.core_funcs.len);
    i->components = mem_new_n(struct component_state, p->plan.containers.len);
    for (uint32_t k = 0; p->plan.leave_flags && k < p->plan.containers.len; k++)
        i->components[k].has_leave_flag = p->plan.leave_flags[k].name.len;
    i->store = engine_store_new(p->engine, i);
    arena_init(&i->arena);
}

void instance_fini(struct instance *i)
{
    for (uint32_t k = 0; k < plan_of(i)->containers.len; k++) {
        table_fini(&i->components[k].table);
        table_fini(&i->components[k].kept);
    }
    engine_store_free(i->store);
    mem_free(i->core);
    mem_free(i->memories);
    mem_free(i->funcs);
    mem_free(i->components);
    vec_fini(&i->handles);
    vec_fini(&i->own_memories);
    vec_fini(&i->restores);
    vec_fini(&i->lent);
    vec_fini(&i->taken);
    arena_fini(&i->arena);
}

/* What an element takes of the host, and its twin (binary/instrument.h). */
enum { ELEMENT_BYTES = 2 * sizeof(void *) };

/* All tables together take no more than the memories may; what they begin with they get. */
static struct engine_store_limits limits_of(const struct program *p, uint64_t memory_bytes)
{
    const struct program_needs *n = &p->needs;
    uint64_t elements = n->tables ? memory_bytes / ELEMENT_BYTES / n->tables : 0;
    if (!memory_bytes)
        return (struct engine_store_limits){ 0 };
    return (struct engine_store_limits){
        .memory_bytes = memory_bytes,
        .memories_bytes = memory_bytes + n->memory_min_bytes - n->memory_main_bytes,
        .table_elements = elements > n->table_elements ? elements : n->table_elements,
    };
}

bool instance_begin(struct instance *i, uint64_t memory_bytes, const struct snapshot *snapshot, struct err *e)
{
    struct engine_store_limits limits = limits_of(i->program, memory_bytes);
    for (uint32_t k = 0; k < plan_of(i)->memories.len; k++)
        i->memories[k].known = false;
    for (uint32_t k = 0; k < plan_of(i)->core_funcs.len; k++)
        i->funcs[k].known = false;
    for (uint32_t k = 0; k < plan_of(i)->containers.len; k++) {
        i->components[k].may_leave = i->components[k].may_enter = true;
        i->components[k].leave_flag.known = false;
    }
    i->steps_done = i->primed = 0;
    i->step_begun = i->kept = i->varies = false;
    i->starting = true;
    i->snapshot = snapshot;
    i->called = NULL;
    i->handles.len = 0;
    i->lent.len = i->taken.len = 0;
    i->loan = NULL;
    return engine_store_open(i->store, &limits, e);
}

bool instance_ref(struct instance *i, const struct plan_ref *ref, struct engine_ref *ret, struct err *e)
{
    assert(ref->kind == PLAN_EXPORT);
    if (ref->index >= i->steps_done)
        return err_set(e, ERR_TRAP, "a start function called an import before '%.*s' was instantiated",
                       STR_ARG(ref->name));
    if (!engine_export(i->store, &i->core[ref->index], ref->name, ret))
        return err_set(e, ERR_UNSUPPORTED, "core export '%.*s' is of a kind that cannot be linked", STR_ARG(ref->name));
    return true;
}

/* Gives the step's linker the items of this store that it imports. */
static bool define_items(struct instance *i, uint32_t step, struct err *e)
{
    const struct plan_step *s = &plan_of(i)->steps.at[step];
    for (uint32_t k = 0; k < s->import_count; k++) {
        const struct plan_import *x = &s->imports[k];
        struct engine_ref ref = { 0 };
        if (x->ref.kind != PLAN_EXPORT)
            continue;
        if (!instance_ref(i, &x->ref, &ref, e) ||
            !engine_linker_item(i->linkers[step], i->store, x->module, x->name, &ref, e))
            return err_wrap(e, "core import '%.*s' '%.*s'", STR_ARG(x->module), STR_ARG(x->name));
    }
    return true;
}

static void begin_start(struct instance *i, const struct engine_ref *func)
{
    static const struct core_signature none;
    engine_begin_call(i->store, func, &none, NULL);
}

/* Whether the step's module has been instantiated without its start, which is still to come. */
static bool start_is_due(const struct instance *i)
{
    uint32_t module = plan_of(i)->steps.at[i->steps_done].module;
    return !i->snapshot && module != PLAN_NONE && i->program->recycle.possible &&
           i->program->recycle.modules[module].has_start;
}

void instance_end_step(struct instance *i)
{
    i->step_begun = !i->step_begun && start_is_due(i);
    i->steps_done += !i->step_begun;
}

/* Calls are part of the start. */
static void skip_calls(struct instance *i)
{
    while (i->snapshot && i->steps_done < plan_of(i)->steps.len &&
           plan_of(i)->steps.at[i->steps_done].module == PLAN_NONE)
        i->steps_done++;
}

bool instance_begin_step(struct instance *i, bool *ret_more, struct err *e)
{
    skip_calls(i);
    uint32_t step = i->steps_done;
    *ret_more = step < plan_of(i)->steps.len;
    if (!*ret_more)
        return true;
    const struct plan_step *s = &plan_of(i)->steps.at[step];
    struct engine_ref ref = { 0 };
    if (s->module == PLAN_NONE) {
        if (!instance_ref(i, &s->call, &ref, e))
            return false;
        begin_start(i, &ref);
    } else if (i->step_begun) {
        if (!engine_export(i->store, &i->core[step], STR(INSTRUMENT_START), &ref))
            return err_set(e, ERR_UNSUPPORTED, "core module %u has no start", s->module);
        begin_start(i, &ref);
    } else if (i->program->pres[step]) {
        engine_begin_pre(i->store, i->program->pres[step], &i->core[step]);
    } else {
        if (!define_items(i, step, e))
            return false;
        engine_begin_instance(i->store, i->linkers[step], i->program->modules[s->module], &i->core[step]);
    }
    return true;
}

static void drop_handles(struct table *t)
{
    for (uint32_t k = 1; k < t->len; k++) {
        struct handle *h = &t->at[k];
        /* Without an object: a handle of the start, not revived yet. */
        if (h->resource && h->own && h->resource->host && h->of.object)
            h->resource->host->drop(h->of.object);
    }
    table_reset(t);
}

static void drop_all_handles(struct instance *i)
{
    for (uint32_t k = 0; k < plan_of(i)->containers.len; k++)
        drop_handles(&i->components[k].table);
    arena_reset(&i->arena);
}

void instance_end(struct instance *i)
{
    engine_store_clear(i->store);
    drop_all_handles(i);
    i->kept = false;
}

bool instance_recycle(struct instance *i)
{
    if (!recycle_restore(i)) {
        instance_end(i);
        return false;
    }
    drop_all_handles(i);
    for (uint32_t k = 0; k < plan_of(i)->containers.len; k++) {
        table_copy(&i->components[k].table, &i->components[k].kept);
        i->components[k].may_leave = i->components[k].may_enter = true;
    }
    return true;
}

bool instance_enter(struct instance *i, const struct plan_entered *entered, struct err *e)
{
    for (uint32_t k = 0; k < entered->count; k++) {
        struct component_state *c = &i->components[entered->at[k]];
        if (!c->may_enter)
            return err_set(e, ERR_TRAP, "cannot enter component instance %u: a call is under way in it",
                           entered->at[k]);
        c->may_enter = false;
    }
    return true;
}

void instance_exit(struct instance *i, const struct plan_entered *entered)
{
    for (uint32_t k = 0; k < entered->count; k++)
        i->components[entered->at[k]].may_enter = true;
}

static bool slot_ref(struct instance *i, struct core_slot *slot, const struct plan_ref *at,
                     const struct engine_ref **ret, struct err *e)
{
    if (!slot->known && !instance_ref(i, at, &slot->ref, e))
        return false;
    slot->known = true;
    *ret = &slot->ref;
    return true;
}

void instance_set_leave_flag(struct instance *i, uint32_t component_instance)
{
    struct component_state *c = &i->components[component_instance];
    const struct engine_ref *flag = NULL;
    struct err ignored;
    bool known = slot_ref(i, &c->leave_flag, &plan_of(i)->leave_flags[component_instance], &flag, &ignored);
    assert(known); /* it belongs to the first step, and nothing is called before that */
    engine_set_global(i->store, flag, c->may_leave);
}

bool instance_call_confined(struct instance *i, uint32_t component_instance, const struct engine_ref *func,
                            union core_value values[1], struct err *e)
{
    instance_set_may_leave(i, component_instance, false);
    bool ok = engine_call(i->store, func, values, 1, e);
    instance_set_may_leave(i, component_instance, true);
    return ok;
}

bool instance_memory(struct instance *i, uint32_t slot, const struct engine_ref **ret, struct err *e)
{
    return slot_ref(i, &i->memories[slot], &plan_of(i)->memories.at[slot], ret, e);
}

bool instance_func(struct instance *i, uint32_t slot, const struct engine_ref **ret, struct err *e)
{
    return slot_ref(i, &i->funcs[slot], &plan_of(i)->core_funcs.at[slot], ret, e);
}

uint64_t instance_memory_bytes(struct instance *i)
{
    uint64_t all = engine_store_memory_bytes(i->store), sum = 0;
    if (all)
        return all;
    for (uint32_t k = 0; k < plan_of(i)->memories.len; k++) {
        uint8_t *base = NULL;
        size_t len = 0;
        if (i->memories[k].known)
            engine_memory(i->store, &i->memories[k].ref, &base, &len);
        sum += len;
    }
    return sum;
}
