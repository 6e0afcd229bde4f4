/* Tests of runtime/binary/types.c: all forms of type sections. */
#include "cases.h"

static void errors(void **state)
{
    (void)state;
    static const struct read_case cases[] = {
        { "opcode", STR_INIT("\x07\x02\x01\x62"), ERR_PARSE, "(0x62) for component defined type" },
        { "element", STR_INIT("\x07\x03\x01\x70\x72"), ERR_PARSE, "(0x72) for component value type" },
        { "negative index", STR_INIT("\x07\x04\x01\x70\xff\x7f"), ERR_PARSE, "for component value type" },
        { "payload",
          STR_INIT("\x07\x06\x01\x71\x01\x01"
                   "a\x02"),
          ERR_PARSE, "(0x2) for optional component value type" },
        { "case without zero",
          STR_INIT("\x07\x07\x01\x71\x01\x01"
                   "a\x00\x01"),
          ERR_PARSE, "(0x1) for zero byte required" },
        { "result form", STR_INIT("\x07\x03\x01\x6a\x02"), ERR_PARSE, "(0x2) for optional component value type" },
        { "function results", STR_INIT("\x07\x05\x01\x40\x00\x02\x00"), ERR_PARSE,
          "(0x2) for component function results" },
        { "two results", STR_INIT("\x07\x05\x01\x40\x00\x01\x01"), ERR_PARSE, "(0x1) for number of results" },
        { "representation", STR_INIT("\x07\x04\x01\x3f\x7d\x00"), ERR_PARSE, "resource representation: expected i32" },
        { "destructor", STR_INIT("\x07\x04\x01\x3f\x7f\x02"), ERR_PARSE, "(0x2) for optional destructor" },
        { "declaration", STR_INIT("\x07\x04\x01\x41\x01\x05"), ERR_PARSE,
          "(0x5) for component or instance type declaration" },
        { "import in an instance type", STR_INIT("\x07\x04\x01\x42\x01\x03"), ERR_PARSE,
          "(0x3) for component or instance type declaration" },
        { "many fields", STR_INIT("\x07\x05\x01\x72\x91\x4e\x00"), ERR_LIMIT, "10001 fields; at most 10000" },
        { "many parameters", STR_INIT("\x07\x05\x01\x40\xe9\x07\x00"), ERR_LIMIT, "1001 parameters; at most 1000" },
        { "64-bit resource", STR_INIT("\x07\x04\x01\x3f\x7e\x00"), ERR_UNSUPPORTED, "(component-model memory64)" },
        { "fixed list", STR_INIT("\x07\x04\x01\x67\x7d\x03"), ERR_UNSUPPORTED,
          "lists of fixed length (component-model fixed-length lists) are not supported yet" },
        { "stream", STR_INIT("\x07\x04\x01\x66\x01\x7d"), ERR_UNSUPPORTED, "stream types (component-model async)" },
        { "future", STR_INIT("\x07\x03\x01\x65\x00"), ERR_UNSUPPORTED, "future types (component-model async)" },
        { "error context", STR_INIT("\x07\x02\x01\x64"), ERR_UNSUPPORTED, "(component-model error-context)" },
        { "list of them", STR_INIT("\x07\x03\x01\x70\x64"), ERR_UNSUPPORTED, "(component-model error-context)" },
        { "map", STR_INIT("\x07\x04\x01\x63\x73\x79"), ERR_UNSUPPORTED, "map types (component-model map)" },
        { "async function", STR_INIT("\x07\x05\x01\x43\x00\x01\x00"), ERR_UNSUPPORTED,
          "async function types (component-model async)" },
    };
    RUN_READ_CASES(cases);
}

static void values(void **state)
{
    (void)state;
    static const struct {
        const char *opcodes;
        enum type_kind kind;
    } want[] = {
        { "\x7f", TYPE_BOOL },
        { "\x7e", TYPE_S8 },
        { "\x7d", TYPE_U8 },
        { "\x7c", TYPE_S16 },
        { "\x7b", TYPE_U16 },
        { "\x7a", TYPE_S32 },
        { "\x79", TYPE_U32 },
        { "\x78", TYPE_S64 },
        { "\x77", TYPE_U64 },
        { "\x76", TYPE_F32 },
        { "\x75", TYPE_F64 },
        { "\x74", TYPE_CHAR },
        { "\x73", TYPE_STRING },
        { "\x70\x7d", TYPE_LIST },
        { "\x6b\x05", TYPE_OPTION },
        { "\x69\x01", TYPE_OWN },
        { "\x68\x01", TYPE_BORROW },
        { "\x72\x01\x01"
          "a\x7d",
          TYPE_RECORD },
        { "\x6f\x02\x7d\x09", TYPE_TUPLE },
        { "\x6e\x02\x01"
          "a\x01"
          "b",
          TYPE_FLAGS },
        { "\x6d\x01\x01"
          "a",
          TYPE_ENUM },
    };
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        uint8_t room[CASE_MAX];
        char section[32] = "\x07\x00\x01";
        size_t len = strlen(want[i].opcodes);
        section[1] = (char)(len + 1);
        memcpy(section + 3, want[i].opcodes, len);
        struct arena a;
        arena_init(&a);
        struct component *c = read_valid(&a, str_from(section, len + 3), room);
        const struct deftype *t = c->defs[0].of.type;
        assert_int_equal(t->kind, DEFTYPE_VALUE);
        assert_int_equal(t->of.value.kind, want[i].kind);
        if (t->of.value.kind == TYPE_OPTION)
            assert_true(t->of.value.elem.is_index && t->of.value.elem.index == 5);
        arena_fini(&a);
    }
}

static void contents(void **state)
{
    (void)state;
    uint8_t room[CASE_MAX];
    struct arena a;
    arena_init(&a);
    struct component *c = read_valid(&a,
                                     STR("\x07\x25\x05"
                                         "\x71\x02\x01"
                                         "a\x01\x7f\x00\x01"
                                         "b\x00\x00"                 /* variant { a(bool), b } */
                                         "\x6a\x00\x01\x79"          /* result<_, u32> */
                                         "\x40\x01\x01p\x73\x00\x02" /* func(p: string) -> 2 */
                                         "\x3f\x7f\x01\x03"          /* resource, dtor 3 */
                                         "\x41\x02\x01\x73\x03\x00\x01i\x03\x01"),
                                     room); /* type string; import */
    const struct def *d = c->defs;
    assert_int_equal(c->def_count, 5);
    assert_int_equal(d[0].of.type->of.value.item_count, 2);
    assert_true(d[0].of.type->of.value.items[0].has_type);
    assert_false(d[0].of.type->of.value.items[1].has_type);
    assert_true(!d[1].of.type->of.value.has_ok && d[1].of.type->of.value.has_err);
    assert_int_equal(d[2].of.type->of.func.param_count, 1);
    assert_int_equal(d[2].of.type->of.func.result.index, 2);
    assert_true(d[3].of.type->of.resource.has_dtor && d[3].of.type->of.resource.dtor == 3);
    assert_int_equal(d[4].of.type->kind, DEFTYPE_COMPONENT);
    assert_int_equal(d[4].of.type->of.scope.decl_count, 2);
    assert_int_equal(d[4].of.type->of.scope.decls[0].kind, DECL_TYPE);
    assert_int_equal(d[4].of.type->of.scope.decls[1].kind, DECL_IMPORT);
    arena_fini(&a);
}

static void nesting(void **state)
{
    (void)state;
    for (uint32_t depth = 100; depth <= 101; depth++) {
        char section[512];
        size_t len = 4;
        for (uint32_t i = 0; i < depth; i++) {
            section[len++] = 0x42;
            section[len++] = i + 1 < depth;
            if (i + 1 < depth)
                section[len++] = 0x01;
        }
        memcpy(section, "\x07\x00\x00\x01", 4);
        section[1] = (char)((len - 3) | 0x80);
        section[2] = (char)((len - 3) >> 7);
        const struct read_case t = { "nested", str_from(section, len), depth == 100 ? ERR_NONE : ERR_LIMIT,
                                     "types nested deeper than 100" };
        run_read_case(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors),
        cmocka_unit_test(values),
        cmocka_unit_test(contents),
        cmocka_unit_test(nesting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
