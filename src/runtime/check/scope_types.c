/* Component and instance types: scopes of their own, whose declarations are walked like definitions. */
#include <stdlib.h>

#include "runtime/check/checker.h"

/* --- Sizes and look-up --- */

static uint64_t func_size(const struct func_type *f)
{
    uint64_t size = f->result ? f->result->nodes : 0;
    for (uint32_t i = 0; i < f->param_count; i++)
        size += f->params[i].type->nodes;
    return size;
}

static uint64_t item_size(const struct item_type *item, uint32_t *depth)
{
    switch (item->kind) {
    case ITEM_CORE_MODULE: return (uint64_t)item->of.core_module->import_count + item->of.core_module->export_count;
    case ITEM_FUNC: return func_size(item->of.func);
    case ITEM_RESOURCE: return 0;
    case ITEM_COMPONENT: *depth = item->of.component->depth; return item->of.component->size;
    case ITEM_INSTANCE: *depth = item->of.instance->depth; return item->of.instance->size;
    case ITEM_TYPE: break;
    }
    switch (item->of.type->kind) {
    case DEFTYPE_VALUE: return item->of.type->of.value->nodes;
    case DEFTYPE_FUNC: return func_size(item->of.type->of.func);
    case DEFTYPE_COMPONENT: *depth = item->of.type->of.component->depth; return item->of.type->of.component->size;
    case DEFTYPE_INSTANCE: *depth = item->of.type->of.instance->depth; return item->of.type->of.instance->size;
    case DEFTYPE_RESOURCE: break;
    }
    return 0;
}

bool items_measure(const struct named_item *items, uint32_t count, uint32_t *size, uint32_t *depth, struct err *e)
{
    uint64_t sum = *size;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t inner = 0;
        sum += 1 + item_size(&items[i].type, &inner);
        if (sum > MAX_TYPE_SIZE)
            return err_set(e, ERR_LIMIT, "effective type size exceeds the limit of %d", MAX_TYPE_SIZE);
        if (inner + 1 > *depth)
            *depth = inner + 1;
    }
    if (*depth > MAX_TYPE_NESTING)
        return err_set(e, ERR_LIMIT, "types nested deeper than %d", MAX_TYPE_NESTING);
    *size = (uint32_t)sum;
    return true;
}

static int by_name(const void *a, const void *b, void *ctx)
{
    const struct named_item *items = ctx;
    return str_cmp(items[*(const uint32_t *)a].name, items[*(const uint32_t *)b].name);
}

const struct named_item *instance_type_export(const struct instance_type *t, str name)
{
    uint32_t from = 0, to = t->export_count;
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        const struct named_item *item = &t->exports[t->exports_by_name[mid]];
        int order = str_cmp(name, item->name);
        if (order == 0)
            return item;
        if (order < 0)
            to = mid;
        else
            from = mid + 1;
    }
    return NULL;
}

static struct named_item *items_keep(struct arena *a, const struct named_item *items, uint32_t count)
{
    struct named_item *kept = arena_new(a, struct named_item, count);
    if (count)
        memcpy(kept, items, count * sizeof(*kept));
    return kept;
}

bool instance_type_new(struct arena *a, const struct named_item *items, uint32_t count, struct instance_type **ret,
                       struct err *e)
{
    struct instance_type t = { .export_count = count, .depth = 1 };
    if (!items_measure(items, count, &t.size, &t.depth, e))
        return false;
    struct named_item *kept = items_keep(a, items, count);
    uint32_t *order = arena_new(a, uint32_t, count);
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    qsort_r(order, count, sizeof(*order), by_name, kept);
    t.exports = kept;
    t.exports_by_name = order;
    *ret = arena_new(a, struct instance_type, 1);
    **ret = t;
    return true;
}

bool component_type_new(const struct check_scope *s, struct component_type **ret, struct err *e)
{
    struct arena *a = s->checker->arena;
    struct component_type t = { .import_count = s->imports.items.len,
                                .export_count = s->exports.items.len,
                                .depth = 1 };
    if (!items_measure(s->imports.items.at, t.import_count, &t.size, &t.depth, e) ||
        !items_measure(s->exports.items.at, t.export_count, &t.size, &t.depth, e))
        return false;
    t.imports = items_keep(a, s->imports.items.at, t.import_count);
    t.exports = items_keep(a, s->exports.items.at, t.export_count);
    *ret = arena_new(a, struct component_type, 1);
    **ret = t;
    return true;
}

/* --- Declarations --- */

static bool check_decl(struct check_scope *s, const struct type_decl *d, struct err *e)
{
    const struct type_entry *entry = NULL;
    struct item_type item;
    switch (d->kind) {
    case DECL_CORE_TYPE: return check_core_type(s, d->of.core_type, d->offset, e);
    case DECL_TYPE:
        if (!check_deftype(s, d->of.type, d->offset, &entry, e))
            return false;
        item = item_of_entry(entry);
        return scope_push(s, &item, d->offset, e);
    case DECL_ALIAS: return check_alias(s, &d->of.alias, d->offset, e);
    case DECL_IMPORT: return check_import(s, &d->of.external.name, &d->of.external.desc, d->offset, e);
    case DECL_EXPORT: return check_export_decl(s, &d->of.external.name, &d->of.external.desc, d->offset, e);
    }
    __builtin_unreachable();
}

/* Resources of the scope that were imported, or those that were not. */
static const struct resource_type *const *resources_of(const struct check_scope *s, bool imported, uint32_t *ret_count)
{
    const struct resource_type **list = arena_new(s->checker->arena, const struct resource_type *, s->resources.len);
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->resources.len; i++)
        if (s->resources.at[i]->imported == imported)
            list[count++] = &s->resources.at[i]->type;
    *ret_count = count;
    return list;
}

static bool finish(const struct check_scope *s, struct type_entry *ret, struct err *e)
{
    if (s->kind == SCOPE_INSTANCE_TYPE) {
        struct instance_type *t = NULL;
        if (!instance_type_new(s->checker->arena, s->exports.items.at, s->exports.items.len, &t, e))
            return false;
        t->resources = resources_of(s, false, &t->resource_count);
        *ret = (struct type_entry){ .kind = DEFTYPE_INSTANCE, .of.instance = t };
        return true;
    }
    struct component_type *t = NULL;
    if (!component_type_new(s, &t, e) || !check_shown_resources(s, e))
        return false;
    t->imported = resources_of(s, true, &t->imported_count);
    t->defined = resources_of(s, false, &t->defined_count);
    *ret = (struct type_entry){ .kind = DEFTYPE_COMPONENT, .of.component = t };
    return true;
}

bool check_scope_type(struct check_scope *outer, const struct deftype *t, uint64_t offset,
                      const struct type_entry **ret, struct err *e)
{
    struct check_scope s;
    struct type_entry entry = { 0 };
    bool ok = true;
    scope_init(&s, outer->checker, outer, t->kind == DEFTYPE_COMPONENT ? SCOPE_COMPONENT_TYPE : SCOPE_INSTANCE_TYPE);
    for (uint32_t i = 0; ok && i < t->of.scope.decl_count; i++)
        ok = check_decl(&s, &t->of.scope.decls[i], e);
    ok = ok && (finish(&s, &entry, e) || located(e, offset));
    scope_fini(&s);
    if (ok)
        *ret = entry_new(outer->checker->arena, entry);
    return ok;
}
