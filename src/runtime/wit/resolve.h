/* What wit.c and resolve.c share: a wit and the nodes (interfaces and worlds) being resolved. */
#ifndef RUNTIME_WIT_RESOLVE_H
#define RUNTIME_WIT_RESOLVE_H

#include "runtime/wit/ast.h"
#include "runtime/wit/wit.h"

typedef VEC(struct wit_world_item) world_items;

enum node_state { NODE_NEW, NODE_BUSY, NODE_DONE };

/* An interface or world; `interface` is what users of wit.h see of the first, `world` of the
 * second. */
struct node {
    const struct ast_interface *ast;
    enum node_state state;
    bool skipped; /* reaches what is not supported yet: incomplete */
    int depth;    /* of definitions that wait for others */
    struct wit_interface interface;
    struct wit_world world;
    VEC(struct wit_type) types;
    VEC(struct wit_func) funcs;
    VEC(struct resource_type *) resources;
    world_items imports, exports;
};

struct wit {
    struct arena arena;
    struct ast ast;
    VEC(struct node *) nodes;
    uint32_t resolved; /* of the ast's interfaces */
    VEC(str) features;
    VEC(const struct wit_interface *) interfaces; /* the complete ones */
    VEC(const struct wit_world *) worlds;
};

struct node *wit_add_node(struct wit *w, const struct ast_interface *i);
MUST_USE bool wit_resolve_node(struct wit *w, struct node *n, struct err *e);
MUST_USE bool wit_world_extern(struct wit *w, struct node *world, const struct ast_item *item, world_items *list,
                               struct err *e);
MUST_USE bool wit_world_include(struct wit *w, struct node *world, const struct ast_item *item, struct err *e);

/* Is this the first definition of its name in the interface? */
bool wit_first_definition(const struct ast_interface *i, const struct ast_item *item);

#endif
