/* Walks worlds. */
#include "runtime/wit/witc/collect.h"

#include "runtime/wit/witc/named_types.h"

static bool has_interface(const struct witc *c, const struct wit_interface *i)
{
    for (uint32_t k = 0; k < c->interfaces.len; k++)
        if (c->interfaces.at[k] == i)
            return true;
    return false;
}

static bool is_import(const struct witc *c, const struct wit_interface *i)
{
    for (uint32_t k = 0; k < c->imports.len; k++)
        if (c->imports.at[k] == i)
            return true;
    return false;
}

static void add_interface(struct witc *c, const struct wit_interface *i)
{
    if (!has_interface(c, i))
        vec_push(&c->interfaces, i);
}

/* The library has WASI: berth_linker_wasi. */
static bool offered(const struct witc *c, const struct wit_interface *i)
{
    return c->library && str_starts(i->name, STR("wasi:"));
}

static void add_import(struct witc *c, const struct wit_interface *i)
{
    add_interface(c, i);
    if (!offered(c, i) && !is_import(c, i))
        vec_push(&c->imports, i);
}

/* Objects of the library are nothing that a program has, to give them to a component. */
static bool needs_objects_of_library(const struct witc *c, const named_types *types)
{
    for (uint32_t k = 0; k < types->len; k++)
        if (types->at[k]->resource && offered(c, types->at[k]->origin))
            return true;
    return false;
}

static bool has_export(const struct witc *c, const struct export_func *x)
{
    for (uint32_t k = 0; k < c->exports.len; k++)
        if (c->exports.at[k].owner == x->owner && c->exports.at[k].func == x->func)
            return true;
    return false;
}

static void add_export(struct witc *c, const struct export_func *x)
{
    named_types types = { 0 };
    named_types_add(&types, c->wit, x->func->type);
    if (!has_export(c, x) && !needs_objects_of_library(c, &types)) {
        for (uint32_t k = 0; k < types.len; k++)
            add_interface(c, types.at[k]->origin);
        vec_push(&c->exports, *x);
    }
    vec_fini(&types);
}

static void add_export_item(struct witc *c, const struct wit_world *w, const struct wit_world_item *item)
{
    const struct wit_interface *i = item->interface;
    if (i)
        add_interface(c, i);
    if (!c->library)
        return;
    if (item->kind == WIT_ITEM_FUNC)
        add_export(c, &(struct export_func){ .owner = w->scope, .func = item->func });
    for (uint32_t k = 0; i && k < i->func_count; k++)
        add_export(c, &(struct export_func){ .owner = i, .func = &i->funcs[k], .in_interface = true });
}

bool collect_world(struct witc *c, str name, struct err *e)
{
    const struct wit_world *w = wit_world(c->wit, name);
    if (!w)
        return err_set(e, ERR_LINK, "no world %.*s in the WIT files", STR_ARG(name));
    for (uint32_t i = 0; i < w->import_count; i++)
        if (w->imports[i].kind == WIT_ITEM_INTERFACE)
            add_import(c, w->imports[i].interface);
    for (uint32_t i = 0; i < w->export_count; i++)
        add_export_item(c, w, &w->exports[i]);
    return true;
}

bool collect_end(const struct witc *c, struct err *e)
{
    for (uint32_t k = 0; k < c->exports.len; k++) {
        const struct wit_interface *i = c->exports.at[k].owner;
        if (i->resource_count && is_import(c, i))
            return err_set(e, ERR_UNSUPPORTED,
                           "'%.*s' is imported and exported, and has resources, which are then of two types but of one "
                           "name in C: make two headers, of a world that imports it and of one that exports it",
                           STR_ARG(i->name));
    }
    return true;
}
