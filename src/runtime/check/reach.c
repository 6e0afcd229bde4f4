/* Which resources an item's type refers to, anywhere in it. */
#include "runtime/check/checker.h"

struct walk {
    resource_test_fn *test;
    const void *ctx;
};

static bool walk_item(const struct walk *w, const struct item_type *item);

static bool walk_resource(const struct walk *w, const struct resource_type *r)
{
    return w->test(w->ctx, resource_of(r));
}

static bool walk_value(const struct walk *w, const struct type *t)
{
    if (!t || !t->has_handle)
        return false;
    if (t->kind == TYPE_OWN || t->kind == TYPE_BORROW)
        return walk_resource(w, t->of.resource);
    if (t->kind == TYPE_LIST || t->kind == TYPE_MAP || t->kind == TYPE_OPTION)
        return walk_value(w, t->of.elem);
    if (t->kind == TYPE_FIXED_LIST)
        return walk_value(w, t->of.array.elem);
    if (t->kind == TYPE_RESULT)
        return walk_value(w, t->of.result.ok) || walk_value(w, t->of.result.err);
    for (uint32_t i = 0; i < t->of.items.len; i++)
        if (walk_value(w, t->of.items.at[i].type))
            return true;
    return false;
}

static bool walk_func(const struct walk *w, const struct func_type *f)
{
    for (uint32_t i = 0; i < f->param_count; i++)
        if (walk_value(w, f->params[i].type))
            return true;
    return walk_value(w, f->result);
}

static bool walk_items(const struct walk *w, const struct named_item *items, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (walk_item(w, &items[i].type))
            return true;
    return false;
}

static bool walk_component(const struct walk *w, const struct component_type *t)
{
    return walk_items(w, t->imports, t->import_count) || walk_items(w, t->exports, t->export_count);
}

static bool walk_entry(const struct walk *w, const struct type_entry *entry)
{
    switch (entry->kind) {
    case DEFTYPE_VALUE: return walk_value(w, entry->of.value);
    case DEFTYPE_FUNC: return walk_func(w, entry->of.func);
    case DEFTYPE_COMPONENT: return walk_component(w, entry->of.component);
    case DEFTYPE_INSTANCE: return walk_items(w, entry->of.instance->exports, entry->of.instance->export_count);
    case DEFTYPE_RESOURCE: return walk_resource(w, entry->of.resource);
    }
    __builtin_unreachable();
}

static bool walk_item(const struct walk *w, const struct item_type *item)
{
    switch (item->kind) {
    case ITEM_CORE_MODULE: return false;
    case ITEM_FUNC: return walk_func(w, item->of.func);
    case ITEM_RESOURCE: return walk_resource(w, item->of.resource);
    case ITEM_TYPE: return walk_entry(w, item->of.type);
    case ITEM_COMPONENT: return walk_component(w, item->of.component);
    case ITEM_INSTANCE: return walk_items(w, item->of.instance->exports, item->of.instance->export_count);
    }
    __builtin_unreachable();
}

bool item_reaches(struct checker *c, const struct item_type *item, resource_test_fn *test, const void *ctx, bool *ret,
                  struct err *e)
{
    const struct named_item wrapped = { .type = *item };
    uint32_t size = 0, depth = 0;
    if (!items_measure(&wrapped, 1, &size, &depth, e) || !work_add(c, size, e))
        return false;
    *ret = walk_item(&(struct walk){ test, ctx }, item);
    return true;
}
