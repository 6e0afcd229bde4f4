/* Tests of tool/serve_options.c: the rows agree with each other. */
#include "tool/serve_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const struct option *find(str name)
{
    for (size_t i = 0; i < serve_options.len; i++)
        if (str_eq(name, str_of(serve_options.at[i].name)))
            return &serve_options.at[i];
    return NULL;
}

static void defaults(void **state)
{
    (void)state;
    struct serve_settings s = { .quiet = false };
    options_defaults(&serve_options, &s);
    assert_true(str_eq(s.addr, STR("0.0.0.0:8080")));
    assert_int_equal(s.timeout.ns, duration_s(30).ns);
    assert_int_equal(s.client_timeout.ns, duration_s(30).ns);
    assert_int_equal(s.max_memory, 512u << 20);
    assert_int_equal(s.max_body, 256u << 20);
    assert_int_equal(s.workers, 0);
    assert_false(s.quiet || s.no_cache || s.log_requests || s.plain_output);
    options_fini(&serve_options, &s);
}

static void rows_are_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < serve_options.len; i++) {
        const struct option *o = &serve_options.at[i];
        if (find(str_of(o->name)) != o)
            fail_msg("--%s has two rows", o->name);
        for (size_t k = 0; k < i; k++)
            if (o->letter && o->letter == serve_options.at[k].letter)
                fail_msg("-%c has two rows", o->letter);
        if (o->kind == OPTION_KEYS ? !o->keys : !o->help)
            fail_msg("--%s does not say what it is", o->name);
        if (o->kind == OPTION_REFUSED && !o->instead)
            fail_msg("--%s does not say what to do instead", o->name);
        if (option_is_shown(o) && (o->kind == OPTION_FLAG) != !o->value)
            fail_msg("--%s: only flags take no value", o->name);
    }
}

static void keys_are_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < serve_options.len; i++) {
        const struct option *o = &serve_options.at[i];
        for (size_t k = 0; k < o->key_count; k++) {
            const struct option_key *key = &o->keys[k];
            if (key->action != KEY_ACCEPT && !key->text)
                fail_msg("-%c %s does not say why", o->letter, key->name);
            if (key->action == KEY_MAP && !find(str_of(key->text)))
                fail_msg("-%c %s maps to nothing", o->letter, key->name);
            if (strcmp(key->name, "*") == 0 && k + 1 != o->key_count)
                fail_msg("-%c: keys behind '*' are never found", o->letter);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(rows_are_complete),
        cmocka_unit_test(keys_are_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
