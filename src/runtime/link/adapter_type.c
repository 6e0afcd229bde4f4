#include "runtime/link/adapter_type.h"

static unsigned traits_of_items(const struct type *t)
{
    unsigned r = 0;
    for (uint32_t i = 0; i < t->of.items.len; i++)
        r |= adapter_traits(t->of.items.at[i].type);
    return r;
}

static unsigned traits_of_cases(const struct type *t)
{
    unsigned r = ADAPTER_REFUSES | ADAPTER_BITS;
    uint32_t cases = type_case_count(t);
    for (uint32_t i = 0; i < cases; i++)
        if (type_case_payload(t, i))
            r |= adapter_traits(type_case_payload(t, i));
    return r;
}

unsigned adapter_traits(const struct type *t)
{
    switch (t->kind) {
    case TYPE_S32:
    case TYPE_U32:
    case TYPE_S64:
    case TYPE_U64: return 0;
    case TYPE_BOOL:
    case TYPE_S8:
    case TYPE_U8:
    case TYPE_S16:
    case TYPE_U16:
    case TYPE_F32:
    case TYPE_F64:
    case TYPE_FLAGS: return ADAPTER_BITS;
    case TYPE_CHAR: return ADAPTER_REFUSES | ADAPTER_BITS;
    case TYPE_STRING: return ADAPTER_REFUSES | ADAPTER_BITS | ADAPTER_TEXT;
    case TYPE_LIST:
    case TYPE_MAP: return adapter_traits(t->of.elem) | ADAPTER_REFUSES | ADAPTER_BITS;
    case TYPE_FIXED_LIST: return adapter_traits(t->of.array.elem);
    case TYPE_RECORD:
    case TYPE_TUPLE: return traits_of_items(t);
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_OPTION:
    case TYPE_RESULT: return traits_of_cases(t);
    case TYPE_OWN: return ADAPTER_BITS | ADAPTER_OWN;
    case TYPE_BORROW: return ADAPTER_BITS | ADAPTER_BORROW;
    }
    __builtin_unreachable();
}

static bool items_refuse_after_own(const struct type *t, bool *owned)
{
    for (uint32_t i = 0; i < t->of.items.len; i++)
        if (adapter_refuses_after_own(t->of.items.at[i].type, owned))
            return true;
    return false;
}

static bool cases_refuse_after_own(const struct type *t, bool *owned)
{
    uint32_t cases = type_case_count(t);
    for (uint32_t i = 0; i < cases; i++) {
        const struct type *payload = type_case_payload(t, i);
        bool own = false;
        if (payload && adapter_refuses_after_own(payload, &own))
            return true;
        *owned |= own;
    }
    return false;
}

bool adapter_refuses_after_own(const struct type *t, bool *owned)
{
    unsigned traits = adapter_traits(t);
    if (*owned)
        return traits & ADAPTER_REFUSES;
    if (!(traits & ADAPTER_OWN))
        return false;
    if (t->kind == TYPE_RECORD || t->kind == TYPE_TUPLE)
        return items_refuse_after_own(t, owned);
    if (t->kind == TYPE_VARIANT || t->kind == TYPE_OPTION || t->kind == TYPE_RESULT)
        return cases_refuse_after_own(t, owned);
    *owned = true;
    return traits & ADAPTER_REFUSES; /* of a list: what an element refuses comes after the element before it */
}

static uint64_t items_handles(const struct type *t)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < t->of.items.len; i++)
        sum += adapter_handles(t->of.items.at[i].type);
    return sum;
}

static uint64_t cases_handles(const struct type *t)
{
    uint64_t most = 0;
    uint32_t cases = type_case_count(t);
    for (uint32_t i = 0; i < cases; i++) {
        const struct type *payload = type_case_payload(t, i);
        uint64_t count = payload ? adapter_handles(payload) : 0;
        most = count > most ? count : most;
    }
    return most;
}

uint32_t adapter_handles(const struct type *t)
{
    uint64_t count = 1;
    if (!(adapter_traits(t) & (ADAPTER_OWN | ADAPTER_BORROW)))
        return 0;
    if (t->kind == TYPE_LIST || t->kind == TYPE_MAP)
        return UINT32_MAX;
    if (t->kind == TYPE_FIXED_LIST)
        count = (uint64_t)t->of.array.len * adapter_handles(t->of.array.elem);
    else if (t->kind == TYPE_RECORD || t->kind == TYPE_TUPLE)
        count = items_handles(t);
    else if (t->kind != TYPE_OWN && t->kind != TYPE_BORROW)
        count = cases_handles(t);
    return count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
}
