#include "runtime/run/snapshot.h"

#include <stdio.h>
#include <string.h>

#include "runtime/binary/instrument.h"
#include "runtime/run/recycle.h"
#include "runtime/run/snapshot_file.h"

void snapshot_note_call(struct instance *i, const struct plan_trampoline *t)
{
    i->varies = i->varies || !t->host->constant;
}

void snapshot_free(struct snapshot *s)
{
    if (!s)
        return;
    for (uint32_t k = 0; k < s->table_count; k++)
        table_fini(&s->tables[k]);
    mem_free(s->tables);
    mem_free(s->globals);
    vec_fini(&s->handles);
    engine_images_free(s->images);
    mem_free(s);
}

/* Calls one of the functions that get or put a group of twins, in place. */
static bool pass_group(struct instance *i, uint32_t step, const char *prefix, uint32_t group, union core_value *values,
                       uint32_t count)
{
    char name[32];
    struct engine_ref func = { 0 };
    struct err ignored;
    snprintf(name, sizeof(name), "%s%u", prefix, group);
    return engine_export(i->store, &i->core[step], str_of(name), &func) && func.kind == ENGINE_FUNC &&
           engine_call_nested(i->store, &func, values, count, &ignored);
}

static uint32_t globals_of_step(const struct program *p, uint32_t step)
{
    uint32_t module = p->plan.steps.at[step].module;
    return module == PLAN_NONE ? 0 : p->recycle.modules[module].global_count;
}

uint32_t snapshot_memory_count(const struct program *p)
{
    uint32_t count = 0;
    for (uint32_t step = 0; step < p->plan.steps.len; step++) {
        uint32_t module = p->plan.steps.at[step].module;
        count += module == PLAN_NONE ? 0 : p->recycle.modules[module].memory_count;
    }
    return count;
}

uint32_t snapshot_global_count(const struct program *p)
{
    uint32_t count = 0;
    for (uint32_t step = 0; step < p->plan.steps.len; step++)
        count += globals_of_step(p, step);
    return count;
}

/* All twins, by step and number. */
static bool pass_globals(struct instance *i, const char *prefix, union core_value *values)
{
    for (uint32_t step = 0; step < i->program->plan.steps.len; step++) {
        uint32_t left = globals_of_step(i->program, step);
        for (uint32_t group = 0; left; group++) {
            uint32_t n = left < INSTRUMENT_GLOBALS_AT_ONCE ? left : INSTRUMENT_GLOBALS_AT_ONCE;
            if (!pass_group(i, step, prefix, group, values, n))
                return false;
            values += n;
            left -= n;
        }
    }
    return true;
}

static bool get_globals(struct snapshot *s, struct instance *i)
{
    return pass_globals(i, INSTRUMENT_GET, s->globals);
}

/* The engine takes the values from where it puts results. */
static bool put_globals(const struct snapshot *s, struct instance *i)
{
    union core_value *values = mem_new_n(union core_value, s->global_count);
    if (s->global_count)
        memcpy(values, s->globals, s->global_count * sizeof(*values));
    bool ok = pass_globals(i, INSTRUMENT_PUT, values);
    mem_free(values);
    return ok;
}

struct snapshot *snapshot_new(const struct program *p, uint64_t memory_limit, struct engine_images *images)
{
    struct snapshot *s = mem_new(struct snapshot);
    s->memory_limit = memory_limit;
    s->images = images;
    s->global_count = snapshot_global_count(p);
    s->globals = mem_new_n(union core_value, s->global_count);
    s->table_count = p->plan.containers.len;
    s->tables = mem_new_n(struct table, s->table_count);
    return s;
}

static struct snapshot *make(struct instance *i)
{
    struct snapshot *s = snapshot_new(i->program, i->memory_limit, engine_store_images(i->store));
    for (uint32_t k = 0; k < s->table_count; k++)
        table_copy(&s->tables[k], &i->components[k].kept);
    for (uint32_t k = 0; k < i->handles.len; k++)
        vec_push(&s->handles, i->handles.at[k]);
    if (get_globals(s, i))
        return s;
    snapshot_free(s);
    return NULL;
}

void snapshot_take(struct instance *i)
{
    const struct program_recycle *r = &i->program->recycle;
    struct snapshot *none = NULL;
    if (!r->options.start_apart || !i->kept || i->varies || atomic_load(&r->found->snapshot))
        return;
    struct snapshot *s = make(i);
    if (s && atomic_compare_exchange_strong(&r->found->snapshot, &none, s))
        snapshot_save(i->program, s);
    else
        snapshot_free(s);
}

const struct snapshot *snapshot_find(const struct program *p, uint64_t memory_limit)
{
    const struct program_findings *f = p->recycle.found;
    const struct snapshot *s = f && !atomic_load(&f->unfit) ? atomic_load(&f->snapshot) : NULL;
    return s && s->memory_limit == memory_limit ? s : NULL;
}

static bool apply(struct instance *i, const struct snapshot *s)
{
    struct err ignored;
    if (!recycle_name_state(i) || !put_globals(s, i) || !recycle_restore_state(i) ||
        !engine_store_adopt(i->store, s->images, i->own_memories.at, i->own_memories.len, &ignored))
        return false;
    for (uint32_t k = 0; k < s->table_count; k++) {
        table_copy(&i->components[k].kept, &s->tables[k]);
        table_copy(&i->components[k].table, &s->tables[k]);
    }
    for (uint32_t k = 0; k < s->handles.len; k++)
        vec_push(&i->handles, s->handles.at[k]);
    i->kept = true;
    i->starting = false;
    return true;
}

bool snapshot_apply(struct instance *i)
{
    bool ok = apply(i, i->snapshot);
    if (!ok)
        atomic_store(&i->program->recycle.found->unfit, true);
    return ok;
}
