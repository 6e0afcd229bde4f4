/* WIT: the text language of interfaces and worlds. Reads packages, resolves names across them, and
 * answers with the types of runtime/type. Sources: design/mvp/WIT.md.
 *
 * A `struct wit` holds packages; files are added in any order, then resolved. More may be added afterwards, which know
 * those before. Errors carry the file's name, line and column in the text. Everything lives in the wit's own arena
 * until wit_free.
 */
#ifndef RUNTIME_WIT_WIT_H
#define RUNTIME_WIT_WIT_H

#include "base/arena.h"
#include "base/vec.h"
#include "runtime/type/type.h"

struct wit;

/* A named type of an interface: a definition, a `use`d name or an alias. Exactly one of `type`
 * and `resource` is set. `origin` is the interface that defines it (the same for definitions). */
struct wit_type {
    str name;
    const struct type *type;
    const struct resource_type *resource;
    const struct wit_interface *origin;
    str origin_name; /* its name there */
};

/* A function as components name it: "now", "[constructor]fields", "[method]fields.append",
 * "[static]fields.from-list". Methods have their `self: borrow<R>` as first parameter. */
struct wit_func {
    str name;
    const struct func_type *type;
    const struct resource_type *resource; /* of methods, statics and constructors; else NULL */
    str since;                            /* version of @since, or empty */
    str unstable;                         /* feature of @unstable, or empty */
};

struct wit_interface {
    str name;                     /* "wasi:http/types@0.2.12"; of an inline interface: its plain name */
    const struct wit_type *types; /* in order of declaration, used names first as they appear */
    uint32_t type_count;
    const struct wit_func *funcs;
    uint32_t func_count;
    const struct resource_type *const *resources; /* those defined here, by index */
    uint32_t resource_count;
};

enum wit_item_kind { WIT_ITEM_INTERFACE, WIT_ITEM_FUNC, WIT_ITEM_TYPE };

struct wit_world_item {
    enum wit_item_kind kind;
    str name; /* interface name with version, or plain name */
    const struct wit_interface *interface;
    const struct wit_func *func;
    const struct wit_type *type;
};

struct wit_world {
    str name;                             /* "wasi:http/proxy@0.2.12" */
    const struct wit_world_item *imports; /* transitively closed: used interfaces are imported, too */
    uint32_t import_count;
    const struct wit_world_item *exports;
    uint32_t export_count;
    const struct wit_interface *scope; /* the types that the world itself declares or uses, under its name */
};

struct wit *wit_new(void);
void wit_free(struct wit *w);

/* Parses one file. `source` names it in errors; `text` is copied. Several `package` declarations
 * (nested packages with braces) in one file are allowed. */
MUST_USE bool wit_add(struct wit *w, str source, str text, struct err *e);

/* The same for the items of a single interface, without the braces around them; a semicolon at their end may be
 * missing. The interface becomes "inline:text/items". */
MUST_USE bool wit_add_items(struct wit *w, str source, str items, struct err *e);
#define WIT_ITEMS_INTERFACE STR("inline:text/items")

/* Resolves everything that was added since the last time. After an error, here or in wit_add, the wit is to be rewound
 * or freed. Items behind `@unstable(feature = …)` are left out unless the feature was enabled. */
void wit_enable_feature(struct wit *w, str feature);
MUST_USE bool wit_resolve(struct wit *w, struct err *e);

/* A place to go back to, of a wit whose texts are all resolved: rewinding drops what was added since. */
struct wit_mark {
    struct arena_mark arena;
    uint32_t packages, declared, nodes, interfaces, worlds;
};

struct wit_mark wit_mark(const struct wit *w);
void wit_rewind(struct wit *w, const struct wit_mark *to);

/* By full name with version, "wasi:io/poll@0.2.12"; NULL when absent. */
const struct wit_interface *wit_interface(const struct wit *w, str name);
const struct wit_world *wit_world(const struct wit *w, str name);

/* All of them, in order of addition. */
uint32_t wit_interface_count(const struct wit *w);
const struct wit_interface *wit_interface_at(const struct wit *w, uint32_t i);
uint32_t wit_world_count(const struct wit *w);
const struct wit_world *wit_world_at(const struct wit *w, uint32_t i);

#endif
