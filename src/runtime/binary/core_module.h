/* The outside of a core module: imports and exports with their types, as much as linking needs. Function bodies are the
 * engine's business. Spec: WebAssembly core, "Binary Format / Modules". */
#ifndef RUNTIME_BINARY_CORE_MODULE_H
#define RUNTIME_BINARY_CORE_MODULE_H

#include "base/arena.h"
#include "base/err.h"

enum core_extern_kind { CORE_EXTERN_FUNC, CORE_EXTERN_TABLE, CORE_EXTERN_MEMORY, CORE_EXTERN_GLOBAL, CORE_EXTERN_TAG };

/* A core function type as its value type bytes (0x7f i32, 0x7e i64, 0x7d f32, 0x7c f64, 0x70 funcref, …). Types that
 * need more than a byte (typed references) are kept as 0 and compare as unequal to everything. */
struct core_func_type {
    const uint8_t *params, *results;
    uint32_t param_count, result_count;
};

struct core_limits {
    uint64_t min, max;
    bool has_max, shared, is64;
};

struct core_extern_type {
    enum core_extern_kind kind;
    const struct core_func_type *func; /* func, tag */
    struct core_limits limits;         /* table, memory */
    uint8_t value_type;                /* table element, global */
    bool is_mutable;                   /* global */
};

struct core_import {
    str module, name;
    struct core_extern_type type;
};

struct core_export {
    str name;
    struct core_extern_type type;
    uint32_t index; /* in its kind's index space of the module */
};

/* What a component's core type section or a module itself declares. */
struct core_module_type {
    const struct core_import *imports;
    uint32_t import_count;
    const struct core_export *exports;
    uint32_t export_count;
    const uint32_t *imports_by_name; /* positions in the order of (module, name), or of name; filled by the checker */
    const uint32_t *exports_by_name;
};

/* A core module's outside plus counts that engines are sized by. */
struct core_module {
    struct core_module_type type;
    uint32_t memory_count, table_count, global_count, func_count; /* defined here, not imported */
    uint64_t memory_min_bytes;                                    /* sum over the memories defined here */
    uint64_t table_max_elements;                                  /* the largest minimum of a table defined here */
    bool has_start;
};

enum core_type_def_kind { CORE_TYPE_FUNC, CORE_TYPE_MODULE, CORE_TYPE_OTHER };

enum core_module_decl_kind { CORE_DECL_IMPORT, CORE_DECL_TYPE, CORE_DECL_OUTER_ALIAS, CORE_DECL_EXPORT };

/* One declaration of a core module type. */
struct core_module_decl {
    enum core_module_decl_kind kind;
    uint64_t offset;
    str module, name;                /* import; export has a name only */
    struct core_extern_type type;    /* import, export; `func` is not yet resolved */
    uint32_t type_index;             /* import, export of a func or tag; alias: of a core type */
    uint32_t outer_count;            /* alias */
    const struct core_type_def *def; /* type */
};

/* An entry of a component's core type section. OTHER: valid wasm 3.0 types (struct, array, …) that nothing here uses.
 */
struct core_type_def {
    enum core_type_def_kind kind;
    struct core_func_type func;
    const struct core_module_decl *decls; /* module type: imports, types, outer aliases, exports in order */
    uint32_t decl_count;
};

/* `base` is the offset of `wasm` in the file, for errors. Slices of `wasm` are kept. */
MUST_USE bool core_module_read(struct arena *a, bytes wasm, uint64_t base, struct core_module *ret, struct err *e);

#endif
