;; Rules in which wasm-tools differs from the specification: README.md has its sentences.

;; hyphens count
(component definition
  (import "a1" (func))
  (import "a-1" (func))
  (type (record (field "b2" u8) (field "b-2" u8))))

;; a second export of a resource may hide that it is the same
(component definition
  (component $C
    (type $r (resource (rep i32)))
    (export "r1" (type $r))
    (export "r2" (type $r) (type (sub resource))))
  (component $D
    (import "a" (type (sub resource)))
    (import "b" (type (sub resource))))
  (instance $c (instantiate $C))
  (instance (instantiate $D (with "a" (type $c "r1")) (with "b" (type $c "r2")))))
;; but not that it is a resource, nor be more than one of them
(assert_invalid
  (component
    (type $t (record (field "a" u8)))
    (export "t" (type $t) (type (sub resource))))
  "ascribed type of export is not compatible")

;; an export names what it makes, not what it was made of
(component definition
  (core module $m (func (export "f") (param i32)))
  (core instance $i (instantiate $m))
  (type $r (record (field "x" u32)))
  (instance $bag (export "t" (type $r)))
  (export $shown "i" (instance $bag))
  (alias export $shown "t" (type $s))
  (func $f (param "r" $s) (canon lift (core func $i "f")))
  (export "f" (func $f)))
(assert_invalid
  (component
    (core module $m (func (export "f") (param i32)))
    (core instance $i (instantiate $m))
    (type $r (record (field "x" u32)))
    (instance $bag (export "t" (type $r)))
    (export "i" (instance $bag))
    (func $f (param "r" $r) (canon lift (core func $i "f")))
    (export "f" (func $f)))
  "func not valid to be used as export")
