/* Functions named after a resource: `[constructor]r`, `[method]r.f`, `[static]r.f`. They need a resource of that name
 * on the same side of the same scope, and a type that fits. Spec: Binary.md, notes on import and export definitions. */
#include "runtime/check/checker.h"

/* The resource that a handle was made with must go by the name. */
static bool check_resource_name(const struct namespace *n, const struct type *handle, str want, struct err *e)
{
    const str *name = ptr_map_get(&n->resource_names, handle_of(handle)->entry);
    if (!name)
        return err_set(e, ERR_INVALID, "resource used in function does not have a name in this context");
    if (!str_eq(*name, want))
        return err_set(e, ERR_INVALID, "function does not match expected resource name `%.*s`", STR_ARG(*name));
    return true;
}

static bool check_constructor(const struct namespace *n, str resource, const struct func_type *f, struct err *e)
{
    const struct type *made = f->result;
    if (!made)
        return err_set(e, ERR_INVALID, "function should return one value");
    if (made->kind == TYPE_RESULT)
        made = made->of.result.ok;
    if (!made || made->kind != TYPE_OWN)
        return err_set(e, ERR_INVALID, "function should return `(own $T)` or `(result (own $T))`");
    return check_resource_name(n, made, resource, e);
}

static bool check_method(const struct namespace *n, str resource, const struct func_type *f, struct err *e)
{
    if (f->param_count == 0)
        return err_set(e, ERR_INVALID, "function should have at least one argument");
    if (!str_eq(f->params[0].name, STR("self")))
        return err_set(e, ERR_INVALID, "function should have a first argument called `self`, found `%.*s`",
                       STR_ARG(f->params[0].name));
    if (f->params[0].type->kind != TYPE_BORROW)
        return err_set(e, ERR_INVALID, "function should take a first argument of `(borrow $T)`, found %s",
                       type_kind_name(f->params[0].type->kind));
    return check_resource_name(n, f->params[0].type, resource, e);
}

bool check_annotated_name(const struct namespace *n, const struct parsed_name *name, const struct item_type *item,
                          struct err *e)
{
    if (name->kind == NAME_LABEL || name->kind == NAME_INTERFACE)
        return true;
    if (item->kind != ITEM_FUNC)
        return err_set(e, ERR_INVALID, "item is not a func, as its name demands: found %s", item_kind_name(item));
    if (name->kind == NAME_CONSTRUCTOR)
        return check_constructor(n, name->resource, item->of.func, e);
    if (name->kind == NAME_METHOD)
        return check_method(n, name->resource, item->of.func, e);
    if (!map_get(&n->resources, name->resource))
        return err_set(e, ERR_INVALID, "static resource name is not known in this context: `%.*s`",
                       STR_ARG(name->resource));
    return true;
}
