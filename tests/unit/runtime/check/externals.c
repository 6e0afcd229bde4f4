/* Tests of runtime/check/externals.c: names, attributes and ascriptions of imports and exports. */
#include "cases.h"

static const struct check_case names_cases[] = {
    { "import twice", "import name `A` conflicts with previous name `a`",
      /* (component (import "a" (func)) (import "A" (func))) */
      BYTES("\x07\x05\x01\x40\x00\x01\x00\x0a\x06\x01\x00\x01\x61\x01\x00\x07\x05\x01\x40\x00\x01\x00\x0a\x06\x01\x00"
            "\x01\x41\x01\x01") },
    { "export twice", "export name `a` conflicts with previous name `a`",
      /* (component (import "f" (func $f)) (export "a" (func $f)) (export "a" (func $f))) */
      BYTES("\x07\x05\x01\x40\x00\x01\x00\x0a\x06\x01\x00\x01\x66\x01\x00\x0b\x0d\x02\x00\x01\x61\x01\x00\x00\x00\x01"
            "\x61\x01\x00\x00") },
    { "one of each side", NULL,
      /* (component (import "a" (func $f)) (export "a" (func $f))) */
      BYTES("\x07\x05\x01\x40\x00\x01\x00\x0a\x06\x01\x00\x01\x61\x01\x00\x0b\x07\x01\x00\x01\x61\x01\x00\x00") },
    { "versions", NULL,
      /* (component (import "a:b/c@1.0.0" (func)) (import "a:b/c@1.0.1" (func)) (import "a:b/c" (func))) */
      BYTES("\x07\x05\x01\x40\x00\x01\x00\x0a\x10\x01\x00\x0b\x61\x3a\x62\x2f\x63\x40\x31\x2e\x30\x2e\x30\x01\x00\x07"
            "\x05\x01\x40\x00\x01\x00\x0a\x10\x01\x00\x0b\x61\x3a\x62\x2f\x63\x40\x31\x2e\x30\x2e\x31\x01\x01\x07\x05"
            "\x01\x40\x00\x01\x00\x0a\x0a\x01\x00\x05\x61\x3a\x62\x2f\x63\x01\x02") },
    { "no name", "`a b` is not a valid extern name: `a b` is not in kebab case",
      /* (component (import "a b" (func))) */
      BYTES("\x07\x05\x01\x40\x00\x01\x00\x0a\x08\x01\x00\x03\x61\x20\x62\x01\x00") },
};

static void names(void **state)
{
    (void)state;
    RUN_CHECK_CASES(names_cases);
}

static const struct check_case implements_cases[] = {
    { "valid", NULL,
      /* (component (import "a" (implements "a:b/c") (instance))) */
      BYTES("\x07\x03\x01\x42\x00\x0a\x0e\x01\x02\x01\x61\x01\x00\x05\x61\x3a\x62\x2f\x63\x05\x00") },
    { "function", "only instances can have an `implements` attribute: found func",
      /* (component (import "a" (implements "a:b/c") (func))) */
      BYTES("\x07\x05\x01\x40\x00\x01\x00\x0a\x0e\x01\x02\x01\x61\x01\x00\x05\x61\x3a\x62\x2f\x63\x01\x00") },
    { "interface name", "name `a:b/d` is not valid with `implements`",
      /* (component (import "a:b/d" (implements "a:b/c") (instance))) */
      BYTES("\x07\x03\x01\x42\x00\x0a\x12\x01\x02\x05\x61\x3a\x62\x2f\x64\x01\x00\x05\x61\x3a\x62\x2f\x63\x05\x00") },
    { "label", "`implements` name `x` must be an interface",
      /* (component (import "a" (implements "x") (instance))) */
      BYTES("\x07\x03\x01\x42\x00\x0a\x0a\x01\x02\x01\x61\x01\x00\x01\x78\x05\x00") },
    { "empty", "`` is not a valid name for `implements`",
      /* (component (import "a" (implements "") (instance))) */
      BYTES("\x07\x03\x01\x42\x00\x0a\x09\x01\x02\x01\x61\x01\x00\x00\x05\x00") },
    { "no name", "`implements` is not a valid name: `a_b` is not a valid extern name",
      /* (component (import "a" (implements "a_b") (instance))) */
      BYTES("\x07\x03\x01\x42\x00\x0a\x0c\x01\x02\x01\x61\x01\x00\x03\x61\x5f\x62\x05\x00") },
    { "inline", "`implements` name `x` must be an interface",
      /* (component (instance $i) (instance (export "a" (implements "x") (instance $i)))) */
      BYTES("\x05\x0e\x02\x01\x00\x01\x01\x02\x01\x61\x01\x00\x01\x78\x05\x00") },
};

static void implements(void **state)
{
    (void)state;
    RUN_CHECK_CASES(implements_cases);
}

static const struct check_case ascriptions_cases[] = {
    { "less", NULL,
      /* (component (import "i" (instance $i (export "f" (func)))) (export "j" (instance $i) (instance))) */
      BYTES("\x07\x0e\x01\x42\x02\x01\x40\x00\x01\x00\x04\x00\x01\x66\x01\x00\x0a\x06\x01\x00\x01\x69\x05\x00\x07\x03"
            "\x01\x42\x00\x0b\x09\x01\x00\x01\x6a\x05\x00\x01\x05\x01") },
    { "more", "ascribed type of export is not compatible with its item: missing expected export `f`",
      /* (component (import "i" (instance $i)) (export "j" (instance $i) (instance (export "f" (func))))) */
      BYTES("\x07\x03\x01\x42\x00\x0a\x06\x01\x00\x01\x69\x05\x00\x07\x0e\x01\x42\x02\x01\x40\x00\x01\x00\x04\x00\x01"
            "\x66\x01\x00\x0b\x09\x01\x00\x01\x6a\x05\x00\x01\x05\x01") },
    { "hidden resource is another one", "resource types are not the same",
      /* (component
       *   (component $c (type $r (resource (rep i32))) (export "a" (type $r)) (export "b" (type $r) (type (sub
       * resource)))) (instance $i (instantiate $c)) (component $eq (import "a" (type $a (sub resource))) (import "b"
       * (type (eq $a)))) (instance (instantiate $eq (with "a" (type $i "a")) (with "b" (type $i "b"))))) */
      BYTES("\x04\x1f\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x04\x01\x3f\x7f\x00\x0b\x0f\x02\x00\x01\x61\x03\x00\x00\x00"
            "\x01\x62\x03\x00\x01\x03\x01\x05\x04\x01\x00\x00\x00\x04\x16\x00\x61\x73\x6d\x0d\x00\x01\x00\x0a\x0c\x02"
            "\x00\x01\x61\x03\x01\x00\x01\x62\x03\x00\x00\x06\x0b\x02\x03\x00\x00\x01\x61\x03\x00\x00\x01\x62\x05\x0c"
            "\x01\x00\x01\x02\x01\x61\x03\x00\x01\x62\x03\x01") },
    { "resource of an ascribed instance", NULL,
      /* (component
       *   (type $r (resource (rep i32)))
       *   (instance $i (export "r" (type $r)))
       *   (export "i" (instance $i) (instance (export "r" (type (sub resource)))))) */
      BYTES("\x07\x04\x01\x3f\x7f\x00\x05\x08\x01\x01\x01\x00\x01\x72\x03\x00\x07\x09\x01\x42\x01\x04\x00\x01\x72\x03"
            "\x01\x0b\x09\x01\x00\x01\x69\x05\x00\x01\x05\x01") },
    { "no such item", "unknown instance 4: instance index out of bounds",
      /* (component (export "a" (instance 4))) */
      BYTES("\x0b\x07\x01\x00\x01\x61\x05\x04\x00") },
};

static void ascriptions(void **state)
{
    (void)state;
    RUN_CHECK_CASES(ascriptions_cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(implements),
        cmocka_unit_test(ascriptions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
