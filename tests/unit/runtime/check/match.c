/* Tests of runtime/check/match.c: subtyping of items, with resources that stand in for others. */
#include "cases.h"

static const struct check_case kinds_cases[] = {
    { "resource for a type", "expected resource, found defined type",
      /* (component
       *   (type $t u8)
       *   (component $c (import "x" (type (sub resource))))
       *   (instance (instantiate $c (with "x" (type $t))))) */
      BYTES("\x07\x02\x01\x7d\x04\x10\x00\x61\x73\x6d\x0d\x00\x01\x00\x0a\x06\x01\x00\x01\x78\x03\x01\x05\x08\x01\x00"
            "\x00\x01\x01\x78\x03\x00") },
    { "type for a resource", "expected defined type, found resource",
      /* (component
       *   (type $r (resource (rep i32)))
       *   (component $c (type $t u8) (import "x" (type (eq $t))))
       *   (instance (instantiate $c (with "x" (type $r))))) */
      BYTES("\x07\x04\x01\x3f\x7f\x00\x04\x15\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x02\x01\x7d\x0a\x07\x01\x00\x01\x78"
            "\x03\x00\x00\x05\x08\x01\x00\x00\x01\x01\x78\x03\x00") },
    { "primitive", "expected primitive, found record",
      /* (component
       *   (type $r (record (field "a" u8)))
       *   (component $c (type $t u8) (import "x" (type (eq $t))))
       *   (instance (instantiate $c (with "x" (type $r))))) */
      BYTES("\x07\x06\x01\x72\x01\x01\x61\x7d\x04\x15\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x02\x01\x7d\x0a\x07\x01\x00"
            "\x01\x78\x03\x00\x00\x05\x08\x01\x00\x00\x01\x01\x78\x03\x00") },
    { "func type", "expected func type, found instance type",
      /* (component
       *   (type $r (instance))
       *   (component $c (type $t (func)) (import "x" (type (eq $t))))
       *   (instance (instantiate $c (with "x" (type $r))))) */
      BYTES("\x07\x03\x01\x42\x00\x04\x18\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x05\x01\x40\x00\x01\x00\x0a\x07\x01\x00"
            "\x01\x78\x03\x00\x00\x05\x08\x01\x00\x00\x01\x01\x78\x03\x00") },
    { "parameter", "type mismatch for import `x`: parameter",
      /* (component
       *   (import "f" (func $f (param "a" u16)))
       *   (component $c (import "x" (func (param "a" u8))))
       *   (instance (instantiate $c (with "x" (func $f))))) */
      BYTES("\x07\x08\x01\x40\x01\x01\x61\x7b\x01\x00\x0a\x06\x01\x00\x01\x66\x01\x00\x04\x1a\x00\x61\x73\x6d\x0d\x00"
            "\x01\x00\x07\x08\x01\x40\x01\x01\x61\x7d\x01\x00\x0a\x06\x01\x00\x01\x78\x01\x00\x05\x08\x01\x00\x00\x01"
            "\x01\x78\x01\x00") },
    { "instance", "missing expected export `f`",
      /* (component
       *   (instance $i)
       *   (component $c (import "x" (instance (export "f" (func)))))
       *   (instance (instantiate $c (with "x" (instance $i))))) */
      BYTES("\x05\x03\x01\x01\x00\x04\x20\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x0e\x01\x42\x02\x01\x40\x00\x01\x00\x04"
            "\x00\x01\x66\x01\x00\x0a\x06\x01\x00\x01\x78\x05\x00\x05\x08\x01\x00\x00\x01\x01\x78\x05\x00") },
    { "inside an instance", "type mismatch in instance export `f`: expected func, found component",
      /* (component
       *   (component $d)
       *   (instance $i (export "f" (component $d)))
       *   (component $c (import "x" (instance (export "f" (func)))))
       *   (instance (instantiate $c (with "x" (instance $i))))) */
      BYTES("\x04\x08\x00\x61\x73\x6d\x0d\x00\x01\x00\x05\x08\x01\x01\x01\x00\x01\x66\x04\x00\x04\x20\x00\x61\x73\x6d"
            "\x0d\x00\x01\x00\x07\x0e\x01\x42\x02\x01\x40\x00\x01\x00\x04\x00\x01\x66\x01\x00\x0a\x06\x01\x00\x01\x78"
            "\x05\x00\x05\x08\x01\x00\x01\x01\x01\x78\x05\x00") },
};

static void kinds(void **state)
{
    (void)state;
    RUN_CHECK_CASES(kinds_cases);
}

static const struct check_case resources_cases[] = {
    { "same", NULL,
      /* (component
       *   (type $r (resource (rep i32)))
       *   (component $c (import "a" (type $a (sub resource))) (import "b" (type (eq $a))))
       *   (instance (instantiate $c (with "a" (type $r)) (with "b" (type $r))))) */
      BYTES("\x07\x04\x01\x3f\x7f\x00\x04\x16\x00\x61\x73\x6d\x0d\x00\x01\x00\x0a\x0c\x02\x00\x01\x61\x03\x01\x00\x01"
            "\x62\x03\x00\x00\x05\x0c\x01\x00\x00\x02\x01\x61\x03\x00\x01\x62\x03\x00") },
    { "another", "resource types are not the same",
      /* (component
       *   (type $r (resource (rep i32)))
       *   (type $s (resource (rep i32)))
       *   (component $c (import "a" (type $a (sub resource))) (import "b" (type (eq $a))))
       *   (instance (instantiate $c (with "a" (type $r)) (with "b" (type $s))))) */
      BYTES("\x07\x07\x02\x3f\x7f\x00\x3f\x7f\x00\x04\x16\x00\x61\x73\x6d\x0d\x00\x01\x00\x0a\x0c\x02\x00\x01\x61\x03"
            "\x01\x00\x01\x62\x03\x00\x00\x05\x0c\x01\x00\x00\x02\x01\x61\x03\x00\x01\x62\x03\x01") },
    { "in a function", "resource types are not the same",
      /* (component
       *   (import "r" (type $r (sub resource)))
       *   (import "s" (type $s (sub resource)))
       *   (import "f" (func $f (param "x" (own $s))))
       *   (component $c (import "a" (type $a (sub resource))) (import "f" (func (param "x" (own $a)))))
       *   (instance (instantiate $c (with "a" (type $r)) (with "f" (func $f))))) */
      BYTES("\x0a\x0b\x02\x00\x01\x72\x03\x01\x00\x01\x73\x03\x01\x07\x0a\x02\x69\x01\x40\x01\x01\x78\x02\x01\x00\x0a"
            "\x06\x01\x00\x01\x66\x01\x03\x04\x24\x00\x61\x73\x6d\x0d\x00\x01\x00\x0a\x06\x01\x00\x01\x61\x03\x01\x07"
            "\x0a\x02\x69\x00\x40\x01\x01\x78\x01\x01\x00\x0a\x06\x01\x00\x01\x66\x01\x02\x05\x0c\x01\x00\x00\x02\x01"
            "\x61\x03\x00\x01\x66\x01\x00") },
    { "in an instance", NULL,
      /* (component
       *   (import "j" (instance $j (export "r" (type $r (sub resource))) (export "f" (func (param "x" (own $r))))))
       *   (component $c (import "i" (instance (export "r" (type $r (sub resource))) (export "f" (func (param "x" (own
       * $r))))))) (instance (instantiate $c (with "i" (instance $j))))) */
      BYTES("\x07\x1a\x01\x42\x04\x04\x00\x01\x72\x03\x01\x01\x69\x00\x01\x40\x01\x01\x78\x01\x01\x00\x04\x00\x01\x66"
            "\x01\x02\x0a\x06\x01\x00\x01\x6a\x05\x00\x04\x2c\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x1a\x01\x42\x04\x04"
            "\x00\x01\x72\x03\x01\x01\x69\x00\x01\x40\x01\x01\x78\x01\x01\x00\x04\x00\x01\x66\x01\x02\x0a\x06\x01\x00"
            "\x01\x69\x05\x00\x05\x08\x01\x00\x00\x01\x01\x69\x05\x00") },
};

static void resources(void **state)
{
    (void)state;
    RUN_CHECK_CASES(resources_cases);
}

static const struct check_case components_cases[] = {
    { "contravariant imports", NULL,
      /* (component
       *   (component $d (import "f" (func $f)) (export "g" (func $f)) (export "h" (func $f)))
       *   (component $c (import "d" (component (import "f" (func)) (export "g" (func)))))
       *   (instance (instantiate $c (with "d" (component $d))))) */
      BYTES("\x04\x26\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x05\x01\x40\x00\x01\x00\x0a\x06\x01\x00\x01\x66\x01\x00\x0b"
            "\x0d\x02\x00\x01\x67\x01\x00\x00\x00\x01\x68\x01\x00\x00\x04\x2b\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x19"
            "\x01\x41\x04\x01\x40\x00\x01\x00\x03\x00\x01\x66\x01\x00\x01\x40\x00\x01\x00\x04\x00\x01\x67\x01\x01\x0a"
            "\x06\x01\x00\x01\x64\x04\x00\x05\x08\x01\x00\x01\x01\x01\x64\x04\x00") },
    { "import that is not given", "missing expected import `f`",
      /* (component
       *   (component $d (import "f" (func)))
       *   (component $c (import "d" (component)))
       *   (instance (instantiate $c (with "d" (component $d))))) */
      BYTES("\x04\x17\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x05\x01\x40\x00\x01\x00\x0a\x06\x01\x00\x01\x66\x01\x00\x04"
            "\x15\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x03\x01\x41\x00\x0a\x06\x01\x00\x01\x64\x04\x00\x05\x08\x01\x00"
            "\x01\x01\x01\x64\x04\x00") },
    { "import of another type", "type mismatch in import `f`: expected func, found instance",
      /* (component
       *   (component $d (import "f" (func)))
       *   (component $c (import "d" (component (import "f" (instance)))))
       *   (instance (instantiate $c (with "d" (component $d))))) */
      BYTES("\x04\x17\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x05\x01\x40\x00\x01\x00\x0a\x06\x01\x00\x01\x66\x01\x00\x04"
            "\x1e\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x0c\x01\x41\x02\x01\x42\x00\x03\x00\x01\x66\x05\x00\x0a\x06\x01"
            "\x00\x01\x64\x04\x00\x05\x08\x01\x00\x01\x01\x01\x64\x04\x00") },
    { "export that is missing", "missing expected export `g`",
      /* (component
       *   (component $d)
       *   (component $c (import "d" (component (export "g" (func)))))
       *   (instance (instantiate $c (with "d" (component $d))))) */
      BYTES("\x04\x08\x00\x61\x73\x6d\x0d\x00\x01\x00\x04\x20\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x0e\x01\x41\x02\x01"
            "\x40\x00\x01\x00\x04\x00\x01\x67\x01\x00\x0a\x06\x01\x00\x01\x64\x04\x00\x05\x08\x01\x00\x01\x01\x01\x64"
            "\x04\x00") },
    { "export of another type", "type mismatch in export `g`",
      /* (component
       *   (component $d (import "f" (func $f)) (export "g" (func $f)))
       *   (component $c (import "d" (component (import "f" (func)) (export "g" (instance)))))
       *   (instance (instantiate $c (with "d" (component $d))))) */
      BYTES("\x04\x20\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x05\x01\x40\x00\x01\x00\x0a\x06\x01\x00\x01\x66\x01\x00\x0b"
            "\x07\x01\x00\x01\x67\x01\x00\x00\x04\x29\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x17\x01\x41\x04\x01\x40\x00"
            "\x01\x00\x03\x00\x01\x66\x01\x00\x01\x42\x00\x04\x00\x01\x67\x05\x01\x0a\x06\x01\x00\x01\x64\x04\x00\x05"
            "\x08\x01\x00\x01\x01\x01\x64\x04\x00") },
    { "resources of both sides", NULL,
      /* (component
       *   (component $d
       *     (import "r" (type $r (sub resource)))
       *     (type $t (resource (rep i32)))
       *     (export $s "s" (type $t))
       *     (core module $m (func (export "f") (param i32) (result i32) unreachable))
       *     (core instance $i (instantiate $m))
       *     (func $f (param "a" (own $r)) (result (own $s)) (canon lift (core func $i "f")))
       *     (export "f" (func $f)))
       *   (component $c (import "d" (component (import "r" (type $r (sub resource))) (export "s" (type $s (sub
       * resource))) (export "f" (func (param "a" (own $r)) (result (own $s))))))) (instance (instantiate $c (with "d"
       * (component $d))))) */
      BYTES("\x04\x71\x00\x61\x73\x6d\x0d\x00\x01\x00\x0a\x06\x01\x00\x01\x72\x03\x01\x07\x04\x01\x3f\x7f\x00\x0b\x07"
            "\x01\x00\x01\x73\x03\x01\x00\x01\x22\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x06\x01\x60\x01\x7f\x01\x7f\x03"
            "\x02\x01\x00\x07\x05\x01\x01\x66\x00\x00\x0a\x05\x01\x03\x00\x00\x0b\x02\x04\x01\x00\x00\x00\x07\x0c\x03"
            "\x69\x00\x69\x02\x40\x01\x01\x61\x03\x00\x04\x06\x07\x01\x00\x00\x01\x00\x01\x66\x08\x06\x01\x00\x00\x00"
            "\x00\x05\x0b\x07\x01\x00\x01\x66\x01\x00\x00\x04\x35\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x23\x01\x41\x06"
            "\x03\x00\x01\x72\x03\x01\x04\x00\x01\x73\x03\x01\x01\x69\x00\x01\x69\x01\x01\x40\x01\x01\x61\x02\x00\x03"
            "\x04\x00\x01\x66\x01\x04\x0a\x06\x01\x00\x01\x64\x04\x00\x05\x08\x01\x00\x01\x01\x01\x64\x04\x00") },
    { "types of components", NULL,
      /* (component
       *   (type $u (component (import "a" (type $a (sub resource))) (export "b" (type (eq $a)))))
       *   (component $c (type $t (component (import "a" (type $a (sub resource))) (export "b" (type (eq $a))))) (import
       * "x" (type (eq $t)))) (instance (instantiate $c (with "x" (type $u))))) */
      BYTES("\x07\x10\x01\x41\x02\x03\x00\x01\x61\x03\x01\x04\x00\x01\x62\x03\x00\x00\x04\x23\x00\x61\x73\x6d\x0d\x00"
            "\x01\x00\x07\x10\x01\x41\x02\x03\x00\x01\x61\x03\x01\x04\x00\x01\x62\x03\x00\x00\x0a\x07\x01\x00\x01\x78"
            "\x03\x00\x00\x05\x08\x01\x00\x00\x01\x01\x78\x03\x00") },
    { "types of instances", NULL,
      /* (component
       *   (type $u (instance (export "a" (type $a (sub resource))) (export "f" (func (result (own $a))))))
       *   (component $c (type $t (instance (export "a" (type $a (sub resource))) (export "f" (func (result (own
       * $a)))))) (import "x" (type (eq $t)))) (instance (instantiate $c (with "x" (type $u))))) */
      BYTES("\x07\x17\x01\x42\x04\x04\x00\x01\x61\x03\x01\x01\x69\x00\x01\x40\x00\x00\x01\x04\x00\x01\x66\x01\x02\x04"
            "\x2a\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x17\x01\x42\x04\x04\x00\x01\x61\x03\x01\x01\x69\x00\x01\x40\x00"
            "\x00\x01\x04\x00\x01\x66\x01\x02\x0a\x07\x01\x00\x01\x78\x03\x00\x00\x05\x08\x01\x00\x00\x01\x01\x78\x03"
            "\x00") },
    { "types of instances that differ", "type mismatch in instance export `f`",
      /* (component
       *   (type $u (instance (export "f" (func (result u8)))))
       *   (component $c (type $t (instance (export "f" (func)))) (import "x" (type (eq $t))))
       *   (instance (instantiate $c (with "x" (type $u))))) */
      BYTES("\x07\x0e\x01\x42\x02\x01\x40\x00\x00\x7d\x04\x00\x01\x66\x01\x00\x04\x21\x00\x61\x73\x6d\x0d\x00\x01\x00"
            "\x07\x0e\x01\x42\x02\x01\x40\x00\x01\x00\x04\x00\x01\x66\x01\x00\x0a\x07\x01\x00\x01\x78\x03\x00\x00\x05"
            "\x08\x01\x00\x00\x01\x01\x78\x03\x00") },
};

static void components(void **state)
{
    (void)state;
    RUN_CHECK_CASES(components_cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),
        cmocka_unit_test(resources),
        cmocka_unit_test(components),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
