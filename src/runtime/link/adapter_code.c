#include "runtime/link/adapter_code.h"

#include <assert.h>

#include "runtime/binary/writer.h"

enum { ID_TYPE = 1, ID_IMPORT = 2, ID_FUNCTION = 3, ID_GLOBAL = 6, ID_EXPORT = 7, ID_CODE = 10 };
enum { KIND_FUNC = 0, KIND_GLOBAL = 3 };
enum { TYPE_I32 = 0x7f, BLOCK_EMPTY = 0x40, MUTABLE = 1 };

enum {
    OP_UNREACHABLE = 0x00,
    OP_IF = 0x04,
    OP_ELSE = 0x05,
    OP_END = 0x0b,
    OP_CALL = 0x10,
    OP_SELECT = 0x1b,
    OP_LOCAL_GET = 0x20,
    OP_LOCAL_SET = 0x21,
    OP_GLOBAL_GET = 0x23,
    OP_I32_CONST = 0x41,
    OP_F32_CONST = 0x43,
    OP_F64_CONST = 0x44,
    OP_I32_EQZ = 0x45,
    OP_I32_NE = 0x47,
    OP_I32_LT_U = 0x49,
    OP_F32_EQ = 0x5b,
    OP_F64_EQ = 0x61,
    OP_I32_SUB = 0x6b,
    OP_I32_AND = 0x71,
    OP_I32_OR = 0x72,
    OP_I32_EXTEND8_S = 0xc0,
    OP_I32_EXTEND16_S = 0xc1
};

/* --- Types --- */

/* The values that a type is made of, each of which is one core value. */
struct leaves {
    const struct type *at[MAX_FLAT_PARAMS];
    uint32_t len;
};

/* False when there are too many, or one that no adapter passes. */
static bool add_leaves(struct leaves *l, const struct type *t)
{
    switch (t->kind) {
    case TYPE_BOOL:
    case TYPE_S8:
    case TYPE_U8:
    case TYPE_S16:
    case TYPE_U16:
    case TYPE_S32:
    case TYPE_U32:
    case TYPE_S64:
    case TYPE_U64:
    case TYPE_F32:
    case TYPE_F64:
    case TYPE_CHAR:
    case TYPE_ENUM:
    case TYPE_FLAGS:
        if (l->len == MAX_FLAT_PARAMS)
            return false;
        l->at[l->len++] = t;
        return true;
    case TYPE_FIXED_LIST:
        for (uint32_t i = 0; i < t->of.array.len; i++)
            if (!add_leaves(l, t->of.array.elem))
                return false;
        return true;
    case TYPE_RECORD:
    case TYPE_TUPLE:
        for (uint32_t i = 0; i < t->of.items.len; i++)
            if (!add_leaves(l, t->of.items.at[i].type))
                return false;
        return true;
    case TYPE_STRING:
    case TYPE_LIST:
    case TYPE_MAP:
    case TYPE_VARIANT:
    case TYPE_OPTION:
    case TYPE_RESULT:
    case TYPE_OWN:
    case TYPE_BORROW: return false;
    }
    __builtin_unreachable();
}

static bool add_params(struct leaves *l, const struct func_type *t)
{
    for (uint32_t i = 0; i < t->param_count; i++)
        if (!add_leaves(l, t->params[i].type))
            return false;
    return true;
}

/* Whether the value may be one that lifting refuses. */
static bool is_checked(const struct type *leaf)
{
    return leaf->kind == TYPE_CHAR || leaf->kind == TYPE_ENUM;
}

static bool is_plain(const struct type *leaf)
{
    return leaf->kind == TYPE_S32 || leaf->kind == TYPE_U32 || leaf->kind == TYPE_S64 || leaf->kind == TYPE_U64;
}

bool adapter_possible(const struct func_type *t)
{
    struct leaves params = { 0 }, result = { 0 };
    if (t->async || !add_params(&params, t))
        return false;
    return !t->result || (add_leaves(&result, t->result) && result.len <= MAX_FLAT_RESULTS);
}

bool adapter_is_plain(const struct func_type *t)
{
    struct leaves l = { 0 };
    bool plain = add_params(&l, t);
    for (uint32_t i = 0; plain && i < l.len; i++)
        plain = is_plain(l.at[i]);
    l.len = 0;
    return plain && (!t->result || (add_leaves(&l, t->result) && is_plain(l.at[0])));
}

bool adapter_checks_result(const struct func_type *t)
{
    struct leaves l = { 0 };
    return t->result && add_leaves(&l, t->result) && is_checked(l.at[0]);
}

static uint8_t value_type(enum core_type t)
{
    switch (t) {
    case CORE_I32: return TYPE_I32;
    case CORE_I64: return 0x7e;
    case CORE_F32: return 0x7d;
    case CORE_F64: return 0x7c;
    }
    __builtin_unreachable();
}

static void put_func_type(struct buf *b, const struct core_signature *sig)
{
    PUT(b, 0x60);
    put_leb(b, sig->param_count);
    for (uint32_t i = 0; i < sig->param_count; i++)
        buf_put_u8(b, value_type(sig->params[i]));
    put_leb(b, sig->result_count);
    for (uint32_t i = 0; i < sig->result_count; i++)
        buf_put_u8(b, value_type(sig->results[i]));
}

/* --- Code --- */

static void put_i32(struct buf *b, uint32_t v)
{
    buf_put_u8(b, OP_I32_CONST);
    put_leb_signed(b, (int32_t)v);
}

/* The value of `local`, lifted and lowered again. Lifting has not refused it. */
static void put_value(struct buf *b, const struct type *leaf, uint32_t local)
{
    put_op(b, OP_LOCAL_GET, local);
    switch (leaf->kind) {
    case TYPE_BOOL: PUT(b, OP_I32_CONST, 0, OP_I32_NE); return;
    case TYPE_S8: PUT(b, OP_I32_EXTEND8_S); return;
    case TYPE_S16: PUT(b, OP_I32_EXTEND16_S); return;
    case TYPE_U8:
    case TYPE_U16:
        put_i32(b, leaf->kind == TYPE_U8 ? UINT8_MAX : UINT16_MAX);
        PUT(b, OP_I32_AND);
        return;
    case TYPE_FLAGS:
        put_i32(b, UINT32_MAX >> (MAX_FLAGS - leaf->of.items.len));
        PUT(b, OP_I32_AND);
        return;
    case TYPE_F32: /* a NaN becomes the canonical one */
        PUT(b, OP_F32_CONST, 0, 0, 0xc0, 0x7f);
        put_op(b, OP_LOCAL_GET, local);
        put_op(b, OP_LOCAL_GET, local);
        PUT(b, OP_F32_EQ, OP_SELECT);
        return;
    case TYPE_F64:
        PUT(b, OP_F64_CONST, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f);
        put_op(b, OP_LOCAL_GET, local);
        put_op(b, OP_LOCAL_GET, local);
        PUT(b, OP_F64_EQ, OP_SELECT);
        return;
    case TYPE_S32:
    case TYPE_U32:
    case TYPE_S64:
    case TYPE_U64:
    case TYPE_CHAR:
    case TYPE_ENUM: return;
    case TYPE_STRING:
    case TYPE_LIST:
    case TYPE_FIXED_LIST:
    case TYPE_MAP:
    case TYPE_RECORD:
    case TYPE_TUPLE:
    case TYPE_VARIANT:
    case TYPE_OPTION:
    case TYPE_RESULT:
    case TYPE_OWN:
    case TYPE_BORROW: break;
    }
    assert(false); /* no leaf */
}

/* Whether lifting accepts the value of `local`, as an i32. */
static void put_check(struct buf *b, const struct type *leaf, uint32_t local)
{
    put_op(b, OP_LOCAL_GET, local);
    if (leaf->kind == TYPE_ENUM) {
        put_i32(b, leaf->of.items.len);
        PUT(b, OP_I32_LT_U);
        return;
    }
    put_i32(b, 0xd800); /* below the surrogates, or behind them and below the end of Unicode */
    PUT(b, OP_I32_LT_U);
    put_op(b, OP_LOCAL_GET, local);
    put_i32(b, 0xe000);
    PUT(b, OP_I32_SUB);
    put_i32(b, 0x110000 - 0xe000);
    PUT(b, OP_I32_LT_U, OP_I32_OR);
}

/* The condition under which nothing traps, as an i32; false, and no code, when there is none. */
static bool put_condition(struct buf *b, const struct leaves *params, bool has_flag, uint32_t flag)
{
    uint32_t parts = has_flag;
    if (has_flag)
        put_op(b, OP_GLOBAL_GET, flag);
    for (uint32_t i = 0; i < params->len; i++) {
        if (!is_checked(params->at[i]))
            continue;
        put_check(b, params->at[i], i);
        if (parts++)
            PUT(b, OP_I32_AND);
    }
    return parts;
}

/* Indices of what an adapter imports. */
struct imported {
    uint32_t callee, trampoline, refuse; /* functions; the last only where the result is checked */
    uint32_t flag;                       /* a global, where there is one */
};

static void put_result(struct buf *b, const struct type *t, uint32_t local, const struct imported *x)
{
    struct leaves result = { 0 };
    bool known = add_leaves(&result, t);
    assert(known && result.len == 1);
    put_op(b, OP_LOCAL_SET, local);
    if (is_checked(result.at[0])) {
        put_check(b, result.at[0], local);
        PUT(b, OP_I32_EQZ, OP_IF, BLOCK_EMPTY);
        put_op(b, OP_LOCAL_GET, local);
        put_op(b, OP_CALL, x->refuse);
        PUT(b, OP_UNREACHABLE, OP_END);
    }
    put_value(b, result.at[0], local);
}

static void put_body(struct buf *out, const struct adapter_func *f, const struct imported *x)
{
    struct buf b;
    struct leaves params = { 0 };
    struct core_signature sig;
    bool known = add_params(&params, f->type);
    assert(known);
    func_type_flatten(f->type, true, &sig);
    uint8_t result = sig.result_count ? value_type(sig.results[0]) : BLOCK_EMPTY;
    buf_init(&b, BUF_NO_LIMIT);
    if (sig.result_count)
        PUT(&b, 1, 1, result); /* a local for it */
    else
        PUT(&b, 0);
    bool guarded = put_condition(&b, &params, f->flag != ADAPTER_NO_FLAG, x->flag);
    if (guarded)
        PUT(&b, OP_IF, result);
    for (uint32_t i = 0; i < params.len; i++)
        put_value(&b, params.at[i], i);
    put_op(&b, OP_CALL, x->callee);
    if (f->type->result)
        put_result(&b, f->type->result, params.len, x);
    if (guarded) {
        PUT(&b, OP_ELSE);
        for (uint32_t i = 0; i < params.len; i++)
            put_op(&b, OP_LOCAL_GET, i);
        put_op(&b, OP_CALL, x->trampoline);
        PUT(&b, OP_END);
    }
    PUT(&b, OP_END);
    put_sized(out, &b);
    buf_fini(&b);
}

/* --- Modules --- */

/* The sections of a module, each without its count. */
struct sections {
    struct buf types, imports, funcs, globals, exports, code;
};

static void sections_init(struct sections *s)
{
    struct buf *all[] = { &s->types, &s->imports, &s->funcs, &s->globals, &s->exports, &s->code };
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        buf_init(all[i], BUF_NO_LIMIT);
}

static void put_section(struct buf *out, uint8_t id, uint32_t count, struct buf *items)
{
    struct buf content;
    buf_init(&content, BUF_NO_LIMIT);
    put_leb(&content, count);
    buf_put(&content, items->ptr, items->len);
    buf_put_u8(out, id);
    put_sized(out, &content);
    buf_fini(&content);
    buf_fini(items);
}

struct counts {
    uint32_t types, imports, funcs, globals, exports;
};

static bytes sections_join(struct sections *s, struct arena *a, const struct counts *n)
{
    struct buf out;
    buf_init(&out, BUF_NO_LIMIT);
    PUT(&out, 0, 'a', 's', 'm', 1, 0, 0, 0);
    put_section(&out, ID_TYPE, n->types, &s->types);
    put_section(&out, ID_IMPORT, n->imports, &s->imports);
    put_section(&out, ID_FUNCTION, n->funcs, &s->funcs);
    put_section(&out, ID_GLOBAL, n->globals, &s->globals);
    put_section(&out, ID_EXPORT, n->exports, &s->exports);
    put_section(&out, ID_CODE, n->funcs, &s->code);
    bytes r = bytes_dup(a, bytes_from(out.ptr, out.len));
    buf_fini(&out);
    return r;
}

/* Names are the numbers of what they name. */
static void put_number(struct buf *b, uint32_t n)
{
    struct buf name;
    buf_init(&name, BUF_NO_LIMIT);
    buf_printf(&name, "%u", n);
    put_name(b, buf_str(&name));
    buf_fini(&name);
}

/* Returns the function's index. */
static uint32_t put_import(struct buf *imports, str what, uint32_t number, uint32_t type, uint32_t *funcs)
{
    put_name(imports, what);
    put_number(imports, number);
    put_op(imports, KIND_FUNC, type);
    return (*funcs)++;
}

/* Of function `i`, which has the types 2 i, of itself, and 2 i + 1, of refusing its result. */
static struct imported put_imports(struct buf *imports, const struct adapter_func *f, uint32_t i, uint32_t *funcs,
                                   uint32_t *globals)
{
    struct imported x = { 0 };
    x.callee = put_import(imports, STR("callee"), i, 2 * i, funcs);
    x.trampoline = put_import(imports, STR("trampoline"), i, 2 * i, funcs);
    if (adapter_checks_result(f->type))
        x.refuse = put_import(imports, STR("refuse"), i, 2 * i + 1, funcs);
    if (f->flag == ADAPTER_NO_FLAG)
        return x;
    put_name(imports, STR("flag"));
    put_number(imports, i);
    PUT(imports, KIND_GLOBAL, TYPE_I32, MUTABLE);
    x.flag = (*globals)++;
    return x;
}

static void put_types(struct buf *types, const struct func_type *t)
{
    struct core_signature sig;
    func_type_flatten(t, true, &sig);
    put_func_type(types, &sig);
    sig.params[0] = sig.results[0];
    sig.param_count = sig.result_count;
    sig.result_count = 0;
    put_func_type(types, &sig);
}

bytes adapter_module(struct arena *a, const struct adapter_func *funcs, uint32_t count)
{
    struct sections s;
    uint32_t imported_funcs = 0, imported_globals = 0;
    sections_init(&s);
    for (uint32_t i = 0; i < count; i++) {
        put_types(&s.types, funcs[i].type);
        struct imported x = put_imports(&s.imports, &funcs[i], i, &imported_funcs, &imported_globals);
        put_leb(&s.funcs, 2 * i);
        put_body(&s.code, &funcs[i], &x);
    }
    for (uint32_t i = 0; i < count; i++) {
        put_number(&s.exports, i);
        put_op(&s.exports, KIND_FUNC, imported_funcs + i);
    }
    const struct counts counts = { 2 * count, imported_funcs + imported_globals, .funcs = count, .exports = count };
    return sections_join(&s, a, &counts);
}

bytes adapter_forward_module(struct arena *a, const struct core_signature *sig)
{
    struct sections s;
    sections_init(&s);
    put_func_type(&s.types, sig);
    put_name(&s.imports, STR("callee"));
    put_number(&s.imports, 0);
    put_op(&s.imports, KIND_FUNC, 0);
    put_number(&s.exports, 0);
    put_op(&s.exports, KIND_FUNC, 0);
    return sections_join(&s, a, &(struct counts){ .types = 1, .imports = 1, .exports = 1 });
}

bytes adapter_flags_module(struct arena *a, uint32_t count)
{
    struct sections s;
    sections_init(&s);
    for (uint32_t i = 0; i < count; i++) {
        PUT(&s.globals, TYPE_I32, MUTABLE, OP_I32_CONST, 1, OP_END);
        put_number(&s.exports, i);
        put_op(&s.exports, KIND_GLOBAL, i);
    }
    return sections_join(&s, a, &(struct counts){ .globals = count, .exports = count });
}
