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
    return sort == SORT_CORE_MODULE ? "module"
           : sort == SORT_FUNC      ? "func"
           : sort == SORT_TYPE      ? "type"
           : sort == SORT_COMPONENT ? "component"
                                    : "instance";
}

static bool alias_export(struct check_scope *s, const struct alias_def *x, uint64_t offset, struct err *e)
{
    if (x->instance >= s->instances.len)
        return unknown_index(e, offset, "instance", x->instance);
    const struct named_item *item = instance_type_export(s->instances.at[x->instance], x->name);
    if (!item)
        return err_at(e, ERR_INVALID, offset, "instance %" PRIu32 " has no export named `%.*s`%s", x->instance,
                      STR_ARG(x->name), NAMED(s, SORT_INSTANCE, x->instance));
    if (!sort_fits(x->sort, &item->type))
        return err_at(e, ERR_INVALID, offset, "export `%.*s` for instance %" PRIu32 " is not a %s: found %s%s",
                      STR_ARG(x->name), x->instance, sort_name(x->sort), item_kind_name(&item->type),
                      NAMED(s, SORT_INSTANCE, x->instance));
    return scope_push(s, &item->type, offset, e);
}

/* --- Outer aliases --- */

/* Of a scope that is still open: those that a finished type binds itself are its own. */
static bool is_free(const void *ctx, const struct resource *r)
{
    return scope_is_live(ctx, r->owner);
}

/* What is substitutable alone may go from one component into another: a nested one could be instantiated with other
 * resources than those it was written beside. */
static bool check_crossing(const struct check_scope *s, const struct item_type *item, uint64_t offset, struct err *e)
{
    bool reaches = false;
    if (!item_reaches(s->checker, item, is_free, s, &reaches, e))
        return located(e, offset);
    if (reaches)
        return err_at(e, ERR_INVALID, offset,
                      "outer alias across a component's boundary of a type that transitively refers to resources: %s",
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
            return err_at(e, ERR_INVALID, offset,
                          "invalid outer alias count of %" PRIu32 ": only %" PRIu32 " enclose it", x->outer_count, i);
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
        return err_at(e, ERR_INVALID, offset,
                      "aliases in a component or instance type may only refer to types or instances");
    switch (x->target) {
    case ALIAS_EXPORT: return alias_export(s, x, offset, e);
    case ALIAS_CORE_EXPORT: return check_core_alias(s, x, offset, e);
    case ALIAS_OUTER: return alias_outer(s, x, offset, e);
    }
    __builtin_unreachable();
}
