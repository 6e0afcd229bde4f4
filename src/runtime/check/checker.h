/* What the files of the checker share: scopes with their index spaces while definitions are walked, and one section
 * for each file. Errors of the functions here are ERR_INVALID, or ERR_LIMIT past a stated limit. */
#ifndef RUNTIME_CHECK_CHECKER_H
#define RUNTIME_CHECK_CHECKER_H

#include "runtime/check/check.h"
#include "runtime/check/names.h"
#include "runtime/check/ptr_map.h"

enum {
    MAX_TYPE_SIZE = 1000000,
    MAX_TYPE_NESTING = 100,
    MAX_ENTRIES = 1000000,
    MAX_MODULES = 1000,
    MAX_COMPONENTS = 1000,
    MAX_INSTANCES = 4096,
};

/* Room for a name in a message; longer ones are cut. */
enum { INDEX_NAME_BYTES = 80 };

/* Types that are compared, substituted or looked through in one check: small files can demand any amount. */
#define MAX_WORK 20000000

struct checker {
    struct arena *arena;
    uint64_t work;
    uint32_t scope_count;
};

/* All resource_types and handle types here are parts of these. */
struct resource {
    struct resource_type type;
    uint32_t owner; /* id of the scope in which it was made */
    bool imported;
    bool exported; /* seen in the exports of its component definition */
};

struct handle {
    struct type type;
    const struct type_entry *entry; /* by which the resource was named */
};

static inline const struct resource *resource_of(const struct resource_type *t)
{
    return (const struct resource *)(const void *)((const char *)t - offsetof(struct resource, type));
}

static inline const struct handle *handle_of(const struct type *t)
{
    return (const struct handle *)(const void *)((const char *)t - offsetof(struct handle, type));
}

struct core_type_entry {
    enum core_type_def_kind kind;
    const struct core_func_type *func;
    const struct core_module_type *module;
};

/* A core instance is known by what it exports. */
struct core_instance {
    const struct core_module_type *exports;
};

enum scope_kind { SCOPE_COMPONENT, SCOPE_COMPONENT_TYPE, SCOPE_INSTANCE_TYPE };

/* One side of what a scope or an inline instance shows: names taken, and resources that have one. */
struct namespace
{
    struct name_set names;
    struct ptr_map resource_names; /* type_entry → str */
    struct map resources;          /* name → type_entry */
    VEC(struct named_item) items;
};

/* A component, or a component or instance type, while its definitions are walked. */
struct check_scope {
    struct checker *checker;
    struct check_scope *parent;
    enum scope_kind kind;
    const struct component *component; /* of SCOPE_COMPONENT only */
    uint32_t id;
    VEC(const struct core_func_type *) core_funcs;
    VEC(const struct core_func_type *) core_tags;
    VEC(struct core_extern_type) core_tables, core_memories, core_globals;
    VEC(const struct core_module_type *) core_modules;
    VEC(struct core_instance) core_instances;
    VEC(struct core_type_entry) core_types;
    VEC(const struct type_entry *) types;
    VEC(const struct func_type *) funcs;
    VEC(const struct instance_type *) instances;
    VEC(const struct component_type *) components;
    VEC(struct resource *) resources; /* by index */
    struct namespace imports, exports;
    struct ptr_map named_imports, named_exports; /* named value types, and entries of resources */
};

/* scope.c */
void scope_init(struct check_scope *s, struct checker *c, struct check_scope *parent, enum scope_kind kind);
void scope_fini(struct check_scope *s);
void namespace_init(struct namespace *n);
void namespace_fini(struct namespace *n);
MUST_USE bool scope_push(struct check_scope *s, const struct item_type *item, uint64_t offset, struct err *e);
MUST_USE bool scope_item(const struct check_scope *s, const struct sort_idx *at, uint64_t offset, struct item_type *ret,
                         struct err *e);
MUST_USE bool scope_type(const struct check_scope *s, uint32_t index, uint64_t offset, const struct type_entry **ret,
                         struct err *e);
/* The index is known to name a resource type, else an error. */
MUST_USE bool scope_resource(const struct check_scope *s, uint32_t index, uint64_t offset,
                             const struct type_entry **ret, struct err *e);
struct resource *scope_new_resource(struct check_scope *s, str name, bool imported);
bool scope_is_live(const struct check_scope *s, uint32_t id);
/* " (`name`)" when the name section has one, else "": behind an index in a message. */
const char *scope_index_name(const struct check_scope *s, enum sort sort, uint32_t index, char out[INDEX_NAME_BYTES]);
#define NAMED(s, sort, index) scope_index_name((s), (sort), (index), (char[INDEX_NAME_BYTES]){ 0 })
bool unknown_index(struct err *e, uint64_t offset, const char *what, uint32_t index);
/* Gives the error a place unless it has one already; false, for `return`. */
bool located(struct err *e, uint64_t offset);
MUST_USE bool work_add(struct checker *c, uint64_t amount, struct err *e);
const struct type_entry *entry_new(struct arena *a, struct type_entry entry);
/* The same type under another name: an entry of its own, and for record, variant, enum and flags a type of its own. */
struct item_type item_renamed(struct arena *a, const struct item_type *item);
struct item_type item_of_entry(const struct type_entry *entry);
const char *item_kind_name(const struct item_type *item);
bool type_is_named_kind(const struct type *t);

/* types.c */
MUST_USE bool check_deftype(struct check_scope *s, const struct deftype *t, uint64_t offset,
                            const struct type_entry **ret, struct err *e);
/* The item that an import or export description demands; its resources are new ones of this scope. */
MUST_USE bool check_extern_desc(struct check_scope *s, const struct extern_desc *d, str name, bool imported,
                                uint64_t offset, struct item_type *ret, struct err *e);

/* scope_types.c */
MUST_USE bool check_scope_type(struct check_scope *outer, const struct deftype *t, uint64_t offset,
                               const struct type_entry **ret, struct err *e);
/* Work on `count` items: their size and depth, checked against the limits. */
MUST_USE bool items_measure(const struct named_item *items, uint32_t count, uint32_t *size, uint32_t *depth,
                            struct err *e);
MUST_USE bool instance_type_new(struct arena *a, const struct named_item *items, uint32_t count,
                                struct instance_type **ret, struct err *e);
/* Imports and exports of the scope; `imported` and `defined` are its to add. */
MUST_USE bool component_type_new(const struct check_scope *s, struct component_type **ret, struct err *e);

/* externals.c */
MUST_USE bool check_import(struct check_scope *s, const struct extern_name *name, const struct extern_desc *d,
                           uint64_t offset, struct err *e);
/* In a component: of an item. */
MUST_USE bool check_export(struct check_scope *s, const struct def *d, struct err *e);
/* In a component or instance type: of a description. */
MUST_USE bool check_export_decl(struct check_scope *s, const struct extern_name *name, const struct extern_desc *d,
                                uint64_t offset, struct err *e);
/* Adds a name and its item to one side, after the rules for names. `is_export` and `what` are for errors. */
MUST_USE bool namespace_add(struct checker *c, struct namespace *n, const struct extern_name *name,
                            const struct item_type *item, bool is_export, uint64_t offset, struct err *e);

/* aliases.c */
MUST_USE bool check_alias(struct check_scope *s, const struct alias_def *x, uint64_t offset, struct err *e);

/* reach.c */
typedef bool resource_test_fn(const void *ctx, const struct resource *r);
/* Does the item's type refer to a resource that passes the test? Errors: ERR_LIMIT only. */
MUST_USE bool item_reaches(struct checker *c, const struct item_type *item, resource_test_fn *test, const void *ctx,
                           bool *ret, struct err *e);

/* annotated.c */
MUST_USE bool check_annotated_name(const struct namespace *n, const struct parsed_name *name,
                                   const struct item_type *item, struct err *e);

/* visibility.c */
/* Are all types that the item shows named in this scope? If so, those that it shows by a name are from now on. */
MUST_USE bool check_visible(struct check_scope *s, const struct item_type *item, bool is_export, struct err *e);
/* When a scope is complete: do imports and exports show resources of this scope that nobody outside can name? Those
 * that are exported have been marked. */
MUST_USE bool check_shown_resources(const struct check_scope *s, struct err *e);

/* subst.c */
struct subst {
    struct checker *checker;
    struct ptr_map map; /* resources, types and entries, from → to; filled further while it is applied */
};
void subst_init(struct subst *s, struct checker *c);
void subst_fini(struct subst *s);
MUST_USE bool subst_items(struct subst *s, const struct named_item *items, uint32_t count,
                          const struct named_item **ret, struct err *e);
/* An instance of this type in `scope`: bound resources become new ones of that scope. */
MUST_USE bool instance_open(struct check_scope *scope, const struct instance_type *t, bool imported,
                            const struct instance_type **ret, struct err *e);

/* match.c */
struct match {
    struct checker *checker;
    struct ptr_map map; /* what stands in for resources, types and entries of the wanted side */
};
void match_init(struct match *m, struct checker *c);
void match_fini(struct match *m);
/* From now on the resource takes the place of whichever it is first matched with. */
void match_bindable(struct match *m, const struct resource_type *r);
bool match_is_bound(const struct match *m, const struct resource_type *r);
/* Is `got` a subtype of `want`? */
MUST_USE bool match_item(struct match *m, const struct item_type *want, const struct item_type *got, struct err *e);

/* instances.c */
MUST_USE bool check_instance(struct check_scope *s, const struct def *d, struct err *e);

/* core_types.c */
MUST_USE bool check_core_type(struct check_scope *s, const struct core_type_def *t, uint64_t offset, struct err *e);
MUST_USE bool check_core_module(struct check_scope *s, bytes wasm, uint64_t offset, struct err *e);
/* Sorts names for look-up and refuses those that are there twice. */
MUST_USE bool core_module_type_sort(struct arena *a, struct core_module_type *t, uint64_t offset, struct err *e);
const struct core_export *core_export_find(const struct core_module_type *t, str name);
const struct core_import *core_import_find(const struct core_module_type *t, str module, str name);

/* core_match.c */
/* "func", "table", … */
const char *core_extern_kind_name(enum core_extern_kind kind);
MUST_USE bool core_extern_match(const struct core_extern_type *want, const struct core_extern_type *got, struct err *e);
MUST_USE bool core_module_match(const struct core_module_type *want, const struct core_module_type *got, struct err *e);

/* core_instances.c */
MUST_USE bool check_core_instance(struct check_scope *s, const struct def *d, struct err *e);
MUST_USE bool check_core_alias(struct check_scope *s, const struct alias_def *x, uint64_t offset, struct err *e);
MUST_USE bool scope_core_func(const struct check_scope *s, uint32_t index, uint64_t offset,
                              const struct core_func_type **ret, struct err *e);

/* canon.c */
MUST_USE bool check_canon(struct check_scope *s, const struct canon_def *c, uint64_t offset, struct err *e);

#endif
