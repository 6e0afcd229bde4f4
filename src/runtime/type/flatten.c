/* Flattening: the core value types that carry a type, and the core signature of a function.
 * Spec: CanonicalABI.md "Flattening". */
#include <assert.h>

#include "runtime/type/type.h"

/* Where flattening stands. Cases of a variant write the same slots one after another: a slot below
 * `filled` was written by an earlier case and is joined with. join() is associative, so nested
 * variants need no copy. */
struct slots {
    enum core_type *out;
    uint32_t at, filled;
};

/* Spec: CanonicalABI.md join. */
static enum core_type join(enum core_type a, enum core_type b)
{
    if (a == b)
        return a;
    if ((a == CORE_I32 && b == CORE_F32) || (a == CORE_F32 && b == CORE_I32))
        return CORE_I32;
    return CORE_I64;
}

static void put(struct slots *s, enum core_type c)
{
    if (s->at < s->filled) {
        s->out[s->at] = join(s->out[s->at], c);
    } else {
        s->out[s->at] = c;
        s->filled = s->at + 1;
    }
    s->at++;
}

static void flatten(const struct type *t, struct slots *s);

static void flatten_cases(const struct type *t, struct slots *s)
{
    put(s, CORE_I32);
    uint32_t start = s->at, cases = type_case_count(t);
    for (uint32_t i = 0; i < cases; i++) {
        const struct type *payload = type_case_payload(t, i);
        s->at = start;
        if (payload)
            flatten(payload, s);
    }
    s->at = start + t->flat_count - 1;
}

static void flatten(const struct type *t, struct slots *s)
{
    switch (t->kind) {
    case TYPE_BOOL:
    case TYPE_S8:
    case TYPE_U8:
    case TYPE_S16:
    case TYPE_U16:
    case TYPE_S32:
    case TYPE_U32:
    case TYPE_CHAR:
    case TYPE_FLAGS:
    case TYPE_OWN:
    case TYPE_BORROW: put(s, CORE_I32); return;
    case TYPE_S64:
    case TYPE_U64: put(s, CORE_I64); return;
    case TYPE_F32: put(s, CORE_F32); return;
    case TYPE_F64: put(s, CORE_F64); return;
    case TYPE_STRING:
    case TYPE_LIST:
    case TYPE_MAP:
        put(s, CORE_I32);
        put(s, CORE_I32);
        return;
    case TYPE_FIXED_LIST:
        for (uint32_t i = 0; i < t->of.array.len; i++)
            flatten(t->of.array.elem, s);
        return;
    case TYPE_RECORD:
    case TYPE_TUPLE:
        for (uint32_t i = 0; i < t->of.items.len; i++)
            flatten(t->of.items.at[i].type, s);
        return;
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_OPTION:
    case TYPE_RESULT: flatten_cases(t, s); return;
    }
    __builtin_unreachable();
}

uint32_t type_flatten(const struct type *t, enum core_type *out)
{
    assert(t->flat_count < TYPE_FLAT_MANY);
    struct slots s = { .out = out };
    flatten(t, &s);
    assert(s.at == t->flat_count);
    return s.at;
}

void func_type_flatten(const struct func_type *f, bool lower, struct core_signature *ret)
{
    struct core_signature sig = { 0 };
    uint32_t flat = 0;
    for (uint32_t i = 0; i < f->param_count && flat <= MAX_FLAT_PARAMS; i++)
        flat += f->params[i].type->flat_count;
    if (flat > MAX_FLAT_PARAMS) {
        sig.params_spilled = true;
        sig.params[sig.param_count++] = CORE_I32;
    } else {
        for (uint32_t i = 0; i < f->param_count; i++)
            sig.param_count += type_flatten(f->params[i].type, sig.params + sig.param_count);
    }
    if (f->result && f->result->flat_count > MAX_FLAT_RESULTS) {
        sig.results_spilled = true;
        if (lower)
            sig.params[sig.param_count++] = CORE_I32;
        else
            sig.results[sig.result_count++] = CORE_I32;
    } else if (f->result) {
        sig.result_count = type_flatten(f->result, sig.results);
    }
    *ret = sig;
}
