/* Tests of runtime/abi/compile.c: sizes of the C structs, what canon options a function needs, and limits. What
 * programs do is in lift.c and lower.c. */
#include "cases.h"

#define SEVENTEEN "u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8"

static void needs(void **state)
{
    (void)state;
    static const struct {
        const char *func;
        size_t params, result;
        bool memory, realloc_lower, realloc_lift;
    } cases[] = {
        { "()", 0, 0, false, false, false },
        { "(a: u8, b: u64) -> u16", 16, 2, false, false, false },
        { "(a: borrow<r>) -> own<r>", 8, 8, false, false, false },
        { "(a: string)", 16, 0, true, false, true },
        { "(a: option<list<u8>>)", 24, 0, true, false, true },
        { "() -> string", 0, 16, true, true, false },
        { "() -> tuple<u8, u8>", 0, 2, true, false, false },
        { "() -> result<_, string>", 0, 24, true, true, false },
        { "(a: tuple<" SEVENTEEN ">)", 17, 0, true, false, true },
        { "(a: list<u8>) -> list<u8>", 16, 16, true, true, true },
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err e = ERR_INIT;
        struct abi_func *f = NULL;
        struct func_type type = func_of(&a, cases[i].func);
        assert_true(abi_compile(&a, &type, NULL, &f, &e));
        if (abi_params_size(f) != cases[i].params || abi_result_size(f) != cases[i].result ||
            abi_needs_memory(f) != cases[i].memory || abi_needs_realloc(f, true) != cases[i].realloc_lower ||
            abi_needs_realloc(f, false) != cases[i].realloc_lift)
            fail_msg("%s: got params %zu result %zu memory %d realloc %d %d", cases[i].func, abi_params_size(f),
                     abi_result_size(f), abi_needs_memory(f), abi_needs_realloc(f, true), abi_needs_realloc(f, false));
    }
    arena_fini(&a);
}

/* `t` doubled `times`: 2^times parts. */
static const struct type *doubled(struct arena *a, const struct type *t, int times)
{
    struct err e = ERR_INIT;
    for (int i = 0; i < times; i++) {
        struct named_type two[] = { { STR(""), t }, { STR(""), t } };
        assert_true(type_items(a, TYPE_TUPLE, two, 2, &t, &e));
    }
    return t;
}

static void limits(void **state)
{
    (void)state;
    static const struct {
        const char *name, *part;
        int doublings;
        uint32_t params;
        const char *want;
    } cases[] = {
        { "in bounds", "u64", 17, 7, "" },
        { "many parts", "u64", 17, 8, "function type too large: more than 1048576 parts" },
        { "many targets", "variant { a, b, c, d, e, f(u8) }", 13, 20,
          "function type too large: more than 1048576 parts" },
        { "many elements", "list<bool>", 17, 8, "function type too large: more than 1048576 parts" },
        { "a long list", "list<enum #2, 4194304>", 0, 1, "" },
        { "a longer list", "list<enum #2, 4194305>", 0, 1,
          "parameters or result of 16777220 bytes exceed the limit of 16777216, outside of lists" },
        { "many bytes", "u64", 17, 256, "parameters of 268435456 bytes exceed the limit of 268435455" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a;
        struct err e = ERR_INIT;
        struct abi_func *f = NULL;
        struct named_type params[256];
        arena_init(&a);
        const struct type *t = doubled(&a, type_of(&a, cases[i].part), cases[i].doublings);
        for (uint32_t p = 0; p < cases[i].params; p++)
            params[p] = (struct named_type){ STR("p"), t };
        struct func_type type = { .params = params, .param_count = cases[i].params };
        bool ok = abi_compile(&a, &type, NULL, &f, &e);
        if (strcmp(e.text, cases[i].want) != 0 || ok != (cases[i].want[0] == '\0'))
            fail_msg("%s: want '%s', got '%s'", cases[i].name, cases[i].want, e.text);
        if (!ok)
            assert_int_equal(e.kind, ERR_LIMIT);
        arena_fini(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(needs), cmocka_unit_test(limits) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
