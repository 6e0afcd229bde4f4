/* Tests of server/route/address_pattern.c. */
#include "server/route/address_pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "io/net/address.h"

static void matched(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *address;
        bool want;
    } cases[] = {
        { "10.0.0.1", "10.0.0.1:80", true },
        { "10.0.0.1", "10.0.0.2:80", false },
        { "!10.0.0.1", "10.0.0.2:80", true },
        { "10.0.0.0/8", "10.255.0.1:1", true },
        { "10.1.2.3/8", "10.255.0.1:1", true },
        { "10.0.0.0/9", "10.128.0.1:1", false },
        { "0.0.0.0/0", "1.2.3.4:5", true },
        { "1.2.3.4/32", "1.2.3.5:5", false },
        { "10.0.0.1-10.0.1.0", "10.0.0.255:1", true },
        { "10.0.0.1-10.0.1.0", "10.0.1.1:1", false },
        { "10.0.0.1:80", "10.0.0.1:81", false },
        { "10.0.0.1:80-90", "10.0.0.1:90", true },
        { "*:80", "10.0.0.1:80", true },
        { "*:80", "[::1]:80", true },
        { "*:80", "[::1]:81", false },
        { "::1", "[::1]:80", true },
        { "[::1]", "[::1]:80", true },
        { "[::1]:80", "[::1]:80", true },
        { "[fc00::/7]:1-99", "[fdff::1]:99", true },
        { "fc00::/7", "[fe00::1]:99", false },
        { "::1-::5", "[::3]:1", true },
        { "unix", "unix:/x", true },
        { "!unix", "1.2.3.4:5", true },
        { "unix", "1.2.3.4:5", false },
        { "0.0.0.0/0", "unix:/x", false },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct address_pattern p;
        struct address a;
        struct err e = ERR_INIT;
        assert_true(address_pattern_compile(str_of(cases[i].pattern), &p, &e));
        assert_true(address_parse_literal(str_of(cases[i].address), &a));
        if (address_pattern_match(&p, address_of(&a)) != cases[i].want)
            fail_msg("%s on %s: want %d", cases[i].pattern, cases[i].address, cases[i].want);
    }
}

static void lists(void **state)
{
    (void)state;
    struct address_pattern at[2];
    struct address_patterns none = { 0 }, both = { at, 2 };
    struct address inside, outside;
    struct err e = ERR_INIT;
    assert_true(address_pattern_compile(STR("10.0.0.0/8"), &at[0], &e));
    assert_true(address_pattern_compile(STR("!10.0.0.1"), &at[1], &e));
    assert_true(address_parse_literal(STR("10.0.0.2:1"), &inside));
    assert_true(address_parse_literal(STR("10.0.0.1:1"), &outside));
    assert_true(address_patterns_match(&both, address_of(&inside)));
    assert_false(address_patterns_match(&both, address_of(&outside)));
    assert_false(address_patterns_match(&none, address_of(&inside)));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(matched), cmocka_unit_test(lists) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
