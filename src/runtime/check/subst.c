/* Substitution: types again with other resources, and other types where an argument stood in for an imported one. What
 * does not change stays the same object, and what changes is made once, so that names given to types go on to hold. */
#include "runtime/check/checker.h"

void subst_init(struct subst *s, struct checker *c)
{
    *s = (struct subst){ .checker = c };
}

void subst_fini(struct subst *s)
{
    ptr_map_fini(&s->map);
}

/* Past the limit on work everything stays as it is; subst_items tells. */
static bool is_exhausted(const struct subst *s)
{
    return s->checker->work > MAX_WORK;
}

static const struct type *subst_type(struct subst *s, const struct type *t);
static struct item_type subst_item(struct subst *s, const struct item_type *item);

static const struct resource_type *subst_resource(const struct subst *s, const struct resource_type *r)
{
    const struct resource_type *to = ptr_map_get(&s->map, r);
    return to ? to : r;
}

static const struct type_entry *subst_entry(struct subst *s, const struct type_entry *entry);

static const struct type *subst_handle(struct subst *s, const struct type *t)
{
    const struct type_entry *entry = subst_entry(s, handle_of(t)->entry);
    const struct resource_type *r = subst_resource(s, t->of.resource);
    if (entry == handle_of(t)->entry && r == t->of.resource)
        return t;
    struct handle *copy = arena_new(s->checker->arena, struct handle, 1);
    *copy = *handle_of(t);
    copy->entry = entry;
    copy->type.of.resource = r;
    return &copy->type;
}

static const struct type *kept(struct subst *s, const struct type *copy)
{
    struct type *to = arena_new(s->checker->arena, struct type, 1);
    *to = *copy;
    return to;
}

static const struct type *subst_list(struct subst *s, const struct type *t)
{
    struct type copy = *t;
    copy.of.elem = subst_type(s, t->of.elem);
    return copy.of.elem == t->of.elem ? t : kept(s, &copy);
}

static const struct type *subst_array(struct subst *s, const struct type *t)
{
    struct type copy = *t;
    copy.of.array.elem = subst_type(s, t->of.array.elem);
    return copy.of.array.elem == t->of.array.elem ? t : kept(s, &copy);
}

static const struct type *subst_result(struct subst *s, const struct type *t)
{
    struct type copy = *t;
    copy.of.result.ok = subst_type(s, t->of.result.ok);
    copy.of.result.err = subst_type(s, t->of.result.err);
    bool same = copy.of.result.ok == t->of.result.ok && copy.of.result.err == t->of.result.err;
    return same ? t : kept(s, &copy);
}

/* NULL when none changes. */
static const struct named_type *subst_named(struct subst *s, const struct named_type *items, uint32_t count)
{
    struct named_type *copy = NULL;
    for (uint32_t i = 0; i < count; i++) {
        const struct type *to = subst_type(s, items[i].type);
        if (to == items[i].type)
            continue;
        if (!copy) {
            copy = arena_new(s->checker->arena, struct named_type, count);
            memcpy(copy, items, count * sizeof(*copy));
        }
        copy[i].type = to;
    }
    return copy;
}

static const struct type *subst_fields(struct subst *s, const struct type *t)
{
    const struct named_type *items = subst_named(s, t->of.items.at, t->of.items.len);
    if (!items)
        return t;
    struct type copy = *t;
    copy.of.items.at = items;
    return kept(s, &copy);
}

static const struct type *subst_parts(struct subst *s, const struct type *t)
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
    case TYPE_FLAGS: return t;
    case TYPE_LIST:
    case TYPE_MAP:
    case TYPE_OPTION: return subst_list(s, t);
    case TYPE_FIXED_LIST: return subst_array(s, t);
    case TYPE_RESULT: return subst_result(s, t);
    case TYPE_RECORD:
    case TYPE_TUPLE:
    case TYPE_VARIANT: return subst_fields(s, t);
    case TYPE_OWN:
    case TYPE_BORROW: return subst_handle(s, t);
    }
    __builtin_unreachable();
}

/* NULL stays NULL: no type. */
static const struct type *subst_type(struct subst *s, const struct type *t)
{
    if (!t || t->kind <= TYPE_STRING || is_exhausted(s))
        return t;
    const struct type *to = ptr_map_get(&s->map, t);
    if (to)
        return to;
    bool has_items =
        t->kind >= TYPE_RECORD && t->kind <= TYPE_FLAGS && t->kind != TYPE_OPTION && t->kind != TYPE_RESULT;
    s->checker->work += 1 + (has_items ? t->of.items.len : 0);
    to = subst_parts(s, t);
    ptr_map_set(&s->map, t, to);
    return to;
}

static const struct func_type *subst_func(struct subst *s, const struct func_type *f)
{
    const struct func_type *known = ptr_map_get(&s->map, f);
    if (known || is_exhausted(s))
        return known ? known : f;
    s->checker->work += 1 + f->param_count;
    const struct named_type *params = subst_named(s, f->params, f->param_count);
    const struct type *result = subst_type(s, f->result);
    const struct func_type *to = f;
    if (params || result != f->result) {
        struct func_type *copy = arena_new(s->checker->arena, struct func_type, 1);
        *copy = *f;
        copy->params = params ? params : f->params;
        copy->result = result;
        to = copy;
    }
    ptr_map_set(&s->map, f, to);
    return to;
}

/* NULL when none changes. */
static const struct named_item *changed_items(struct subst *s, const struct named_item *items, uint32_t count)
{
    struct named_item *copy = NULL;
    for (uint32_t i = 0; i < count && !is_exhausted(s); i++) {
        struct item_type to = subst_item(s, &items[i].type);
        bool same =
            to.kind == items[i].type.kind && to.entry == items[i].type.entry && to.of.func == items[i].type.of.func;
        if (same)
            continue;
        if (!copy) {
            copy = arena_new(s->checker->arena, struct named_item, count);
            memcpy(copy, items, count * sizeof(*copy));
            s->checker->work += count;
        }
        copy[i].type = to;
    }
    return copy;
}

static const struct instance_type *subst_instance(struct subst *s, const struct instance_type *t)
{
    const struct instance_type *known = ptr_map_get(&s->map, t);
    if (known)
        return known;
    const struct instance_type *to = t;
    const struct named_item *exports = changed_items(s, t->exports, t->export_count);
    if (exports) {
        struct instance_type *copy = arena_new(s->checker->arena, struct instance_type, 1);
        *copy = *t;
        copy->exports = exports;
        to = copy;
    }
    ptr_map_set(&s->map, t, to);
    return to;
}

static const struct component_type *subst_component(struct subst *s, const struct component_type *t)
{
    const struct component_type *known = ptr_map_get(&s->map, t);
    if (known)
        return known;
    const struct component_type *to = t;
    const struct named_item *imports = changed_items(s, t->imports, t->import_count);
    const struct named_item *exports = changed_items(s, t->exports, t->export_count);
    if (imports || exports) {
        struct component_type *copy = arena_new(s->checker->arena, struct component_type, 1);
        *copy = *t;
        copy->imports = imports ? imports : t->imports;
        copy->exports = exports ? exports : t->exports;
        to = copy;
    }
    ptr_map_set(&s->map, t, to);
    return to;
}

static const struct type_entry *subst_entry(struct subst *s, const struct type_entry *entry)
{
    const struct type_entry *known = ptr_map_get(&s->map, entry);
    if (known)
        return known;
    struct type_entry to = *entry;
    bool same = true;
    switch (entry->kind) {
    case DEFTYPE_VALUE: same = (to.of.value = subst_type(s, entry->of.value)) == entry->of.value; break;
    case DEFTYPE_FUNC: same = (to.of.func = subst_func(s, entry->of.func)) == entry->of.func; break;
    case DEFTYPE_COMPONENT:
        same = (to.of.component = subst_component(s, entry->of.component)) == entry->of.component;
        break;
    case DEFTYPE_INSTANCE: same = (to.of.instance = subst_instance(s, entry->of.instance)) == entry->of.instance; break;
    case DEFTYPE_RESOURCE: same = (to.of.resource = subst_resource(s, entry->of.resource)) == entry->of.resource; break;
    }
    const struct type_entry *result = same ? entry : entry_new(s->checker->arena, to);
    ptr_map_set(&s->map, entry, result);
    return result;
}

static struct item_type subst_item(struct subst *s, const struct item_type *item)
{
    struct item_type to = *item;
    s->checker->work++;
    switch (item->kind) {
    case ITEM_CORE_MODULE: break;
    case ITEM_FUNC: to.of.func = subst_func(s, item->of.func); break;
    case ITEM_TYPE:
    case ITEM_RESOURCE: return item_of_entry(subst_entry(s, item->entry));
    case ITEM_COMPONENT: to.of.component = subst_component(s, item->of.component); break;
    case ITEM_INSTANCE: to.of.instance = subst_instance(s, item->of.instance); break;
    }
    return to;
}

bool subst_items(struct subst *s, const struct named_item *items, uint32_t count, const struct named_item **ret,
                 struct err *e)
{
    const struct named_item *to = changed_items(s, items, count);
    *ret = to ? to : items;
    return work_add(s->checker, 0, e);
}

bool instance_open(struct check_scope *scope, const struct instance_type *t, bool imported,
                   const struct instance_type **ret, struct err *e)
{
    if (t->resource_count == 0) {
        *ret = t;
        return true;
    }
    struct subst s;
    subst_init(&s, scope->checker);
    bool ok = work_add(scope->checker, t->resource_count, e);
    for (uint32_t i = 0; ok && i < t->resource_count; i++)
        ptr_map_set(&s.map, t->resources[i], &scope_new_resource(scope, t->resources[i]->name, imported)->type);
    struct instance_type *open = arena_new(scope->checker->arena, struct instance_type, 1);
    *open = *t;
    open->resources = NULL;
    open->resource_count = 0;
    ok = ok && subst_items(&s, t->exports, t->export_count, &open->exports, e);
    subst_fini(&s);
    if (ok)
        *ret = open;
    return ok;
}
