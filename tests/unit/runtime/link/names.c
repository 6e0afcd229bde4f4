/* Tests of runtime/link/names.c. */
#include "runtime/link/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void versions_match_as_semver_has_them(void **state)
{
    (void)state;
    static const struct {
        const char *want, *have;
        bool match;
    } cases[] = {
        { "a:b/c", "a:b/c", true },
        { "a:b/c", "a:b/d", false },
        { "a:b/c", "a:b/c@1.0.0", false },
        { "a:b/c@1.0.0", "a:b/c", false },
        /* from 1 on the major version counts */
        { "a:b/c@1.0.0", "a:b/c@1.9.3", true },
        { "a:b/c@1.9.3", "a:b/c@1.0.0", true },
        { "a:b/c@1.0.0", "a:b/c@2.0.0", false },
        { "a:b/c@1.0.0", "a:b/c@10.0.0", false },
        /* below, the minor one */
        { "wasi:io/poll@0.2.0", "wasi:io/poll@0.2.12", true },
        { "wasi:io/poll@0.2.12", "wasi:io/poll@0.2.0", true },
        { "wasi:io/poll@0.2.0", "wasi:io/poll@0.3.0", false },
        { "wasi:io/poll@0.2.0", "wasi:io/poll@0.20.0", false },
        { "wasi:io/poll@0.2.0", "wasi:io/streams@0.2.0", false },
        /* below that, all of it */
        { "a:b/c@0.0.1", "a:b/c@0.0.1", true },
        { "a:b/c@0.0.1", "a:b/c@0.0.2", false },
        /* what is not released matches itself alone */
        { "a:b/c@0.2.0-rc-2023-11-10", "a:b/c@0.2.0-rc-2023-11-10", true },
        { "a:b/c@0.2.0-rc-2023-11-10", "a:b/c@0.2.0", false },
        { "a:b/c@0.2.0", "a:b/c@0.2.0-rc-2023-11-10", false },
        /* a build says nothing about compatibility */
        { "a:b/c@0.2.0+build.1", "a:b/c@0.2.5", true },
        { "a:b/c@1.2.3+x", "a:b/c@1.0.0+y", true },
        { "a:b/c@0.0.3+x", "a:b/c@0.0.3", true },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        if (link_names_match(str_of(cases[i].want), str_of(cases[i].have)) != cases[i].match)
            fail_msg("%s for %s: want %d", cases[i].have, cases[i].want, cases[i].match);
}

static void errors_of_several_files_name_theirs(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    err_at(&e, ERR_LINK, 0x1f, "no such import");
    assert_false(link_locate(&e, STR("auth.wasm")));
    assert_string_equal(e.text, "auth.wasm, byte 0x1f: no such import");
    assert_true(e.offset == ERR_NO_OFFSET);
    err_clear(&e);
    err_set(&e, ERR_LINK, "it imports nothing");
    assert_false(link_locate(&e, STR("auth.wasm")));
    assert_string_equal(e.text, "auth.wasm: it imports nothing");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(versions_match_as_semver_has_them),
                                        cmocka_unit_test(errors_of_several_files_name_theirs) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
