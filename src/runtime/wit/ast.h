/* WIT as written: what the parser makes of a text, before names are resolved. Slices of the text;
 * the rest lives in the wit's arena. */
#ifndef RUNTIME_WIT_AST_H
#define RUNTIME_WIT_AST_H

#include "base/vec.h"
#include "runtime/type/type.h"
#include "runtime/wit/lex.h"

/* A parsed text, for the places of errors found later. */
struct ast_source {
    str name, text;
};

enum ast_type_kind {
    AST_PRIMITIVE,
    AST_NAMED,
    AST_LIST,
    AST_FIXED_LIST,
    AST_MAP,
    AST_OPTION,
    AST_RESULT,
    AST_TUPLE,
    AST_OWN,
    AST_BORROW,
    AST_UNSUPPORTED, /* stream, future, error-context: `name` says which */
};

struct ast_type {
    enum ast_type_kind kind;
    size_t at;
    enum type_kind primitive;
    str name;               /* named, own, borrow, unsupported */
    struct ast_type **args; /* lists, option: 1; map: key and value; result: ok and err, each may be NULL; tuple: any */
    uint32_t arg_count;
    uint32_t len; /* fixed-length list: at least 1 */
};

/* A field, case, flag or parameter. */
struct ast_field {
    str name;
    struct ast_type *type; /* NULL: none */
    size_t at;
};

struct ast_gate {
    str since, unstable;
};

struct ast_func {
    str name;                 /* as components name it, "[method]fields.append" */
    str resource;             /* of methods, statics and constructors */
    struct ast_field *params; /* methods: self comes first */
    uint32_t param_count;
    struct ast_type *result;
    bool async;
    struct ast_gate gate;
    size_t at;
};

enum ast_typedef_kind { AST_ALIAS, AST_RECORD, AST_VARIANT, AST_ENUM, AST_FLAGS, AST_RESOURCE };

/* "wasi:io/streams@0.2.0", or "streams" of the same package. */
struct ast_path {
    str package; /* "wasi:io", empty: the package that the path stands in */
    str version;
    str name;
    size_t at;
};

struct ast_typedef {
    enum ast_typedef_kind kind;
    str name;
    struct ast_field *fields;
    uint32_t field_count;
    struct ast_type *alias;
    struct ast_gate gate;
    size_t at;
};

struct ast_use {
    struct ast_path from;
    str name, as;
    struct ast_gate gate;
};

enum ast_item_kind {
    AST_ITEM_TYPEDEF,
    AST_ITEM_USE,
    AST_ITEM_FUNC,
    AST_ITEM_IMPORT,
    AST_ITEM_EXPORT,
    AST_ITEM_INCLUDE
};

struct ast_item {
    enum ast_item_kind kind;
    struct ast_gate gate;
    size_t at;
    struct ast_typedef *type;
    struct ast_use *use;
    struct ast_func *func; /* also of `import name: func(…)` */
    struct ast_path path;  /* import, export, include */
    struct ast_interface *inline_interface;
    str name; /* of a named import or export */
};

/* An interface or, with imports and exports among its items, a world. */
struct ast_interface {
    str name;
    struct ast_package *package;
    const struct ast_source *source;
    VEC(struct ast_item) items;
    struct ast_gate gate;
    bool world;
    bool in_world; /* an interface that a world has for itself */
    size_t at;
};

struct ast_package {
    str name;                               /* "wasi:http" */
    str version;                            /* "0.2.12" or empty */
    VEC(struct ast_interface *) interfaces; /* worlds, too */
};

struct ast {
    struct arena *arena;
    VEC(struct ast_package *) packages;
    VEC(struct ast_interface *)
    interfaces; /* all of them, inline ones, too, also of a text that failed */
};

void ast_fini(struct ast *ast);

/* Forgets the packages and interfaces that came after so many. */
void ast_truncate(struct ast *ast, uint32_t packages, uint32_t interfaces);

/* Adds what a text declares. */
MUST_USE bool ast_parse(struct ast *ast, const struct ast_source *source, struct err *e);
/* The items of an interface alone: see wit_add_items. */
MUST_USE bool ast_parse_items(struct ast *ast, const struct ast_source *source, struct err *e);

#endif
