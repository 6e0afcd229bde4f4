;; May_enter: a component instance may be entered once at a time, except by those that it contains.
;; Spec: CanonicalABI.md "Component Instance State".

;; The outermost instance calls a child, which calls a function of the outermost one.
(component
  (component $Child
    (import "up" (func $up (result u32)))
    (core func $up' (canon lower (func $up)))
    (core module $m
      (import "" "up" (func $up (result i32)))
      (func (export "via-parent") (result i32) (i32.add (call $up) (i32.const 1)))
      (func (export "leaf") (result i32) (i32.const 7)))
    (core instance $i (instantiate $m (with "" (instance (export "up" (func $up'))))))
    (func (export "via-parent") (result u32) (canon lift (core func $i "via-parent")))
    (func (export "leaf") (result u32) (canon lift (core func $i "leaf"))))
  (core module $a
    (type $t (func (result i32)))
    (table (export "table") 1 funcref)
    (func (export "up") (result i32) (call_indirect (type $t) (i32.const 0))))
  (core instance $a (instantiate $a))
  (func $up (result u32) (canon lift (core func $a "up")))
  (instance $child (instantiate $Child (with "up" (func $up))))
  (core module $fill
    (import "" "table" (table 1 funcref))
    (func $f (result i32) (i32.const 41))
    (elem (i32.const 0) func $f))
  (core instance (instantiate $fill (with "" (instance (export "table" (table $a "table"))))))
  (export "run" (func $child "via-parent")))
(assert_return (invoke "run") (u32.const 42))
(assert_return (invoke "run") (u32.const 42))

;; The same, but the outermost function calls into the child again, which is still in a call.
(component definition $Twice
  (component $Child
    (import "up" (func $up (result u32)))
    (core func $up' (canon lower (func $up)))
    (core module $m
      (import "" "up" (func $up (result i32)))
      (func (export "via-parent") (result i32) (i32.add (call $up) (i32.const 1)))
      (func (export "leaf") (result i32) (i32.const 7)))
    (core instance $i (instantiate $m (with "" (instance (export "up" (func $up'))))))
    (func (export "via-parent") (result u32) (canon lift (core func $i "via-parent")))
    (func (export "leaf") (result u32) (canon lift (core func $i "leaf"))))
  (core module $a
    (type $t (func (result i32)))
    (table (export "table") 1 funcref)
    (func (export "up") (result i32) (call_indirect (type $t) (i32.const 0))))
  (core instance $a (instantiate $a))
  (func $up (result u32) (canon lift (core func $a "up")))
  (instance $child (instantiate $Child (with "up" (func $up))))
  (core func $leaf (canon lower (func $child "leaf")))
  (core module $fill
    (import "" "table" (table 1 funcref))
    (import "" "f" (func $f (result i32)))
    (elem (i32.const 0) func $f))
  (core instance (instantiate $fill (with "" (instance
    (export "table" (table $a "table"))
    (export "f" (func $leaf))))))
  (export "leaf" (func $child "leaf"))
  (export "run" (func $child "via-parent")))
(component instance $twice $Twice)
(assert_return (invoke "leaf") (u32.const 7))
(assert_trap (invoke "run") "cannot enter component instance")
;; A trap ends the whole tree of instances.
(assert_trap (invoke "leaf") "cannot enter component instance")
