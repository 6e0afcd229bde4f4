/* The handle table of one component instance. Handles are small numbers that guests hold; each names a resource, owned
 * or borrowed. Index 0 is never used; freed indices are used again last in, first out.
 *
 * Spec: CanonicalABI.md "Table State", "Resource State". */
#ifndef RUNTIME_RUN_TABLE_H
#define RUNTIME_RUN_TABLE_H

#include "base/err.h"
#include "runtime/link/plan.h"

struct subtask; /* run/call_env.h */

struct handle {
    const struct plan_resource *resource; /* NULL: free */
    union {
        void *object; /* of a host resource */
        uint32_t rep; /* of the component's own */
        uint32_t next_free;
    } of;
    bool own;
    uint32_t num_lends;           /* calls under way that borrow it */
    struct subtask *borrow_scope; /* of a borrowed one: the call that it must be dropped in */
};

struct table {
    struct handle *at;
    uint32_t len, cap; /* len counts index 0, too */
    uint32_t free;     /* first free index, 0: none */
};

/* More handles than this at one time: the guest traps. */
enum { TABLE_MAX_HANDLES = 1 << 20 };

void table_init(struct table *t);
void table_fini(struct table *t);
/* Forgets all handles; the memory stays. */
void table_reset(struct table *t);

/* Makes `to` a copy of `from`: same handles, same free indices. */
void table_copy(struct table *to, const struct table *from);

MUST_USE bool table_add(struct table *t, const struct handle *h, uint32_t *ret_index, struct err *e);

/* The handle at an index, which must be of this resource type. Valid until the next table_add. */
MUST_USE bool table_get(struct table *t, uint32_t index, const struct resource_type *type, struct handle **ret,
                        struct err *e);

/* Frees the index; `h` comes from table_get. */
void table_remove(struct table *t, struct handle *h);

#endif
