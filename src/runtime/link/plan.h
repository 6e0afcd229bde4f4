/* What linking makes of a component: a flat plan. Nested components are inlined; what remains is a list of core modules
 * to instantiate in order, each import resolved to an export of an earlier instance or to a trampoline of the host.
 * Nothing is decided at run time.
 *
 * A plan is immutable, belongs to its program and is shared by all instances. */
#ifndef RUNTIME_LINK_PLAN_H
#define RUNTIME_LINK_PLAN_H

#include "base/vec.h"
#include "runtime/abi/abi.h"
#include "runtime/binary/core_module.h"

struct host_func;     /* host/host.h */
struct host_resource; /* host/host.h */

#define PLAN_NONE UINT32_MAX

enum plan_ref_kind {
    PLAN_EXPORT,     /* export `name` of core instance `index` */
    PLAN_TRAMPOLINE, /* trampoline `index` */
};

/* A core item: function, memory, table or global. */
struct plan_ref {
    enum plan_ref_kind kind;
    uint32_t index;
    str name;
};

/* A distinct core module of the component. */
struct plan_module {
    bytes wasm;
    uint64_t offset; /* in the file; 0: made by the linker */
    struct core_module outside;
};

struct plan_import {
    str module, name;
    enum core_extern_kind kind;
    struct plan_ref ref;
};

/* One step: instantiate a module, or (module PLAN_NONE) call a core function without parameters and results. */
struct plan_step {
    uint32_t module;
    const struct plan_import *imports; /* in the module's order */
    uint32_t import_count;
    bool host_only; /* every import is a trampoline: can be resolved once for all stores */
    struct plan_ref call;
};

typedef VEC(struct plan_step) plan_step_list;

/* A resource type as it exists when the program runs. */
struct plan_resource {
    const struct resource_type *type; /* identity */
    const struct host_resource *host; /* the host's, or NULL: defined by the component */
    uint32_t dtor;                    /* slot of the destructor, or PLAN_NONE */
    uint32_t component_instance;      /* that defines it */
};

/* Canon options, resolved to slots (below). */
struct plan_options {
    enum string_encoding encoding;
    uint32_t memory, realloc, post_return; /* slots, or PLAN_NONE */
};

/* The component instances that a call enters: the callee and those that contain it, without those that the caller is
 * in already. Each may be entered once at a time. Spec: CanonicalABI.md "Component Instance State", may_enter. */
struct plan_entered {
    const uint32_t *at;
    uint32_t count;
};

/* A lifted function that another component of the composition calls. */
struct plan_callee {
    uint32_t core; /* slot of a function */
    uint32_t component_instance;
    const struct func_type *type;                 /* in the types of the component that lifted it … */
    const struct resource_type *const *resources; /* … whose resources are these, by index */
    struct plan_options options;
    uint32_t value_count; /* core values that the call takes or gives, whichever is more */
    uint32_t result_count;
};

enum plan_trampoline_kind {
    TRAMPOLINE_HOST,
    TRAMPOLINE_CALL,
    /* Those that adapters call: */
    TRAMPOLINE_CONFINED, /* refuses a call, since the caller may not leave */
    TRAMPOLINE_RESULT,   /* refuses what the callee has returned, or the pointer that the result goes to */
    TRAMPOLINE_BLOCK,    /* refuses what realloc has returned: pointer, alignment, bytes */
    TRAMPOLINE_TEXT,     /* says whether memory holds UTF-8: pointer, bytes */
    /* A resource here is its number among the plan's: */
    TRAMPOLINE_GIVE,      /* a handle that the caller owns to the callee: handle, resource -> the callee's */
    TRAMPOLINE_GIVE_BACK, /* a handle that the callee owns to the caller, the same */
    TRAMPOLINE_LEND, /* a handle of the caller: handle, resource, whether the call has lent one -> what the callee gets
                      */
    TRAMPOLINE_RETURN, /* the end of a call that has lent one */
    TRAMPOLINE_RESOURCE_NEW,
    TRAMPOLINE_RESOURCE_DROP,
    TRAMPOLINE_RESOURCE_REP
};

struct plan_trampoline {
    enum plan_trampoline_kind kind;
    uint32_t component_instance; /* that calls: its handle table and flags; of BLOCK and TEXT: whose memory it is */
    struct core_signature signature;
    const struct host_func *host;     /* TRAMPOLINE_HOST */
    const struct plan_callee *callee; /* TRAMPOLINE_CALL and those that adapters call */
    const struct abi_func *abi;
    size_t params_size, result_size; /* of the C structs */
    struct plan_options options;
    const struct plan_resource *resource; /* TRAMPOLINE_RESOURCE_* */
    struct plan_entered entered;          /* TRAMPOLINE_CALL; TRAMPOLINE_RESOURCE_DROP: by the destructor */
    str name;                             /* "wasi:io/poll.poll", for messages */
};

/* A lifted function that the host can call. */
struct plan_func {
    str interface; /* "" for a function exported by the component itself */
    str name;
    struct plan_ref core;
    const struct func_type *type;                 /* in the component's own types … */
    const struct resource_type *const *resources; /* … whose resources are these, by index */
    struct plan_options options;
    uint32_t component_instance;
    struct plan_entered entered;
};

struct plan {
    VEC(struct plan_module) modules; /* the component's, then those that linking made */
    plan_step_list steps;
    VEC(struct plan_trampoline) trampolines;
    VEC(struct plan_func) funcs;
    /* Core items that the host itself uses, looked up once an instance exists: */
    VEC(struct plan_ref) memories;               /* slots of memories */
    VEC(struct plan_ref) core_funcs;             /* slots of functions: reallocs, post-returns, destructors */
    VEC(const struct plan_resource *) resources; /* those that guests may hold handles to */
    VEC(uint32_t) containers; /* by component instance: the one that instantiated it, PLAN_NONE for the outermost */
    /* By component instance: the i32 global in which adapters see whether it may leave (adapter.c), or without a name;
     * NULL when there are none. */
    const struct plan_ref *leave_flags;
};

void plan_fini(struct plan *p);

/* Whether the component instance `outer` is, or contains, `inner`. */
bool plan_contains(const struct plan *p, uint32_t outer, uint32_t inner);

/* Adds a module that was made by the linker and, in `*ret`, the step that instantiates it; `refs` are its imports. */
MUST_USE bool plan_made_step(struct arena *a, struct plan *p, bytes wasm, const struct plan_ref *refs,
                             struct plan_step *ret, struct err *e);

/* Whether a step instantiates the module: linking may have found a way past it (shims). */
bool plan_uses_module(const struct plan *p, uint32_t module);

/* The plan's resource of a type; NULL when guests cannot hold handles to it. */
const struct plan_resource *plan_resource_of(const struct plan *p, const struct resource_type *type);

/* Its number in `p->resources`, or PLAN_NONE. */
uint32_t plan_resource_number(const struct plan *p, const struct resource_type *type);

#endif
