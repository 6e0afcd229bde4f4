/* Core modules rewritten so that the host can put their instances back as they were: every mutable global, and every
 * table where code may change it, gets a twin, and two functions copy one way and the other. Memories get an export;
 * the host restores them by itself. What code means is not changed. See docs/internals/recycling.md. */
#ifndef RUNTIME_BINARY_INSTRUMENT_H
#define RUNTIME_BINARY_INSTRUMENT_H

#include "runtime/binary/core_code.h"

struct buf; /* base/buf.h */

/* Names of the exports: func() that keeps the state, func() -> i32 that restores it, 0 when it cannot. */
#define INSTRUMENT_SAVE    "berth:save"
#define INSTRUMENT_RESTORE "berth:restore"
/* Memory `N` of those that the module defines, from 0. */
#define INSTRUMENT_MEMORY "berth:memory"

/* What a module is made of, as much as decides whether it can be restored. */
struct instrument_facts {
    struct core_code_facts code;
    bool has_shared_memory, has_gc_types;
    bool has_other_state; /* globals or tables of types that have no default value */
    bool has_our_names;   /* exports that begin with "berth:" */
};

MUST_USE bool instrument_scan(bytes module, struct instrument_facts *ret, struct err *e);

/* Why instances of such a module cannot be restored, as a clause ("drops data segments"); STR_NONE when they can. */
str instrument_obstacle(const struct instrument_facts *f);

struct instrument_result {
    bool has_state;        /* the two functions are there */
    uint32_t memory_count; /* exports INSTRUMENT_MEMORY */
};

/* Appends the rewritten module to `out`. `tables`: their elements may change, here or in another module that imports
 * them. Only for modules without an obstacle. */
MUST_USE bool instrument_module(bytes module, bool tables, struct buf *out, struct instrument_result *ret,
                                struct err *e);

#endif
