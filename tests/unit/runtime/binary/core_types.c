/* Tests of runtime/binary/core_types.c: core type sections and module types. */
#include "cases.h"

static void forms(void **state)
{
    (void)state;
    static const struct read_case cases[] = {
        { "func", STR_INIT("\x03\x06\x01\x60\x01\x7f\x01\x7e"), ERR_NONE, NULL },
        { "typed references", STR_INIT("\x03\x08\x01\x60\x02\x64\x00\x63\x70\x00"), ERR_NONE, NULL },
        { "struct", STR_INIT("\x03\x07\x01\x5f\x02\x78\x00\x7f\x01"), ERR_NONE, NULL },
        { "array", STR_INIT("\x03\x04\x01\x5e\x77\x01"), ERR_NONE, NULL },
        { "group", STR_INIT("\x03\x0a\x01\x4e\x02\x60\x00\x00\x5f\x01\x7f\x00"), ERR_NONE, NULL },
        { "final subtype", STR_INIT("\x03\x07\x01\x4f\x01\x00\x60\x00\x00"), ERR_NONE, NULL },
        { "open subtype", STR_INIT("\x03\x07\x01\x00\x50\x00\x60\x00\x00"), ERR_NONE, NULL },
        { "empty module", STR_INIT("\x03\x03\x01\x50\x00"), ERR_NONE, NULL },
        { "no type", STR_INIT("\x03\x02\x01\x33"), ERR_PARSE, "invalid leading byte (0x33) for type" },
        { "no subtype after 0", STR_INIT("\x03\x03\x01\x00\x60"), ERR_PARSE,
          "expected a non-final subtype (0x50) after 0x00" },
        { "no value type", STR_INIT("\x03\x04\x01\x60\x01\x20"), ERR_PARSE,
          "invalid leading byte (0x20) for value type" },
        { "heap type", STR_INIT("\x03\x05\x01\x60\x01\x63\x41"), ERR_PARSE, "invalid heap type" },
        { "mutability", STR_INIT("\x03\x05\x01\x5f\x01\x7f\x02"), ERR_PARSE,
          "invalid leading byte (0x2) for mutability" },
        { "decl", STR_INIT("\x03\x04\x01\x50\x01\x04"), ERR_PARSE, "invalid leading byte (0x4) for type definition" },
        { "alias sort", STR_INIT("\x03\x08\x01\x50\x01\x02\x00\x01\x01\x00"), ERR_PARSE,
          "invalid leading byte (0x0) for outer alias kind" },
        { "alias target", STR_INIT("\x03\x08\x01\x50\x01\x02\x10\x00\x01\x00"), ERR_PARSE,
          "invalid leading byte (0x0) for outer alias target" },
        { "module type inside", STR_INIT("\x03\x0a\x01\x50\x02\x01\x50\x00\x01\x60\x00\x00"), ERR_PARSE,
          "invalid leading byte" },
        { "limits flags", STR_INIT("\x03\x08\x01\x50\x01\x00\x00\x00\x02\x08"), ERR_PARSE,
          "invalid leading byte (0x8) for limits flags" },
        { "limits", STR_INIT("\x03\x0a\x01\x50\x01\x00\x00\x00\x02\x01\x02\x01"), ERR_INVALID,
          "size minimum must not be greater than maximum" },
        { "large memory", STR_INIT("\x03\x0b\x01\x50\x01\x00\x00\x00\x02\x00\x81\x80\x04"), ERR_INVALID,
          "memory size must be at most 65536 pages" },
        { "shared memory", STR_INIT("\x03\x09\x01\x50\x01\x00\x00\x00\x02\x02\x01"), ERR_INVALID,
          "shared memory must have maximum size" },
        { "tag attribute", STR_INIT("\x03\x09\x01\x50\x01\x00\x00\x00\x04\x01\x00"), ERR_PARSE,
          "invalid leading byte (0x1) for tag attribute" },
        { "external kind", STR_INIT("\x03\x08\x01\x50\x01\x00\x00\x00\x05\x00"), ERR_PARSE,
          "invalid leading byte (0x5) for external kind" },
    };
    RUN_READ_CASES(cases);
}

static void groups(void **state)
{
    (void)state;
    uint8_t room[CASE_MAX];
    struct arena a;
    arena_init(&a);
    /* (rec (func (param i32 (ref null func)) (result (ref 0))) (array i32)) (func) */
    struct component *c = read_valid(&a,
                                     STR("\x03\x11\x02"
                                         "\x4e\x02\x60\x02\x7f\x63\x70\x01\x64\x00\x5e\x7f\x00"
                                         "\x60\x00\x00"),
                                     room);
    assert_int_equal(c->def_count, 3);
    const struct core_type_def *f = c->defs[0].of.core_type;
    assert_int_equal(f->kind, CORE_TYPE_FUNC);
    assert_int_equal(f->func.param_count, 2);
    assert_int_equal(f->func.params[0], 0x7f);
    assert_int_equal(f->func.params[1], 0x70); /* the long form of funcref */
    assert_int_equal(f->func.results[0], 0);   /* a typed reference */
    assert_int_equal(c->defs[1].of.core_type->kind, CORE_TYPE_OTHER);
    assert_int_equal(c->defs[2].of.core_type->func.param_count, 0);
    arena_fini(&a);
}

static void module_type(void **state)
{
    (void)state;
    uint8_t room[CASE_MAX];
    struct arena a;
    arena_init(&a);
    /* (module (type (func (param i32))) (import "a" "b" (func 0)) (alias outer 1 2) (export "g" (global mut i64))) */
    struct component *c = read_valid(&a,
                                     STR("\x03\x1a\x01\x50\x04"
                                         "\x01\x60\x01\x7f\x00"
                                         "\x00\x01"
                                         "a\x01"
                                         "b\x00\x00"
                                         "\x02\x10\x01\x01\x02"
                                         "\x03\x01g\x03\x7e\x01"),
                                     room);
    const struct core_type_def *t = c->defs[0].of.core_type;
    assert_int_equal(t->kind, CORE_TYPE_MODULE);
    assert_int_equal(t->decl_count, 4);
    assert_int_equal(t->decls[0].kind, CORE_DECL_TYPE);
    assert_int_equal(t->decls[0].def->func.params[0], 0x7f);
    assert_int_equal(t->decls[1].kind, CORE_DECL_IMPORT);
    assert_true(str_eq(t->decls[1].module, STR("a")) && str_eq(t->decls[1].name, STR("b")));
    assert_int_equal(t->decls[2].kind, CORE_DECL_OUTER_ALIAS);
    assert_int_equal(t->decls[2].outer_count, 1);
    assert_int_equal(t->decls[2].type_index, 2);
    assert_int_equal(t->decls[3].kind, CORE_DECL_EXPORT);
    assert_int_equal(t->decls[3].type.kind, CORE_EXTERN_GLOBAL);
    assert_true(t->decls[3].type.is_mutable);
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),
        cmocka_unit_test(groups),
        cmocka_unit_test(module_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
