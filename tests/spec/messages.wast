;; What errors say of indices: the name that the name section has for them, in which wasm-tools writes those of the text.
(assert_invalid
  (component
    (type $number u8)
    (import "f" (func (type $number))))
  "type index 0 is not a function type (`number`)")
(assert_invalid
  (component
    (import "f" (func $f))
    (instance $bag (export "f" (func $f)))
    (alias export $bag "g" (func)))
  "instance 0 has no export named `g` (`bag`)")
(assert_invalid
  (component
    (core module $m)
    (core instance $empty (instantiate $m))
    (alias core export $empty "f" (core func)))
  "core instance 0 has no export named `f` (`empty`)")
(assert_invalid
  (component
    (component $c (import "f" (func)))
    (instance $made (instantiate $c)))
  "instance 0 (`made`): missing import named `f`")
(assert_invalid
  (component
    (core module $m (func (export "dtor") (param i64)))
    (core instance $i (instantiate $m))
    (alias core export $i "dtor" (core func $end))
    (type (resource (rep i32) (dtor (core func $end)))))
  "core function 0 (`end`) is not (func (param i32))")
;; a type's own index spaces have no names
(assert_invalid
  (component
    (type (instance (type $t u8) (export "f" (func (type $t))))))
  "type index 0 is not a function type")
