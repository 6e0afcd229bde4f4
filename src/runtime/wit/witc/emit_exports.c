/* What the generated files have for a world's exports: a function that looks one up, and one that calls it, both typed.
 * They are inline: each is a call of the library. The source has the WIT that an export is held to. */
#include "runtime/wit/witc/emit.h"
#include "runtime/wit/witc/func_text.h"
#include "runtime/wit/witc/names.h"

/* "shop_cart_cart_total" and what is put behind it. */
static str c_name(struct witc *c, const struct export_func *x, const char *suffix)
{
    struct buf name;
    buf_init(&name, BUF_NO_LIMIT);
    put_func(&name, x->owner, x->func);
    buf_put_str(&name, str_of(suffix));
    str copy = str_dup(c->arena, buf_str(&name));
    buf_fini(&name);
    return copy;
}

/* "sizeof(…)", or 0 where there is nothing. */
static void put_sizes(struct witc *c, struct buf *out, const struct func_type *t, str name)
{
    if (t->param_count)
        buf_printf(out, "sizeof(struct %.*s_args), ", STR_ARG(name));
    else
        buf_put_str(out, STR("0, "));
    if (!t->result) {
        buf_put_u8(out, '0');
        return;
    }
    buf_put_str(out, STR("sizeof("));
    put_c_type(out, c->wit, t->result);
    buf_put_u8(out, ')');
}

static void put_find(struct witc *c, struct buf *out, const struct export_func *x)
{
    str name = c_name(c, x, "");
    buf_printf(out,
               "static inline bool %.*s_find(\n"
               "    struct berth_component *c, struct %.*s_func *ret, struct berth_error *e)\n"
               "{\n    return berth_component_func(\n        c, ",
               STR_ARG(name), STR_ARG(name));
    if (x->in_interface)
        buf_printf(out, "\"%.*s\", ", STR_ARG(x->owner->name));
    else
        buf_put_str(out, STR("NULL, "));
    buf_printf(out, "%.*s_wit,\n        ", STR_ARG(name));
    put_sizes(c, out, x->func->type, name);
    buf_put_str(out, STR(", &ret->func, e);\n}\n"));
}

static void put_call(struct witc *c, struct buf *out, const struct export_func *x)
{
    const struct func_type *t = x->func->type;
    str name = c_name(c, x, "");
    buf_printf(out, "static inline bool %.*s_call(\n    struct berth_instance *i, struct %.*s_func f,\n    ",
               STR_ARG(name), STR_ARG(name));
    if (t->param_count)
        buf_printf(out, "const struct %.*s_args *a, ", STR_ARG(name));
    if (t->result) {
        put_c_type(out, c->wit, t->result);
        buf_put_str(out, out->ptr[out->len - 1] == '*' ? STR("*ret, ") : STR(" *ret, "));
    }
    buf_printf(out, "struct berth_error *e)\n{\n    return berth_instance_call(i, f.func, %s, %s, e);\n}\n",
               t->param_count ? "a" : "NULL", t->result ? "ret" : "NULL");
}

static void put_func_header(struct witc *c, struct buf *out, const struct export_func *x)
{
    str name = c_name(c, x, "");
    buf_put_u8(out, '\n');
    emit_parts(c, out, x->func);
    buf_put_str(out, STR("/* "));
    func_line(out, c->wit, x->func);
    buf_put_str(out, STR(" */\n"));
    emit_args(c, out, x->owner, x->func);
    buf_printf(out, "struct %.*s_func {\n    const struct berth_func *func;\n};\n", STR_ARG(name));
    buf_printf(out, "extern const char %.*s_wit[];\n", STR_ARG(name));
    put_find(c, out, x);
    put_call(c, out, x);
}

static void put_drops(struct witc *c, struct buf *out, const struct wit_interface *i)
{
    for (uint32_t k = 0; k < i->resource_count; k++) {
        const struct wit_type *t = defining_resource(c->wit, i->resources[k]);
        buf_put_str(out, STR("static inline bool "));
        put_tag(out, t, false);
        buf_put_str(out, STR("_drop(struct "));
        put_tag(out, t, false);
        buf_put_str(out, STR(" *self, struct berth_error *e)\n{\n"
                             "    return berth_resource_drop((struct berth_resource *)self, e);\n}\n"));
    }
}

void emit_exports_header(struct witc *c, struct buf *out)
{
    const struct wit_interface *owner = NULL;
    for (uint32_t k = 0; k < c->exports.len; k++) {
        const struct export_func *x = &c->exports.at[k];
        if (x->owner != owner) {
            owner = x->owner;
            buf_printf(out, "\n/* --- exports: %.*s --- */\n", STR_ARG(owner->name));
            if (x->in_interface && owner->resource_count)
                buf_put_u8(out, '\n');
            if (x->in_interface)
                put_drops(c, out, owner);
        }
        put_func_header(c, out, x);
    }
}

bool emit_exports_source(struct witc *c, struct buf *out, struct err *e)
{
    struct buf text;
    bool ok = true;
    buf_init(&text, BUF_NO_LIMIT);
    for (uint32_t k = 0; k < c->exports.len && ok; k++) {
        const struct export_func *x = &c->exports.at[k];
        buf_reset(&text);
        ok = func_text(&text, c->arena, c->wit, x->func, e) || err_wrap(e, "%.*s", STR_ARG(x->owner->name));
        emit_asserts(c, out, x->owner, x->func);
        buf_printf(out, "const char %.*s[] =\n", STR_ARG(c_name(c, x, "_wit")));
        emit_text(out, buf_str(&text));
        buf_put_str(out, STR("    ;\n"));
    }
    buf_fini(&text);
    return ok;
}
