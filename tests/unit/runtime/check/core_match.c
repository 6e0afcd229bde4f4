/* Tests of runtime/check/core_match.c: subtyping of core externs and modules. */
#include "cases.h"

static const struct check_case externs_cases[] = {
    { "func", NULL,
      /* (component
       *   (core module $a (import "m" "x" (func (param i32))))
       *   (core module $b (func (export "x") (param i32)))
       *   (core instance $i (instantiate $b))
       *   (core instance (instantiate $a (with "m" (instance $i))))) */
      BYTES("\x01\x18\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x05\x01\x60\x01\x7f\x00\x02\x07\x01\x01\x6d\x01\x78\x00\x00"
            "\x01\x20\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x05\x01\x60\x01\x7f\x00\x03\x02\x01\x00\x07\x05\x01\x01\x78"
            "\x00\x00\x0a\x04\x01\x02\x00\x0b\x02\x0b\x02\x00\x01\x00\x00\x00\x01\x01\x6d\x12\x00") },
    { "another func", "expected: (func), found: (func (param i32) (result i64))",
      /* (component
       *   (core module $a (import "m" "x" (func)))
       *   (core module $b (func (export "x") (param i32) (result i64) unreachable))
       *   (core instance $i (instantiate $b))
       *   (core instance (instantiate $a (with "m" (instance $i))))) */
      BYTES("\x01\x17\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x02\x07\x01\x01\x6d\x01\x78\x00\x00\x01"
            "\x22\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x06\x01\x60\x01\x7f\x01\x7e\x03\x02\x01\x00\x07\x05\x01\x01\x78"
            "\x00\x00\x0a\x05\x01\x03\x00\x00\x0b\x02\x0b\x02\x00\x01\x00\x00\x00\x01\x01\x6d\x12\x00") },
    { "kind", "expected global, found func",
      /* (component
       *   (core module $a (import "m" "x" (global i32)))
       *   (core module $b (func (export "x")))
       *   (core instance $i (instantiate $b))
       *   (core instance (instantiate $a (with "m" (instance $i))))) */
      BYTES("\x01\x12\x00\x61\x73\x6d\x01\x00\x00\x00\x02\x08\x01\x01\x6d\x01\x78\x03\x7f\x00\x01\x1f\x00\x61\x73\x6d"
            "\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x07\x05\x01\x01\x78\x00\x00\x0a\x04\x01\x02\x00"
            "\x0b\x02\x0b\x02\x00\x01\x00\x00\x00\x01\x01\x6d\x12\x00") },
    { "global", "expected global type i32, found i64",
      /* (component
       *   (core module $a (import "m" "x" (global i32)))
       *   (core module $b (global (export "x") i64 (i64.const 0)))
       *   (core instance $i (instantiate $b))
       *   (core instance (instantiate $a (with "m" (instance $i))))) */
      BYTES("\x01\x12\x00\x61\x73\x6d\x01\x00\x00\x00\x02\x08\x01\x01\x6d\x01\x78\x03\x7f\x00\x01\x17\x00\x61\x73\x6d"
            "\x01\x00\x00\x00\x06\x06\x01\x7e\x00\x42\x00\x0b\x07\x05\x01\x01\x78\x03\x00\x02\x0b\x02\x00\x01\x00\x00"
            "\x00\x01\x01\x6d\x12\x00") },
    { "mutability", "global types differ in mutability: expected mutable, found constant",
      /* (component
       *   (core module $a (import "m" "x" (global (mut i32))))
       *   (core module $b (global (export "x") i32 (i32.const 0)))
       *   (core instance $i (instantiate $b))
       *   (core instance (instantiate $a (with "m" (instance $i))))) */
      BYTES("\x01\x12\x00\x61\x73\x6d\x01\x00\x00\x00\x02\x08\x01\x01\x6d\x01\x78\x03\x7f\x01\x01\x17\x00\x61\x73\x6d"
            "\x01\x00\x00\x00\x06\x06\x01\x7f\x00\x41\x00\x0b\x07\x05\x01\x01\x78\x03\x00\x02\x0b\x02\x00\x01\x00\x00"
            "\x00\x01\x01\x6d\x12\x00") },
    { "table element", "expected table element type funcref, found externref",
      /* (component
       *   (core module $a (import "m" "x" (table 1 funcref)))
       *   (core module $b (table (export "x") 1 externref))
       *   (core instance $i (instantiate $b))
       *   (core instance (instantiate $a (with "m" (instance $i))))) */
      BYTES("\x01\x13\x00\x61\x73\x6d\x01\x00\x00\x00\x02\x09\x01\x01\x6d\x01\x78\x01\x70\x00\x01\x01\x15\x00\x61\x73"
            "\x6d\x01\x00\x00\x00\x04\x04\x01\x6f\x00\x01\x07\x05\x01\x01\x78\x01\x00\x02\x0b\x02\x00\x01\x00\x00\x00"
            "\x01\x01\x6d\x12\x00") },
    { "table limits", "mismatch in table limits",
      /* (component
       *   (core module $a (import "m" "x" (table 2 funcref)))
       *   (core module $b (table (export "x") 1 funcref))
       *   (core instance $i (instantiate $b))
       *   (core instance (instantiate $a (with "m" (instance $i))))) */
      BYTES("\x01\x13\x00\x61\x73\x6d\x01\x00\x00\x00\x02\x09\x01\x01\x6d\x01\x78\x01\x70\x00\x02\x01\x15\x00\x61\x73"
            "\x6d\x01\x00\x00\x00\x04\x04\x01\x70\x00\x01\x07\x05\x01\x01\x78\x01\x00\x02\x0b\x02\x00\x01\x00\x00\x00"
            "\x01\x01\x6d\x12\x00") },
    { "table maximum", "mismatch in table limits",
      /* (component
       *   (core module $a (import "m" "x" (table 1 2 funcref)))
       *   (core module $b (table (export "x") 1 funcref))
       *   (core instance $i (instantiate $b))
       *   (core instance (instantiate $a (with "m" (instance $i))))) */
      BYTES("\x01\x14\x00\x61\x73\x6d\x01\x00\x00\x00\x02\x0a\x01\x01\x6d\x01\x78\x01\x70\x01\x01\x02\x01\x15\x00\x61"
            "\x73\x6d\x01\x00\x00\x00\x04\x04\x01\x70\x00\x01\x07\x05\x01\x01\x78\x01\x00\x02\x0b\x02\x00\x01\x00\x00"
            "\x00\x01\x01\x6d\x12\x00") },
    { "larger table", NULL,
      /* (component
       *   (core module $a (import "m" "x" (table 1 5 funcref)))
       *   (core module $b (table (export "x") 2 4 funcref))
       *   (core instance $i (instantiate $b))
       *   (core instance (instantiate $a (with "m" (instance $i))))) */
      BYTES("\x01\x14\x00\x61\x73\x6d\x01\x00\x00\x00\x02\x0a\x01\x01\x6d\x01\x78\x01\x70\x01\x01\x05\x01\x16\x00\x61"
            "\x73\x6d\x01\x00\x00\x00\x04\x05\x01\x70\x01\x02\x04\x07\x05\x01\x01\x78\x01\x00\x02\x0b\x02\x00\x01\x00"
            "\x00\x00\x01\x01\x6d\x12\x00") },
    { "memory limits", "mismatch in memory limits",
      /* (component
       *   (core module $a (import "m" "x" (memory 2)))
       *   (core module $b (memory (export "x") 1))
       *   (core instance $i (instantiate $b))
       *   (core instance (instantiate $a (with "m" (instance $i))))) */
      BYTES("\x01\x12\x00\x61\x73\x6d\x01\x00\x00\x00\x02\x08\x01\x01\x6d\x01\x78\x02\x00\x02\x01\x14\x00\x61\x73\x6d"
            "\x01\x00\x00\x00\x05\x03\x01\x00\x01\x07\x05\x01\x01\x78\x02\x00\x02\x0b\x02\x00\x01\x00\x00\x00\x01\x01"
            "\x6d\x12\x00") },
    { "shared memory", "mismatch in the shared flag for memories",
      /* (component
       *   (core module $a (import "m" "x" (memory 1 2 shared)))
       *   (core module $b (memory (export "x") 1 2))
       *   (core instance $i (instantiate $b))
       *   (core instance (instantiate $a (with "m" (instance $i))))) */
      BYTES("\x01\x13\x00\x61\x73\x6d\x01\x00\x00\x00\x02\x09\x01\x01\x6d\x01\x78\x02\x03\x01\x02\x01\x15\x00\x61\x73"
            "\x6d\x01\x00\x00\x00\x05\x04\x01\x01\x01\x02\x07\x05\x01\x01\x78\x02\x00\x02\x0b\x02\x00\x01\x00\x00\x00"
            "\x01\x01\x6d\x12\x00") },
    { "64-bit memory", "mismatch in memory index types",
      /* (component
       *   (core module $a (import "m" "x" (memory i64 1)))
       *   (core module $b (memory (export "x") 1))
       *   (core instance $i (instantiate $b))
       *   (core instance (instantiate $a (with "m" (instance $i))))) */
      BYTES("\x01\x12\x00\x61\x73\x6d\x01\x00\x00\x00\x02\x08\x01\x01\x6d\x01\x78\x02\x04\x01\x01\x14\x00\x61\x73\x6d"
            "\x01\x00\x00\x00\x05\x03\x01\x00\x01\x07\x05\x01\x01\x78\x02\x00\x02\x0b\x02\x00\x01\x00\x00\x00\x01\x01"
            "\x6d\x12\x00") },
    { "tag", NULL,
      /* (component
       *   (core module $a (import "m" "x" (tag (param i32))))
       *   (core module $b (tag (export "x") (param i32)))
       *   (core instance $i (instantiate $b))
       *   (core instance (instantiate $a (with "m" (instance $i))))) */
      BYTES("\x01\x19\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x05\x01\x60\x01\x7f\x00\x02\x08\x01\x01\x6d\x01\x78\x04\x00"
            "\x00\x01\x1b\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x05\x01\x60\x01\x7f\x00\x0d\x03\x01\x00\x00\x07\x05\x01"
            "\x01\x78\x04\x00\x02\x0b\x02\x00\x01\x00\x00\x00\x01\x01\x6d\x12\x00") },
    { "another tag", "expected: (func (param i32)), found: (func)",
      /* (component
       *   (core module $a (import "m" "x" (tag (param i32))))
       *   (core module $b (tag (export "x")))
       *   (core instance $i (instantiate $b))
       *   (core instance (instantiate $a (with "m" (instance $i))))) */
      BYTES("\x01\x19\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x05\x01\x60\x01\x7f\x00\x02\x08\x01\x01\x6d\x01\x78\x04\x00"
            "\x00\x01\x1a\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x0d\x03\x01\x00\x00\x07\x05\x01\x01"
            "\x78\x04\x00\x02\x0b\x02\x00\x01\x00\x00\x00\x01\x01\x6d\x12\x00") },
};

static void externs(void **state)
{
    (void)state;
    RUN_CHECK_CASES(externs_cases);
}

static const struct check_case modules_cases[] = {
    { "less imports, more exports", NULL,
      /* (component
       *   (core module $m (func (export "f")) (func (export "g")))
       *   (component $c (import "m" (core module (import "" "x" (func)) (export "f" (func)))))
       *   (instance (instantiate $c (with "m" (core module $m))))) */
      BYTES("\x01\x27\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x03\x02\x00\x00\x07\x09\x02\x01\x66"
            "\x00\x00\x01\x67\x00\x01\x0a\x07\x02\x02\x00\x0b\x02\x00\x0b\x04\x29\x00\x61\x73\x6d\x0d\x00\x01\x00\x03"
            "\x16\x01\x50\x04\x01\x60\x00\x00\x00\x00\x01\x78\x00\x00\x01\x60\x00\x00\x03\x01\x66\x00\x01\x0a\x07\x01"
            "\x00\x01\x6d\x00\x11\x00\x05\x09\x01\x00\x00\x01\x01\x6d\x00\x11\x00") },
    { "import", "missing expected import `a::b`",
      /* (component
       *   (core module $m (import "a" "b" (func)))
       *   (component $c (import "m" (core module)))
       *   (instance (instantiate $c (with "m" (core module $m))))) */
      BYTES("\x01\x17\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x02\x07\x01\x01\x61\x01\x62\x00\x00\x04"
            "\x16\x00\x61\x73\x6d\x0d\x00\x01\x00\x03\x03\x01\x50\x00\x0a\x07\x01\x00\x01\x6d\x00\x11\x00\x05\x09\x01"
            "\x00\x00\x01\x01\x6d\x00\x11\x00") },
    { "import type", "type mismatch in import `a::b`: expected func, found global",
      /* (component
       *   (core module $m (import "a" "b" (func)))
       *   (component $c (import "m" (core module (import "a" "b" (global i32)))))
       *   (instance (instantiate $c (with "m" (core module $m))))) */
      BYTES("\x01\x17\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x02\x07\x01\x01\x61\x01\x62\x00\x00\x04"
            "\x1e\x00\x61\x73\x6d\x0d\x00\x01\x00\x03\x0b\x01\x50\x01\x00\x01\x61\x01\x62\x03\x7f\x00\x0a\x07\x01\x00"
            "\x01\x6d\x00\x11\x00\x05\x09\x01\x00\x00\x01\x01\x6d\x00\x11\x00") },
    { "export", "missing expected export `f`",
      /* (component
       *   (core module $m)
       *   (component $c (import "m" (core module (export "f" (func)))))
       *   (instance (instantiate $c (with "m" (core module $m))))) */
      BYTES("\x01\x08\x00\x61\x73\x6d\x01\x00\x00\x00\x04\x1f\x00\x61\x73\x6d\x0d\x00\x01\x00\x03\x0c\x01\x50\x02\x01"
            "\x60\x00\x00\x03\x01\x66\x00\x00\x0a\x07\x01\x00\x01\x6d\x00\x11\x00\x05\x09\x01\x00\x00\x01\x01\x6d\x00"
            "\x11\x00") },
    { "export type", "type mismatch in export `f`",
      /* (component
       *   (core module $m (func (export "f") (param i32)))
       *   (component $c (import "m" (core module (export "f" (func)))))
       *   (instance (instantiate $c (with "m" (core module $m))))) */
      BYTES(
          "\x01\x20\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x05\x01\x60\x01\x7f\x00\x03\x02\x01\x00\x07\x05\x01\x01\x66"
          "\x00\x00\x0a\x04\x01\x02\x00\x0b\x04\x1f\x00\x61\x73\x6d\x0d\x00\x01\x00\x03\x0c\x01\x50\x02\x01\x60\x00"
          "\x00\x03\x01\x66\x00\x00\x0a\x07\x01\x00\x01\x6d\x00\x11\x00\x05\x09\x01\x00\x00\x01\x01\x6d\x00\x11\x00") },
};

static void modules(void **state)
{
    (void)state;
    RUN_CHECK_CASES(modules_cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(externs),
        cmocka_unit_test(modules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
