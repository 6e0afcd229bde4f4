/* What the files over Wasmtime's C API share: the structs behind engine.h's opaque names, and conversions. */
#ifndef RUNTIME_ENGINE_WASMTIME_TYPES_H
#define RUNTIME_ENGINE_WASMTIME_TYPES_H

#include <wasm.h>
#include <wasmtime.h>

#include "base/vec.h"
#include "runtime/engine/engine.h"
#include "runtime/memory/fault.h"
#include "runtime/memory/linear.h"

/* From engine/src/lib.rs: resets memories by the pages written to. False, and nothing changes, where the system does
 * not tell which they are (before Linux 6.7). */
bool berth_engine_pool_scan_pages(wasmtime_pooling_allocation_config_t *pool);

struct engine {
    wasm_engine_t *engine;
    wasmtime_linker_t *wait_linker; /* holds the one asynchronous host function; see engine_wait */
};

struct engine_module {
    wasmtime_module_t *module;
};

struct engine_host_binding;

struct engine_linker {
    wasmtime_linker_t *linker;
    struct engine_host_binding *bindings; /* owned; a list */
};

struct engine_pre {
    wasmtime_instance_pre_t *pre;
};

/* A memory of ours with the engine's name for it. */
struct kept_memory {
    wasmtime_memory_t name;
    struct linear_memory *memory;
};

struct engine_store {
    struct engine *engine;
    wasmtime_store_t *store;
    wasmtime_context_t *context;
    void *owner;
    struct memory_set memories;   /* of ours, in an engine that recycles */
    struct memory_set *outside;   /* the thread's before engine_store_enter */
    VEC(struct kept_memory) kept; /* those with a snapshot */
    bool has_wait;
    wasmtime_func_t wait; /* see engine_wait; once it was needed */
    bool waiting, woken;
    uint32_t nested;       /* nested calls under way */
    uint32_t nested_ticks; /* that passed meanwhile */
    /* The running operation; its arguments and results live here until it is over. */
    wasmtime_call_future_t *future;
    wasm_trap_t *trap;
    wasmtime_error_t *error;
    wasmtime_func_t func;
    wasmtime_val_t args[ENGINE_CALL_MAX], results[1];
    struct engine_instance *ret_instance;
    wasmtime_instance_t instance;
    /* Set by a host function that made the guest trap: says more than the engine's own message. */
    struct err host_error;
};

/* Lets the engine get its memories from runtime/memory (wasmtime_memory.c). */
void engine_use_own_memories(wasm_config_t *config);

/* Defines the function that engine_wait calls. */
bool engine_define_wait(wasmtime_linker_t *linker, struct err *e);

/* Turns a failure of Wasmtime into `e` with `kind`; consumes `error`. Always false. */
bool engine_take_error(wasmtime_error_t *error, enum err_kind kind, struct err *e);

/* Turns a trap into `e` (ERR_TRAP) with the guest's innermost functions; consumes `trap`. Always false. */
bool engine_take_trap(wasm_trap_t *trap, struct err *e);

wasmtime_extern_t engine_extern_of(const struct engine_ref *ref);
bool engine_ref_of(const wasmtime_extern_t *item, struct engine_ref *ret);

#endif
