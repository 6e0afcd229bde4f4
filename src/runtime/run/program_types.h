/* The structs behind program.h, for the files of run/. */
#ifndef RUNTIME_RUN_PROGRAM_TYPES_H
#define RUNTIME_RUN_PROGRAM_TYPES_H

#include "base/arena.h"
#include "runtime/engine/engine.h"
#include "runtime/link/plan.h"
#include "runtime/run/program.h"

struct program {
    struct arena arena;
    struct plan plan;
    struct program_needs needs;
    struct program_options options;
    struct engine *engine;
    struct engine_module **modules; /* by plan module; NULL before program_compile */
    struct engine_linker **linkers; /* by step: of steps whose imports are all the host's */
    struct engine_pre **pres;       /* by step: NULL where the imports are not all the host's */
    struct program_func *funcs;     /* made by program_func; a list */
};

struct program_func {
    struct program_func *next;
    struct program *program;
    const struct plan_func *plan;
    struct abi_func *abi;
    size_t params_size, result_size;
    struct core_signature signature;
};

/* Defines the trampolines among a step's imports. */
MUST_USE bool program_define_trampolines(const struct program *p, const struct plan_step *step, struct engine_linker *l,
                                         struct err *e);

#endif
