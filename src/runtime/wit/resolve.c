/* Resolving: names of the ast become types, interfaces and worlds of wit.h. Interfaces are resolved
 * when first needed, so that texts may come in any order; meeting one that is being resolved is a
 * cycle. */
#include "runtime/wit/resolve.h"

/* --- Finding packages, interfaces, names --- */

static bool error_at(const struct ast_interface *i, size_t at, struct err *e, enum err_kind kind, const char *what,
                     str name)
{
    wit_error(i->source->name, i->source->text, at, e, "%s '%.*s'", what, STR_ARG(name));
    e->kind = kind;
    return false;
}

/* Without a version, any version of the package serves; the last one added wins. */
static const struct ast_package *find_package(const struct wit *w, str name, str version)
{
    for (uint32_t k = w->ast.packages.len; k-- > 0;) {
        const struct ast_package *p = w->ast.packages.at[k];
        if (str_eq(p->name, name) && (version.len == 0 || str_eq(p->version, version)))
            return p;
    }
    return NULL;
}

static struct node *find_node(struct wit *w, const struct ast_package *package, str name)
{
    for (uint32_t k = 0; k < w->nodes.len; k++)
        if (w->nodes.at[k]->ast->package == package && str_eq(w->nodes.at[k]->ast->name, name))
            return w->nodes.at[k];
    return NULL;
}

static bool resolve_path(struct wit *w, const struct ast_interface *from, const struct ast_path *path,
                         struct node **ret, struct err *e)
{
    const struct ast_package *p = from->package;
    if (path->package.len)
        p = find_package(w, path->package, path->version);
    if (!p)
        return error_at(from, path->at, e, ERR_LINK, "unknown package", path->package);
    *ret = find_node(w, p, path->name);
    return *ret || error_at(from, path->at, e, ERR_LINK, "unknown interface or world", path->name);
}

static struct wit_type *find_type(const struct node *n, str name)
{
    for (uint32_t k = 0; k < n->types.len; k++)
        if (str_eq(n->types.at[k].name, name))
            return &n->types.at[k];
    return NULL;
}

static bool gated_off(const struct wit *w, const struct ast_gate *g)
{
    if (!g->unstable.len)
        return false;
    for (uint32_t k = 0; k < w->features.len; k++)
        if (str_eq(w->features.at[k], g->unstable))
            return false;
    return true;
}

/* --- Types --- */

static bool resolve_type(struct wit *w, struct node *n, const struct ast_type *t, const struct type **ret,
                         struct err *e);

/* A definition further down in the same interface may be named before it comes. */
static bool define_later(struct wit *w, struct node *n, str name, size_t at, struct err *e);

static bool named(struct wit *w, struct node *n, str name, size_t at, const struct wit_type **ret, struct err *e)
{
    *ret = find_type(n, name);
    if (!*ret && !define_later(w, n, name, at, e))
        return false;
    *ret = find_type(n, name);
    return *ret || error_at(n->ast, at, e, ERR_LINK, "unknown type", name);
}

static bool resolve_handle(struct wit *w, struct node *n, const struct ast_type *t, enum type_kind kind,
                           const struct type **ret, struct err *e)
{
    const struct wit_type *target = NULL;
    if (!named(w, n, t->name, t->at, &target, e))
        return false;
    if (!target->resource)
        return error_at(n->ast, t->at, e, ERR_INVALID, "no resource:", t->name);
    *ret = type_handle(&w->arena, kind, target->resource);
    return true;
}

static bool resolve_named(struct wit *w, struct node *n, const struct ast_type *t, const struct type **ret,
                          struct err *e)
{
    const struct wit_type *target = NULL;
    if (!named(w, n, t->name, t->at, &target, e))
        return false;
    *ret = target->type ? target->type : type_handle(&w->arena, TYPE_OWN, target->resource);
    return true;
}

static bool resolve_tuple(struct wit *w, struct node *n, const struct ast_type *t, const struct type **ret,
                          struct err *e)
{
    struct named_type *items = arena_new(&w->arena, struct named_type, t->arg_count);
    for (uint32_t k = 0; k < t->arg_count; k++)
        if (!resolve_type(w, n, t->args[k], &items[k].type, e))
            return false;
    return type_items(&w->arena, TYPE_TUPLE, items, t->arg_count, ret, e);
}

static bool resolve_type(struct wit *w, struct node *n, const struct ast_type *t, const struct type **ret,
                         struct err *e)
{
    const struct type *args[2] = { NULL, NULL };
    if (t->kind != AST_TUPLE && t->kind != AST_UNSUPPORTED)
        for (uint32_t k = 0; k < t->arg_count; k++)
            if (t->args[k] && !resolve_type(w, n, t->args[k], &args[k], e))
                return false;
    switch (t->kind) {
    case AST_PRIMITIVE: *ret = type_primitive(t->primitive); return true;
    case AST_NAMED: return resolve_named(w, n, t, ret, e);
    case AST_LIST: return type_list(&w->arena, args[0], ret, e);
    case AST_FIXED_LIST: return type_fixed_list(&w->arena, args[0], t->len, ret, e);
    case AST_MAP: return type_map(&w->arena, args[0], args[1], ret, e);
    case AST_OPTION: return type_option(&w->arena, args[0], ret, e);
    case AST_RESULT: return type_result(&w->arena, args[0], args[1], ret, e);
    case AST_TUPLE: return resolve_tuple(w, n, t, ret, e);
    case AST_OWN: return resolve_handle(w, n, t, TYPE_OWN, ret, e);
    case AST_BORROW: return resolve_handle(w, n, t, TYPE_BORROW, ret, e);
    case AST_UNSUPPORTED: return error_at(n->ast, t->at, e, ERR_UNSUPPORTED, "not supported yet:", t->name);
    }
    __builtin_unreachable();
}

/* --- Definitions --- */

static bool resolve_items(struct wit *w, struct node *n, const struct ast_field *fields, uint32_t count,
                          const struct named_type **ret, struct err *e)
{
    struct named_type *items = arena_new(&w->arena, struct named_type, count);
    for (uint32_t k = 0; k < count; k++) {
        items[k].name = fields[k].name;
        if (fields[k].type && !resolve_type(w, n, fields[k].type, &items[k].type, e))
            return false;
        for (uint32_t m = 0; m < k; m++)
            if (str_eq_nocase(items[m].name, fields[k].name))
                return error_at(n->ast, fields[k].at, e, ERR_INVALID, "this name comes twice:", fields[k].name);
    }
    *ret = items;
    return true;
}

static bool resolve_body(struct wit *w, struct node *n, const struct ast_typedef *t, enum type_kind kind,
                         const struct type **ret, struct err *e)
{
    const struct named_type *items = NULL;
    if (!resolve_items(w, n, t->fields, t->field_count, &items, e))
        return false;
    if (!type_items(&w->arena, kind, items, t->field_count, ret, e)) {
        char why[ERR_TEXT_MAX];
        memcpy(why, e->text, sizeof(why));
        return wit_error(n->ast->source->name, n->ast->source->text, t->at, e, "%s", why);
    }
    return true;
}

static void add_resource(struct wit *w, struct node *n, struct wit_type *type)
{
    struct resource_type *r = arena_new(&w->arena, struct resource_type, 1);
    r->name = type->name;
    r->index = n->resources.len;
    type->resource = r;
    vec_push(&n->resources, r);
}

/* `type a = b` where b is a resource names the same resource. */
static bool resolve_alias(struct wit *w, struct node *n, const struct ast_typedef *t, struct wit_type *type,
                          struct err *e)
{
    const struct wit_type *target = NULL;
    if (t->alias->kind == AST_NAMED) {
        if (!named(w, n, t->alias->name, t->alias->at, &target, e))
            return false;
        if (target->resource) {
            type->resource = target->resource;
            type->origin = target->origin;
            type->origin_name = target->origin_name;
            return true;
        }
    }
    return resolve_type(w, n, t->alias, &type->type, e);
}

static bool define(struct wit *w, struct node *n, const struct ast_typedef *t, struct err *e)
{
    struct wit_type type = { .name = t->name, .origin = &n->interface, .origin_name = t->name };
    bool ok = true;
    if (n->depth++ > 100)
        return error_at(n->ast, t->at, e, ERR_INVALID, "types depend on each other in a circle:", t->name);
    switch (t->kind) {
    case AST_ALIAS: ok = resolve_alias(w, n, t, &type, e); break;
    case AST_RECORD: ok = resolve_body(w, n, t, TYPE_RECORD, &type.type, e); break;
    case AST_VARIANT: ok = resolve_body(w, n, t, TYPE_VARIANT, &type.type, e); break;
    case AST_ENUM: ok = resolve_body(w, n, t, TYPE_ENUM, &type.type, e); break;
    case AST_FLAGS: ok = resolve_body(w, n, t, TYPE_FLAGS, &type.type, e); break;
    case AST_RESOURCE: add_resource(w, n, &type); break;
    }
    n->depth--;
    if (!ok)
        return false;
    if (find_type(n, t->name))
        return error_at(n->ast, t->at, e, ERR_INVALID, "this name is defined twice:", t->name);
    vec_push(&n->types, type);
    return true;
}

static bool define_later(struct wit *w, struct node *n, str name, size_t at, struct err *e)
{
    for (uint32_t k = 0; k < n->ast->items.len; k++) {
        const struct ast_item *item = &n->ast->items.at[k];
        if (item->kind == AST_ITEM_TYPEDEF && str_eq(item->type->name, name) && !gated_off(w, &item->gate))
            return define(w, n, item->type, e);
    }
    return error_at(n->ast, at, e, ERR_LINK, "unknown type", name);
}

static bool use(struct wit *w, struct node *n, const struct ast_use *u, struct err *e)
{
    struct node *from = NULL;
    if (!resolve_path(w, n->ast, &u->from, &from, e) || !wit_resolve_node(w, from, e))
        return false;
    const struct wit_type *t = find_type(from, u->name);
    if (!t && from->skipped)
        return error_at(n->ast, u->from.at, e, ERR_UNSUPPORTED, "not supported yet:", from->ast->name);
    if (!t)
        return error_at(n->ast, u->from.at, e, ERR_LINK, "the interface has no type", u->name);
    struct wit_type copy = *t;
    copy.name = u->as;
    if (find_type(n, u->as))
        return error_at(n->ast, u->from.at, e, ERR_INVALID, "this name is defined twice:", u->as);
    vec_push(&n->types, copy);
    return true;
}

static bool add_func(struct wit *w, struct node *n, const struct ast_func *f, struct wit_func *ret, struct err *e)
{
    struct func_type *type = arena_new(&w->arena, struct func_type, 1);
    type->param_count = f->param_count;
    type->async = f->async;
    if (!resolve_items(w, n, f->params, f->param_count, &type->params, e) ||
        (f->result && !resolve_type(w, n, f->result, &type->result, e)))
        return false;
    *ret = (struct wit_func){ .name = f->name, .type = type, .since = f->gate.since, .unstable = f->gate.unstable };
    if (f->resource.len)
        ret->resource = find_type(n, f->resource)->resource;
    return true;
}

static bool add_interface_func(struct wit *w, struct node *n, const struct ast_func *f, struct err *e)
{
    struct wit_func func;
    if (!add_func(w, n, f, &func, e))
        return false;
    for (uint32_t k = 0; k < n->funcs.len; k++)
        if (str_eq(n->funcs.at[k].name, func.name))
            return error_at(n->ast, f->at, e, ERR_INVALID, "this function is defined twice:", f->name);
    vec_push(&n->funcs, func);
    return true;
}

static bool resolve_item(struct wit *w, struct node *n, const struct ast_item *item, struct err *e)
{
    if (gated_off(w, &item->gate))
        return true;
    switch (item->kind) {
    case AST_ITEM_TYPEDEF:
        /* Already there when an earlier item needed it. A second definition differs in place. */
        if (find_type(n, item->type->name) && find_type(n, item->type->name)->origin == &n->interface)
            return wit_first_definition(n->ast, item) ||
                   error_at(n->ast, item->at, e, ERR_INVALID, "this name is defined twice:", item->type->name);
        return define(w, n, item->type, e);
    case AST_ITEM_USE: return use(w, n, item->use, e);
    case AST_ITEM_FUNC: return add_interface_func(w, n, item->func, e);
    case AST_ITEM_IMPORT: return wit_world_extern(w, n, item, &n->imports, e);
    case AST_ITEM_EXPORT: return wit_world_extern(w, n, item, &n->exports, e);
    case AST_ITEM_INCLUDE: return wit_world_include(w, n, item, e);
    }
    __builtin_unreachable();
}

bool wit_first_definition(const struct ast_interface *i, const struct ast_item *item)
{
    for (uint32_t k = 0; k < i->items.len; k++) {
        const struct ast_item *other = &i->items.at[k];
        if (other->kind == AST_ITEM_TYPEDEF && str_eq(other->type->name, item->type->name))
            return other == item;
    }
    return true;
}

/* Types that a world's exports use. */
static void import_uses_of_exports(struct wit *w, struct node *world);

bool wit_resolve_node(struct wit *w, struct node *n, struct err *e)
{
    if (n->state == NODE_DONE)
        return true;
    if (n->state == NODE_BUSY)
        return error_at(n->ast, n->ast->at, e, ERR_INVALID, "interfaces use each other in a circle:", n->ast->name);
    n->state = NODE_BUSY;
    bool ok = true;
    for (uint32_t k = 0; ok && k < n->ast->items.len; k++)
        ok = resolve_item(w, n, &n->ast->items.at[k], e);
    n->state = NODE_DONE;
    if (!ok && e->kind == ERR_UNSUPPORTED) {
        n->skipped = true; /* other interfaces do not suffer */
        ok = true;
    }
    if (ok && n->ast->world)
        import_uses_of_exports(w, n);
    n->interface.types = n->types.at;
    n->interface.type_count = n->types.len;
    n->interface.funcs = n->funcs.at;
    n->interface.func_count = n->funcs.len;
    n->interface.resources = (const struct resource_type *const *)n->resources.at;
    n->interface.resource_count = n->resources.len;
    return ok;
}

/* --- Worlds --- */

static bool has_item(const world_items *list, str name)
{
    for (uint32_t k = 0; k < list->len; k++)
        if (str_eq(list->at[k].name, name))
            return true;
    return false;
}

static struct node *node_of(const struct wit *w, const struct wit_interface *i)
{
    for (uint32_t k = 0; k < w->nodes.len; k++)
        if (&w->nodes.at[k]->interface == i)
            return w->nodes.at[k];
    return NULL;
}

static void add_interface(world_items *list, const struct node *n)
{
    vec_push(list, (struct wit_world_item){
                       .kind = WIT_ITEM_INTERFACE, .name = n->interface.name, .interface = &n->interface });
}

/* The interface and, before it, those whose types it uses: they are imports of the world as well.
 */
static void add_import(struct wit *w, struct node *world, struct node *n)
{
    if (has_item(&world->imports, n->interface.name) || n->skipped)
        return;
    for (uint32_t k = 0; k < n->types.len; k++)
        if (n->types.at[k].origin != &n->interface)
            add_import(w, world, node_of(w, n->types.at[k].origin));
    add_interface(&world->imports, n);
}

/* Types that an export uses come from another export where there is one, else from an import. */
static void import_uses_of_exports(struct wit *w, struct node *world)
{
    for (uint32_t i = 0; i < world->exports.len; i++) {
        const struct wit_interface *x = world->exports.at[i].interface;
        for (uint32_t k = 0; x && k < x->type_count; k++)
            if (x->types[k].origin != x && !has_item(&world->exports, x->types[k].origin->name))
                add_import(w, world, node_of(w, x->types[k].origin));
    }
}

bool wit_world_extern(struct wit *w, struct node *world, const struct ast_item *item, world_items *list, struct err *e)
{
    if (item->func) {
        struct wit_func *f = arena_new(&w->arena, struct wit_func, 1);
        if (!add_func(w, world, item->func, f, e))
            return false;
        vec_push(list, (struct wit_world_item){ .kind = WIT_ITEM_FUNC, .name = item->name, .func = f });
        return true;
    }
    struct node *n = NULL;
    if (item->inline_interface) {
        n = wit_add_node(w, item->inline_interface);
        n->interface.name = item->name;
    } else if (!resolve_path(w, world->ast, &item->path, &n, e)) {
        return false;
    }
    if (!wit_resolve_node(w, n, e))
        return false;
    if (list == &world->imports)
        add_import(w, world, n);
    else if (!has_item(list, n->interface.name))
        add_interface(list, n);
    return true;
}

bool wit_world_include(struct wit *w, struct node *world, const struct ast_item *item, struct err *e)
{
    struct node *n = NULL;
    if (!resolve_path(w, world->ast, &item->path, &n, e) || !wit_resolve_node(w, n, e))
        return false;
    for (uint32_t k = 0; k < n->imports.len; k++)
        if (!has_item(&world->imports, n->imports.at[k].name))
            vec_push(&world->imports, n->imports.at[k]);
    for (uint32_t k = 0; k < n->exports.len; k++)
        if (!has_item(&world->exports, n->exports.at[k].name))
            vec_push(&world->exports, n->exports.at[k]);
    return true;
}
