/* Tests of runtime/check/names.c: the grammar of names, and which are too much alike. */
#include "runtime/check/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void kinds(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum name_kind kind;
        const char *resource, *member;
    } cases[] = {
        { "a", NAME_LABEL, "", "" },
        { "a1-b2", NAME_LABEL, "", "" },
        { "a-1-ABC-x9", NAME_LABEL, "", "" },
        { "[constructor]r", NAME_CONSTRUCTOR, "r", "" },
        { "[method]r.f-g", NAME_METHOD, "r", "f-g" },
        { "[static]r.f", NAME_STATIC, "r", "f" },
        { "a:b/c", NAME_INTERFACE, "", "" },
        { "a-1:b-1/C-2@1.20.300", NAME_INTERFACE, "", "" },
        { "a:b/c@0.0.0-rc.1.x-y+build.007", NAME_INTERFACE, "", "" },
        { "a:b/c@1.2.3+x", NAME_INTERFACE, "", "" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct parsed_name got;
        struct err e = ERR_INIT;
        if (!name_parse(str_of(cases[i].name), &got, &e))
            fail_msg("%s: %s", cases[i].name, e.text);
        assert_int_equal(got.kind, cases[i].kind);
        assert_true(str_eq(got.resource, str_of(cases[i].resource)));
        assert_true(str_eq(got.member, str_of(cases[i].member)));
        assert_true(str_eq(got.whole, str_of(cases[i].name)));
    }
}

static void errors(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
    } cases[] = {
        { "", "`` is not a valid extern name: `` is not in kebab case" },
        { "1", "`1` is not in kebab case" },
        { "aB", "`aB` is not in kebab case" },
        { "a-", "`a-` is not in kebab case" },
        { "a--b", "`a--b` is not in kebab case" },
        { "a_b", "`a_b` is not in kebab case" },
        { "[constructor]", "`` is not in kebab case" },
        { "[method]a", "failed to find `.` character" },
        { "[method].a", "`` is not in kebab case" },
        { "[static]a.", "`` is not in kebab case" },
        { "[method]a.b.c", "`b.c` is not in kebab case" },
        { "[getter]a.b", "`[getter]a.b` is not in kebab case" },
        { "A:b/c", "`A` is not in lower case" },
        { "a:B/c", "`B` is not in lower case" },
        { "a:b", "expected `/` after package name" },
        { "a:b:c/d", "expected `/` after package name" },
        { "a:/c", "`` is not in kebab case" },
        { "a:b/cD", "`cD` is not in kebab case" },
        { "a:b/c/d", "trailing characters found: `/d`" },
        { "a:b/c@", "version: empty string" },
        { "a:b/c@1", "version `1`: unexpected end of input" },
        { "a:b/c@1.", "version `1.`: unexpected end of input" },
        { "a:b/c@1.2.x", "version `1.2.x`: unexpected character 'x'" },
        { "a:b/c@1.2.3.4", "version `1.2.3.4`: unexpected character '.'" },
        { "a:b/c@01.2.3", "version `01.2.3`: number with a leading zero" },
        { "a:b/c@1.2.3-", "version `1.2.3-`: empty identifier segment" },
        { "a:b/c@1.2.3+a..b", "empty identifier segment" },
        { "a:b/c@1.2.3-01", "number with a leading zero" },
        { "a:b/c@1.2.3-a_b", "unexpected character '_'" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct parsed_name got;
        struct err e = ERR_INIT;
        bool ok = name_parse(str_of(cases[i].name), &got, &e);
        if (ok || e.kind != ERR_INVALID || !strstr(e.text, cases[i].text))
            fail_msg("'%s': want '%s', got '%s'", cases[i].name, cases[i].text, ok ? "accepted" : e.text);
    }
}

static void uniqueness(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second;
        bool apart;
    } cases[] = {
        { "a", "a", false },
        { "a-b", "A-B", false },
        { "a", "[constructor]a", true },
        { "a", "[method]a.a", false },
        { "a", "[static]a.A", false },
        { "a", "[method]a.b", true },
        { "[method]a.b", "[static]a.b", false },
        { "[constructor]a", "[constructor]A", false },
        { "a:b/c", "a:b/c@1.0.0", true },
        { "a1", "a-1", true },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct parsed_name first, second;
        struct err e = ERR_INIT;
        struct name_set set;
        struct arena a;
        str previous = STR_NONE;
        arena_init(&a);
        name_set_init(&set);
        assert_true(name_parse(str_of(cases[i].first), &first, &e));
        assert_true(name_parse(str_of(cases[i].second), &second, &e));
        assert_true(name_set_add(&a, &set, &first, &previous));
        if (name_set_add(&a, &set, &second, &previous) != cases[i].apart)
            fail_msg("'%s' and '%s'", cases[i].first, cases[i].second);
        assert_true(cases[i].apart || str_eq(previous, str_of(cases[i].first)));
        name_set_fini(&set);
        arena_fini(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),
        cmocka_unit_test(errors),
        cmocka_unit_test(uniqueness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
