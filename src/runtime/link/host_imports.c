/* Imports that the host serves: found by name and version, then compared type by type with the host's WIT. */
#include <stdio.h>

#include "runtime/link/scope.h"

static const struct host_interface *find_host(const struct link_host *h, str name)
{
    for (size_t i = 0; i < h->interface_count; i++)
        if (link_names_match(name, str_of(h->interfaces[i]->name)))
            return h->interfaces[i];
    return NULL;
}

static const struct wit_type *find_type(const struct wit_interface *i, str name)
{
    for (uint32_t k = 0; k < i->type_count; k++)
        if (str_eq(i->types[k].name, name))
            return &i->types[k];
    return NULL;
}

static const struct wit_func *find_func(const struct wit_interface *i, str name)
{
    for (uint32_t k = 0; k < i->func_count; k++)
        if (str_eq(i->funcs[k].name, name))
            return &i->funcs[k];
    return NULL;
}

static const struct host_func *find_row(const struct host_interface *h, str name)
{
    for (uint32_t k = 0; k < h->func_count; k++)
        if (str_eq(str_of(h->funcs[k].name), name))
            return &h->funcs[k];
    return NULL;
}

static const struct host_resource *find_resource_row(const struct host_interface *h, str name)
{
    for (uint32_t k = 0; h && k < h->resource_count; k++)
        if (str_eq(str_of(h->resources[k].name), name))
            return &h->resources[k];
    return NULL;
}

/* Makes the host's resource type known to the plan. */
static void add_resource(struct linker *l, const struct wit_type *t)
{
    if (plan_resource_of(l->plan, t->resource))
        return;
    struct plan_resource *r = arena_new(l->arena, struct plan_resource, 1);
    *r = (struct plan_resource){
        .type = t->resource,
        .host = find_resource_row(find_host(l->host, t->origin->name), t->origin_name),
        .dtor = PLAN_NONE,
        .component_instance = PLAN_NONE,
    };
    vec_push(&l->plan->resources, r);
}

/* Is the guest's resource (`got`) bound to the host's (`want`)? */
static bool same_resource(void *ctx, const struct resource_type *want, const struct resource_type *got)
{
    const struct scope *s = ctx;
    return s->resources[got->index] == want;
}

static bool bind_type(struct scope *s, const struct wit_interface *wit, const struct named_item *item, struct err *e)
{
    const struct wit_type *t = find_type(wit, item->name);
    if (!t)
        return err_set(e, ERR_LINK, "type '%.*s' does not exist in the host's %.*s", STR_ARG(item->name),
                       STR_ARG(wit->name));
    if (item->type.kind == ITEM_RESOURCE) {
        if (!t->resource)
            return err_set(e, ERR_LINK, "type '%.*s' is no resource in the host's %.*s", STR_ARG(item->name),
                           STR_ARG(wit->name));
        const struct resource_type **bound = &s->resources[item->type.of.resource->index];
        if (*bound && *bound != t->resource)
            return err_set(e, ERR_LINK, "resource '%.*s' is another one than in the host's %.*s", STR_ARG(item->name),
                           STR_ARG(wit->name));
        *bound = t->resource;
        add_resource(s->linker, t);
        return true;
    }
    const struct type_entry *got = item->type.of.type;
    if (got->kind != DEFTYPE_VALUE || !t->type)
        return err_set(e, ERR_LINK, "type '%.*s' is of another kind in the host's %.*s", STR_ARG(item->name),
                       STR_ARG(wit->name));
    char what[80];
    snprintf(what, sizeof(what), "type '%.*s'", STR_ARG(item->name));
    return type_expect(t->type, got->of.value, same_resource, s, what, "the host offers", e);
}

static bool check_func(struct scope *s, const struct wit_interface *wit, const struct host_interface *rows,
                       const struct named_item *item, struct err *e)
{
    const struct wit_func *f = find_func(wit, item->name);
    if (!f || !find_row(rows, item->name))
        return err_set(e, ERR_LINK, "function '%.*s' does not exist in the host's %.*s", STR_ARG(item->name),
                       STR_ARG(wit->name));
    return func_type_expect(f->type, item->type.of.func, same_resource, s, "the host offers", e) ||
           err_wrap(e, "function '%.*s'", STR_ARG(item->name));
}

static bool match_item(struct scope *s, const struct wit_interface *wit, const struct host_interface *rows,
                       const struct named_item *item, struct err *e)
{
    switch (item->type.kind) {
    case ITEM_RESOURCE:
    case ITEM_TYPE: return bind_type(s, wit, item, e);
    case ITEM_FUNC: return check_func(s, wit, rows, item, e);
    case ITEM_CORE_MODULE:
    case ITEM_COMPONENT:
    case ITEM_INSTANCE: break;
    }
    return err_set(e, ERR_LINK, "item '%.*s' does not exist in the host's %.*s", STR_ARG(item->name),
                   STR_ARG(wit->name));
}

static bool offers_wasi(const struct link_host *h)
{
    for (size_t i = 0; i < h->interface_count; i++)
        if (str_starts(str_of(h->interfaces[i]->name), STR("wasi:")))
            return true;
    return false;
}

static bool unknown_interface(const struct link_host *h, str name, struct err *e)
{
    err_set(e, ERR_LINK, "the host has no interface of this name");
    str version, package = str_split(name, '@', &version);
    if (str_starts(package, STR("wasi:")) && str_starts(version, STR("0.3")))
        return err_help(e, "WASI 0.3 is not supported yet; build the component for WASI 0.2");
    if (str_eq(package, STR("wasi:http/incoming-handler")))
        return err_help(e, "it is a middleware: put it before an application with berth serve --with");
    return err_help(e, "%scompose the component with one that exports %.*s",
                    offers_wasi(h) ? "the host offers WASI 0.2; " : "", STR_ARG(name));
}

bool scope_import_host_instance(struct scope *s, str name, const struct instance_type *type,
                                const struct link_instance **ret, struct err *e)
{
    struct linker *l = s->linker;
    const struct host_interface *rows = find_host(l->host, name);
    const struct wit_interface *wit = rows ? wit_interface(l->host->wit, str_of(rows->name)) : NULL;
    if (!wit)
        return unknown_interface(l->host, name, e);
    for (uint32_t i = 0; i < type->export_count; i++)
        if (!match_item(s, wit, rows, &type->exports[i], e))
            return false;
    struct link_instance *instance = arena_new(l->arena, struct link_instance, 1);
    instance->host = wit;
    *ret = instance;
    return true;
}

bool host_instance_item(struct linker *l, const struct wit_interface *wit, str name, struct link_item *ret)
{
    const struct wit_type *t = find_type(wit, name);
    if (t && t->resource) {
        *ret = (struct link_item){ .kind = ITEM_RESOURCE, .of.resource = t->resource };
        return true;
    }
    const struct wit_func *f = find_func(wit, name);
    if (!f)
        return false;
    struct link_func *func = arena_new(l->arena, struct link_func, 1);
    func->host = find_row(find_host(l->host, wit->name), name);
    func->wit = f;
    func->interface = wit->name;
    *ret = (struct link_item){ .kind = ITEM_FUNC, .of.func = func };
    return true;
}
