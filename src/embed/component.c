/* Components and their exports. */
#include "embed/component.h"

#include "embed/engine.h"
#include "embed/error.h"
#include "embed/linker.h"
#include "embed/struct_size.h"

/* The runtime's advice is for those who run a server. */
static bool help(const struct berth_linker *l, struct err *e)
{
    if (e->kind != ERR_LINK)
        return false;
    e->help[0] = '\0';
    return err_help(e, l->has_wasi ? "offer it as the component imports it: berth_linker_define"
                                   : "offer it as the component imports it: berth_linker_define, or berth_linker_wasi");
}

static bool load(struct berth_component *c, bytes wasm, struct err *e)
{
    struct berth_linker *l = c->linker;
    const struct program_options o = {
        .interfaces = l->interfaces.at,
        .interface_count = l->interfaces.len,
        .wit = l->wit,
    };
    return (program_open(wasm, &o, &c->program, e) || help(l, e)) && program_compile(c->program, l->engine->engine, e);
}

bool berth_component_open(struct berth_linker *l, berth_bytes wasm, struct berth_component **ret, struct berth_error *e)
{
    struct err why = ERR_INIT;
    struct berth_component *c = mem_new(struct berth_component);
    c->linker = l;
    arena_init(&c->arena);
    if (!load(c, wasm, &why)) {
        berth_component_free(c);
        return error_give(e, &why);
    }
    *ret = c;
    return true;
}

void berth_component_free(struct berth_component *c)
{
    if (!c)
        return;
    program_free(c->program);
    arena_fini(&c->arena);
    mem_free(c);
}

bool component_export(struct berth_component *c, str interface, str name, const struct berth_func **ret, struct err *e)
{
    const struct program_func *func = program_export(c->program, interface, name, e);
    if (!func)
        return false;
    struct berth_func *f = arena_new(&c->arena, struct berth_func, 1);
    *f = (struct berth_func){ c, func, program_func_type(func) };
    *ret = f;
    return true;
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
        return error_give(e, &why);
    *ret = f;
    return true;
}
