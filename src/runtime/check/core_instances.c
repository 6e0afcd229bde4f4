/* Core instances: core modules linked with others, and the items taken out of them. */
#include <assert.h>
#include <inttypes.h>

#include "runtime/check/checker.h"

bool scope_core_func(const struct check_scope *s, uint32_t index, uint64_t offset, const struct core_func_type **ret,
                     struct err *e)
{
    if (index >= s->core_funcs.len)
        return unknown_index(e, offset, "core function", index);
    *ret = s->core_funcs.at[index];
    return true;
}

static bool core_item(const struct check_scope *s, const struct sort_idx *at, uint64_t offset,
                      struct core_extern_type *ret, struct err *e)
{
    uint32_t i = at->index;
    *ret = (struct core_extern_type){ .kind = CORE_EXTERN_FUNC };
    switch (at->sort) {
    case SORT_CORE_FUNC: return scope_core_func(s, i, offset, &ret->func, e);
    case SORT_CORE_TAG:
        if (i >= s->core_tags.len)
            return unknown_index(e, offset, "tag", i);
        *ret = (struct core_extern_type){ .kind = CORE_EXTERN_TAG, .func = s->core_tags.at[i] };
        return true;
    case SORT_CORE_TABLE:
        if (i >= s->core_tables.len)
            return unknown_index(e, offset, "table", i);
        *ret = s->core_tables.at[i];
        return true;
    case SORT_CORE_MEMORY:
        if (i >= s->core_memories.len)
            return unknown_index(e, offset, "memory", i);
        *ret = s->core_memories.at[i];
        return true;
    case SORT_CORE_GLOBAL:
        if (i >= s->core_globals.len)
            return unknown_index(e, offset, "global", i);
        *ret = s->core_globals.at[i];
        return true;
    case SORT_CORE_TYPE:
    case SORT_CORE_MODULE:
    case SORT_CORE_INSTANCE:
    case SORT_FUNC:
    case SORT_TYPE:
    case SORT_COMPONENT:
    case SORT_INSTANCE: break;
    }
    assert(false && "the reader lets only core externs through here");
    __builtin_unreachable();
}

/* --- Instances --- */

static bool collect_args(const struct check_scope *s, const struct def *d, struct map *args, struct err *e)
{
    struct core_instance *found = arena_new(s->checker->arena, struct core_instance, d->of.instance.arg_count);
    for (uint32_t i = 0; i < d->of.instance.arg_count; i++) {
        const struct named_sort_idx *arg = &d->of.instance.args[i];
        if (arg->item.index >= s->core_instances.len)
            return unknown_index(e, d->offset, "core instance", arg->item.index);
        found[i] = s->core_instances.at[arg->item.index];
        if (!map_add(args, arg->name, &found[i]))
            return err_at(e, ERR_INVALID, d->offset, "duplicate module instantiation argument named `%.*s`",
                          STR_ARG(arg->name));
    }
    return true;
}

static bool match_import(const struct core_import *x, const struct map *args, struct err *e)
{
    const struct core_instance *arg = map_get(args, x->module);
    if (!arg)
        return err_set(e, ERR_INVALID, "missing module instantiation argument named `%.*s`", STR_ARG(x->module));
    const struct core_export *y = core_export_find(arg->exports, x->name);
    if (!y)
        return err_set(e, ERR_INVALID, "module instantiation argument `%.*s` does not export an item named `%.*s`",
                       STR_ARG(x->module), STR_ARG(x->name));
    return core_extern_match(&x->type, &y->type, e) ||
           err_wrap(e, "module instantiation argument `%.*s`: item `%.*s`", STR_ARG(x->module), STR_ARG(x->name));
}

static bool instantiate(const struct check_scope *s, const struct def *d, struct core_instance *ret, struct err *e)
{
    if (d->of.instance.index >= s->core_modules.len)
        return unknown_index(e, d->offset, "module", d->of.instance.index);
    const struct core_module_type *t = s->core_modules.at[d->of.instance.index];
    struct map args;
    map_init(&args);
    bool ok = work_add(s->checker, t->import_count, e) && collect_args(s, d, &args, e);
    for (uint32_t i = 0; ok && i < t->import_count; i++)
        ok = match_import(&t->imports[i], &args, e);
    map_fini(&args);
    ret->exports = t;
    return ok || located(e, d->offset);
}

static bool bag(const struct check_scope *s, const struct def *d, struct core_instance *ret, struct err *e)
{
    uint32_t count = d->of.instance.arg_count;
    struct core_export *exports = arena_new(s->checker->arena, struct core_export, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct named_sort_idx *x = &d->of.instance.args[i];
        exports[i].name = x->name;
        if (!core_item(s, &x->item, d->offset, &exports[i].type, e))
            return err_wrap(e, "export `%.*s`", STR_ARG(x->name));
    }
    struct core_module_type *t = arena_new(s->checker->arena, struct core_module_type, 1);
    t->exports = exports;
    t->export_count = count;
    ret->exports = t;
    return core_module_type_sort(s->checker->arena, t, d->offset, e);
}

bool check_core_instance(struct check_scope *s, const struct def *d, struct err *e)
{
    struct core_instance i = { 0 };
    if (s->core_instances.len == MAX_INSTANCES)
        return err_at(e, ERR_LIMIT, d->offset, "more than %d core instances", MAX_INSTANCES);
    if (!(d->of.instance.instantiates ? instantiate(s, d, &i, e) : bag(s, d, &i, e)))
        return err_wrap(e, "core instance %" PRIu32 "%s", s->core_instances.len,
                        NAMED(s, SORT_CORE_INSTANCE, s->core_instances.len));
    vec_push(&s->core_instances, i);
    return true;
}

/* --- Aliases --- */

static enum core_extern_kind kind_of_sort(enum sort sort)
{
    return sort == SORT_CORE_FUNC     ? CORE_EXTERN_FUNC
           : sort == SORT_CORE_TABLE  ? CORE_EXTERN_TABLE
           : sort == SORT_CORE_MEMORY ? CORE_EXTERN_MEMORY
           : sort == SORT_CORE_GLOBAL ? CORE_EXTERN_GLOBAL
                                      : CORE_EXTERN_TAG;
}

bool check_core_alias(struct check_scope *s, const struct alias_def *x, uint64_t offset, struct err *e)
{
    if (x->instance >= s->core_instances.len)
        return unknown_index(e, offset, "core instance", x->instance);
    const struct core_export *found = core_export_find(s->core_instances.at[x->instance].exports, x->name);
    if (!found)
        return err_at(e, ERR_INVALID, offset, "core instance %" PRIu32 " has no export named `%.*s`%s", x->instance,
                      STR_ARG(x->name), NAMED(s, SORT_CORE_INSTANCE, x->instance));
    if (found->type.kind != kind_of_sort(x->sort))
        return err_at(e, ERR_INVALID, offset, "export `%.*s` for core instance %" PRIu32 " is not a %s: found %s%s",
                      STR_ARG(x->name), x->instance, core_extern_kind_name(kind_of_sort(x->sort)),
                      core_extern_kind_name(found->type.kind), NAMED(s, SORT_CORE_INSTANCE, x->instance));
    switch (found->type.kind) {
    case CORE_EXTERN_FUNC: vec_push(&s->core_funcs, found->type.func); return true;
    case CORE_EXTERN_TABLE: vec_push(&s->core_tables, found->type); return true;
    case CORE_EXTERN_MEMORY: vec_push(&s->core_memories, found->type); return true;
    case CORE_EXTERN_GLOBAL: vec_push(&s->core_globals, found->type); return true;
    case CORE_EXTERN_TAG: vec_push(&s->core_tags, found->type.func); return true;
    }
    __builtin_unreachable();
}
