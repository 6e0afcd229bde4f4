/* The code that passes values from one component to another: lifted and lowered in one go, from flat values to flat
 * values or from memory to memory. Internal to link/.
 *
 * Spec: CanonicalABI.md "Loading", "Storing", "Flat Lifting", "Flat Lowering". */
#ifndef RUNTIME_LINK_ADAPTER_VALUE_H
#define RUNTIME_LINK_ADAPTER_VALUE_H

#include "runtime/link/adapter_body.h"
#include "runtime/link/plan.h"

/* One direction: the parameters, or the result. */
struct adapter_pass {
    struct adapter_body *body;
    uint32_t from_memory, to_memory;
    uint32_t in_range;       /* function(pointer, i64 bytes, alignment - 1) -> whether these may be read */
    uint32_t is_text;        /* function(pointer, bytes) -> whether these may be read and are UTF-8 */
    uint32_t allocate;       /* function(alignment, bytes) -> where they may be written */
    uint32_t give;           /* function(handle, resource) -> the other's, of one that is owned */
    uint32_t lend;           /* function(handle, resource, whether the call has lent one) -> what the other gets */
    uint32_t lent;           /* local: whether it has */
    const struct plan *plan; /* the resources that these functions are told of … */
    const struct resource_type *const *resources; /* … and those of the types */
    uint32_t depth; /* of blocks, inside of the one that is left when a value is refused */
};

/* Where a value lies; on both sides alike, since they have one type. */
struct adapter_place {
    bool flat;
    uint32_t from, to; /* locals: of the first flat values, or of an address each … */
    uint32_t offset;   /* … and what is to be added to it */
};

void adapter_put_value(struct adapter_pass *x, const struct type *t, struct adapter_place at);

/* Items one after another, as of a record. */
void adapter_put_items(struct adapter_pass *x, const struct named_type *items, uint32_t len, struct adapter_place at);

/* Leaves the refusing block when the i32 on the stack is 0. */
void adapter_put_refusal(struct adapter_pass *x);

#endif
