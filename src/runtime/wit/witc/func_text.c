/* Functions as text. */
#include "runtime/wit/witc/func_text.h"

#include "runtime/wit/print.h"
#include "runtime/wit/witc/named_types.h"
#include "runtime/wit/witc/names.h"

/* The names that types have in the text. */
struct text_names {
    struct wit_names names; /* first */
    named_types types;
    str *chosen; /* one for each of `types` */
};

static str chosen_name(const struct wit_names *names, const struct type *t, const struct resource_type *r)
{
    const struct text_names *n = (const struct text_names *)(const void *)names;
    for (uint32_t i = 0; i < n->types.len; i++)
        if ((t && n->types.at[i]->type == t) || (r && n->types.at[i]->resource == r))
            return n->chosen[i];
    return STR_NONE;
}

static bool is_taken(const struct text_names *n, str name)
{
    for (uint32_t i = 0; i < n->types.len; i++)
        if (str_eq(n->chosen[i], name))
            return true;
    return false;
}

/* Resources keep their names: they choose first. */
static bool choose(struct text_names *n, struct arena *a, const struct wit_func *f, struct err *e)
{
    n->chosen = arena_new(a, str, n->types.len);
    for (uint32_t i = 0; i < n->types.len; i++) {
        const struct wit_type *t = n->types.at[i];
        if (t->resource && is_taken(n, t->origin_name))
            return err_set(e, ERR_UNSUPPORTED,
                           "function '%.*s' has two resources called '%.*s', which cannot be told apart",
                           STR_ARG(f->name), STR_ARG(t->origin_name));
        if (t->resource)
            n->chosen[i] = t->origin_name;
    }
    for (uint32_t i = 0; i < n->types.len; i++) {
        if (n->types.at[i]->resource)
            continue;
        str name = n->types.at[i]->origin_name;
        while (is_taken(n, name))
            name = str_printf(a, "other-%.*s", STR_ARG(name));
        n->chosen[i] = name;
    }
    return true;
}

static void put_types(struct buf *out, const struct text_names *n, const struct wit_func *f)
{
    for (uint32_t i = 0; i < n->types.len; i++) {
        const struct wit_type *t = n->types.at[i];
        if (t->type) {
            wit_print_definition(out, &n->names, n->chosen[i], t->type, "");
        } else if (t->resource != f->resource) {
            buf_put_str(out, STR("resource "));
            wit_print_id(out, n->chosen[i]);
            buf_put_str(out, STR(";\n"));
        }
    }
}

static void put_function(struct buf *out, const struct text_names *n, const struct wit_func *f)
{
    if (f->resource) {
        buf_put_str(out, STR("resource "));
        wit_print_id(out, f->resource->name);
        buf_put_str(out, STR(" {\n"));
        wit_print_method(out, &n->names, f);
        buf_put_str(out, STR("}\n"));
        return;
    }
    wit_print_id(out, f->name);
    buf_put_str(out, STR(": "));
    wit_print_func(out, &n->names, f->type, 0);
    buf_put_str(out, STR(";\n"));
}

bool func_text(struct buf *out, struct arena *a, const struct wit *w, const struct wit_func *f, struct err *e)
{
    struct text_names n = { .names.of = chosen_name };
    named_types_add(&n.types, w, f->type);
    bool ok = choose(&n, a, f, e);
    if (ok) {
        put_types(out, &n, f);
        put_function(out, &n, f);
    }
    vec_fini(&n.types);
    return ok;
}

struct defined_names {
    struct wit_names names; /* first */
    const struct wit *wit;
};

static str defined_name(const struct wit_names *names, const struct type *t, const struct resource_type *r)
{
    const struct wit *w = ((const struct defined_names *)(const void *)names)->wit;
    return t ? defining_type(w, t)->origin_name : defining_resource(w, r)->origin_name;
}

void func_line(struct buf *out, const struct wit *w, const struct wit_func *f)
{
    const struct defined_names n = { { defined_name }, w };
    buf_printf(out, "%.*s: ", STR_ARG(f->name));
    wit_print_func(out, &n.names, f->type, 0);
}
