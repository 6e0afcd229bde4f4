/* Core definitions: modules, their instantiation, and aliases of what instances export. */
#include <assert.h>

#include "runtime/link/scope.h"

enum { MAX_STEPS = 4096 };

bool linker_push_step(struct linker *l, const struct plan_step *step, uint64_t offset, struct err *e)
{
    if (l->plan->steps.len == MAX_STEPS)
        return err_at(e, ERR_LIMIT, offset, "more than %d core instances", MAX_STEPS);
    vec_push(&l->plan->steps, *step);
    return true;
}

bool scope_add_core_module(struct scope *s, const struct def *d, struct err *e)
{
    struct plan *p = s->linker->plan;
    for (uint32_t i = 0; i < p->modules.len; i++) {
        if (p->modules.at[i].wasm.ptr == d->of.core_module.ptr) {
            vec_push(&s->core_modules, i);
            return true;
        }
    }
    struct plan_module m = { .wasm = d->of.core_module };
    m.offset = d->offset;
    if (!core_module_read(s->linker->arena, m.wasm, d->offset, &m.outside, e))
        return false;
    vec_push(&p->modules, m);
    vec_push(&s->core_modules, p->modules.len - 1);
    return true;
}

static struct plan_ref core_item(const struct scope *s, const struct sort_idx *at)
{
    switch (at->sort) {
    case SORT_CORE_FUNC: return s->core_funcs.at[at->index];
    case SORT_CORE_TABLE: return s->core_tables.at[at->index];
    case SORT_CORE_MEMORY: return s->core_memories.at[at->index];
    case SORT_CORE_GLOBAL: return s->core_globals.at[at->index];
    case SORT_CORE_TAG: return s->core_tags.at[at->index];
    case SORT_CORE_TYPE:
    case SORT_CORE_MODULE:
    case SORT_CORE_INSTANCE:
    case SORT_FUNC:
    case SORT_TYPE:
    case SORT_COMPONENT:
    case SORT_INSTANCE: break;
    }
    assert(false); /* the checker lets only core items through here */
    __builtin_unreachable();
}

/* Whether the instance has an export of this name; the checker has seen to it that it does. */
static bool core_export(const struct link_core_instance *i, str name, struct plan_ref *ret)
{
    if (i->real) {
        *ret = (struct plan_ref){ PLAN_EXPORT, i->step, name };
        return true;
    }
    for (uint32_t k = 0; k < i->item_count; k++) {
        if (str_eq(i->items[k].name, name)) {
            *ret = i->items[k].ref;
            return true;
        }
    }
    return false;
}

static const struct link_core_instance *core_arg(const struct scope *s, const struct def *d, str module)
{
    for (uint32_t i = 0; i < d->of.instance.arg_count; i++)
        if (str_eq(d->of.instance.args[i].name, module))
            return s->core_instances.at[d->of.instance.args[i].item.index];
    return NULL;
}

static bool instantiate_core(struct scope *s, const struct def *d, struct link_core_instance *ret, struct err *e)
{
    struct linker *l = s->linker;
    uint32_t module = s->core_modules.at[d->of.instance.index];
    const struct core_module_type *type = &l->plan->modules.at[module].outside.type;
    struct plan_import *imports = arena_new(l->arena, struct plan_import, type->import_count);
    bool host_only = true;
    for (uint32_t i = 0; i < type->import_count; i++) {
        const struct core_import *x = &type->imports[i];
        const struct link_core_instance *arg = core_arg(s, d, x->module);
        imports[i] = (struct plan_import){ x->module, x->name, x->type.kind, { 0 } };
        if (!arg || !core_export(arg, x->name, &imports[i].ref))
            return err_at(e, ERR_LINK, d->offset, "core import '%.*s' '%.*s' has no value", STR_ARG(x->module),
                          STR_ARG(x->name));
        host_only &= imports[i].ref.kind == PLAN_TRAMPOLINE;
    }
    const struct plan_step step = { module, imports, type->import_count, .host_only = host_only };
    if (!linker_push_step(l, &step, d->offset, e))
        return false;
    ret->real = true;
    ret->step = l->plan->steps.len - 1;
    return true;
}

bool scope_add_core_instance(struct scope *s, const struct def *d, struct err *e)
{
    struct arena *a = s->linker->arena;
    struct link_core_instance *i = arena_new(a, struct link_core_instance, 1);
    if (d->of.instance.instantiates) {
        if (!instantiate_core(s, d, i, e))
            return false;
    } else {
        uint32_t count = d->of.instance.arg_count;
        struct link_core_item *items = arena_new(a, struct link_core_item, count);
        for (uint32_t k = 0; k < count; k++)
            items[k] =
                (struct link_core_item){ d->of.instance.args[k].name, core_item(s, &d->of.instance.args[k].item) };
        i->items = items;
        i->item_count = count;
    }
    vec_push(&s->core_instances, i);
    return true;
}

bool scope_add_core_alias(struct scope *s, const struct def *d, struct err *e)
{
    const struct alias_def *x = &d->of.alias;
    struct plan_ref ref;
    if (!core_export(s->core_instances.at[x->instance], x->name, &ref))
        return err_at(e, ERR_LINK, d->offset, "core instance %u has no export '%.*s'", x->instance, STR_ARG(x->name));
    switch (x->sort) {
    case SORT_CORE_FUNC: vec_push(&s->core_funcs, ref); return true;
    case SORT_CORE_TABLE: vec_push(&s->core_tables, ref); return true;
    case SORT_CORE_MEMORY: vec_push(&s->core_memories, ref); return true;
    case SORT_CORE_GLOBAL: vec_push(&s->core_globals, ref); return true;
    case SORT_CORE_TAG: vec_push(&s->core_tags, ref); return true;
    case SORT_CORE_TYPE:
    case SORT_CORE_MODULE:
    case SORT_CORE_INSTANCE:
    case SORT_FUNC:
    case SORT_TYPE:
    case SORT_COMPONENT:
    case SORT_INSTANCE: break;
    }
    return err_at(e, ERR_INVALID, d->offset, "alias of a core export to a sort that is not core");
}
