/* Tests of base/str.c and str.h. */
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

static void conversions(void **state)
{
    (void)state;
    assert_int_equal(str_of(NULL).len, 0);
    assert_int_equal(str_of("abc").len, 3);
    assert_int_equal(STR("a\0b").len, 3);
    assert_true(str_eq(str_of_bytes(bytes_of_str(STR("ab"))), STR("ab")));
    assert_true(str_eq(STR_NONE, STR("")));
    assert_false(str_eq(STR("a"), STR("ab")));
    assert_false(str_eq(STR("a"), STR("b")));
    char out[16];
    snprintf(out, sizeof(out), "[%.*s%.*s]", STR_ARG(STR("ab")), STR_ARG(STR_NONE));
    assert_string_equal(out, "[ab]");
}

static void slices(void **state)
{
    (void)state;
    static const struct {
        str s;
        size_t from, to;
        str want;
    } cases[] = {
        { STR_INIT("abcdef"), 1, 3, STR_INIT("bc") },
        { STR_INIT("abcdef"), 0, 6, STR_INIT("abcdef") },
        { STR_INIT("abcdef"), 4, SIZE_MAX, STR_INIT("ef") },
        { STR_INIT("abcdef"), 5, 2, STR_INIT("") },
        { STR_INIT("abcdef"), 9, 12, STR_INIT("") },
        { { NULL, 0 }, 0, 0, STR_INIT("") },
        { { NULL, 0 }, 1, 2, STR_INIT("") },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_true(str_eq(str_slice(cases[i].s, cases[i].from, cases[i].to), cases[i].want));
}

static void comparing(void **state)
{
    (void)state;
    static const struct {
        str a, b;
        int cmp;
        bool nocase, starts, ends;
    } cases[] = {
        { STR_INIT(""), STR_INIT(""), 0, true, true, true },
        { STR_INIT("a"), STR_INIT(""), 1, false, true, true },
        { STR_INIT(""), STR_INIT("a"), -1, false, false, false },
        { STR_INIT("abc"), STR_INIT("abc"), 0, true, true, true },
        { STR_INIT("abc"), STR_INIT("ab"), 1, false, true, false },
        { STR_INIT("abc"), STR_INIT("bc"), -1, false, false, true },
        { STR_INIT("abc"), STR_INIT("ABC"), 1, true, false, false },
        { STR_INIT("a@"), STR_INIT("a`"), -1, false, false, false },
        { STR_INIT("a["), STR_INIT("a{"), -1, false, false, false },
        { STR_INIT("\xc3\x89"), STR_INIT("\xc3\xa9"), -1, false, false, false },
        { STR_INIT("z"), STR_INIT("aa"), 1, false, false, false },
        { STR_INIT("\xff"), STR_INIT("a"), 1, false, false, false },
        { { NULL, 0 }, STR_INIT(""), 0, true, true, true },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int cmp = str_cmp(cases[i].a, cases[i].b);
        assert_int_equal((cmp > 0) - (cmp < 0), cases[i].cmp);
        assert_int_equal(str_eq_nocase(cases[i].a, cases[i].b), cases[i].nocase);
        assert_int_equal(str_starts(cases[i].a, cases[i].b), cases[i].starts);
        assert_int_equal(str_ends(cases[i].a, cases[i].b), cases[i].ends);
    }
}

static void finding(void **state)
{
    (void)state;
    static const struct {
        str s;
        char c;
        size_t first, last;
    } chars[] = {
        { STR_INIT("abcabc"), 'b', 1, 4 },
        { STR_INIT("abc"), 'x', SIZE_MAX, SIZE_MAX },
        { STR_INIT("a\0b"), '\0', 1, 1 },
        { { NULL, 0 }, 'a', SIZE_MAX, SIZE_MAX },
    };
    for (size_t i = 0; i < ARRAY_LEN(chars); i++) {
        assert_true(str_find_char(chars[i].s, chars[i].c) == chars[i].first);
        assert_true(str_rfind_char(chars[i].s, chars[i].c) == chars[i].last);
    }
    static const struct {
        str s, needle;
        size_t want;
    } texts[] = {
        { STR_INIT("abcabc"), STR_INIT("ca"), 2 },
        { STR_INIT("abc"), STR_INIT("abc"), 0 },
        { STR_INIT("abc"), STR_INIT("abcd"), SIZE_MAX },
        { STR_INIT("abc"), STR_INIT(""), 0 },
        { { NULL, 0 }, STR_INIT(""), 0 },
        { { NULL, 0 }, STR_INIT("a"), SIZE_MAX },
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        assert_true(str_find(texts[i].s, texts[i].needle) == texts[i].want);
}

static void splitting(void **state)
{
    (void)state;
    static const struct {
        str s;
        const char *want; /* the parts, each behind a '|' */
    } cases[] = {
        { STR_INIT("a,b,c"), "|a|b|c" }, { STR_INIT("a"), "|a" },   { STR_INIT(""), "|" },
        { STR_INIT(","), "||" },         { STR_INIT("a,"), "|a|" }, { STR_INIT(",a"), "||a" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char got[32];
        size_t len = 0;
        for (str rest = cases[i].s; rest.ptr;) {
            str part = str_split(rest, ',', &rest);
            len += (size_t)snprintf(got + len, sizeof(got) - len, "|%.*s", STR_ARG(part));
        }
        assert_string_equal(got, cases[i].want);
    }
}

static void trimming(void **state)
{
    (void)state;
    static const struct {
        str s, want;
    } cases[] = {
        { STR_INIT(" \t\r\na b\n\r\t "), STR_INIT("a b") },
        { STR_INIT("a"), STR_INIT("a") },
        { STR_INIT("  "), STR_INIT("") },
        { STR_INIT("\va"), STR_INIT("\va") },
        { { NULL, 0 }, STR_INIT("") },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_true(str_eq(str_trim(cases[i].s), cases[i].want));
}

static void paths(void **state)
{
    (void)state;
    char *z = str_to_path(str_from("abcdef", 3));
    assert_string_equal(z, "abc");
    mem_free(z);
    z = str_to_path(STR_NONE);
    assert_string_equal(z, "");
    mem_free(z);
    assert_null(str_to_path(STR("a\0b")));
}

static void nearest(void **state)
{
    (void)state;
    static const str names[] = { STR_INIT("listen"), STR_INIT("workers"), STR_INIT("timeout"), STR_INIT("quiet") };
    static const struct {
        str s, want;
    } cases[] = {
        { STR_INIT("listen"), STR_INIT("listen") },
        { STR_INIT("lisen"), STR_INIT("listen") },
        { STR_INIT("WORKER"), STR_INIT("workers") },
        { STR_INIT("tiemout"), STR_INIT("timeout") },
        { STR_INIT("quite"), STR_INIT("quiet") },
        { STR_INIT("certificate"), STR_INIT("") },
        { STR_INIT(""), STR_INIT("") },
        { STR_INIT("timeouttimeouttimeouttimeouttimeouttimeouttimeouttimeouttimeouttimeout"), STR_INIT("") },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        str got = str_nearest(cases[i].s, names, ARRAY_LEN(names));
        assert_true(str_eq(got, cases[i].want));
        assert_int_equal(got.ptr == NULL, cases[i].want.len == 0);
    }
    static char longer[65];
    memset(longer, 'a', sizeof(longer));
    const str too_long = { longer, sizeof(longer) };
    assert_null(str_nearest(STR("a"), &too_long, 1).ptr);
    assert_null(str_nearest(STR("a"), NULL, 0).ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversions), cmocka_unit_test(slices),    cmocka_unit_test(comparing),
        cmocka_unit_test(finding),     cmocka_unit_test(splitting), cmocka_unit_test(trimming),
        cmocka_unit_test(paths),       cmocka_unit_test(nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
