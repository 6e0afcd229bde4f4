/* Tests of runtime/binary/instances.c: core instances, instances, aliases. */
#include "cases.h"

static void errors(void **state)
{
    (void)state;
    static const struct read_case cases[] = {
        { "core form", STR_INIT("\x02\x02\x01\x02"), ERR_PARSE, "invalid leading byte (0x2) for core instance" },
        { "core argument", STR_INIT("\x02\x07\x01\x00\x00\x01\x00\x00\x00"), ERR_PARSE,
          "invalid leading byte (0x0) for instantiation arg kind" },
        { "core export of a module", STR_INIT("\x02\x06\x01\x01\x01\x00\x11\x00"), ERR_PARSE,
          "invalid leading byte (0x11) for external kind" },
        { "form", STR_INIT("\x05\x02\x01\x02"), ERR_PARSE, "invalid leading byte (0x2) for instance" },
        { "value", STR_INIT("\x05\x07\x01\x00\x00\x01\x00\x02\x00"), ERR_UNSUPPORTED,
          "values (component-model values)" },
        { "core func", STR_INIT("\x05\x08\x01\x00\x00\x01\x00\x00\x00\x00"), ERR_PARSE,
          "invalid leading byte (0x0) for component external kind: of the core sorts only modules" },
        { "sort", STR_INIT("\x05\x07\x01\x00\x00\x01\x00\x06\x00"), ERR_PARSE,
          "invalid leading byte (0x6) for component external kind" },
        { "alias sort", STR_INIT("\x06\x05\x01\x06\x02\x00\x00"), ERR_PARSE,
          "invalid leading byte (0x6) for component outer alias kind" },
        { "alias core sort", STR_INIT("\x06\x06\x01\x00\x05\x02\x00\x00"), ERR_PARSE,
          "invalid leading byte (0x5) for component outer alias kind" },
        { "alias target", STR_INIT("\x06\x05\x01\x03\x03\x00\x00"), ERR_PARSE, "invalid leading byte (0x3) for alias" },
        { "outer func", STR_INIT("\x06\x05\x01\x01\x02\x00\x00"), ERR_PARSE,
          "invalid leading byte (0x1) for component outer alias kind" },
        { "export of a core func", STR_INIT("\x06\x06\x01\x00\x00\x00\x00\x00"), ERR_PARSE,
          "invalid leading byte (0x0) for component export alias kind" },
        { "core export of a func", STR_INIT("\x06\x05\x01\x01\x01\x00\x00"), ERR_PARSE,
          "invalid leading byte (0x1) for core export alias kind" },
        { "many arguments", STR_INIT("\x05\x06\x01\x00\x00\xa1\x8d\x06"), ERR_LIMIT,
          "100001 instantiation arguments; at most 100000" },
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
                                     STR("\x02\x0e\x02"
                                         "\x00\x03\x01\x01m\x12\x04" /* module 3, m = instance 4 */
                                         "\x01\x01\x01x\x02\x05"     /* x = memory 5 */
                                         "\x05\x10\x02"
                                         "\x00\x06\x01\x01"
                                         "c\x04\x07"                     /* component 6, c = component 7 */
                                         "\x01\x01\x02\x01i\x00\x05\x08" /* i = instance 8 */
                                         "\x06\x10\x03"
                                         "\x01\x00\x09\x01"
                                         "f"                     /* func f of instance 9 */
                                         "\x00\x03\x01\x0a\x01g" /* core global g of core instance 10 */
                                         "\x03\x02\x01\x0b"),
                                     room); /* outer type 1 11 */
    const struct def *d = c->defs;
    assert_int_equal(c->def_count, 7);
    assert_true(d[0].of.instance.instantiates && d[0].of.instance.index == 3);
    assert_int_equal(d[0].of.instance.args[0].item.index, 4);
    assert_false(d[1].of.instance.instantiates);
    assert_int_equal(d[1].of.instance.args[0].item.sort, SORT_CORE_MEMORY);
    assert_int_equal(d[2].of.instance.args[0].item.sort, SORT_COMPONENT);
    assert_int_equal(d[3].of.instance.args[0].item.index, 8);
    assert_int_equal(d[4].of.alias.target, ALIAS_EXPORT);
    assert_int_equal(d[4].of.alias.instance, 9);
    assert_int_equal(d[5].of.alias.target, ALIAS_CORE_EXPORT);
    assert_int_equal(d[5].of.alias.sort, SORT_CORE_GLOBAL);
    assert_int_equal(d[6].of.alias.target, ALIAS_OUTER);
    assert_int_equal(d[6].of.alias.outer_count, 1);
    assert_int_equal(d[6].of.alias.outer_index, 11);
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
