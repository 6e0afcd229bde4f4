/* Tests of runtime/binary/core_module.c: the outside of small modules, and what is refused. The bytes are made from the
 * text beside them by tests/unit/runtime/assemble. */
#include "cases.h"

#define BYTES(lit) STR_INIT(lit)

enum { BASE = 1000 };

static bool read_module(struct arena *a, str sections, struct core_module *ret, struct err *e)
{
    uint8_t *room = arena_alloc(a, sections.len + PREAMBLE_LEN);
    memcpy(room, "\0asm\1\0\0\0", PREAMBLE_LEN);
    memcpy(room + PREAMBLE_LEN, sections.ptr, sections.len);
    return core_module_read(a, bytes_from(room, sections.len + PREAMBLE_LEN), BASE, ret, e);
}

static void outside(void **state)
{
    (void)state;
    static const struct {
        str sections;
    } module = {
        /* (module
         *   (type (func (param i32) (result i64)))
         *   (import "m" "f" (func (type 0)))
         *   (import "m" "t" (table 1 5 funcref))
         *   (import "m" "g" (global i32))
         *   (import "m" "x" (tag))
         *   (func (export "f0") (result f32) f32.const 1)
         *   (func (export "f1") unreachable)
         *   (table 7 funcref)
         *   (table 9 externref (ref.null extern))
         *   (memory 2)
         *   (memory i64 1 128 shared)
         *   (global (mut i64) (i64.const -77))
         *   (global i32 (i32.add (global.get 0) (i32.const 1)))
         *   (global f64 (f64.const 1.5))
         *   (global v128 (v128.const i64x2 1 2))
         *   (tag (param i32))
         *   (start 2)
         *   (elem (table 1) (i32.const 0) func 0)
         *   (data "skipped")
         *   (export "imported" (func 0)) (export "t" (table 2)) (export "m" (memory 1)) (export "g" (global 1))
         *   (export "x" (tag 1))) */
        BYTES("\x01\x11\x04\x60\x01\x7f\x01\x7e\x60\x00\x00\x60\x00\x01\x7d\x60\x01\x7f\x00\x02\x1e\x04\x01\x6d\x01\x66"
              "\x00\x00\x01\x6d\x01\x74\x01\x70\x01\x01\x05\x01\x6d\x01\x67\x03\x7f\x00\x01\x6d\x01\x78\x04\x00\x01\x03"
              "\x03\x02\x02\x01\x04\x0c\x02\x70\x00\x07\x40\x00\x6f\x00\x09\xd0\x6f\x0b\x05\x07\x02\x00\x02\x07\x01\x80"
              "\x01\x0d\x03\x01\x00\x03\x06\x30\x04\x7e\x01\x42\xb3\x7f\x0b\x7f\x00\x23\x00\x41\x01\x6a\x0b\x7c\x00\x44"
              "\x00\x00\x00\x00\x00\x00\xf8\x3f\x0b\x7b\x00\xfd\x0c\x01\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00"
              "\x00\x00\x00\x0b\x07\x26\x07\x02\x66\x30\x00\x01\x02\x66\x31\x00\x02\x08\x69\x6d\x70\x6f\x72\x74\x65\x64"
              "\x00\x00\x01\x74\x01\x02\x01\x6d\x02\x01\x01\x67\x03\x01\x01\x78\x04\x01\x08\x01\x02\x09\x09\x01\x02\x01"
              "\x41\x00\x0b\x00\x01\x00\x0a\x0d\x02\x07\x00\x43\x00\x00\x80\x3f\x0b\x03\x00\x00\x0b\x0b\x0a\x01\x01\x07"
              "\x73\x6b\x69\x70\x70\x65\x64")
    };
    static const struct {
        const char *name;
        enum core_extern_kind kind;
        uint32_t index;
    } want[] = {
        { "f0", CORE_EXTERN_FUNC, 1 }, { "f1", CORE_EXTERN_FUNC, 2 },  { "imported", CORE_EXTERN_FUNC, 0 },
        { "t", CORE_EXTERN_TABLE, 2 }, { "m", CORE_EXTERN_MEMORY, 1 }, { "g", CORE_EXTERN_GLOBAL, 1 },
        { "x", CORE_EXTERN_TAG, 1 },
    };
    struct arena a;
    struct core_module m;
    struct err e = ERR_INIT;
    arena_init(&a);
    if (!read_module(&a, module.sections, &m, &e))
        fail_msg("%s", e.text);
    assert_int_equal(m.type.import_count, 4);
    assert_true(str_eq(m.type.imports[1].name, STR("t")));
    assert_true(m.type.imports[1].type.limits.has_max && m.type.imports[1].type.limits.max == 5);
    assert_int_equal(m.type.imports[3].type.kind, CORE_EXTERN_TAG);
    assert_int_equal(m.type.export_count, ARRAY_LEN(want));
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        assert_true(str_eq(m.type.exports[i].name, str_of(want[i].name)));
        assert_int_equal(m.type.exports[i].type.kind, want[i].kind);
        assert_int_equal(m.type.exports[i].index, want[i].index);
    }
    assert_int_equal(m.type.exports[0].type.func->results[0], 0x7d);
    assert_int_equal(m.type.exports[2].type.func->params[0], 0x7f);
    assert_int_equal(m.type.exports[3].type.value_type, 0x6f);
    assert_true(m.type.exports[4].type.limits.is64 && m.type.exports[4].type.limits.shared);
    assert_int_equal(m.type.exports[5].type.value_type, 0x7e);
    assert_true(m.type.exports[5].type.is_mutable);
    assert_int_equal(m.memory_count, 2);
    assert_int_equal(m.table_count, 2);
    assert_int_equal(m.global_count, 4);
    assert_int_equal(m.func_count, 2);
    assert_int_equal(m.memory_min_bytes, 3 * 65536);
    assert_int_equal(m.table_max_elements, 9);
    assert_true(m.has_start);
    arena_fini(&a);
}

static void gc(void **state)
{
    (void)state;
    static const struct {
        str sections;
    } module = {
        /* (module
         *   (type $s (struct (field i32)))
         *   (type $a (array (mut i8)))
         *   (global (ref $s) (struct.new $s (i32.const 1)))
         *   (global (ref $s) (struct.new_default $s))
         *   (global (ref $a) (array.new_fixed $a 2 (i32.const 1) (i32.const 2)))
         *   (global (ref i31) (ref.i31 (i32.const 3)))
         *   (global (export "last") funcref (ref.null func))) */
        BYTES("\x01\x08\x02\x5f\x01\x7f\x00\x5e\x78\x01\x06\x2a\x05\x64\x00\x00\x41\x01\xfb\x00\x00\x0b\x64\x00\x00\xfb"
              "\x01\x00\x0b\x64\x01\x00\x41\x01\x41\x02\xfb\x08\x01\x02\x0b\x64\x6c\x00\x41\x03\xfb\x1c\x0b\x70\x00\xd0"
              "\x70\x0b\x07\x08\x01\x04\x6c\x61\x73\x74\x03\x04")
    };
    struct arena a;
    struct core_module m;
    struct err e = ERR_INIT;
    arena_init(&a);
    if (!read_module(&a, module.sections, &m, &e))
        fail_msg("%s", e.text);
    assert_int_equal(m.global_count, 5);
    assert_int_equal(m.type.exports[0].type.value_type, 0x70);
    arena_fini(&a);
}

static void errors(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        str sections;
        enum err_kind kind;
        const char *text;
    } cases[] = {
        { "section id", STR_INIT("\x0e\x00"), ERR_PARSE, "malformed section id: 14 in a core module" },
        { "order", STR_INIT("\x03\x01\x00\x01\x01\x00"), ERR_PARSE, "section out of order: type section" },
        { "twice", STR_INIT("\x01\x01\x00\x01\x01\x00"), ERR_PARSE, "section out of order: type section" },
        { "size", STR_INIT("\x01\xff\xff\xff\xff\x07"), ERR_PARSE,
          "type section of a core module: unexpected end-of-file: expected 2147483647 bytes, found 0" },
        { "no size", STR_INIT("\x0a"), ERR_PARSE, "code section of a core module: unexpected end-of-file" },
        { "rest", STR_INIT("\x01\x02\x00\x00"), ERR_PARSE, "section size mismatch" },
        { "many types", STR_INIT("\x01\x04\xc1\x84\x3d\x00"), ERR_LIMIT, "1000001 types; at most 1000000" },
        { "unknown type", STR_INIT("\x03\x02\x01\x00"), ERR_INVALID, "unknown type 0: type index out of bounds" },
        { "no function type", STR_INIT("\x01\x03\x01\x5f\x00\x03\x02\x01\x00"), ERR_INVALID,
          "type index 0 is not a function type" },
        { "function", STR_INIT("\x07\x04\x01\x00\x00\x00"), ERR_INVALID, "unknown function 0: function index" },
        { "table", STR_INIT("\x07\x04\x01\x00\x01\x00"), ERR_INVALID, "unknown table 0" },
        { "memory", STR_INIT("\x07\x04\x01\x00\x02\x00"), ERR_INVALID, "unknown memory 0" },
        { "global", STR_INIT("\x07\x04\x01\x00\x03\x00"), ERR_INVALID, "unknown global 0" },
        { "tag", STR_INIT("\x07\x04\x01\x00\x04\x00"), ERR_INVALID, "unknown tag 0" },
        { "kind", STR_INIT("\x07\x04\x01\x00\x05\x00"), ERR_PARSE, "for external kind" },
        { "no constant", STR_INIT("\x06\x05\x01\x7f\x00\x45\x0b"), ERR_PARSE,
          "instruction 0x45 is not allowed in a constant expression" },
        { "no gc constant", STR_INIT("\x06\x06\x01\x7f\x00\xfb\x02\x0b"), ERR_PARSE,
          "instruction 0xfb 2 is not allowed in a constant expression" },
        { "endless constant", STR_INIT("\x06\x05\x01\x7f\x00\x41\x00"), ERR_PARSE, "unexpected end-of-file" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a;
        struct core_module m;
        struct err e = ERR_INIT;
        arena_init(&a);
        bool ok = read_module(&a, cases[i].sections, &m, &e);
        arena_fini(&a);
        if (ok || e.kind != cases[i].kind || !strstr(e.text, cases[i].text) || e.offset < BASE)
            fail_msg("%s: want '%s', got '%s'", cases[i].name, cases[i].text, e.text);
    }
}

static void preamble(void **state)
{
    (void)state;
    struct arena a;
    struct core_module m;
    struct err e = ERR_INIT;
    arena_init(&a);
    assert_false(core_module_read(&a, bytes_of_str(STR("\0asm\1")), BASE, &m, &e));
    assert_string_equal(e.text, "unexpected end-of-file in the preamble of a core module");
    assert_int_equal(e.offset, BASE + 5);
    assert_false(core_module_read(&a, bytes_of_str(STR("\0asm\x0d\0\1\0")), BASE, &m, &e));
    assert_non_null(strstr(e.text, "expected a version header for a module"));
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outside),
        cmocka_unit_test(gc),
        cmocka_unit_test(errors),
        cmocka_unit_test(preamble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
