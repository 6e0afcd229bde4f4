/* The structs behind program.h, for the files of run/. */
#ifndef RUNTIME_RUN_PROGRAM_TYPES_H
#define RUNTIME_RUN_PROGRAM_TYPES_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"
#include "io/tls/digest.h"
#include "runtime/binary/instrument.h"
#include "runtime/engine/engine.h"
#include "runtime/link/plan.h"
#include "runtime/run/cache_key.h"
#include "runtime/run/program.h"

/* A module that can be restored. */
struct program_restorable {
    bool has_state; /* exports the functions that save and restore it */
    bool has_start; /* exports the start, which instantiation leaves out */
    uint32_t memory_count, global_count;
};

/* A realloc of the component: slot of plan.core_funcs, and whose it is. */
struct program_realloc {
    uint32_t slot, component_instance;
};

/* SHA-256 in hexadecimal digits. */
struct program_digest {
    char hex[DIGEST_HEX_LEN];
};

/* What is found out while the program runs. */
struct program_findings {
    _Atomic bool unprimed;               /* a realloc trapped when it was called before the snapshot */
    _Atomic(struct snapshot *) snapshot; /* owned; NULL until there is one */
    _Atomic bool unfit;                  /* it could not be used */
    char key[CACHE_KEY_BYTES];           /* its file's; set by snapshot_load */
    const struct program *program;
    bool saving; /* on the thread `saver`, see run/snapshot_file.h */
    pthread_t saver;
};

/* What recycling needs to know (recycle.h). */
struct program_recycle {
    bool possible;
    struct instrument_options options; /* of the rewriting; start_apart: modules are instantiated without their start */
    struct program_restorable *modules; /* by plan module */
    VEC(struct program_realloc) reallocs;
    struct engine_images *images;
    struct program_findings *found;
};

struct program {
    struct arena arena;
    struct plan plan;
    struct program_needs needs;
    bytes wasm;
    struct program_options options;
    struct program_digest *digests; /* by plan module, of those in use; NULL without a cache */
    struct engine *engine;
    struct engine_module **modules; /* by plan module; NULL before program_compile */
    struct engine_linker **linkers; /* by step: of steps whose imports are all the host's */
    struct engine_pre **pres;       /* by step: NULL where the imports are not all the host's */
    struct program_recycle recycle;
    struct program_func *funcs; /* made by program_func; a list */
};

struct program_func {
    struct program_func *next;
    struct program *program;
    const struct plan_func *plan;
    const struct func_type *type;
    struct abi_func *abi;
    size_t params_size, result_size;
    struct core_signature signature;
};

/* Linkers for the steps that need items of a store, by step, with their trampolines defined. Whatever comes of it, they
 * are the caller's to free, which program_free_linkers does. */
MUST_USE bool program_make_linkers(const struct program *p, struct engine_linker ***ret, struct err *e);
void program_free_linkers(const struct program *p, struct engine_linker **linkers);

#endif
