/* Tests of runtime/type/equal.c: the text of every difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "parse.h"

static void types(void **state)
{
    (void)state;
    static const struct {
        const char *want, *got, *error; /* NULL: equal */
    } cases[] = {
        { "u8", "u8", NULL },
        { "list<tuple<string, own<r>>>", "list<tuple<string, own<r>>>", NULL },
        { "variant { a, b(u8) }", "variant { a, b(u8) }", NULL },
        { "flags { a, b }", "flags { a, b }", NULL },
        { "result<_, string>", "result<_, string>", NULL },
        { "result", "result", NULL },
        { "u8", "s8", "expected u8, found s8" },
        { "own<r>", "borrow<r>", "expected own, found borrow" },
        { "record { a: u8 }", "tuple<u8>", "expected record, found tuple" },
        { "list<u8>", "list<u16>", "list: expected u8, found u16" },
        { "list<u8, 4>", "list<u8, 4>", NULL },
        { "list<u8, 4>", "list<u8, 5>", "expected fixed-length list of 4 elements, found 5" },
        { "list<u8, 4>", "list<s8, 4>", "fixed-length list: expected u8, found s8" },
        { "list<u8, 4>", "list<u8>", "expected fixed-length list, found list" },
        { "option<list<u8>>", "option<list<char>>", "option: list: expected u8, found char" },
        { "record { a: u8 }", "record { a: u8, b: u8 }", "expected record of 1 fields, found 2" },
        { "record { a: u8, b: u8 }", "record { a: u8, c: u8 }", "field 2: expected name 'b', found 'c'" },
        { "record { a: u8, x: u32 }", "record { a: u8, x: string }", "field 'x': expected u32, found string" },
        { "record { x: tuple<u8, u8> }", "record { x: tuple<u8, f32> }",
          "field 'x': element 2: expected u8, found f32" },
        { "tuple<u8>", "tuple<u8, u8>", "expected tuple of 1 elements, found 2" },
        { "enum { a, b }", "enum { a }", "expected enum of 2 cases, found 1" },
        { "enum { a, b }", "enum { a, c }", "case 2: expected name 'b', found 'c'" },
        { "flags { a, b }", "flags { a }", "expected flags of 2 flags, found 1" },
        { "flags { a }", "flags { b }", "flag 1: expected name 'a', found 'b'" },
        { "variant { a, b(u8) }", "variant { a, b }", "case 'b': expected u8, found no type" },
        { "variant { a, b }", "variant { a, b(u8) }", "case 'b': expected no type, found u8" },
        { "variant { a(u8) }", "variant { a(u16) }", "case 'a': expected u8, found u16" },
        { "result<u8>", "result", "ok of result: expected u8, found no type" },
        { "result<u8, u8>", "result<u8, s8>", "error of result: expected u8, found s8" },
        { "own<r>", "own<s>", "resource types are not the same: expected 'r', found 's'" },
        { "tuple<borrow<r>>", "tuple<borrow<s>>",
          "element 1: resource types are not the same: expected 'r', found 's'" },
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err e = ERR_INIT;
        const struct type *want = type_of(&a, cases[i].want), *got = type_of(&a, cases[i].got);
        bool equal = type_equal(want, got, NULL, NULL, &e);
        assert_string_equal(e.text, cases[i].error ? cases[i].error : "");
        assert_int_equal(equal, cases[i].error == NULL);
        assert_int_equal(type_equal(want, got, NULL, NULL, NULL), equal);
        assert_int_equal(type_equal(got, want, NULL, NULL, NULL), equal);
        assert_true(type_equal(want, want, NULL, NULL, &e));
    }
    arena_fini(&a);
}

static void functions(void **state)
{
    (void)state;
    static const struct {
        const char *want, *got, *error;
    } cases[] = {
        { "()", "()", NULL },
        { "(a: u8) -> string", "(a: u8) -> string", NULL },
        { "()", "async ()", "expected a sync function, found an async one" },
        { "async ()", "()", "expected an async function, found a sync one" },
        { "(a: u8)", "(a: u8, b: u8)", "expected 1 parameters, found 2" },
        { "(a: u8, b: u8)", "(a: u8, c: u8)", "parameter 2: expected name 'b', found 'c'" },
        { "(a: list<u8>)", "(a: list<s8>)", "parameter 'a': list: expected u8, found s8" },
        { "() -> u8", "()", "result: expected u8, found no type" },
        { "()", "() -> u8", "result: expected no type, found u8" },
        { "() -> u8", "() -> u16", "result: expected u8, found u16" },
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err e = ERR_INIT;
        struct func_type want = func_of(&a, cases[i].want), got = func_of(&a, cases[i].got);
        bool equal = func_type_equal(&want, &got, NULL, NULL, &e);
        assert_string_equal(e.text, cases[i].error ? cases[i].error : "");
        assert_int_equal(equal, cases[i].error == NULL);
        assert_int_equal(func_type_equal(&want, &got, NULL, NULL, NULL), equal);
    }
    arena_fini(&a);
}

/* Counts the calls; resources are the same when their names are as long. */
static bool same_length(void *ctx, const struct resource_type *want, const struct resource_type *got)
{
    *(int *)ctx += 1;
    return want->name.len == got->name.len;
}

static void resources_by_callback(void **state)
{
    (void)state;
    int calls = 0;
    struct arena a;
    arena_init(&a);
    const struct type *r = type_of(&a, "record { x: own<r> }"), *s = type_of(&a, "record { x: own<s> }");
    assert_true(type_equal(r, s, same_length, &calls, NULL));
    assert_int_equal(calls, 1);
    /* The same type is asked about too: the callback may keep a mapping. */
    assert_true(type_equal(r, r, same_length, &calls, NULL));
    assert_int_equal(calls, 2);
    assert_false(type_equal(r, type_of(&a, "record { x: own<tt> }"), same_length, &calls, NULL));
    assert_int_equal(calls, 3);
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(types), cmocka_unit_test(functions),
                                        cmocka_unit_test(resources_by_callback) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
