/* Tests of io/http/uri.c. */
#include "io/http/uri.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void assert_str(str got, const char *want)
{
    assert_int_equal(got.len, strlen(want));
    assert_memory_equal(got.ptr, want, got.len);
}

static void parsed(void **state)
{
    (void)state;
    static const struct {
        const char *target, *path, *query; /* path NULL: refused; query NULL: none */
    } cases[] = {
        { "/", "/", NULL },
        { "/a/b?c=d", "/a/b", "c=d" },
        { "/a?", "/a", "" },
        { "/a#b?c", "/a", NULL },
        { "/a?b#c", "/a", "b" },
        { "/%61%2fb", "/a/b", NULL },
        { "/a%3Fb%23c%25", "/a?b#c%", NULL },
        { "//a///b//", "/a/b/", NULL },
        { "/a/./b/../c", "/a/c", NULL },
        { "/a/..", "/", NULL },
        { "/a/.", "/a/", NULL },
        { "/a/%2e%2e/b", "/b", NULL },
        { "/..a/...", "/..a/...", NULL },
        { "/..", NULL, NULL },
        { "/a/../../b", NULL, NULL },
        { "/%00", NULL, NULL },
        { "/%4", NULL, NULL },
        { "/%g1", NULL, NULL },
        { "", NULL, NULL },
        { "/a?%zz", "/a", "%zz" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a;
        struct uri uri;
        arena_init(&a);
        assert_int_equal(uri_parse(&a, str_of(cases[i].target), &uri), cases[i].path != NULL);
        if (cases[i].path) {
            assert_str(uri.path, cases[i].path);
            assert_int_equal(uri.query.ptr != NULL, cases[i].query != NULL);
            assert_str(uri.query, cases[i].query ? cases[i].query : "");
        }
        arena_fini(&a);
    }
}

static void encoded(void **state)
{
    (void)state;
    static const struct {
        const char *text, *path, *reference;
    } cases[] = {
        { "/a/b", "/a/b", "/a/b" },
        { "/a b", "/a%20b", "/a%20b" },
        { "/a?b#c", "/a%3Fb%23c", "/a?b#c" },
        { "/a%20b", "/a%2520b", "/a%20b" },
        { "/a%20b c", "/a%2520b%20c", "/a%2520b%20c" },
        { "/100%", "/100%25", "/100%25" },
        { "/\xc3\xa4\r\n", "/%C3%A4%0D%0A", "/%C3%A4%0D%0A" },
        { "http://[::1]:8/", "http://%5B::1%5D:8/", "http://[::1]:8/" },
        { "", "", "" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a;
        arena_init(&a);
        assert_str(uri_encode_path(&a, str_of(cases[i].text)), cases[i].path);
        assert_str(uri_encode_reference(&a, str_of(cases[i].text)), cases[i].reference);
        arena_fini(&a);
    }
}

static void arguments(void **state)
{
    (void)state;
    struct arena a;
    str rest = STR("a=1&&b=x+y%21&c&=d&e=%zz&f=g=h"), name, value;
    static const char *const want[][2] = { { "a", "1" }, { "b", "x y!" }, { "c", "" },
                                           { "", "d" },  { "e", "%zz" },  { "f", "g=h" } };
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        assert_true(uri_next_argument(&a, &rest, &name, &value));
        assert_str(name, want[i][0]);
        assert_str(value, want[i][1]);
    }
    assert_false(uri_next_argument(&a, &rest, &name, &value));
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parsed),
        cmocka_unit_test(encoded),
        cmocka_unit_test(arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
