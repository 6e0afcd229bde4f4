/* Lifting: runs a layout program from the core form to the C struct. Spec: CanonicalABI.md
 * "Loading", "Flat Lifting", lift_flat_values. */
#include "runtime/abi/guest.h"

static bool run(struct lift *l, uint32_t pc, const uint8_t *core, uint8_t *host);

static bool lift_elements(struct lift *l, const struct list_shape *shape, const uint8_t *from, uint32_t len,
                          uint8_t *to)
{
    if (!lift_spend(l, len * shape->host_size))
        return false;
    uint8_t *elems = arena_zalloc(l->env->arena, len, shape->host_size);
    for (uint32_t i = 0; i < len; i++)
        if (!run(l, shape->pc, from + (size_t)i * shape->elem_size, elems + i * shape->host_size))
            return false;
    put_slice(to, elems, len);
    return true;
}

/* When elements look alike on both sides, the value is a slice of guest memory.
 * Spec: CanonicalABI.md load_list_from_range. */
static bool lift_list(struct lift *l, const struct op *op, const uint8_t *core, uint8_t *to)
{
    const struct list_shape *shape = &l->f->lists[op->aux];
    uint32_t ptr = get_u32(core + op->core), len = get_u32(core + shape->len_core);
    struct guest_range elems = { ptr, shape->elem_align, (uint64_t)len * shape->elem_size };
    if (!guest_check(l->env, GUEST_LIST, elems, l->e))
        return false;
    const uint8_t *from = l->env->memory + ptr;
    if (op->kind == OP_LIST)
        return lift_elements(l, shape, from, len, to);
    put_slice(to, from, len);
    return true;
}

static bool lift_array(struct lift *l, const struct list_shape *shape, const uint8_t *from, uint8_t *to)
{
    for (uint32_t i = 0; i < shape->count; i++)
        if (!run(l, shape->pc, from + (size_t)i * shape->elem_size, to + i * shape->host_size))
            return false;
    return true;
}

static bool lift_handle(struct lift *l, const struct op *op, uint32_t handle, uint8_t *to)
{
    const struct resource_type *r = l->f->resources[op->aux];
    const struct abi_env_ops *ops = l->env->ops;
    void *object = NULL;
    if (op->kind == OP_OWN ? !ops->lift_own(l->env, r, handle, &object, l->e)
                           : !ops->lift_borrow(l->env, r, handle, &object, l->e))
        return false;
    assert(object);
    memcpy(to, &object, sizeof(object));
    return true;
}

static bool refuse_tag(struct lift *l, uint32_t tag, uint32_t cases)
{
    return err_set(l->e, ERR_TRAP, "invalid variant discriminant: expected less than %u, found %u", cases, tag);
}

static bool refuse_char(struct lift *l, uint32_t c)
{
    return err_set(l->e, ERR_TRAP, "invalid `char` bit pattern: 0x%x is no Unicode scalar value", c);
}

/* long: one case an op */
static bool run(struct lift *l, uint32_t pc, const uint8_t *core, uint8_t *host)
{
    const struct op *ops = l->f->ops;
    uint32_t v;
    for (const struct op *op = ops + pc;; op++) {
        const uint8_t *from = core + op->core;
        uint8_t *to = host + op->host;
        switch (op->kind) {
        case OP_MOVE8:
        case OP_S8_IN_32: *to = *from; continue;
        case OP_MOVE16:
        case OP_S16_IN_32: memcpy(to, from, 2); continue;
        case OP_MOVE32: memcpy(to, from, 4); continue;
        case OP_MOVE64: memcpy(to, from, 8); continue;
        case OP_BOOL8: *to = *from != 0; continue;
        case OP_BOOL32: *to = get_u32(from) != 0; continue;
        case OP_F32: move_f32(to, from); continue;
        case OP_F64: move_f64(to, from); continue;
        case OP_CHAR:
            v = get_u32(from);
            if (!is_scalar_value(v))
                return refuse_char(l, v);
            put_u32(to, v);
            continue;
        case OP_FLAGS8: put_u32(to, *from & op->aux); continue;
        case OP_FLAGS16: put_u32(to, get_u16(from) & op->aux); continue;
        case OP_FLAGS32: put_u32(to, get_u32(from) & op->aux); continue;
        case OP_TAG8:
        case OP_TAG16:
        case OP_TAG32:
            v = op->kind == OP_TAG8 ? *from : op->kind == OP_TAG16 ? get_u16(from) : get_u32(from);
            if (v >= op->aux)
                return refuse_tag(l, v, op->aux);
            put_u32(to, v);
            continue;
        case OP_BOOL_TAG8:
        case OP_BOOL_TAG32:
            v = op->kind == OP_BOOL_TAG8 ? *from : get_u32(from);
            if (v > 1)
                return refuse_tag(l, v, 2);
            *to = (uint8_t)v;
            continue;
        case OP_SWITCH: op = ops + l->f->targets[op->aux + get_u32(to)] - 1; continue;
        case OP_BOOL_SWITCH: op = ops + l->f->targets[op->aux + *to] - 1; continue;
        case OP_JUMP: op = ops + op->aux - 1; continue;
        case OP_STRING:
            if (!lift_string(l, get_u32(from), get_u32(core + op->aux), to))
                return false;
            continue;
        case OP_SLICE:
        case OP_LIST:
            if (!lift_list(l, op, core, to))
                return false;
            continue;
        case OP_COPY: memcpy(to, from, op->aux); continue;
        case OP_ARRAY:
            if (!lift_array(l, &l->f->lists[op->aux], from, to))
                return false;
            continue;
        case OP_OWN:
        case OP_BORROW:
            if (!lift_handle(l, op, get_u32(from), to))
                return false;
            continue;
        case OP_END: return true;
        }
        __builtin_unreachable();
    }
}

static bool lift_side(struct lift *l, const struct side *s, enum guest_what what, const union core_value *flat,
                      void *host)
{
    const uint8_t *core = (const uint8_t *)flat;
    if (s->in_memory) {
        struct guest_range tuple = { flat[0].i32, s->align, s->size };
        if (!guest_check(l->env, what, tuple, l->e))
            return false;
        core = l->env->memory + tuple.ptr;
    }
    /* What no case fills and padding stay 0, so that equal values are equal bytes. */
    if (!s->dense)
        memset(host, 0, s->host_size);
    return run(l, s->pc, core, host);
}

bool abi_lift_params(const struct abi_func *f, struct abi_env *env, const union core_value *flat, void *params,
                     struct err *e)
{
    struct lift l = { f, env, e, ABI_MAX_LIFT_BYTES };
    return lift_side(&l, &f->params, GUEST_PARAMS, flat, params);
}

bool abi_lift_result(const struct abi_func *f, struct abi_env *env, const union core_value *flat, void *result,
                     struct err *e)
{
    struct lift l = { f, env, e, ABI_MAX_LIFT_BYTES };
    return lift_side(&l, &f->result, GUEST_RESULT, flat, result);
}
