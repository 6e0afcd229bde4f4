/* Compiling function types into layout programs. */
#include <assert.h>

#include "base/num.h"
#include "base/vec.h"
#include "runtime/abi/host_layout.h"
#include "runtime/abi/program.h"

/* Ops and jump targets of one function: 16 MB. Real ones have some dozens. */
enum { ABI_MAX_OPS = 1 << 20 };

struct compiler {
    VEC(struct op) ops;
    VEC(uint32_t) targets;
    VEC(struct list_shape) lists;
    VEC(const struct type *) list_elems; /* beside `lists`: what to compile for each */
    VEC(const struct resource_type *) resources;
    const struct resource_type *const *bound; /* what resources stand for, by index; NULL: for themselves */
    bool full;
};

/* Where a value lies on both sides. */
struct place {
    bool flat;
    uint32_t core, host;
};

static void put_op(struct compiler *c, enum op_kind kind, struct place at, uint32_t aux)
{
    if (c->ops.len + c->targets.len >= ABI_MAX_OPS) {
        c->full = true;
        return;
    }
    vec_push(&c->ops, (struct op){ kind, at.core, at.host, aux });
}

static void compile_value(struct compiler *c, const struct type *t, struct place at);

static void compile_items(struct compiler *c, const struct named_type *items, uint32_t len, struct place at)
{
    struct place next = at;
    for (uint32_t i = 0; i < len && !c->full; i++) {
        const struct type *t = items[i].type;
        struct host_layout host = host_layout_of(t);
        /* Offsets count from `at`, which is aligned for the whole. */
        if (!at.flat)
            next.core = at.core + align_up_u32(next.core - at.core, t->align);
        next.host = at.host + (uint32_t)align_up(next.host - at.host, host.align);
        compile_value(c, t, next);
        next.core += at.flat ? t->flat_count * SLOT_BYTES : t->size;
        next.host += (uint32_t)host.size;
    }
}

static bool has_payload(const struct type *t)
{
    uint32_t cases = type_case_count(t);
    for (uint32_t i = 0; i < cases; i++)
        if (type_case_payload(t, i))
            return true;
    return false;
}

/* The discriminant: read and checked when lifting, written when lowering. */
static void compile_tag(struct compiler *c, const struct type *t, struct place at)
{
    uint32_t cases = type_case_count(t);
    uint32_t width = at.flat ? 4 : type_discriminant_size(cases);
    if (t->kind == TYPE_OPTION || t->kind == TYPE_RESULT)
        put_op(c, width == 1 ? OP_BOOL_TAG8 : OP_BOOL_TAG32, at, cases);
    else
        put_op(c, width == 1 ? OP_TAG8 : width == 2 ? OP_TAG16 : OP_TAG32, at, cases);
}

/* tag; switch; case 0 …; jump end; case 1 …; jump end; …  Cases without payload go to the end
 * directly. */
static void compile_cases(struct compiler *c, const struct type *t, struct place at)
{
    enum { NO_JUMP = UINT32_MAX };
    uint32_t cases = type_case_count(t), first = c->targets.len;
    compile_tag(c, t, at);
    if (!has_payload(t))
        return;
    bool bool_tag = t->kind == TYPE_OPTION || t->kind == TYPE_RESULT;
    put_op(c, bool_tag ? OP_BOOL_SWITCH : OP_SWITCH, at, first);
    if (c->full || cases > ABI_MAX_OPS - c->targets.len) {
        c->full = true;
        return;
    }
    for (uint32_t i = 0; i < cases; i++)
        vec_push(&c->targets, 0u);
    struct place payload = at;
    payload.core += at.flat ? SLOT_BYTES : type_payload_offset(t);
    payload.host += (uint32_t)host_layout_payload_offset(t);
    uint32_t last_jump = NO_JUMP; /* jumps to the end, chained by `aux` until it is known */
    for (uint32_t i = 0; i < cases; i++) {
        const struct type *of = type_case_payload(t, i);
        if (!of)
            continue;
        c->targets.at[first + i] = c->ops.len;
        compile_value(c, of, payload);
        put_op(c, OP_JUMP, at, last_jump);
        if (c->full)
            return;
        last_jump = c->ops.len - 1;
    }
    for (uint32_t jump = last_jump, next; jump != NO_JUMP; jump = next) {
        next = c->ops.at[jump].aux;
        c->ops.at[jump].aux = c->ops.len;
    }
    for (uint32_t i = 0; i < cases; i++)
        if (!type_case_payload(t, i))
            c->targets.at[first + i] = c->ops.len;
}

static void compile_list(struct compiler *c, const struct type *t, struct place at)
{
    const struct type *elem = t->of.elem;
    bool plain = type_plain_bytes(elem) > 0;
    put_op(c, plain ? OP_SLICE : OP_LIST, at, c->lists.len);
    vec_push(&c->lists, (struct list_shape){
                            .len_core = at.core + (at.flat ? SLOT_BYTES : 4),
                            .elem_size = elem->size,
                            .elem_align = elem->align,
                            .host_size = host_layout_of(elem).size,
                        });
    vec_push(&c->list_elems, plain ? NULL : elem);
}

static void compile_flat_array(struct compiler *c, const struct type *t, struct place at)
{
    const struct type *elem = t->of.array.elem;
    uint32_t host_size = (uint32_t)host_layout_of(elem).size;
    for (uint32_t i = 0; i < t->of.array.len; i++) {
        compile_value(c, elem, at);
        at.core += elem->flat_count * SLOT_BYTES;
        at.host += host_size;
    }
}

/* Flat ones are no longer than there are slots. */
static void compile_array(struct compiler *c, const struct type *t, struct place at)
{
    const struct type *elem = t->of.array.elem;
    if (at.flat) {
        compile_flat_array(c, t, at);
        return;
    }
    if (type_plain_bytes(elem)) {
        put_op(c, OP_COPY, at, t->size);
        return;
    }
    put_op(c, OP_ARRAY, at, c->lists.len);
    vec_push(&c->lists, (struct list_shape){
                            .count = t->of.array.len,
                            .elem_size = elem->size,
                            .elem_align = elem->align,
                            .host_size = host_layout_of(elem).size,
                        });
    vec_push(&c->list_elems, elem);
}

static void compile_flags(struct compiler *c, const struct type *t, struct place at)
{
    uint32_t mask = (uint32_t)((UINT64_C(1) << t->of.items.len) - 1);
    uint32_t width = at.flat ? 4 : t->size;
    put_op(c, width == 1 ? OP_FLAGS8 : width == 2 ? OP_FLAGS16 : OP_FLAGS32, at, mask);
}

static void compile_handle(struct compiler *c, const struct type *t, struct place at)
{
    put_op(c, t->kind == TYPE_OWN ? OP_OWN : OP_BORROW, at, c->resources.len);
    vec_push(&c->resources, c->bound ? c->bound[t->of.resource->index] : t->of.resource);
}

/* Recursion is bounded by TYPE_MAX_DEPTH. */
static void compile_value(struct compiler *c, const struct type *t, struct place at)
{
    if (c->full)
        return;
    switch (t->kind) {
    case TYPE_BOOL: put_op(c, at.flat ? OP_BOOL32 : OP_BOOL8, at, 0); return;
    case TYPE_S8: put_op(c, at.flat ? OP_S8_IN_32 : OP_MOVE8, at, 0); return;
    case TYPE_U8: put_op(c, OP_MOVE8, at, 0); return;
    case TYPE_S16: put_op(c, at.flat ? OP_S16_IN_32 : OP_MOVE16, at, 0); return;
    case TYPE_U16: put_op(c, OP_MOVE16, at, 0); return;
    case TYPE_S32:
    case TYPE_U32: put_op(c, OP_MOVE32, at, 0); return;
    case TYPE_S64:
    case TYPE_U64: put_op(c, OP_MOVE64, at, 0); return;
    case TYPE_F32: put_op(c, OP_F32, at, 0); return;
    case TYPE_F64: put_op(c, OP_F64, at, 0); return;
    case TYPE_CHAR: put_op(c, OP_CHAR, at, 0); return;
    case TYPE_STRING: put_op(c, OP_STRING, at, at.core + (at.flat ? SLOT_BYTES : 4)); return;
    case TYPE_LIST:
    case TYPE_MAP: compile_list(c, t, at); return;
    case TYPE_FIXED_LIST: compile_array(c, t, at); return;
    case TYPE_RECORD:
    case TYPE_TUPLE: compile_items(c, t->of.items.at, t->of.items.len, at); return;
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_OPTION:
    case TYPE_RESULT: compile_cases(c, t, at); return;
    case TYPE_FLAGS: compile_flags(c, t, at); return;
    case TYPE_OWN:
    case TYPE_BORROW: compile_handle(c, t, at); return;
    }
    __builtin_unreachable();
}

static size_t written_bytes(const struct named_type *items, uint32_t len);

static size_t written_of(const struct type *t)
{
    if (t->kind == TYPE_RECORD || t->kind == TYPE_TUPLE)
        return written_bytes(t->of.items.at, t->of.items.len);
    if (t->kind == TYPE_FIXED_LIST)
        return t->of.array.len * written_of(t->of.array.elem);
    if (t->kind == TYPE_VARIANT || t->kind == TYPE_OPTION || t->kind == TYPE_RESULT)
        return 0;
    return host_layout_of(t).size;
}

/* Bytes of the C struct that lifting surely writes. */
static size_t written_bytes(const struct named_type *items, uint32_t len)
{
    size_t sum = 0;
    for (uint32_t i = 0; i < len; i++)
        sum += written_of(items[i].type);
    return sum;
}

/* Measures the values as flat slots, or as a tuple in memory when they are more than `max_flat`. */
static bool measure_side(const struct named_type *items, uint32_t len, uint32_t max_flat, struct side *ret,
                         struct err *e)
{
    struct side s = { .align = 1 };
    uint64_t size = 0, flat = 0;
    for (uint32_t i = 0; i < len; i++) {
        const struct type *t = items[i].type;
        size = align_up(size, t->align) + t->size;
        flat += t->flat_count;
        s.align = t->align > s.align ? t->align : s.align;
        s.has_pointer |= t->has_pointer;
    }
    size = align_up(size, s.align);
    if (size >= TYPE_MAX_SIZE)
        return err_set(e, ERR_LIMIT, "parameters of %llu bytes exceed the limit of %u", (unsigned long long)size,
                       TYPE_MAX_SIZE - 1);
    s.size = (uint32_t)size;
    s.in_memory = flat > max_flat;
    s.flat_count = s.in_memory ? 0 : (uint32_t)flat;
    s.host_size = host_layout_of_items(items, len, NULL).size;
    if (s.host_size > ABI_MAX_HOST_BYTES)
        return err_set(e, ERR_LIMIT, "parameters or result of %zu bytes exceed the limit of %u, outside of lists",
                       s.host_size, ABI_MAX_HOST_BYTES);
    s.dense = written_bytes(items, len) == s.host_size;
    *ret = s;
    return true;
}

static void compile_side(struct compiler *c, const struct named_type *items, uint32_t len, struct side *s)
{
    s->pc = c->ops.len;
    compile_items(c, items, len, (struct place){ .flat = !s->in_memory });
    put_op(c, OP_END, (struct place){ 0 }, 0);
}

/* Compiling an element may add lists behind; the loop gets to them. */
static void compile_elements(struct compiler *c)
{
    for (uint32_t i = 0; i < c->lists.len && !c->full; i++) {
        if (!c->list_elems.at[i])
            continue;
        c->lists.at[i].pc = c->ops.len;
        compile_value(c, c->list_elems.at[i], (struct place){ 0 });
        put_op(c, OP_END, (struct place){ 0 }, 0);
    }
}

static const void *copy_out(struct arena *a, const void *at, uint32_t count, size_t size)
{
    return bytes_dup(a, bytes_from(at, count * size)).ptr;
}

bool abi_compile(struct arena *a, const struct func_type *f, const struct resource_type *const *resources,
                 struct abi_func **ret, struct err *e)
{
    struct compiler c = { .bound = resources };
    struct abi_func *func = arena_new(a, struct abi_func, 1);
    const struct named_type result = { .type = f->result };
    uint32_t results = f->result ? 1 : 0;
    bool ok = false;
    if (!measure_side(f->params, f->param_count, MAX_FLAT_PARAMS, &func->params, e) ||
        !measure_side(&result, results, MAX_FLAT_RESULTS, &func->result, e))
        goto out;
    compile_side(&c, f->params, f->param_count, &func->params);
    compile_side(&c, &result, results, &func->result);
    compile_elements(&c);
    if (c.full) {
        err_set(e, ERR_LIMIT, "function type too large: more than %d parts", ABI_MAX_OPS);
        goto out;
    }
    func->ops = copy_out(a, c.ops.at, c.ops.len, sizeof(*c.ops.at));
    func->targets = copy_out(a, c.targets.at, c.targets.len, sizeof(*c.targets.at));
    func->lists = copy_out(a, c.lists.at, c.lists.len, sizeof(*c.lists.at));
    func->resources = copy_out(a, c.resources.at, c.resources.len, sizeof(*c.resources.at));
    *ret = func;
    ok = true;
out:
    vec_fini(&c.ops);
    vec_fini(&c.targets);
    vec_fini(&c.lists);
    vec_fini(&c.list_elems);
    vec_fini(&c.resources);
    return ok;
}

size_t abi_params_size(const struct abi_func *f)
{
    return f->params.host_size;
}

size_t abi_result_size(const struct abi_func *f)
{
    return f->result.host_size;
}

bool abi_needs_memory(const struct abi_func *f)
{
    return f->params.has_pointer || f->result.has_pointer || f->params.in_memory || f->result.in_memory;
}

bool abi_needs_realloc(const struct abi_func *f, bool lower)
{
    return lower ? f->result.has_pointer : f->params.has_pointer || f->params.in_memory;
}
