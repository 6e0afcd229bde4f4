/* The core WebAssembly engine, as the component runtime needs it: compile modules, bind host functions, make stores
 * and instances, call functions that may suspend. The only implementation that runs code is wasmtime.c.
 *
 * Threads: an engine, its modules and linkers may be used by several threads once made; a store and what lives
 * in it belong to one thread. */
#ifndef RUNTIME_ENGINE_ENGINE_H
#define RUNTIME_ENGINE_ENGINE_H

#include "base/err.h"
#include "base/str.h"
#include "base/clock.h"
#include "runtime/abi/abi.h"

struct buf; /* base/buf.h */
struct engine;
struct engine_module;
struct engine_linker;
struct engine_pre;
struct engine_store;

struct engine_options {
    /* Instances are taken from a pool that is reserved up front: fast, and bounded. The pool holds, at one time: */
    uint32_t pool_stores;            /* live stores; 0: no pool, each memory is mapped when it is needed */
    uint32_t core_instances;         /* core instances a store */
    uint32_t memories, tables;       /* a store */
    uint32_t table_elements;         /* of the largest table */
    uint64_t memory_bytes;           /* most a single memory may grow to */
    duration tick;                   /* how often running guests are made to yield; 0: never */
};

MUST_USE bool engine_new(const struct engine_options *o, struct engine **ret, struct err *e);
void engine_free(struct engine *e);

/* Names the engine, its version, its settings and the processor features: part of the key of cached code. */
str engine_identity(const struct engine *e);

/* One tick of the clock that makes running guests yield. Any thread (also async-signal-safe). */
void engine_tick(struct engine *e);

/* Compiles a core module. */
MUST_USE bool engine_compile(struct engine *e, bytes wasm, struct engine_module **ret, struct err *err);

/* Compiled code as bytes (freed by mem_free on `ret.ptr`), and back from a file that we wrote ourselves: what the
 * file says is trusted as machine code is. */
MUST_USE bool engine_module_serialize(const struct engine_module *m, struct buf *ret, struct err *err);
MUST_USE bool engine_module_deserialize(struct engine *e, bytes code, struct engine_module **ret,
                                        struct err *err);
MUST_USE bool engine_module_deserialize_file(struct engine *e, const char *path,
                                             struct engine_module **ret, struct err *err);
void engine_module_free(struct engine_module *m);

#endif
