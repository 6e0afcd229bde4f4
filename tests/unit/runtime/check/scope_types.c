/* Tests of runtime/check/scope_types.c: component and instance types. */
#include "cases.h"

static const struct check_case declarations_cases[] = {
    { "all", NULL,
      /* (component
       *   (type $t u8)
       *   (type (component
       *     (core type (module))
       *     (alias outer 1 $t (type $u))
       *     (import "r" (type $r (sub resource)))
       *     (type $i (instance (alias outer 1 $r (type $q)) (export "f" (func (param "a" (own $q))))))
       *     (import "i" (instance $in (type $i)))
       *     (export "c" (component))
       *     (export "m" (core module))))) */
      BYTES("\x07\x44\x02\x7d\x41\x09\x00\x50\x00\x02\x03\x02\x01\x00\x03\x00\x01\x72\x03\x01\x01\x42\x04\x02\x03\x02"
            "\x01\x01\x01\x69\x00\x01\x40\x01\x01\x61\x01\x01\x00\x04\x00\x01\x66\x01\x02\x03\x00\x01\x69\x05\x02\x01"
            "\x41\x00\x04\x00\x01\x63\x04\x03\x00\x50\x00\x04\x00\x01\x6d\x00\x11\x01") },
    { "name inside", "`aB` is not in kebab case",
      /* (component (type (instance (export "aB" (func))))) */
      BYTES("\x07\x0f\x01\x42\x02\x01\x40\x00\x01\x00\x04\x00\x02\x61\x42\x01\x00") },
    { "index inside", "unknown type 0",
      /* (component (type (instance (export "a" (func (type 0)))))) */
      BYTES("\x07\x09\x01\x42\x01\x04\x00\x01\x61\x01\x00") },
    { "no own resource in imports", "local resource type found in imports",
      /* (component
       *   (type (component
       *     (export "r" (type $R (sub resource)))
       *     (type $T (component (alias outer 1 $R (type $r)) (import "x" (type (eq $r)))))
       *     (import "c" (component (type $T)))))) */
      BYTES("\x07\x1e\x01\x41\x03\x04\x00\x01\x72\x03\x01\x01\x41\x02\x02\x03\x02\x01\x00\x03\x00\x01\x78\x03\x00\x00"
            "\x03\x00\x01\x63\x04\x01") },
};

static void declarations(void **state)
{
    (void)state;
    RUN_CHECK_CASES(declarations_cases);
}

/* Instance types that hold two of the one before: sizes double. */
static void limits(void **state)
{
    (void)state;
    enum { ROW = 21 };
    for (uint32_t count = 15; count <= 25; count += 10) {
        uint8_t section[4096] = { 0x07 };
        size_t len = 3, size;
        struct arena a;
        struct err e = ERR_INIT;
        struct component *c = NULL;
        arena_init(&a);
        section[len++] = (uint8_t)(count + 1);
        section[len++] = 0x42, section[len++] = 0x00; /* (instance) */
        for (uint32_t i = 0; i < count; i++) {
            uint8_t row[ROW] = "\x42\x03\x02\x03\x02\x01\x00\x04\x00\x01x\x05\x00\x04\x00\x01y\x05\x00";
            row[6] = (uint8_t)i;
            memcpy(section + len, row, 19);
            len += 19;
        }
        size = len - 3;
        section[1] = (uint8_t)(size | 0x80), section[2] = (uint8_t)(size >> 7);
        assert_true(component_read(&a, component_bytes(&a, str_from((char *)section, len)), &c, &e));
        bool ok = component_check(&a, c, &e);
        arena_fini(&a);
        assert_int_equal(ok, count == 15);
        if (!ok) {
            assert_int_equal(e.kind, ERR_LIMIT);
            assert_string_equal(e.text, "effective type size exceeds the limit of 1000000");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(declarations),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
