/* Types and functions as callers see them at run time: the runtime's own, by other names. */
#include <assert.h>

#include "berth/value.h"
#include "embed/component.h"
#include "embed/type.h"

#define SAME(ours, theirs) static_assert((int)(ours) == (int)(theirs), "the kinds are the same")
SAME(BERTH_BOOL, TYPE_BOOL);
SAME(BERTH_STRING, TYPE_STRING);
SAME(BERTH_MAP, TYPE_MAP);
SAME(BERTH_FIXED_LIST, TYPE_FIXED_LIST);
SAME(BERTH_VARIANT, TYPE_VARIANT);
SAME(BERTH_OPTION, TYPE_OPTION);
SAME(BERTH_BORROW, TYPE_BORROW);
#undef SAME

static const struct berth_type *give(const struct type *t)
{
    return (const struct berth_type *)(const void *)t;
}

const struct type *type_of(const struct berth_type *t)
{
    return (const struct type *)(const void *)t;
}

enum berth_kind berth_type_kind(const struct berth_type *t)
{
    return (enum berth_kind)type_of(t)->kind;
}

/* Whether its parts have a list of their own. */
static bool has_items(const struct type *t)
{
    return t->kind == TYPE_RECORD || t->kind == TYPE_TUPLE || t->kind == TYPE_VARIANT || t->kind == TYPE_ENUM ||
           t->kind == TYPE_FLAGS;
}

size_t berth_type_count(const struct berth_type *type)
{
    const struct type *t = type_of(type);
    if (has_items(t))
        return t->of.items.len;
    if (t->kind == TYPE_OPTION || t->kind == TYPE_RESULT)
        return type_case_count(t);
    return t->kind == TYPE_LIST || t->kind == TYPE_MAP || t->kind == TYPE_FIXED_LIST;
}

berth_string berth_type_name(const struct berth_type *type, size_t i)
{
    const struct type *t = type_of(type);
    return has_items(t) && i < t->of.items.len ? t->of.items.at[i].name : STR_NONE;
}

const struct berth_type *berth_type_at(const struct berth_type *type, size_t i)
{
    const struct type *t = type_of(type);
    if (i >= berth_type_count(type))
        return NULL;
    if (has_items(t))
        return give(t->of.items.at[i].type);
    if (t->kind == TYPE_OPTION || t->kind == TYPE_RESULT)
        return give(type_case_payload(t, (uint32_t)i));
    return give(t->kind == TYPE_FIXED_LIST ? t->of.array.elem : t->of.elem);
}

bool berth_component_export(struct berth_component *c, const char *interface, const char *name,
                            const struct berth_func **ret, struct berth_error *e)
{
    struct err why = ERR_INIT;
    return component_export(c, str_of(interface), str_of(name), ret, &why) || err_give(e, &why);
}

size_t berth_func_param_count(const struct berth_func *f)
{
    return f->type->param_count;
}

berth_string berth_func_param_name(const struct berth_func *f, size_t i)
{
    return i < f->type->param_count ? f->type->params[i].name : STR_NONE;
}

const struct berth_type *berth_func_param(const struct berth_func *f, size_t i)
{
    return i < f->type->param_count ? give(f->type->params[i].type) : NULL;
}

const struct berth_type *berth_func_result(const struct berth_func *f)
{
    return give(f->type->result);
}
