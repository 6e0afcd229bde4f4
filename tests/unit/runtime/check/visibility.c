/* Tests of runtime/check/visibility.c: types that an import or export may show. */
#include "cases.h"

static const struct check_case values_cases[] = {
    { "named", NULL,
      /* (component
       *   (core module $m (func (export "f") (result i32) unreachable))
       *   (core instance $i (instantiate $m))
       *   (type $e (enum "a"))
       *   (export $x "e" (type $e))
       *   (func $f (result $x) (canon lift (core func $i "f")))
       *   (export "f" (func $f))) */
      BYTES("\x01\x21\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x05\x01\x60\x00\x01\x7f\x03\x02\x01\x00\x07\x05\x01\x01\x66"
            "\x00\x00\x0a\x05\x01\x03\x00\x00\x0b\x02\x04\x01\x00\x00\x00\x07\x05\x01\x6d\x01\x01\x61\x0b\x07\x01\x00"
            "\x01\x65\x03\x00\x00\x07\x05\x01\x40\x00\x00\x01\x06\x07\x01\x00\x00\x01\x00\x01\x66\x08\x06\x01\x00\x00"
            "\x00\x00\x02\x0b\x07\x01\x00\x01\x66\x01\x00\x00") },
    { "by the index before", "func not valid to be used as export",
      /* (component
       *   (core module $m (func (export "f") (result i32) unreachable))
       *   (core instance $i (instantiate $m))
       *   (type $e (enum "a"))
       *   (export $x "e" (type $e))
       *   (func $f (result $e) (canon lift (core func $i "f")))
       *   (export "f" (func $f))) */
      BYTES("\x01\x21\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x05\x01\x60\x00\x01\x7f\x03\x02\x01\x00\x07\x05\x01\x01\x66"
            "\x00\x00\x0a\x05\x01\x03\x00\x00\x0b\x02\x04\x01\x00\x00\x00\x07\x05\x01\x6d\x01\x01\x61\x0b\x07\x01\x00"
            "\x01\x65\x03\x00\x00\x07\x05\x01\x40\x00\x00\x00\x06\x07\x01\x00\x00\x01\x00\x01\x66\x08\x06\x01\x00\x00"
            "\x00\x00\x02\x0b\x07\x01\x00\x01\x66\x01\x00\x00") },
    { "inside others", "type not valid to be used as export",
      /* (component (type $e (enum "a")) (type $l (list (option (tuple $e)))) (export "l" (type $l))) */
      BYTES("\x07\x0c\x04\x6d\x01\x01\x61\x6f\x01\x00\x6b\x01\x70\x02\x0b\x07\x01\x00\x01\x6c\x03\x03\x00") },
    { "in a result", "type not valid to be used as import",
      /* (component (type $e (flags "a")) (type $l (result u8 (error $e))) (import "l" (type (eq $l)))) */
      BYTES("\x07\x0a\x02\x6e\x01\x01\x61\x6a\x01\x7d\x01\x00\x0a\x07\x01\x00\x01\x6c\x03\x00\x01") },
    { "own name of a record", NULL,
      /* (component (type $e (record (field "a" u8))) (export "l" (type $e))) */
      BYTES("\x07\x06\x01\x72\x01\x01\x61\x7d\x0b\x07\x01\x00\x01\x6c\x03\x00\x00") },
    { "field of a record", "type not valid to be used as export",
      /* (component (type $e (variant (case "a"))) (type $r (record (field "f" $e))) (export "r" (type $r))) */
      BYTES("\x07\x0c\x02\x71\x01\x01\x61\x00\x00\x72\x01\x01\x66\x00\x0b\x07\x01\x00\x01\x72\x03\x01\x00") },
    { "alias of an exported instance", NULL,
      /* (component
       *   (type $e (enum "a"))
       *   (instance $b (export "e" (type $e)))
       *   (export $c "b" (instance $b))
       *   (alias export $c "e" (type $x))
       *   (type $l (list $x))
       *   (export "l" (type $l))) */
      BYTES("\x07\x05\x01\x6d\x01\x01\x61\x05\x08\x01\x01\x01\x00\x01\x65\x03\x00\x0b\x07\x01\x00\x01\x62\x05\x00\x00"
            "\x06\x06\x01\x03\x00\x01\x01\x65\x07\x03\x01\x70\x01\x0b\x07\x01\x00\x01\x6c\x03\x02\x00") },
    { "alias of a hidden instance", "type not valid to be used as export",
      /* (component
       *   (type $e (enum "a"))
       *   (instance $b (export "e" (type $e)))
       *   (alias export $b "e" (type $x))
       *   (type $l (list $x))
       *   (export "l" (type $l))) */
      BYTES("\x07\x05\x01\x6d\x01\x01\x61\x05\x08\x01\x01\x01\x00\x01\x65\x03\x00\x06\x06\x01\x03\x00\x00\x01\x65\x07"
            "\x03\x01\x70\x01\x0b\x07\x01\x00\x01\x6c\x03\x02\x00") },
};

static void values(void **state)
{
    (void)state;
    RUN_CHECK_CASES(values_cases);
}

static const struct check_case scopes_cases[] = {
    { "import of an export", "func not valid to be used as import",
      /* (component (type $r (resource (rep i32))) (export $x "r" (type $r)) (import "f" (func (result (own $x))))) */
      BYTES("\x07\x04\x01\x3f\x7f\x00\x0b\x07\x01\x00\x01\x72\x03\x00\x00\x07\x07\x02\x69\x01\x40\x00\x00\x02\x0a\x06"
            "\x01\x00\x01\x66\x01\x03") },
    { "export of an import", NULL,
      /* (component (import "r" (type $r (sub resource))) (import "f" (func $f (result (own $r)))) (export "f" (func
         $f))) */
      BYTES("\x0a\x06\x01\x00\x01\x72\x03\x01\x07\x07\x02\x69\x00\x40\x00\x00\x01\x0a\x06\x01\x00\x01\x66\x01\x02\x0b"
            "\x07\x01\x00\x01\x66\x01\x00\x00") },
    { "instance types by themselves", NULL,
      /* (component (type (instance (type $e (enum "a")) (export "f" (func (result $e)))))) */
      BYTES("\x07\x13\x01\x42\x03\x01\x6d\x01\x01\x61\x01\x40\x00\x00\x00\x04\x00\x01\x66\x01\x01") },
    { "instance types imported", "instance not valid to be used as import",
      /* (component
       *   (type $i (instance (type $e (enum "a")) (export "f" (func (result $e)))))
       *   (import "i" (instance (type $i)))) */
      BYTES("\x07\x13\x01\x42\x03\x01\x6d\x01\x01\x61\x01\x40\x00\x00\x00\x04\x00\x01\x66\x01\x01\x0a\x06\x01\x00\x01"
            "\x69\x05\x00") },
    { "component types", "func not valid to be used as export",
      /* (component (type (component (type $e (enum "a")) (export "f" (func (result $e)))))) */
      BYTES("\x07\x13\x01\x41\x03\x01\x6d\x01\x01\x61\x01\x40\x00\x00\x00\x04\x00\x01\x66\x01\x01") },
    { "import of a local resource", "type not valid to be used as import",
      /* (component (type $r (resource (rep i32))) (import "r" (type (eq $r)))) */
      BYTES("\x07\x04\x01\x3f\x7f\x00\x0a\x07\x01\x00\x01\x72\x03\x00\x00") },
    { "local resource in an imported component", "local resource type found in imports: import `c`",
      /* (component $C
       *   (type $r (resource (rep i32)))
       *   (type $t (component (alias outer $C $r (type $q)) (export "x" (type (eq $q)))))
       *   (import "c" (component (type $t)))) */
      BYTES("\x07\x12\x02\x3f\x7f\x00\x41\x02\x02\x03\x02\x01\x00\x04\x00\x01\x78\x03\x00\x00\x0a\x06\x01\x00\x01\x63"
            "\x04\x01") },
    { "local resource in an exported type", "local resource type found in export but not exported itself: export `c`",
      /* (component $C
       *   (type $r (resource (rep i32)))
       *   (type $t (component (alias outer $C $r (type $q)) (export "x" (type (eq $q)))))
       *   (export "c" (type $t))) */
      BYTES("\x07\x12\x02\x3f\x7f\x00\x41\x02\x02\x03\x02\x01\x00\x04\x00\x01\x78\x03\x00\x00\x0b\x07\x01\x00\x01\x63"
            "\x03\x01\x00") },
};

static void scopes(void **state)
{
    (void)state;
    RUN_CHECK_CASES(scopes_cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(scopes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
