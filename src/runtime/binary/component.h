/* A component binary as read: the definitions in their order, with indices not yet resolved. Names, module bytes
 * and custom sections are slices of the input, which must outlive it; the rest lives in the arena given to
 * component_read.
 *
 * Spec: Binary.md; the names are those of the Explainer's grammar. Feature-gated forms (values, start, error-context,
 * …) are refused with ERR_UNSUPPORTED and the name of the gate. */
#ifndef RUNTIME_BINARY_COMPONENT_H
#define RUNTIME_BINARY_COMPONENT_H

#include "base/arena.h"
#include "base/err.h"
#include "runtime/abi/abi.h"
#include "runtime/type/type.h"

/* Index spaces. Spec: Binary.md `sort`, `core:sort`. */
enum sort {
    SORT_CORE_FUNC,
    SORT_CORE_TABLE,
    SORT_CORE_MEMORY,
    SORT_CORE_GLOBAL,
    SORT_CORE_TAG,
    SORT_CORE_TYPE,
    SORT_CORE_MODULE,
    SORT_CORE_INSTANCE,
    SORT_FUNC,
    SORT_TYPE,
    SORT_COMPONENT,
    SORT_INSTANCE,
};

struct sort_idx {
    enum sort sort;
    uint32_t index;
};

/* name = sortidx, in instantiation arguments and inline exports */
struct named_sort_idx {
    str name;
    str implements; /* attribute of an inline export; ptr NULL when absent */
    struct sort_idx item;
};

/* valtype: a primitive, or an index into the type space. */
struct valtype_ref {
    bool is_index;
    enum type_kind primitive; /* when not is_index */
    uint32_t index;
};

struct named_valtype {
    str name;
    bool has_type; /* false: case without payload, enum case, flag */
    struct valtype_ref type;
};

enum extern_kind {
    EXTERN_CORE_MODULE,
    EXTERN_FUNC,
    EXTERN_TYPE_EQ,
    EXTERN_TYPE_SUB_RESOURCE,
    EXTERN_COMPONENT,
    EXTERN_INSTANCE
};

/* externdesc: `index` is a core type index for EXTERN_CORE_MODULE, a type index for the others; unused for
 * SUB_RESOURCE. */
struct extern_desc {
    enum extern_kind kind;
    uint32_t index;
};

/* An import or export name with its attributes; those that are absent have ptr NULL. */
struct extern_name {
    str name;
    str implements;     /* 🏷️ */
    str version_suffix; /* 🔗 */
    str external_id;    /* 🏷️ */
};

enum alias_target { ALIAS_EXPORT, ALIAS_CORE_EXPORT, ALIAS_OUTER };

struct alias_def {
    enum sort sort;
    enum alias_target target;
    uint32_t instance; /* of the export's (core) instance */
    str name;
    uint32_t outer_count, outer_index;
};

enum deftype_kind { DEFTYPE_VALUE, DEFTYPE_FUNC, DEFTYPE_COMPONENT, DEFTYPE_INSTANCE, DEFTYPE_RESOURCE };

struct type_decl;

/* One entry of a type section. */
struct deftype {
    enum deftype_kind kind;
    union {
        struct {
            enum type_kind kind;     /* any; primitives alone too */
            struct valtype_ref key;  /* map */
            uint32_t len;            /* fixed-length list */
            struct valtype_ref elem; /* lists, option, map (the value); own, borrow: index of the resource type */
            bool has_ok, has_err;    /* result */
            struct valtype_ref ok, err;
            const struct named_valtype *items;
            uint32_t item_count;
        } value;
        struct {
            const struct named_valtype *params;
            uint32_t param_count;
            bool has_result;
            struct valtype_ref result;
            bool async;
        } func;
        struct { /* component and instance types */
            const struct type_decl *decls;
            uint32_t decl_count;
        } scope;
        struct {
            bool has_dtor;
            uint32_t dtor; /* core func index */
        } resource;
    } of;
};

enum type_decl_kind { DECL_CORE_TYPE, DECL_TYPE, DECL_ALIAS, DECL_IMPORT, DECL_EXPORT };

struct core_module_type;

struct type_decl {
    enum type_decl_kind kind;
    uint64_t offset;
    union {
        const struct core_type_def *core_type;
        const struct deftype *type;
        struct alias_def alias;
        struct {
            struct extern_name name;
            struct extern_desc desc;
        } external; /* import, export */
    } of;
};

enum canon_kind { CANON_LIFT, CANON_LOWER, CANON_RESOURCE_NEW, CANON_RESOURCE_DROP, CANON_RESOURCE_REP };

struct canon_opts {
    enum string_encoding encoding;
    bool has_encoding, has_memory, has_realloc, has_post_return;
    uint32_t memory;               /* core memory index */
    uint32_t realloc, post_return; /* core func indices */
};

struct canon_def {
    enum canon_kind kind;
    uint32_t core_func; /* lift */
    uint32_t func;      /* lower */
    uint32_t type;      /* lift: the function type; resource.*: the resource type */
    struct canon_opts opts;
};

enum def_kind {
    DEF_CORE_MODULE,
    DEF_CORE_INSTANCE,
    DEF_CORE_TYPE,
    DEF_COMPONENT,
    DEF_INSTANCE,
    DEF_ALIAS,
    DEF_TYPE,
    DEF_CANON,
    DEF_IMPORT,
    DEF_EXPORT,
};

/* One definition; each adds one item to one index space (the checker knows which). */
struct def {
    enum def_kind kind;
    uint64_t offset; /* in the whole file */
    union {
        bytes core_module;     /* the module's own bytes, preamble included */
        struct {               /* core instance, instance */
            bool instantiates; /* else: made of `args` as inline exports */
            uint32_t index;    /* module or component */
            const struct named_sort_idx *args;
            uint32_t arg_count;
        } instance;
        const struct core_type_def *core_type;
        struct component *component;
        struct alias_def alias;
        const struct deftype *type;
        struct canon_def canon;
        struct {
            struct extern_name name;
            struct extern_desc desc;
        } import;
        struct {
            struct extern_name name;
            struct sort_idx item;
            bool has_desc;
            struct extern_desc desc;
        } export;
    } of;
};

struct component_info; /* check/check.h */

struct component {
    struct def *defs;
    uint32_t def_count;
    bytes source;                /* its bytes, preamble included */
    uint64_t offset;             /* of these in the file */
    bytes name_section;          /* what follows its name, or empty */
    struct component_info *info; /* filled by component_check */
};

/* Reads a whole component and everything nested in it. Input that is a core module, or no wasm at all, is told
 * apart in the error. The result owns nothing outside the arena. */
MUST_USE bool component_read(struct arena *a, bytes wasm, struct component **ret, struct err *e);

/* What the name section calls the component, and an entry of an index space; empty without. */
str component_name(const struct component *c);
str component_index_name(const struct component *c, enum sort sort, uint32_t index);

/* Types that the specification has behind a gate of their own. */
enum component_feature { FEATURE_MAP = 1 << 0, FEATURE_FIXED_LIST = 1 << 1 };

/* The same with features on (component_feature, or-ed): otherwise they are refused by name. */
MUST_USE bool component_read_with(struct arena *a, bytes wasm, unsigned features, struct component **ret,
                                  struct err *e);

#endif
