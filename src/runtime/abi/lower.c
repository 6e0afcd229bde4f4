/* Lowering: runs a layout program from the C struct to the core form. Spec: CanonicalABI.md
 * "Storing", "Flat Lowering", lower_flat_values. */
#include "runtime/abi/guest.h"

struct lower {
    const struct abi_func *f;
    struct abi_env *env;
    struct err *e;
};

/* Where the core form goes: flat slots, or memory at `ptr`, which moves whenever realloc is called.
 */
struct target {
    uint8_t *flat; /* NULL: memory */
    uint32_t ptr;
};

static bool run(struct lower *l, uint32_t pc, struct target t, const uint8_t *host);

static uint8_t *target_at(const struct lower *l, struct target t)
{
    return t.flat ? t.flat : l->env->memory + t.ptr;
}

/* Spec: CanonicalABI.md store_list_into_range. */
static bool lower_list(struct lower *l, const struct op *op, const uint8_t *from, uint32_t *ret_ptr, uint32_t *ret_len)
{
    const struct list_shape *shape = &l->f->lists[op->aux];
    struct host_list list;
    memcpy(&list, from, sizeof(list));
    if (list.len > ABI_MAX_BYTES / shape->elem_size)
        return err_set(l->e, ERR_TRAP, "list length exceeds maximum: %zu elements of %u bytes", list.len,
                       shape->elem_size);
    struct guest_block block = { 0 };
    uint32_t len = (uint32_t)list.len, size = len * shape->elem_size;
    if (!guest_realloc(l->env, &block, shape->elem_align, size, l->e))
        return false;
    const uint8_t *elems = list.ptr;
    if (op->kind == OP_SLICE) {
        if (size)
            memcpy(l->env->memory + block.ptr, elems, size);
    } else {
        for (uint32_t i = 0; i < len; i++) {
            struct target t = { .ptr = block.ptr + i * shape->elem_size };
            if (!run(l, shape->pc, t, elems + i * shape->host_size))
                return false;
        }
    }
    *ret_ptr = block.ptr;
    *ret_len = len;
    return true;
}

/* `ptr`: of the first element. */
static bool lower_array(struct lower *l, const struct list_shape *shape, uint32_t ptr, const uint8_t *from)
{
    for (uint32_t i = 0; i < shape->count; i++) {
        struct target t = { .ptr = ptr + i * shape->elem_size };
        if (!run(l, shape->pc, t, from + i * shape->host_size))
            return false;
    }
    return true;
}

/* Strings and lists: a pointer and a length. */
static bool lower_pointer(struct lower *l, const struct op *op, struct target t, const uint8_t *from)
{
    uint32_t ptr = 0, len = 0, len_core = op->aux;
    if (op->kind == OP_STRING) {
        struct host_list s;
        memcpy(&s, from, sizeof(s));
        if (!lower_string(l->env, &s, &ptr, &len, l->e))
            return false;
    } else {
        len_core = l->f->lists[op->aux].len_core;
        if (!lower_list(l, op, from, &ptr, &len))
            return false;
    }
    uint8_t *core = target_at(l, t);
    put_u32(core + op->core, ptr);
    put_u32(core + len_core, len);
    return true;
}

static bool lower_handle(struct lower *l, const struct op *op, const uint8_t *from, uint8_t *to)
{
    const struct resource_type *r = l->f->resources[op->aux];
    const struct abi_env_ops *ops = l->env->ops;
    void *object;
    uint32_t handle = 0;
    memcpy(&object, from, sizeof(object));
    if (!object)
        return err_set(l->e, ERR_TRAP, "expected a '%.*s', found NULL", STR_ARG(r->name));
    if (op->kind == OP_OWN ? !ops->lower_own(l->env, r, object, &handle, l->e)
                           : !ops->lower_borrow(l->env, r, object, &handle, l->e))
        return false;
    put_u32(to, handle);
    return true;
}

/* The host's structs are a program's own, but not always this one's: a wrong one fails the call, and no more. */
static bool no_value(const struct lower *l, const char *what, uint32_t v)
{
    return err_set(l->e, ERR_TRAP, "the host gave 0x%x for a value of type %s", v, what);
}

/* long: one case an op */
static bool run(struct lower *l, uint32_t pc, struct target t, const uint8_t *host)
{
    const struct op *ops = l->f->ops;
    uint8_t *core = target_at(l, t);
    uint32_t v;
    for (const struct op *op = ops + pc;; op++) {
        const uint8_t *from = host + op->host;
        uint8_t *to = core + op->core;
        switch (op->kind) {
        case OP_MOVE8:
        case OP_BOOL8:
        case OP_BOOL32: *to = *from; continue;
        case OP_MOVE16: memcpy(to, from, 2); continue;
        case OP_MOVE32: memcpy(to, from, 4); continue;
        case OP_MOVE64: memcpy(to, from, 8); continue;
        case OP_S8_IN_32: put_u32(to, (uint32_t)(int8_t)*from); continue;
        case OP_S16_IN_32: put_u32(to, (uint32_t)(int16_t)get_u16(from)); continue;
        case OP_F32: move_f32(to, from); continue;
        case OP_F64: move_f64(to, from); continue;
        case OP_CHAR:
            v = get_u32(from);
            if (!is_scalar_value(v))
                return no_value(l, "char", v);
            put_u32(to, v);
            continue;
        case OP_FLAGS8:
        case OP_TAG8:
            v = get_u32(from);
            if (op->kind == OP_TAG8 ? v >= op->aux : v & ~op->aux)
                return no_value(l, "enum, variant or flags", v);
            *to = (uint8_t)v;
            continue;
        case OP_FLAGS16:
        case OP_TAG16:
            v = get_u32(from);
            if (op->kind == OP_TAG16 ? v >= op->aux : v & ~op->aux)
                return no_value(l, "enum, variant or flags", v);
            memcpy(to, &v, 2);
            continue;
        case OP_FLAGS32:
        case OP_TAG32:
            v = get_u32(from);
            if (op->kind == OP_TAG32 ? v >= op->aux : v & ~op->aux)
                return no_value(l, "enum, variant or flags", v);
            put_u32(to, v);
            continue;
        case OP_BOOL_TAG8:
        case OP_BOOL_TAG32:
            if (*from > 1)
                return no_value(l, "option or result", *from);
            *to = *from;
            continue;
        case OP_SWITCH: op = ops + l->f->targets[op->aux + get_u32(from)] - 1; continue;
        case OP_BOOL_SWITCH: op = ops + l->f->targets[op->aux + *from] - 1; continue;
        case OP_JUMP: op = ops + op->aux - 1; continue;
        case OP_STRING:
        case OP_SLICE:
        case OP_LIST:
            if (!lower_pointer(l, op, t, from))
                return false;
            core = target_at(l, t);
            continue;
        case OP_COPY: memcpy(to, from, op->aux); continue;
        case OP_ARRAY:
            if (!lower_array(l, &l->f->lists[op->aux], t.ptr + op->core, from))
                return false;
            core = target_at(l, t);
            continue;
        case OP_OWN:
        case OP_BORROW:
            if (!lower_handle(l, op, from, to))
                return false;
            continue;
        case OP_END: return true;
        }
        __builtin_unreachable();
    }
}

/* Into flat slots. Slots that stay 0 are the padding of CanonicalABI.md lower_flat_variant. */
static bool lower_flat(struct lower *l, const struct side *s, const void *host, union core_value *flat)
{
    for (uint32_t i = 0; i < s->flat_count; i++)
        flat[i] = (union core_value){ .v128 = { 0, 0 } };
    return run(l, s->pc, (struct target){ .flat = (uint8_t *)flat }, host);
}

bool abi_lower_params(const struct abi_func *f, struct abi_env *env, const void *params, union core_value *flat,
                      struct err *e)
{
    struct lower l = { f, env, e };
    const struct side *s = &f->params;
    struct guest_block tuple = { 0 };
    if (!s->in_memory)
        return lower_flat(&l, s, params, flat);
    if (!guest_realloc(env, &tuple, s->align, s->size, e) ||
        !run(&l, s->pc, (struct target){ .ptr = tuple.ptr }, params))
        return false;
    flat[0] = (union core_value){ .i64 = tuple.ptr };
    return true;
}

bool abi_check_result_pointer(const struct abi_func *f, const struct abi_env *env, uint32_t ptr, struct err *e)
{
    const struct side *s = &f->result;
    return !s->in_memory || guest_check(env, GUEST_RESULT, (struct guest_range){ ptr, s->align, s->size }, e);
}

bool abi_lower_result(const struct abi_func *f, struct abi_env *env, const void *result, union core_value *flat,
                      struct err *e)
{
    struct lower l = { f, env, e };
    const struct side *s = &f->result;
    if (!s->in_memory)
        return lower_flat(&l, s, result, flat);
    uint32_t ptr = flat[f->params.in_memory ? 1 : f->params.flat_count].i32;
    return abi_check_result_pointer(f, env, ptr, e) && run(&l, s->pc, (struct target){ .ptr = ptr }, result);
}
