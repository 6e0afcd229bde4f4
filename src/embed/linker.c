/* What the host offers: texts, and rows that are held to them. */
#include "embed/linker.h"

#include "embed/engine.h"
#include "embed/host_func.h"
#include "embed/struct_size.h"

struct berth_linker *berth_linker_new(struct berth_engine *engine)
{
    struct berth_linker *l = mem_new(struct berth_linker);
    l->engine = engine;
    l->wit = wit_new();
    arena_init(&l->arena);
    return l;
}

void berth_linker_free(struct berth_linker *l)
{
    if (!l)
        return;
    wit_free(l->wit);
    vec_fini(&l->interfaces);
    arena_fini(&l->arena);
    mem_free(l);
}

const struct wit *linker_wit(const struct berth_linker *l)
{
    return l->wasi_wit && !l->has_own ? l->wasi_wit : l->wit;
}

/* --- Rows --- */

static const struct berth_host_func *find_row(const struct berth_host_interface *i, str name)
{
    for (size_t k = 0; k < i->func_count; k++)
        if (str_eq(str_of(i->funcs[k].name), name))
            return &i->funcs[k];
    return NULL;
}

static const struct berth_host_resource *find_resource_row(const struct berth_host_interface *i, str name)
{
    for (size_t k = 0; k < i->resource_count; k++)
        if (str_eq(str_of(i->resources[k].name), name))
            return &i->resources[k];
    return NULL;
}

static bool check_func(const struct berth_host_interface *i, const struct wit_func *f, struct err *e)
{
    const struct berth_host_func *row = find_row(i, f->name);
    if (!row)
        return err_set(e, ERR_USAGE, "function '%.*s' has no row", STR_ARG(f->name));
    return struct_size_check(f->type, row->params_size, row->result_size, e) ||
           err_wrap(e, "function '%.*s'", STR_ARG(f->name));
}

static bool check_rows(const struct berth_host_interface *i, const struct wit_interface *wit, struct err *e)
{
    for (uint32_t k = 0; k < wit->func_count; k++)
        if (!check_func(i, &wit->funcs[k], e))
            return false;
    for (uint32_t k = 0; k < wit->resource_count; k++)
        if (!find_resource_row(i, wit->resources[k]->name))
            return err_set(e, ERR_USAGE, "resource '%.*s' has no row", STR_ARG(wit->resources[k]->name));
    return true;
}

static bool has_func(const struct wit_interface *wit, str name)
{
    for (uint32_t k = 0; k < wit->func_count; k++)
        if (str_eq(wit->funcs[k].name, name))
            return true;
    return false;
}

static bool has_resource(const struct wit_interface *wit, str name)
{
    for (uint32_t k = 0; k < wit->resource_count; k++)
        if (str_eq(wit->resources[k]->name, name))
            return true;
    return false;
}

/* What the WIT does not know is a name written wrongly. */
static bool check_names(const struct berth_host_interface *i, const struct wit_interface *wit, struct err *e)
{
    for (size_t k = 0; k < i->func_count; k++)
        if (!has_func(wit, str_of(i->funcs[k].name)))
            return err_set(e, ERR_USAGE, "the WIT has no function '%s'", i->funcs[k].name);
    for (size_t k = 0; k < i->resource_count; k++)
        if (!has_resource(wit, str_of(i->resources[k].name)))
            return err_set(e, ERR_USAGE, "the WIT has no resource '%s'", i->resources[k].name);
    return true;
}

static void add_interface(struct berth_linker *l, const struct berth_host_interface *i)
{
    struct arena *a = &l->arena;
    struct host_interface *n = arena_new(a, struct host_interface, 1);
    struct host_func *funcs = arena_new(a, struct host_func, i->func_count);
    struct linked_func *linked = arena_new(a, struct linked_func, i->func_count);
    struct host_resource *resources = arena_new(a, struct host_resource, i->resource_count);
    n->name = str_dupz(a, str_of(i->name));
    for (size_t k = 0; k < i->func_count; k++) {
        const struct berth_host_func *row = &i->funcs[k];
        linked[k] = (struct linked_func){ l, row->call, i->context, row->params_size != 0 };
        funcs[k] = (struct host_func){
            .name = str_dupz(a, str_of(row->name)), .call = host_func_call, .blocking = true, .context = &linked[k]
        };
    }
    for (size_t k = 0; k < i->resource_count; k++)
        resources[k] =
            (struct host_resource){ n->name, str_dupz(a, str_of(i->resources[k].name)), i->resources[k].drop };
    n->funcs = funcs;
    n->func_count = (uint32_t)i->func_count;
    n->resources = resources;
    n->resource_count = (uint32_t)i->resource_count;
    vec_push(&l->interfaces, n);
}

/* The text of what was offered before the embedder's first interface, which may use it. */
static bool read_wasi(struct berth_linker *l, struct err *e)
{
    return !l->has_wasi || l->has_own || (wit_add(l->wit, STR("wasi.wit"), wasi_text(), e) && wit_resolve(l->wit, e));
}

static bool read_interface(struct berth_linker *l, const struct berth_host_interface *i, struct err *e)
{
    if (!wit_add(l->wit, STR("WIT"), str_of(i->wit), e) || !wit_resolve(l->wit, e))
        return false;
    const struct wit_interface *wit = wit_interface(l->wit, str_of(i->name));
    if (!wit)
        return err_set(e, ERR_USAGE, "the WIT does not declare it, or with types that are not supported");
    return check_rows(i, wit, e) && check_names(i, wit, e);
}

static bool define(struct berth_linker *l, const struct berth_host_interface *i, struct err *e)
{
    for (uint32_t k = 0; k < l->interfaces.len; k++)
        if (str_eq(str_of(l->interfaces.at[k]->name), str_of(i->name)))
            return err_set(e, ERR_USAGE, "it is defined already");
    const struct wit_mark before = wit_mark(l->wit);
    if (!read_wasi(l, e) || !read_interface(l, i, e)) {
        wit_rewind(l->wit, &before);
        return false;
    }
    add_interface(l, i);
    l->has_own = true;
    return true;
}

bool berth_linker_define(struct berth_linker *l, const struct berth_host_interface *i, struct berth_error *e)
{
    struct err why = ERR_INIT;
    if (define(l, i, &why))
        return true;
    err_wrap(&why, "interface '%s'", i->name);
    return err_give(e, &why);
}
