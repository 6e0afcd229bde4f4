/* Tests of runtime/binary/canon.c: canonical functions and their options. */
#include "cases.h"

static void errors(void **state)
{
    (void)state;
    static const struct read_case cases[] = {
        { "opcode", STR_INIT("\x08\x02\x01\x07"), ERR_PARSE, "(0x7) for canonical function" },
        { "lift sort", STR_INIT("\x08\x06\x01\x00\x01\x00\x00\x00"), ERR_PARSE, "(0x1) for canonical function lift" },
        { "lower sort", STR_INIT("\x08\x05\x01\x01\x01\x00\x00"), ERR_PARSE, "(0x1) for canonical function lower" },
        { "option", STR_INIT("\x08\x06\x01\x01\x00\x00\x01\x0a"), ERR_PARSE, "(0xa) for canonical option" },
        { "eleven options", STR_INIT("\x08\x06\x01\x01\x00\x00\x0b\x00"), ERR_LIMIT,
          "11 canonical options; at most 10" },
        { "encodings", STR_INIT("\x08\x07\x01\x01\x00\x00\x02\x00\x02"), ERR_INVALID,
          "canonical encoding option `utf8` conflicts with option `latin1-utf16`" },
        { "memory twice", STR_INIT("\x08\x09\x01\x01\x00\x00\x02\x03\x00\x03\x00"), ERR_INVALID,
          "canonical option `memory` is specified more than once" },
        { "realloc twice", STR_INIT("\x08\x09\x01\x01\x00\x00\x02\x04\x00\x04\x00"), ERR_INVALID,
          "canonical option `realloc` is specified more than once" },
        { "post-return twice", STR_INIT("\x08\x09\x01\x01\x00\x00\x02\x05\x00\x05\x00"), ERR_INVALID,
          "canonical option `post-return` is specified more than once" },
        { "async", STR_INIT("\x08\x06\x01\x01\x00\x00\x01\x06"), ERR_UNSUPPORTED, "async options" },
        { "callback", STR_INIT("\x08\x07\x01\x01\x00\x00\x01\x07\x00"), ERR_UNSUPPORTED, "callback options" },
        { "gc", STR_INIT("\x08\x06\x01\x01\x00\x00\x01\x09"), ERR_UNSUPPORTED, "(component-model gc)" },
        { "core type", STR_INIT("\x08\x07\x01\x01\x00\x00\x01\x08\x00"), ERR_UNSUPPORTED, "(component-model gc)" },
        { "task.return", STR_INIT("\x08\x05\x01\x09\x01\x00\x00"), ERR_UNSUPPORTED,
          "the built-in task.return (component-model async) is not supported yet" },
        { "error-context.new", STR_INIT("\x08\x03\x01\x1c\x00"), ERR_UNSUPPORTED,
          "the built-in error-context.new (component-model error-context)" },
        { "thread.index", STR_INIT("\x08\x02\x01\x26"), ERR_UNSUPPORTED, "thread.index (component-model threading)" },
    };
    RUN_READ_CASES(cases);
}

static void contents(void **state)
{
    (void)state;
    uint8_t room[CASE_MAX];
    struct arena a;
    arena_init(&a);
    struct component *c = read_valid(&a,
                                     STR("\x08\x17\x05"
                                         "\x00\x00\x01\x04\x01\x03\x02\x04\x03\x05\x04\x05"
                                         "\x01\x00\x06\x00"
                                         "\x02\x07\x03\x08\x04\x09"),
                                     room);
    const struct def *d = c->defs;
    assert_int_equal(c->def_count, 5);
    const struct canon_def *lift = &d[0].of.canon;
    assert_int_equal(lift->kind, CANON_LIFT);
    assert_int_equal(lift->core_func, 1);
    assert_int_equal(lift->type, 5);
    assert_int_equal(lift->opts.encoding, ENCODING_UTF16);
    assert_true(lift->opts.has_memory && lift->opts.memory == 2);
    assert_true(lift->opts.has_realloc && lift->opts.realloc == 3);
    assert_true(lift->opts.has_post_return && lift->opts.post_return == 4);
    assert_int_equal(d[1].of.canon.kind, CANON_LOWER);
    assert_int_equal(d[1].of.canon.func, 6);
    assert_int_equal(d[2].of.canon.kind, CANON_RESOURCE_NEW);
    assert_int_equal(d[3].of.canon.kind, CANON_RESOURCE_DROP);
    assert_int_equal(d[4].of.canon.type, 9);
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors),
        cmocka_unit_test(contents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
