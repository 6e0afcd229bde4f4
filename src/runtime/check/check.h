/* Validation of components: everything the specification demands, short of core function bodies (the engine's). It
 * fills `component->info` of the component and of all nested ones; the linker reads the types from there.
 *
 * Types here are relative to one component definition: its resources (imported or defined) are `resource_type`s
 * numbered 0 … resource_count within it. Each instantiation of a component inside another gives the outer one new
 * resource_types for the resources that the inner one defines and exports; type arguments are substituted.
 *
 * Spec: Explainer.md, Binary.md "validation" notes, Subtyping.md. Errors: ERR_INVALID with the byte offset. */
#ifndef RUNTIME_CHECK_CHECK_H
#define RUNTIME_CHECK_CHECK_H

#include "base/map.h"
#include "base/vec.h"
#include "runtime/binary/component.h"
#include "runtime/binary/core_module.h"

struct instance_type;
struct component_type;

enum item_kind { ITEM_CORE_MODULE, ITEM_FUNC, ITEM_TYPE, ITEM_RESOURCE, ITEM_COMPONENT, ITEM_INSTANCE };

/* The type of one component-level item. ITEM_TYPE: a type that is not a resource (value, func, instance or component
 * type). */
struct item_type {
    enum item_kind kind;
    union {
        const struct core_module_type *core_module;
        const struct func_type *func;
        const struct type_entry *type;        /* ITEM_TYPE */
        const struct resource_type *resource; /* ITEM_RESOURCE */
        const struct component_type *component;
        const struct instance_type *instance;
    } of;
    const struct type_entry *entry; /* ITEM_TYPE, ITEM_RESOURCE: the naming it came by, as external visibility tells
                                       them apart; for ITEM_TYPE the same as `of.type` */
};

/* An entry of the type index space. Each definition, import or export of a type has one of its own; aliases share it.
 */
struct type_entry {
    enum deftype_kind kind;
    union {
        const struct type *value;
        const struct func_type *func;
        const struct component_type *component;
        const struct instance_type *instance;
        const struct resource_type *resource;
    } of;
};

struct named_item {
    str name;
    str implements; /* name attribute, or empty */
    struct item_type type;
    uint64_t offset;
};

/* Of an instance, or a type by itself. A type by itself may bind resources: an instance of it has others in their
 * place. */
struct instance_type {
    const struct named_item *exports;
    uint32_t export_count;
    const uint32_t *exports_by_name;              /* positions in the order of name, for instance_type_export */
    const struct resource_type *const *resources; /* bound here; none in the type of an instance */
    uint32_t resource_count;
    uint32_t size, depth; /* items and types in it, instances and components nested in it */
};

struct component_type {
    const struct named_item *imports;
    uint32_t import_count;
    const struct named_item *exports;
    uint32_t export_count;
    const struct resource_type *const *imported; /* resources that arguments stand in for */
    uint32_t imported_count;
    const struct resource_type *const *defined; /* resources that each instance has its own of */
    uint32_t defined_count;
    uint32_t size, depth;
};

/* What checking found out about one component definition: its index spaces, in index order. */
struct component_info {
    struct component_type type;
    VEC(struct type_entry) types;
    VEC(const struct func_type *) funcs;
    VEC(const struct instance_type *) instances;
    VEC(const struct component_type *) components;
    VEC(const struct core_module_type *) core_modules;
    uint32_t core_func_count, core_table_count, core_memory_count, core_global_count, core_tag_count,
        core_instance_count;
    uint32_t resource_count; /* resource_types of this definition are numbered below this */
};

/* NULL when the instance has no such export. */
const struct named_item *instance_type_export(const struct instance_type *t, str name);

/* The arena owns what is made. After an error the component must not be used. */
MUST_USE bool component_check(struct arena *a, struct component *c, struct err *e);

#endif
