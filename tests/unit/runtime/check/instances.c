/* Tests of runtime/check/instances.c: components with their arguments, and inline instances. */
#include "cases.h"

static const struct check_case arguments_cases[] = {
    { "component", "instance 0: unknown component 0: component index out of bounds",
      /* (component (instance (instantiate 0))) */
      BYTES("\x05\x04\x01\x00\x00\x00") },
    { "missing", "instance 0: missing import named `x`",
      /* (component
       *   (component $c (import "x" (func)))
       *   (instance (instantiate $c ))) */
      BYTES("\x04\x17\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x05\x01\x40\x00\x01\x00\x0a\x06\x01\x00\x01\x78\x01\x00\x05"
            "\x04\x01\x00\x00\x00") },
    { "twice", "instantiation argument `a` conflicts with previous argument `a`",
      /* (component (import "f" (func $f)) (component $c) (instance (instantiate $c (with "a" (func $f)) (with "a" (func
         $f))))) */
      BYTES("\x07\x05\x01\x40\x00\x01\x00\x0a\x06\x01\x00\x01\x66\x01\x00\x04\x08\x00\x61\x73\x6d\x0d\x00\x01\x00\x05"
            "\x0c\x01\x00\x00\x02\x01\x61\x01\x00\x01\x61\x01\x00") },
    { "index", "instantiation argument `a`: unknown function 0",
      /* (component
       *   (component $c )
       *   (instance (instantiate $c (with "a" (func 0))))) */
      BYTES("\x04\x08\x00\x61\x73\x6d\x0d\x00\x01\x00\x05\x08\x01\x00\x00\x01\x01\x61\x01\x00") },
    { "module index", "instantiation argument `a`: unknown module 0",
      /* (component
       *   (component $c )
       *   (instance (instantiate $c (with "a" (core module 0))))) */
      BYTES("\x04\x08\x00\x61\x73\x6d\x0d\x00\x01\x00\x05\x09\x01\x00\x00\x01\x01\x61\x00\x11\x00") },
    { "superfluous", NULL,
      /* (component
       *   (import "f" (func $f))
       *   (component $c )
       *   (instance (instantiate $c (with "Any Name" (func $f))))) */
      BYTES("\x07\x05\x01\x40\x00\x01\x00\x0a\x06\x01\x00\x01\x66\x01\x00\x04\x08\x00\x61\x73\x6d\x0d\x00\x01\x00\x05"
            "\x0f\x01\x00\x00\x01\x08\x41\x6e\x79\x20\x4e\x61\x6d\x65\x01\x00") },
    { "sort", "type mismatch for import `x`: expected func, found component",
      /* (component
       *   (component $d)
       *   (component $c (import "x" (func)))
       *   (instance (instantiate $c (with "x" (component $d))))) */
      BYTES("\x04\x08\x00\x61\x73\x6d\x0d\x00\x01\x00\x04\x17\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x05\x01\x40\x00\x01"
            "\x00\x0a\x06\x01\x00\x01\x78\x01\x00\x05\x08\x01\x00\x01\x01\x01\x78\x04\x00") },
    { "index of an inline export", "unknown instance 0",
      /* (component (instance (export "a" (instance 0)))) */
      BYTES("\x05\x08\x01\x01\x01\x00\x01\x61\x05\x00") },
    { "inline export twice", "export name `a` conflicts with previous name `a`",
      /* (component (component $c) (instance (export "a" (component $c)) (export "a" (component $c)))) */
      BYTES("\x04\x08\x00\x61\x73\x6d\x0d\x00\x01\x00\x05\x0d\x01\x01\x02\x00\x01\x61\x04\x00\x00\x01\x61\x04\x00") },
};

static void arguments(void **state)
{
    (void)state;
    RUN_CHECK_CASES(arguments_cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
