/* A component made ready to run: read, checked, linked against the host's interfaces, compiled. Immutable once loaded
 * and shared by all threads. */
#ifndef RUNTIME_RUN_PROGRAM_H
#define RUNTIME_RUN_PROGRAM_H

#include "base/err.h"
#include "base/str.h"

struct berth_code_cache;
struct engine;         /* engine/engine.h */
struct host_interface; /* host/host.h */
struct wit;            /* wit/wit.h */
struct program;
struct func_type;     /* type/type.h */
struct resource_type; /* likewise */

/* A component that stands before the program's own. */
struct program_middleware {
    str name; /* of its file, for messages */
    bytes wasm;
};

struct program_options {
    const struct host_interface *const *interfaces; /* what the host offers */
    size_t interface_count;
    const struct wit *wit;          /* the WIT that defines them; must outlive the program */
    struct berth_code_cache *cache; /* berth/code_cache.h; or NULL */
    /* Each imports what the one behind it exports; the first is the outermost, the program's own stands behind the
     * last. Must outlive the program. */
    const struct program_middleware *middleware;
    size_t middleware_count;
    str name;          /* of the program's own file, for messages when there are several */
    unsigned features; /* component_feature (binary/component.h), or-ed */
    bool recycle;      /* instances are to be recycled, if the component permits it */
    /* What a start may depend on besides, for snapshots in the cache: the limit of all tasks (task_limits), and what
     * constant functions of the host (host_func) tell guests, as text that differs where they differ. */
    uint64_t memory_bytes;
    str told;
    /* Told while modules compile: `done` of `total` bytes of wasm. May be NULL. */
    void (*progress)(void *ctx, size_t done, size_t total);
    void *progress_ctx;
};

/* What a component needs of the engine, known before there is one: pools are sized by it. */
struct program_needs {
    uint32_t core_instances, memories, tables;
    uint64_t table_elements;    /* of the largest table */
    uint64_t memory_min_bytes;  /* sum of the initial memories */
    uint64_t memory_main_bytes; /* of these, the largest module's: the one that grows */
};

/* Two steps, so that an engine can be made to measure. `wasm` must outlive the program. */
MUST_USE bool program_open(bytes wasm, const struct program_options *o, struct program **ret, struct err *e);
const struct program_needs *program_needs(const struct program *p);
/* Whether the initial memories stay within a limit on all of them (0 is no limit): otherwise no instance could be made.
 * Errors: ERR_LIMIT. */
MUST_USE bool program_check_memory(const struct program *p, uint64_t limit, struct err *e);
/* Instances will be recycled, as was asked for and is possible: the engine must be one that can (engine_options). */
bool program_recycles(const struct program *p);
MUST_USE bool program_compile(struct program *p, struct engine *engine, struct err *e);
void program_free(struct program *p);

/* An exported function, by interface and name; versions of the interface match by the rules of semver for 0.2.x
 * ("wasi:http/incoming-handler@0.2.0" finds 0.2.9). NULL with `e` set when the component has no such export,
 * or when it has the wrong type. */
struct program_func;
const struct program_func *program_func(struct program *p, str interface, str name, struct err *e);

/* The same, of the type that the component gives it: for callers that learn types at run time. `interface` is empty for
 * a function that the component itself exports. */
const struct program_func *program_export(struct program *p, str interface, str name, struct err *e);
const struct func_type *program_func_type(const struct program_func *f);
/* Bytes of the C structs of its parameters and of its result (abi/host_layout.h). */
size_t program_func_params_size(const struct program_func *f);
size_t program_func_result_size(const struct program_func *f);
/* Whether the host offers the resource, which the function's type names; else the component defines it. */
bool program_func_resource_is_host(const struct program_func *f, const struct resource_type *r);

#endif
