/* Wasm modules of adapters: functions that call a lifted function with what they are called with, as the Canonical ABI
 * has it for scalar values, without the host. The code alone; which calls get one, and where, is adapter.c's matter.
 *
 * Spec: CanonicalABI.md lift_flat, lower_flat, canon_lower. */
#ifndef RUNTIME_LINK_ADAPTER_CODE_H
#define RUNTIME_LINK_ADAPTER_CODE_H

#include "base/arena.h"
#include "runtime/type/type.h"

#define ADAPTER_NO_FLAG UINT32_MAX

struct adapter_func {
    const struct func_type *type;
    uint32_t flag; /* of the caller's may_leave, in the module of flags; or ADAPTER_NO_FLAG: it always may */
};

/* Whether there is an adapter for functions of this type: all values are numbers, booleans, characters, flags or enums,
 * or records, tuples and fixed-length lists of these, and pass without memory. */
bool adapter_possible(const struct func_type *t);

/* Whether values of this type pass as they are, with nothing to check. */
bool adapter_is_plain(const struct func_type *t);

/* Whether the result may be one that lifting refuses. */
bool adapter_checks_result(const struct func_type *t);

/* A module that exports function i as "i". It imports, in this order for each: the callee's core function; the
 * trampoline, which takes over when something must trap before the call, to say why; if the result is checked, a
 * function of it that traps; and, with a flag, the flag. */
bytes adapter_module(struct arena *a, const struct adapter_func *funcs, uint32_t count);

/* A module that exports `count` flags: i32 globals "0", "1" …, which begin as 1. */
bytes adapter_flags_module(struct arena *a, uint32_t count);

/* A module that exports as "0" the function "0" that it imports from "callee". */
bytes adapter_forward_module(struct arena *a, const struct core_signature *sig);

#endif
