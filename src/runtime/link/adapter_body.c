#include "runtime/link/adapter_body.h"

void body_init(struct adapter_body *b, const enum core_type *params, uint32_t count)
{
    *b = (struct adapter_body){ .param_count = count };
    buf_init(&b->code, BUF_NO_LIMIT);
    buf_init(&b->locals, BUF_NO_LIMIT);
    for (size_t i = 0; i < ARRAY_LEN(b->scratch); i++)
        b->scratch[i] = BODY_NO_LOCAL;
    for (uint32_t i = 0; i < count; i++)
        buf_put_u8(&b->locals, (uint8_t)params[i]);
}

void body_end(struct adapter_body *b, struct buf *out)
{
    struct buf all;
    buf_init(&all, BUF_NO_LIMIT);
    put_leb(&all, b->locals.len - b->param_count);
    for (size_t i = b->param_count; i < b->locals.len; i++)
        PUT(&all, 1, core_type_byte((enum core_type)b->locals.ptr[i]));
    buf_put(&all, b->code.ptr, b->code.len);
    PUT(&all, OP_END);
    put_sized(out, &all);
    buf_fini(&all);
    buf_fini(&b->code);
    buf_fini(&b->locals);
}

uint32_t body_local(struct adapter_body *b, enum core_type t)
{
    buf_put_u8(&b->locals, (uint8_t)t);
    return (uint32_t)b->locals.len - 1;
}

uint32_t body_scratch(struct adapter_body *b, enum core_type t)
{
    if (b->scratch[t] == BODY_NO_LOCAL)
        b->scratch[t] = body_local(b, t);
    return b->scratch[t];
}

enum core_type body_local_type(const struct adapter_body *b, uint32_t local)
{
    return (enum core_type)b->locals.ptr[local];
}

uint8_t core_type_byte(enum core_type t)
{
    switch (t) {
    case CORE_I32: return 0x7f;
    case CORE_I64: return 0x7e;
    case CORE_F32: return 0x7d;
    case CORE_F64: return 0x7c;
    }
    __builtin_unreachable();
}

void put_i32(struct buf *b, uint32_t v)
{
    buf_put_u8(b, OP_I32_CONST);
    put_leb_signed(b, (int32_t)v);
}

void put_i64(struct buf *b, uint64_t v)
{
    buf_put_u8(b, OP_I64_CONST);
    put_leb_signed(b, (int64_t)v);
}

void put_access(struct buf *b, uint8_t op, uint32_t memory, uint32_t offset)
{
    enum { HAS_MEMORY = 0x40 }; /* no alignment is promised */
    PUT(b, op, HAS_MEMORY);
    put_leb(b, memory);
    put_leb(b, offset);
}

void put_copy(struct buf *b, uint32_t to_memory, uint32_t from_memory)
{
    PUT(b, 0xfc, 10);
    put_leb(b, to_memory);
    put_leb(b, from_memory);
}
