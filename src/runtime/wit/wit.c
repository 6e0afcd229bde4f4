/* A set of WIT packages: adding texts, resolving all, looking up. */
#include "runtime/wit/wit.h"

#include "runtime/wit/resolve.h"

/* The largest text: WASI's is 50 kB a package. */
enum { MAX_TEXT_BYTES = 16 << 20 };

struct wit *wit_new(void)
{
    struct wit *w = mem_new(struct wit);
    arena_init(&w->arena);
    w->ast.arena = &w->arena;
    return w;
}

static void remove_nodes(struct wit *w, uint32_t from)
{
    for (uint32_t k = from; k < w->nodes.len; k++) {
        struct node *n = w->nodes.at[k];
        vec_fini(&n->types);
        vec_fini(&n->funcs);
        vec_fini(&n->resources);
        vec_fini(&n->imports);
        vec_fini(&n->exports);
    }
    w->nodes.len = from;
}

void wit_free(struct wit *w)
{
    if (!w)
        return;
    remove_nodes(w, 0);
    vec_fini(&w->nodes);
    vec_fini(&w->features);
    vec_fini(&w->interfaces);
    vec_fini(&w->worlds);
    ast_fini(&w->ast);
    arena_fini(&w->arena);
    mem_free(w);
}

static bool source_new(struct wit *w, str name, str text, const struct ast_source **ret, struct err *e)
{
    if (text.len > MAX_TEXT_BYTES)
        return err_set(e, ERR_LIMIT, "%.*s: WIT text of more than %d bytes", STR_ARG(name), MAX_TEXT_BYTES);
    struct ast_source *s = arena_new(&w->arena, struct ast_source, 1);
    s->name = str_dup(&w->arena, name);
    s->text = str_dup(&w->arena, text);
    *ret = s;
    return true;
}

bool wit_add(struct wit *w, str source, str text, struct err *e)
{
    const struct ast_source *s = NULL;
    return source_new(w, source, text, &s, e) && ast_parse(&w->ast, s, e);
}

bool wit_add_items(struct wit *w, str source, str items, struct err *e)
{
    const struct ast_source *s = NULL;
    items = str_trim(items);
    bool ended = str_ends(items, STR(";")) || str_ends(items, STR("}"));
    str text = ended ? items : str_printf(&w->arena, "%.*s;", STR_ARG(items));
    return source_new(w, source, text, &s, e) && ast_parse_items(&w->ast, s, e);
}

void wit_enable_feature(struct wit *w, str feature)
{
    vec_push(&w->features, str_dup(&w->arena, feature));
}

struct node *wit_add_node(struct wit *w, const struct ast_interface *i)
{
    struct node *n = arena_new(&w->arena, struct node, 1);
    const struct ast_package *p = i->package;
    n->ast = i;
    n->interface.name = p->version.len ? str_printf(&w->arena, "%.*s/%.*s@%.*s", STR_ARG(p->name), STR_ARG(i->name),
                                                    STR_ARG(p->version))
                                       : str_printf(&w->arena, "%.*s/%.*s", STR_ARG(p->name), STR_ARG(i->name));
    vec_push(&w->nodes, n);
    return n;
}

static bool unstable_off(const struct wit *w, const struct ast_gate *g)
{
    for (uint32_t k = 0; k < w->features.len; k++)
        if (str_eq(w->features.at[k], g->unstable))
            return false;
    return g->unstable.len > 0;
}

static void add_world(struct wit *w, struct node *n)
{
    n->world = (struct wit_world){
        .name = n->interface.name,
        .imports = n->imports.at,
        .import_count = n->imports.len,
        .exports = n->exports.at,
        .export_count = n->exports.len,
        .scope = &n->interface,
    };
    vec_push(&w->worlds, &n->world);
}

/* Those of worlds get theirs when the world is resolved. */
static void add_nodes(struct wit *w)
{
    for (; w->resolved < w->ast.interfaces.len; w->resolved++) {
        const struct ast_interface *i = w->ast.interfaces.at[w->resolved];
        if (!i->in_world && !unstable_off(w, &i->gate))
            wit_add_node(w, i);
    }
}

bool wit_resolve(struct wit *w, struct err *e)
{
    uint32_t first = w->nodes.len;
    add_nodes(w);
    uint32_t count = w->nodes.len;
    for (uint32_t k = first; k < count; k++)
        if (!wit_resolve_node(w, w->nodes.at[k], e))
            return false;
    for (uint32_t k = first; k < w->nodes.len; k++) {
        struct node *n = w->nodes.at[k];
        if (n->ast->world)
            add_world(w, n);
        else if (!n->skipped)
            vec_push(&w->interfaces, &n->interface);
    }
    return true;
}

struct wit_mark wit_mark(const struct wit *w)
{
    return (struct wit_mark){ arena_mark(&w->arena), w->ast.packages.len, w->ast.interfaces.len,
                              w->nodes.len,          w->interfaces.len,   w->worlds.len };
}

void wit_rewind(struct wit *w, const struct wit_mark *to)
{
    remove_nodes(w, to->nodes);
    ast_truncate(&w->ast, to->packages, to->declared);
    w->resolved = to->declared;
    w->interfaces.len = to->interfaces;
    w->worlds.len = to->worlds;
    arena_rewind(&w->arena, &to->arena);
}

const struct wit_interface *wit_interface(const struct wit *w, str name)
{
    for (uint32_t k = 0; k < w->interfaces.len; k++)
        if (str_eq(w->interfaces.at[k]->name, name))
            return w->interfaces.at[k];
    return NULL;
}

const struct wit_world *wit_world(const struct wit *w, str name)
{
    for (uint32_t k = 0; k < w->worlds.len; k++)
        if (str_eq(w->worlds.at[k]->name, name))
            return w->worlds.at[k];
    return NULL;
}

uint32_t wit_interface_count(const struct wit *w)
{
    return w->interfaces.len;
}

const struct wit_interface *wit_interface_at(const struct wit *w, uint32_t i)
{
    return w->interfaces.at[i];
}

uint32_t wit_world_count(const struct wit *w)
{
    return w->worlds.len;
}

const struct wit_world *wit_world_at(const struct wit *w, uint32_t i)
{
    return w->worlds.at[i];
}
