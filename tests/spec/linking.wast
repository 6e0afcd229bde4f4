;; Modules, components and core items as arguments, and what reaches them from outside. Spec: Explainer.md "Instance
;; Definitions", "Alias Definitions"; Linking.md.

;; A core module is a value: exported, aliased, given to another component, instantiated there twice.
(component
  (component $Library
    (core module $counter
      (global $n (mut i32) (i32.const 0))
      (func (export "next") (result i32)
        (global.set $n (i32.add (global.get $n) (i32.const 1)))
        (global.get $n)))
    (export "counter" (core module $counter)))
  (component $User
    (import "counter" (core module $counter (export "next" (func (result i32)))))
    (core instance $a (instantiate $counter))
    (core instance $b (instantiate $counter))
    (func (export "a") (result u32) (canon lift (core func $a "next")))
    (func (export "b") (result u32) (canon lift (core func $b "next"))))
  (instance $library (instantiate $Library))
  (instance $user (instantiate $User (with "counter" (core module $library "counter"))))
  (export "a" (func $user "a"))
  (export "b" (func $user "b")))
(assert_return (invoke "a") (u32.const 1))
(assert_return (invoke "a") (u32.const 2))
(assert_return (invoke "b") (u32.const 1))

;; A component is one, too; what is inside sees definitions further out by outer aliases.
(component
  (core module $seven (func (export "f") (result i32) (i32.const 7)))
  (component $Inner
    (core instance $i (instantiate $seven))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))
  (component $Host
    (import "guest" (component $guest (export "f" (func (result u32)))))
    (instance $g (instantiate $guest))
    (export "f" (func $g "f")))
  (component $Wrapper
    (instance $h (instantiate $Host (with "guest" (component $Inner))))
    (export "f" (func $h "f")))
  (instance $w (instantiate $Wrapper))
  (export "f" (func $w "f")))
(assert_return (invoke "f") (u32.const 7))

;; Instances within instances, made of items at hand.
(component
  (core module $m (func (export "f") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))
  (core instance $i (instantiate $m))
  (func $f (param "x" u32) (result u32) (canon lift (core func $i "f")))
  (component $Deep
    (import "outer" (instance $o (export "inner" (instance (export "twice" (func (param "x" u32) (result u32)))))))
    (alias export $o "inner" (instance $n))
    (alias export $n "twice" (func $f))
    (export "f" (func $f)))
  (instance $inner (export "twice" (func $f)))
  (instance $outer (export "inner" (instance $inner)))
  (instance $d (instantiate $Deep (with "outer" (instance $outer))))
  (export "f" (func $d "f")))
(assert_return (invoke "f" (u32.const 21)) (u32.const 42))

;; Every sort of core item goes from one core instance to another.
(component
  (core module $all
    (memory (export "memory") 1)
    (table (export "table") 1 funcref)
    (global (export "global") (mut i32) (i32.const 5))
    (tag (export "tag") (param i32))
    (func (export "func") (result i32) (i32.const 6)))
  (core instance $all (instantiate $all))
  (core module $uses
    (import "a" "m" (memory 1))
    (import "a" "t" (table $t 1 funcref))
    (import "a" "g" (global $g (mut i32)))
    (import "a" "e" (tag $e (param i32)))
    (import "a" "f" (func $f (result i32)))
    (elem (i32.const 0) func $f)
    (func (export "sum") (result i32)
      (i32.store (i32.const 0) (i32.const 100))
      (global.set $g (i32.const 10))
      (i32.add (i32.load (i32.const 0)) (i32.add (global.get $g) (call_indirect (result i32) (i32.const 0)))))
    (func (export "catch") (result i32)
      (block $h (result i32)
        (try_table (catch $e $h) (throw $e (i32.const 9)))
        (unreachable))))
  (core instance $uses (instantiate $uses (with "a" (instance
    (export "m" (memory $all "memory"))
    (export "t" (table $all "table"))
    (export "g" (global $all "global"))
    (export "e" (tag $all "tag"))
    (export "f" (func $all "func"))))))
  (func (export "sum") (result u32) (canon lift (core func $uses "sum")))
  (func (export "catch") (result u32) (canon lift (core func $uses "catch"))))
(assert_return (invoke "sum") (u32.const 116))
(assert_return (invoke "catch") (u32.const 9))

;; A module matches by its imports the other way round, a component likewise.
(assert_invalid
  (component
    (component $c (import "m" (core module (export "f" (func (param i32))))))
    (core module $m (func (export "f") (param f32)))
    (instance (instantiate $c (with "m" (core module $m)))))
  "type mismatch")
(assert_invalid
  (component
    (component $c (import "m" (core module (export "g" (global f64)))))
    (core module $m (global (export "g") v128 (v128.const i64x2 0 0)))
    (instance (instantiate $c (with "m" (core module $m)))))
  "type mismatch")
(assert_invalid
  (component
    (component $c (import "m" (core module (export "t" (tag (param i32))))))
    (core module $m (tag (export "t") (param i64)))
    (instance (instantiate $c (with "m" (core module $m)))))
  "type mismatch")
(assert_invalid
  (component
    (component $c (import "m" (core module)))
    (core module $m (import "a" "b" (func)))
    (instance (instantiate $c (with "m" (core module $m)))))
  "missing expected import")
(assert_invalid
  (component
    (component $c (import "d" (component (import "f" (func)))))
    (component $d (import "f" (func)) (import "g" (func)))
    (instance (instantiate $c (with "d" (component $d)))))
  "missing expected import `g`")
(component definition
  (component $c (import "d" (component (import "f" (func)) (import "g" (func)))))
  (component $d (import "f" (func)))
  (instance (instantiate $c (with "d" (component $d)))))

;; Type arguments of every kind are compared, and stand for the import in what comes after.
(component definition
  (component $c
    (type $f (func (param "x" u8)))
    (import "f" (type (eq $f)))
    (type $i (instance (export "g" (func))))
    (import "i" (type (eq $i)))
    (type $k (component (import "h" (func))))
    (import "k" (type (eq $k))))
  (type $f (func (param "x" u8)))
  (type $i (instance (export "g" (func))))
  (type $k (component (import "h" (func))))
  (instance (instantiate $c (with "f" (type $f)) (with "i" (type $i)) (with "k" (type $k)))))
(assert_invalid
  (component
    (component $c
      (type $f (func (param "x" u8)))
      (import "f" (type (eq $f))))
    (type $f (func (param "x" u16)))
    (instance (instantiate $c (with "f" (type $f)))))
  "parameter 'x': expected u8, found u16")
(assert_invalid
  (component
    (component $c
      (import "r" (type $r (sub resource)))
      (import "i" (instance (export "make" (func (result (own $r)))))))
    (import "a" (type $a (sub resource)))
    (import "b" (type $b (sub resource)))
    (import "make" (func $make (result (own $b))))
    (instance $i (export "make" (func $make)))
    (instance (instantiate $c (with "r" (type $a)) (with "i" (instance $i)))))
  "resource types are not the same")
