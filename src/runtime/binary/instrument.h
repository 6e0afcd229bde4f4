/* Core modules rewritten so that the host can put their instances back as they were: every mutable global, and every
 * table where code may change it, gets a twin, and two functions copy one way and the other. Memories get an export;
 * the host restores them by itself. What code means is not changed. See docs/internals/recycling.md. */
#ifndef RUNTIME_BINARY_INSTRUMENT_H
#define RUNTIME_BINARY_INSTRUMENT_H

#include "runtime/binary/core_code.h"

struct buf; /* base/buf.h */

/* Of all that this file finds and writes: to be raised when either changes for any module, since compiled code is kept
 * by the module as it came. */
enum { INSTRUMENT_VERSION = 1 };

/* Names of the exports: func() that keeps the state, func() -> i32 that restores it, 0 when it cannot. */
#define INSTRUMENT_SAVE    "berth:save"
#define INSTRUMENT_RESTORE "berth:restore"
/* Memory `N` of those that the module defines, from 0. */
#define INSTRUMENT_MEMORY "berth:memory"
/* Of a module whose start stands apart: func() that copies the data segments and calls the start function, to be called
 * right after instantiation, which does neither; and functions `N` that give the twins of mutable globals as results
 * and take them as parameters, so many of them at once as a function may have. */
#define INSTRUMENT_START "berth:start"
#define INSTRUMENT_GET   "berth:get"
#define INSTRUMENT_PUT   "berth:put"
enum { INSTRUMENT_GLOBALS_AT_ONCE = 1000 };

/* What a module is made of, as much as decides whether it can be restored. */
struct instrument_facts {
    struct core_code_facts code;
    bool has_shared_memory, has_gc_types;
    bool has_other_state;       /* globals or tables of types that have no default value */
    bool has_reference_globals; /* mutable ones */
    bool has_our_names;         /* exports that begin with "berth:" */
};

MUST_USE bool instrument_scan(bytes module, struct instrument_facts *ret, struct err *e);

/* Why instances of such a module cannot be restored, as a clause ("drops data segments"); STR_NONE when they can. */
str instrument_obstacle(const struct instrument_facts *f);

/* Whether an instance can do without its start, given the memories and globals of one that has had it: for that, what
 * instantiation does besides must be the same each time, and no segment may be missed. Holds for a program when it
 * holds for all of its modules. */
bool instrument_start_can_stand_apart(const struct instrument_facts *f);

struct instrument_options {
    bool tables;      /* their elements may change, here or in another module that imports them */
    bool start_apart; /* data segments become passive; only where that can be */
};

/* What rewriting adds. */
struct instrument_result {
    bool has_state;        /* the functions that save and restore are there */
    bool has_start;        /* INSTRUMENT_START is there */
    uint32_t memory_count; /* exports INSTRUMENT_MEMORY */
    uint32_t global_count; /* twins that INSTRUMENT_GET and INSTRUMENT_PUT are about */
};

/* Both only for modules without an obstacle: what instrument_module would add, without looking at code; and the
 * rewritten module, appended to `out`. */
MUST_USE bool instrument_foresee(bytes module, const struct instrument_options *o, struct instrument_result *ret,
                                 struct err *e);
MUST_USE bool instrument_module(bytes module, const struct instrument_options *o, struct buf *out, struct err *e);

#endif
