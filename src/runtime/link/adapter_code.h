/* Wasm modules of adapters: functions that call a lifted function with what they are called with, as the Canonical ABI
 * has it, without the host. The code alone; which calls get one, and where, is adapter.c's matter.
 *
 * Spec: CanonicalABI.md canon_lower, canon_lift, both synchronous. */
#ifndef RUNTIME_LINK_ADAPTER_CODE_H
#define RUNTIME_LINK_ADAPTER_CODE_H

#include "base/arena.h"
#include "runtime/link/plan.h"

/* Types in the trees of a function's parameters and result (struct type, nodes): what an adapter's code grows with. */
enum { ADAPTER_MAX_NODES = 1000 };

/* Handles in a function's values, each of which is a call of the host: with more, one call for all of them is less. */
enum { ADAPTER_MAX_HANDLES = 2 };

/* What a function of an adapter module imports, in this order. A function that traps returns nothing. */
enum adapter_part {
    ADAPTER_CALLEE,              /* the core function that was lifted */
    ADAPTER_TRAMPOLINE,          /* called with the arguments when one is refused: it traps and says why */
    ADAPTER_REFUSE_RESULT,       /* the same for the result: the callee's, then the pointer that ours goes to */
    ADAPTER_CONFINED,            /* func(): traps, since the caller may not leave */
    ADAPTER_POST_RETURN,         /* of the callee */
    ADAPTER_CALLEE_REALLOC,      /* and what traps when it has returned a wrong pointer: func(it, alignment, bytes) */
    ADAPTER_REFUSE_CALLEE_BLOCK, /* */
    ADAPTER_CALLER_REALLOC,      /* */
    ADAPTER_REFUSE_CALLER_BLOCK, /* */
    ADAPTER_CALLER_TEXT,         /* func(pointer, bytes) -> whether it is UTF-8, in the caller's memory */
    ADAPTER_CALLEE_TEXT,         /* in the callee's */
    ADAPTER_GIVE,                /* what passes handles: struct adapter_pass (adapter_value.h) */
    ADAPTER_GIVE_BACK,           /* */
    ADAPTER_LEND,                /* */
    ADAPTER_RETURN,              /* func(): ends a call that has lent handles; traps when the callee has some left */
    ADAPTER_CALLER_FLAG,         /* globals: whether it may leave */
    ADAPTER_CALLEE_FLAG,         /* */
    ADAPTER_PARTS
};

struct adapter_func {
    const struct func_type *type;
    uint32_t parts;                        /* bits: 1 << enum adapter_part */
    uint32_t caller_memory, callee_memory; /* of those that the module imports; where values pass through memory */
    const struct plan *plan;               /* where there are handles: whose resources are those … */
    const struct resource_type *const *resources; /* … of the type, by index */
};

/* Whether there is an adapter for functions of this type: synchronous, not too large, with few handles, and nothing is
 * refused after an owned handle. */
bool adapter_possible(const struct func_type *t);

/* The parts that the values ask for: all but post-return, CONFINED and the flags. */
uint32_t adapter_parts(const struct func_type *t);

/* What a function among the parts takes and returns. */
void adapter_part_signature(const struct func_type *t, enum adapter_part p, struct core_signature *ret);

/* Whether values pass through memory; and whether strings, or handles, are among them. */
bool adapter_uses_memory(const struct func_type *t);
bool adapter_has_text(const struct func_type *t);
bool adapter_has_handles(const struct func_type *t);

/* Whether values of this type pass as they are, with nothing to check. */
bool adapter_is_plain(const struct func_type *t);

/* Types in the trees of the function. */
uint32_t adapter_nodes(const struct func_type *t);

/* A module that exports function i as "i". It imports `memories` memories and then each function's parts. `late`: and
 * last a table, from the element `first` of which on it puts its functions there. */
struct adapter_late {
    bool is;
    uint32_t first;
};
bytes adapter_module(struct arena *a, const struct adapter_func *funcs, uint32_t count, uint32_t memories,
                     struct adapter_late late);

/* A function that passes its arguments on. */
struct adapter_way {
    const struct core_signature *signature;
    bool asks; /* whether the caller may leave: imports what traps if not, and the flag */
    bool late; /* calls what an adapter module puts into the table */
};

/* A module that exports way i as "i" and, if one is late, a table of the late ones as "table". It imports for each what
 * it calls (for a late one, until there is something else) and what it asks. Late ones come first. */
bytes adapter_ways_module(struct arena *a, const struct adapter_way *ways, uint32_t count);

/* A module that exports `count` flags: i32 globals "0", "1" …, which begin as 1. */
bytes adapter_flags_module(struct arena *a, uint32_t count);

/* A module that exports as "0" the function "0" that it imports from "callee". */
bytes adapter_forward_module(struct arena *a, const struct core_signature *sig);

#endif
