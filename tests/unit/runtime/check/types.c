/* Tests of runtime/check/types.c: value, function and resource types, and descriptions. */
#include "cases.h"

static const struct check_case labels_cases[] = {
    { "empty field", "record field name cannot be empty",
      /* (component (type (record (field "" u8)))) */
      BYTES("\x07\x05\x01\x72\x01\x00\x7d") },
    { "field", "record field name `aB` is not in kebab case",
      /* (component (type (record (field "aB" u8)))) */
      BYTES("\x07\x07\x01\x72\x01\x02\x61\x42\x7d") },
    { "fields", "record field name `A` conflicts with previous field name `a`",
      /* (component (type (record (field "a" u8) (field "A" u8)))) */
      BYTES("\x07\x09\x01\x72\x02\x01\x61\x7d\x01\x41\x7d") },
    { "cases", "variant case name `x` conflicts with previous case name `x`",
      /* (component (type (variant (case "x") (case "x")))) */
      BYTES("\x07\x0b\x01\x71\x02\x01\x78\x00\x00\x01\x78\x00\x00") },
    { "flags", "flag name `X` conflicts with previous flag name `x`",
      /* (component (type (flags "x" "X"))) */
      BYTES("\x07\x07\x01\x6e\x02\x01\x78\x01\x58") },
    { "enum", "enum tag name `X` conflicts with previous tag name `x`",
      /* (component (type (enum "x" "X"))) */
      BYTES("\x07\x07\x01\x6d\x02\x01\x78\x01\x58") },
    { "parameters", "function parameter name `P` conflicts with previous parameter name `p`",
      /* (component (type (func (param "p" u8) (param "P" u8)))) */
      BYTES("\x07\x0b\x01\x40\x02\x01\x70\x7d\x01\x50\x7d\x01\x00") },
    { "many", "flag name `A` conflicts with previous flag name `a`",
      /* (component (type (flags "a" "b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l" "m" "n" "o" "p" "q" "A"))) */
      BYTES("\x07\x27\x01\x6e\x12\x01\x61\x01\x62\x01\x63\x01\x64\x01\x65\x01\x66\x01\x67\x01\x68\x01\x69\x01\x6a\x01"
            "\x6b\x01\x6c\x01\x6d\x01\x6e\x01\x6f\x01\x70\x01\x71\x01\x41") },
    { "many, all different", NULL,
      /* (component (type (enum "a" "b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l" "m" "n" "o" "p" "q" "r"))) */
      BYTES("\x07\x27\x01\x6d\x12\x01\x61\x01\x62\x01\x63\x01\x64\x01\x65\x01\x66\x01\x67\x01\x68\x01\x69\x01\x6a\x01"
            "\x6b\x01\x6c\x01\x6d\x01\x6e\x01\x6f\x01\x70\x01\x71\x01\x72") },
};

static void labels(void **state)
{
    (void)state;
    RUN_CHECK_CASES(labels_cases);
}

static const struct check_case kinds_cases[] = {
    { "all", NULL,
      /* (component
       *   (type $r (record (field "a" u8)))
       *   (type $v (variant (case "a" $r) (case "b")))
       *   (type (option (tuple (list $v) (result) (result string (error char)))))
       *   (type $res (resource (rep i32)))
       *   (type (func (param "o" (own $res)) (param "b" (borrow $res)) (result (own $res))))) */
      BYTES("\x07\x35\x0c\x72\x01\x01\x61\x7d\x71\x02\x01\x61\x01\x00\x00\x01\x62\x00\x00\x70\x01\x6a\x00\x00\x6a\x01"
            "\x73\x01\x74\x6f\x03\x02\x03\x04\x6b\x05\x3f\x7f\x00\x69\x07\x68\x07\x69\x07\x40\x02\x01\x6f\x08\x01\x62"
            "\x09\x00\x0a") },
    { "no record", "record type must have at least one field",
      /* (component (type (record))) */
      BYTES("\x07\x03\x01\x72\x00") },
    { "index", "unknown type 3: type index out of bounds",
      /* (component (type (list 3))) */
      BYTES("\x07\x03\x01\x70\x03") },
    { "no value type", "type index 0 is not a defined type",
      /* (component (type (func)) (type (list 0))) */
      BYTES("\x07\x07\x02\x40\x00\x01\x00\x70\x00") },
    { "no resource", "type index 0 is not a resource type",
      /* (component (type u8) (type (own 0))) */
      BYTES("\x07\x04\x02\x7d\x69\x00") },
    { "borrow in a result", "function result cannot contain a `borrow` type",
      /* (component (type $r (resource (rep i32))) (type (func (result (list (borrow $r)))))) */
      BYTES("\x07\x0c\x04\x3f\x7f\x00\x68\x00\x70\x01\x40\x00\x00\x02") },
    { "resource in a type", "resources can only be defined within a concrete component",
      /* (component (type (component (type (resource (rep i32)))))) */
      BYTES("\x07\x07\x01\x41\x01\x01\x3f\x7f\x00") },
    { "destructor", NULL,
      /* (component
       *   (core module $m (func (export "d") (param i32)))
       *   (core instance $i (instantiate $m))
       *   (type (resource (rep i32) (dtor (core func $i "d"))))) */
      BYTES("\x01\x20\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x05\x01\x60\x01\x7f\x00\x03\x02\x01\x00\x07\x05\x01\x01\x64"
            "\x00\x00\x0a\x04\x01\x02\x00\x0b\x02\x04\x01\x00\x00\x00\x06\x07\x01\x00\x00\x01\x00\x01\x64\x07\x05\x01"
            "\x3f\x7f\x01\x00") },
    { "no such destructor", "unknown core function 0",
      /* (component (type (resource (rep i32) (dtor (core func 0))))) */
      BYTES("\x07\x05\x01\x3f\x7f\x01\x00") },
    { "wrong destructor", "wrong signature for a destructor",
      /* (component
       *   (core module $m (func (export "d") (param i64)))
       *   (core instance $i (instantiate $m))
       *   (type (resource (rep i32) (dtor (core func $i "d"))))) */
      BYTES("\x01\x20\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x05\x01\x60\x01\x7e\x00\x03\x02\x01\x00\x07\x05\x01\x01\x64"
            "\x00\x00\x0a\x04\x01\x02\x00\x0b\x02\x04\x01\x00\x00\x00\x06\x07\x01\x00\x00\x01\x00\x01\x64\x07\x05\x01"
            "\x3f\x7f\x01\x00") },
};

static void kinds(void **state)
{
    (void)state;
    RUN_CHECK_CASES(kinds_cases);
}

static const struct check_case descriptions_cases[] = {
    { "no function", "type index 0 is not a function type",
      /* (component (type u8) (import "f" (func (type 0)))) */
      BYTES("\x07\x02\x01\x7d\x0a\x06\x01\x00\x01\x66\x01\x00") },
    { "no instance", "type index 0 is not an instance type",
      /* (component (type u8) (import "i" (instance (type 0)))) */
      BYTES("\x07\x02\x01\x7d\x0a\x06\x01\x00\x01\x69\x05\x00") },
    { "no component", "type index 0 is not a component type",
      /* (component (type u8) (import "c" (component (type 0)))) */
      BYTES("\x07\x02\x01\x7d\x0a\x06\x01\x00\x01\x63\x04\x00") },
    { "no module", "core type index 0 is not a module type",
      /* (component (core type (func)) (import "m" (core module (type 0)))) */
      BYTES("\x03\x04\x01\x60\x00\x00\x0a\x07\x01\x00\x01\x6d\x00\x11\x00") },
    { "no core type", "unknown core type 0",
      /* (component (import "m" (core module (type 0)))) */
      BYTES("\x0a\x07\x01\x00\x01\x6d\x00\x11\x00") },
};

static void descriptions(void **state)
{
    (void)state;
    RUN_CHECK_CASES(descriptions_cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels),
        cmocka_unit_test(kinds),
        cmocka_unit_test(descriptions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
