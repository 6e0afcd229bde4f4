#include "runtime/link/adapter_value.h"

#include "base/num.h"

/* --- From and to --- */

static struct buf *code_of(const struct adapter_pass *x)
{
    return &x->body->code;
}

static void put_reinterpret(struct buf *b, enum core_type from, enum core_type to)
{
    if (from == CORE_F32)
        PUT(b, OP_I32_REINTERPRET_F32);
    if (from == CORE_F64)
        PUT(b, OP_I64_REINTERPRET_F64);
    bool wide_from = from == CORE_I64 || from == CORE_F64, wide_to = to == CORE_I64 || to == CORE_F64;
    if (wide_from && !wide_to)
        PUT(b, OP_I32_WRAP_I64);
    if (!wide_from && wide_to)
        PUT(b, OP_I64_EXTEND_I32_U);
    if (to == CORE_F32)
        PUT(b, OP_F32_REINTERPRET_I32);
    if (to == CORE_F64)
        PUT(b, OP_F64_REINTERPRET_I64);
}

/* A flat value of a variant may be in a wider one, or in an integer. Spec: CanonicalABI.md join. */
static void put_conversion(struct buf *b, enum core_type from, enum core_type to)
{
    if (from != to)
        put_reinterpret(b, from, to);
}

static void put_source(const struct adapter_pass *x, struct adapter_place at, uint8_t load, enum core_type type)
{
    put_op(code_of(x), OP_LOCAL_GET, at.from);
    if (at.flat)
        put_conversion(code_of(x), body_local_type(x->body, at.from), type);
    else
        put_access(code_of(x), load, x->from_memory, at.offset);
}

/* Before the value that is to be stored. */
static void begin_target(const struct adapter_pass *x, struct adapter_place at)
{
    if (!at.flat)
        put_op(code_of(x), OP_LOCAL_GET, at.to);
}

static void end_target(const struct adapter_pass *x, struct adapter_place at, uint8_t store, enum core_type type)
{
    if (!at.flat) {
        put_access(code_of(x), store, x->to_memory, at.offset);
        return;
    }
    put_conversion(code_of(x), type, body_local_type(x->body, at.to));
    put_op(code_of(x), OP_LOCAL_SET, at.to);
}

void adapter_put_refusal(struct adapter_pass *x)
{
    PUT(code_of(x), OP_I32_EQZ);
    put_op(code_of(x), OP_BR_IF, x->depth);
}

static struct adapter_place behind(struct adapter_place at, uint32_t flat, uint32_t offset)
{
    if (at.flat)
        at.from += flat, at.to += flat;
    else
        at.offset += offset;
    return at;
}

/* --- Numbers --- */

/* What is beyond the type is cut off of a flat value. */
static void put_narrow(struct buf *b, enum type_kind kind)
{
    if (kind == TYPE_S8)
        PUT(b, OP_I32_EXTEND8_S);
    if (kind == TYPE_S16)
        PUT(b, OP_I32_EXTEND16_S);
    if (kind == TYPE_U8 || kind == TYPE_U16) {
        put_i32(b, kind == TYPE_U8 ? UINT8_MAX : UINT16_MAX);
        PUT(b, OP_I32_AND);
    }
}

static void put_small(const struct adapter_pass *x, struct adapter_place at, enum type_kind kind, uint8_t load,
                      uint8_t store)
{
    begin_target(x, at);
    put_source(x, at, load, CORE_I32);
    if (kind == TYPE_BOOL)
        PUT(code_of(x), OP_I32_CONST, 0, OP_I32_NE);
    else if (at.flat)
        put_narrow(code_of(x), kind);
    end_target(x, at, store, CORE_I32);
}

static void put_wide(const struct adapter_pass *x, struct adapter_place at)
{
    begin_target(x, at);
    put_source(x, at, OP_I64_LOAD, CORE_I64);
    end_target(x, at, OP_I64_STORE, CORE_I64);
}

/* A NaN becomes the canonical one. */
static void put_f32(const struct adapter_pass *x, struct adapter_place at)
{
    uint32_t v = body_scratch(x->body, CORE_F32);
    begin_target(x, at);
    put_source(x, at, OP_F32_LOAD, CORE_F32);
    put_op(code_of(x), OP_LOCAL_TEE, v);
    PUT(code_of(x), OP_F32_CONST, 0, 0, 0xc0, 0x7f);
    put_op(code_of(x), OP_LOCAL_GET, v);
    put_op(code_of(x), OP_LOCAL_GET, v);
    PUT(code_of(x), OP_F32_EQ, OP_SELECT);
    end_target(x, at, OP_F32_STORE, CORE_F32);
}

static void put_f64(const struct adapter_pass *x, struct adapter_place at)
{
    uint32_t v = body_scratch(x->body, CORE_F64);
    begin_target(x, at);
    put_source(x, at, OP_F64_LOAD, CORE_F64);
    put_op(code_of(x), OP_LOCAL_TEE, v);
    PUT(code_of(x), OP_F64_CONST, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f);
    put_op(code_of(x), OP_LOCAL_GET, v);
    put_op(code_of(x), OP_LOCAL_GET, v);
    PUT(code_of(x), OP_F64_EQ, OP_SELECT);
    end_target(x, at, OP_F64_STORE, CORE_F64);
}

/* Below the surrogates, or behind them and below the end of Unicode. */
static void put_char(struct adapter_pass *x, struct adapter_place at)
{
    struct buf *b = code_of(x);
    uint32_t v = body_scratch(x->body, CORE_I32);
    begin_target(x, at);
    put_source(x, at, OP_I32_LOAD, CORE_I32);
    put_op(b, OP_LOCAL_TEE, v);
    put_i32(b, 0xd800);
    PUT(b, OP_I32_LT_U);
    put_op(b, OP_LOCAL_GET, v);
    put_i32(b, 0xe000);
    PUT(b, OP_I32_SUB);
    put_i32(b, 0x110000 - 0xe000);
    PUT(b, OP_I32_LT_U, OP_I32_OR);
    adapter_put_refusal(x);
    put_op(b, OP_LOCAL_GET, v);
    end_target(x, at, OP_I32_STORE, CORE_I32);
}

static uint8_t load_of(uint32_t width)
{
    return width == 1 ? OP_I32_LOAD8_U : width == 2 ? OP_I32_LOAD16_U : OP_I32_LOAD;
}

static uint8_t store_of(uint32_t width)
{
    return width == 1 ? OP_I32_STORE8 : width == 2 ? OP_I32_STORE16 : OP_I32_STORE;
}

/* Flags that do not exist are cut off. */
static void put_flags(const struct adapter_pass *x, const struct type *t, struct adapter_place at)
{
    begin_target(x, at);
    put_source(x, at, load_of(t->size), CORE_I32);
    put_i32(code_of(x), UINT32_MAX >> (MAX_FLAGS - t->of.items.len));
    PUT(code_of(x), OP_I32_AND);
    end_target(x, at, store_of(t->size), CORE_I32);
}

/* --- Cases --- */

static void put_block(struct adapter_pass *x, uint8_t op)
{
    PUT(code_of(x), op, BLOCK_EMPTY);
    x->depth++;
}

static void put_block_end(struct adapter_pass *x)
{
    PUT(code_of(x), OP_END);
    x->depth--;
}

/* block for the end; a block for each case with a payload, of which the innermost is the first; the branch: into the
 * one that its own code stands behind. */
static void put_payloads(struct adapter_pass *x, const struct type *t, uint32_t tag, struct adapter_place at)
{
    struct buf *b = code_of(x);
    uint32_t cases = type_case_count(t), payloads = 0, seen = 0;
    for (uint32_t i = 0; i < cases; i++)
        payloads += type_case_payload(t, i) != NULL;
    for (uint32_t i = 0; i <= payloads; i++)
        put_block(x, OP_BLOCK);
    put_op(b, OP_LOCAL_GET, tag);
    put_op(b, OP_BR_TABLE, cases);
    for (uint32_t i = 0; i < cases; i++)
        put_leb(b, type_case_payload(t, i) ? seen++ : payloads);
    put_leb(b, payloads);
    for (uint32_t i = 0; i < cases; i++) {
        const struct type *payload = type_case_payload(t, i);
        if (!payload)
            continue;
        put_block_end(x);
        adapter_put_value(x, payload, at);
        put_op(b, OP_BR, --payloads);
    }
    put_block_end(x);
}

/* What no case fills stays 0 where it is flat, and as it is in memory. */
static void put_cases(struct adapter_pass *x, const struct type *t, struct adapter_place at)
{
    struct buf *b = code_of(x);
    uint32_t cases = type_case_count(t), width = type_discriminant_size(cases);
    bool payloads = t->flat_count > 1;
    uint32_t tag = payloads ? body_local(x->body, CORE_I32) : body_scratch(x->body, CORE_I32);
    begin_target(x, at);
    put_source(x, at, load_of(width), CORE_I32);
    put_op(b, OP_LOCAL_TEE, tag);
    put_i32(b, cases);
    PUT(b, OP_I32_LT_U);
    adapter_put_refusal(x);
    put_op(b, OP_LOCAL_GET, tag);
    end_target(x, at, store_of(width), CORE_I32);
    if (payloads)
        put_payloads(x, t, tag, behind(at, 1, type_payload_offset(t)));
}

/* --- Strings and lists --- */

enum { VECTOR_BYTES = 16 };

/* A pointer and a length, where they come from and where they go. */
struct span {
    uint32_t ptr, len, to; /* locals */
};

static struct span put_span(struct adapter_pass *x, struct adapter_place at)
{
    struct span s = { body_local(x->body, CORE_I32), body_local(x->body, CORE_I32), body_local(x->body, CORE_I32) };
    put_source(x, at, OP_I32_LOAD, CORE_I32);
    put_op(code_of(x), OP_LOCAL_SET, s.ptr);
    put_source(x, behind(at, 1, 4), OP_I32_LOAD, CORE_I32);
    put_op(code_of(x), OP_LOCAL_SET, s.len);
    return s;
}

/* The bytes that are to be copied are on the stack; then the pointer to them and the length are stored. */
static void put_allocation(struct adapter_pass *x, const struct span *s, struct adapter_place at)
{
    struct buf *b = code_of(x);
    put_op(b, OP_CALL, x->allocate);
    put_op(b, OP_LOCAL_SET, s->to);
    begin_target(x, at);
    put_op(b, OP_LOCAL_GET, s->to);
    end_target(x, at, OP_I32_STORE, CORE_I32);
    begin_target(x, behind(at, 1, 4));
    put_op(b, OP_LOCAL_GET, s->len);
    end_target(x, behind(at, 1, 4), OP_I32_STORE, CORE_I32);
}

static void put_copy_of(struct adapter_pass *x, uint32_t to, uint32_t from, uint32_t len)
{
    put_op(code_of(x), OP_LOCAL_GET, to);
    put_op(code_of(x), OP_LOCAL_GET, from);
    put_op(code_of(x), OP_LOCAL_GET, len);
    put_copy(code_of(x), x->to_memory, x->from_memory);
}

static void put_string(struct adapter_pass *x, struct adapter_place at)
{
    struct span s = put_span(x, at);
    put_op(code_of(x), OP_LOCAL_GET, s.ptr);
    put_op(code_of(x), OP_LOCAL_GET, s.len);
    put_op(code_of(x), OP_CALL, x->is_text);
    adapter_put_refusal(x);
    put_i32(code_of(x), 1);
    put_op(code_of(x), OP_LOCAL_GET, s.len);
    put_allocation(x, &s, at);
    put_copy_of(x, s.to, s.ptr, s.len);
}

/* local += n */
static void put_advance(struct buf *b, uint32_t local, uint32_t n)
{
    put_op(b, OP_LOCAL_GET, local);
    put_i32(b, n);
    PUT(b, OP_I32_ADD);
    put_op(b, OP_LOCAL_SET, local);
}

/* Elements from `from` to `end`, which is not the same; both locals are changed. */
static void put_elements(struct adapter_pass *x, const struct type *elem, uint32_t from, uint32_t to, uint32_t end)
{
    struct buf *b = code_of(x);
    put_block(x, OP_LOOP);
    adapter_put_value(x, elem, (struct adapter_place){ .from = from, .to = to });
    put_advance(b, to, elem->size);
    put_advance(b, from, elem->size);
    put_op(b, OP_LOCAL_GET, from);
    put_op(b, OP_LOCAL_GET, end);
    PUT(b, OP_I32_NE, OP_BR_IF, 0);
    put_block_end(x);
}

/* Pushes the vector of floats at `from`, with canonical NaNs. */
static void put_canonical_vector(struct adapter_pass *x, enum type_kind kind, uint32_t from)
{
    enum { LOAD = 0, CONST = 12, F32_EQ = 0x41, F64_EQ = 0x47, BITSELECT = 0x52, VECTOR = 0xfd };
    static const uint8_t nan32[] = { 0, 0, 0xc0, 0x7f }, nan64[] = { 0, 0, 0, 0, 0, 0, 0xf8, 0x7f };
    const bool wide = kind == TYPE_F64;
    struct buf *b = code_of(x);
    for (uint32_t i = 0; i < 3; i++) {
        put_op(b, OP_LOCAL_GET, from);
        PUT(b, VECTOR);
        put_access(b, LOAD, x->from_memory, 0);
        if (i > 0)
            continue;
        PUT(b, VECTOR, CONST);
        for (size_t done = 0; done < VECTOR_BYTES; done += wide ? sizeof(nan64) : sizeof(nan32))
            buf_put(b, wide ? nan64 : nan32, wide ? sizeof(nan64) : sizeof(nan32));
    }
    PUT(b, VECTOR, wide ? F64_EQ : F32_EQ, VECTOR, BITSELECT);
}

/* Floats from `from` to `end`, as many at once as make whole vectors; the locals are changed. */
static void put_float_vectors(struct adapter_pass *x, enum type_kind kind, uint32_t from, uint32_t to, uint32_t end)
{
    enum { STORE = 11, VECTOR = 0xfd };
    struct buf *b = code_of(x);
    put_block(x, OP_BLOCK);
    put_block(x, OP_LOOP);
    put_op(b, OP_LOCAL_GET, end);
    put_op(b, OP_LOCAL_GET, from);
    PUT(b, OP_I32_SUB);
    put_i32(b, VECTOR_BYTES);
    PUT(b, OP_I32_LT_U, OP_BR_IF, 1);
    put_op(b, OP_LOCAL_GET, to);
    put_canonical_vector(x, kind, from);
    PUT(b, VECTOR);
    put_access(b, STORE, x->to_memory, 0);
    put_advance(b, to, VECTOR_BYTES);
    put_advance(b, from, VECTOR_BYTES);
    PUT(b, OP_BR, 0);
    put_block_end(x);
    put_block_end(x);
}

static void put_floats(struct adapter_pass *x, const struct type *elem, uint32_t from, uint32_t to, uint32_t end)
{
    put_float_vectors(x, elem->kind, from, to, end);
    put_op(code_of(x), OP_LOCAL_GET, from);
    put_op(code_of(x), OP_LOCAL_GET, end);
    PUT(code_of(x), OP_I32_NE);
    put_block(x, OP_IF);
    put_elements(x, elem, from, to, end);
    put_block_end(x);
}

static void put_list(struct adapter_pass *x, const struct type *elem, struct adapter_place at)
{
    struct buf *b = code_of(x);
    struct span s = put_span(x, at);
    uint32_t end = body_local(x->body, CORE_I32);
    put_op(b, OP_LOCAL_GET, s.ptr);
    put_op(b, OP_LOCAL_GET, s.len);
    PUT(b, OP_I64_EXTEND_I32_U);
    put_i64(b, elem->size);
    PUT(b, OP_I64_MUL);
    put_i32(b, elem->align - 1);
    put_op(b, OP_CALL, x->in_range);
    adapter_put_refusal(x);
    put_i32(b, elem->align);
    put_op(b, OP_LOCAL_GET, s.len);
    put_i32(b, elem->size);
    PUT(b, OP_I32_MUL);
    put_op(b, OP_LOCAL_TEE, end); /* so far the number of bytes */
    put_allocation(x, &s, at);
    if (type_plain_bytes(elem)) {
        put_copy_of(x, s.to, s.ptr, end);
        return;
    }
    put_op(b, OP_LOCAL_GET, s.len);
    put_block(x, OP_IF);
    put_op(b, OP_LOCAL_GET, s.ptr);
    put_op(b, OP_LOCAL_GET, end);
    PUT(b, OP_I32_ADD);
    put_op(b, OP_LOCAL_SET, end);
    if (elem->kind == TYPE_F32 || elem->kind == TYPE_F64)
        put_floats(x, elem, s.ptr, s.to, end);
    else
        put_elements(x, elem, s.ptr, s.to, end);
    put_block_end(x);
}

/* A new local: `base` + `n`. */
static uint32_t put_sum(struct adapter_pass *x, uint32_t base, uint32_t n)
{
    uint32_t sum = body_local(x->body, CORE_I32);
    put_op(code_of(x), OP_LOCAL_GET, base);
    put_i32(code_of(x), n);
    PUT(code_of(x), OP_I32_ADD);
    put_op(code_of(x), OP_LOCAL_SET, sum);
    return sum;
}

static void put_array(struct adapter_pass *x, const struct type *t, struct adapter_place at)
{
    const struct type *elem = t->of.array.elem;
    if (at.flat) {
        for (uint32_t i = 0; i < t->of.array.len; i++)
            adapter_put_value(x, elem, behind(at, i * elem->flat_count, 0));
        return;
    }
    uint32_t from = put_sum(x, at.from, at.offset), to = put_sum(x, at.to, at.offset);
    put_elements(x, elem, from, to, put_sum(x, from, t->size));
}

/* --- Handles --- */

static void put_handle(struct adapter_pass *x, const struct type *t, struct adapter_place at)
{
    struct buf *b = code_of(x);
    const bool own = t->kind == TYPE_OWN;
    begin_target(x, at);
    put_source(x, at, OP_I32_LOAD, CORE_I32);
    put_i32(b, plan_resource_number(x->plan, x->resources[t->of.resource->index]));
    if (!own)
        put_op(b, OP_LOCAL_GET, x->lent);
    put_op(b, OP_CALL, own ? x->give : x->lend);
    end_target(x, at, OP_I32_STORE, CORE_I32);
    if (own)
        return;
    put_i32(b, 1);
    put_op(b, OP_LOCAL_SET, x->lent);
}

/* --- Values --- */

void adapter_put_items(struct adapter_pass *x, const struct named_type *items, uint32_t len, struct adapter_place at)
{
    uint32_t flat = 0, offset = 0;
    for (uint32_t i = 0; i < len; i++) {
        const struct type *t = items[i].type;
        offset = align_up_u32(offset, t->align);
        adapter_put_value(x, t, behind(at, flat, offset));
        flat += t->flat_count;
        offset += t->size;
    }
}

/* long: one kind a line. Recursion is bounded by TYPE_MAX_DEPTH. */
void adapter_put_value(struct adapter_pass *x, const struct type *t, struct adapter_place at)
{
    switch (t->kind) {
    case TYPE_BOOL:
    case TYPE_U8: put_small(x, at, t->kind, OP_I32_LOAD8_U, OP_I32_STORE8); return;
    case TYPE_S8: put_small(x, at, t->kind, OP_I32_LOAD8_S, OP_I32_STORE8); return;
    case TYPE_U16: put_small(x, at, t->kind, OP_I32_LOAD16_U, OP_I32_STORE16); return;
    case TYPE_S16: put_small(x, at, t->kind, OP_I32_LOAD16_S, OP_I32_STORE16); return;
    case TYPE_S32:
    case TYPE_U32: put_small(x, at, t->kind, OP_I32_LOAD, OP_I32_STORE); return;
    case TYPE_S64:
    case TYPE_U64: put_wide(x, at); return;
    case TYPE_F32: put_f32(x, at); return;
    case TYPE_F64: put_f64(x, at); return;
    case TYPE_CHAR: put_char(x, at); return;
    case TYPE_FLAGS: put_flags(x, t, at); return;
    case TYPE_STRING: put_string(x, at); return;
    case TYPE_LIST:
    case TYPE_MAP: put_list(x, t->of.elem, at); return;
    case TYPE_FIXED_LIST: put_array(x, t, at); return;
    case TYPE_RECORD:
    case TYPE_TUPLE: adapter_put_items(x, t->of.items.at, t->of.items.len, at); return;
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_OPTION:
    case TYPE_RESULT: put_cases(x, t, at); return;
    case TYPE_OWN:
    case TYPE_BORROW: put_handle(x, t, at); return;
    }
    __builtin_unreachable();
}
