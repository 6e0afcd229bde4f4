/* Tests of runtime/check/reach.c: resources found wherever a type may hold them. */
#include "cases.h"

static const struct check_case places_cases[] = {
    { "own", "transitively refers to resources",
      /* (component $C
       *   (type $r (resource (rep i32)))
       *   (type $t (own $r))
       *   (component (alias outer $C $t (type)))) */
      BYTES("\x07\x06\x02\x3f\x7f\x00\x69\x00\x04\x0f\x00\x61\x73\x6d\x0d\x00\x01\x00\x06\x05\x01\x03\x02\x01\x01") },
    { "borrow", "transitively refers to resources",
      /* (component $C
       *   (type $r (resource (rep i32)))
       *   (type $t (borrow $r))
       *   (component (alias outer $C $t (type)))) */
      BYTES("\x07\x06\x02\x3f\x7f\x00\x68\x00\x04\x0f\x00\x61\x73\x6d\x0d\x00\x01\x00\x06\x05\x01\x03\x02\x01\x01") },
    { "option", "transitively refers to resources",
      /* (component $C
       *   (type $r (resource (rep i32)))
       *   (type $t (option (own $r)))
       *   (component (alias outer $C $t (type)))) */
      BYTES("\x07\x08\x03\x3f\x7f\x00\x69\x00\x6b\x01\x04\x0f\x00\x61\x73\x6d\x0d\x00\x01\x00\x06\x05\x01\x03\x02\x01"
            "\x02") },
    { "ok", "transitively refers to resources",
      /* (component $C
       *   (type $r (resource (rep i32)))
       *   (type $t (result (own $r)))
       *   (component (alias outer $C $t (type)))) */
      BYTES("\x07\x0a\x03\x3f\x7f\x00\x69\x00\x6a\x01\x01\x00\x04\x0f\x00\x61\x73\x6d\x0d\x00\x01\x00\x06\x05\x01\x03"
            "\x02\x01\x02") },
    { "error", "transitively refers to resources",
      /* (component $C
       *   (type $r (resource (rep i32)))
       *   (type $t (result (error (own $r))))
       *   (component (alias outer $C $t (type)))) */
      BYTES("\x07\x0a\x03\x3f\x7f\x00\x69\x00\x6a\x00\x01\x01\x04\x0f\x00\x61\x73\x6d\x0d\x00\x01\x00\x06\x05\x01\x03"
            "\x02\x01\x02") },
    { "tuple", "transitively refers to resources",
      /* (component $C
       *   (type $r (resource (rep i32)))
       *   (type $t (tuple u8 (own $r)))
       *   (component (alias outer $C $t (type)))) */
      BYTES("\x07\x0a\x03\x3f\x7f\x00\x69\x00\x6f\x02\x7d\x01\x04\x0f\x00\x61\x73\x6d\x0d\x00\x01\x00\x06\x05\x01\x03"
            "\x02\x01\x02") },
    { "variant", "transitively refers to resources",
      /* (component $C
       *   (type $r (resource (rep i32)))
       *   (type $t (variant (case "a") (case "b" (own $r))))
       *   (component (alias outer $C $t (type)))) */
      BYTES("\x07\x11\x03\x3f\x7f\x00\x69\x00\x71\x02\x01\x61\x00\x00\x01\x62\x01\x01\x00\x04\x0f\x00\x61\x73\x6d\x0d"
            "\x00\x01\x00\x06\x05\x01\x03\x02\x01\x02") },
    { "parameter", "transitively refers to resources",
      /* (component $C
       *   (type $r (resource (rep i32)))
       *   (type $t (func (param "p" (borrow $r))))
       *   (component (alias outer $C $t (type)))) */
      BYTES("\x07\x0d\x03\x3f\x7f\x00\x68\x00\x40\x01\x01\x70\x01\x01\x00\x04\x0f\x00\x61\x73\x6d\x0d\x00\x01\x00\x06"
            "\x05\x01\x03\x02\x01\x02") },
    { "result", "transitively refers to resources",
      /* (component $C
       *   (type $r (resource (rep i32)))
       *   (type $t (func (result (own $r))))
       *   (component (alias outer $C $t (type)))) */
      BYTES("\x07\x0a\x03\x3f\x7f\x00\x69\x00\x40\x00\x00\x01\x04\x0f\x00\x61\x73\x6d\x0d\x00\x01\x00\x06\x05\x01\x03"
            "\x02\x01\x02") },
    { "instance type", "transitively refers to resources",
      /* (component $C
       *   (type $r (resource (rep i32)))
       *   (type $t (instance (alias outer 1 $r (type $q)) (export "f" (func (param "p" (own $q))))))
       *   (component (alias outer $C $t (type)))) */
      BYTES("\x07\x1c\x02\x3f\x7f\x00\x42\x04\x02\x03\x02\x01\x00\x01\x69\x00\x01\x40\x01\x01\x70\x01\x01\x00\x04\x00"
            "\x01\x66\x01\x02\x04\x0f\x00\x61\x73\x6d\x0d\x00\x01\x00\x06\x05\x01\x03\x02\x01\x01") },
    { "instance in it", "transitively refers to resources",
      /* (component $C
       *   (type $r (resource (rep i32)))
       *   (type $t (instance (alias outer 1 $r (type $q)) (export "i" (instance (alias outer 1 $q (type $p)) (export
       * "t" (type (eq $p))))))) (component (alias outer $C $t (type)))) */
      BYTES("\x07\x20\x02\x3f\x7f\x00\x42\x03\x02\x03\x02\x01\x00\x01\x42\x02\x02\x03\x02\x01\x00\x04\x00\x01\x74\x03"
            "\x00\x00\x04\x00\x01\x69\x05\x01\x04\x0f\x00\x61\x73\x6d\x0d\x00\x01\x00\x06\x05\x01\x03\x02\x01\x01") },
    { "import", "transitively refers to resources",
      /* (component $C
       *   (type $r (resource (rep i32)))
       *   (type $t (component (alias outer 1 $r (type $q)) (import "t" (type (eq $q)))))
       *   (component (alias outer $C $t (type)))) */
      BYTES("\x07\x12\x02\x3f\x7f\x00\x41\x02\x02\x03\x02\x01\x00\x03\x00\x01\x74\x03\x00\x00\x04\x0f\x00\x61\x73\x6d"
            "\x0d\x00\x01\x00\x06\x05\x01\x03\x02\x01\x01") },
    { "type in it", "transitively refers to resources",
      /* (component $C
       *   (type $r (resource (rep i32)))
       *   (type $t (component (alias outer 1 $r (type $q)) (type $l (list (own $q))) (import "q" (type $z (eq $q)))
       * (type $k (list (own $z))) (export "t" (type (eq $k))))) (component (alias outer $C $t (type)))) */
      BYTES("\x07\x25\x02\x3f\x7f\x00\x41\x07\x02\x03\x02\x01\x00\x01\x69\x00\x01\x70\x01\x03\x00\x01\x71\x03\x00\x00"
            "\x01\x69\x03\x01\x70\x04\x04\x00\x01\x74\x03\x00\x05\x04\x0f\x00\x61\x73\x6d\x0d\x00\x01\x00\x06\x05\x01"
            "\x03\x02\x01\x01") },
};

static void places(void **state)
{
    (void)state;
    RUN_CHECK_CASES(places_cases);
}

static const struct check_case none_cases[] = {
    { "values", NULL,
      /* (component $C (type $t (record (field "a" (list string)))) (component (alias outer $C $t (type)))) */
      BYTES("\x07\x08\x02\x70\x73\x72\x01\x01\x61\x00\x04\x0f\x00\x61\x73\x6d\x0d\x00\x01\x00\x06\x05\x01\x03\x02\x01"
            "\x01") },
    { "modules", NULL,
      /* (component $C (type $t (instance (export "m" (core module)))) (component (alias outer $C $t (type)))) */
      BYTES("\x07\x0d\x01\x42\x02\x00\x50\x00\x04\x00\x01\x6d\x00\x11\x00\x04\x0f\x00\x61\x73\x6d\x0d\x00\x01\x00\x06"
            "\x05\x01\x03\x02\x01\x00") },
};

static void none(void **state)
{
    (void)state;
    RUN_CHECK_CASES(none_cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places),
        cmocka_unit_test(none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
