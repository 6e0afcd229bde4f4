/* Access to guest memory: every pointer and length a guest names is checked here, in 64 bits.
 * Private to this folder. */
#ifndef RUNTIME_ABI_GUEST_H
#define RUNTIME_ABI_GUEST_H

#include "runtime/abi/program.h"

/* What a pointer is for; texts name it. */
enum guest_what { GUEST_STRING, GUEST_LIST, GUEST_PARAMS, GUEST_RESULT };

struct guest_range {
    uint32_t ptr, align;
    uint64_t len; /* bytes */
};

/* Says what is wrong with the range, in the specification's order: length, alignment, end; returns
 * false. */
bool guest_refuse(const struct abi_env *env, enum guest_what what, struct guest_range r, struct err *e);

/* Checks the length, the alignment and that the range ends in memory. */
static inline MUST_USE bool guest_check(const struct abi_env *env, enum guest_what what, struct guest_range r,
                                        struct err *e)
{
    if (r.len <= ABI_MAX_BYTES && !(r.ptr & (r.align - 1)) && r.ptr + r.len <= env->memory_len)
        return true;
    return guest_refuse(env, what, r, e);
}

/* A block of guest memory that is to grow or shrink; zeroed for a new one. */
struct guest_block {
    uint32_t ptr, size;
};

/* Calls realloc for `size` bytes and checks what it returns. Pointers into memory are invalid
 * afterwards. */
MUST_USE bool guest_realloc(struct abi_env *env, struct guest_block *b, uint32_t align, uint32_t size, struct err *e);

/* One lifting call. */
struct lift {
    const struct abi_func *f;
    struct abi_env *env;
    struct err *e;
    uint64_t budget; /* what is left of ABI_MAX_LIFT_BYTES */
};

bool lift_refuse_budget(const struct lift *l);

static inline MUST_USE bool lift_spend(struct lift *l, uint64_t size)
{
    if (size > l->budget)
        return lift_refuse_budget(l);
    l->budget -= size;
    return true;
}

/* Writes a str to `to` (or what the guest has, for env->verbatim). `units` is the length that stands beside the
 * pointer: code units, tagged for latin1+utf16. Text that is UTF-8 in memory is checked and not copied; other goes to
 * the arena as UTF-8. Either is taken off the budget. Spec: CanonicalABI.md load_string_from_range. */
MUST_USE bool lift_string(struct lift *l, uint32_t ptr, uint32_t units, uint8_t *to);

/* `s` is a str, or for env->verbatim what lift_string wrote. `*ret_units` is tagged for latin1+utf16.
 * Spec: CanonicalABI.md store_string_into_range. */
MUST_USE bool lower_string(struct abi_env *env, const struct host_list *s, uint32_t *ret_ptr, uint32_t *ret_units,
                           struct err *e);

#endif
