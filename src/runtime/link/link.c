/* The interpreter of component definitions: walks them in order, as instantiation does, and keeps for each index space
 * what its entries will be. */
#include "runtime/link/scope.h"

#include <assert.h>

/* Nested instantiations: deeper compositions than this are made to exhaust the stack. */
enum { MAX_DEPTH = 100, MAX_COMPONENT_INSTANCES = 4096 };

bool link_instance_item(struct linker *l, const struct link_instance *i, str name, struct link_item *ret)
{
    if (i->host)
        return host_instance_item(l, i->host, name, ret);
    for (uint32_t k = 0; k < i->item_count; k++) {
        if (str_eq(i->items[k].name, name)) {
            *ret = i->items[k].item;
            return true;
        }
    }
    return false;
}

void scope_bind_resources(struct scope *s, const struct instance_type *type, const struct link_instance *instance)
{
    for (uint32_t i = 0; i < type->export_count; i++) {
        const struct named_item *x = &type->exports[i];
        struct link_item item;
        if (x->type.kind == ITEM_RESOURCE) {
            if (link_instance_item(s->linker, instance, x->name, &item) && item.kind == ITEM_RESOURCE)
                s->resources[x->type.of.resource->index] = item.of.resource;
        } else if (x->type.kind == ITEM_INSTANCE) {
            if (link_instance_item(s->linker, instance, x->name, &item) && item.kind == ITEM_INSTANCE)
                scope_bind_resources(s, x->type.of.instance, item.of.instance);
        }
    }
}

/* `container` instantiates it; `parent` is what its outer aliases see. */
static struct scope *scope_new(struct linker *l, const struct component *c, struct scope *parent,
                               const struct scope *container)
{
    struct scope *s = arena_new(l->arena, struct scope, 1);
    s->next = l->scopes;
    l->scopes = s;
    s->linker = l;
    s->parent = parent;
    s->component = c;
    s->info = c->info;
    s->id = l->plan->containers.len;
    vec_push(&l->plan->containers, container ? container->id : PLAN_NONE);
    s->resources = arena_new(l->arena, const struct resource_type *, c->info->resource_count);
    return s;
}

static void scope_fini(struct scope *s)
{
    vec_fini(&s->core_funcs);
    vec_fini(&s->core_tables);
    vec_fini(&s->core_memories);
    vec_fini(&s->core_globals);
    vec_fini(&s->core_tags);
    vec_fini(&s->core_instances);
    vec_fini(&s->core_modules);
    vec_fini(&s->funcs);
    vec_fini(&s->instances);
    vec_fini(&s->components);
    vec_fini(&s->exports);
}

/* The value at an index of a component-level space. Only resources among the types have one. */
static struct link_item scope_item(const struct scope *s, const struct sort_idx *at)
{
    struct link_item item = { .kind = ITEM_TYPE };
    switch (at->sort) {
    case SORT_FUNC: item.kind = ITEM_FUNC, item.of.func = s->funcs.at[at->index]; break;
    case SORT_COMPONENT: item.kind = ITEM_COMPONENT, item.of.component = s->components.at[at->index]; break;
    case SORT_INSTANCE: item.kind = ITEM_INSTANCE, item.of.instance = s->instances.at[at->index]; break;
    case SORT_CORE_MODULE: item.kind = ITEM_CORE_MODULE, item.of.core_module = s->core_modules.at[at->index]; break;
    case SORT_TYPE:
        if (s->info->types.at[at->index].kind == DEFTYPE_RESOURCE) {
            item.kind = ITEM_RESOURCE;
            item.of.resource = s->resources[s->info->types.at[at->index].of.resource->index];
        }
        break;
    case SORT_CORE_FUNC:
    case SORT_CORE_TABLE:
    case SORT_CORE_MEMORY:
    case SORT_CORE_GLOBAL:
    case SORT_CORE_TAG:
    case SORT_CORE_TYPE:
    case SORT_CORE_INSTANCE: assert(false); /* the checker lets no core item through here */
    }
    return item;
}

/* Adds a value to its index space; for types, binds the resource that the new index names. */
static void scope_push(struct scope *s, const struct link_item *item)
{
    switch (item->kind) {
    case ITEM_CORE_MODULE: vec_push(&s->core_modules, item->of.core_module); break;
    case ITEM_FUNC: vec_push(&s->funcs, item->of.func); break;
    case ITEM_COMPONENT: vec_push(&s->components, item->of.component); break;
    case ITEM_INSTANCE:
        vec_push(&s->instances, item->of.instance);
        scope_bind_resources(s, s->info->instances.at[s->instances.len - 1], item->of.instance);
        break;
    case ITEM_RESOURCE: {
        const struct type_entry *entry = &s->info->types.at[s->type_count++];
        if (entry->kind == DEFTYPE_RESOURCE)
            s->resources[entry->of.resource->index] = item->of.resource;
        break;
    }
    case ITEM_TYPE: s->type_count++; break;
    }
}

/* --- Component definitions --- */

/* A resource defined by this component: a new type at each instantiation. */
static bool add_type(struct scope *s, const struct def *d, struct err *e)
{
    struct linker *l = s->linker;
    const struct deftype *t = d->of.type;
    uint32_t index = s->type_count++, dtor = PLAN_NONE;
    if (t->kind != DEFTYPE_RESOURCE)
        return true;
    if (t->of.resource.has_dtor && !scope_func_slot(s, t->of.resource.dtor, d->offset, &dtor, e))
        return false;
    const struct resource_type *abstract = s->info->types.at[index].of.resource;
    struct resource_type *concrete = arena_new(l->arena, struct resource_type, 1);
    *concrete = *abstract;
    struct plan_resource *r = arena_new(l->arena, struct plan_resource, 1);
    r->type = concrete;
    r->component_instance = s->id;
    r->dtor = dtor;
    vec_push(&l->plan->resources, r);
    s->resources[abstract->index] = concrete;
    return true;
}

static bool instantiate_component(struct scope *s, const struct def *d, struct link_instance *ret, struct err *e)
{
    struct linker *l = s->linker;
    if (l->depth == MAX_DEPTH || l->plan->containers.len == MAX_COMPONENT_INSTANCES)
        return err_at(e, ERR_LIMIT, d->offset, "more than %d component instances, or nested deeper than %d",
                      MAX_COMPONENT_INSTANCES, MAX_DEPTH);
    const struct link_component *c = s->components.at[d->of.instance.index];
    struct scope *inner = scope_new(l, c->component, c->parent, s);
    struct link_named_item *args = arena_new(l->arena, struct link_named_item, d->of.instance.arg_count);
    for (uint32_t i = 0; i < d->of.instance.arg_count; i++)
        args[i] = (struct link_named_item){ d->of.instance.args[i].name, scope_item(s, &d->of.instance.args[i].item) };
    inner->args = args;
    inner->arg_count = d->of.instance.arg_count;
    l->depth++;
    bool ok = scope_interpret(inner, e);
    l->depth--;
    if (ok) {
        struct link_named_item *items = arena_new(l->arena, struct link_named_item, inner->exports.len);
        if (inner->exports.len)
            memcpy(items, inner->exports.at, inner->exports.len * sizeof(*items));
        ret->items = items;
        ret->item_count = inner->exports.len;
    }
    return ok;
}

static bool add_instance(struct scope *s, const struct def *d, struct err *e)
{
    struct link_instance *i = arena_new(s->linker->arena, struct link_instance, 1);
    if (d->of.instance.instantiates) {
        if (!instantiate_component(s, d, i, e))
            return false;
    } else {
        uint32_t count = d->of.instance.arg_count;
        struct link_named_item *items = arena_new(s->linker->arena, struct link_named_item, count);
        for (uint32_t k = 0; k < count; k++)
            items[k] =
                (struct link_named_item){ d->of.instance.args[k].name, scope_item(s, &d->of.instance.args[k].item) };
        i->items = items;
        i->item_count = count;
    }
    scope_push(s, &(struct link_item){ .kind = ITEM_INSTANCE, .of.instance = i });
    return true;
}

static bool add_outer_alias(struct scope *s, const struct alias_def *x)
{
    const struct scope *from = s;
    for (uint32_t i = 0; i < x->outer_count; i++)
        from = from->parent;
    if (x->sort == SORT_CORE_TYPE)
        return true;
    struct link_item item = scope_item(from, &(struct sort_idx){ x->sort, x->outer_index });
    scope_push(s, &item);
    return true;
}

static bool add_alias(struct scope *s, const struct def *d, struct err *e)
{
    const struct alias_def *x = &d->of.alias;
    struct link_item item = { .kind = ITEM_TYPE };
    switch (x->target) {
    case ALIAS_CORE_EXPORT: return scope_add_core_alias(s, d, e);
    case ALIAS_OUTER: return add_outer_alias(s, x);
    case ALIAS_EXPORT: break;
    }
    if (!link_instance_item(s->linker, s->instances.at[x->instance], x->name, &item) && x->sort != SORT_TYPE)
        return err_at(e, ERR_LINK, d->offset, "instance %u has no export '%.*s'", x->instance, STR_ARG(x->name));
    scope_push(s, &item);
    return true;
}

/* An import of an outermost component: of a chain the next one may serve it, else only the host can. */
static bool import_from_outside(struct scope *s, const struct def *d, struct link_item *ret, struct err *e)
{
    str name = d->of.import.name.name;
    switch (d->of.import.desc.kind) {
    case EXTERN_INSTANCE: {
        const struct instance_type *type = s->info->instances.at[s->instances.len];
        bool found = false;
        if (!scope_import_from_behind(s, name, type, &found, ret, e))
            return false;
        if (found)
            return true;
        ret->kind = ITEM_INSTANCE;
        return scope_import_host_instance(s, name, type, &ret->of.instance, e);
    }
    case EXTERN_TYPE_EQ: {
        const struct type_entry *t = &s->info->types.at[s->type_count];
        ret->kind = t->kind == DEFTYPE_RESOURCE ? ITEM_RESOURCE : ITEM_TYPE;
        if (ret->kind == ITEM_RESOURCE)
            ret->of.resource = s->resources[t->of.resource->index];
        return true;
    }
    case EXTERN_FUNC:
    case EXTERN_CORE_MODULE:
    case EXTERN_TYPE_SUB_RESOURCE:
    case EXTERN_COMPONENT: break;
    }
    err_set(e, ERR_LINK, "the host offers interfaces only, no single functions, types, modules or components");
    return err_help(e, "compose the component with one that exports '%.*s'", STR_ARG(name));
}

static bool add_import(struct scope *s, const struct def *d, struct err *e)
{
    str name = d->of.import.name.name;
    struct link_item item = { .kind = ITEM_TYPE };
    if (s->linker->plan->containers.at[s->id] == PLAN_NONE) {
        if (!import_from_outside(s, d, &item, e)) {
            if (e->offset == ERR_NO_OFFSET)
                e->offset = d->offset;
            return err_wrap(e, "import '%.*s'", STR_ARG(name));
        }
    } else {
        for (uint32_t i = 0; i < s->arg_count; i++)
            if (str_eq(s->args[i].name, name))
                item = s->args[i].item;
    }
    scope_push(s, &item);
    return true;
}

static void add_export(struct scope *s, const struct def *d)
{
    struct link_item item = scope_item(s, &d->of.export.item);
    vec_push(&s->exports, (struct link_named_item){ d->of.export.name.name, item });
    scope_push(s, &item);
}

static bool interpret_def(struct scope *s, const struct def *d, struct err *e)
{
    switch (d->kind) {
    case DEF_CORE_MODULE: return scope_add_core_module(s, d, e);
    case DEF_CORE_INSTANCE: return scope_add_core_instance(s, d, e);
    case DEF_CORE_TYPE: return true;
    case DEF_COMPONENT: {
        struct link_component *c = arena_new(s->linker->arena, struct link_component, 1);
        c->component = d->of.component;
        c->parent = s;
        vec_push(&s->components, c);
        return true;
    }
    case DEF_INSTANCE: return add_instance(s, d, e);
    case DEF_ALIAS: return add_alias(s, d, e);
    case DEF_TYPE: return add_type(s, d, e);
    case DEF_CANON: return scope_add_canon(s, d, e);
    case DEF_IMPORT: return add_import(s, d, e);
    case DEF_EXPORT: add_export(s, d); return true;
    }
    __builtin_unreachable();
}

bool scope_interpret(struct scope *s, struct err *e)
{
    for (uint32_t i = 0; i < s->component->def_count; i++)
        if (!interpret_def(s, &s->component->defs[i], e))
            return false;
    return true;
}

/* --- Exports of the outermost component --- */

static void add_plan_func(struct linker *l, str interface, str name, const struct link_func *f)
{
    if (f->host)
        return; /* an import exported again: nothing to call in here */
    vec_push(&l->plan->funcs, (struct plan_func){ .interface = interface,
                                                  .name = name,
                                                  .core = f->core,
                                                  .type = f->type,
                                                  .resources = f->resources,
                                                  .options = f->options,
                                                  .component_instance = f->component_instance,
                                                  .entered = linker_entered(l, PLAN_NONE, f->component_instance) });
}

static void collect_exports(struct linker *l, const struct scope *root)
{
    for (uint32_t i = 0; i < root->exports.len; i++) {
        const struct link_named_item *x = &root->exports.at[i];
        if (x->item.kind == ITEM_FUNC)
            add_plan_func(l, STR(""), x->name, x->item.of.func);
        if (x->item.kind != ITEM_INSTANCE)
            continue;
        const struct link_instance *instance = x->item.of.instance;
        for (uint32_t k = 0; k < instance->item_count; k++)
            if (instance->items[k].item.kind == ITEM_FUNC)
                add_plan_func(l, x->name, instance->items[k].name, instance->items[k].item.of.func);
    }
}

/* The last component first: those before it import what it exports. */
static bool interpret_chain(struct linker *l, const struct link_chain *c, struct scope **ret, struct err *e)
{
    struct scope *behind = NULL;
    for (uint32_t i = c->len; i-- > 0;) {
        struct scope *s = scope_new(l, c->at[i], NULL, NULL);
        s->behind = behind;
        bool ok = scope_interpret(s, e);
        if (ok && behind && !s->uses_behind) {
            ok = err_set(e, ERR_LINK, "it imports nothing that %.*s exports", STR_ARG(c->names[i + 1]));
            err_help(e, "a middleware imports the interface that it exports: wasi:http/incoming-handler");
        }
        if (!ok)
            return c->len == 1 ? false : link_locate(e, c->names[i]);
        behind = s;
    }
    *ret = behind;
    return true;
}

bool link_components(struct arena *a, const struct link_chain *c, const struct link_host *host, struct plan *ret,
                     struct err *e)
{
    *ret = (struct plan){ 0 };
    struct linker l = { .arena = a, .host = host, .plan = ret };
    struct scope *outermost = NULL;
    bool ok = interpret_chain(&l, c, &outermost, e);
    if (ok) {
        collect_exports(&l, outermost);
        plan_bypass_shims(a, ret);
        ok = plan_add_adapters(a, ret, e);
    }
    for (struct scope *s = l.scopes; s; s = s->next)
        scope_fini(s);
    if (!ok)
        plan_fini(ret);
    return ok;
}
