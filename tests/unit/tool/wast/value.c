/* Tests of tool/wast/value.c: a value of a script is read as a parameter, then held against another. */
#include "tool/wast/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/abi/host_layout.h"
#include "runtime/wit/wit.h"

#define V(text)    "{\"value\":" text "}"
#define S(text)    V("\"" text "\"")
#define ARRAY(...) V("[" __VA_ARGS__ "]")

static const struct {
    const char *type, *is, *wanted, *error; /* NULL: they are the same */
} cases[] = {
    { "bool", V("true"), V("true"), NULL },
    { "bool", V("true"), V("false"), "bool: expected 0x0, found 0x1" },
    { "u32", S("7"), S("8"), "u32: expected 0x8, found 0x7" },
    { "u64", S("18446744073709551615"), S("18446744073709551615"), NULL },
    { "s8", S("-7"), S("-7"), NULL },
    { "s8", S("-7"), S("7"), "s8: expected 0x7, found 0xf9" },
    { "s32", S("2147483648"), S("0"), "parameter 'x': the number or index is none of type s32" },
    { "u32", V("true"), S("0"), "the script's value is no u32" },
    { "u32", S("0"), S("x"), "the script's value is no u32" },
    { "f32", S("2143289344"), S("nan:canonical"), NULL },
    { "f64", S("9221120237041090560"), S("nan:arithmetic"), NULL },
    { "f64", S("1"), S("nan:canonical"), "f64: expected 0x7ff8000000000000, found 0x1" },
    { "char", S("\xc3\xa4"), S("\xc3\xa4"), NULL },
    { "char", S("ab"), S("a"), "the script's value is no char" },
    { "string", S("hi"), S("hi"), NULL },
    { "string", S("hi"), S("ho"), "string: found 'hi'" },
    { "list<u8>", ARRAY(S("1") "," S("2")), ARRAY(S("1")), "list: found 2 elements" },
    { "list<u8>", ARRAY(S("1") "," S("2")), ARRAY(S("1") "," S("3")), "element 1: u8: expected 0x3, found 0x2" },
    { "list<string>", ARRAY(), ARRAY(), NULL },
    { "map<u8, bool>", ARRAY(ARRAY(S("1") "," V("true"))), ARRAY(ARRAY(S("1") "," V("true"))), NULL },
    { "tuple<u8, string>", ARRAY(S("1") "," S("x")), ARRAY(S("1") "," S("y")), "element 1: string: found 'x'" },
    { "tuple<u8, string>", ARRAY(S("1")), ARRAY(S("1")), "the script has 1 values, the type 2" },
    { "r", ARRAY("[\"x\"," S("1") "],[\"y\"," S("-2") "]"), ARRAY("[\"x\"," S("1") "],[\"y\"," S("-2") "]"), NULL },
    { "v", V("{\"case\":\"b\",\"payload\":" S("t") "}"), V("{\"case\":\"b\",\"payload\":" S("t") "}"), NULL },
    { "v", V("{\"case\":\"b\",\"payload\":" S("t") "}"), V("{\"case\":\"a\"}"), "variant differs" },
    { "v", V("{\"case\":\"a\"}"), V("{\"case\":\"c\"}"), "the script's value is no variant" },
    { "v", V("{\"case\":\"b\"}"), V("{\"case\":\"a\"}"), "the script's value is no string" },
    { "en", S("c"), S("c"), NULL },
    { "en", S("c"), S("a"), "enum differs" },
    { "fl", ARRAY("\"a\",\"c\""), ARRAY("\"c\",\"a\""), NULL },
    { "fl", ARRAY("\"a\""), ARRAY("\"b\""), "flags differs" },
    { "fl", ARRAY("\"d\""), ARRAY(), "the script's value is no flags" },
    { "option<u8>", V(S("1")), V(S("1")), NULL },
    { "option<u8>", V("null"), V(S("1")), "option differs" },
    { "result<u8, string>", V("{\"Err\":" S("e") "}"), V("{\"Err\":" S("e") "}"), NULL },
    { "result<u8, string>", V("{\"Ok\":" S("1") "}"), V("{\"Ok\":" S("2") "}"), "u8: expected 0x2, found 0x1" },
    { "own<res>", S("x"), S("x"), "scripts have no values of type own" },
};

static const struct func_type *parse(struct wit *w, const char *type)
{
    struct err e = ERR_INIT;
    char text[300];
    snprintf(text, sizeof(text),
             "record r { x: u8, y: s32 } variant v { a, b(string) } enum en { a, b, c } flags fl { a, b, c } "
             "resource res { } f: func(x: %s)",
             type);
    if (!wit_add_items(w, STR("test"), str_of(text), &e) || !wit_resolve(w, &e))
        fail_msg("%s", e.text);
    return wit_interface(w, WIT_ITEMS_INTERFACE)->funcs[0].type;
}

static const struct json *json_of(struct arena *a, const char *text)
{
    const struct json *j = NULL;
    struct json_error e;
    if (!json_parse(a, str_of(text), &j, &e))
        fail_msg("no JSON: %s", text);
    return j;
}

static bool holds(struct arena *a, struct wit *w, size_t i, struct err *e)
{
    const struct func_type *f = parse(w, cases[i].type);
    const struct type *t = f->params[0].type;
    void *room = arena_zalloc(a, 1, host_layout_of(t).size);
    char params[300];
    snprintf(params, sizeof(params), "[%s]", cases[i].is);
    return values_read(a, json_of(a, params), f, room, e) && value_match(a, json_of(a, cases[i].wanted), t, room, e);
}

static void values(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct wit *w = wit_new();
        struct arena a;
        struct err e = ERR_INIT;
        arena_init(&a);
        bool ok = holds(&a, w, i, &e);
        if (ok != !cases[i].error || (!ok && strcmp(e.text, cases[i].error) != 0))
            fail_msg("case %zu, %s: %s", i, cases[i].type, e.text);
        arena_fini(&a);
        wit_free(w);
    }
}

/* A script says no more of a handle than that there is one. */
static void handles(void **state)
{
    (void)state;
    struct wit *w = wit_new();
    const struct type *t = parse(w, "own<res>")->params[0].type;
    struct arena a;
    struct err e = ERR_INIT;
    void *object = &a;
    arena_init(&a);
    assert_true(value_match(&a, json_of(&a, S("x")), t, &object, &e));
    arena_fini(&a);
    wit_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(handles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
