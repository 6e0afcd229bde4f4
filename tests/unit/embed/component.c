/* Tests of embed/component.c: bytes that are no component, and exports that are not what the caller expects. */
#include "host.h"

static const struct {
    const char *name, *interface, *wit;
    size_t params_size, result_size;
    enum berth_error_kind kind;
    const char *error;
} bad[] = {
    { "no WIT", NULL, "shout", 0, 0, BERTH_ERROR_PARSE, "WIT:1:6: expected ':'" },
    { "no function", NULL, "record r { x: u8 }", 0, 0, BERTH_ERROR_USAGE, "WIT: expected a function" },
    { "not there", NULL, "whisper: func()", 0, 0, BERTH_ERROR_LINK, "does not export a function 'whisper'" },
    { "no interface", "a:b/c", "shout: func(text: string) -> string", 16, 16, BERTH_ERROR_LINK,
      "does not export a function 'shout' in 'a:b/c'" },
    { "another result", NULL, "shout: func(text: string) -> u8", 16, 1, BERTH_ERROR_LINK,
      "export 'shout': the result is string where the caller expects u8" },
    { "another name", NULL, "shout: func(txt: string) -> string", 16, 16, BERTH_ERROR_LINK,
      "export 'shout': it is func(text: string) -> string where the caller expects func(txt: string) -> string" },
    { "another resource", NULL, "resource bottle; consume: func(box: bottle) -> u32", 8, 4, BERTH_ERROR_LINK,
      "bottle" },
    { "params", NULL, "shout: func(text: string) -> string", 8, 16, BERTH_ERROR_USAGE,
      "export 'shout': the parameters have 8 bytes in C, expected 16: text: string at 0" },
    { "result", NULL, "shout: func(text: string) -> string", 16, 0, BERTH_ERROR_USAGE,
      "export 'shout': the result has 0 bytes in C, expected 16: string" },
};

static void refuses_exports(void **state)
{
    struct fixture *f = *state;
    const struct berth_func *func = NULL;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        print_message("%s\n", bad[i].name);
        assert_fails(f,
                     berth_component_func(f->component, bad[i].interface, bad[i].wit, bad[i].params_size,
                                          bad[i].result_size, &func, &f->e),
                     bad[i].kind, bad[i].error);
        assert_null(func);
    }
}

static void finds_exports(void **state)
{
    struct fixture *f = *state;
    assert_non_null(fixture_func(f, "shout: func(text: string) -> string", 16, 16));
    assert_non_null(fixture_func(f, "record point { x: s32, y: f64 } swap: func(p: point) -> point;", 16, 16));
    assert_non_null(fixture_func(f, "resource box { value: func() -> u32; }", sizeof(void *), 4));
}

static void errors_have_offsets(void **state)
{
    struct fixture *f = *state;
    struct berth_component *c = NULL;
    berth_bytes wasm = fixture_wasm(f);
    wasm.len -= 3;
    assert_fails(f, berth_component_open(f->linker, wasm, NULL, &c, &f->e), BERTH_ERROR_PARSE, "");
    assert_in_range(f->e.offset, 8, wasm.len);
    assert_fails(f, berth_component_open(f->linker, (berth_bytes){ f->wasm, 0 }, NULL, &c, &f->e), BERTH_ERROR_PARSE,
                 "");
    assert_null(c);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_begin, fixture_end)
    const struct CMUnitTest tests[] = {
        TEST(refuses_exports),
        TEST(finds_exports),
        TEST(errors_have_offsets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
