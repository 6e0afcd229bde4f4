#include "runtime/run/recycle.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "runtime/binary/instrument.h"
#include "runtime/run/instance.h"
#include "runtime/run/recycle_scan.h"
#include "runtime/run/snapshot.h"
#include "runtime/run/snapshot_file.h"

/* A block as small as allocators make an arena for. */
enum { PRIMING_BYTES = 64, PRIMING_ALIGN = 8, MEMORY_NAME_MAX = 32 };

/* --- Programs --- */

/* The adapter from WASI preview 1, which is part of most components, has a realloc that traps unless an import of its
 * own is under way. A realloc of another module that has this name is not primed either, which costs time only. */
static bool can_be_called_early(const struct program *p, uint32_t slot)
{
    return !str_eq(p->plan.core_funcs.at[slot].name, STR("cabi_import_realloc"));
}

static void add_realloc(struct program *p, uint32_t component_instance, uint32_t slot)
{
    if (slot == PLAN_NONE || !can_be_called_early(p, slot))
        return;
    for (uint32_t i = 0; i < p->recycle.reallocs.len; i++)
        if (p->recycle.reallocs.at[i].slot == slot)
            return;
    vec_push(&p->recycle.reallocs, (struct program_realloc){ slot, component_instance });
}

static void add_trampoline_reallocs(struct program *p, const struct plan_trampoline *t)
{
    add_realloc(p, t->component_instance, t->options.realloc);
    if (t->callee)
        add_realloc(p, t->callee->component_instance, t->callee->options.realloc);
}

static bool foresee_modules(struct program *p, struct err *e)
{
    p->recycle.modules = mem_new_n(struct program_restorable, p->plan.modules.len);
    for (uint32_t i = 0; i < p->plan.modules.len; i++) {
        struct instrument_result adds = { 0 };
        struct program_restorable *m = &p->recycle.modules[i];
        if (!plan_uses_module(&p->plan, i))
            continue;
        if (!instrument_foresee(p->plan.modules.at[i].wasm, &p->recycle.options, &adds, e))
            return err_wrap(e, "core module %u", i);
        m->has_state = adds.has_state;
        m->has_start = adds.has_start;
        m->memory_count = adds.memory_count;
        m->global_count = adds.global_count;
    }
    return true;
}

bool recycle_prepare(struct program *p, struct err *e)
{
    struct instrument_options options;
    if (!engine_can_recycle() || !recycle_scan(p, &options))
        return true;
    p->recycle.options = options;
    if (!foresee_modules(p, e))
        return false;
    for (uint32_t i = 0; i < p->plan.trampolines.len; i++)
        add_trampoline_reallocs(p, &p->plan.trampolines.at[i]);
    for (uint32_t i = 0; i < p->plan.funcs.len; i++)
        add_realloc(p, p->plan.funcs.at[i].component_instance, p->plan.funcs.at[i].options.realloc);
    p->recycle.images = engine_images_new();
    p->recycle.found = mem_new(struct program_findings);
    p->recycle.found->program = p;
    p->recycle.possible = true;
    return true;
}

bool program_recycles(const struct program *p)
{
    return p->recycle.possible;
}

bool recycle_rewrite(const struct program *p, uint32_t module, struct buf *out, struct err *e)
{
    return !p->recycle.possible || instrument_module(p->plan.modules.at[module].wasm, &p->recycle.options, out, e);
}

void recycle_fini(struct program *p)
{
    mem_free(p->recycle.modules);
    vec_fini(&p->recycle.reallocs);
    if (p->recycle.found) {
        snapshot_save_end(p);
        snapshot_free(atomic_load(&p->recycle.found->snapshot));
    }
    mem_free(p->recycle.found);
    engine_images_free(p->recycle.images);
}

/* --- Priming --- */

bool recycle_begin_priming(struct instance *i, bool *ret_more, struct err *e)
{
    const struct program *p = i->program;
    static const struct core_signature signature = {
        .params = { CORE_I32, CORE_I32, CORE_I32, CORE_I32 },
        .param_count = 4,
        .results = { CORE_I32 },
        .result_count = 1,
    };
    static const union core_value args[] = {
        { .i32 = 0 }, { .i32 = 0 }, { .i32 = PRIMING_ALIGN }, { .i32 = PRIMING_BYTES }
    };
    *ret_more = p->recycle.possible && !atomic_load(&p->recycle.found->unprimed) && i->primed < p->recycle.reallocs.len;
    if (!*ret_more)
        return true;
    const struct program_realloc *r = &p->recycle.reallocs.at[i->primed];
    const struct engine_ref *func = NULL;
    if (!instance_func(i, r->slot, &func, e))
        return false;
    instance_set_may_leave(i, r->component_instance, false);
    engine_begin_call(i->store, func, &signature, args);
    return true;
}

void recycle_end_priming(struct instance *i)
{
    instance_set_may_leave(i, i->program->recycle.reallocs.at[i->primed++].component_instance, true);
}

void recycle_give_up_priming(struct instance *i)
{
    atomic_store(&i->program->recycle.found->unprimed, true);
}

/* --- Memories and state --- */

static bool add_memories(struct instance *i, uint32_t step, uint32_t count)
{
    for (uint32_t k = 0; k < count; k++) {
        char name[MEMORY_NAME_MAX];
        struct engine_ref ref = { 0 };
        snprintf(name, sizeof(name), INSTRUMENT_MEMORY "%u", k);
        if (!engine_export(i->store, &i->core[step], str_of(name), &ref))
            return false;
        vec_push(&i->own_memories, ref);
    }
    return true;
}

static bool add_restore(struct instance *i, uint32_t step)
{
    struct engine_ref restore = { 0 };
    if (!engine_export(i->store, &i->core[step], STR(INSTRUMENT_RESTORE), &restore))
        return false;
    vec_push(&i->restores, restore);
    return true;
}

/* The module of a step, as it can be restored; NULL where the step is a call. */
static const struct program_restorable *module_of(const struct instance *i, uint32_t step)
{
    uint32_t module = i->program->plan.steps.at[step].module;
    return module == PLAN_NONE ? NULL : &i->program->recycle.modules[module];
}

bool recycle_name_state(struct instance *i)
{
    i->own_memories.len = i->restores.len = 0;
    for (uint32_t step = 0; step < i->program->plan.steps.len; step++) {
        const struct program_restorable *m = module_of(i, step);
        if (m && (!add_memories(i, step, m->memory_count) || (m->has_state && !add_restore(i, step))))
            return false;
    }
    return true;
}

static bool save_state(struct instance *i)
{
    for (uint32_t step = 0; step < i->program->plan.steps.len; step++) {
        const struct program_restorable *m = module_of(i, step);
        struct engine_ref save = { 0 };
        struct err ignored;
        union core_value none[1];
        if (m && m->has_state &&
            (!engine_export(i->store, &i->core[step], STR(INSTRUMENT_SAVE), &save) ||
             !engine_call_nested(i->store, &save, none, ARRAY_LEN(none), &ignored)))
            return false;
    }
    return true;
}

/* --- Handles of the start --- */

void recycle_note_handle(struct instance *i, const struct plan_trampoline *t, const void *result,
                         const union core_value *values)
{
    void *object = NULL;
    const struct table *table = &i->components[t->component_instance].table;
    uint32_t index = values[0].i32;
    if (t->result_size != sizeof(object) || index >= table->len || !table->at[index].resource)
        return;
    memcpy(&object, result, sizeof(object));
    if (table->at[index].own && table->at[index].of.object == object)
        vec_push(&i->handles, (struct start_handle){ t, index });
}

void recycle_forget_handle(struct instance *i, uint32_t component_instance, uint32_t index)
{
    for (uint32_t k = i->handles.len; k-- > 0;) {
        const struct start_handle *h = &i->handles.at[k];
        if (h->from->component_instance == component_instance && h->index == index)
            i->handles.at[k] = i->handles.at[--i->handles.len];
    }
}

/* The call that the handle came from; NULL when it cannot be had again. */
static const struct start_handle *origin_of(const struct instance *i, uint32_t component_instance, uint32_t index)
{
    for (uint32_t k = i->handles.len; k-- > 0;)
        if (i->handles.at[k].from->component_instance == component_instance && i->handles.at[k].index == index)
            return &i->handles.at[k];
    return NULL;
}

/* Keeps the tables, and of the noted handles those that are still there. */
static bool keep_handles(struct instance *i)
{
    VEC(struct start_handle) live = { 0 };
    bool ok = true;
    for (uint32_t k = 0; k < i->program->plan.containers.len; k++) {
        struct component_state *c = &i->components[k];
        table_copy(&c->kept, &c->table);
        for (uint32_t index = 1; index < c->kept.len; index++) {
            struct handle *h = &c->kept.at[index];
            const struct start_handle *origin = origin_of(i, k, index);
            if (!h->resource || !h->resource->host)
                continue;
            ok = ok && h->own && !h->num_lends && origin;
            if (origin)
                vec_push(&live, *origin);
            h->of.object = NULL;
        }
    }
    i->handles.len = 0;
    for (uint32_t k = 0; k < live.len; k++)
        vec_push(&i->handles, live.at[k]);
    vec_fini(&live);
    return ok;
}

bool recycle_revive(struct instance *i, struct err *e)
{
    for (uint32_t k = 0; k < i->handles.len; k++) {
        const struct start_handle *h = &i->handles.at[k];
        const struct host_func *f = h->from->host;
        struct host_call c = { .arena = &i->arena, .host = i->host, .err = e, .task = i->task, .context = f->context };
        void *object = NULL;
        if (f->call(&c, NULL, &object) != HOST_DONE)
            return err_wrap(e, "%.*s", STR_ARG(h->from->name));
        i->components[h->from->component_instance].table.at[h->index].of.object = object;
    }
    return true;
}

/* --- Snapshots --- */

void recycle_keep(struct instance *i)
{
    const struct program *p = i->program;
    struct err ignored;
    i->kept = false;
    i->starting = false;
    if (!p->recycle.possible || !keep_handles(i) || !recycle_name_state(i) || !save_state(i))
        return;
    i->kept = engine_store_keep(i->store, p->recycle.images, i->own_memories.at, i->own_memories.len, &ignored);
}

bool recycle_restore_state(struct instance *i)
{
    for (uint32_t k = 0; k < i->restores.len; k++) {
        union core_value result[1] = { 0 };
        struct err ignored;
        if (!engine_call_nested(i->store, &i->restores.at[k], result, ARRAY_LEN(result), &ignored) || !result[0].i32)
            return false;
    }
    return true;
}

bool recycle_restore(struct instance *i)
{
    return i->kept && recycle_restore_state(i) && engine_store_restore(i->store);
}
