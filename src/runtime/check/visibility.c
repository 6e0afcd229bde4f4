/* External visibility: what an import or export shows must be made of types that have a name outside. Records,
 * variants, enums, flags and resources have one once they are imported or exported themselves, by the index that this
 * made; the other kinds need none. Spec: Explainer.md "External Visibility of Types". */
#include "runtime/check/checker.h"

struct look {
    struct check_scope *scope;
    bool is_export;
};

static bool is_named(const struct look *l, const void *key)
{
    if (ptr_map_get(&l->scope->named_imports, key))
        return true;
    return l->is_export && ptr_map_get(&l->scope->named_exports, key);
}

static void set_named(const struct look *l, const void *key)
{
    ptr_map_set(l->is_export ? &l->scope->named_exports : &l->scope->named_imports, key, key);
}

static bool parts_named(const struct look *l, const struct type *t);

static bool value_named(const struct look *l, const struct type *t)
{
    if (!t || t->kind <= TYPE_STRING)
        return true;
    return type_is_named_kind(t) ? is_named(l, t) : parts_named(l, t);
}

/* All that the type is made of; for a handle, its resource. */
static bool parts_named(const struct look *l, const struct type *t)
{
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
    case TYPE_STRING:
    case TYPE_ENUM:
    case TYPE_FLAGS: return true;
    case TYPE_LIST:
    case TYPE_MAP:
    case TYPE_OPTION: return value_named(l, t->of.elem);
    case TYPE_FIXED_LIST: return value_named(l, t->of.array.elem);
    case TYPE_RESULT: return value_named(l, t->of.result.ok) && value_named(l, t->of.result.err);
    case TYPE_RECORD:
    case TYPE_TUPLE:
    case TYPE_VARIANT:
        for (uint32_t i = 0; i < t->of.items.len; i++)
            if (!value_named(l, t->of.items.at[i].type))
                return false;
        return true;
    case TYPE_OWN:
    case TYPE_BORROW: return is_named(l, handle_of(t)->entry);
    }
    __builtin_unreachable();
}

static bool func_named(const struct look *l, const struct func_type *f)
{
    for (uint32_t i = 0; i < f->param_count; i++)
        if (!value_named(l, f->params[i].type))
            return false;
    return value_named(l, f->result);
}

static bool item_named(const struct look *l, const struct item_type *item);

static bool instance_named(const struct look *l, const struct instance_type *t)
{
    for (uint32_t i = 0; i < t->export_count; i++)
        if (!item_named(l, &t->exports[i].type))
            return false;
    return true;
}

static bool type_named(const struct look *l, const struct type_entry *entry)
{
    switch (entry->kind) {
    case DEFTYPE_VALUE:
        if (!parts_named(l, entry->of.value))
            return false;
        if (type_is_named_kind(entry->of.value))
            set_named(l, entry->of.value);
        return true;
    case DEFTYPE_FUNC: return func_named(l, entry->of.func);
    case DEFTYPE_INSTANCE: return instance_named(l, entry->of.instance);
    case DEFTYPE_COMPONENT: return true; /* looked through when it was declared */
    case DEFTYPE_RESOURCE: break;
    }
    __builtin_unreachable();
}

/* A resource gets its name here, but not by an import when it only comes to be in this scope. */
static bool resource_named(const struct look *l, const struct item_type *item)
{
    const struct resource *r = resource_of(item->of.resource);
    if (!l->is_export && r->owner == l->scope->id && !r->imported)
        return false;
    set_named(l, item->entry);
    return true;
}

static bool item_named(const struct look *l, const struct item_type *item)
{
    switch (item->kind) {
    case ITEM_CORE_MODULE:
    case ITEM_COMPONENT: return true;
    case ITEM_RESOURCE: return resource_named(l, item);
    case ITEM_FUNC: return func_named(l, item->of.func);
    case ITEM_TYPE: return type_named(l, item->of.type);
    case ITEM_INSTANCE: return instance_named(l, item->of.instance);
    }
    __builtin_unreachable();
}

bool check_visible(struct check_scope *s, const struct item_type *item, bool is_export, struct err *e)
{
    const struct look look = { s, is_export };
    const struct named_item wrapped = { .type = *item };
    uint32_t size = 0, depth = 0;
    if (!items_measure(&wrapped, 1, &size, &depth, e) || !work_add(s->checker, size, e))
        return false;
    if (item_named(&look, item))
        return true;
    const char *what = item->kind == ITEM_TYPE || item->kind == ITEM_RESOURCE ? "type" : item_kind_name(item);
    return err_set(e, ERR_INVALID,
                   "%s not valid to be used as %s: it shows a type that was not %s before, by the index that this made",
                   what, is_export ? "export" : "import", is_export ? "imported or exported" : "imported");
}

/* --- Resources that are shown when all is known --- */

static bool is_made_here(const void *ctx, const struct resource *r)
{
    const struct check_scope *s = ctx;
    return r->owner == s->id && !r->imported;
}

static bool is_hidden_here(const void *ctx, const struct resource *r)
{
    return is_made_here(ctx, r) && !r->exported;
}

/* Mostly this concerns component types: they are looked through nowhere else. */
bool check_shown_resources(const struct check_scope *s, struct err *e)
{
    bool shown = false;
    for (uint32_t i = 0; i < s->imports.items.len; i++) {
        const struct named_item *x = &s->imports.items.at[i];
        if (!item_reaches(s->checker, &x->type, is_made_here, s, &shown, e))
            return false;
        if (shown)
            return err_at(e, ERR_INVALID, x->offset, "local resource type found in imports: import `%.*s`",
                          STR_ARG(x->name));
    }
    for (uint32_t i = 0; s->kind == SCOPE_COMPONENT && i < s->exports.items.len; i++) {
        const struct named_item *x = &s->exports.items.at[i];
        if (!item_reaches(s->checker, &x->type, is_hidden_here, s, &shown, e))
            return false;
        if (shown)
            return err_at(e, ERR_INVALID, x->offset,
                          "local resource type found in export but not exported itself: export `%.*s`",
                          STR_ARG(x->name));
    }
    return true;
}
