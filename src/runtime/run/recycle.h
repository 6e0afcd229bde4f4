/* Recycling: an instance that has served a call is put back as it was after its start, instead of being built anew. The
 * next call cannot tell the difference. docs/internals/recycling.md says how, and when it cannot be done.
 * Internal to run/. */
#ifndef RUNTIME_RUN_RECYCLE_H
#define RUNTIME_RUN_RECYCLE_H

#include "base/err.h"
#include "base/str.h"

struct buf;             /* base/buf.h */
struct instance;        /* run/instance.h */
struct program;         /* run/program.h */
struct plan_trampoline; /* link/plan.h */
union core_value;       /* abi/abi.h */

/* Decides whether instances of the program can be restored, and how its modules are to be rewritten for that; before
 * they are compiled. */
MUST_USE bool recycle_prepare(struct program *p, struct err *e);

/* Appends the module as it is compiled; nothing where that is as it came. */
MUST_USE bool recycle_rewrite(const struct program *p, uint32_t module, struct buf *out, struct err *e);
void recycle_fini(struct program *p);

/* Priming: each realloc of the component is called once for a small block before the snapshot, so that its allocator
 * has its first arena: otherwise most guests grow their memory in every call, which is dear to undo. Begins the call
 * number `i->primed` as an engine operation; false in `*ret_more` when there is none left. */
MUST_USE bool recycle_begin_priming(struct instance *i, bool *ret_more, struct err *e);
void recycle_end_priming(struct instance *i);
/* It trapped: instances of this program will not be primed. */
void recycle_give_up_priming(struct instance *i);

/* The instance has started: from now on it can be restored, if `i->kept` says so afterwards. */
void recycle_keep(struct instance *i);

/* During the start: a host function without parameters has returned. If what it gave is a handle, the function can be
 * called again for each later call, in the name of that one: adapters get their standard streams so. */
void recycle_note_handle(struct instance *i, const struct plan_trampoline *t, const void *result,
                         const union core_value *values);

/* During the start: the index has got another handle, or its object was used and may no longer be as the function gave
 * it. */
void recycle_forget_handle(struct instance *i, uint32_t component_instance, uint32_t index);

/* Before a call of a restored instance: the handles of the start get objects that belong to this call. */
MUST_USE bool recycle_revive(struct instance *i, struct err *e);

/* Looks up what the instance's modules export for restoring. False when something is not there. */
MUST_USE bool recycle_name_state(struct instance *i);
/* Globals and tables become what their twins are. */
MUST_USE bool recycle_restore_state(struct instance *i);

/* After a call that ended well: back to the snapshot. False: it cannot be, and must be ended. */
MUST_USE bool recycle_restore(struct instance *i);

#endif
