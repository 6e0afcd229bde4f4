/* Tests of runtime/check/annotated.c: functions that are named after a resource. */
#include "cases.h"

static const struct check_case rules_cases[] = {
    { "all", NULL,
      /* (component
       *   (import "r" (type $r (sub resource)))
       *   (import "[constructor]r" (func (param "x" u8) (result (own $r))))
       *   (import "[method]r.f" (func (param "self" (borrow $r))))
       *   (import "[static]r.g" (func))) */
      BYTES("\x0a\x06\x01\x00\x01\x72\x03\x01\x07\x0a\x02\x69\x00\x40\x01\x01\x78\x7d\x00\x01\x0a\x13\x01\x00\x0e\x5b"
            "\x63\x6f\x6e\x73\x74\x72\x75\x63\x74\x6f\x72\x5d\x72\x01\x02\x07\x0d\x02\x68\x00\x40\x01\x04\x73\x65\x6c"
            "\x66\x03\x01\x00\x0a\x10\x01\x00\x0b\x5b\x6d\x65\x74\x68\x6f\x64\x5d\x72\x2e\x66\x01\x04\x07\x05\x01\x40"
            "\x00\x01\x00\x0a\x10\x01\x00\x0b\x5b\x73\x74\x61\x74\x69\x63\x5d\x72\x2e\x67\x01\x05") },
    { "fallible constructor", NULL,
      /* (component
       *   (import "r" (type $r (sub resource)))
       *   (import "[constructor]r" (func (result (result (own $r) (error string)))))) */
      BYTES("\x0a\x06\x01\x00\x01\x72\x03\x01\x07\x0c\x03\x69\x00\x6a\x01\x01\x01\x73\x40\x00\x00\x02\x0a\x13\x01\x00"
            "\x0e\x5b\x63\x6f\x6e\x73\x74\x72\x75\x63\x74\x6f\x72\x5d\x72\x01\x03") },
    { "no function", "item is not a func, as its name demands: found instance",
      /* (component (import "[method]a.b" (instance))) */
      BYTES("\x07\x03\x01\x42\x00\x0a\x10\x01\x00\x0b\x5b\x6d\x65\x74\x68\x6f\x64\x5d\x61\x2e\x62\x05\x00") },
    { "nothing made", "function should return one value",
      /* (component (import "[constructor]a" (func))) */
      BYTES("\x07\x05\x01\x40\x00\x01\x00\x0a\x13\x01\x00\x0e\x5b\x63\x6f\x6e\x73\x74\x72\x75\x63\x74\x6f\x72\x5d\x61"
            "\x01\x00") },
    { "wrong made", "function should return `(own $T)` or `(result (own $T))`",
      /* (component (import "[constructor]a" (func (result u8)))) */
      BYTES("\x07\x05\x01\x40\x00\x00\x7d\x0a\x13\x01\x00\x0e\x5b\x63\x6f\x6e\x73\x74\x72\x75\x63\x74\x6f\x72\x5d\x61"
            "\x01\x00") },
    { "another", "function does not match expected resource name `b`",
      /* (component
       *   (import "b" (type $b (sub resource)))
       *   (import "[constructor]a" (func (result (own $b))))) */
      BYTES("\x0a\x06\x01\x00\x01\x62\x03\x01\x07\x07\x02\x69\x00\x40\x00\x00\x01\x0a\x13\x01\x00\x0e\x5b\x63\x6f\x6e"
            "\x73\x74\x72\x75\x63\x74\x6f\x72\x5d\x61\x01\x02") },
    { "no self", "function should have at least one argument",
      /* (component (import "[method]a.b" (func))) */
      BYTES("\x07\x05\x01\x40\x00\x01\x00\x0a\x10\x01\x00\x0b\x5b\x6d\x65\x74\x68\x6f\x64\x5d\x61\x2e\x62\x01\x00") },
    { "self of another name", "function should have a first argument called `self`, found `me`",
      /* (component (import "[method]a.b" (func (param "me" u8)))) */
      BYTES("\x07\x09\x01\x40\x01\x02\x6d\x65\x7d\x01\x00\x0a\x10\x01\x00\x0b\x5b\x6d\x65\x74\x68\x6f\x64\x5d\x61\x2e"
            "\x62\x01\x00") },
    { "self of another type", "function should take a first argument of `(borrow $T)`, found u8",
      /* (component (import "[method]a.b" (func (param "self" u8)))) */
      BYTES("\x07\x0b\x01\x40\x01\x04\x73\x65\x6c\x66\x7d\x01\x00\x0a\x10\x01\x00\x0b\x5b\x6d\x65\x74\x68\x6f\x64\x5d"
            "\x61\x2e\x62\x01\x00") },
    { "no such resource", "static resource name is not known in this context: `a`",
      /* (component (import "[static]a.b" (func))) */
      BYTES("\x07\x05\x01\x40\x00\x01\x00\x0a\x10\x01\x00\x0b\x5b\x73\x74\x61\x74\x69\x63\x5d\x61\x2e\x62\x01\x00") },
    { "by the index before", "resource used in function does not have a name in this context",
      /* (component
       *   (import "f" (func))
       *   (type $r (resource (rep i32)))
       *   (core module $m (func (export "f") (result i32) unreachable))
       *   (core instance $i (instantiate $m))
       *   (func $f (result (own $r)) (canon lift (core func $i "f")))
       *   (instance (export "r" (type $r)) (export "[constructor]r" (func $f)))) */
      BYTES("\x07\x05\x01\x40\x00\x01\x00\x0a\x06\x01\x00\x01\x66\x01\x00\x07\x04\x01\x3f\x7f\x00\x01\x21\x00\x61\x73"
            "\x6d\x01\x00\x00\x00\x01\x05\x01\x60\x00\x01\x7f\x03\x02\x01\x00\x07\x05\x01\x01\x66\x00\x00\x0a\x05\x01"
            "\x03\x00\x00\x0b\x02\x04\x01\x00\x00\x00\x07\x07\x02\x69\x01\x40\x00\x00\x02\x06\x07\x01\x00\x00\x01\x00"
            "\x01\x66\x08\x06\x01\x00\x00\x00\x00\x03\x05\x1a\x01\x01\x02\x00\x01\x72\x03\x01\x00\x0e\x5b\x63\x6f\x6e"
            "\x73\x74\x72\x75\x63\x74\x6f\x72\x5d\x72\x01\x01") },
};

static void rules(void **state)
{
    (void)state;
    RUN_CHECK_CASES(rules_cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
