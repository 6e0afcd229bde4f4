/* Tests of server/route/pattern.c. */
#include "server/route/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void matched(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        enum pattern_case how;
        enum pattern_coding coding;
        const char *value;
        bool want;
    } cases[] = {
        { "abc", PATTERN_EXACT, PATTERN_PLAIN, "abc", true },
        { "abc", PATTERN_EXACT, PATTERN_PLAIN, "abcd", false },
        { "ABC", PATTERN_LOWER, PATTERN_PLAIN, "abc", true },
        { "abc", PATTERN_UPPER, PATTERN_PLAIN, "ABC", true },
        { "aBc", PATTERN_NOCASE, PATTERN_PLAIN, "AbC", true },
        { "a[c", PATTERN_NOCASE, PATTERN_PLAIN, "a{c", false },
        { "", PATTERN_EXACT, PATTERN_PLAIN, "", true },
        { "!", PATTERN_EXACT, PATTERN_PLAIN, "", false },
        { "!abc", PATTERN_EXACT, PATTERN_PLAIN, "abd", true },
        { "*", PATTERN_EXACT, PATTERN_PLAIN, "", true },
        { "a*b*c", PATTERN_EXACT, PATTERN_PLAIN, "abbc", true },
        { "a*b*c", PATTERN_EXACT, PATTERN_PLAIN, "acbc", true },
        { "a*b*c", PATTERN_EXACT, PATTERN_PLAIN, "accc", false },
        { "ab*ba", PATTERN_EXACT, PATTERN_PLAIN, "aba", false },
        { "*ab*", PATTERN_NOCASE, PATTERN_PLAIN, "xxABxx", true },
        { "*b*bb", PATTERN_EXACT, PATTERN_PLAIN, "abb", false },
        { "%61*%2a", PATTERN_EXACT, PATTERN_ENCODED, "abc*", true },
        { "%61*%2a", PATTERN_EXACT, PATTERN_PLAIN, "abc*", false },
        { "a+b", PATTERN_EXACT, PATTERN_ENCODED, "a+b", true },
        { "a+b", PATTERN_EXACT, PATTERN_QUERY, "a b", true },
        { "~^a+$", PATTERN_EXACT, PATTERN_PLAIN, "aaa", true },
        { "~A", PATTERN_EXACT, PATTERN_PLAIN, "a", false },
        { "~A", PATTERN_NOCASE, PATTERN_PLAIN, "a", true },
        { "!~a", PATTERN_EXACT, PATTERN_PLAIN, "b", true },
        { "~%61", PATTERN_EXACT, PATTERN_ENCODED, "a", false },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct pattern_options o = { cases[i].how, cases[i].coding, STR("uri") };
        struct arena a;
        struct pattern p;
        struct err e = ERR_INIT;
        arena_init(&a);
        assert_true(pattern_compile(&a, str_of(cases[i].pattern), &o, &p, &e));
        if (pattern_match(&p, str_of(cases[i].value), &a) != cases[i].want)
            fail_msg("'%s' on '%s': want %d", cases[i].pattern, cases[i].value, cases[i].want);
        arena_fini(&a);
    }
}

/* More than the stack of machine code holds, and more steps than a request may take. */
static void long_values(void **state)
{
    (void)state;
    static char text[20000];
    struct arena a;
    struct pattern p;
    struct err e = ERR_INIT;
    const struct pattern_options o = { .how = PATTERN_EXACT };
    arena_init(&a);
    memset(text, 'a', sizeof(text));
    assert_true(pattern_compile(&a, STR("~^(a|b)*$"), &o, &p, &e));
    assert_true(pattern_match(&p, str_from(text, sizeof(text)), &a));
    text[sizeof(text) - 1] = '!';
    assert_true(pattern_compile(&a, STR("~^(a+)+$"), &o, &p, &e));
    assert_false(pattern_match(&p, str_from(text, sizeof(text)), &a));
    arena_fini(&a);
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
    } cases[] = {
        { "a**b", "The \"match\" pattern must not contain double \"*\" markers." },
        { "%4", "The \"match\" pattern for \"uri\" is encoded but is invalid." },
        { "a*%zz", "The \"match\" pattern for \"uri\" is encoded but is invalid." },
        { "~(", "Invalid regular expression: missing closing parenthesis at offset 1" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct pattern_options o = { PATTERN_EXACT, PATTERN_ENCODED, STR("uri") };
        struct arena a;
        struct pattern p;
        struct err e = ERR_INIT;
        arena_init(&a);
        assert_false(pattern_compile(&a, str_of(cases[i].pattern), &o, &p, &e));
        assert_string_equal(e.text, cases[i].text);
        arena_fini(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(matched), cmocka_unit_test(long_values),
                                        cmocka_unit_test(refused) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
