/* Tests of runtime/check/core_types.c: core modules and module types. */
#include "cases.h"

static const struct check_case types_cases[] = {
    { "module type", NULL,
      /* (component
       *   (core type $f (func))
       *   (core type (module
       *     (alias outer 1 $f (type $a)) (import "a" "b" (func (type $a))) (import "a" "c" (func (type $a)))
       *     (export "e" (func (type $a)))))) */
      BYTES("\x03\x1e\x02\x60\x00\x00\x50\x04\x02\x10\x01\x01\x00\x00\x01\x61\x01\x62\x00\x00\x00\x01\x61\x01\x63\x00"
            "\x00\x03\x01\x65\x00\x00") },
    { "import twice", "core type 0: duplicate import name `a:b`",
      /* (component (core type (module (import "a" "b" (func)) (import "a" "b" (func))))) */
      BYTES("\x03\x19\x01\x50\x04\x01\x60\x00\x00\x00\x01\x61\x01\x62\x00\x00\x01\x60\x00\x00\x00\x01\x61\x01\x62\x00"
            "\x01") },
    { "export twice", "export name `a` already defined",
      /* (component (core type (module (export "a" (func)) (export "a" (func))))) */
      BYTES("\x03\x15\x01\x50\x04\x01\x60\x00\x00\x03\x01\x61\x00\x00\x01\x60\x00\x00\x03\x01\x61\x00\x01") },
    { "type index", "unknown type 0",
      /* (component (core type (module (export "a" (func (type 0)))))) */
      BYTES("\x03\x08\x01\x50\x01\x03\x01\x61\x00\x00") },
    { "alias count", "invalid outer alias count of 2 in a core module type",
      /* (component (component (core type (module (alias outer 2 0 (type)))))) */
      BYTES("\x04\x12\x00\x61\x73\x6d\x0d\x00\x01\x00\x03\x08\x01\x50\x01\x02\x10\x01\x02\x00") },
    { "alias index", "unknown type 7",
      /* (component (core type (module (alias outer 1 7 (type))))) */
      BYTES("\x03\x08\x01\x50\x01\x02\x10\x01\x01\x07") },
    { "alias of a module type", "core module types cannot alias core module types",
      /* (component (core type $m (module)) (core type (module (alias outer 1 $m (type))))) */
      BYTES("\x03\x0a\x02\x50\x00\x50\x01\x02\x10\x01\x01\x00") },
    { "no function type", "core type index 0 is not a function type",
      /* (component (core type (module (type (struct)) (export "a" (func (type 0)))))) */
      BYTES("\x03\x0b\x01\x50\x02\x01\x5f\x00\x03\x01\x61\x00\x00") },
};

static void types(void **state)
{
    (void)state;
    RUN_CHECK_CASES(types_cases);
}

static const struct check_case modules_cases[] = {
    { "import twice", "core module 0: duplicate import name `a:b`",
      /* (component (core module (import "a" "b" (func)) (import "a" "b" (func)))) */
      BYTES("\x01\x1d\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x02\x0d\x02\x01\x61\x01\x62\x00\x00\x01"
            "\x61\x01\x62\x00\x00") },
    { "export twice", "core module 0: export name `a` already defined",
      /* (component (core module (func) (export "a" (func 0)) (export "a" (func 0)))) */
      BYTES("\x01\x23\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x07\x09\x02\x01\x61\x00"
            "\x00\x01\x61\x00\x00\x0a\x04\x01\x02\x00\x0b") },
};

static void modules(void **state)
{
    (void)state;
    RUN_CHECK_CASES(modules_cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types),
        cmocka_unit_test(modules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
