#include "runtime/link/adapter_code.h"

#include "base/num.h"
#include "runtime/link/module_writer.h"
#include "runtime/link/adapter_type.h"
#include "runtime/link/adapter_value.h"

/* Longest string or list, in bytes. Spec: CanonicalABI.md MAX_STRING_BYTE_LENGTH, MAX_LIST_BYTE_LENGTH. */
enum { MAX_BYTES = (1 << 28) - 1, PAGE_BITS = 16 };

/* --- Types --- */

static unsigned traits_of_params(const struct func_type *t)
{
    unsigned r = 0;
    for (uint32_t i = 0; i < t->param_count; i++)
        r |= adapter_traits(t->params[i].type);
    return r;
}

static unsigned traits_of_result(const struct func_type *t)
{
    return t->result ? adapter_traits(t->result) : 0;
}

static bool params_have_pointer(const struct func_type *t)
{
    bool r = false;
    for (uint32_t i = 0; i < t->param_count; i++)
        r |= t->params[i].type->has_pointer;
    return r;
}

uint32_t adapter_nodes(const struct func_type *t)
{
    uint64_t sum = t->result ? t->result->nodes : 0;
    for (uint32_t i = 0; i < t->param_count; i++)
        sum += t->params[i].type->nodes;
    return sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
}

static bool refuses_after_own(const struct func_type *t)
{
    bool owned = false;
    for (uint32_t i = 0; i < t->param_count; i++)
        if (adapter_refuses_after_own(t->params[i].type, &owned))
            return true;
    owned = false;
    return t->result && adapter_refuses_after_own(t->result, &owned);
}

static bool has_too_many_handles(const struct func_type *t)
{
    uint64_t sum = t->result ? adapter_handles(t->result) : 0;
    for (uint32_t i = 0; i < t->param_count; i++)
        sum += adapter_handles(t->params[i].type);
    return sum > ADAPTER_MAX_HANDLES;
}

bool adapter_possible(const struct func_type *t)
{
    return !t->async && adapter_nodes(t) <= ADAPTER_MAX_NODES && !has_too_many_handles(t) && !refuses_after_own(t);
}

bool adapter_is_plain(const struct func_type *t)
{
    struct core_signature sig;
    func_type_flatten(t, true, &sig);
    return !sig.params_spilled && !sig.results_spilled &&
           !((traits_of_params(t) | traits_of_result(t)) & (ADAPTER_BITS | ADAPTER_REFUSES));
}

bool adapter_has_text(const struct func_type *t)
{
    return (traits_of_params(t) | traits_of_result(t)) & ADAPTER_TEXT;
}

bool adapter_has_handles(const struct func_type *t)
{
    return (traits_of_params(t) | traits_of_result(t)) & (ADAPTER_OWN | ADAPTER_BORROW);
}

bool adapter_uses_memory(const struct func_type *t)
{
    struct core_signature sig;
    func_type_flatten(t, true, &sig);
    return sig.params_spilled || sig.results_spilled || params_have_pointer(t);
}

static uint32_t part(enum adapter_part p)
{
    return UINT32_C(1) << p;
}

uint32_t adapter_parts(const struct func_type *t)
{
    struct core_signature sig;
    func_type_flatten(t, true, &sig);
    unsigned params = traits_of_params(t), result = traits_of_result(t);
    uint32_t r = part(ADAPTER_CALLEE);
    if (params & ADAPTER_REFUSES || sig.params_spilled)
        r |= part(ADAPTER_TRAMPOLINE);
    if (result & ADAPTER_REFUSES || sig.results_spilled)
        r |= part(ADAPTER_REFUSE_RESULT);
    if (sig.params_spilled || params_have_pointer(t))
        r |= part(ADAPTER_CALLEE_REALLOC) | part(ADAPTER_REFUSE_CALLEE_BLOCK);
    if (t->result && t->result->has_pointer)
        r |= part(ADAPTER_CALLER_REALLOC) | part(ADAPTER_REFUSE_CALLER_BLOCK);
    if (params & ADAPTER_TEXT)
        r |= part(ADAPTER_CALLER_TEXT);
    if (result & ADAPTER_TEXT)
        r |= part(ADAPTER_CALLEE_TEXT);
    if (params & ADAPTER_OWN)
        r |= part(ADAPTER_GIVE);
    if (result & ADAPTER_OWN)
        r |= part(ADAPTER_GIVE_BACK);
    if (params & ADAPTER_BORROW)
        r |= part(ADAPTER_LEND) | part(ADAPTER_RETURN);
    return r;
}

/* --- Functions that help an adapter --- */

/* Values as a tuple in memory. */
struct tuple {
    uint32_t size, align;
};

static struct tuple tuple_of(const struct named_type *items, uint32_t len)
{
    struct tuple r = { 0, 1 };
    for (uint32_t i = 0; i < len; i++) {
        const struct type *t = items[i].type;
        r.size = align_up_u32(r.size, t->align) + t->size;
        r.align = t->align > r.align ? t->align : r.align;
    }
    r.size = align_up_u32(r.size, r.align);
    return r;
}

/* Pushes pointer + bytes and the size of the memory, both as i64. `len`: of the bytes, a local of the pointer's type or
 * wider. */
static void put_end_and_size(struct adapter_body *b, uint32_t pointer, uint32_t len, uint32_t memory)
{
    put_op(&b->code, OP_LOCAL_GET, pointer);
    PUT(&b->code, OP_I64_EXTEND_I32_U);
    put_op(&b->code, OP_LOCAL_GET, len);
    if (body_local_type(b, len) == CORE_I32)
        PUT(&b->code, OP_I64_EXTEND_I32_U);
    PUT(&b->code, OP_I64_ADD);
    put_op(&b->code, OP_MEMORY_SIZE, memory);
    PUT(&b->code, OP_I64_EXTEND_I32_U, OP_I64_CONST, PAGE_BITS, OP_I64_SHL);
}

/* Of no more bytes than may be, aligned, inside of the memory. Spec: CanonicalABI.md load_list_from_range. */
static uint32_t put_in_range(struct module_writer *m, uint32_t memory)
{
    static const struct core_signature sig = {
        .params = { CORE_I32, CORE_I64, CORE_I32 }, .param_count = 3, .results = { CORE_I32 }, .result_count = 1
    };
    enum { POINTER, BYTES, MASK };
    struct adapter_body b;
    body_init(&b, sig.params, sig.param_count);
    put_op(&b.code, OP_LOCAL_GET, BYTES);
    put_i64(&b.code, MAX_BYTES);
    PUT(&b.code, OP_I64_LE_U);
    put_op(&b.code, OP_LOCAL_GET, POINTER);
    put_op(&b.code, OP_LOCAL_GET, MASK);
    PUT(&b.code, OP_I32_AND, OP_I32_EQZ, OP_I32_AND);
    put_end_and_size(&b, POINTER, BYTES, memory);
    PUT(&b.code, OP_I64_LE_U, OP_I32_AND);
    return module_func(m, &sig, &b);
}

/* One turn over text that may be ASCII: branches to the block around the loop when a byte is not. `left` is the text's
 * length yet to be seen. */
static void put_ascii_loop(struct adapter_body *b, uint32_t memory, uint32_t at, uint32_t left, bool words)
{
    const uint32_t step = words ? 8 : 1;
    PUT(&b->code, OP_BLOCK, BLOCK_EMPTY, OP_LOOP, BLOCK_EMPTY);
    put_op(&b->code, OP_LOCAL_GET, left);
    put_i32(&b->code, step);
    PUT(&b->code, OP_I32_LT_U, OP_BR_IF, 1);
    put_op(&b->code, OP_LOCAL_GET, at);
    put_access(&b->code, words ? OP_I64_LOAD : OP_I32_LOAD8_U, memory, 0);
    if (words) {
        put_i64(&b->code, UINT64_C(0x8080808080808080));
        PUT(&b->code, OP_I64_AND, OP_I64_EQZ, OP_I32_EQZ);
    } else {
        put_i32(&b->code, 0x7f);
        PUT(&b->code, OP_I32_GT_U);
    }
    PUT(&b->code, OP_BR_IF, 2);
    put_op(&b->code, OP_LOCAL_GET, at);
    put_i32(&b->code, step);
    PUT(&b->code, OP_I32_ADD);
    put_op(&b->code, OP_LOCAL_SET, at);
    put_op(&b->code, OP_LOCAL_GET, left);
    put_i32(&b->code, step);
    PUT(&b->code, OP_I32_SUB);
    put_op(&b->code, OP_LOCAL_SET, left);
    PUT(&b->code, OP_BR, 0, OP_END, OP_END);
}

/* Short text is looked at here, while it is ASCII; what is left over the host looks at, which for long text is faster.
 */
static uint32_t put_is_text(struct module_writer *m, uint32_t memory, uint32_t in_range, uint32_t host)
{
    static const struct core_signature sig = {
        .params = { CORE_I32, CORE_I32 }, .param_count = 2, .results = { CORE_I32 }, .result_count = 1
    };
    enum { POINTER, BYTES, SHORT = 256 };
    struct adapter_body b;
    body_init(&b, sig.params, sig.param_count);
    put_op(&b.code, OP_LOCAL_GET, POINTER);
    put_op(&b.code, OP_LOCAL_GET, BYTES);
    PUT(&b.code, OP_I64_EXTEND_I32_U, OP_I32_CONST, 0);
    put_op(&b.code, OP_CALL, in_range);
    PUT(&b.code, OP_I32_EQZ, OP_IF, BLOCK_EMPTY, OP_I32_CONST, 0, OP_RETURN, OP_END);
    PUT(&b.code, OP_BLOCK, BLOCK_EMPTY);
    put_op(&b.code, OP_LOCAL_GET, BYTES);
    put_i32(&b.code, SHORT);
    PUT(&b.code, OP_I32_GT_U, OP_BR_IF, 0);
    put_ascii_loop(&b, memory, POINTER, BYTES, true);
    put_ascii_loop(&b, memory, POINTER, BYTES, false);
    PUT(&b.code, OP_I32_CONST, 1, OP_RETURN, OP_END);
    put_op(&b.code, OP_LOCAL_GET, POINTER);
    put_op(&b.code, OP_LOCAL_GET, BYTES);
    put_op(&b.code, OP_CALL, host);
    return module_func(m, &sig, &b);
}

/* A side's realloc, and what belongs to calling it. */
struct allocator {
    uint32_t memory, realloc, refuse, flag;
    bool has_flag;
};

static void put_flag(struct buf *b, bool has_flag, uint32_t flag, uint8_t value)
{
    if (!has_flag)
        return;
    PUT(b, OP_I32_CONST, value);
    put_op(b, OP_GLOBAL_SET, flag);
}

/* Calls realloc for a new block, during which its component must not leave, and checks what it returns. */
static uint32_t put_allocate(struct module_writer *m, const struct allocator *x)
{
    static const struct core_signature sig = {
        .params = { CORE_I32, CORE_I32 }, .param_count = 2, .results = { CORE_I32 }, .result_count = 1
    };
    enum { ALIGN, BYTES };
    struct adapter_body b;
    body_init(&b, sig.params, sig.param_count);
    uint32_t block = body_local(&b, CORE_I32);
    put_flag(&b.code, x->has_flag, x->flag, 0);
    PUT(&b.code, OP_I32_CONST, 0, OP_I32_CONST, 0);
    put_op(&b.code, OP_LOCAL_GET, ALIGN);
    put_op(&b.code, OP_LOCAL_GET, BYTES);
    put_op(&b.code, OP_CALL, x->realloc);
    put_op(&b.code, OP_LOCAL_SET, block);
    put_flag(&b.code, x->has_flag, x->flag, 1);
    put_op(&b.code, OP_LOCAL_GET, block);
    put_op(&b.code, OP_LOCAL_GET, ALIGN);
    PUT(&b.code, OP_I32_CONST, 1, OP_I32_SUB, OP_I32_AND);
    put_end_and_size(&b, block, BYTES, x->memory);
    PUT(&b.code, OP_I64_GT_U, OP_I32_OR, OP_IF, BLOCK_EMPTY);
    put_op(&b.code, OP_LOCAL_GET, block);
    put_op(&b.code, OP_LOCAL_GET, ALIGN);
    put_op(&b.code, OP_LOCAL_GET, BYTES);
    put_op(&b.code, OP_CALL, x->refuse);
    PUT(&b.code, OP_UNREACHABLE, OP_END);
    put_op(&b.code, OP_LOCAL_GET, block);
    return module_func(m, &sig, &b);
}

/* --- Adapters --- */

/* One function while it is made. */
struct making {
    struct module_writer *m;
    const struct adapter_func *f;
    const uint32_t *index; /* by part */
    struct core_signature lower, lift;
    struct adapter_body body;
    uint32_t blocks; /* around the code: those that a refused value leaves */
    uint32_t lent;   /* local: whether a handle has been lent; where there may be one */
};

static bool has(const struct making *x, enum adapter_part p)
{
    return x->f->parts & part(p);
}

static struct buf *code(struct making *x)
{
    return &x->body.code;
}

static uint32_t make_allocate(struct making *x, bool of_callee)
{
    enum adapter_part flag = of_callee ? ADAPTER_CALLEE_FLAG : ADAPTER_CALLER_FLAG;
    const struct allocator a = {
        .memory = of_callee ? x->f->callee_memory : x->f->caller_memory,
        .realloc = x->index[of_callee ? ADAPTER_CALLEE_REALLOC : ADAPTER_CALLER_REALLOC],
        .refuse = x->index[of_callee ? ADAPTER_REFUSE_CALLEE_BLOCK : ADAPTER_REFUSE_CALLER_BLOCK],
        .flag = x->index[flag],
        .has_flag = has(x, flag),
    };
    return put_allocate(x->m, &a);
}

/* From the caller to the callee, or back. */
static struct adapter_pass begin_pass(struct making *x, bool back)
{
    const struct adapter_func *f = x->f;
    struct adapter_pass p = {
        .body = &x->body,
        .from_memory = back ? f->callee_memory : f->caller_memory,
        .to_memory = back ? f->caller_memory : f->callee_memory,
        .give = x->index[back ? ADAPTER_GIVE_BACK : ADAPTER_GIVE],
        .lend = x->index[ADAPTER_LEND],
        .lent = x->lent,
        .plan = f->plan,
        .resources = f->resources,
    };
    if (has(x, back ? ADAPTER_REFUSE_RESULT : ADAPTER_TRAMPOLINE) && adapter_uses_memory(f->type))
        p.in_range = put_in_range(x->m, p.from_memory);
    if (has(x, back ? ADAPTER_CALLEE_TEXT : ADAPTER_CALLER_TEXT))
        p.is_text =
            put_is_text(x->m, p.from_memory, p.in_range, x->index[back ? ADAPTER_CALLEE_TEXT : ADAPTER_CALLER_TEXT]);
    if (has(x, back ? ADAPTER_CALLER_REALLOC : ADAPTER_CALLEE_REALLOC))
        p.allocate = make_allocate(x, !back);
    return p;
}

static void put_local_gets(struct making *x, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        put_op(code(x), OP_LOCAL_GET, first + i);
}

static uint32_t add_locals(struct making *x, const enum core_type *types, uint32_t count)
{
    uint32_t first = (uint32_t)x->body.locals.len;
    for (uint32_t i = 0; i < count; i++)
        body_local(&x->body, types[i]);
    return first;
}

static void put_tuple_check(struct adapter_pass *p, uint32_t in_range, uint32_t pointer, struct tuple t)
{
    put_op(&p->body->code, OP_LOCAL_GET, pointer);
    put_i64(&p->body->code, t.size);
    put_i32(&p->body->code, t.align - 1);
    put_op(&p->body->code, OP_CALL, in_range);
    adapter_put_refusal(p);
}

/* Returns the first local of what the callee gets. */
static uint32_t put_params(struct making *x)
{
    const struct func_type *t = x->f->type;
    struct adapter_pass p = begin_pass(x, false);
    uint32_t to = add_locals(x, x->lift.params, x->lift.param_count);
    struct adapter_place at = { .flat = !x->lower.params_spilled, .to = to };
    if (!at.flat) {
        struct tuple tuple = tuple_of(t->params, t->param_count);
        put_tuple_check(&p, p.in_range, 0, tuple);
        put_i32(code(x), tuple.align);
        put_i32(code(x), tuple.size);
        put_op(code(x), OP_CALL, p.allocate);
        put_op(code(x), OP_LOCAL_SET, to);
    }
    adapter_put_items(&p, t->params, t->param_count, at);
    return to;
}

/* `from`: the local with what the callee has returned. Returns the one with what we return; where that is nothing, of
 * no meaning. */
static uint32_t put_result(struct making *x, uint32_t from)
{
    const struct named_type result = { .type = x->f->type->result };
    if (!result.type)
        return from;
    struct adapter_pass p = begin_pass(x, true);
    struct adapter_place at = { .flat = !x->lower.results_spilled, .from = from, .to = x->lower.param_count - 1 };
    if (at.flat) {
        at.to = body_local(&x->body, x->lower.results[0]);
    } else {
        struct tuple tuple = tuple_of(&result, 1);
        put_tuple_check(&p, p.in_range, from, tuple);
        put_tuple_check(&p, put_in_range(x->m, p.to_memory), at.to, tuple);
    }
    adapter_put_items(&p, &result, 1, at);
    return at.to;
}

/* Before that nothing that has been lent may be given away by the callee, which could be the same component. */
static void put_return(struct making *x)
{
    if (!has(x, ADAPTER_RETURN))
        return;
    put_op(code(x), OP_LOCAL_GET, x->lent);
    PUT(code(x), OP_IF, BLOCK_EMPTY);
    put_op(code(x), OP_CALL, x->index[ADAPTER_RETURN]);
    PUT(code(x), OP_END);
}

static void put_post_return(struct making *x, uint32_t result)
{
    if (!has(x, ADAPTER_POST_RETURN))
        return;
    bool has_flag = has(x, ADAPTER_CALLEE_FLAG);
    put_flag(code(x), has_flag, x->index[ADAPTER_CALLEE_FLAG], 0);
    put_local_gets(x, result, x->lift.result_count);
    put_op(code(x), OP_CALL, x->index[ADAPTER_POST_RETURN]);
    put_flag(code(x), has_flag, x->index[ADAPTER_CALLEE_FLAG], 1);
}

static void begin_block(struct making *x, enum adapter_part refusal)
{
    if (!has(x, refusal))
        return;
    PUT(code(x), OP_BLOCK, BLOCK_EMPTY);
    x->blocks++;
}

/* Behind the block: calls what says why, with `count` locals from `first` on, and the one with the pointer that the
 * result goes to. */
static void end_block(struct making *x, enum adapter_part refusal, uint32_t first, uint32_t count, bool pointer)
{
    if (!has(x, refusal))
        return;
    PUT(code(x), OP_END);
    put_local_gets(x, first, count);
    if (pointer)
        put_op(code(x), OP_LOCAL_GET, x->lower.param_count - 1);
    put_op(code(x), OP_CALL, x->index[refusal]);
    PUT(code(x), OP_UNREACHABLE);
}

static void put_ask(struct buf *b, uint32_t flag, uint32_t confined)
{
    put_op(b, OP_GLOBAL_GET, flag);
    PUT(b, OP_I32_EQZ, OP_IF, BLOCK_EMPTY);
    put_op(b, OP_CALL, confined);
    PUT(b, OP_UNREACHABLE, OP_END);
}

static uint32_t put_adapter(struct module_writer *m, const struct adapter_func *f, const uint32_t *index)
{
    struct making x = { .m = m, .f = f, .index = index };
    func_type_flatten(f->type, true, &x.lower);
    func_type_flatten(f->type, false, &x.lift);
    body_init(&x.body, x.lower.params, x.lower.param_count);
    if (has(&x, ADAPTER_LEND))
        x.lent = body_local(&x.body, CORE_I32);
    if (has(&x, ADAPTER_CONFINED))
        put_ask(code(&x), index[ADAPTER_CALLER_FLAG], index[ADAPTER_CONFINED]);
    begin_block(&x, ADAPTER_TRAMPOLINE);
    put_local_gets(&x, put_params(&x), x.lift.param_count);
    put_op(code(&x), OP_CALL, index[ADAPTER_CALLEE]);
    uint32_t result = add_locals(&x, x.lift.results, x.lift.result_count);
    if (x.lift.result_count)
        put_op(code(&x), OP_LOCAL_SET, result);
    begin_block(&x, ADAPTER_REFUSE_RESULT);
    uint32_t ours = put_result(&x, result);
    put_return(&x);
    put_post_return(&x, result);
    put_local_gets(&x, ours, x.lower.result_count);
    if (x.blocks)
        PUT(code(&x), OP_RETURN);
    end_block(&x, ADAPTER_REFUSE_RESULT, result, x.lift.result_count, x.lower.results_spilled);
    end_block(&x, ADAPTER_TRAMPOLINE, 0, x.lower.param_count, false);
    return module_func(m, &x.lower, &x.body);
}

/* --- Modules --- */

static const char *const part_names[ADAPTER_PARTS] = {
    [ADAPTER_CALLEE] = "callee",
    [ADAPTER_TRAMPOLINE] = "trampoline",
    [ADAPTER_REFUSE_RESULT] = "refuse-result",
    [ADAPTER_CONFINED] = "confined",
    [ADAPTER_POST_RETURN] = "post-return",
    [ADAPTER_CALLEE_REALLOC] = "callee-realloc",
    [ADAPTER_REFUSE_CALLEE_BLOCK] = "refuse-callee-block",
    [ADAPTER_CALLER_REALLOC] = "caller-realloc",
    [ADAPTER_REFUSE_CALLER_BLOCK] = "refuse-caller-block",
    [ADAPTER_CALLER_TEXT] = "caller-text",
    [ADAPTER_CALLEE_TEXT] = "callee-text",
    [ADAPTER_GIVE] = "give",
    [ADAPTER_GIVE_BACK] = "give-back",
    [ADAPTER_LEND] = "lend",
    [ADAPTER_RETURN] = "return",
    [ADAPTER_CALLER_FLAG] = "caller-flag",
    [ADAPTER_CALLEE_FLAG] = "callee-flag",
};

void adapter_part_signature(const struct func_type *t, enum adapter_part p, struct core_signature *ret)
{
    static const struct core_signature none,
        realloc = { .params = { CORE_I32, CORE_I32, CORE_I32, CORE_I32 },
                    .param_count = 4,
                    .results = { CORE_I32 },
                    .result_count = 1 },
        block = { .params = { CORE_I32, CORE_I32, CORE_I32 }, .param_count = 3 },
        two = { .params = { CORE_I32, CORE_I32 }, .param_count = 2, .results = { CORE_I32 }, .result_count = 1 },
        three = {
            .params = { CORE_I32, CORE_I32, CORE_I32 }, .param_count = 3, .results = { CORE_I32 }, .result_count = 1
        };
    struct core_signature lift;
    func_type_flatten(t, false, &lift);
    switch (p) {
    case ADAPTER_CALLEE: *ret = lift; return;
    case ADAPTER_TRAMPOLINE: func_type_flatten(t, true, ret); return;
    case ADAPTER_REFUSE_RESULT:
    case ADAPTER_POST_RETURN:
        *ret = none;
        for (uint32_t i = 0; i < lift.result_count; i++)
            ret->params[ret->param_count++] = lift.results[i];
        if (p == ADAPTER_REFUSE_RESULT && lift.results_spilled)
            ret->params[ret->param_count++] = CORE_I32;
        return;
    case ADAPTER_CALLEE_REALLOC:
    case ADAPTER_CALLER_REALLOC: *ret = realloc; return;
    case ADAPTER_REFUSE_CALLEE_BLOCK:
    case ADAPTER_REFUSE_CALLER_BLOCK: *ret = block; return;
    case ADAPTER_CALLER_TEXT:
    case ADAPTER_CALLEE_TEXT:
    case ADAPTER_GIVE:
    case ADAPTER_GIVE_BACK: *ret = two; return;
    case ADAPTER_LEND: *ret = three; return;
    case ADAPTER_RETURN:
    case ADAPTER_CONFINED:
    case ADAPTER_CALLER_FLAG:
    case ADAPTER_CALLEE_FLAG:
    case ADAPTER_PARTS: *ret = none; return;
    }
    __builtin_unreachable();
}

static void put_part(struct module_writer *m, const struct adapter_func *f, uint32_t number, enum adapter_part p,
                     uint32_t *ret_index)
{
    struct core_signature sig;
    str name = str_of(part_names[p]);
    if (p == ADAPTER_CALLER_FLAG || p == ADAPTER_CALLEE_FLAG) {
        *ret_index = module_import_flag(m, name, number);
        return;
    }
    adapter_part_signature(f->type, p, &sig);
    *ret_index = module_import_func(m, name, number, &sig);
}

bytes adapter_module(struct arena *a, const struct adapter_func *funcs, uint32_t count, uint32_t memories,
                     struct adapter_late late)
{
    struct module_writer m;
    uint32_t(*index)[ADAPTER_PARTS] = arena_zalloc(a, count, sizeof(*index));
    uint32_t *made = arena_new(a, uint32_t, count);
    module_init(&m);
    for (uint32_t i = 0; i < memories; i++)
        module_import_memory(&m, i);
    for (uint32_t i = 0; i < count; i++)
        for (enum adapter_part p = 0; p < ADAPTER_PARTS; p++)
            if (funcs[i].parts & part(p))
                put_part(&m, &funcs[i], i, p, &index[i][p]);
    if (late.is)
        module_import_table(&m);
    for (uint32_t i = 0; i < count; i++) {
        made[i] = put_adapter(&m, &funcs[i], index[i]);
        module_export(&m, i, MODULE_FUNC, made[i]);
    }
    if (late.is)
        module_elements(&m, late.first, made, count);
    return module_end(&m, a);
}

static uint32_t put_way(struct module_writer *m, const struct adapter_way *w, const uint32_t index[3], uint32_t number)
{
    struct adapter_body b;
    body_init(&b, w->signature->params, w->signature->param_count);
    if (w->asks)
        put_ask(&b.code, index[2], index[1]);
    for (uint32_t i = 0; i < w->signature->param_count; i++)
        put_op(&b.code, OP_LOCAL_GET, i);
    if (w->late) {
        put_i32(&b.code, number);
        put_op(&b.code, OP_CALL_INDIRECT, module_type(m, w->signature));
        PUT(&b.code, 0);
    } else {
        put_op(&b.code, OP_CALL, index[0]);
    }
    return module_func(m, w->signature, &b);
}

bytes adapter_ways_module(struct arena *a, const struct adapter_way *ways, uint32_t count)
{
    static const struct core_signature none;
    struct module_writer m;
    uint32_t late = 0;
    uint32_t(*index)[3] = arena_zalloc(a, count, sizeof(*index)); /* of what is called; of what traps; of the flag */
    uint32_t *targets = arena_new(a, uint32_t, count);
    module_init(&m);
    for (uint32_t i = 0; i < count; i++) {
        targets[i] = index[i][0] = module_import_func(&m, STR("target"), i, ways[i].signature);
        late += ways[i].late;
        if (!ways[i].asks)
            continue;
        index[i][1] = module_import_func(&m, STR("confined"), i, &none);
        index[i][2] = module_import_flag(&m, STR("flag"), i);
    }
    for (uint32_t i = 0; i < count; i++)
        module_export(&m, i, MODULE_FUNC, put_way(&m, &ways[i], index[i], i));
    if (late) {
        module_table(&m, late);
        module_elements(&m, 0, targets, late);
    }
    return module_end(&m, a);
}

bytes adapter_forward_module(struct arena *a, const struct core_signature *sig)
{
    struct module_writer m;
    module_init(&m);
    module_export(&m, 0, MODULE_FUNC, module_import_func(&m, STR("callee"), 0, sig));
    return module_end(&m, a);
}

bytes adapter_flags_module(struct arena *a, uint32_t count)
{
    struct module_writer m;
    module_init(&m);
    for (uint32_t i = 0; i < count; i++)
        module_export(&m, i, MODULE_GLOBAL, module_flag(&m));
    return module_end(&m, a);
}
