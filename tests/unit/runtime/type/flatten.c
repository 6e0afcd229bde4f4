/* Tests of runtime/type/flatten.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "parse.h"

/* "iIfF": i32, i64, f32, f64 */
static void letters(const enum core_type *types, uint32_t count, char *out)
{
    for (uint32_t i = 0; i < count; i++)
        out[i] = "iIfF"[types[i]];
    out[count] = '\0';
}

static void types(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        { "bool", "i" },
        { "s8", "i" },
        { "u16", "i" },
        { "u32", "i" },
        { "s64", "I" },
        { "u64", "I" },
        { "f32", "f" },
        { "f64", "F" },
        { "char", "i" },
        { "string", "ii" },
        { "list<f64>", "ii" },
        { "own<r>", "i" },
        { "borrow<r>", "i" },
        { "flags #32", "i" },
        { "enum #70", "i" },
        { "record { a: u8, b: f64, c: string }", "iFii" },
        { "tuple<tuple<f32, u64>, f32>", "fIf" },
        { "option<f32>", "if" },
        { "result", "i" },
        { "result<f32, f64>", "iI" },
        { "result<f32, u32>", "ii" },
        { "result<f32, f32>", "if" },
        { "result<u32, u64>", "iI" },
        { "result<f64, u64>", "iI" },
        { "result<f64, f64>", "iF" },
        { "result<tuple<f32, f32>, string>", "iii" },
        { "variant { a(f32), b(tuple<u32, f64>), c }", "iiF" },
        { "variant { a(tuple<u8, f32>), b(f32), c(tuple<f64>) }", "iIf" },
        { "variant { a(option<f32>), b(tuple<f32, f32>) }", "iif" },
        /* three-way joins, nested either way round */
        { "variant { a(f32), b(result<f32, u32>) }", "iii" },
        { "variant { a(result<f32, u64>), b(result<f32>) }", "iiI" },
        { "variant { a(result<u32>), b(u8), c(f32) }", "iii" },
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        enum core_type out[16];
        char got[17];
        const struct type *t = type_of(&a, cases[i].text);
        uint32_t n = type_flatten(t, out);
        assert_int_equal(n, t->flat_count);
        letters(out, n, got);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: want %s, got %s", cases[i].text, cases[i].want, got);
    }
    arena_fini(&a);
}

static void functions(void **state)
{
    (void)state;
#define EIGHT "a: u8, a: u64, a: f32, a: f64, a: u8, a: u8, a: u8, a: u8"
    static const struct {
        const char *text, *lift, *lower; /* "params>results", in capitals: P params, R results spilled */
    } cases[] = {
        { "()", ">", ">" },
        { "(a: u32)", "i>", "i>" },
        { "() -> f64", ">F", ">F" },
        { "() -> string", ">i R", "i> R" },
        { "(a: string) -> tuple<u8>", "ii>i", "ii>i" },
        { "(a: f32) -> result<_, u8>", "f>i R", "fi> R" },
        { "() -> result", ">i", ">i" },
        { "(" EIGHT ", " EIGHT ")", "iIfFiiiiiIfFiiii>", "iIfFiiiiiIfFiiii>" },
        { "(" EIGHT ", " EIGHT ") -> string", "iIfFiiiiiIfFiiii>i R", "iIfFiiiiiIfFiiiii> R" },
        { "(" EIGHT ", " EIGHT ", a: u8)", "i> P", "i> P" },
        { "(" EIGHT ", " EIGHT ", a: u8) -> string", "i>i PR", "ii> PR" },
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct func_type f = func_of(&a, cases[i].text);
        for (int lower = 0; lower < 2; lower++) {
            struct core_signature sig;
            char params[20], results[3], got[64];
            func_type_flatten(&f, lower, &sig);
            letters(sig.params, sig.param_count, params);
            letters(sig.results, sig.result_count, results);
            bool spilled = sig.params_spilled || sig.results_spilled;
            snprintf(got, sizeof(got), "%s>%s%s%s%s", params, results, spilled ? " " : "",
                     sig.params_spilled ? "P" : "", sig.results_spilled ? "R" : "");
            assert_string_equal(got, lower ? cases[i].lower : cases[i].lift);
        }
    }
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(types), cmocka_unit_test(functions) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
