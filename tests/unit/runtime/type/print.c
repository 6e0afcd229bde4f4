/* Tests of runtime/type/print.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "parse.h"

static void printed_as_written(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "bool",
        "s8",
        "u8",
        "s16",
        "u16",
        "s32",
        "u32",
        "s64",
        "u64",
        "f32",
        "f64",
        "char",
        "string",
        "list<u8>",
        "option<list<string>>",
        "list<option<u8>, 16>",
        "tuple<u8, string>",
        "record { a: u8, b: list<char> }",
        "variant { a, b(u8), c(tuple<f32, f64>) }",
        "enum { x, y }",
        "flags { r, w }",
        "result",
        "result<u8>",
        "result<_, string>",
        "result<u8, string>",
        "own<r>",
        "borrow<r>",
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char out[100];
        type_print(type_of(&a, cases[i]), out, sizeof(out));
        assert_string_equal(out, cases[i]);
    }
    arena_fini(&a);
}

static void functions_printed(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "()", "func()" },
        { "async (a: u8) -> result", "async func(a: u8) -> result" },
        { "(a: list<u8>, b: tuple<char>)", "func(a: list<u8>, b: tuple<char>)" },
        { "(a: list<u8>, b: record { c: string, d: string }) -> u8", "func(a: list<u8>, b: record { c: stri..." },
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char out[41];
        struct func_type f = func_of(&a, cases[i][0]);
        func_type_print(&f, out, sizeof(out));
        assert_string_equal(out, cases[i][1]);
    }
    arena_fini(&a);
}

static void cut(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
        const char *want;
    } cases[] = {
        { "string", 7, "string" },
        { "string", 6, "st..." },
        { "u32", 4, "u32" },
        { "bool", 4, "..." },
        { "tuple<u8, u8, u8>", 12, "tuple<u8..." },
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char out[100];
        memset(out, '!', sizeof(out));
        type_print(type_of(&a, cases[i].text), out, cases[i].size);
        assert_string_equal(out, cases[i].want);
        assert_int_equal(out[cases[i].size], '!');
    }
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(printed_as_written), cmocka_unit_test(functions_printed),
                                        cmocka_unit_test(cut) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
