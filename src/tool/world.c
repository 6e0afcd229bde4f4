/* A component's type as WIT: see world.h. The types of its instances are made into `wit_interface`s, which the printer
 * of WIT knows. A type that several interfaces have is defined by the first and used by the others. */
#include "tool/world.h"

#include "runtime/check/check.h"
#include "runtime/wit/print.h"

struct interfaces {
    struct wit_interface *at;
    uint32_t len;
};

/* Whether `t` of a later interface is `x` of an earlier one. A binary does not say where a value type without
 * resources came from: one with the same name and the same structure is taken for the same. */
static bool is_same(const struct wit_type *x, const struct wit_type *t)
{
    if (x->resource || t->resource)
        return x->resource == t->resource;
    return x->type == t->type ||
           (x->type->kind > TYPE_STRING && str_eq(x->name, t->name) && type_equal(x->type, t->type, NULL, NULL, NULL));
}

/* The type in an earlier interface that this one is; NULL when it is defined here. Aliases of primitive types
 * are everybody's own. */
static const struct wit_type *find_origin(const struct interfaces *all, const struct wit_type *t)
{
    if (t->type && t->type->kind <= TYPE_STRING)
        return NULL;
    for (uint32_t i = 0; i < all->len; i++)
        for (uint32_t k = 0; k < all->at[i].type_count; k++)
            if (is_same(&all->at[i].types[k], t))
                return &all->at[i].types[k];
    return NULL;
}

static const struct wit_type *find_resource(const struct wit_interface *i, str name)
{
    for (uint32_t k = 0; k < i->type_count; k++)
        if (i->types[k].resource && str_eq(i->types[k].name, name))
            return &i->types[k];
    return NULL;
}

/* "[method]fields.append" belongs to the resource "fields". */
static const struct resource_type *resource_of_func(const struct wit_interface *i, str name)
{
    str rest;
    if (name.len == 0 || name.ptr[0] != '[')
        return NULL;
    str_split(name, ']', &rest);
    const struct wit_type *t = find_resource(i, str_split(rest, '.', &rest));
    return t ? t->resource : NULL;
}

static bool is_type(const struct item_type *t)
{
    return t->kind == ITEM_RESOURCE || (t->kind == ITEM_TYPE && t->of.type->kind == DEFTYPE_VALUE);
}

static void add_types(struct interfaces *all, struct wit_interface *i, const struct instance_type *from,
                      struct wit_type *types)
{
    for (uint32_t k = 0; k < from->export_count; k++) {
        const struct named_item *item = &from->exports[k];
        if (!is_type(&item->type))
            continue;
        struct wit_type *t = &types[i->type_count];
        t->name = item->name;
        if (item->type.kind == ITEM_RESOURCE)
            t->resource = item->type.of.resource;
        else
            t->type = item->type.of.type->of.value;
        const struct wit_type *origin = find_origin(all, t);
        t->origin = origin ? origin->origin : i;
        t->origin_name = origin ? origin->origin_name : t->name;
        i->type_count++;
    }
}

static void add_funcs(struct wit_interface *i, const struct instance_type *from, struct wit_func *funcs)
{
    for (uint32_t k = 0; k < from->export_count; k++) {
        const struct named_item *item = &from->exports[k];
        if (item->type.kind != ITEM_FUNC)
            continue;
        funcs[i->func_count++] = (struct wit_func){
            .name = item->name,
            .type = item->type.of.func,
            .resource = resource_of_func(i, item->name),
        };
    }
}

static void add_interface(struct arena *a, struct interfaces *all, str name, const struct instance_type *from)
{
    struct wit_interface *i = &all->at[all->len];
    struct wit_type *types = arena_new(a, struct wit_type, from->export_count + 1);
    struct wit_func *funcs = arena_new(a, struct wit_func, from->export_count + 1);
    i->name = name;
    i->types = types;
    i->funcs = funcs;
    add_types(all, i, from, types);
    add_funcs(i, from, funcs);
    all->len++;
}

static const char *item_keyword(enum item_kind kind)
{
    switch (kind) {
    case ITEM_CORE_MODULE: return "core module";
    case ITEM_FUNC: return "func";
    case ITEM_TYPE: return "type";
    case ITEM_RESOURCE: return "resource";
    case ITEM_COMPONENT: return "component";
    case ITEM_INSTANCE: return "interface";
    }
    __builtin_unreachable();
}

static str no_name(const struct wit_names *names, const struct type *t, const struct resource_type *r)
{
    (void)names, (void)t, (void)r;
    return STR_NONE;
}

/* One line of the world. Interfaces follow behind it. */
static void print_item(struct buf *out, const char *keyword, const struct named_item *item)
{
    const struct wit_names none = { no_name };
    buf_printf(out, "  %s ", keyword);
    if (item->type.kind == ITEM_INSTANCE) {
        buf_put_str(out, item->name);
    } else {
        wit_print_id(out, item->name);
        buf_put_str(out, STR(": "));
        if (item->type.kind == ITEM_FUNC)
            wit_print_func(out, &none, item->type.of.func, 0);
        else
            buf_put_str(out, str_of(item_keyword(item->type.kind)));
    }
    buf_put_str(out, STR(";\n"));
}

static void add_all(struct arena *a, struct interfaces *all, const struct named_item *items, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (items[i].type.kind == ITEM_INSTANCE)
            add_interface(a, all, items[i].name, items[i].type.of.instance);
}

/* "wasi:io/poll@0.2.0" → "wasi:io@0.2.0"; STR_NONE for a plain name. */
static str package_of(struct arena *a, str name)
{
    size_t slash = str_find_char(name, '/');
    if (slash == SIZE_MAX)
        return STR_NONE;
    size_t at = str_find_char(name, '@');
    str version = at == SIZE_MAX ? STR_NONE : str_slice(name, at, name.len);
    return str_printf(a, "%.*s%.*s", STR_ARG(str_slice(name, 0, slash)), STR_ARG(version));
}

void world_print(struct arena *a, const struct component_type *c, struct buf *out)
{
    struct interfaces all = { .at = arena_new(a, struct wit_interface, c->import_count + c->export_count + 1) };
    add_all(a, &all, c->imports, c->import_count);
    add_all(a, &all, c->exports, c->export_count);
    buf_put_str(out, STR("world root {\n"));
    for (uint32_t i = 0; i < c->import_count; i++)
        print_item(out, "import", &c->imports[i]);
    for (uint32_t i = 0; i < c->export_count; i++)
        print_item(out, "export", &c->exports[i]);
    buf_put_str(out, STR("}\n"));
    str package = STR_NONE;
    for (uint32_t i = 0; i < all.len; i++) {
        str own = package_of(a, all.at[i].name);
        buf_put_u8(out, '\n');
        if (own.ptr && !str_eq(own, package)) {
            buf_printf(out, "package %.*s;\n\n", STR_ARG(own));
            package = own;
        }
        wit_print_interface(out, &all.at[i]);
    }
}
