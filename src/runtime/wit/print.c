/* Printing WIT. */
#include "runtime/wit/print.h"

static const str keywords[] = {
    STR_INIT("as"),          STR_INIT("async"),   STR_INIT("bool"),          STR_INIT("borrow"), STR_INIT("char"),
    STR_INIT("constructor"), STR_INIT("enum"),    STR_INIT("error-context"), STR_INIT("export"), STR_INIT("f32"),
    STR_INIT("f64"),         STR_INIT("flags"),   STR_INIT("from"),          STR_INIT("func"),   STR_INIT("future"),
    STR_INIT("import"),      STR_INIT("include"), STR_INIT("interface"),     STR_INIT("list"),   STR_INIT("map"),
    STR_INIT("option"),      STR_INIT("own"),     STR_INIT("package"),       STR_INIT("record"), STR_INIT("resource"),
    STR_INIT("result"),      STR_INIT("s16"),     STR_INIT("s32"),           STR_INIT("s64"),    STR_INIT("s8"),
    STR_INIT("static"),      STR_INIT("stream"),  STR_INIT("string"),        STR_INIT("tuple"),  STR_INIT("type"),
    STR_INIT("u16"),         STR_INIT("u32"),     STR_INIT("u64"),           STR_INIT("u8"),     STR_INIT("use"),
    STR_INIT("variant"),     STR_INIT("with"),    STR_INIT("world"),
};

void wit_print_id(struct buf *out, str name)
{
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
        if (str_eq(name, keywords[i]))
            buf_put_u8(out, '%');
    buf_put_str(out, name);
}

static void print_args(struct buf *out, const struct wit_names *names, const struct type *t)
{
    for (uint32_t i = 0; i < t->of.items.len; i++) {
        if (i)
            buf_put_str(out, STR(", "));
        wit_print_type(out, names, t->of.items.at[i].type);
    }
}

static void print_result(struct buf *out, const struct wit_names *names, const struct type *t)
{
    const struct type *ok = t->of.result.ok, *err = t->of.result.err;
    buf_put_str(out, STR("result"));
    if (!ok && !err)
        return;
    buf_put_u8(out, '<');
    if (ok)
        wit_print_type(out, names, ok);
    else
        buf_put_u8(out, '_');
    if (err) {
        buf_put_str(out, STR(", "));
        wit_print_type(out, names, err);
    }
    buf_put_u8(out, '>');
}

/* Types that WIT cannot write in place: a component may still have them without a name. */
static void print_anonymous(struct buf *out, const struct type *t)
{
    buf_printf(out, "/* unnamed %s */", type_kind_name(t->kind));
}

void wit_print_type(struct buf *out, const struct wit_names *names, const struct type *t)
{
    str name = STR_NONE;
    switch (t->kind) {
    case TYPE_LIST:
    case TYPE_OPTION:
        buf_printf(out, "%s<", type_kind_name(t->kind));
        wit_print_type(out, names, t->of.elem);
        buf_put_u8(out, '>');
        return;
    case TYPE_FIXED_LIST:
        buf_put_str(out, STR("list<"));
        wit_print_type(out, names, t->of.array.elem);
        buf_printf(out, ", %u>", t->of.array.len);
        return;
    case TYPE_MAP:
        buf_put_str(out, STR("map<"));
        print_args(out, names, t->of.elem);
        buf_put_u8(out, '>');
        return;
    case TYPE_TUPLE:
        buf_put_str(out, STR("tuple<"));
        print_args(out, names, t);
        buf_put_u8(out, '>');
        return;
    case TYPE_RESULT: print_result(out, names, t); return;
    case TYPE_RECORD:
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_FLAGS:
        name = names->of(names, t, NULL);
        if (name.ptr)
            wit_print_id(out, name);
        else
            print_anonymous(out, t);
        return;
    case TYPE_OWN:
    case TYPE_BORROW:
        name = names->of(names, NULL, t->of.resource);
        if (t->kind == TYPE_BORROW)
            buf_put_str(out, STR("borrow<"));
        wit_print_id(out, name.ptr ? name : t->of.resource->name);
        if (t->kind == TYPE_BORROW)
            buf_put_u8(out, '>');
        return;
    case TYPE_BOOL:
    case TYPE_S8:
    case TYPE_U8:
    case TYPE_S16:
    case TYPE_U16:
    case TYPE_S32:
    case TYPE_U32:
    case TYPE_S64:
    case TYPE_U64:
    case TYPE_F32:
    case TYPE_F64:
    case TYPE_CHAR:
    case TYPE_STRING: buf_put_str(out, str_of(type_kind_name(t->kind))); return;
    }
}

static void print_params(struct buf *out, const struct wit_names *names, const struct func_type *f, uint32_t skip)
{
    buf_put_u8(out, '(');
    for (uint32_t i = skip; i < f->param_count; i++) {
        if (i > skip)
            buf_put_str(out, STR(", "));
        wit_print_id(out, f->params[i].name);
        buf_put_str(out, STR(": "));
        wit_print_type(out, names, f->params[i].type);
    }
    buf_put_u8(out, ')');
}

void wit_print_func(struct buf *out, const struct wit_names *names, const struct func_type *f, uint32_t skip)
{
    buf_put_str(out, f->async ? STR("async func") : STR("func"));
    print_params(out, names, f, skip);
    if (f->result) {
        buf_put_str(out, STR(" -> "));
        wit_print_type(out, names, f->result);
    }
}

static void print_items(struct buf *out, const struct wit_names *names, const struct type *t, const char *indent)
{
    for (uint32_t i = 0; i < t->of.items.len; i++) {
        const struct named_type *item = &t->of.items.at[i];
        buf_printf(out, "%s  ", indent);
        wit_print_id(out, item->name);
        if (item->type && t->kind == TYPE_RECORD) {
            buf_put_str(out, STR(": "));
            wit_print_type(out, names, item->type);
        } else if (item->type) {
            buf_put_u8(out, '(');
            wit_print_type(out, names, item->type);
            buf_put_u8(out, ')');
        }
        buf_put_str(out, STR(",\n"));
    }
}

void wit_print_definition(struct buf *out, const struct wit_names *names, str name, const struct type *t,
                          const char *indent)
{
    bool body = t->kind == TYPE_RECORD || t->kind == TYPE_VARIANT || t->kind == TYPE_ENUM || t->kind == TYPE_FLAGS;
    buf_put_str(out, str_of(indent));
    buf_printf(out, "%s ", body ? type_kind_name(t->kind) : "type");
    wit_print_id(out, name);
    if (body) {
        buf_put_str(out, STR(" {\n"));
        print_items(out, names, t, indent);
        buf_printf(out, "%s}\n", indent);
    } else {
        buf_put_str(out, STR(" = "));
        wit_print_type(out, names, t);
        buf_put_str(out, STR(";\n"));
    }
}

/* --- Interfaces --- */

struct interface_names {
    struct wit_names names;
    const struct wit_interface *interface;
};

static str name_in_interface(const struct wit_names *names, const struct type *t, const struct resource_type *r)
{
    const struct interface_names *n = (const struct interface_names *)(const void *)names;
    for (uint32_t i = 0; i < n->interface->type_count; i++) {
        const struct wit_type *x = &n->interface->types[i];
        if ((t && x->type == t) || (r && x->resource == r))
            return x->name;
    }
    return STR_NONE;
}

/* The first name of a type or resource in the interface is its definition, later ones are aliases.
 */
static bool is_alias(const struct wit_interface *i, const struct wit_type *x)
{
    for (const struct wit_type *y = i->types; y < x; y++)
        if ((x->resource && y->resource == x->resource) ||
            (x->type && y->type == x->type && x->type->kind > TYPE_STRING))
            return true;
    return false;
}

void wit_print_method(struct buf *out, const struct wit_names *names, const struct wit_func *f)
{
    str rest, name = f->name;
    bool is_static = str_starts(name, STR("[static]"));
    buf_put_str(out, STR("    "));
    if (str_starts(name, STR("[constructor]"))) {
        buf_put_str(out, STR("constructor"));
        print_params(out, names, f->type, 0);
        if (f->type->result && f->type->result->kind != TYPE_OWN) {
            buf_put_str(out, STR(" -> "));
            wit_print_type(out, names, f->type->result);
        }
    } else {
        str_split(name, '.', &rest);
        wit_print_id(out, rest);
        buf_put_str(out, is_static ? STR(": static ") : STR(": "));
        wit_print_func(out, names, f->type, is_static ? 0 : 1);
    }
    buf_put_str(out, STR(";\n"));
}

static void print_resource(struct buf *out, const struct wit_names *names, const struct wit_interface *i,
                           const struct wit_type *t)
{
    buf_put_str(out, STR("  resource "));
    wit_print_id(out, t->name);
    buf_put_str(out, STR(" {\n"));
    for (uint32_t k = 0; k < i->func_count; k++)
        if (i->funcs[k].resource == t->resource)
            wit_print_method(out, names, &i->funcs[k]);
    buf_put_str(out, STR("  }\n"));
}

static void print_use(struct buf *out, const struct wit_type *t)
{
    buf_printf(out, "  use %.*s.{", STR_ARG(t->origin->name));
    wit_print_id(out, t->origin_name);
    if (!str_eq(t->name, t->origin_name)) {
        buf_put_str(out, STR(" as "));
        wit_print_id(out, t->name);
    }
    buf_put_str(out, STR("};\n"));
}

static void print_alias(struct buf *out, const struct wit_names *names, const struct wit_type *t)
{
    buf_put_str(out, STR("  type "));
    wit_print_id(out, t->name);
    buf_put_str(out, STR(" = "));
    if (t->resource) {
        wit_print_id(out, names->of(names, NULL, t->resource));
    } else {
        wit_print_type(out, names, t->type);
    }
    buf_put_str(out, STR(";\n"));
}

void wit_print_interface(struct buf *out, const struct wit_interface *i)
{
    struct interface_names n = { { name_in_interface }, i };
    str version, path = str_split(i->name, '@', &version);
    size_t slash = str_rfind_char(path, '/');
    buf_put_str(out, STR("interface "));
    wit_print_id(out, slash == SIZE_MAX ? path : str_slice(path, slash + 1, path.len));
    buf_put_str(out, STR(" {\n"));
    for (uint32_t k = 0; k < i->type_count; k++) {
        const struct wit_type *t = &i->types[k];
        if (t->origin != i && !is_alias(i, t))
            print_use(out, t);
        else if (is_alias(i, t))
            print_alias(out, &n.names, t);
        else if (t->resource)
            print_resource(out, &n.names, i, t);
        else
            wit_print_definition(out, &n.names, t->name, t->type, "  ");
    }
    for (uint32_t k = 0; k < i->func_count; k++) {
        if (i->funcs[k].resource)
            continue;
        buf_put_str(out, STR("  "));
        wit_print_id(out, i->funcs[k].name);
        buf_put_str(out, STR(": "));
        wit_print_func(out, &n.names, i->funcs[k].type, 0);
        buf_put_str(out, STR(";\n"));
    }
    buf_put_str(out, STR("}\n"));
}
