/* What the files of the linker share: the values of a component instance while it is interpreted. */
#ifndef RUNTIME_LINK_SCOPE_H
#define RUNTIME_LINK_SCOPE_H

#include "runtime/link/link.h"
#include "runtime/host/host.h"

/* A core instance: a step of the plan, or a bundle of named items. */
struct link_core_instance {
    bool real;
    uint32_t step;
    const struct link_core_item *items;
    uint32_t item_count;
};

struct link_core_item {
    str name;
    struct plan_ref ref;
};

/* A component-level function: the host's, or one lifted from core code. */
struct link_func {
    const struct host_func *host; /* NULL: lifted */
    const struct wit_func *wit;
    str interface;
    /* lifted: */
    struct plan_ref core;
    const struct func_type *type;
    const struct resource_type *const *resources;
    struct plan_options options;
    uint32_t component_instance;
    uint32_t *slot; /* of `core` once it has been lowered, else PLAN_NONE; a search each time would take too long */
};

struct link_component {
    const struct component *component;
    struct scope *parent;
};

/* The value of an item. Types other than resources have none: the checker's info says all about them. */
struct link_item {
    enum item_kind kind;
    union {
        uint32_t core_module;
        const struct link_func *func;
        const struct link_instance *instance;
        const struct link_component *component;
        const struct resource_type *resource; /* concrete */
    } of;
};

struct link_named_item {
    str name;
    struct link_item item;
};

/* A component-level instance: the host's, or a record of items. */
struct link_instance {
    const struct wit_interface *host; /* or NULL */
    const struct link_named_item *items;
    uint32_t item_count;
};

/* One component instance under interpretation: its index spaces filled so far. */
struct scope {
    struct scope *next; /* all scopes live until linking ends: components closed over them may be instantiated later */
    struct linker *linker;
    struct scope *parent;
    const struct component *component;
    const struct component_info *info;
    uint32_t id;                /* number of this component instance */
    const struct scope *behind; /* of a component of a chain: the one whose exports it may import, or NULL */
    bool uses_behind;           /* it does */
    const struct link_named_item *args;
    uint32_t arg_count;
    VEC(struct plan_ref) core_funcs, core_tables, core_memories, core_globals, core_tags;
    VEC(const struct link_core_instance *) core_instances;
    VEC(uint32_t) core_modules;
    VEC(const struct link_func *) funcs;
    VEC(const struct link_instance *) instances;
    VEC(const struct link_component *) components;
    uint32_t type_count;
    const struct resource_type **resources; /* concrete ones, by the abstract's index; NULL: not bound yet */
    VEC(struct link_named_item) exports;
};

struct linker {
    struct arena *arena;
    const struct link_host *host;
    struct plan *plan;
    struct scope *scopes;
    uint32_t depth;
};

/* Interprets a component that has its arguments: fills its index spaces and its exports (link.c). */
MUST_USE bool scope_interpret(struct scope *s, struct err *e);

/* Adds what a definition makes to the scope. Core definitions are in core.c, canonical ones in canon.c. */
MUST_USE bool scope_add_core_module(struct scope *s, const struct def *d, struct err *e);
MUST_USE bool scope_add_core_instance(struct scope *s, const struct def *d, struct err *e);
MUST_USE bool scope_add_core_alias(struct scope *s, const struct def *d, struct err *e);
MUST_USE bool scope_add_canon(struct scope *s, const struct def *d, struct err *e);

/* What a call of `callee` from `caller` (PLAN_NONE: the host) enters. */
struct plan_entered linker_entered(struct linker *l, uint32_t caller, uint32_t callee);

/* Fails with ERR_LIMIT, at `offset`, when there are too many. */
MUST_USE bool linker_push_step(struct linker *l, const struct plan_step *step, uint64_t offset, struct err *e);

/* The slot of the core function `index` of the scope, for the host to call; made when it is new. `offset`: of the
 * definition that needs it. */
MUST_USE bool scope_func_slot(struct scope *s, uint32_t index, uint64_t offset, uint32_t *ret, struct err *e);

/* The instance type's resources, as seen by `s`, become those of `instance`. */
void scope_bind_resources(struct scope *s, const struct instance_type *type, const struct link_instance *instance);

/* NULL when the instance has no such item, or one that has no value. */
bool link_instance_item(struct linker *l, const struct link_instance *i, str name, struct link_item *ret);

/* Imports of the outermost component (host_imports.c). */
MUST_USE bool scope_import_host_instance(struct scope *s, str name, const struct instance_type *type,
                                         const struct link_instance **ret, struct err *e);

/* Imports of one component of a chain from the next (chain_imports.c). False in `*ret_found` when that exports no
 * instance that the name matches. */
MUST_USE bool scope_import_from_behind(struct scope *s, str name, const struct instance_type *type, bool *ret_found,
                                       struct link_item *ret, struct err *e);

/* The value of a host interface's item. */
bool host_instance_item(struct linker *l, const struct wit_interface *i, str name, struct link_item *ret);

/* Shims and fixups that the plan can do without (shim.c). */
void plan_bypass_shims(struct arena *a, struct plan *p);

/* Calls between components that need no host (adapter.c). */
MUST_USE bool plan_add_adapters(struct arena *a, struct plan *p, struct err *e);

#endif
