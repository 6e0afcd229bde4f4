/* Tests of runtime/wit/resolve.c: names, gates, worlds. */
#include "cases.h"

#define I "package a:b;\ninterface i {\n"

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        { I "  type t = x;\n}", "a.wit:3:12: unknown type 'x'" },
        { I "  type t = map<u8, x>;\n}", "a.wit:3:20: unknown type 'x'" },
        { I "  f: func(a: x);\n}", "a.wit:3:14: unknown type 'x'" },
        { I "  type t = u8;\n  type t = u16;\n}", "a.wit:4:8: this name is defined twice: 't'" },
        { I "  record r { a: u8, A: u8 }\n}", "a.wit:3:21: this name comes twice: 'A'" },
        { I "  f: func(a: u8, a: u8);\n}", "a.wit:3:18: this name comes twice: 'a'" },
        { I "  record r { a: r }\n}", "a.wit:3:10: types depend on each other in a circle: 'r'" },
        { I "  type a = b;\n  type b = a;\n}", "a.wit:4:8: types depend on each other in a circle: 'b'" },
        { I "  type t = u8;\n  f: func(a: borrow<t>);\n}", "a.wit:4:14: no resource: 't'" },
        { I "  enum e {}\n}", "a.wit:3:8: enum type must have at least one variant" },
        { I "  use j.{t};\n}", "a.wit:3:7: unknown interface or world 'j'" },
        { I "  use x:y/j.{t};\n}", "a.wit:3:7: unknown package 'x:y'" },
        { I "  use j.{t};\n}\ninterface j {}", "a.wit:3:7: the interface has no type 't'" },
        { I "  use j.{t};\n}\ninterface j { use i.{t}; }", "a.wit:2:1: interfaces use each other in a circle: 'i'" },
        { I "  use j.{t};\n  type t = u8;\n}\ninterface j { type t = u8; }",
          "a.wit:4:8: this name is defined twice: 't'" },
        { I "}\nworld w {\n  include x;\n}", "a.wit:5:11: unknown interface or world 'x'" },
        { I "}\nworld w {\n  import x;\n}", "a.wit:5:10: unknown interface or world 'x'" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        refuses(cases[i].text, cases[i].want);
}

/* A definition may be used before it comes; a name of another interface is the same type. */
static void names(void **state)
{
    (void)state;
    struct wit *w = wit_of("package a:b;\n"
                           "interface i {\n"
                           "  f: func(x: later, y: own<r>) -> borrow-list;\n"
                           "  type later = other;\n"
                           "  record other { a: u8 }\n"
                           "  resource r { m: func(); }\n"
                           "  type borrow-list = list<u8>;\n"
                           "}\n"
                           "interface j {\n"
                           "  use i.{other as mine, r};\n"
                           "  f: func(x: mine, y: borrow<r>);\n"
                           "}\n");
    const struct wit_interface *i = wit_interface(w, STR("a:b/i")), *j = wit_interface(w, STR("a:b/j"));
    assert_ptr_equal(i->funcs[0].type->params[0].type, j->funcs[0].type->params[0].type);
    assert_ptr_equal(j->funcs[0].type->params[1].type->of.resource, i->resources[0]);
    assert_ptr_equal(j->types[0].origin, i);
    assert_true(str_eq(j->types[0].name, STR("mine")) && str_eq(j->types[0].origin_name, STR("other")));
    wit_free(w);
}

/* A map is laid out as a list of tuples of key and value. */
static void maps(void **state)
{
    (void)state;
    struct wit *w = wit_of("package a:b;\n"
                           "interface i { type t = map<string, r>; record r { x: u64 } }\n");
    const struct type *t = wit_interface(w, STR("a:b/i"))->types[1].type;
    assert_int_equal(t->kind, TYPE_MAP);
    assert_int_equal(t->of.elem->kind, TYPE_TUPLE);
    assert_int_equal(t->of.elem->of.items.len, 2);
    assert_int_equal(t->of.elem->of.items.at[0].type->kind, TYPE_STRING);
    assert_int_equal(t->of.elem->of.items.at[1].type->kind, TYPE_RECORD);
    wit_free(w);
}

static void versions_of_a_package(void **state)
{
    (void)state;
    struct wit *w = wit_of("package a:b;\n"
                           "interface i { use x:y/z@1.0.0.{t}; f: func(a: t); }\n"
                           "interface j { use x:y/z@2.0.0.{t}; f: func(a: t); }\n"
                           "package x:y@1.0.0 { interface z { type t = u8; } }\n"
                           "package x:y@2.0.0 { interface z { type t = string; } }\n");
    assert_int_equal(wit_interface(w, STR("a:b/i"))->funcs[0].type->params[0].type->kind, TYPE_U8);
    assert_int_equal(wit_interface(w, STR("a:b/j"))->funcs[0].type->params[0].type->kind, TYPE_STRING);
    wit_free(w);
}

static bool add(struct wit *w, const char *text, struct err *e)
{
    return wit_add(w, STR("b.wit"), str_of(text), e) && wit_resolve(w, e);
}

static void texts_that_come_later(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct wit *w = wit_of("package a:b; interface i { record r { x: u8 } }");
    const struct wit_interface *i = wit_interface(w, STR("a:b/i"));
    assert_true(add(w, "package a:b; interface j { use i.{r}; f: func(a: r); } world v { import j; }", &e));
    assert_true(add(w, "package c:d; interface k { use a:b/j.{r}; f: func(a: r); }", &e));
    assert_int_equal(wit_interface_count(w), 3);
    assert_ptr_equal(wit_interface(w, STR("a:b/i")), i); /* not read again */
    assert_ptr_equal(wit_interface(w, STR("c:d/k"))->funcs[0].type->params[0].type, i->types[0].type);
    assert_int_equal(wit_world(w, STR("a:b/v"))->import_count, 2);
    wit_free(w);
}

static void texts_taken_back(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "package a:b; interface j { type t = u8; f: func(a: nobody); }",
        "package a:b; interface j { } interface i { }",
        "package a:b; interface j { } package c:d; interface k { ",
        "package a:b; world v { import l: interface { f: func(); } } interface j { use nobody.{t}; }",
    };
    struct err e = ERR_INIT;
    struct wit *w = wit_of("package a:b; interface i { type t = u8; }");
    const struct wit_mark before = wit_mark(w);
    for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
        assert_false(add(w, bad[k], &e));
        wit_rewind(w, &before);
        assert_true(add(w, "package a:b; interface j { use i.{t}; } package c:d; interface k { } world v { }", &e));
        assert_non_null(wit_interface(w, STR("c:d/k")));
        wit_rewind(w, &before);
        assert_int_equal(wit_interface_count(w), 1);
        assert_null(wit_world(w, STR("c:d/v")));
    }
    wit_free(w);
}

static void features(void **state)
{
    (void)state;
    static const char *const text = "package a:b;\n"
                                    "interface i {\n"
                                    "  a: func();\n"
                                    "  @unstable(feature = more)\n"
                                    "  b: func();\n"
                                    "  @since(version = 1.2.0)\n"
                                    "  c: func();\n"
                                    "}\n";
    for (int on = 0; on < 2; on++) {
        struct err e = ERR_INIT;
        struct wit *w = wit_new();
        if (on)
            wit_enable_feature(w, STR("more"));
        assert_true(wit_add(w, STR("a.wit"), str_of(text), &e) && wit_resolve(w, &e));
        const struct wit_interface *i = wit_interface(w, STR("a:b/i"));
        assert_int_equal(i->func_count, on ? 3 : 2);
        assert_true(str_eq(i->funcs[on ? 2 : 1].since, STR("1.2.0")));
        wit_free(w);
    }
}

/* Writes the names of a world's items into `out`, a space behind each. */
static const char *item_names(const struct wit_world_item *items, uint32_t count, char *out, size_t size)
{
    size_t at = 0;
    out[0] = '\0';
    for (uint32_t k = 0; k < count; k++)
        at += (size_t)snprintf(out + at, size - at, "%.*s ", STR_ARG(items[k].name));
    return out;
}

static void worlds(void **state)
{
    (void)state;
    struct wit *w = wit_of("package a:b@1.0.0;\n"
                           "interface base { type t = u8; }\n"
                           "interface i { use base.{t}; f: func(a: t); }\n"
                           "world small { import i; }\n"
                           "world w {\n"
                           "  include small;\n"
                           "  import inline: interface { g: func(); }\n"
                           "  export run: func() -> u32;\n"
                           "}\n");
    const struct wit_world *world = wit_world(w, STR("a:b/w@1.0.0"));
    assert_non_null(world);
    char all[200];
    assert_string_equal(item_names(world->imports, world->import_count, all, sizeof(all)),
                        "a:b/base@1.0.0 a:b/i@1.0.0 inline ");
    assert_int_equal(world->export_count, 1);
    assert_int_equal(world->exports[0].kind, WIT_ITEM_FUNC);
    assert_int_equal(world->exports[0].func->type->result->kind, TYPE_U32);
    wit_free(w);
}

/* What an export uses is imported, unless it is exported itself. */
static void uses_of_exports(void **state)
{
    (void)state;
    struct wit *w = wit_of("package a:b;\n"
                           "interface base { resource r; }\n"
                           "interface mid { use base.{r}; type t = r; }\n"
                           "interface top { use mid.{t}; use base.{r}; f: func(a: r, b: t); }\n"
                           "world one { export top; }\n"
                           "world two { export top; export base; }\n"
                           "world three { include two; record s { x: u8 } export g: func() -> s; }\n");
    static const struct {
        const char *name, *imports, *exports;
    } cases[] = {
        { "a:b/one", "a:b/base ", "a:b/top " },
        { "a:b/two", "", "a:b/top a:b/base " },
        { "a:b/three", "", "a:b/top a:b/base g " },
    };
    char text[100];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct wit_world *world = wit_world(w, str_of(cases[i].name));
        assert_string_equal(item_names(world->imports, world->import_count, text, sizeof(text)), cases[i].imports);
        assert_string_equal(item_names(world->exports, world->export_count, text, sizeof(text)), cases[i].exports);
    }
    assert_int_equal(wit_world_count(w), 3);
    const struct wit_interface *scope = wit_world_at(w, 2)->scope;
    assert_int_equal(scope->type_count, 1);
    assert_true(str_eq(scope->types[0].name, STR("s")) && str_eq(scope->name, STR("a:b/three")));
    wit_free(w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused),
        cmocka_unit_test(names),
        cmocka_unit_test(maps),
        cmocka_unit_test(versions_of_a_package),
        cmocka_unit_test(texts_that_come_later),
        cmocka_unit_test(texts_taken_back),
        cmocka_unit_test(features),
        cmocka_unit_test(worlds),
        cmocka_unit_test(uses_of_exports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
