/* Tests of runtime/check/core_instances.c: core modules linked with each other. */
#include "cases.h"

static const struct check_case instances_cases[] = {
    { "module", "core instance 0: unknown module 0: module index out of bounds",
      /* (component (core instance (instantiate 0))) */
      BYTES("\x02\x04\x01\x00\x00\x00") },
    { "no argument", "missing module instantiation argument named `a`",
      /* (component (core module $m (import "a" "f" (func))) (core instance (instantiate $m))) */
      BYTES("\x01\x17\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x02\x07\x01\x01\x61\x01\x66\x00\x00\x02"
            "\x04\x01\x00\x00\x00") },
    { "no item", "module instantiation argument `a` does not export an item named `f`",
      /* (component
       *   (core module $m (import "a" "f" (func)))
       *   (core instance (instantiate $m (with "a" (instance))))) */
      BYTES("\x01\x17\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x02\x07\x01\x01\x61\x01\x66\x00\x00\x02"
            "\x0a\x02\x01\x00\x00\x00\x01\x01\x61\x12\x00") },
    { "argument", "unknown core instance 3",
      /* (component (core module $m) (core instance (instantiate $m (with "a" (instance 3))))) */
      BYTES("\x01\x08\x00\x61\x73\x6d\x01\x00\x00\x00\x02\x08\x01\x00\x00\x01\x01\x61\x12\x03") },
    { "argument twice", "duplicate module instantiation argument named `a`",
      /* (component (core module $m) (core instance $i (instantiate $m))
       *   (core instance (instantiate $m (with "a" (instance $i)) (with "a" (instance $i))))) */
      BYTES("\x01\x08\x00\x61\x73\x6d\x01\x00\x00\x00\x02\x0f\x02\x00\x00\x00\x00\x00\x02\x01\x61\x12\x00\x01\x61\x12"
            "\x00") },
    { "argument that nobody wants", NULL,
      /* (component (core module $m) (core instance $i (instantiate $m)) (core instance (instantiate $m (with "a"
         (instance $i))))) */
      BYTES("\x01\x08\x00\x61\x73\x6d\x01\x00\x00\x00\x02\x0b\x02\x00\x00\x00\x00\x00\x01\x01\x61\x12\x00") },
    { "function", "export `a`: unknown core function 0",
      /* (component (core instance (export "a" (func 0)))) */
      BYTES("\x02\x07\x01\x01\x01\x01\x61\x00\x00") },
    { "table", "unknown table 0",
      /* (component (core instance (export "a" (table 0)))) */
      BYTES("\x02\x07\x01\x01\x01\x01\x61\x01\x00") },
    { "memory", "unknown memory 0",
      /* (component (core instance (export "a" (memory 0)))) */
      BYTES("\x02\x07\x01\x01\x01\x01\x61\x02\x00") },
    { "global", "unknown global 0",
      /* (component (core instance (export "a" (global 0)))) */
      BYTES("\x02\x07\x01\x01\x01\x01\x61\x03\x00") },
    { "tag", "unknown tag 0",
      /* (component (core instance (export "a" (tag 0)))) */
      BYTES("\x02\x07\x01\x01\x01\x01\x61\x04\x00") },
    { "export twice", "export name `a` already defined",
      /* (component
       *   (core module $m (func (export "f")))
       *   (core instance $i (instantiate $m))
       *   (core instance (export "a" (func $i "f")) (export "a" (func $i "f")))) */
      BYTES("\x01\x1f\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x07\x05\x01\x01\x66\x00"
            "\x00\x0a\x04\x01\x02\x00\x0b\x02\x04\x01\x00\x00\x00\x06\x0d\x02\x00\x00\x01\x00\x01\x66\x00\x00\x01\x00"
            "\x01\x66\x02\x0b\x01\x01\x02\x01\x61\x00\x00\x01\x61\x00\x01") },
};

static void instances(void **state)
{
    (void)state;
    RUN_CHECK_CASES(instances_cases);
}

static const struct check_case aliases_cases[] = {
    { "all kinds", NULL,
      /* (component
       *   (core module $m (func (export "f")) (table (export "t") 1 funcref) (memory (export "m") 1) (global (export
       * "g") i32 (i32.const 0)) (tag (export "x"))) (core instance $i (instantiate $m)) (core instance (export "f"
       * (func $i "f")) (export "t" (table $i "t")) (export "m" (memory $i "m")) (export "g" (global $i "g")) (export
       * "x" (tag $i "x")))) */
      BYTES("\x01\x47\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x04\x04\x01\x70\x00\x01"
            "\x05\x03\x01\x00\x01\x0d\x03\x01\x00\x00\x06\x06\x01\x7f\x00\x41\x00\x0b\x07\x15\x05\x01\x66\x00\x00\x01"
            "\x74\x01\x00\x01\x6d\x02\x00\x01\x67\x03\x00\x01\x78\x04\x00\x0a\x04\x01\x02\x00\x0b\x02\x04\x01\x00\x00"
            "\x00\x06\x1f\x05\x00\x00\x01\x00\x01\x66\x00\x01\x01\x00\x01\x74\x00\x02\x01\x00\x01\x6d\x00\x03\x01\x00"
            "\x01\x67\x00\x04\x01\x00\x01\x78\x02\x17\x01\x01\x05\x01\x66\x00\x00\x01\x74\x01\x00\x01\x6d\x02\x00\x01"
            "\x67\x03\x00\x01\x78\x04\x00") },
    { "instance", "unknown core instance 0",
      /* (component (alias core export 0 "f" (core func))) */
      BYTES("\x06\x07\x01\x00\x00\x01\x00\x01\x66") },
    { "export", "core instance 0 has no export named `f`",
      /* (component (core module $m) (core instance $i (instantiate $m)) (alias core export $i "f" (core func))) */
      BYTES("\x01\x08\x00\x61\x73\x6d\x01\x00\x00\x00\x02\x04\x01\x00\x00\x00\x06\x07\x01\x00\x00\x01\x00\x01\x66") },
    { "kind", "export `f` for core instance 0 is not a memory: found func",
      /* (component (core module $m (func (export "f"))) (core instance $i (instantiate $m)) (alias core export $i "f"
         (core memory))) */
      BYTES("\x01\x1f\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x07\x05\x01\x01\x66\x00"
            "\x00\x0a\x04\x01\x02\x00\x0b\x02\x04\x01\x00\x00\x00\x06\x07\x01\x00\x02\x01\x00\x01\x66") },
};

static void aliases(void **state)
{
    (void)state;
    RUN_CHECK_CASES(aliases_cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instances),
        cmocka_unit_test(aliases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
