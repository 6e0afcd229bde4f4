/* Tests of runtime/wit/parse.c and the files beside it: what is refused, and where. */
#include "cases.h"

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        { "interface i {}", "a.wit:1:1: expected 'package' first, found 'interface'" },
        { "package a;", "a.wit:1:10: expected ':', found ';'" },
        { "package a:b", "a.wit:1:12: expected ';' or '{', found the end of the text" },
        { "package a:b;\ninterfac i {}",
          "a.wit:2:1: expected 'interface', 'world', 'use' or 'package', found 'interfac'" },
        { "package a:b;\ninterface i {", "a.wit:2:14: expected an identifier, found the end of the text" },
        { "package a:b;\ninterface i {}\ninterface i {}", "a.wit:3:1: 'i' is defined twice" },
        { "package a:b;\ninterface A_b {}", "a.wit:2:12: expected '{', found '_'" },
        { "package a:b;\ninterface a--b {}", "a.wit:2:11: expected an identifier in kebab-case, found 'a--b'" },
        { "package a:b;\ninterface i {\n  f: fun();\n}", "a.wit:3:6: expected 'func', found 'fun'" },
        { "package a:b;\ninterface i {\n  f: func(a u8);\n}", "a.wit:3:13: expected ':', found 'u8'" },
        { "package a:b;\ninterface i {\n  f: func() -> ;\n}", "a.wit:3:16: expected a type, found ';'" },
        { "package a:b;\ninterface i {\n  type t u8;\n}", "a.wit:3:10: expected '=', found 'u8'" },
        { "package a:b;\ninterface i {\n  type t = list<u8, x>;\n}",
          "a.wit:3:21: expected a number of elements, at least 1, found 'x'" },
        { "package a:b;\ninterface i {\n  type t = list<u8, 4294967296>;\n}",
          "a.wit:3:21: expected a number of elements, at least 1, found '4294967296'" },
        { "package a:b;\ninterface i {\n  type t = list<u8, 0>;\n}",
          "a.wit:3:21: expected a number of elements, at least 1, found '0'" },
        { "package a:b;\ninterface i {\n  type t = map;\n}", "a.wit:3:15: expected '<', found ';'" },
        { "package a:b;\ninterface i {\n  type t = map<string>;\n}", "a.wit:3:22: expected ',', found '>'" },
        { "package a:b;\ninterface i {\n  type t = map<u8, u8, u8>;\n}", "a.wit:3:22: expected '>', found ','" },
        { "package a:b;\ninterface i {\n  type t = map<f32, u8>;\n}",
          "a.wit:3:16: expected a map's key (a bool, an integer, a char or a string), found 'f32'" },
        { "package a:b;\ninterface i {\n  type t = map<list<u8>, u8>;\n}",
          "a.wit:3:16: expected a map's key (a bool, an integer, a char or a string), found 'list'" },
        { "package a:b;\ninterface i {\n  type k = u8;\n  type t = map<k, u8>;\n}",
          "a.wit:4:16: expected a map's key (a bool, an integer, a char or a string), found 'k'" },
        { "package a:b;\ninterface i {\n  type t = list<u8;\n}", "a.wit:3:19: expected '>', found ';'" },
        { "package a:b;\ninterface i {\n  type t = result<_>;\n}", "a.wit:3:20: expected ',', found '>'" },
        { "package a:b;\ninterface i {\n  record r { a: u8 b: u8 }\n}", "a.wit:3:20: expected '}', found 'b'" },
        { "package a:b;\ninterface i {\n  @soon\n  type t = u8;\n}", "a.wit:3:4: unknown gate '@soon'" },
        { "package a:b;\ninterface i {\n  @since(version = x)\n  type t = u8;\n}",
          "a.wit:3:20: expected a version such as 1.2.3" },
        { "package a:b;\ninterface i {\n  import f: func();\n}", "a.wit:3:10: expected ':', found 'f'" },
        { "package a:b;\nworld w {\n  f: func();\n}",
          "a.wit:3:3: expected 'import', 'export', 'include', 'use' or a type, found 'f'" },
        { "package a:b;\nworld w {\n  import;\n}", "a.wit:3:9: expected an identifier, found ';'" },
        { "package a:b@1;\n%", "a.wit:2:2: expected an identifier after '%'" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        refuses(cases[i].text, cases[i].want);
}

/* Nothing of the text's depth is the depth of the stack. */
static void nesting(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, BUF_NO_LIMIT);
    buf_put_str(&text, STR("package a:b;\ninterface i {\n  type t = "));
    for (int i = 0; i < 100000; i++)
        buf_put_str(&text, STR("list<"));
    struct err e = ERR_INIT;
    struct wit *w = wit_new();
    assert_false(wit_add(w, STR("a.wit"), buf_str(&text), &e));
    assert_non_null(strstr(e.text, "types nested deeper than"));
    wit_free(w);
    buf_fini(&text);
}

static void several_packages_in_a_text(void **state)
{
    (void)state;
    struct wit *w = wit_of("package a:b;\n"
                           "interface one {}\n"
                           "package a:c@1.0.0 {\n"
                           "  interface two {}\n"
                           "}\n"
                           "package a:d { interface three {} }\n");
    assert_non_null(wit_interface(w, STR("a:b/one")));
    assert_non_null(wit_interface(w, STR("a:c/two@1.0.0")));
    assert_non_null(wit_interface(w, STR("a:d/three")));
    assert_int_equal(wit_interface_count(w), 3);
    wit_free(w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused),
        cmocka_unit_test(nesting),
        cmocka_unit_test(several_packages_in_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
