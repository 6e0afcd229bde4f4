/* Checking a component: its definitions are walked in order, nested components where they stand; what came of it is
 * kept for the linker. */
#include "runtime/check/check.h"

#include "runtime/check/checker.h"

static bool check_component(struct checker *checker, struct check_scope *parent, struct component *c,
                            const struct component_type **ret, struct err *e);

static bool check_nested(struct check_scope *s, const struct def *d, struct err *e)
{
    struct item_type item = { .kind = ITEM_COMPONENT };
    return check_component(s->checker, s, d->of.component, &item.of.component, e) && scope_push(s, &item, d->offset, e);
}

static bool check_type_def(struct check_scope *s, const struct def *d, struct err *e)
{
    const struct type_entry *entry = NULL;
    if (!check_deftype(s, d->of.type, d->offset, &entry, e))
        return false;
    const struct item_type item = item_of_entry(entry);
    return scope_push(s, &item, d->offset, e);
}

static bool check_def(struct check_scope *s, const struct def *d, struct err *e)
{
    switch (d->kind) {
    case DEF_CORE_MODULE: return check_core_module(s, d->of.core_module, d->offset, e);
    case DEF_CORE_INSTANCE: return check_core_instance(s, d, e);
    case DEF_CORE_TYPE: return check_core_type(s, d->of.core_type, d->offset, e);
    case DEF_COMPONENT: return check_nested(s, d, e);
    case DEF_INSTANCE: return check_instance(s, d, e);
    case DEF_ALIAS: return check_alias(s, &d->of.alias, d->offset, e);
    case DEF_TYPE: return check_type_def(s, d, e);
    case DEF_CANON: return check_canon(s, &d->of.canon, d->offset, e);
    case DEF_IMPORT: return check_import(s, &d->of.import.name, &d->of.import.desc, d->offset, e);
    case DEF_EXPORT: return check_export(s, d, e);
    }
    __builtin_unreachable();
}

/* --- What is kept --- */

typedef VEC(const struct resource_type *) resource_list;

/* Resources of this component that an export is: each instance has others in their place. */
static void collect_defined(struct check_scope *s, const struct named_item *items, uint32_t count, resource_list *list)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct item_type *item = &items[i].type;
        if (item->kind == ITEM_INSTANCE)
            collect_defined(s, item->of.instance->exports, item->of.instance->export_count, list);
        if (item->kind != ITEM_RESOURCE || resource_of(item->of.resource)->owner != s->id)
            continue;
        struct resource *r = s->resources.at[item->of.resource->index];
        if (r->imported || r->exported)
            continue;
        r->exported = true;
        vec_push(list, &r->type);
    }
}

static const struct resource_type *const *keep_resources(struct arena *a, const resource_list *list)
{
    const struct resource_type **kept = arena_new(a, const struct resource_type *, list->len);
    for (uint32_t i = 0; i < list->len; i++)
        kept[i] = list->at[i];
    return kept;
}

static bool component_type_of(struct check_scope *s, struct component_type **ret, struct err *e)
{
    struct arena *a = s->checker->arena;
    resource_list imported = { 0 }, defined = { 0 };
    if (!component_type_new(s, ret, e))
        return false;
    for (uint32_t i = 0; i < s->resources.len; i++)
        if (s->resources.at[i]->imported)
            vec_push(&imported, &s->resources.at[i]->type);
    collect_defined(s, s->exports.items.at, s->exports.items.len, &defined);
    (*ret)->imported = keep_resources(a, &imported);
    (*ret)->imported_count = imported.len;
    (*ret)->defined = keep_resources(a, &defined);
    (*ret)->defined_count = defined.len;
    vec_fini(&imported);
    vec_fini(&defined);
    return check_shown_resources(s, e);
}

/* Copies a VEC of the scope into one of the info that lives in the arena. */
#define KEEP(a, to, from)                                                  \
    do {                                                                   \
        (to)->at = arena_zalloc((a), (from)->len, sizeof(*(to)->at));      \
        if ((from)->len)                                                   \
            memcpy((to)->at, (from)->at, (from)->len * sizeof(*(to)->at)); \
        (to)->len = (to)->cap = (from)->len;                               \
    } while (0)

static void keep_info(const struct check_scope *s, const struct component_type *type, struct component *c)
{
    struct arena *a = s->checker->arena;
    struct component_info *info = arena_new(a, struct component_info, 1);
    info->type = *type;
    info->types.at = arena_new(a, struct type_entry, s->types.len);
    info->types.len = info->types.cap = s->types.len;
    for (uint32_t i = 0; i < s->types.len; i++)
        info->types.at[i] = *s->types.at[i];
    KEEP(a, &info->funcs, &s->funcs);
    KEEP(a, &info->instances, &s->instances);
    KEEP(a, &info->components, &s->components);
    KEEP(a, &info->core_modules, &s->core_modules);
    info->core_func_count = s->core_funcs.len;
    info->core_table_count = s->core_tables.len;
    info->core_memory_count = s->core_memories.len;
    info->core_global_count = s->core_globals.len;
    info->core_tag_count = s->core_tags.len;
    info->core_instance_count = s->core_instances.len;
    info->resource_count = s->resources.len;
    c->info = info;
}

static bool check_component(struct checker *checker, struct check_scope *parent, struct component *c,
                            const struct component_type **ret, struct err *e)
{
    struct check_scope s;
    struct component_type *type = NULL;
    bool ok = true;
    scope_init(&s, checker, parent, SCOPE_COMPONENT);
    s.component = c;
    for (uint32_t i = 0; ok && i < c->def_count; i++)
        ok = check_def(&s, &c->defs[i], e) || located(e, c->defs[i].offset);
    ok = ok && (component_type_of(&s, &type, e) || located(e, c->offset));
    if (ok) {
        keep_info(&s, type, c);
        *ret = type;
    }
    scope_fini(&s);
    return ok;
}

bool component_check(struct arena *a, struct component *c, struct err *e)
{
    struct checker checker = { .arena = a };
    const struct component_type *type = NULL;
    return check_component(&checker, NULL, c, &type, e);
}
