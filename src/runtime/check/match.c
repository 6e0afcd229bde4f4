/* Subtyping. While two types are compared, resources of the wanted side are stood in for by those they met first: what
 * an import calls R is whatever the argument has there. Spec: Subtyping.md; Explainer.md "Type Checking". */
#include "runtime/check/checker.h"

/* The value of a resource that has not met anything yet. */
static const char bindable;

void match_init(struct match *m, struct checker *c)
{
    *m = (struct match){ .checker = c };
}

void match_fini(struct match *m)
{
    ptr_map_fini(&m->map);
}

void match_bindable(struct match *m, const struct resource_type *r)
{
    ptr_map_set(&m->map, r, &bindable);
}

static const struct resource_type *stand_in(const struct match *m, const struct resource_type *r)
{
    const void *to = ptr_map_get(&m->map, r);
    return to && to != &bindable ? to : r;
}

static bool is_bindable(const struct match *m, const struct resource_type *r)
{
    return ptr_map_get(&m->map, r) == &bindable;
}

bool match_is_bound(const struct match *m, const struct resource_type *r)
{
    return !is_bindable(m, r);
}

static bool same_resource(void *ctx, const struct resource_type *want, const struct resource_type *got)
{
    const struct match *m = ctx;
    return !is_bindable(m, want) && stand_in(m, want) == stand_in(m, got);
}

static bool mismatch(const struct item_type *want, const struct item_type *got, struct err *e)
{
    return err_set(e, ERR_INVALID, "expected %s, found %s", item_kind_name(want), item_kind_name(got));
}

static bool match_resource(struct match *m, const struct item_type *want, const struct item_type *got, struct err *e)
{
    if (got->kind != ITEM_RESOURCE)
        return mismatch(want, got, e);
    const struct resource_type *to = stand_in(m, got->of.resource);
    if (is_bindable(m, want->of.resource))
        ptr_map_set(&m->map, want->of.resource, to);
    else if (stand_in(m, want->of.resource) != to)
        return err_set(e, ERR_INVALID, "resource types are not the same: expected `%.*s`, found `%.*s`",
                       STR_ARG(want->of.resource->name), STR_ARG(got->of.resource->name));
    ptr_map_set(&m->map, want->entry, got->entry);
    return true;
}

static bool match_func(struct match *m, const struct func_type *want, const struct func_type *got, struct err *e)
{
    uint64_t size = want->result ? want->result->nodes : 0;
    for (uint32_t i = 0; i < want->param_count; i++)
        size += want->params[i].type->nodes;
    return work_add(m->checker, 1 + size, e) && func_type_equal(want, got, same_resource, m, e);
}

static bool match_instance(struct match *m, const struct instance_type *want, const struct instance_type *got,
                           struct err *e)
{
    for (uint32_t i = 0; i < want->export_count; i++) {
        const struct named_item *x = &want->exports[i], *y = instance_type_export(got, x->name);
        if (!y)
            return err_set(e, ERR_INVALID, "missing expected export `%.*s`", STR_ARG(x->name));
        if (!match_item(m, &x->type, &y->type, e))
            return err_wrap(e, "type mismatch in instance export `%.*s`", STR_ARG(x->name));
    }
    return true;
}

static const struct named_item *find(const struct map *by_name, str name)
{
    return map_get(by_name, name);
}

static void index_items(struct arena *a, struct map *by_name, const struct named_item *items, uint32_t count)
{
    struct named_item *copies = arena_new(a, struct named_item, count);
    for (uint32_t i = 0; i < count; i++) {
        copies[i] = items[i];
        map_add(by_name, items[i].name, &copies[i]);
    }
}

/* Imports the other way round: what `got` imports, `want` must be given. Exports as usual. */
static bool match_sides(struct match *m, const struct component_type *want, const struct component_type *got,
                        const struct map *want_imports, const struct map *got_exports, struct err *e)
{
    for (uint32_t i = 0; i < got->import_count; i++) {
        const struct named_item *x = &got->imports[i], *y = find(want_imports, x->name);
        if (!y)
            return err_set(e, ERR_INVALID, "missing expected import `%.*s`", STR_ARG(x->name));
        if (!match_item(m, &x->type, &y->type, e))
            return err_wrap(e, "type mismatch in import `%.*s`", STR_ARG(x->name));
    }
    for (uint32_t i = 0; i < want->export_count; i++) {
        const struct named_item *x = &want->exports[i], *y = find(got_exports, x->name);
        if (!y)
            return err_set(e, ERR_INVALID, "missing expected export `%.*s`", STR_ARG(x->name));
        if (!match_item(m, &x->type, &y->type, e))
            return err_wrap(e, "type mismatch in export `%.*s`", STR_ARG(x->name));
    }
    return true;
}

/* Makes resources bindable for a time; `saved` gets what they stood for before. */
static void bind(struct match *m, const struct resource_type *const *list, uint32_t count, const void **saved)
{
    for (uint32_t i = 0; i < count; i++) {
        saved[i] = ptr_map_get(&m->map, list[i]);
        match_bindable(m, list[i]);
    }
}

static void unbind(struct match *m, const struct resource_type *const *list, uint32_t count, const void **saved)
{
    for (uint32_t i = count; i-- > 0;)
        ptr_map_set(&m->map, list[i], saved[i]);
}

static bool match_component(struct match *m, const struct component_type *want, const struct component_type *got,
                            struct err *e)
{
    struct arena *a = m->checker->arena;
    struct map imports, exports;
    if (want == got)
        return true;
    uint32_t count = got->imported_count + want->defined_count;
    if (!work_add(m->checker, (uint64_t)want->import_count + got->export_count + count, e))
        return false;
    const void **saved = arena_new(a, const void *, count);
    bind(m, got->imported, got->imported_count, saved);
    bind(m, want->defined, want->defined_count, saved + got->imported_count);
    map_init(&imports);
    map_init(&exports);
    index_items(a, &imports, want->imports, want->import_count);
    index_items(a, &exports, got->exports, got->export_count);
    bool ok = match_sides(m, want, got, &imports, &exports, e);
    map_fini(&imports);
    map_fini(&exports);
    unbind(m, want->defined, want->defined_count, saved + got->imported_count);
    unbind(m, got->imported, got->imported_count, saved);
    return ok;
}

/* A type by itself: the resources that it binds meet those of the other. */
static bool match_instance_type(struct match *m, const struct instance_type *want, const struct instance_type *got,
                                struct err *e)
{
    const void **saved = arena_new(m->checker->arena, const void *, want->resource_count);
    if (want == got)
        return true;
    if (!work_add(m->checker, want->resource_count, e))
        return false;
    bind(m, want->resources, want->resource_count, saved);
    bool ok = match_instance(m, want, got, e);
    unbind(m, want->resources, want->resource_count, saved);
    return ok;
}

static bool match_value(struct match *m, const struct type *want, const struct type *got, struct err *e)
{
    if (!work_add(m->checker, want->nodes, e))
        return false;
    if (want->kind <= TYPE_STRING && got->kind > TYPE_STRING)
        return err_set(e, ERR_INVALID, "expected primitive, found %s", type_kind_name(got->kind));
    if (!type_equal(want, got, same_resource, m, e))
        return false;
    if (type_is_named_kind(want))
        ptr_map_set(&m->map, want, got);
    return true;
}

static bool match_type(struct match *m, const struct item_type *want, const struct item_type *got, struct err *e)
{
    const struct type_entry *x = want->of.type, *y = got->entry;
    bool ok = false;
    if (got->kind != ITEM_TYPE || x->kind != y->kind)
        return mismatch(want, got, e);
    switch (x->kind) {
    case DEFTYPE_VALUE: ok = match_value(m, x->of.value, y->of.value, e); break;
    case DEFTYPE_FUNC: ok = match_func(m, x->of.func, y->of.func, e); break;
    case DEFTYPE_COMPONENT: ok = match_component(m, x->of.component, y->of.component, e); break;
    case DEFTYPE_INSTANCE: ok = match_instance_type(m, x->of.instance, y->of.instance, e); break;
    case DEFTYPE_RESOURCE: break;
    }
    if (ok)
        ptr_map_set(&m->map, x, y);
    return ok;
}

bool match_item(struct match *m, const struct item_type *want, const struct item_type *got, struct err *e)
{
    if (!work_add(m->checker, 1, e))
        return false;
    if (want->kind == ITEM_RESOURCE)
        return match_resource(m, want, got, e);
    if (want->kind == ITEM_TYPE)
        return match_type(m, want, got, e);
    if (want->kind != got->kind)
        return mismatch(want, got, e);
    switch (want->kind) {
    case ITEM_FUNC: return match_func(m, want->of.func, got->of.func, e);
    case ITEM_INSTANCE: return match_instance(m, want->of.instance, got->of.instance, e);
    case ITEM_COMPONENT: return match_component(m, want->of.component, got->of.component, e);
    case ITEM_CORE_MODULE:
        return work_add(m->checker, (uint64_t)want->of.core_module->export_count + got->of.core_module->import_count,
                        e) &&
               core_module_match(want->of.core_module, got->of.core_module, e);
    case ITEM_TYPE:
    case ITEM_RESOURCE: break;
    }
    __builtin_unreachable();
}
