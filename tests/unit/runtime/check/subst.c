/* Tests of runtime/check/subst.c: resources and types put in the place of others. */
#include "cases.h"

static const struct check_case instances_cases[] = {
    { "two instances have two resources", "resource types are not the same",
      /* (component
       *   (component $eq (import "a" (type $a (sub resource))) (import "b" (type (eq $a))))
       *   (component $c (type $r (resource (rep i32))) (export "r" (type $r)))
       *   (instance $i (instantiate $c)) (instance $j (instantiate $c))
       *   (instance (instantiate $eq (with "a" (type $i "r")) (with "b" (type $j "r"))))) */
      BYTES("\x04\x16\x00\x61\x73\x6d\x0d\x00\x01\x00\x0a\x0c\x02\x00\x01\x61\x03\x01\x00\x01\x62\x03\x00\x00\x04\x17"
            "\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x04\x01\x3f\x7f\x00\x0b\x07\x01\x00\x01\x72\x03\x00\x00\x05\x07\x02"
            "\x00\x01\x00\x00\x01\x00\x06\x0b\x02\x03\x00\x00\x01\x72\x03\x00\x01\x01\x72\x05\x0c\x01\x00\x00\x02\x01"
            "\x61\x03\x00\x01\x62\x03\x01") },
    { "one instance has one", NULL,
      /* (component
       *   (component $eq (import "a" (type $a (sub resource))) (import "b" (type (eq $a))))
       *   (component $c (type $r (resource (rep i32))) (export "r" (type $r)) (export "s" (type $r)))
       *   (instance $i (instantiate $c))
       *   (instance (instantiate $eq (with "a" (type $i "r")) (with "b" (type $i "s"))))) */
      BYTES("\x04\x16\x00\x61\x73\x6d\x0d\x00\x01\x00\x0a\x0c\x02\x00\x01\x61\x03\x01\x00\x01\x62\x03\x00\x00\x04\x1d"
            "\x00\x61\x73\x6d\x0d\x00\x01\x00\x07\x04\x01\x3f\x7f\x00\x0b\x0d\x02\x00\x01\x72\x03\x00\x00\x00\x01\x73"
            "\x03\x00\x00\x05\x04\x01\x00\x01\x00\x06\x0b\x02\x03\x00\x00\x01\x72\x03\x00\x00\x01\x73\x05\x0c\x01\x00"
            "\x00\x02\x01\x61\x03\x00\x01\x62\x03\x01") },
    { "argument comes out again", NULL,
      /* (component
       *   (component $eq (import "a" (type $a (sub resource))) (import "b" (type (eq $a))))
       *   (type $r (resource (rep i32)))
       *   (component $c (import "x" (type $x (sub resource))) (export "y" (type $x)))
       *   (instance $i (instantiate $c (with "x" (type $r))))
       *   (instance (instantiate $eq (with "a" (type $r)) (with "b" (type $i "y"))))
       *   (alias export $i "y" (type $y)) (core func (canon resource.rep $y))) */
      BYTES("\x04\x16\x00\x61\x73\x6d\x0d\x00\x01\x00\x0a\x0c\x02\x00\x01\x61\x03\x01\x00\x01\x62\x03\x00\x00\x07\x04"
            "\x01\x3f\x7f\x00\x04\x19\x00\x61\x73\x6d\x0d\x00\x01\x00\x0a\x06\x01\x00\x01\x78\x03\x01\x0b\x07\x01\x00"
            "\x01\x79\x03\x00\x00\x05\x08\x01\x00\x01\x01\x01\x78\x03\x00\x06\x06\x01\x03\x00\x00\x01\x79\x05\x0c\x01"
            "\x00\x00\x02\x01\x61\x03\x00\x01\x62\x03\x01\x06\x06\x01\x03\x00\x00\x01\x79\x08\x03\x01\x04\x02") },
    { "two imports have two", "resource types are not the same",
      /* (component
       *   (component $eq (import "a" (type $a (sub resource))) (import "b" (type (eq $a))))
       *   (type $t (instance (export "r" (type (sub resource)))))
       *   (import "i" (instance $i (type $t))) (import "j" (instance $j (type $t)))
       *   (instance (instantiate $eq (with "a" (type $i "r")) (with "b" (type $j "r"))))) */
      BYTES("\x04\x16\x00\x61\x73\x6d\x0d\x00\x01\x00\x0a\x0c\x02\x00\x01\x61\x03\x01\x00\x01\x62\x03\x00\x00\x07\x09"
            "\x01\x42\x01\x04\x00\x01\x72\x03\x01\x0a\x0b\x02\x00\x01\x69\x05\x00\x00\x01\x6a\x05\x00\x06\x0b\x02\x03"
            "\x00\x00\x01\x72\x03\x00\x01\x01\x72\x05\x0c\x01\x00\x00\x02\x01\x61\x03\x01\x01\x62\x03\x02") },
    { "in all kinds of types", NULL,
      /* (component
       *   (component $c
       *     (import "r" (type $r (sub resource)))
       *     (type $v (variant (case "a" (own $r)) (case "b")))
       *     (import "v" (type $w (eq $v)))
       *     (import "f" (func $f (param "a" (list (option $w))) (param "b" (tuple u8 (borrow $r))) (result (result $w (error (own $r))))))
       *     (export "g" (func $f)))
       *   (import "r" (type $r (sub resource)))
       *   (type $v (variant (case "a" (own $r)) (case "b")))
       *   (import "v" (type $w (eq $v)))
       *   (import "f" (func $f (param "a" (list (option $w))) (param "b" (tuple u8 (borrow $r))) (result (result $w (error (own $r))))))
       *   (instance $i (instantiate $c (with "r" (type $r)) (with "v" (type $w)) (with "f" (func $f))))
       *   (instance (instantiate $c (with "r" (type $r)) (with "v" (type $w)) (with "f" (func $i "g"))))
       *   (export "h" (func $i "g"))) */
      BYTES("\x04\x58\x00\x61\x73\x6d\x0d\x00\x01\x00\x0a\x06\x01\x00\x01\x72\x03\x01\x07\x0e\x02\x69\x00\x71\x02\x01"
            "\x61\x01\x01\x00\x01\x62\x00\x00\x0a\x07\x01\x00\x01\x76\x03\x00\x02\x07\x1c\x07\x6b\x03\x70\x04\x68\x00"
            "\x6f\x02\x7d\x06\x69\x00\x6a\x01\x03\x01\x08\x40\x02\x01\x61\x05\x01\x62\x07\x00\x09\x0a\x06\x01\x00\x01"
            "\x66\x01\x0a\x0b\x07\x01\x00\x01\x67\x01\x00\x00\x0a\x06\x01\x00\x01\x72\x03\x01\x07\x0e\x02\x69\x00\x71"
            "\x02\x01\x61\x01\x01\x00\x01\x62\x00\x00\x0a\x07\x01\x00\x01\x76\x03\x00\x02\x07\x1c\x07\x6b\x03\x70\x04"
            "\x68\x00\x6f\x02\x7d\x06\x69\x00\x6a\x01\x03\x01\x08\x40\x02\x01\x61\x05\x01\x62\x07\x00\x09\x0a\x06\x01"
            "\x00\x01\x66\x01\x0a\x05\x10\x01\x00\x00\x03\x01\x72\x03\x00\x01\x76\x03\x03\x01\x66\x01\x00\x06\x06\x01"
            "\x01\x00\x00\x01\x67\x05\x10\x01\x00\x00\x03\x01\x72\x03\x00\x01\x76\x03\x03\x01\x66\x01\x01\x06\x06\x01"
            "\x01\x00\x00\x01\x67\x0b\x07\x01\x00\x01\x68\x01\x02\x00") },
    { "named type of an argument is its name", NULL,
      /* (component
       *   (type $e (enum "a"))
       *   (import "e" (type $x (eq $e)))
       *   (component $c (type $e (enum "a")) (import "e" (type $x (eq $e))) (type $l (list $x)) (export "l" (type $l)))
       *   (instance $i (instantiate $c (with "e" (type $x))))
       *   (export "l" (type $i "l"))) */
      BYTES("\x07\x05\x01\x6d\x01\x01\x61\x0a\x07\x01\x00\x01\x65\x03\x00\x00\x04\x26\x00\x61\x73\x6d\x0d\x00\x01\x00"
            "\x07\x05\x01\x6d\x01\x01\x61\x0a\x07\x01\x00\x01\x65\x03\x00\x00\x07\x03\x01\x70\x01\x0b\x07\x01\x00\x01"
            "\x6c\x03\x02\x00\x05\x08\x01\x00\x00\x01\x01\x65\x03\x01\x06\x06\x01\x03\x00\x00\x01\x6c\x0b\x07\x01\x00"
            "\x01\x6c\x03\x02\x00") },
    { "free resources of a component type", NULL,
      /* (component
       *   (import "i" (instance $i (export "r" (type (sub resource)))))
       *   (alias export $i "r" (type $r))
       *   (type $t (component (alias outer 1 $r (type $q)) (export "x" (type (eq $q)))))
       *   (import "c" (component $c (type $t)))
       *   (instance $k (instantiate $c))
       *   (component $eq (import "a" (type $a (sub resource))) (import "b" (type (eq $a))))
       *   (instance (instantiate $eq (with "a" (type $r)) (with "b" (type $k "x"))))) */
      BYTES("\x07\x09\x01\x42\x01\x04\x00\x01\x72\x03\x01\x0a\x06\x01\x00\x01\x69\x05\x00\x06\x06\x01\x03\x00\x00\x01"
            "\x72\x07\x0f\x01\x41\x02\x02\x03\x02\x01\x01\x04\x00\x01\x78\x03\x00\x00\x0a\x06\x01\x00\x01\x63\x04\x02"
            "\x05\x04\x01\x00\x00\x00\x04\x16\x00\x61\x73\x6d\x0d\x00\x01\x00\x0a\x0c\x02\x00\x01\x61\x03\x01\x00\x01"
            "\x62\x03\x00\x00\x06\x06\x01\x03\x00\x01\x01\x78\x05\x0c\x01\x00\x01\x02\x01\x61\x03\x01\x01\x62\x03\x03") },
};

static void instances(void **state)
{
    (void)state;
    RUN_CHECK_CASES(instances_cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
