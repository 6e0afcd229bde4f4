/* Checking the pointers that guests name and that their realloc returns. */
#include "runtime/abi/guest.h"

static const char *what_name(enum guest_what what)
{
    switch (what) {
    case GUEST_STRING: return "string";
    case GUEST_LIST: return "list";
    case GUEST_PARAMS: return "parameters";
    case GUEST_RESULT: return "result";
    }
    __builtin_unreachable();
}

bool guest_refuse(const struct abi_env *env, enum guest_what what, struct guest_range r, struct err *e)
{
    const char *name = what_name(what);
    if (r.len > ABI_MAX_BYTES)
        return err_set(e, ERR_TRAP, "%s length exceeds maximum: %llu bytes, at most %u", name,
                       (unsigned long long)r.len, ABI_MAX_BYTES);
    if (r.ptr & (r.align - 1))
        return err_set(e, ERR_TRAP, "unaligned pointer of %s: expected a multiple of %u, found %u", name, r.align,
                       r.ptr);
    return err_set(e, ERR_TRAP, "%s pointer/length out of bounds of memory: %llu bytes at %u, memory has %zu", name,
                   (unsigned long long)r.len, r.ptr, env->memory_len);
}

bool abi_check_block(const struct abi_env *env, uint32_t ptr, uint32_t align, uint32_t size, struct err *e)
{
    if (ptr & (align - 1))
        return err_set(e, ERR_TRAP,
                       "realloc return: result not aligned: unaligned pointer %u, "
                       "expected a multiple of %u",
                       ptr, align);
    if ((uint64_t)ptr + size > env->memory_len)
        return err_set(e, ERR_TRAP, "realloc return: beyond end of memory: %u bytes at %u, memory has %zu", size, ptr,
                       env->memory_len);
    return true;
}

bool guest_realloc(struct abi_env *env, struct guest_block *b, uint32_t align, uint32_t size, struct err *e)
{
    uint32_t ptr = 0;
    if (!env->ops->realloc(env, b->ptr, b->size, align, size, &ptr, e) || !abi_check_block(env, ptr, align, size, e))
        return false;
    *b = (struct guest_block){ ptr, size };
    return true;
}

bool lift_refuse_budget(const struct lift *l)
{
    return err_set(l->e, ERR_TRAP, "values of one call exceed the limit of %u bytes", ABI_MAX_LIFT_BYTES);
}
