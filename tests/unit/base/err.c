/* Tests of base/err.c. */
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

static void setting(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    assert_int_equal(e.kind, ERR_NONE);
    assert_false(err_help(&e, "stale"));
    assert_false(err_set(&e, ERR_LIMIT, "more than %d", 5));
    assert_int_equal(e.kind, ERR_LIMIT);
    assert_string_equal(e.text, "more than 5");
    assert_string_equal(e.help, "");
    assert_true(e.offset == ERR_NO_OFFSET);
    assert_false(err_at(&e, ERR_PARSE, 42, "expected %s", "x"));
    assert_int_equal(e.kind, ERR_PARSE);
    assert_int_equal(e.offset, 42);
    assert_string_equal(e.text, "expected x");
    err_clear(&e);
    assert_int_equal(e.kind, ERR_NONE);
    assert_string_equal(e.text, "");
    assert_true(e.offset == ERR_NO_OFFSET);
}

static void system_errors(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    assert_false(err_system(&e, ENOENT, "open '%s'", "f"));
    assert_int_equal(e.kind, ERR_SYSTEM);
    assert_int_equal(e.code, ENOENT);
    assert_string_equal(e.text, "open 'f': No such file or directory");
    /* the code goes with the error it belonged to */
    err_set(&e, ERR_LIMIT, "x");
    assert_int_equal(e.code, 0);
}

static void wrapping(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    err_at(&e, ERR_PARSE, 7, "inner");
    err_help(&e, "do this");
    assert_false(err_wrap(&e, "middle %d", 1));
    assert_false(err_wrap(&e, "outer"));
    assert_string_equal(e.text, "outer: middle 1: inner");
    assert_int_equal(e.kind, ERR_PARSE);
    assert_int_equal(e.offset, 7);
    assert_string_equal(e.help, "do this");
}

static void help_of_the_innermost_stays(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    err_set(&e, ERR_USAGE, "x");
    assert_false(err_help(&e, "use %s", "--a"));
    assert_false(err_help(&e, "use --b"));
    assert_string_equal(e.help, "use --a");
}

/* Text of n times 'x', which no format makes shorter. */
static const char *xs(size_t n)
{
    static char text[2 * ERR_TEXT_MAX];
    memset(text, 'x', sizeof(text));
    text[n] = '\0';
    return text;
}

static void ends_with_dots(const char *text, size_t size)
{
    assert_int_equal(strlen(text), size - 1);
    assert_string_equal(text + size - 4, "...");
}

static void too_long_is_marked(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    err_set(&e, ERR_LIMIT, "%s", xs(ERR_TEXT_MAX - 1));
    assert_string_equal(e.text, xs(ERR_TEXT_MAX - 1));
    err_set(&e, ERR_LIMIT, "%s", xs(ERR_TEXT_MAX));
    ends_with_dots(e.text, sizeof(e.text));
    err_set(&e, ERR_LIMIT, "inner");
    err_wrap(&e, "%s", xs(ERR_TEXT_MAX - 4));
    ends_with_dots(e.text, sizeof(e.text));
    err_set(&e, ERR_LIMIT, "inner");
    err_wrap(&e, "%s", xs(ERR_TEXT_MAX + 100));
    ends_with_dots(e.text, sizeof(e.text));
    err_system(&e, ENOENT, "%s", xs(ERR_TEXT_MAX - 10));
    ends_with_dots(e.text, sizeof(e.text));
    err_system(&e, ENOENT, "%s", xs(ERR_TEXT_MAX + 10));
    ends_with_dots(e.text, sizeof(e.text));
    err_help(&e, "%s", xs(ERR_HELP_MAX));
    ends_with_dots(e.help, sizeof(e.help));
}

static void kinds_have_names(void **state)
{
    (void)state;
    assert_string_equal(err_kind_name(ERR_NONE), "none");
    assert_string_equal(err_kind_name(ERR_TRAP), "trap");
    assert_string_equal(err_kind_name(ERR_USAGE), "usage");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setting),
        cmocka_unit_test(system_errors),
        cmocka_unit_test(wrapping),
        cmocka_unit_test(help_of_the_innermost_stays),
        cmocka_unit_test(too_long_is_marked),
        cmocka_unit_test(kinds_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
