/* The core WebAssembly engine, as the component runtime needs it: compile modules, bind host functions, make stores
 * and instances in them, run calls that may suspend. Wasmtime stands behind it (wasmtime*.c, the only files that
 * include its headers).
 *
 * Threads: an engine and its modules, linkers without store-bound items and pres may be used by several threads once
 * made; a store and everything in it belongs to one thread. */
#ifndef RUNTIME_ENGINE_ENGINE_H
#define RUNTIME_ENGINE_ENGINE_H

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "runtime/abi/abi.h"

struct buf; /* base/buf.h */
struct engine;
struct engine_module;
struct engine_linker;
struct engine_pre;
struct engine_store;
struct engine_images;

struct engine_options {
    bool recycle; /* memories of our own, that a store can put back as they were: engine_store_keep */
    /* Otherwise instances come from a pool whose address space is reserved at the start: fast, and bounded. The pool
     * has room for `stores` live stores with, each, at most: */
    uint32_t stores;
    uint32_t core_instances;
    uint32_t memories;
    uint32_t tables;
    uint64_t table_elements; /* of the largest table */
    uint64_t memory_bytes;   /* most that one memory may grow to */
};

MUST_USE bool engine_new(const struct engine_options *o, struct engine **ret, struct err *e);
void engine_free(struct engine *engine);

/* The engine's name, its version and the settings that change the code it makes: part of the key of cached code. Static
 * text. */
str engine_version(void);

/* One tick: every guest that runs at this moment yields to its thread's loop soon. Any thread. */
void engine_tick(struct engine *engine);

/* --- Modules --- */

MUST_USE bool engine_compile(struct engine *engine, bytes wasm, struct engine_module **ret, struct err *e);

/* Validates without compiling. */
MUST_USE bool engine_validate(struct engine *engine, bytes wasm, struct err *e);

/* Compiled code as bytes, and back from a file that this program wrote: its content is trusted as machine code is.
 * Reading fails (ERR_INVALID) when the code is for another engine or processor. */
MUST_USE bool engine_module_serialize(const struct engine_module *m, struct buf *out, struct err *e);
MUST_USE bool engine_module_load(struct engine *engine, const char *path, struct engine_module **ret, struct err *e);
void engine_module_free(struct engine_module *m);

/* --- Linking --- */

enum engine_kind { ENGINE_FUNC, ENGINE_TABLE, ENGINE_MEMORY, ENGINE_GLOBAL, ENGINE_TAG };

/* A function, memory, … of a store. A value; never outlives the store. */
struct engine_ref {
    enum engine_kind kind;
    uint64_t opaque[3];
};

/* A host function: `env` from its definition, `owner` from the store. `values` holds the arguments and takes the
 * result. On false the guest traps with `e`. */
typedef bool engine_host_fn(void *env, void *owner, union core_value *values, struct err *e);

MUST_USE bool engine_linker_new(struct engine *engine, struct engine_linker **ret, struct err *e);
void engine_linker_free(struct engine_linker *l);

/* Import `module`.`name` is this host function. */
MUST_USE bool engine_linker_host(struct engine_linker *l, str module, str name, const struct core_signature *sig,
                                 engine_host_fn *fn, void *env, struct err *e);

/* Import `module`.`name` is this item of `s`, until it is defined again. */
MUST_USE bool engine_linker_item(struct engine_linker *l, struct engine_store *s, str module, str name,
                                 const struct engine_ref *item, struct err *e);

/* A module whose imports are all host functions, resolved once for all stores. */
MUST_USE bool engine_pre_new(const struct engine_linker *l, const struct engine_module *m, struct engine_pre **ret,
                             struct err *e);
void engine_pre_free(struct engine_pre *p);

/* --- Stores --- */

struct engine_instance {
    uint64_t opaque[2];
};

/* An empty store: kept and opened again, so that an instance costs no memory but the engine's. `owner` is handed to
 * host functions. */
struct engine_store *engine_store_new(struct engine *engine, void *owner);
void engine_store_free(struct engine_store *s);

/* The most that a store may have; 0: only as the pool has it. */
struct engine_store_limits {
    uint64_t memory_bytes;   /* of each memory */
    uint64_t memories_bytes; /* of all of them; only in an engine that recycles */
    uint64_t table_elements; /* of each table */
};

/* Makes it ready for instances. */
MUST_USE bool engine_store_open(struct engine_store *s, const struct engine_store_limits *limits, struct err *e);

/* Ends a running operation (its frames unwind, host functions that wait return false) and frees all instances. */
void engine_store_clear(struct engine_store *s);

/* Operations: begin one, then poll until it is no longer pending. One at a time; the arguments live until then. */
void engine_begin_pre(struct engine_store *s, const struct engine_pre *p, struct engine_instance *ret);
void engine_begin_instance(struct engine_store *s, const struct engine_linker *l, const struct engine_module *m,
                           struct engine_instance *ret);
enum { ENGINE_CALL_MAX = MAX_FLAT_PARAMS + 1 };
void engine_begin_call(struct engine_store *s, const struct engine_ref *func, const struct core_signature *sig,
                       const union core_value *args);

enum engine_poll {
    ENGINE_DONE,
    ENGINE_PENDING, /* it yielded (engine_tick) or waits (engine_wait) */
    ENGINE_FAILED,  /* `e` is set: the guest trapped (ERR_TRAP or what a host function set), or the pool is used up
                       (ERR_LIMIT) */
};
enum engine_poll engine_poll(struct engine_store *s, struct err *e);

/* The result of a finished call with one. */
union core_value engine_result(const struct engine_store *s);

/* True while the operation is pending in engine_wait: polling before engine_wake is of no use. */
bool engine_waiting(const struct engine_store *s);
void engine_wake(struct engine_store *s);

/* The item must exist with that kind: the checker saw it. False when it does not. */
MUST_USE bool engine_export(struct engine_store *s, const struct engine_instance *i, str name, struct engine_ref *ret);

/* Sets a mutable i32 global. */
void engine_set_global(struct engine_store *s, const struct engine_ref *global, uint32_t value);

/* Where a memory is now; moves and grows whenever guest code runs. */
void engine_memory(struct engine_store *s, const struct engine_ref *memory, uint8_t **ret_base, size_t *ret_len);

/* --- Recycling: a store's memories put back as they were --- */

/* Whether this system's pages are of the size that snapshots are made in. */
bool engine_can_recycle(void);

/* A store that is about to end may hold so much that giving it back at once would be felt by others on its thread. Then
 * engine_store_discard does it piece by piece, a call each, until it is false; engine_store_clear must follow. */
bool engine_store_is_heavy(const struct engine_store *s);
bool engine_store_discard(struct engine_store *s);

/* What memories hold at their snapshot, shared by all stores of one program. Any thread. */
struct engine_images *engine_images_new(void);
void engine_images_free(struct engine_images *i);

/* The same of parts of a file that nobody will change. `fd` stays the caller's. */
struct engine_extent {
    size_t offset, bytes; /* multiples of the system's page */
};
MUST_USE bool engine_images_open(int fd, const struct engine_extent *at, uint32_t count, struct engine_images **ret,
                                 struct err *e);
uint32_t engine_images_count(const struct engine_images *i);
/* Size of image `k`, how much of it is not zeros, and all of it. */
size_t engine_image_bytes(const struct engine_images *i, uint32_t k);
size_t engine_image_used_bytes(const struct engine_images *i, uint32_t k);
void engine_image_put(const struct engine_images *i, uint32_t k, struct buf *out);

/* Makes a snapshot of all memories of the store; `memories` names each of them, in the same order in all stores that
 * share `images`. Only in an engine made with `recycle`. On false the store works as before but cannot be restored. */
MUST_USE bool engine_store_keep(struct engine_store *s, struct engine_images *images, const struct engine_ref *memories,
                                size_t count, struct err *e);

/* The images of a store that was kept: the caller's to free, for any number of others. */
struct engine_images *engine_store_images(const struct engine_store *s);

/* Gives a store whose memories were not written to those images instead of a snapshot of its own. On false it is of no
 * more use. */
MUST_USE bool engine_store_adopt(struct engine_store *s, const struct engine_images *images,
                                 const struct engine_ref *memories, size_t count, struct err *e);

/* Back to the snapshot, when no operation is under way. False when a new store is the better deal. */
MUST_USE bool engine_store_restore(struct engine_store *s);

/* What a store that was kept and restored holds of its own: pages that are no longer the snapshot's, and about what the
 * engine needs for it. */
uint64_t engine_store_warm_bytes(const struct engine_store *s);

/* What all memories of a store have now; 0 when they are not ours, in an engine that does not recycle. */
uint64_t engine_store_memory_bytes(const struct engine_store *s);

/* Around what the host does with the store's memories between operations, nested calls included: pages of a store that
 * was kept are found out by their first write. Host functions need not do it. */
void engine_store_enter(struct engine_store *s);
void engine_store_leave(struct engine_store *s);

/* From inside a host function, or between operations: calls the guest (realloc, destructors). `values` as for host
 * functions. */
MUST_USE bool engine_call_nested(struct engine_store *s, const struct engine_ref *func, union core_value *values,
                                 size_t value_count, struct err *e);

/* From inside a host function that holds on to nothing of the host's: calls the guest, which may yield and wait as in
 * an operation of its own. `values` as for host functions. */
MUST_USE bool engine_call(struct engine_store *s, const struct engine_ref *func, union core_value *values,
                          size_t value_count, struct err *e);

/* From inside a host function: suspends the guest until engine_wake. False: the operation was ended meanwhile. */
MUST_USE bool engine_wait(struct engine_store *s, struct err *e);

#endif
