/* Tests of runtime/type/expect.c: what is said of two types that differ. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>

#include "parse.h"

static void functions(void **state)
{
    (void)state;
    static const struct {
        const char *want, *got, *error; /* NULL: equal */
    } cases[] = {
        { "()", "()", NULL },
        { "(a: u8, b: list<own<r>>) -> string", "(a: u8, b: list<own<r>>) -> string", NULL },
        { "(n: u32)", "(n: u64)", "parameter 'n' is u64 where the host offers u32" },
        { "(a: u8, n: option<u8>)", "(a: u8, n: u8)", "parameter 'n' is u8 where the host offers option<u8>" },
        { "(n: list<u8>)", "(n: list<s8>)",
          "parameter 'n' is list<s8> where the host offers list<u8> (list: expected u8, found s8)" },
        { "(p: record { x: u8 })", "(p: record { y: u8 })",
          "parameter 'p' is record { y: u8 } where the host offers record { x: u8 } (field 1: expected name 'x', found "
          "'y')" },
        { "(r: borrow<r>)", "(r: borrow<s>)",
          "parameter 'r' is borrow<s> where the host offers borrow<r> (resource types are not the same: expected 'r', "
          "found 's')" },
        { "() -> u32", "() -> string", "the result is string where the host offers u32" },
        { "() -> u32", "()", "the result is nothing where the host offers u32" },
        { "()", "() -> u32", "the result is u32 where the host offers nothing" },
        { "(a: u8)", "(b: u8)", "it is func(b: u8) where the host offers func(a: u8)" },
        { "(a: u8) -> u8", "(a: u8, b: result) -> u8",
          "it is func(a: u8, b: result) -> u8 where the host offers func(a: u8) -> u8" },
        { "()", "async ()", "it is async func() where the host offers func()" },
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err e = ERR_INIT;
        struct func_type want = func_of(&a, cases[i].want), got = func_of(&a, cases[i].got);
        bool equal = func_type_expect(&want, &got, NULL, NULL, "the host offers", &e);
        assert_string_equal(e.text, cases[i].error ? cases[i].error : "");
        assert_int_equal(equal, cases[i].error == NULL);
        assert_int_equal(e.kind, equal ? ERR_NONE : ERR_LINK);
    }
    arena_fini(&a);
}

/* However long the two are, the error says where they differ. */
static void long_types(void **state)
{
    (void)state;
    static const char fields[] = "a-long-name-of-a-field: u32, a-longer-name-of-another-field: list<string>, "
                                 "the-longest-name-of-all-these-fields-of-the-record: result<u8, string>";
    char want[400], got[400];
    snprintf(want, sizeof(want), "record { %s, last: u8 }", fields);
    snprintf(got, sizeof(got), "record { %s, last: u16 }", fields);
    struct arena a;
    struct err e = ERR_INIT;
    arena_init(&a);
    assert_false(type_expect(type_of(&a, want), type_of(&a, got), NULL, NULL, "type 't'", "the host offers", &e));
    assert_non_null(strstr(e.text, "type 't' is record { a-long-name-of-a-field: u32,"));
    assert_non_null(strstr(e.text, "... (field 'last': expected u8, found u16)"));
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(functions), cmocka_unit_test(long_types) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
