/* A property over many random types and values: what is lowered lifts to the same value, in slots and in memory,
 * as parameters and as a result, in every string encoding. The seed is fixed. */
#include "base/utf8.h"
#include "cases.h"

struct random {
    uint64_t state;
    struct arena *arena;
};

static uint32_t below(struct random *r, uint32_t n)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(r->state >> 33) % n;
}

static const struct type *random_type(struct random *r, int depth);

static const struct type *random_items(struct random *r, enum type_kind kind, int depth)
{
    struct named_type items[40];
    struct err e = ERR_INIT;
    const struct type *t = NULL;
    bool plain = kind == TYPE_ENUM || kind == TYPE_FLAGS;
    uint32_t len = 1 + below(r, plain ? 32 : 5);
    for (uint32_t i = 0; i < len; i++) {
        items[i] = (struct named_type){ STR("x"), NULL };
        if (!plain && (kind != TYPE_VARIANT || below(r, 3)))
            items[i].type = random_type(r, depth - 1);
    }
    assert_true(type_items(r->arena, kind, items, len, &t, &e));
    return t;
}

static const struct type *random_type(struct random *r, int depth)
{
    static const struct resource_type resource = { .name = STR_INIT("r") };
    struct err e = ERR_INIT;
    const struct type *t = NULL;
    enum type_kind kind = (enum type_kind)below(r, TYPE_BORROW + 1);
    if (depth <= 0 && kind > TYPE_STRING && kind != TYPE_ENUM && kind != TYPE_FLAGS)
        kind = (enum type_kind)below(r, TYPE_STRING + 1);
    if (kind <= TYPE_STRING)
        return type_primitive(kind);
    if (kind == TYPE_LIST)
        assert_true(type_list(r->arena, random_type(r, depth - 1), &t, &e));
    else if (kind == TYPE_MAP)
        assert_true(type_map(r->arena, type_primitive(TYPE_STRING), random_type(r, depth - 1), &t, &e));
    else if (kind == TYPE_FIXED_LIST)
        assert_true(type_fixed_list(r->arena, random_type(r, depth - 1), 1 + below(r, 5), &t, &e));
    else if (kind == TYPE_OPTION)
        assert_true(type_option(r->arena, random_type(r, depth - 1), &t, &e));
    else if (kind == TYPE_RESULT)
        assert_true(type_result(r->arena, below(r, 4) ? random_type(r, depth - 1) : NULL,
                                below(r, 4) ? random_type(r, depth - 1) : NULL, &t, &e));
    else if (kind == TYPE_OWN || kind == TYPE_BORROW)
        t = type_handle(r->arena, kind, &resource);
    else
        t = random_items(r, kind, depth);
    return t;
}

/* A canonical NaN now and then: others would not come back. */
static uint64_t random_bits(struct random *r, enum type_kind kind)
{
    uint64_t v = (uint64_t)below(r, 1u << 31) << 33 ^ (uint64_t)below(r, 1u << 31) << 2 ^ below(r, 4);
    if (kind == TYPE_F32)
        return (v & 0x7f800000) == 0x7f800000 || below(r, 8) == 0 ? 0x7fc00000 : v;
    if (kind == TYPE_F64)
        return v >> 52 == 0x7ff || v >> 52 == 0xfff || below(r, 8) == 0 ? 0x7ff8000000000000 : v;
    return v;
}

static str random_string(struct random *r)
{
    static const uint32_t samples[] = { 'a',    '0',    0x7f,   0x80,   0xe9,    0xff,    0x100,
                                        0x20ac, 0xd7ff, 0xe000, 0xfffd, 0x10000, 0x1f600, 0x10ffff };
    uint32_t kinds = 1 + below(r, ARRAY_LEN(samples)), count = below(r, 12);
    char *text = arena_alloc(r->arena, 4 * 12);
    size_t len = 0;
    for (uint32_t i = 0; i < count; i++)
        len += utf8_encode(samples[below(r, kinds)], (uint8_t *)text + len);
    return str_from(text, len);
}

static void random_value(struct random *r, const struct type *t, uint8_t *host);

static void random_case(struct random *r, const struct type *t, uint8_t *host)
{
    uint32_t tag = below(r, type_case_count(t));
    bool is_bool = t->kind == TYPE_OPTION || t->kind == TYPE_RESULT;
    memcpy(host, &tag, is_bool ? 1 : 4);
    const struct type *payload = type_case_payload(t, tag);
    if (payload)
        random_value(r, payload, host + host_layout_payload_offset(t));
}

static void random_list(struct random *r, const struct type *t, uint8_t *host)
{
    struct value_list list = { NULL, below(r, 4) };
    size_t step = host_layout_of(t->of.elem).size;
    uint8_t *elems = arena_zalloc(r->arena, list.len, step);
    for (size_t i = 0; i < list.len; i++)
        random_value(r, t->of.elem, elems + i * step);
    list.ptr = elems;
    memcpy(host, &list, sizeof(list));
}

static void random_value(struct random *r, const struct type *t, uint8_t *host)
{
    size_t offsets[40];
    uint64_t v = random_bits(r, t->kind);
    char *object = value_objects() + 1 + below(r, 12);
    str s;
    if (t->kind == TYPE_STRING) {
        s = random_string(r);
        memcpy(host, &s, sizeof(s));
    } else if (t->kind == TYPE_LIST || t->kind == TYPE_MAP) {
        random_list(r, t, host);
    } else if (t->kind == TYPE_FIXED_LIST) {
        size_t step = host_layout_of(t->of.array.elem).size;
        for (size_t i = 0; i < t->of.array.len; i++)
            random_value(r, t->of.array.elem, host + i * step);
    } else if (t->kind == TYPE_RECORD || t->kind == TYPE_TUPLE) {
        host_layout_of_items(t->of.items.at, t->of.items.len, offsets);
        for (uint32_t i = 0; i < t->of.items.len; i++)
            random_value(r, t->of.items.at[i].type, host + offsets[i]);
    } else if (t->kind == TYPE_OWN || t->kind == TYPE_BORROW) {
        memcpy(host, &object, sizeof(object));
    } else if (t->kind > TYPE_STRING && t->kind != TYPE_FLAGS) {
        random_case(r, t, host);
    } else {
        v = t->kind == TYPE_BOOL ? v & 1 : t->kind == TYPE_CHAR ? v % 0xd800 : v;
        if (t->kind == TYPE_FLAGS)
            v &= (UINT64_C(1) << t->of.items.len) - 1;
        memcpy(host, &v, host_layout_of(t).size);
    }
}

/* The text of `host`, to be freed with buf_fini. */
static const char *text_of(const struct type *t, const void *host, struct buf *out)
{
    buf_init(out, BUF_NO_LIMIT);
    value_print(t, host, out);
    buf_put_u8(out, 0);
    return (const char *)out->ptr;
}

/* False when the value did not fit into the fake's memory. */
static bool round_trip(struct random *r, bool params, enum string_encoding encoding)
{
    struct fake f;
    struct err e = ERR_INIT;
    struct abi_func *func = NULL;
    union core_value flat[MAX_FLAT_PARAMS + 1];
    struct buf before, after;
    fake_init(&f);
    f.env.encoding = encoding;
    r->arena = &f.arena;
    const struct type *t = random_type(r, 4);
    struct named_type param = { STR("x"), t };
    struct func_type type = { .params = &param, .param_count = params, .result = params ? NULL : t };
    assert_true(abi_compile(&f.arena, &type, NULL, &func, &e));
    size_t size = host_layout_of(t).size;
    uint8_t *in = arena_zalloc(&f.arena, 1, size), *out = arena_zalloc(&f.arena, 1, size);
    random_value(r, t, in);
    flat[0].i32 = 512;
    bool fits = params ? abi_lower_params(func, &f.env, in, flat, &e) : abi_lower_result(func, &f.env, in, flat, &e);
    if (fits) {
        bool ok = params ? abi_lift_params(func, &f.env, flat, out, &e) : abi_lift_result(func, &f.env, flat, out, &e);
        assert_string_equal(e.text, "");
        assert_true(ok);
        assert_string_equal(text_of(t, out, &after), text_of(t, in, &before));
        buf_fini(&before);
        buf_fini(&after);
    } else {
        assert_string_equal(e.text, "the guest's heap is full");
    }
    fake_fini(&f);
    return fits;
}

static void random_round_trips(void **state)
{
    (void)state;
    struct random r = { .state = 20260602 };
    int done = 0;
    for (int i = 0; i < 3000; i++) {
        done += round_trip(&r, true, (enum string_encoding)(i % 3));
        done += round_trip(&r, false, (enum string_encoding)(i % 3));
    }
    assert_true(done > 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(random_round_trips) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
