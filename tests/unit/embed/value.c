/* Tests of embed/value.c and type.c: every kind there and back, values that are not of their type, calls. */
#include "embed/value.h"
#include "host.h"
#include "runtime/abi/host_layout.h"
#include "runtime/wit/wit.h"

#define U8(n)                         \
    {                                 \
        .kind = BERTH_U8, .of.u = (n) \
    }
#define S32(n)                         \
    {                                  \
        .kind = BERTH_S32, .of.s = (n) \
    }
#define TEXT(t)                                                 \
    {                                                           \
        .kind = BERTH_STRING, .of.string = { t, sizeof(t) - 1 } \
    }
#define SEQ(k, ...)                                            \
    {                                                          \
        .kind = (k), .of.list = {                              \
            (const struct berth_value[]){ __VA_ARGS__ },       \
            ARRAY_LEN(((struct berth_value[]){ __VA_ARGS__ })) \
        }                                                      \
    }
#define ONE(k, i)                           \
    {                                       \
        .kind = (k), .of.one = {(i), NULL } \
    }
#define OF(k, i, ...)                                                         \
    {                                                                         \
        .kind = (k), .of.one = {(i), &(const struct berth_value)__VA_ARGS__ } \
    }

static const struct {
    const char *type;
    struct berth_value value;
    const char *error; /* NULL: it goes there and back */
} rows[] = {
    { "bool", { .kind = BERTH_BOOL, .of.boolean = true }, NULL },
    { "s8", { .kind = BERTH_S8, .of.s = -128 }, NULL },
    { "s8", { .kind = BERTH_S8, .of.s = 128 }, "none of type s8" },
    { "s16", { .kind = BERTH_S16, .of.s = -2 }, NULL },
    { "s32", S32(-2147483648), NULL },
    { "s32", S32(2147483648), "none of type s32" },
    { "s64", { .kind = BERTH_S64, .of.s = INT64_MIN }, NULL },
    { "u8", U8(255), NULL },
    { "u8", U8(256), "the number or index is none of type u8" },
    { "u16", { .kind = BERTH_U16, .of.u = 65535 }, NULL },
    { "u32", { .kind = BERTH_U32, .of.u = UINT32_MAX }, NULL },
    { "u64", { .kind = BERTH_U64, .of.u = UINT64_MAX }, NULL },
    { "u32", U8(1), "expected u32, found u8" },
    { "f32", { .kind = BERTH_F32, .of.f32 = 0.5f }, NULL },
    { "f64", { .kind = BERTH_F64, .of.f64 = -0.25 }, NULL },
    { "char", { .kind = BERTH_CHAR, .of.ch = 0x1f600 }, NULL },
    { "string", TEXT("text"), NULL },
    { "list<u8>", SEQ(BERTH_LIST, U8(1), U8(2), U8(3)), NULL },
    { "list<u8>", SEQ(BERTH_LIST, U8(1), TEXT("x")), "element 1: expected u8, found string" },
    { "list<string>", { .kind = BERTH_LIST, .of.list = { NULL, 0 } }, NULL },
    { "list<tuple<u8, string>>", SEQ(BERTH_LIST, SEQ(BERTH_TUPLE, U8(7), TEXT("a")), SEQ(BERTH_TUPLE, U8(8), TEXT(""))),
      NULL },
    { "r", SEQ(BERTH_RECORD, U8(1), S32(-5)), NULL },
    { "r", SEQ(BERTH_RECORD, U8(1)), "expected 2 fields, found 1" },
    { "r", SEQ(BERTH_RECORD, U8(1), U8(1)), "field 'y': expected s32, found u8" },
    { "tuple<u8, u8>", SEQ(BERTH_TUPLE, U8(1), TEXT("")), "field 1: expected u8, found string" },
    { "v", ONE(BERTH_VARIANT, 0), NULL },
    { "v", OF(BERTH_VARIANT, 1, TEXT("payload")), NULL },
    { "v", OF(BERTH_VARIANT, 0, U8(1)), "case 0 has no payload" },
    { "v", ONE(BERTH_VARIANT, 1), "case 1 has a payload" },
    { "v", ONE(BERTH_VARIANT, 2), "none of type" },
    { "v", OF(BERTH_VARIANT, 1, U8(1)), "case 1: expected string, found u8" },
    { "en", ONE(BERTH_ENUM, 2), NULL },
    { "en", ONE(BERTH_ENUM, 3), "none of type" },
    { "option<u8>", ONE(BERTH_OPTION, 0), NULL },
    { "option<u8>", OF(BERTH_OPTION, 1, U8(9)), NULL },
    { "option<option<u8>>", OF(BERTH_OPTION, 1, ONE(BERTH_OPTION, 0)), NULL },
    { "result<u8, string>", OF(BERTH_RESULT, 0, U8(9)), NULL },
    { "result<u8, string>", OF(BERTH_RESULT, 1, TEXT("no")), NULL },
    { "result", ONE(BERTH_RESULT, 1), NULL },
    { "fl", { .kind = BERTH_FLAGS, .of.flags = 5 }, NULL },
    { "fl", { .kind = BERTH_FLAGS, .of.flags = 8 }, "none of type" },
    { "u8", { .kind = 99 }, "found no kind of value" },
};

static bool same(const struct berth_value *a, const struct berth_value *b);

static bool same_list(const struct berth_value *a, const struct berth_value *b)
{
    if (a->of.list.len != b->of.list.len)
        return false;
    for (size_t i = 0; i < a->of.list.len; i++)
        if (!same(&a->of.list.at[i], &b->of.list.at[i]))
            return false;
    return true;
}

static bool same(const struct berth_value *a, const struct berth_value *b)
{
    const struct berth_value *x = a->of.one.payload, *y = b->of.one.payload;
    if (a->kind != b->kind)
        return false;
    switch ((int)a->kind) {
    case BERTH_STRING: return str_eq(a->of.string, b->of.string);
    case BERTH_LIST:
    case BERTH_RECORD:
    case BERTH_TUPLE: return same_list(a, b);
    case BERTH_VARIANT:
    case BERTH_ENUM:
    case BERTH_OPTION:
    case BERTH_RESULT: return a->of.one.index == b->of.one.index && !x == !y && (!x || same(x, y));
    case BERTH_BOOL: return a->of.boolean == b->of.boolean;
    case BERTH_F32: return a->of.f32 == b->of.f32;
    case BERTH_FLAGS:
    case BERTH_CHAR: return a->of.flags == b->of.flags;
    default: return a->of.u == b->of.u;
    }
}

static const struct type *parse(struct wit *w, const char *type)
{
    struct err e = ERR_INIT;
    char text[300];
    snprintf(text, sizeof(text),
             "record r { x: u8, y: s32 } variant v { a, b(string) } enum en { a, b, c } flags fl { a, b, c } "
             "f: func(x: %s)",
             type);
    if (!wit_add_items(w, STR("test"), str_of(text), &e) || !wit_resolve(w, &e))
        fail_msg("%s", e.text);
    return wit_interface(w, WIT_ITEMS_INTERFACE)->funcs[0].type->params[0].type;
}

static void there_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct wit *w = wit_new();
        const struct type *t = parse(w, rows[i].type);
        struct arena a;
        struct err e = ERR_INIT;
        struct berth_value got;
        arena_init(&a);
        void *room = arena_zalloc(&a, 1, host_layout_of(t).size);
        bool ok = value_store(&a, &rows[i].value, t, room, &e);
        if (ok != !rows[i].error || (!ok && !strstr(e.text, rows[i].error)))
            fail_msg("row %zu, %s: %s", i, rows[i].type, e.text);
        if (ok) {
            assert_true(value_load(&a, t, room, &got, &e));
            if (!same(&rows[i].value, &got))
                fail_msg("row %zu, %s: came back as another", i, rows[i].type);
        }
        arena_fini(&a);
        wit_free(w);
    }
}

/* As a guest's that overlap. */
static void too_many(void **state)
{
    (void)state;
    static const uint8_t content[1 << 20];
    bytes inner[64];
    const bytes outer = { (const uint8_t *)inner, ARRAY_LEN(inner) };
    struct wit *w = wit_new();
    const struct type *t = parse(w, "list<list<u8>>");
    struct berth_value got;
    struct err e = ERR_INIT;
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(inner); i++)
        inner[i] = bytes_from(content, sizeof(content));
    assert_false(value_load(&a, t, &outer, &got, &e));
    assert_int_equal(e.kind, ERR_LIMIT);
    assert_string_equal(e.text, "the result takes more than 256 MiB as values");
    arena_fini(&a);
    wit_free(w);
}

static const struct berth_func *export(struct fixture *f, const char *name)
{
    const struct berth_func *func = NULL;
    assert_ok(f, berth_component_export(f->component, NULL, name, &func, &f->e));
    return func;
}

static void calls(void **state)
{
    struct fixture *f = *state;
    struct berth_instance *i = fixture_instance(f, 0, 0);
    struct berth_value got, point = SEQ(BERTH_RECORD, S32(4), { .kind = BERTH_F64, .of.f64 = 7 });
    assert_ok(f, berth_instance_call_values(i, export(f, "swap"), &point, 1, &got, &f->e));
    assert_int_equal(got.of.list.at[0].of.s, 7);
    assert_true(got.of.list.at[1].of.f64 == 4);
    const struct berth_value keep[] = { ONE(BERTH_ENUM, 1), OF(BERTH_OPTION, 1, { .kind = BERTH_U32, .of.u = 3 }) };
    assert_ok(f, berth_instance_call_values(i, export(f, "keep"), keep, 2, &got, &f->e));
    assert_true(same(&keep[0], &got.of.list.at[0]) && same(&keep[1], &got.of.list.at[1]));
    const struct berth_value list = SEQ(BERTH_LIST, SEQ(BERTH_TUPLE, TEXT("a"), U8(1)));
    assert_ok(f, berth_instance_call_values(i, export(f, "count-list"), &list, 1, &got, &f->e));
    assert_int_equal(got.of.u, 1);
    const struct berth_value text = TEXT("hey");
    assert_ok(f, berth_instance_call_values(i, export(f, "shout"), &text, 1, &got, &f->e));
    assert_true(str_eq(got.of.string, STR("HEY")));
    berth_instance_free(i);
}

static void refuses(void **state)
{
    struct fixture *f = *state;
    const struct berth_func *func = NULL;
    struct berth_instance *i = fixture_instance(f, 0, 0);
    struct berth_value got, v = TEXT("x");
    assert_fails(f, berth_instance_call_values(i, export(f, "swap"), &v, 1, &got, &f->e), BERTH_ERROR_USAGE,
                 "parameter 'p': expected record, found string");
    assert_fails(f, berth_instance_call_values(i, export(f, "swap"), &v, 0, &got, &f->e), BERTH_ERROR_USAGE,
                 "expected 1 parameters, found 0");
    assert_fails(f, berth_component_export(f->component, NULL, "none", &func, &f->e), BERTH_ERROR_LINK, "'none'");
    /* Nothing has happened to the instance. */
    assert_ok(f, berth_instance_call_values(i, export(f, "posts"), NULL, 0, &got, &f->e));
    berth_instance_free(i);
}

struct nested {
    struct fixture *f;
    struct berth_instance *instance;
};

static void call_again(void *ctx)
{
    const struct nested *n = ctx;
    struct berth_value got;
    assert_fails(n->f, berth_instance_call_values(n->instance, export(n->f, "swap"), NULL, 0, &got, &n->f->e),
                 BERTH_ERROR_USAGE, "from inside a host function");
}

/* Not even the values of the call that is under way have changed. */
static void refuses_from_inside(void **state)
{
    struct fixture *f = *state;
    struct nested n = { f, fixture_instance(f, 0, 0) };
    struct berth_value got, text = TEXT("hey");
    f->host.inside = call_again;
    f->host.inside_ctx = &n;
    assert_ok(f, berth_instance_call_values(n.instance, export(f, "shout"), &text, 1, &got, &f->e));
    assert_true(str_eq(got.of.string, STR("HEY")));
    berth_instance_free(n.instance);
}

static void tells_types(void **state)
{
    struct fixture *f = *state;
    const struct berth_func *keep = export(f, "keep");
    const struct berth_type *color = berth_func_param(keep, 0), *maybe = berth_func_param(keep, 1);
    assert_int_equal(berth_func_param_count(keep), 2);
    assert_true(str_eq(berth_func_param_name(keep, 1), STR("maybe")));
    assert_int_equal(berth_func_param_name(keep, 2).len, 0);
    assert_null(berth_func_param(keep, 2));
    assert_int_equal(berth_type_kind(color), BERTH_ENUM);
    assert_int_equal(berth_type_count(color), 2);
    assert_true(str_eq(berth_type_name(color, 1), STR("green")));
    assert_null(berth_type_at(color, 1));
    assert_int_equal(berth_type_count(maybe), 2);
    assert_null(berth_type_at(maybe, 0));
    assert_int_equal(berth_type_kind(berth_type_at(maybe, 1)), BERTH_U32);
    assert_int_equal(berth_type_kind(berth_func_result(keep)), BERTH_TUPLE);
    assert_null(berth_func_result(export(f, "trap")));
    const struct berth_type *list = berth_func_param(export(f, "count-list"), 0);
    assert_int_equal(berth_type_count(list), 1);
    assert_int_equal(berth_type_count(berth_type_at(list, 0)), 2);
    assert_int_equal(berth_type_count(berth_func_result(export(f, "posts"))), 0);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_begin, fixture_end)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back), cmocka_unit_test(too_many), TEST(calls), TEST(refuses),
        TEST(refuses_from_inside),        TEST(tells_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
