/* Components and their exports. */
#include "embed/component.h"

#include <assert.h>

#include "berth/value.h"
#include "embed/engine.h"
#include "embed/linker.h"
#include "embed/struct_size.h"
#include "embed/type.h"
#include "runtime/binary/component.h"

/* For those who offer what the host has. */
static bool help(const struct berth_linker *l, struct err *e)
{
    if (e->kind != ERR_LINK || (l->has_wasi && !l->has_own))
        return false;
    e->help[0] = '\0';
    return err_help(e, l->has_wasi ? "offer it as the component imports it: berth_linker_define"
                                   : "offer it as the component imports it: berth_linker_define, or berth_linker_wasi");
}

static_assert((unsigned)BERTH_FEATURE_MAP == (unsigned)FEATURE_MAP &&
                  (unsigned)BERTH_FEATURE_FIXED_LIST == (unsigned)FEATURE_FIXED_LIST,
              "the features are the same");

static const struct program_middleware *keep_middleware(struct berth_component *c,
                                                        const struct berth_component_options *o)
{
    struct program_middleware *m = arena_new(&c->arena, struct program_middleware, o->middleware_count);
    for (size_t i = 0; i < o->middleware_count; i++)
        m[i] = (struct program_middleware){ str_dup(&c->arena, str_of(o->middleware[i].name)), o->middleware[i].wasm };
    return m;
}

static bool open(struct berth_component *c, bytes wasm, const struct berth_component_options *o, struct err *e)
{
    const struct berth_linker *l = c->linker;
    const struct program_options options = {
        .interfaces = l->interfaces.at,
        .interface_count = l->interfaces.len,
        .wit = linker_wit(l),
        .cache = o->cache,
        .middleware = keep_middleware(c, o),
        .middleware_count = o->middleware_count,
        .name = str_dup(&c->arena, str_of(o->name)),
        .features = o->features,
        .recycle = o->threads && o->recycle,
        .memory_bytes = o->memory_bytes,
        .told = l->told,
        .progress = o->progress,
        .progress_ctx = o->progress_ctx,
    };
    return program_open(wasm, &options, &c->program, e) || help(l, e);
}

static bool load(struct berth_component *c, bytes wasm, const struct berth_component_options *o, struct err *e)
{
    struct berth_engine *host = c->linker->engine;
    if (!open(c, wasm, o, e))
        return false;
    if (!o->threads)
        return program_compile(c->program, host->engine, e);
    return pool_init(&c->pool, host, c->program, o, &c->tasks, e) && program_compile(c->program, c->pool.engine, e);
}

bool berth_component_open(struct berth_linker *l, berth_bytes wasm, const struct berth_component_options *o,
                          struct berth_component **ret, struct berth_error *e)
{
    static const struct berth_component_options none;
    struct err why = ERR_INIT;
    struct berth_component *c = mem_new(struct berth_component);
    c->linker = l;
    arena_init(&c->arena);
    if (!load(c, wasm, o ? o : &none, &why)) {
        berth_component_free(c);
        return err_give(e, &why);
    }
    *ret = c;
    return true;
}

void berth_component_free(struct berth_component *c)
{
    if (!c)
        return;
    program_free(c->program);
    pool_fini(&c->pool);
    arena_fini(&c->arena);
    mem_free(c);
}

uint32_t berth_component_tasks(const struct berth_component *c)
{
    return c->tasks;
}

/* --- Exports --- */

static bool names_guest_resource(const struct program_func *f, const struct berth_type *type)
{
    if (!type)
        return false;
    const struct type *t = type_of(type);
    if (t->kind == TYPE_OWN || t->kind == TYPE_BORROW)
        return !program_func_resource_is_host(f, t->of.resource);
    for (size_t i = 0; i < berth_type_count(type); i++)
        if (names_guest_resource(f, berth_type_at(type, i)))
            return true;
    return false;
}

static bool has_guest_resource(const struct berth_func *f)
{
    for (size_t i = 0; i < berth_func_param_count(f); i++)
        if (names_guest_resource(f->func, berth_func_param(f, i)))
            return true;
    return names_guest_resource(f->func, berth_func_result(f));
}

const struct berth_func *component_keep_func(struct berth_component *c, const struct program_func *func)
{
    struct berth_func *f = arena_new(&c->arena, struct berth_func, 1);
    *f = (struct berth_func){ .component = c, .func = func, .type = program_func_type(func) };
    f->has_guest_resource = has_guest_resource(f);
    return f;
}

bool component_export(struct berth_component *c, str interface, str name, const struct berth_func **ret, struct err *e)
{
    const struct program_func *func = program_export(c->program, interface, name, e);
    if (func)
        *ret = component_keep_func(c, func);
    return func;
}

/* --- Exports of a type that is known beforehand --- */

/* The caller's text knows the component's resources only by their names. */
static bool same_name(void *ctx, const struct resource_type *want, const struct resource_type *got)
{
    (void)ctx;
    return str_eq(want->name, got->name);
}

static bool read_wit(struct wit *w, str text, const struct wit_func **ret, struct err *e)
{
    if (!wit_add_items(w, STR("WIT"), text, e) || !wit_resolve(w, e))
        return false;
    const struct wit_interface *i = wit_interface(w, WIT_ITEMS_INTERFACE);
    if (!i || !i->func_count)
        return err_set(e, ERR_USAGE, "WIT: expected a function, as in \"add: func(a: u32, b: u32) -> u32\"%s",
                       i ? "" : ", of types that are supported");
    *ret = &i->funcs[i->func_count - 1];
    return true;
}

static bool find(struct berth_component *c, struct wit *w, const char *interface, const char *wit, size_t params_size,
                 size_t result_size, const struct berth_func **ret, struct err *e)
{
    const struct wit_func *want = NULL;
    if (!read_wit(w, str_of(wit), &want, e) || !component_export(c, str_of(interface), want->name, ret, e))
        return false;
    return (func_type_expect(want->type, (*ret)->type, same_name, NULL, "the caller expects", e) &&
            struct_size_check((*ret)->type, params_size, result_size, e)) ||
           err_wrap(e, "export '%.*s'", STR_ARG(want->name));
}

bool berth_component_func(struct berth_component *c, const char *interface, const char *wit, size_t params_size,
                          size_t result_size, const struct berth_func **ret, struct berth_error *e)
{
    struct err why = ERR_INIT;
    const struct berth_func *f = NULL;
    struct wit *w = wit_new();
    bool ok = find(c, w, interface, wit, params_size, result_size, &f, &why);
    wit_free(w);
    if (!ok)
        return err_give(e, &why);
    *ret = f;
    return true;
}
