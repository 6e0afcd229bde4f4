/* The generated header: C structs for the types, argument structs and prototypes for the functions. */
#include "runtime/wit/witc/emit.h"
#include "runtime/wit/witc/names.h"

static void put_struct(struct witc *c, struct buf *out, const struct type *t);

/* Everything that must be complete before `t` can be a member. Elements of lists are pointed to, but their users want
 * them complete as well. */
static void put_parts(struct witc *c, struct buf *out, const struct type *t)
{
    switch (t->kind) {
    case TYPE_LIST:
    case TYPE_MAP:
    case TYPE_OPTION: put_struct(c, out, t->of.elem); break;
    case TYPE_FIXED_LIST: put_struct(c, out, t->of.array.elem); break;
    case TYPE_RESULT:
        if (t->of.result.ok)
            put_struct(c, out, t->of.result.ok);
        if (t->of.result.err)
            put_struct(c, out, t->of.result.err);
        break;
    case TYPE_RECORD:
    case TYPE_TUPLE:
    case TYPE_VARIANT:
        for (uint32_t i = 0; i < t->of.items.len; i++)
            if (t->of.items.at[i].type)
                put_struct(c, out, t->of.items.at[i].type);
        break;
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
    case TYPE_STRING:
    case TYPE_ENUM:
    case TYPE_FLAGS:
    case TYPE_OWN:
    case TYPE_BORROW: break;
    }
}

static void put_declaration(struct witc *c, struct buf *out, const struct type *t, str name)
{
    put_c_type(out, c->wit, t);
    if (out->ptr[out->len - 1] != '*')
        buf_put_u8(out, ' ');
    put_member(out, name);
    buf_put_str(out, STR(";"));
}

/* Names of a variant's, enum's or flags' cases. */
static void put_enumerators(struct buf *out, const struct wit_type *named)
{
    const struct type *t = named->type;
    buf_put_str(out, STR("enum "));
    put_tag(out, named, false);
    buf_put_str(out, t->kind == TYPE_VARIANT ? STR("_tag {\n") : STR(" {\n"));
    for (uint32_t i = 0; i < t->of.items.len; i++) {
        buf_put_str(out, STR("    "));
        put_tag(out, named, true);
        buf_put_u8(out, '_');
        put_snake(out, t->of.items.at[i].name, true);
        if (t->kind == TYPE_FLAGS)
            buf_printf(out, " = 1u << %u", i);
        buf_put_str(out, STR(",\n"));
    }
    buf_put_str(out, STR("};\n"));
}

static void put_payloads(struct witc *c, struct buf *out, const struct type *t)
{
    bool any = false;
    buf_put_str(out, STR("    uint32_t tag;\n"));
    for (uint32_t i = 0; i < t->of.items.len; i++)
        any |= t->of.items.at[i].type != NULL;
    if (!any)
        return;
    buf_put_str(out, STR("    union {\n"));
    for (uint32_t i = 0; i < t->of.items.len; i++) {
        if (!t->of.items.at[i].type)
            continue;
        buf_put_str(out, STR("        "));
        put_declaration(c, out, t->of.items.at[i].type, t->of.items.at[i].name);
        buf_put_u8(out, '\n');
    }
    buf_put_str(out, STR("    } of;\n"));
}

static void put_fields(struct witc *c, struct buf *out, const struct type *t)
{
    for (uint32_t i = 0; i < t->of.items.len; i++) {
        str name = t->of.items.at[i].name;
        if (t->kind == TYPE_TUPLE)
            name = str_printf(c->arena, "f%u", i);
        buf_put_str(out, STR("    "));
        put_declaration(c, out, t->of.items.at[i].type, name);
        buf_put_u8(out, '\n');
    }
}

static void put_result_members(struct witc *c, struct buf *out, const struct type *t)
{
    buf_put_str(out, STR("    bool is_err;\n"));
    if (!t->of.result.ok && !t->of.result.err)
        return;
    buf_put_str(out, STR("    union {\n"));
    if (t->of.result.ok) {
        buf_put_str(out, STR("        "));
        put_declaration(c, out, t->of.result.ok, STR("ok"));
        buf_put_u8(out, '\n');
    }
    if (t->of.result.err) {
        buf_put_str(out, STR("        "));
        put_declaration(c, out, t->of.result.err, STR("err"));
        buf_put_u8(out, '\n');
    }
    buf_put_str(out, STR("    } of;\n"));
}

static void put_members(struct witc *c, struct buf *out, const struct type *t)
{
    if (t->kind == TYPE_VARIANT) {
        put_payloads(c, out, t);
    } else if (t->kind == TYPE_RESULT) {
        put_result_members(c, out, t);
    } else if (t->kind == TYPE_OPTION) {
        buf_put_str(out, STR("    bool some;\n    "));
        put_declaration(c, out, t->of.elem, STR("value"));
        buf_put_u8(out, '\n');
    } else if (t->kind == TYPE_FIXED_LIST) {
        buf_put_str(out, STR("    "));
        put_declaration(c, out, t->of.array.elem, str_printf(c->arena, "at[%u]", t->of.array.len));
        buf_put_u8(out, '\n');
    } else if (t->kind == TYPE_LIST || t->kind == TYPE_MAP) {
        buf_put_str(out, STR("    "));
        struct buf elem;
        buf_init(&elem, BUF_NO_LIMIT);
        put_c_type(&elem, c->wit, t->of.elem);
        bool pointer = elem.ptr[elem.len - 1] == '*';
        if (pointer)
            buf_printf(out, "%.*sconst *ptr;\n", STR_ARG(buf_str(&elem)));
        else
            buf_printf(out, "const %.*s *ptr;\n", STR_ARG(buf_str(&elem)));
        buf_fini(&elem);
        buf_put_str(out, STR("    size_t len;\n"));
    } else {
        put_fields(c, out, t);
    }
}

static void put_struct(struct witc *c, struct buf *out, const struct type *t)
{
    if (!has_struct(t))
        return;
    put_parts(c, out, t);
    struct buf name;
    buf_init(&name, BUF_NO_LIMIT);
    put_mangled(&name, c->wit, t);
    if (map_add(&c->defined, str_dup(c->arena, buf_str(&name)), c)) {
        buf_printf(out, "struct %.*s {\n", STR_ARG(buf_str(&name)));
        put_members(c, out, t);
        buf_put_str(out, STR("};\n"));
    }
    buf_fini(&name);
}

static bool defines_types(const struct witc *c, const struct wit_interface *i)
{
    for (uint32_t k = 0; k < i->type_count; k++)
        if (i->types[k].type && defining_type(c->wit, i->types[k].type) == &i->types[k])
            return true;
    return false;
}

static void put_types(struct witc *c, struct buf *out, const struct wit_interface *i)
{
    if (!defines_types(c, i))
        return;
    buf_printf(out, "\n/* --- %.*s --- */\n\n", STR_ARG(i->name));
    for (uint32_t k = 0; k < i->type_count; k++) {
        const struct wit_type *t = &i->types[k];
        if (t->origin != i || !t->type || defining_type(c->wit, t->type) != t)
            continue;
        if (t->type->kind == TYPE_VARIANT || t->type->kind == TYPE_ENUM || t->type->kind == TYPE_FLAGS)
            put_enumerators(out, t);
        put_struct(c, out, t->type);
    }
}

static void put_resources(struct witc *c, struct buf *out, const struct wit_interface *i)
{
    for (uint32_t k = 0; k < i->resource_count; k++) {
        const struct wit_type *t = defining_resource(c->wit, i->resources[k]);
        buf_put_str(out, STR("struct "));
        put_tag(out, t, false);
        buf_put_str(out, STR(";\n"));
    }
}

static void put_drops(struct witc *c, struct buf *out, const struct wit_interface *i)
{
    for (uint32_t k = 0; k < i->resource_count; k++) {
        const struct wit_type *t = defining_resource(c->wit, i->resources[k]);
        buf_put_str(out, STR("void "));
        put_tag(out, t, false);
        buf_put_str(out, STR("_drop(struct "));
        put_tag(out, t, false);
        buf_put_str(out, STR(" *self);\n"));
    }
}

/* Not yet: an interface may be on both sides of a component. */
static bool is_new_args(struct witc *c, const struct wit_interface *i, const struct wit_func *f)
{
    struct buf name;
    buf_init(&name, BUF_NO_LIMIT);
    put_func(&name, i, f);
    buf_put_str(&name, STR("_args"));
    bool added = map_add(&c->defined, str_dup(c->arena, buf_str(&name)), c);
    buf_fini(&name);
    return added;
}

void emit_parts(struct witc *c, struct buf *out, const struct wit_func *f)
{
    for (uint32_t k = 0; k < f->type->param_count; k++)
        put_struct(c, out, f->type->params[k].type);
    if (f->type->result)
        put_struct(c, out, f->type->result);
}

void emit_args(struct witc *c, struct buf *out, const struct wit_interface *i, const struct wit_func *f)
{
    if (!f->type->param_count || !is_new_args(c, i, f))
        return;
    buf_put_str(out, STR("struct "));
    put_func(out, i, f);
    buf_put_str(out, STR("_args {\n"));
    for (uint32_t k = 0; k < f->type->param_count; k++) {
        buf_put_str(out, STR("    "));
        put_declaration(c, out, f->type->params[k].type, f->type->params[k].name);
        buf_put_u8(out, '\n');
    }
    buf_put_str(out, STR("};\n"));
}

static void put_prototype(struct witc *c, struct buf *out, const struct wit_interface *i, const struct wit_func *f)
{
    emit_parts(c, out, f);
    emit_args(c, out, i, f);
    buf_put_str(out, c->library ? STR("bool ") : STR("enum host_status "));
    put_func(out, i, f);
    buf_put_str(out, c->library ? STR("(struct berth_host_call *c") : STR("(struct host_call *c"));
    if (f->type->param_count) {
        buf_put_str(out, STR(", const struct "));
        put_func(out, i, f);
        buf_put_str(out, STR("_args *a"));
    }
    if (f->type->result) {
        buf_put_str(out, STR(", "));
        put_c_type(out, c->wit, f->type->result);
        buf_put_str(out, out->ptr[out->len - 1] == '*' ? STR("*ret") : STR(" *ret"));
    }
    buf_put_str(out, STR(");\n"));
}

static const char rules[] =
    "/* Generated by witc from WIT; do not edit. The names:\n"
    " *   interface wasi:http/types           prefix wasi_http_types_\n"
    " *   record, variant                     struct PREFIX_name; a variant's tags: enum PREFIX_name_tag\n"
    " *   enum, flags                         uint32_t, constants PREFIX_NAME_CASE\n"
    " *   resource                            struct PREFIX_name *, owned or borrowed as the WIT says\n"
    " *   list<T>, option<T>, result<T, E>    struct list_T, option_T, result_T_E (void: no payload); list<u8> is "
    "bytes\n"
    " *   list<T, N>                          struct list_T_N, with the array `at`\n"
    " *   map<K, V>                           struct map_K_V, which points to struct tuple_K_V\n"
    " *   [method]r.f, [static]r.f, f         PREFIX_r_f, PREFIX_f; [constructor]r is PREFIX_r_constructor\n"
    " * A function of the host gets its call, the struct of its arguments and the place for its result; see ";

static const char export_rules[] =
    "berth/linker.h.\n"
    " * Of an exported f, PREFIX_f_find looks up a struct PREFIX_f_func once a component, and PREFIX_f_call calls it; "
    "of\n"
    " * an exported resource, PREFIX_r_drop drops an object that the program owns; see berth/component.h. */\n";

static const char library_begin[] = "<berth/berth.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";

/* What is there to be handed to a linker, and to be called. */
static void put_library_end(struct witc *c, struct buf *out)
{
    if (c->imports.len)
        buf_printf(out,
                   "\n/* All of them; functions that are missing are errors of the C linker. */\n"
                   "bool %.*s_define(struct berth_linker *l, struct berth_error *e);\n",
                   STR_ARG(c->symbol));
    emit_exports_header(c, out);
    buf_put_str(out, STR("\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n"));
}

static void put_runtime_end(const struct witc *c, struct buf *out)
{
    buf_printf(out, "\nextern const struct host_interface *const %.*s_interfaces[];\n", STR_ARG(c->symbol));
    buf_printf(out, "extern const uint32_t %.*s_interface_count;\n\n", STR_ARG(c->symbol));
    buf_printf(out, "/* The WIT of these interfaces and of those that the host calls. */\n");
    buf_printf(out, "extern const char %.*s_wit_text[];\nextern const size_t %.*s_wit_text_len;\n\n#endif\n",
               STR_ARG(c->symbol), STR_ARG(c->symbol));
}

void emit_header(struct witc *c, struct buf *out)
{
    buf_put_str(out, str_of(rules));
    buf_put_str(out, c->library ? str_of(export_rules) : STR("runtime/host/host.h. */\n"));
    buf_put_str(out, STR("#ifndef WITC_"));
    put_snake(out, c->symbol, true);
    buf_put_str(out, STR("_H\n#define WITC_"));
    put_snake(out, c->symbol, true);
    buf_put_str(out, STR("_H\n\n#include "));
    buf_put_str(out, c->library ? str_of(library_begin) : STR("\"runtime/host/host.h\"\n\n"));
    for (uint32_t k = 0; k < c->interfaces.len; k++)
        put_resources(c, out, c->interfaces.at[k]);
    for (uint32_t k = 0; k < c->interfaces.len; k++)
        put_types(c, out, c->interfaces.at[k]);
    for (uint32_t k = 0; k < c->imports.len; k++) {
        const struct wit_interface *i = c->imports.at[k];
        buf_printf(out, "\n/* --- %.*s --- */\n\n", STR_ARG(i->name));
        put_drops(c, out, i);
        for (uint32_t f = 0; f < i->func_count; f++)
            put_prototype(c, out, i, &i->funcs[f]);
    }
    if (c->library)
        put_library_end(c, out);
    else
        put_runtime_end(c, out);
}
