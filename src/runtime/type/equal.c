/* Structural equality of types, with a text that leads to the first difference. Each level puts its
 * part of the path in front on the way up. */
#include <stdio.h>

#include "runtime/type/type.h"

struct comparison {
    resource_same_fn *same;
    void *ctx;
    struct err *e; /* NULL: nobody wants to know */
};

#define DIFFERENCE(c, ...) ((c)->e ? err_set((c)->e, ERR_INVALID, __VA_ARGS__) : false)
#define UNDER(c, ...)      ((c)->e ? err_wrap((c)->e, __VA_ARGS__) : false)

static bool equal(const struct comparison *c, const struct type *want, const struct type *got);

/* NULL stands for no type; `where` names the place. */
static bool optional_equal(const struct comparison *c, const struct type *want, const struct type *got,
                           const char *where)
{
    if (!want && !got)
        return true;
    if (!want || !got)
        return DIFFERENCE(c, "%s: expected %s, found %s", where, want ? type_kind_name(want->kind) : "no type",
                          got ? type_kind_name(got->kind) : "no type");
    return equal(c, want, got) || UNDER(c, "%s", where);
}

static const char *item_word(enum type_kind kind)
{
    return kind == TYPE_RECORD ? "field" : kind == TYPE_TUPLE ? "element" : kind == TYPE_FLAGS ? "flag" : "case";
}

static bool items_equal(const struct comparison *c, const struct type *want, const struct type *got)
{
    const char *word = item_word(want->kind);
    uint32_t len = want->of.items.len;
    if (len != got->of.items.len)
        return DIFFERENCE(c, "expected %s of %u %ss, found %u", type_kind_name(want->kind), len, word,
                          got->of.items.len);
    for (uint32_t i = 0; i < len; i++) {
        const struct named_type *a = &want->of.items.at[i], *b = &got->of.items.at[i];
        char where[80];
        if (!str_eq(a->name, b->name))
            return DIFFERENCE(c, "%s %u: expected name '%.*s', found '%.*s'", word, i + 1, STR_ARG(a->name),
                              STR_ARG(b->name));
        if (a->type == b->type && (!a->type || !a->type->has_handle))
            continue;
        if (want->kind == TYPE_TUPLE)
            snprintf(where, sizeof(where), "%s %u", word, i + 1);
        else
            snprintf(where, sizeof(where), "%s '%.*s'", word, STR_ARG(a->name));
        if (!optional_equal(c, a->type, b->type, where))
            return false;
    }
    return true;
}

static bool arrays_equal(const struct comparison *c, const struct type *want, const struct type *got)
{
    if (want->of.array.len != got->of.array.len)
        return DIFFERENCE(c, "expected %s of %u elements, found %u", type_kind_name(want->kind), want->of.array.len,
                          got->of.array.len);
    return equal(c, want->of.array.elem, got->of.array.elem) || UNDER(c, "%s", type_kind_name(want->kind));
}

static bool resources_equal(const struct comparison *c, const struct resource_type *want,
                            const struct resource_type *got)
{
    if (c->same ? c->same(c->ctx, want, got) : want == got)
        return true;
    return DIFFERENCE(c, "resource types are not the same: expected '%.*s', found '%.*s'", STR_ARG(want->name),
                      STR_ARG(got->name));
}

static bool equal(const struct comparison *c, const struct type *want, const struct type *got)
{
    if (want == got && !(want->has_handle && c->same))
        return true;
    if (want->kind != got->kind)
        return DIFFERENCE(c, "expected %s, found %s", type_kind_name(want->kind), type_kind_name(got->kind));
    switch (want->kind) {
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
    case TYPE_STRING: return true;
    case TYPE_LIST:
    case TYPE_MAP:
    case TYPE_OPTION: return equal(c, want->of.elem, got->of.elem) || UNDER(c, "%s", type_kind_name(want->kind));
    case TYPE_FIXED_LIST: return arrays_equal(c, want, got);
    case TYPE_RESULT:
        return optional_equal(c, want->of.result.ok, got->of.result.ok, "ok of result") &&
               optional_equal(c, want->of.result.err, got->of.result.err, "error of result");
    case TYPE_RECORD:
    case TYPE_TUPLE:
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_FLAGS: return items_equal(c, want, got);
    case TYPE_OWN:
    case TYPE_BORROW: return resources_equal(c, want->of.resource, got->of.resource);
    }
    __builtin_unreachable();
}

bool type_equal(const struct type *want, const struct type *got, resource_same_fn *same, void *ctx, struct err *e)
{
    return equal(&(struct comparison){ same, ctx, e }, want, got);
}

bool func_type_equal(const struct func_type *want, const struct func_type *got, resource_same_fn *same, void *ctx,
                     struct err *e)
{
    const struct comparison c = { same, ctx, e };
    if (want->async != got->async)
        return DIFFERENCE(&c, "expected %s function, found %s one", want->async ? "an async" : "a sync",
                          got->async ? "an async" : "a sync");
    if (want->param_count != got->param_count)
        return DIFFERENCE(&c, "expected %u parameters, found %u", want->param_count, got->param_count);
    for (uint32_t i = 0; i < want->param_count; i++) {
        const struct named_type *a = &want->params[i], *b = &got->params[i];
        if (!str_eq(a->name, b->name))
            return DIFFERENCE(&c, "parameter %u: expected name '%.*s', found '%.*s'", i + 1, STR_ARG(a->name),
                              STR_ARG(b->name));
        if (!equal(&c, a->type, b->type))
            return UNDER(&c, "parameter '%.*s'", STR_ARG(a->name));
    }
    return optional_equal(&c, want->result, got->result, "result");
}
