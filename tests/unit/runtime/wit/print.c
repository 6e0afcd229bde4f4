/* Tests of runtime/wit/print.c: what was printed reads as the same again. */
#include "cases.h"

#include "runtime/wasi/wasi.h"

/* An interface that prints as it was written. */
static void as_written(void **state)
{
    (void)state;
    static const char *const text = "interface i {\n"
                                    "  type name = string;\n"
                                    "  record %record {\n"
                                    "    %type: u8,\n"
                                    "    b: option<list<char>>,\n"
                                    "    c: list<list<u8, 4>>,\n"
                                    "    %map: map<string, map<bool, tuple<f32>>>,\n"
                                    "  }\n"
                                    "  variant v {\n"
                                    "    none,\n"
                                    "    some(tuple<f32, f64>),\n"
                                    "  }\n"
                                    "  enum e {\n"
                                    "    x,\n"
                                    "    y,\n"
                                    "  }\n"
                                    "  flags f {\n"
                                    "    r,\n"
                                    "    w,\n"
                                    "  }\n"
                                    "  resource res {\n"
                                    "    constructor(a: u8);\n"
                                    "    m: func(a: borrow<res>) -> res;\n"
                                    "    s: static func() -> result<_, string>;\n"
                                    "  }\n"
                                    "  type again = res;\n"
                                    "  g: func(a: %record, b: v) -> result<e, f>;\n"
                                    "  h: func() -> result;\n"
                                    "}\n";
    char whole[2000];
    snprintf(whole, sizeof(whole), "package a:b;\n%s", text);
    struct wit *w = wit_of(whole);
    prints(wit_interface_at(w, 0), text);
    wit_free(w);
}

static void used_names(void **state)
{
    (void)state;
    struct wit *w = wit_of("package a:b@1.0.0;\n"
                           "interface i { record r { a: u8 } resource s; }\n"
                           "interface j { use i.{r, s as t}; f: func(a: r, b: borrow<t>); }\n");
    prints(wit_interface(w, STR("a:b/j@1.0.0")), "interface j {\n"
                                                 "  use a:b/i@1.0.0.{r};\n"
                                                 "  use a:b/i@1.0.0.{s as t};\n"
                                                 "  f: func(a: r, b: borrow<t>);\n"
                                                 "}\n");
    wit_free(w);
}

/* All of WASI, printed as one text a package, reads as interfaces that print the same. */
static void wasi_again(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    const struct wit *first = NULL;
    assert_true(wasi_wit(&first, &e));
    struct wit *again = wit_new();
    uint32_t count = wit_interface_count(first);
    assert_true(count > 20);
    for (uint32_t i = 0; i < count; i++) {
        const struct wit_interface *x = wit_interface_at(first, i);
        struct buf text;
        str version, path = str_split(x->name, '@', &version);
        buf_init(&text, BUF_NO_LIMIT);
        buf_printf(&text, "package %.*s@%.*s {\n", (int)str_rfind_char(path, '/'), path.ptr, STR_ARG(version));
        wit_print_interface(&text, x);
        buf_put_str(&text, STR("}\n"));
        if (!wit_add(again, x->name, buf_str(&text), &e))
            fail_msg("%s", e.text);
        buf_fini(&text);
    }
    if (!wit_resolve(again, &e))
        fail_msg("%s", e.text);
    assert_int_equal(wit_interface_count(again), count);
    for (uint32_t i = 0; i < count; i++) {
        struct buf a, b;
        buf_init(&a, BUF_NO_LIMIT);
        buf_init(&b, BUF_NO_LIMIT);
        wit_print_interface(&a, wit_interface_at(first, i));
        wit_print_interface(&b, wit_interface(again, wit_interface_at(first, i)->name));
        assert_true(str_eq(buf_str(&a), buf_str(&b)));
        buf_fini(&a);
        buf_fini(&b);
    }
    wit_free(again);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_written),
        cmocka_unit_test(used_names),
        cmocka_unit_test(wasi_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
