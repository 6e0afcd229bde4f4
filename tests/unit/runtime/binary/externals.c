/* Tests of runtime/binary/externals.c: import and export names, attributes, descriptions. */
#include "cases.h"

static void errors(void **state)
{
    (void)state;
    static const struct read_case cases[] = {
        { "name form",
          STR_INIT("\x0a\x06\x01\x03\x01"
                   "a\x01\x00"),
          ERR_PARSE, "(0x3) for component name" },
        { "attribute",
          STR_INIT("\x0a\x0a\x01\x02\x01"
                   "a\x01\x03\x01x\x01\x00"),
          ERR_PARSE, "(0x3) for name option" },
        { "version suffix",
          STR_INIT("\x0a\x0a\x01\x02\x01"
                   "a\x01\x01\x01x\x01\x00"),
          ERR_UNSUPPORTED, "version suffixes of names (component-model canonical names)" },
        { "implements twice",
          STR_INIT("\x0a\x0d\x01\x02\x01"
                   "a\x02\x00\x01x\x00\x01y\x05\x00"),
          ERR_INVALID, "duplicate 'implements' option in name" },
        { "id twice",
          STR_INIT("\x0a\x0d\x01\x02\x01"
                   "a\x02\x02\x01x\x02\x01y\x05\x00"),
          ERR_INVALID, "duplicate 'external-id' option in name" },
        { "four attributes",
          STR_INIT("\x0a\x09\x01\x02\x01"
                   "a\x04\x02\x01x\x02"),
          ERR_LIMIT, "4 name options; at most 3" },
        { "description",
          STR_INIT("\x0a\x06\x01\x00\x01"
                   "a\x06\x00"),
          ERR_PARSE, "(0x6) for component external kind" },
        { "core func",
          STR_INIT("\x0a\x06\x01\x00\x01"
                   "a\x00\x00"),
          ERR_PARSE, "(0x0) for component external kind" },
        { "value",
          STR_INIT("\x0a\x06\x01\x00\x01"
                   "a\x02\x7f"),
          ERR_UNSUPPORTED, "values (component-model values)" },
        { "bound",
          STR_INIT("\x0a\x06\x01\x00\x01"
                   "a\x03\x02"),
          ERR_PARSE, "(0x2) for type bound" },
        { "no UTF-8", STR_INIT("\x0a\x07\x01\x00\x02\xff\xfe\x01\x00"), ERR_PARSE, "malformed UTF-8 encoding" },
        { "ascription",
          STR_INIT("\x0b\x07\x01\x00\x01"
                   "a\x01\x00\x02"),
          ERR_PARSE, "(0x2) for optional component export type" },
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
                                     STR("\x0a\x2b\x06"
                                         "\x00\x01"
                                         "a\x00\x11\x01"
                                         "\x01\x01"
                                         "b\x01\x02"
                                         "\x02\x01"
                                         "c\x02\x00\x03x:y\x02\x02id\x05\x03"
                                         "\x00\x01"
                                         "d\x03\x00\x04"
                                         "\x00\x01"
                                         "e\x03\x01"
                                         "\x00\x01"
                                         "f\x04\x05"
                                         "\x0b\x0f\x02"
                                         "\x00\x01g\x01\x06\x00"
                                         "\x00\x01h\x03\x07\x01\x03\x01"),
                                     room);
    static const struct {
        enum extern_kind kind;
        uint32_t index;
    } want[] = {
        { EXTERN_CORE_MODULE, 1 },       { EXTERN_FUNC, 2 },      { EXTERN_INSTANCE, 3 }, { EXTERN_TYPE_EQ, 4 },
        { EXTERN_TYPE_SUB_RESOURCE, 0 }, { EXTERN_COMPONENT, 5 },
    };
    assert_int_equal(c->def_count, 8);
    for (uint32_t i = 0; i < ARRAY_LEN(want); i++) {
        assert_int_equal(c->defs[i].of.import.desc.kind, want[i].kind);
        assert_int_equal(c->defs[i].of.import.desc.index, want[i].index);
        assert_int_equal(c->defs[i].of.import.name.name.ptr[0], 'a' + (int)i);
    }
    assert_true(str_eq(c->defs[2].of.import.name.implements, STR("x:y")));
    assert_true(str_eq(c->defs[2].of.import.name.external_id, STR("id")));
    assert_null(c->defs[1].of.import.name.implements.ptr);
    assert_int_equal(c->defs[6].of.export.item.sort, SORT_FUNC);
    assert_false(c->defs[6].of.export.has_desc);
    assert_int_equal(c->defs[7].of.export.item.index, 7);
    assert_int_equal(c->defs[7].of.export.desc.kind, EXTERN_TYPE_SUB_RESOURCE);
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
