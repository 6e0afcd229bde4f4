/* Value, function and resource types, and descriptions of imports and exports. Spec: Explainer.md "Type Definitions".
 */
#include <inttypes.h>

#include "runtime/check/checker.h"

/* --- Labels --- */

/* How the labels of one type are called in errors. */
struct label_words {
    const char *label, *previous;
};

enum { FEW_LABELS = 16 };

static bool same_label(const struct label_words *w, str label, str previous, struct err *e)
{
    return err_set(e, ERR_INVALID, "%s name `%.*s` conflicts with previous %s name `%.*s`", w->label, STR_ARG(label),
                   w->previous, STR_ARG(previous));
}

static bool labels_unique(struct arena *a, const struct label_words *w, const struct named_valtype *items,
                          uint32_t count, struct err *e)
{
    if (count <= FEW_LABELS) {
        for (uint32_t i = 0; i < count; i++)
            for (uint32_t k = 0; k < i; k++)
                if (str_eq_nocase(items[i].name, items[k].name))
                    return same_label(w, items[i].name, items[k].name, e);
        return true;
    }
    struct map seen;
    bool ok = true;
    map_init(&seen);
    str *names = arena_new(a, str, count);
    for (uint32_t i = 0; ok && i < count; i++) {
        names[i] = items[i].name;
        str key = name_lower(a, names[i]);
        const str *previous = map_get(&seen, key);
        ok = previous ? same_label(w, names[i], *previous, e) : map_add(&seen, key, &names[i]);
    }
    map_fini(&seen);
    return ok;
}

static bool check_labels(struct check_scope *s, const struct label_words *w, const struct named_valtype *items,
                         uint32_t count, struct err *e)
{
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].name.len == 0)
            return err_set(e, ERR_INVALID, "%s name cannot be empty", w->label);
        if (!name_is_kebab(items[i].name))
            return err_set(e, ERR_INVALID, "%s name `%.*s` is not in kebab case", w->label, STR_ARG(items[i].name));
    }
    return labels_unique(s->checker->arena, w, items, count, e);
}

/* --- Value types --- */

static bool resolve(const struct check_scope *s, const struct valtype_ref *ref, const struct type **ret, struct err *e)
{
    const struct type_entry *entry = NULL;
    if (!ref->is_index) {
        *ret = type_primitive(ref->primitive);
        return true;
    }
    if (!scope_type(s, ref->index, ERR_NO_OFFSET, &entry, e))
        return false;
    if (entry->kind != DEFTYPE_VALUE)
        return err_set(e, ERR_INVALID, "type index %" PRIu32 " is not a defined type%s", ref->index,
                       NAMED(s, SORT_TYPE, ref->index));
    *ret = entry->of.value;
    return true;
}

static bool resolve_items(struct check_scope *s, const struct named_valtype *items, uint32_t count,
                          struct named_type *ret, struct err *e)
{
    for (uint32_t i = 0; i < count; i++) {
        ret[i].name = items[i].name;
        if (items[i].has_type && !resolve(s, &items[i].type, &ret[i].type, e))
            return false;
    }
    return true;
}

static bool check_items(struct check_scope *s, const struct deftype *t, const struct type **ret, struct err *e)
{
    static const struct label_words words[] = {
        [TYPE_RECORD] = { "record field", "field" },
        [TYPE_VARIANT] = { "variant case", "case" },
        [TYPE_ENUM] = { "enum tag", "tag" },
        [TYPE_FLAGS] = { "flag", "flag" },
    };
    enum type_kind kind = t->of.value.kind;
    uint32_t count = t->of.value.item_count;
    if (kind != TYPE_TUPLE && !check_labels(s, &words[kind], t->of.value.items, count, e))
        return false;
    struct named_type *items = arena_new(s->checker->arena, struct named_type, count);
    return resolve_items(s, t->of.value.items, count, items, e) &&
           type_items(s->checker->arena, kind, items, count, ret, e);
}

static bool check_result(struct check_scope *s, const struct deftype *t, const struct type **ret, struct err *e)
{
    const struct type *ok = NULL, *err = NULL;
    if (t->of.value.has_ok && !resolve(s, &t->of.value.ok, &ok, e))
        return false;
    if (t->of.value.has_err && !resolve(s, &t->of.value.err, &err, e))
        return false;
    return type_result(s->checker->arena, ok, err, ret, e);
}

static bool check_handle(struct check_scope *s, const struct deftype *t, const struct type **ret, struct err *e)
{
    struct arena *a = s->checker->arena;
    const struct type_entry *entry = NULL;
    if (!scope_resource(s, t->of.value.elem.index, ERR_NO_OFFSET, &entry, e))
        return false;
    struct handle *h = arena_new(a, struct handle, 1);
    h->type = *type_handle(a, t->of.value.kind, entry->of.resource);
    h->entry = entry;
    *ret = &h->type;
    return true;
}

static bool check_value_type(struct check_scope *s, const struct deftype *t, const struct type **ret, struct err *e)
{
    struct arena *a = s->checker->arena;
    const struct type *elem = NULL, *key = NULL;
    switch (t->of.value.kind) {
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
    case TYPE_STRING: *ret = type_primitive(t->of.value.kind); return true;
    case TYPE_LIST: return resolve(s, &t->of.value.elem, &elem, e) && type_list(a, elem, ret, e);
    case TYPE_FIXED_LIST:
        return resolve(s, &t->of.value.elem, &elem, e) && type_fixed_list(a, elem, t->of.value.len, ret, e);
    case TYPE_MAP:
        return resolve(s, &t->of.value.key, &key, e) && resolve(s, &t->of.value.elem, &elem, e) &&
               type_map(a, key, elem, ret, e);
    case TYPE_OPTION: return resolve(s, &t->of.value.elem, &elem, e) && type_option(a, elem, ret, e);
    case TYPE_RESULT: return check_result(s, t, ret, e);
    case TYPE_RECORD:
    case TYPE_TUPLE:
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_FLAGS: return check_items(s, t, ret, e);
    case TYPE_OWN:
    case TYPE_BORROW: return check_handle(s, t, ret, e);
    }
    __builtin_unreachable();
}

/* --- Function and resource types --- */

static bool check_func_type(struct check_scope *s, const struct deftype *t, const struct func_type **ret, struct err *e)
{
    static const struct label_words words = { "function parameter", "parameter" };
    struct arena *a = s->checker->arena;
    uint32_t count = t->of.func.param_count;
    uint64_t nodes = 0;
    if (!check_labels(s, &words, t->of.func.params, count, e))
        return false;
    struct named_type *params = arena_new(a, struct named_type, count);
    struct func_type *f = arena_new(a, struct func_type, 1);
    if (!resolve_items(s, t->of.func.params, count, params, e))
        return false;
    if (t->of.func.has_result && !resolve(s, &t->of.func.result, &f->result, e))
        return false;
    if (f->result && f->result->has_borrow)
        return err_set(e, ERR_INVALID, "function result cannot contain a `borrow` type");
    for (uint32_t i = 0; i < count; i++)
        nodes += params[i].type->nodes;
    if (nodes + (f->result ? f->result->nodes : 0) > TYPE_MAX_NODES)
        return err_set(e, ERR_LIMIT, "function type of more than %d parts", TYPE_MAX_NODES);
    f->params = params;
    f->param_count = count;
    f->async = t->of.func.async;
    *ret = f;
    return true;
}

static bool check_resource_type(struct check_scope *s, const struct deftype *t, const struct resource_type **ret,
                                struct err *e)
{
    if (s->kind != SCOPE_COMPONENT)
        return err_set(e, ERR_INVALID, "resources can only be defined within a concrete component");
    if (t->of.resource.has_dtor) {
        const struct core_func_type *dtor = NULL;
        if (!scope_core_func(s, t->of.resource.dtor, ERR_NO_OFFSET, &dtor, e))
            return false;
        if (dtor->param_count != 1 || dtor->params[0] != 0x7f || dtor->result_count != 0)
            return err_set(e, ERR_INVALID,
                           "wrong signature for a destructor: core function %" PRIu32 "%s is not (func (param i32))",
                           t->of.resource.dtor, NAMED(s, SORT_CORE_FUNC, t->of.resource.dtor));
    }
    struct resource *r = scope_new_resource(s, STR_NONE, false);
    r->type.local = true;
    *ret = &r->type;
    return true;
}

bool check_deftype(struct check_scope *s, const struct deftype *t, uint64_t offset, const struct type_entry **ret,
                   struct err *e)
{
    struct type_entry entry = { .kind = t->kind };
    bool ok = false;
    switch (t->kind) {
    case DEFTYPE_VALUE: ok = check_value_type(s, t, &entry.of.value, e); break;
    case DEFTYPE_FUNC: ok = check_func_type(s, t, &entry.of.func, e); break;
    case DEFTYPE_RESOURCE: ok = check_resource_type(s, t, &entry.of.resource, e); break;
    case DEFTYPE_COMPONENT:
    case DEFTYPE_INSTANCE: return check_scope_type(s, t, offset, ret, e);
    }
    if (!ok)
        return located(e, offset);
    *ret = entry_new(s->checker->arena, entry);
    return true;
}

/* --- Descriptions --- */

static bool not_of_kind(const struct check_scope *s, enum sort sort, uint32_t index, const char *what, struct err *e)
{
    return err_set(e, ERR_INVALID, "%s index %" PRIu32 " is not %s type%s", sort == SORT_TYPE ? "type" : "core type",
                   index, what, NAMED(s, sort, index));
}

static bool describe_core_module(struct check_scope *s, uint32_t index, struct item_type *ret, struct err *e)
{
    if (index >= s->core_types.len)
        return unknown_index(e, ERR_NO_OFFSET, "core type", index);
    if (s->core_types.at[index].kind != CORE_TYPE_MODULE)
        return not_of_kind(s, SORT_CORE_TYPE, index, "a module", e);
    *ret = (struct item_type){ .kind = ITEM_CORE_MODULE, .of.core_module = s->core_types.at[index].module };
    return true;
}

static bool describe_indexed(struct check_scope *s, const struct extern_desc *d, bool imported, struct item_type *ret,
                             struct err *e)
{
    const struct type_entry *entry = NULL;
    if (!scope_type(s, d->index, ERR_NO_OFFSET, &entry, e))
        return false;
    switch (d->kind) {
    case EXTERN_FUNC:
        if (entry->kind != DEFTYPE_FUNC)
            return not_of_kind(s, SORT_TYPE, d->index, "a function", e);
        *ret = (struct item_type){ .kind = ITEM_FUNC, .of.func = entry->of.func };
        return true;
    case EXTERN_COMPONENT:
        if (entry->kind != DEFTYPE_COMPONENT)
            return not_of_kind(s, SORT_TYPE, d->index, "a component", e);
        *ret = (struct item_type){ .kind = ITEM_COMPONENT, .of.component = entry->of.component };
        return true;
    case EXTERN_INSTANCE:
        if (entry->kind != DEFTYPE_INSTANCE)
            return not_of_kind(s, SORT_TYPE, d->index, "an instance", e);
        *ret = (struct item_type){ .kind = ITEM_INSTANCE };
        return instance_open(s, entry->of.instance, imported, &ret->of.instance, e);
    case EXTERN_TYPE_EQ: {
        struct item_type item = item_of_entry(entry);
        *ret = item_renamed(s->checker->arena, &item);
        return true;
    }
    case EXTERN_CORE_MODULE:
    case EXTERN_TYPE_SUB_RESOURCE: break;
    }
    __builtin_unreachable();
}

bool check_extern_desc(struct check_scope *s, const struct extern_desc *d, str name, bool imported, uint64_t offset,
                       struct item_type *ret, struct err *e)
{
    bool ok = true;
    if (d->kind == EXTERN_TYPE_SUB_RESOURCE) {
        const struct resource *r = scope_new_resource(s, name, imported);
        *ret = item_of_entry(
            entry_new(s->checker->arena, (struct type_entry){ .kind = DEFTYPE_RESOURCE, .of.resource = &r->type }));
    } else if (d->kind == EXTERN_CORE_MODULE) {
        ok = describe_core_module(s, d->index, ret, e);
    } else {
        ok = describe_indexed(s, d, imported, ret, e);
    }
    return ok || located(e, offset);
}
