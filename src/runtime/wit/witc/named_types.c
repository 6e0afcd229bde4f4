/* Walks types down to their primitives. */
#include "runtime/wit/witc/named_types.h"

#include "runtime/wit/witc/names.h"

static bool known(const named_types *list, const struct wit_type *t)
{
    for (uint32_t i = 0; i < list->len; i++)
        if (list->at[i] == t)
            return true;
    return false;
}

static void add(named_types *list, const struct wit *w, const struct type *t);

static void add_items(named_types *list, const struct wit *w, const struct type *t)
{
    for (uint32_t i = 0; i < t->of.items.len; i++)
        add(list, w, t->of.items.at[i].type);
}

static void add_named(named_types *list, const struct wit *w, const struct type *t)
{
    const struct wit_type *named = defining_type(w, t);
    if (known(list, named))
        return;
    add_items(list, w, t);
    vec_push(list, named);
}

static void add_resource(named_types *list, const struct wit *w, const struct resource_type *r)
{
    const struct wit_type *named = defining_resource(w, r);
    if (!known(list, named))
        vec_push(list, named);
}

/* `t` may be NULL. */
static void add(named_types *list, const struct wit *w, const struct type *t)
{
    if (!t)
        return;
    switch (t->kind) {
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
    case TYPE_STRING: return;
    case TYPE_LIST:
    case TYPE_MAP:
    case TYPE_OPTION: add(list, w, t->of.elem); return;
    case TYPE_FIXED_LIST: add(list, w, t->of.array.elem); return;
    case TYPE_RESULT:
        add(list, w, t->of.result.ok);
        add(list, w, t->of.result.err);
        return;
    case TYPE_TUPLE: add_items(list, w, t); return;
    case TYPE_RECORD:
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_FLAGS: add_named(list, w, t); return;
    case TYPE_OWN:
    case TYPE_BORROW: add_resource(list, w, t->of.resource); return;
    }
}

void named_types_add(named_types *list, const struct wit *w, const struct func_type *f)
{
    for (uint32_t i = 0; i < f->param_count; i++)
        add(list, w, f->params[i].type);
    add(list, w, f->result);
}
