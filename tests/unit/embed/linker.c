/* Tests of embed/linker.c: rows that do not fit their WIT, and WIT that is none. */
#include "host.h"

static const struct {
    const char *name, *wit, *interface;
    const struct berth_host_func *funcs;
    size_t func_count;
    const struct berth_host_resource *resources;
    size_t resource_count;
    enum berth_error_kind kind;
    const char *error;
} bad[] = {
#define ROWS(...)                                    \
    (const struct berth_host_func[]){ __VA_ARGS__ }, \
        sizeof((struct berth_host_func[]){ __VA_ARGS__ }) / sizeof(struct berth_host_func)
    { "no WIT", "interfice", "a:b/c", NULL, 0, NULL, 0, BERTH_ERROR_PARSE, "interface 'a:b/c': WIT:1:1: expected" },
    { "a place", "package a:b;\ninterface c {\n  f: func(x: u33);\n}", "a:b/c", NULL, 0, NULL, 0, BERTH_ERROR_LINK,
      "WIT:3:14: unknown type 'u33'" },
    { "another name", "package a:b; interface c { }", "a:b/d", NULL, 0, NULL, 0, BERTH_ERROR_USAGE,
      "the WIT does not declare it" },
    { "no row", "package a:b; interface c { f: func(); }", "a:b/c", NULL, 0, NULL, 0, BERTH_ERROR_USAGE,
      "function 'f' has no row" },
    { "no function", "package a:b; interface c { f: func(); }", "a:b/c",
      ROWS({ "f", host_note, 0, 0 }, { "g", host_note, 0, 0 }), NULL, 0, BERTH_ERROR_USAGE,
      "the WIT has no function 'g'" },
    { "params", "package a:b; interface c { f: func(a: string, b: u32); }", "a:b/c", ROWS({ "f", host_note, 16, 0 }),
      NULL, 0, BERTH_ERROR_USAGE,
      "function 'f': the parameters have 16 bytes in C, expected 24: a: string at 0, b: u32 at 16" },
    { "no params", "package a:b; interface c { f: func(); }", "a:b/c", ROWS({ "f", host_note, 8, 0 }), NULL, 0,
      BERTH_ERROR_USAGE, "the parameters have 8 bytes in C, expected 0" },
    { "result", "package a:b; interface c { f: func() -> u8; }", "a:b/c", ROWS({ "f", host_note, 0, 4 }), NULL, 0,
      BERTH_ERROR_USAGE, "function 'f': the result has 4 bytes in C, expected 1: u8" },
    { "record", "package a:b; interface c { record r { x: u8, y: u64 } f: func() -> r; }", "a:b/c",
      ROWS({ "f", host_note, 0, 8 }), NULL, 0, BERTH_ERROR_USAGE,
      "the fields of the result have 8 bytes in C, expected 16: x: u8 at 0, y: u64 at 8" },
    { "resource", "package a:b; interface c { resource r; }", "a:b/c", NULL, 0, NULL, 0, BERTH_ERROR_USAGE,
      "resource 'r' has no row" },
    { "no resource", "package a:b; interface c { }", "a:b/c", NULL, 0, host_resources, 1, BERTH_ERROR_USAGE,
      "the WIT has no resource 'counter'" },
#undef ROWS
};

static void refuses(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const struct berth_host_interface x = {
            .wit = bad[i].wit,
            .name = bad[i].interface,
            .funcs = bad[i].funcs,
            .func_count = bad[i].func_count,
            .resources = bad[i].resources,
            .resource_count = bad[i].resource_count,
        };
        print_message("%s\n", bad[i].name);
        assert_fails(f, berth_linker_define(f->linker, &x, &f->e), bad[i].kind, bad[i].error);
    }
    /* Nothing of them is left behind. */
    assert_ok(f, berth_linker_define(f->linker, &host_things, &f->e));
}

static void refuses_twice(void **state)
{
    struct fixture *f = *state;
    assert_ok(f, berth_linker_define(f->linker, &host_things, &f->e));
    assert_fails(f, berth_linker_define(f->linker, &host_things, &f->e), BERTH_ERROR_USAGE,
                 "interface 'test:host/things@1.0.0': it is defined already");
    assert_fails(f, berth_linker_wasi(f->linker, NULL, &f->e), BERTH_ERROR_USAGE, "before the first interface");
}

/* Types of an earlier definition, and of WASI. */
static void uses_types(void **state)
{
    struct fixture *f = *state;
    const struct berth_host_func row = { "f", host_note, 2 * sizeof(void *), 0 };
    const struct berth_host_interface x = {
        .wit = "package a:b; interface c { use wasi:io/poll@0.2.12.{pollable}; use test:host/things@1.0.0.{counter}; "
               "f: func(p: borrow<pollable>, c: counter); }",
        .name = "a:b/c",
        .funcs = &row,
        .func_count = 1,
    };
    assert_ok(f, berth_linker_wasi(f->linker, NULL, &f->e));
    assert_ok(f, berth_linker_define(f->linker, &host_things, &f->e));
    assert_ok(f, berth_linker_define(f->linker, &x, &f->e));
}

static bool host_tally(struct berth_host_call *call, const void *params, void *result)
{
    (void)call, (void)params, (void)result;
    return true;
}

/* A host may offer maps; components that have them are behind a gate. */
static void maps(void **state)
{
    struct fixture *f = *state;
    const struct berth_host_func row = { "tally", host_tally, 2 * sizeof(void *), 2 * sizeof(void *) };
    struct berth_host_interface x = {
        .wit = "package a:b; interface c { tally: func(words: map<string, u32>) -> map<char, bool>; }",
        .name = "a:b/c",
        .funcs = &row,
        .func_count = 1,
    };
    assert_ok(f, berth_linker_define(f->linker, &x, &f->e));
    x.name = "a:b/d";
    x.wit = "package a:b;\ninterface d { tally: func(words: map<f32, u32>); }";
    assert_fails(f, berth_linker_define(f->linker, &x, &f->e), BERTH_ERROR_PARSE, "WIT:2:38: expected a map's key");
    berth_bytes wasm = fixture_binary(f, /* (component (type (map string u32))) */ STR("\x07\x04\x01\x63\x73\x79"));
    assert_fails(f, berth_component_open(f->linker, wasm, NULL, &f->component, &f->e), BERTH_ERROR_UNSUPPORTED,
                 "map types");
    const struct berth_component_options on = { .features = BERTH_FEATURE_MAP };
    assert_ok(f, berth_component_open(f->linker, wasm, &on, &f->component, &f->e));
}

/* A component that wants what nobody offers. */
static void names_what_is_missing(void **state)
{
    struct fixture *f = *state;
    assert_fails(f, berth_component_open(f->linker, fixture_wasm(f), NULL, &f->component, &f->e), BERTH_ERROR_LINK,
                 "test:host/things@1.0.0");
    assert_non_null(strstr(f->e.help, "berth_linker_define, or berth_linker_wasi"));
    assert_null(f->component);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_bare, fixture_end)
    const struct CMUnitTest tests[] = {
        TEST(refuses), TEST(refuses_twice), TEST(uses_types), TEST(maps), TEST(names_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
