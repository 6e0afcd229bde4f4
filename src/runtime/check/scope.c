/* Scopes: index spaces that grow while definitions are walked, and look-ups in them. */
#include "runtime/check/checker.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

void namespace_init(struct namespace *n)
{
    *n = (struct namespace){ 0 };
    name_set_init(&n->names);
    map_init(&n->resources);
}

void namespace_fini(struct namespace *n)
{
    name_set_fini(&n->names);
    ptr_map_fini(&n->resource_names);
    map_fini(&n->resources);
    vec_fini(&n->items);
}

void scope_init(struct check_scope *s, struct checker *c, struct check_scope *parent, enum scope_kind kind)
{
    *s = (struct check_scope){ .checker = c, .parent = parent, .kind = kind, .id = c->scope_count++ };
    namespace_init(&s->imports);
    namespace_init(&s->exports);
}

void scope_fini(struct check_scope *s)
{
    vec_fini(&s->core_funcs);
    vec_fini(&s->core_tags);
    vec_fini(&s->core_tables);
    vec_fini(&s->core_memories);
    vec_fini(&s->core_globals);
    vec_fini(&s->core_modules);
    vec_fini(&s->core_instances);
    vec_fini(&s->core_types);
    vec_fini(&s->types);
    vec_fini(&s->funcs);
    vec_fini(&s->instances);
    vec_fini(&s->components);
    vec_fini(&s->resources);
    namespace_fini(&s->imports);
    namespace_fini(&s->exports);
    ptr_map_fini(&s->named_imports);
    ptr_map_fini(&s->named_exports);
}

const char *scope_index_name(const struct check_scope *s, enum sort sort, uint32_t index, char out[INDEX_NAME_BYTES])
{
    str name = s->component ? component_index_name(s->component, sort, index) : STR_NONE;
    if (name.len)
        snprintf(out, INDEX_NAME_BYTES, " (`%.*s`)", STR_ARG(name));
    return out;
}

bool unknown_index(struct err *e, uint64_t offset, const char *what, uint32_t index)
{
    return err_at(e, ERR_INVALID, offset, "unknown %s %" PRIu32 ": %s index out of bounds", what, index, what);
}

bool located(struct err *e, uint64_t offset)
{
    if (e->offset == ERR_NO_OFFSET)
        e->offset = offset;
    return false;
}

bool work_add(struct checker *c, uint64_t amount, struct err *e)
{
    c->work += amount;
    if (c->work > MAX_WORK)
        return err_set(e, ERR_LIMIT, "comparing its types takes more than %d steps", MAX_WORK);
    return true;
}

const struct type_entry *entry_new(struct arena *a, struct type_entry entry)
{
    struct type_entry *kept = arena_new(a, struct type_entry, 1);
    *kept = entry;
    return kept;
}

bool type_is_named_kind(const struct type *t)
{
    return t->kind == TYPE_RECORD || t->kind == TYPE_VARIANT || t->kind == TYPE_ENUM || t->kind == TYPE_FLAGS;
}

struct item_type item_of_entry(const struct type_entry *entry)
{
    struct item_type item = { .kind = ITEM_TYPE, .of.type = entry, .entry = entry };
    if (entry->kind == DEFTYPE_RESOURCE) {
        item.kind = ITEM_RESOURCE;
        item.of.resource = entry->of.resource;
    }
    return item;
}

struct item_type item_renamed(struct arena *a, const struct item_type *item)
{
    assert(item->kind == ITEM_TYPE || item->kind == ITEM_RESOURCE);
    struct type_entry entry = *item->entry;
    if (entry.kind == DEFTYPE_VALUE && type_is_named_kind(entry.of.value)) {
        struct type *copy = arena_new(a, struct type, 1);
        *copy = *entry.of.value;
        entry.of.value = copy;
    }
    return item_of_entry(entry_new(a, entry));
}

const char *item_kind_name(const struct item_type *item)
{
    switch (item->kind) {
    case ITEM_CORE_MODULE: return "module";
    case ITEM_FUNC: return "func";
    case ITEM_COMPONENT: return "component";
    case ITEM_INSTANCE: return "instance";
    case ITEM_RESOURCE: return "resource";
    case ITEM_TYPE: break;
    }
    switch (item->of.type->kind) {
    case DEFTYPE_VALUE: return "defined type";
    case DEFTYPE_FUNC: return "func type";
    case DEFTYPE_COMPONENT: return "component type";
    case DEFTYPE_INSTANCE: return "instance type";
    case DEFTYPE_RESOURCE: return "resource";
    }
    __builtin_unreachable();
}

struct resource *scope_new_resource(struct check_scope *s, str name, bool imported)
{
    struct resource *r = arena_new(s->checker->arena, struct resource, 1);
    r->type.name = name;
    r->type.index = s->resources.len;
    r->owner = s->id;
    r->imported = imported;
    vec_push(&s->resources, r);
    return r;
}

bool scope_is_live(const struct check_scope *s, uint32_t id)
{
    for (; s; s = s->parent)
        if (s->id == id)
            return true;
    return false;
}

static bool too_many(struct err *e, uint64_t offset, int limit, const char *what)
{
    return err_at(e, ERR_LIMIT, offset, "more than %d %s", limit, what);
}

bool scope_push(struct check_scope *s, const struct item_type *item, uint64_t offset, struct err *e)
{
    switch (item->kind) {
    case ITEM_CORE_MODULE:
        if (s->core_modules.len == MAX_MODULES)
            return too_many(e, offset, MAX_MODULES, "core modules");
        vec_push(&s->core_modules, item->of.core_module);
        return true;
    case ITEM_FUNC:
        if (s->funcs.len == MAX_ENTRIES)
            return too_many(e, offset, MAX_ENTRIES, "functions");
        vec_push(&s->funcs, item->of.func);
        return true;
    case ITEM_TYPE:
    case ITEM_RESOURCE:
        if (s->types.len == MAX_ENTRIES)
            return too_many(e, offset, MAX_ENTRIES, "types");
        vec_push(&s->types, item->entry);
        return true;
    case ITEM_COMPONENT:
        if (s->components.len == MAX_COMPONENTS)
            return too_many(e, offset, MAX_COMPONENTS, "components");
        vec_push(&s->components, item->of.component);
        return true;
    case ITEM_INSTANCE:
        if (s->instances.len == MAX_INSTANCES)
            return too_many(e, offset, MAX_INSTANCES, "instances");
        vec_push(&s->instances, item->of.instance);
        return true;
    }
    __builtin_unreachable();
}

bool scope_type(const struct check_scope *s, uint32_t index, uint64_t offset, const struct type_entry **ret,
                struct err *e)
{
    if (index >= s->types.len)
        return unknown_index(e, offset, "type", index);
    *ret = s->types.at[index];
    return true;
}

bool scope_resource(const struct check_scope *s, uint32_t index, uint64_t offset, const struct type_entry **ret,
                    struct err *e)
{
    const struct type_entry *entry = NULL;
    if (!scope_type(s, index, offset, &entry, e))
        return false;
    if (entry->kind != DEFTYPE_RESOURCE)
        return err_at(e, ERR_INVALID, offset, "type index %" PRIu32 " is not a resource type%s", index,
                      NAMED(s, SORT_TYPE, index));
    *ret = entry;
    return true;
}

bool scope_item(const struct check_scope *s, const struct sort_idx *at, uint64_t offset, struct item_type *ret,
                struct err *e)
{
    const struct type_entry *entry = NULL;
    uint32_t i = at->index;
    switch (at->sort) {
    case SORT_CORE_MODULE:
        if (i >= s->core_modules.len)
            return unknown_index(e, offset, "module", i);
        *ret = (struct item_type){ .kind = ITEM_CORE_MODULE, .of.core_module = s->core_modules.at[i] };
        return true;
    case SORT_FUNC:
        if (i >= s->funcs.len)
            return unknown_index(e, offset, "function", i);
        *ret = (struct item_type){ .kind = ITEM_FUNC, .of.func = s->funcs.at[i] };
        return true;
    case SORT_TYPE:
        if (!scope_type(s, i, offset, &entry, e))
            return false;
        *ret = item_of_entry(entry);
        return true;
    case SORT_COMPONENT:
        if (i >= s->components.len)
            return unknown_index(e, offset, "component", i);
        *ret = (struct item_type){ .kind = ITEM_COMPONENT, .of.component = s->components.at[i] };
        return true;
    case SORT_INSTANCE:
        if (i >= s->instances.len)
            return unknown_index(e, offset, "instance", i);
        *ret = (struct item_type){ .kind = ITEM_INSTANCE, .of.instance = s->instances.at[i] };
        return true;
    case SORT_CORE_FUNC:
    case SORT_CORE_TABLE:
    case SORT_CORE_MEMORY:
    case SORT_CORE_GLOBAL:
    case SORT_CORE_TAG:
    case SORT_CORE_TYPE:
    case SORT_CORE_INSTANCE: break;
    }
    assert(false && "the reader lets no core item but modules through here");
    __builtin_unreachable();
}
