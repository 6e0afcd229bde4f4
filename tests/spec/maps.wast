;; Maps, which are lists of pairs with keys that compare without doubt. Spec: CanonicalABI.md despecialize; Explainer.md
;; "Specialized value types".
(component definition
  (type (map bool u8)) (type (map s64 string)) (type (map char f32)) (type (map string (map u8 u8))))
(assert_invalid (component (type (map f32 u8))) "map key type must be")
(assert_invalid (component (type (map f64 u8))) "map key type must be")
(assert_invalid (component (type $k (list u8)) (type (map $k u8))) "map key type must be")
(assert_invalid
  (component
    (type $r (record (field "a" u8)))
    (type $m (map u8 $r))
    (export "m" (type $m)))
  "type not valid to be used as export")

;; A map is not the list of its pairs.
(assert_invalid
  (component
    (component $c (import "f" (func (param "m" (map u8 u8)))))
    (import "f" (func $f (param "m" (list (tuple u8 u8)))))
    (instance (instantiate $c (with "f" (func $f)))))
  "expected map, found list")
(assert_invalid
  (component
    (component $c (import "f" (func (param "m" (map u8 u8)))))
    (import "f" (func $f (param "m" (map u8 u16))))
    (instance (instantiate $c (with "f" (func $f)))))
  "expected u8, found u16")

;; Pairs go in their order, whatever their keys.
(component
  (component $Callee
    (core module $m
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
      ;; key and value of the pair in place `at`: each pair takes eight bytes
      (func (export "at") (param $ptr i32) (param $len i32) (param $at i32) (result i32)
        (local $pair i32)
        (local.set $pair (i32.add (local.get $ptr) (i32.mul (local.get $at) (i32.const 8))))
        (i32.add
          (i32.mul (i32.load8_u (local.get $pair)) (i32.const 1000))
          (i32.load offset=4 (local.get $pair)))))
    (core instance $i (instantiate $m))
    (func (export "at") (param "m" (map u8 u32)) (param "at" u32) (result u32)
      (canon lift (core func $i "at") (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
  (component $Caller
    (import "at" (func $at (param "m" (map u8 u32)) (param "at" u32) (result u32)))
    (core module $memory
      (memory (export "memory") 1)
      (data (i32.const 16) "\07\00\00\00\01\00\00\00" "\03\00\00\00\02\00\00\00" "\07\00\00\00\04\00\00\00"))
    (core instance $mem (instantiate $memory))
    (core func $at (canon lower (func $at) (memory (core memory $mem "memory"))))
    (core module $m
      (import "" "at" (func $at (param i32 i32 i32) (result i32)))
      (func (export "at") (param i32) (result i32) (call $at (i32.const 16) (i32.const 3) (local.get 0)))
      (func (export "unaligned") (result i32) (call $at (i32.const 18) (i32.const 0) (i32.const 0))))
    (core instance $i (instantiate $m (with "" (instance (export "at" (func $at))))))
    (func (export "at") (param "i" u32) (result u32) (canon lift (core func $i "at")))
    (func (export "unaligned") (result u32) (canon lift (core func $i "unaligned"))))
  (instance $callee (instantiate $Callee))
  (instance $caller (instantiate $Caller (with "at" (func $callee "at"))))
  (export "at" (func $caller "at"))
  (export "unaligned" (func $caller "unaligned")))
(assert_return (invoke "at" (u32.const 0)) (u32.const 7001))
(assert_return (invoke "at" (u32.const 1)) (u32.const 3002))
(assert_return (invoke "at" (u32.const 2)) (u32.const 7004))
(assert_trap (invoke "unaligned") "unaligned pointer of list")
