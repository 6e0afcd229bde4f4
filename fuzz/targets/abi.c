/* The canonical ABI fed with hostile memory: the input makes a type, flat slots and linear memory.
 * Lifting must not read outside; what it lifts must lower, and then lift again to equal values. */
#include <assert.h>
#include <stdlib.h>

#include "base/num.h"
#include "runtime/abi/abi.h"
#include "runtime/abi/host_layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_DEPTH = 5, MAX_ITEMS = 6, MAX_INPUT = 512, MAX_MEMORY = 1 << 22, MAX_LIFTED = 1 << 20 };

struct input {
    const uint8_t *at, *end;
};

struct guest {
    struct abi_env env;
    uint32_t heap;
};

static uint8_t take(struct input *in)
{
    return in->at < in->end ? *in->at++ : 0;
}

static bool guest_realloc(struct abi_env *env, uint32_t old, uint32_t old_size, uint32_t align, uint32_t new_size,
                          uint32_t *ret, struct err *e)
{
    struct guest *g = CONTAINER_OF(env, struct guest, env);
    uint32_t ptr = align_up_u32(g->heap, align);
    if (new_size > MAX_MEMORY - ptr)
        return err_set(e, ERR_TRAP, "full");
    if (ptr + new_size > env->memory_len) {
        env->memory_len = ptr + new_size;
        uint8_t *grown = calloc(1, env->memory_len + 1);
        memcpy(grown, env->memory, g->heap);
        free(env->memory);
        env->memory = grown;
    }
    memmove(env->memory + ptr, env->memory + old, old_size < new_size ? old_size : new_size);
    g->heap = ptr + new_size;
    *ret = ptr;
    return true;
}

/* Handles are the addresses of objects that nobody looks at; 0 is unknown. */
static bool lift_handle(struct abi_env *env, const struct resource_type *r, uint32_t handle, void **ret, struct err *e)
{
    (void)env;
    assert(r);
    *ret = (void *)(uintptr_t)handle;
    return handle || err_set(e, ERR_TRAP, "unknown handle index 0");
}

static bool lower_handle(struct abi_env *env, const struct resource_type *r, void *object, uint32_t *ret, struct err *e)
{
    (void)env;
    (void)e;
    assert(r);
    *ret = (uint32_t)(uintptr_t)object;
    return true;
}

static const struct abi_env_ops ops = { guest_realloc, lift_handle, lift_handle, lower_handle, lower_handle };

static const struct type *make_type(struct input *in, struct arena *a, int depth);

static const struct type *make_items(struct input *in, struct arena *a, enum type_kind kind, int depth)
{
    struct named_type items[300] = { 0 };
    struct err e = ERR_INIT;
    const struct type *t = NULL;
    uint32_t len = 1 + take(in) % MAX_ITEMS;
    if (kind == TYPE_ENUM || kind == TYPE_FLAGS)
        len = kind == TYPE_FLAGS ? 1 + take(in) % 32 : 1 + take(in) + take(in) % 44;
    else
        for (uint32_t i = 0; i < len; i++)
            if (kind != TYPE_VARIANT || take(in) % 4)
                items[i].type = make_type(in, a, depth - 1);
    bool ok = type_items(a, kind, items, len, &t, &e);
    assert(ok);
    return t;
}

static const struct type *make_type(struct input *in, struct arena *a, int depth)
{
    static const struct resource_type resource = { .name = STR_INIT("r") };
    struct err e = ERR_INIT;
    const struct type *t = NULL;
    enum type_kind kind = (enum type_kind)(take(in) % (TYPE_BORROW + 1));
    bool ok = true;
    if (depth == 0 || kind <= TYPE_STRING)
        return type_primitive((enum type_kind)(kind % (TYPE_STRING + 1)));
    if (kind == TYPE_LIST) {
        ok = type_list(a, make_type(in, a, depth - 1), &t, &e);
    } else if (kind == TYPE_MAP) {
        ok = type_map(a, type_primitive(TYPE_STRING), make_type(in, a, depth - 1), &t, &e);
    } else if (kind == TYPE_FIXED_LIST) {
        ok = type_fixed_list(a, make_type(in, a, depth - 1), 1 + take(in) % 20, &t, &e);
    } else if (kind == TYPE_OPTION) {
        ok = type_option(a, make_type(in, a, depth - 1), &t, &e);
    } else if (kind == TYPE_RESULT) {
        uint8_t which = take(in);
        const struct type *some = which & 1 ? make_type(in, a, depth - 1) : NULL;
        ok = type_result(a, some, which & 2 ? make_type(in, a, depth - 1) : NULL, &t, &e);
    } else if (kind == TYPE_OWN || kind == TYPE_BORROW) {
        t = type_handle(a, kind, &resource);
    } else {
        t = make_items(in, a, kind, depth);
    }
    assert(ok);
    return t;
}

static void assert_equal(const struct type *t, const uint8_t *a, const uint8_t *b);

static void assert_lists_equal(const struct type *t, const uint8_t *a, const uint8_t *b)
{
    bytes x, y;
    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    assert(x.len == y.len);
    size_t step = host_layout_of(t->of.elem).size;
    for (size_t i = 0; i < x.len; i++)
        assert_equal(t->of.elem, x.ptr + i * step, y.ptr + i * step);
}

static void assert_cases_equal(const struct type *t, const uint8_t *a, const uint8_t *b)
{
    bool is_bool = t->kind == TYPE_OPTION || t->kind == TYPE_RESULT;
    uint32_t tag = 0;
    memcpy(&tag, a, is_bool ? 1 : 4);
    assert(tag < type_case_count(t) && memcmp(a, b, is_bool ? 1 : 4) == 0);
    const struct type *payload = type_case_payload(t, tag);
    size_t offset = host_layout_payload_offset(t);
    if (payload)
        assert_equal(payload, a + offset, b + offset);
}

static void assert_equal(const struct type *t, const uint8_t *a, const uint8_t *b)
{
    str x, y;
    size_t offsets[MAX_ITEMS];
    if (t->kind == TYPE_STRING) {
        memcpy(&x, a, sizeof(x));
        memcpy(&y, b, sizeof(y));
        assert(str_eq(x, y));
    } else if (t->kind == TYPE_LIST || t->kind == TYPE_MAP) {
        assert_lists_equal(t, a, b);
    } else if (t->kind == TYPE_FIXED_LIST) {
        size_t step = host_layout_of(t->of.array.elem).size;
        for (uint32_t i = 0; i < t->of.array.len; i++)
            assert_equal(t->of.array.elem, a + i * step, b + i * step);
    } else if (t->kind == TYPE_RECORD || t->kind == TYPE_TUPLE) {
        host_layout_of_items(t->of.items.at, t->of.items.len, offsets);
        for (uint32_t i = 0; i < t->of.items.len; i++)
            assert_equal(t->of.items.at[i].type, a + offsets[i], b + offsets[i]);
    } else if (t->kind == TYPE_VARIANT || t->kind == TYPE_ENUM || t->kind == TYPE_OPTION || t->kind == TYPE_RESULT) {
        assert_cases_equal(t, a, b);
    } else {
        assert(memcmp(a, b, host_layout_of(t).size) == 0);
    }
}

/* Lowers what was lifted into an empty guest and lifts it again. */
static void check_again(const struct abi_func *f, const struct type *t, bool params, enum string_encoding encoding,
                        const uint8_t *value, struct arena *a)
{
    enum { HEAP = 4096 };
    struct guest g = {
        .env = { .ops = &ops, .memory = calloc(1, HEAP), .memory_len = HEAP, .encoding = encoding, .arena = a },
        .heap = HEAP
    };
    struct err e = ERR_INIT;
    union core_value flat[MAX_FLAT_PARAMS + 1] = { 0 };
    bool ok = params ? abi_lower_params(f, &g.env, value, flat, &e)
                     : t->size > HEAP || abi_lower_result(f, &g.env, value, flat, &e);
    assert(ok || strcmp(e.text, "full") == 0);
    if (ok && t->size <= HEAP) {
        uint8_t *again = arena_zalloc(a, 1, host_layout_of(t).size);
        ok = params ? abi_lift_params(f, &g.env, flat, again, &e) : abi_lift_result(f, &g.env, flat, again, &e);
        assert(ok);
        assert_equal(t, value, again);
    }
    free(g.env.memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, data + (size < MAX_INPUT ? size : MAX_INPUT) };
    struct arena a;
    struct err e = ERR_INIT;
    struct abi_func *f = NULL;
    union core_value flat[MAX_FLAT_PARAMS + 1] = { 0 };
    arena_init(&a);
    uint8_t how = take(&in);
    bool params = how & 1;
    enum string_encoding encoding = (enum string_encoding)((how >> 1) % 3);
    const struct type *t = make_type(&in, &a, MAX_DEPTH);
    struct named_type param = { STR("x"), t };
    struct func_type type = { .params = &param, .param_count = params, .result = params ? NULL : t };
    if (!abi_compile(&a, &type, NULL, &f, &e)) {
        assert(e.kind == ERR_LIMIT); /* long lists of long lists */
        arena_fini(&a);
        return 0;
    }
    for (size_t i = 0; i < ARRAY_LEN(flat); i++)
        for (int b = 0, n = take(&in) % 9; b < n; b++)
            flat[i].i64 = flat[i].i64 << 8 | take(&in);
    size_t memory_len = (size_t)(in.end - in.at);
    /* Exact, so that the address sanitizer sees a read behind it. */
    struct guest g = { .env = { .ops = &ops,
                                .memory = malloc(memory_len ? memory_len : 1),
                                .memory_len = memory_len,
                                .encoding = encoding,
                                .arena = &a } };
    memcpy(g.env.memory, in.at, memory_len);
    uint8_t *value = arena_zalloc(&a, 1, host_layout_of(t).size);
    bool ok = params ? abi_lift_params(f, &g.env, flat, value, &e) : abi_lift_result(f, &g.env, flat, value, &e);
    assert(ok || (e.kind == ERR_TRAP && e.text[0]));
    if (ok && a.used_bytes < MAX_LIFTED)
        check_again(f, t, params, encoding, value, &a);
    free(g.env.memory);
    arena_fini(&a);
    return 0;
}
