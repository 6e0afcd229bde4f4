/* Aliases of exports of instances, and of items of enclosing scopes. Spec: Explainer.md "Alias Definitions". */
#include <inttypes.h>

#include "runtime/check/checker.h"

static bool sort_fits(enum sort sort, const struct item_type *item)
{
    switch (item->kind) {
    case ITEM_CORE_MODULE: return sort == SORT_CORE_MODULE;
    case ITEM_FUNC: return sort == SORT_FUNC;
    case ITEM_TYPE:
    case ITEM_RESOURCE: return sort == SORT_TYPE;
    case ITEM_COMPONENT: return sort == SORT_COMPONENT;
    case ITEM_INSTANCE: return sort == SORT_INSTANCE;
    }
    __builtin_unreachable();
}

static const char *sort_name(enum sort sort)
{
    return sort == SORT_CORE_MODULE  ? "module"
           : sort == SORT_FUNC       ? "func"
           : sort == SORT_TYPE       ? "type"
           : sort == SORT_COMPONENT  ? "component"
                                     : "instance";
}

static bool alias_export(struct check_scope *s, const struct alias_def *x, uint64_t offset, struct err *e)
{
    if (x->instance >= s->instances.len)
        return unknown_index(e, offset, "instance", x->instance);
    const struct named_item *item = instance_type_export(s->instances.at[x->instance], x->name);
    if (!item)
        return err_at(e, ERR_INVALID, offset, "instance %" PRIu32 " has no export named `%.*s`", x->instance,
                      STR_ARG(x->name));
    if (!sort_fits(x->sort, &item->type))
        return err_at(e, ERR_INVALID, offset, "export `%.*s` for instance %" PRIu32 " is not a %s, but a %s",
                      STR_ARG(x->name), x->instance, sort_name(x->sort), item_kind_name(&item->type));
    return scope_push(s, &item->type, offset, e);
}

/* --- Outer aliases --- */

/* Does the item refer to resources of a scope that is still open? Those that a finished type binds itself are its own. */
static bool reaches_resource(const struct check_scope *s, const struct item_type *item);

static bool is_free(const struct check_scope *s, const struct resource_type *r)
{
    return scope_is_live(s, resource_of(r)->owner);
}

static bool value_reaches(const struct check_scope *s, const struct type *t)
{
    if (!t || !t->has_handle)
        return false;
    if (t->kind == TYPE_OWN || t->kind == TYPE_BORROW)
        return is_free(s, t->of.resource);
    if (t->kind == TYPE_LIST || t->kind == TYPE_OPTION)
        return value_reaches(s, t->of.elem);
    if (t->kind == TYPE_RESULT)
        return value_reaches(s, t->of.result.ok) || value_reaches(s, t->of.result.err);
    for (uint32_t i = 0; i < t->of.items.len; i++)
        if (value_reaches(s, t->of.items.at[i].type))
            return true;
    return false;
}

static bool func_reaches(const struct check_scope *s, const struct func_type *f)
{
    for (uint32_t i = 0; i < f->param_count; i++)
        if (value_reaches(s, f->params[i].type))
            return true;
    return value_reaches(s, f->result);
}

static bool items_reach(const struct check_scope *s, const struct named_item *items, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (reaches_resource(s, &items[i].type))
            return true;
    return false;
}

static bool component_reaches(const struct check_scope *s, const struct component_type *t)
{
    return items_reach(s, t->imports, t->import_count) || items_reach(s, t->exports, t->export_count);
}

static bool entry_reaches(const struct check_scope *s, const struct type_entry *entry)
{
    switch (entry->kind) {
    case DEFTYPE_VALUE: return value_reaches(s, entry->of.value);
    case DEFTYPE_FUNC: return func_reaches(s, entry->of.func);
    case DEFTYPE_COMPONENT: return component_reaches(s, entry->of.component);
    case DEFTYPE_INSTANCE: return items_reach(s, entry->of.instance->exports, entry->of.instance->export_count);
    case DEFTYPE_RESOURCE: return is_free(s, entry->of.resource);
    }
    __builtin_unreachable();
}

static bool reaches_resource(const struct check_scope *s, const struct item_type *item)
{
    switch (item->kind) {
    case ITEM_CORE_MODULE: return false;
    case ITEM_FUNC: return func_reaches(s, item->of.func);
    case ITEM_RESOURCE: return is_free(s, item->of.resource);
    case ITEM_TYPE: return entry_reaches(s, item->of.type);
    case ITEM_COMPONENT: return component_reaches(s, item->of.component);
    case ITEM_INSTANCE: return items_reach(s, item->of.instance->exports, item->of.instance->export_count);
    }
    __builtin_unreachable();
}

/* What is substitutable alone may go from one component into another: a nested one could be instantiated with other
 * resources than those it was written beside. */
static bool check_crossing(const struct check_scope *s, const struct item_type *item, uint64_t offset, struct err *e)
{
    const struct named_item wrapped = { .type = *item };
    uint32_t size = 0, depth = 0;
    if (!items_measure(&wrapped, 1, &size, &depth, e) || !work_add(s->checker, size, e))
        return located(e, offset);
    if (reaches_resource(s, item))
        return err_at(e, ERR_INVALID, offset,
                      "outer alias of a %s that transitively refers to resources, across a component's boundary",
                      item_kind_name(item));
    return true;
}

static bool alias_outer(struct check_scope *s, const struct alias_def *x, uint64_t offset, struct err *e)
{
    const struct check_scope *from = s;
    bool crosses = false;
    for (uint32_t i = 0; i < x->outer_count; i++) {
        crosses |= from->kind == SCOPE_COMPONENT;
        from = from->parent;
        if (!from)
            return err_at(e, ERR_INVALID, offset, "invalid outer alias count of %" PRIu32 ": only %" PRIu32 " enclose it",
                          x->outer_count, i);
    }
    if (x->sort == SORT_CORE_TYPE) {
        if (x->outer_index >= from->core_types.len)
            return unknown_index(e, offset, "core type", x->outer_index);
        struct core_type_entry type = from->core_types.at[x->outer_index]; /* pushing may move the array */
        vec_push(&s->core_types, type);
        return true;
    }
    struct item_type item;
    if (!scope_item(from, &(struct sort_idx){ x->sort, x->outer_index }, offset, &item, e))
        return false;
    if (crosses && !check_crossing(s, &item, offset, e))
        return false;
    return scope_push(s, &item, offset, e);
}

bool check_alias(struct check_scope *s, const struct alias_def *x, uint64_t offset, struct err *e)
{
    if (s->kind != SCOPE_COMPONENT && x->sort != SORT_TYPE && x->sort != SORT_CORE_TYPE && x->sort != SORT_INSTANCE)
        return err_at(e, ERR_INVALID, offset, "aliases in a component or instance type may only refer to types or instances");
    switch (x->target) {
    case ALIAS_EXPORT: return alias_export(s, x, offset, e);
    case ALIAS_CORE_EXPORT: return check_core_alias(s, x, offset, e);
    case ALIAS_OUTER: return alias_outer(s, x, offset, e);
    }
    __builtin_unreachable();
}
