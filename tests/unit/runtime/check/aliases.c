/* Tests of runtime/check/aliases.c: aliases of exports and of enclosing scopes. */
#include "cases.h"

static const struct check_case exports_cases[] = {
    { "no instance", "unknown instance 0: instance index out of bounds",
      /* (component (alias export 0 "a" (func))) */
      BYTES("\x06\x06\x01\x01\x00\x00\x01\x61") },
    { "no export", "instance 0 has no export named `b`",
      /* (component (import "a" (instance (export "a" (func)))) (alias export 0 "b" (func))) */
      BYTES("\x07\x0e\x01\x42\x02\x01\x40\x00\x01\x00\x04\x00\x01\x61\x01\x00\x0a\x06\x01\x00\x01\x61\x05\x00\x06\x06"
            "\x01\x01\x00\x00\x01\x62") },
    { "of another sort", "export `a` for instance 0 is not a component: found func",
      /* (component (import "a" (instance (export "a" (func)))) (alias export 0 "a" (component))) */
      BYTES("\x07\x0e\x01\x42\x02\x01\x40\x00\x01\x00\x04\x00\x01\x61\x01\x00\x0a\x06\x01\x00\x01\x61\x05\x00\x06\x06"
            "\x01\x04\x00\x00\x01\x61") },
    { "all sorts", NULL,
      /* (component
       *   (import "i" (instance $i
       *     (export "m" (core module)) (export "f" (func)) (export "t" (type (sub resource)))
       *     (export "c" (component)) (export "n" (instance))))
       *   (alias export $i "m" (core module)) (alias export $i "f" (func)) (alias export $i "t" (type))
       *   (alias export $i "c" (component)) (alias export $i "n" (instance))) */
      BYTES("\x07\x30\x01\x42\x09\x00\x50\x00\x04\x00\x01\x6d\x00\x11\x00\x01\x40\x00\x01\x00\x04\x00\x01\x66\x01\x00"
            "\x04\x00\x01\x74\x03\x01\x01\x41\x00\x04\x00\x01\x63\x04\x02\x01\x42\x00\x04\x00\x01\x6e\x05\x03\x0a\x06"
            "\x01\x00\x01\x69\x05\x00\x06\x1b\x05\x00\x11\x00\x00\x01\x6d\x01\x00\x00\x01\x66\x03\x00\x00\x01\x74\x04"
            "\x00\x00\x01\x63\x05\x00\x00\x01\x6e") },
};

static void exports(void **state)
{
    (void)state;
    RUN_CHECK_CASES(exports_cases);
}

static const struct check_case outer_cases[] = {
    { "all sorts", NULL,
      /* (component $C
       *   (core module $m) (core type $f (func)) (component $D) (type $t u8)
       *   (component (alias outer $C $m (core module)) (alias outer $C $f (core type)) (alias outer $C $D (component))
       * (alias outer $C $t (type)))) */
      BYTES("\x01\x08\x00\x61\x73\x6d\x01\x00\x00\x00\x03\x04\x01\x60\x00\x00\x04\x08\x00\x61\x73\x6d\x0d\x00\x01\x00"
            "\x07\x02\x01\x7d\x04\x1d\x00\x61\x73\x6d\x0d\x00\x01\x00\x06\x13\x04\x00\x11\x02\x01\x00\x00\x10\x02\x01"
            "\x00\x04\x02\x01\x00\x03\x02\x01\x00") },
    { "count", "invalid outer alias count of 1: only 0 enclose it",
      /* (component (alias outer 1 0 (type))) */
      BYTES("\x06\x05\x01\x03\x02\x01\x00") },
    { "type", "unknown type 0",
      /* (component (alias outer 0 0 (type))) */
      BYTES("\x06\x05\x01\x03\x02\x00\x00") },
    { "core type", "unknown core type 0",
      /* (component (alias outer 0 0 (core type))) */
      BYTES("\x06\x06\x01\x00\x10\x02\x00\x00") },
    { "module", "unknown module 0",
      /* (component (alias outer 0 0 (core module))) */
      BYTES("\x06\x06\x01\x00\x11\x02\x00\x00") },
    { "component", "unknown component 0",
      /* (component (alias outer 0 0 (component))) */
      BYTES("\x06\x05\x01\x04\x02\x00\x00") },
    { "in a type", "aliases in a component or instance type may only refer to types or instances",
      /* (component $C (component $D) (type (component (alias outer $C $D (component))))) */
      BYTES("\x04\x08\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x08\x01\x41\x01\x02\x04\x02\x01\x00") },
    { "func in a type", "may only refer to types or instances",
      /* (component (type (component (import "i" (instance $i (export "f" (func)))) (alias export $i "f" (func))))) */
      BYTES("\x07\x1d\x01\x41\x03\x01\x42\x02\x01\x40\x00\x01\x00\x04\x00\x01\x66\x01\x00\x03\x00\x01\x69\x05\x00\x02"
            "\x01\x00\x00\x01\x66") },
};

static void outer(void **state)
{
    (void)state;
    RUN_CHECK_CASES(outer_cases);
}

static const struct check_case boundaries_cases[] = {
    { "resource", "transitively refers to resources",
      /* (component $C (type $r (resource (rep i32))) (component (alias outer $C $r (type)))) */
      BYTES("\x07\x04\x01\x3f\x7f\x00\x04\x0f\x00\x61\x73\x6d\x0d\x00\x01\x00\x06\x05\x01\x03\x02\x01\x00") },
    { "handle", "transitively refers to resources",
      /* (component $C (type $r (resource (rep i32))) (type $l (list (own $r))) (component (alias outer $C $l (type))))
       */
      BYTES("\x07\x08\x03\x3f\x7f\x00\x69\x00\x70\x01\x04\x0f\x00\x61\x73\x6d\x0d\x00\x01\x00\x06\x05\x01\x03\x02\x01"
            "\x02") },
    { "component type", "transitively refers to resources",
      /* (component $C
       *   (type $r (resource (rep i32)))
       *   (type $u (component (export "a" (type (eq $r)))))
       *   (component (alias outer $C $u (type)))) */
      BYTES("\x07\x12\x02\x3f\x7f\x00\x41\x02\x02\x03\x02\x01\x00\x04\x00\x01\x61\x03\x00\x00\x04\x0f\x00\x61\x73\x6d"
            "\x0d\x00\x01\x00\x06\x05\x01\x03\x02\x01\x01") },
    { "type with its own", NULL,
      /* (component $C
       *   (type $u (component (import "r" (type $r (sub resource))) (import "f" (func (param "a" (own $r))))))
       *   (component (alias outer $C $u (type)))) */
      BYTES("\x07\x1a\x01\x41\x04\x03\x00\x01\x72\x03\x01\x01\x69\x00\x01\x40\x01\x01\x61\x01\x01\x00\x03\x00\x01\x66"
            "\x01\x02\x04\x0f\x00\x61\x73\x6d\x0d\x00\x01\x00\x06\x05\x01\x03\x02\x01\x00") },
    { "within one component", NULL,
      /* (component $C (type $r (resource (rep i32))) (type (component (alias outer $C $r (type))))) */
      BYTES("\x07\x0b\x02\x3f\x7f\x00\x41\x01\x02\x03\x02\x01\x00") },
};

static void boundaries(void **state)
{
    (void)state;
    RUN_CHECK_CASES(boundaries_cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exports),
        cmocka_unit_test(outer),
        cmocka_unit_test(boundaries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
