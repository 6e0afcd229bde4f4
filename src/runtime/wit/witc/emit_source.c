/* The generated source: trampolines from void pointers to the typed functions, rows of interfaces, the WIT text, and
 * asserts that the compiler lays the structs out as the runtime's layout programs do. */
#include "runtime/wit/witc/emit.h"

#include "runtime/abi/host_layout.h"
#include "runtime/wit/print.h"
#include "runtime/wit/witc/names.h"

bool is_listed(const func_list *list, const struct wit_interface *i, const struct wit_func *f)
{
    str version, path = str_split(i->name, '@', &version);
    size_t close = str_find_char(f->name, ']');
    str plain = close == SIZE_MAX ? f->name : str_slice(f->name, close + 1, f->name.len);
    for (uint32_t k = 0; k < list->len; k++) {
        str func, interface = str_split(list->at[k], ' ', &func);
        if (str_eq(interface, path) && str_eq(str_trim(func), plain))
            return true;
    }
    return false;
}

void emit_asserts(struct witc *c, struct buf *out, const struct wit_interface *i, const struct wit_func *f)
{
    const struct func_type *t = f->type;
    size_t *offsets = arena_new(c->arena, size_t, t->param_count);
    struct host_layout args = host_layout_of_items(t->params, t->param_count, offsets);
    if (t->param_count) {
        buf_put_str(out, STR("static_assert(sizeof(struct "));
        put_func(out, i, f);
        buf_printf(out, "_args) == %zu, \"size\");\n", args.size);
    }
    for (uint32_t k = 0; k < t->param_count; k++) {
        buf_put_str(out, STR("static_assert(offsetof(struct "));
        put_func(out, i, f);
        buf_put_str(out, STR("_args, "));
        put_member(out, t->params[k].name);
        buf_printf(out, ") == %zu, \"offset\");\n", offsets[k]);
    }
    if (t->result) {
        buf_put_str(out, STR("static_assert(sizeof("));
        put_c_type(out, c->wit, t->result);
        buf_printf(out, ") == %zu, \"size\");\n", host_layout_of(t->result).size);
    }
}

static void put_trampoline(struct witc *c, struct buf *out, const struct wit_interface *i, const struct wit_func *f)
{
    (void)c;
    buf_put_str(out, STR("static enum host_status call_"));
    put_func(out, i, f);
    buf_put_str(out, STR("(struct host_call *c, const void *args, void *ret)\n{\n"));
    if (!f->type->param_count)
        buf_put_str(out, STR("    (void)args;\n"));
    if (!f->type->result)
        buf_put_str(out, STR("    (void)ret;\n"));
    buf_put_str(out, STR("    return "));
    put_func(out, i, f);
    buf_put_str(out, STR("(c"));
    if (f->type->param_count)
        buf_put_str(out, STR(", args"));
    if (f->type->result)
        buf_put_str(out, STR(", ret"));
    buf_put_str(out, STR(");\n}\n"));
}

void emit_drop(struct witc *c, struct buf *out, const struct resource_type *r)
{
    const struct wit_type *t = defining_resource(c->wit, r);
    buf_put_str(out, STR("static void drop_"));
    put_tag(out, t, false);
    buf_put_str(out, STR("(void *object)\n{\n    "));
    put_tag(out, t, false);
    buf_put_str(out, STR("_drop(object);\n}\n"));
}

static void put_rows(struct witc *c, struct buf *out, const struct wit_interface *i)
{
    for (uint32_t k = 0; k < i->func_count; k++) {
        emit_asserts(c, out, i, &i->funcs[k]);
        put_trampoline(c, out, i, &i->funcs[k]);
    }
    for (uint32_t k = 0; k < i->resource_count; k++)
        emit_drop(c, out, i->resources[k]);
    if (i->func_count) {
        buf_put_str(out, STR("static const struct host_func funcs_"));
        put_prefix(out, i->name, false);
        buf_put_str(out, STR("[] = {\n"));
        for (uint32_t k = 0; k < i->func_count; k++) {
            buf_printf(out, "    { \"%.*s\", call_", STR_ARG(i->funcs[k].name));
            put_func(out, i, &i->funcs[k]);
            buf_printf(out, ", %s, %s },\n", is_listed(&c->blocking, i, &i->funcs[k]) ? "true" : "false",
                       is_listed(&c->constant, i, &i->funcs[k]) ? "true" : "false");
        }
        buf_put_str(out, STR("};\n"));
    }
    if (i->resource_count) {
        buf_put_str(out, STR("static const struct host_resource resources_"));
        put_prefix(out, i->name, false);
        buf_put_str(out, STR("[] = {\n"));
        for (uint32_t k = 0; k < i->resource_count; k++) {
            const struct wit_type *t = defining_resource(c->wit, i->resources[k]);
            buf_printf(out, "    { \"%.*s\", \"%.*s\", drop_", STR_ARG(i->name), STR_ARG(t->origin_name));
            put_tag(out, t, false);
            buf_put_str(out, STR(" },\n"));
        }
        buf_put_str(out, STR("};\n"));
    }
}

static void put_interface(struct buf *out, const struct wit_interface *i)
{
    buf_put_str(out, STR("static const struct host_interface interface_"));
    put_prefix(out, i->name, false);
    buf_printf(out, " = {\n    .name = \"%.*s\",\n", STR_ARG(i->name));
    if (i->func_count) {
        buf_put_str(out, STR("    .funcs = funcs_"));
        put_prefix(out, i->name, false);
        buf_printf(out, ",\n    .func_count = %u,\n", i->func_count);
    }
    if (i->resource_count) {
        buf_put_str(out, STR("    .resources = resources_"));
        put_prefix(out, i->name, false);
        buf_printf(out, ",\n    .resource_count = %u,\n", i->resource_count);
    }
    buf_put_str(out, STR("};\n\n"));
}

void emit_text(struct buf *out, str text)
{
    while (text.ptr && text.len) {
        str line = str_split(text, '\n', &text);
        buf_put_str(out, STR("    \""));
        for (size_t i = 0; i < line.len; i++) {
            if (line.ptr[i] == '"' || line.ptr[i] == '\\')
                buf_put_u8(out, '\\');
            buf_put_u8(out, (uint8_t)line.ptr[i]);
        }
        buf_put_str(out, STR("\\n\"\n"));
    }
}

static void put_wit(struct witc *c, struct buf *out)
{
    struct buf text;
    buf_init(&text, BUF_NO_LIMIT);
    for (uint32_t k = 0; k < c->interfaces.len; k++) {
        str name = c->interfaces.at[k]->name, version, path = str_split(name, '@', &version);
        buf_printf(&text, "package %.*s", STR_ARG(str_slice(path, 0, str_rfind_char(path, '/'))));
        if (version.ptr)
            buf_printf(&text, "@%.*s", STR_ARG(version));
        buf_put_str(&text, STR(" {\n"));
        wit_print_interface(&text, c->interfaces.at[k]);
        buf_put_str(&text, STR("}\n"));
    }
    buf_printf(out, "const char %.*s_wit_text[] =\n", STR_ARG(c->symbol));
    emit_text(out, buf_str(&text));
    buf_put_str(out, STR(";\n"));
    buf_printf(out, "const size_t %.*s_wit_text_len = sizeof(%.*s_wit_text) - 1;\n", STR_ARG(c->symbol),
               STR_ARG(c->symbol));
    buf_fini(&text);
}

void emit_source(struct witc *c, struct buf *out)
{
    buf_put_str(out, STR("/* Generated by witc from WIT; do not edit. */\n"));
    buf_printf(out, "#include \"%.*s\"\n\n#include <assert.h>\n#include <stddef.h>\n\n", STR_ARG(c->header_name));
    for (uint32_t k = 0; k < c->imports.len; k++)
        put_rows(c, out, c->imports.at[k]);
    for (uint32_t k = 0; k < c->imports.len; k++)
        put_interface(out, c->imports.at[k]);
    buf_printf(out, "const struct host_interface *const %.*s_interfaces[] = {\n", STR_ARG(c->symbol));
    for (uint32_t k = 0; k < c->imports.len; k++) {
        buf_put_str(out, STR("    &interface_"));
        put_prefix(out, c->imports.at[k]->name, false);
        buf_put_str(out, STR(",\n"));
    }
    buf_printf(out, "};\nconst uint32_t %.*s_interface_count = %u;\n\n", STR_ARG(c->symbol), c->imports.len);
    put_wit(c, out);
}
