/* Tests of server/route/mime.c. */
#include "server/route/mime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "server/json/json.h"

/* NULL when the settings are refused. */
static const struct mime_types *compile(struct arena *a, const char *settings, struct err *e)
{
    const struct json *v = NULL;
    const struct mime_types *m;
    struct json_error ignored;
    if (settings[0])
        assert_true(json_parse(a, str_of(settings), &v, &ignored));
    return mime_types_compile(a, v, &m, e) ? m : NULL;
}

static void types(void **state)
{
    (void)state;
    static const struct {
        const char *settings, *path, *want;
    } cases[] = {
        { "", "/a/b.html", "text/html" },
        { "", "/a.html/b", "" },
        { "", "/a/b.tar.ZIP", "application/zip" },
        { "", "/a/.html", "text/html" },
        { "", "/a/html", "" },
        { "", "", "" },
        { "{\"x/y\": \".html\"}", "/a.html", "x/y" },
        { "{\"x/y\": [\".A\", \"name\"]}", "/b/name", "x/y" },
        { "{\"x/y\": [\".A\", \"name\"]}", "/b/c.a", "x/y" },
        { "{}", "/b/c.css", "text/css" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a;
        struct err e = ERR_INIT;
        arena_init(&a);
        const struct mime_types *m = compile(&a, cases[i].settings, &e);
        assert_non_null(m);
        assert_true(str_eq(mime_type_of(m, str_of(cases[i].path)), str_of(cases[i].want)));
        arena_fini(&a);
    }
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *settings, *error;
    } cases[] = {
        { "{\"a/b\": \"\"}", "An empty file extension for the \"a/b\" MIME type." },
        { "{\"a/b\": [\".x\"], \"c/d\": \".X\"}",
          "The \".X\" file extension has been declared for \"a/b\" and \"c/d\" MIME types at the same time." },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a;
        struct err e = ERR_INIT;
        arena_init(&a);
        assert_null(compile(&a, cases[i].settings, &e));
        assert_string_equal(e.text, cases[i].error);
        arena_fini(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(types), cmocka_unit_test(refused) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
