;; Lists of fixed length. Spec: CanonicalABI.md load_list, store_list, flatten_list, lift_flat_list, lower_flat_list;
;; Binary.md "(list t len) (if len > 0)".
(component definition $Flat
  (core module $m
    (func (export "sum") (param i32 i32 i32) (result i32)
      (i32.add (local.get 0) (i32.add (local.get 1) (local.get 2)))))
  (core instance $i (instantiate $m))
  (func (export "sum") (param "l" (list u8 3)) (result u32) (canon lift (core func $i "sum"))))
(component instance $flat $Flat)
(assert_return (invoke "sum" (list.const (u8.const 1) (u8.const 2) (u8.const 3))) (u32.const 6))

;; one element is as good as the element
(component
  (core module $m (func (export "same") (param i32) (result i32) (local.get 0)))
  (core instance $i (instantiate $m))
  (func (export "same") (param "l" (list bool 1)) (result (list bool 1)) (canon lift (core func $i "same"))))
(assert_return (invoke "same" (list.const (bool.const true))) (list.const (bool.const true)))

;; Between two components: more than 16 flat values go through memory, strings within them through realloc.
(component definition $Between
  (component $Callee
    (core module $m
      (memory (export "memory") 1)
      (global $top (mut i32) (i32.const 256))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
        (global.set $top (i32.add (local.get $at) (local.get 3)))
        (local.get $at))
      (func (export "same") (param i32) (result i32) (local.get 0)))
    (core instance $i (instantiate $m))
    (func (export "bytes") (param "l" (list u8 20)) (result (list u8 20))
      (canon lift (core func $i "same") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
    (func (export "chars") (param "l" (list char 17)) (result (list char 17))
      (canon lift (core func $i "same") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
    (func (export "pairs") (param "l" (list (tuple string bool) 6)) (result (list (tuple string bool) 6))
      (canon lift (core func $i "same") (memory (core memory $i "memory")) (realloc (core func $i "realloc")) string-encoding=utf16)))
  (component $Caller
    (import "bytes" (func $bytes (param "l" (list u8 20)) (result (list u8 20))))
    (import "chars" (func $chars (param "l" (list char 17)) (result (list char 17))))
    (import "pairs" (func $pairs (param "l" (list (tuple string bool) 6)) (result (list (tuple string bool) 6))))
    (core module $memory
      (memory (export "memory") 1)
      (global $top (mut i32) (i32.const 1024))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
        (global.set $top (i32.add (local.get $at) (local.get 3)))
        (local.get $at)))
    (core instance $mem (instantiate $memory))
    (core func $bytes (canon lower (func $bytes) (memory (core memory $mem "memory"))))
    (core func $chars (canon lower (func $chars) (memory (core memory $mem "memory"))))
    (core func $pairs (canon lower (func $pairs) (memory (core memory $mem "memory")) (realloc (core func $mem "realloc"))))
    (core module $m
      (import "" "memory" (memory 1))
      (import "" "bytes" (func $bytes (param i32 i32)))
      (import "" "chars" (func $chars (param i32 i32)))
      (import "" "pairs" (func $pairs (param i32 i32)))
      (data (i32.const 0) "0123456789abcdefghij")
      (data (i32.const 600) "onetwo")
      (func (export "bytes") (result i32)
        (call $bytes (i32.const 0) (i32.const 101))
        (i32.load8_u (i32.const 120)))
      (func (export "bad-char") (result i32)
        (i32.store (i32.const 264) (i32.const 0xd800))
        (call $chars (i32.const 200) (i32.const 300))
        (i32.const 0))
      (func (export "out-of-bounds") (result i32)
        (call $bytes (i32.const 65517) (i32.const 100))
        (i32.const 0))
      (func (export "unaligned") (result i32)
        (call $chars (i32.const 202) (i32.const 300))
        (i32.const 0))
      ;; "one" and "two" among empty strings
      (func (export "pairs") (result i32)
        (i32.store (i32.const 400) (i32.const 600)) (i32.store (i32.const 404) (i32.const 3))
        (i32.store8 (i32.const 408) (i32.const 7))
        (i32.store (i32.const 460) (i32.const 603)) (i32.store (i32.const 464) (i32.const 3))
        (call $pairs (i32.const 400) (i32.const 500))
        ;; true is 1, "two" has three bytes and begins with a t
        (i32.add (i32.mul (i32.load8_u (i32.const 508)) (i32.const 10000))
          (i32.add (i32.mul (i32.load (i32.const 564)) (i32.const 1000))
            (i32.load8_u (i32.load (i32.const 560)))))))
    (core instance $i (instantiate $m (with "" (instance
      (export "memory" (memory $mem "memory"))
      (export "bytes" (func $bytes))
      (export "chars" (func $chars))
      (export "pairs" (func $pairs))))))
    (func (export "bytes") (result u32) (canon lift (core func $i "bytes")))
    (func (export "bad-char") (result u32) (canon lift (core func $i "bad-char")))
    (func (export "out-of-bounds") (result u32) (canon lift (core func $i "out-of-bounds")))
    (func (export "unaligned") (result u32) (canon lift (core func $i "unaligned")))
    (func (export "pairs") (result u32) (canon lift (core func $i "pairs"))))
  (instance $callee (instantiate $Callee))
  (instance $caller (instantiate $Caller
    (with "bytes" (func $callee "bytes"))
    (with "chars" (func $callee "chars"))
    (with "pairs" (func $callee "pairs"))))
  (export "bytes" (func $caller "bytes"))
  (export "bad-char" (func $caller "bad-char"))
  (export "out-of-bounds" (func $caller "out-of-bounds"))
  (export "unaligned" (func $caller "unaligned"))
  (export "pairs" (func $caller "pairs")))
(component instance $between $Between)
(assert_return (invoke "bytes") (u32.const 106))
(assert_return (invoke "pairs") (u32.const 13116))
(assert_trap (invoke "bad-char") "invalid `char` bit pattern")
(component instance $between $Between)
(assert_trap (invoke "out-of-bounds") "out of bounds")
(component instance $between $Between)
(assert_trap (invoke "unaligned") "unaligned pointer")

;; Types are equal when element and length are.
(component definition
  (component $c (import "f" (func (param "l" (list u8 4)))))
  (import "f" (func $f (param "l" (list u8 4))))
  (instance (instantiate $c (with "f" (func $f)))))
(assert_invalid
  (component
    (component $c (import "f" (func (param "l" (list u8 4)))))
    (import "f" (func $f (param "l" (list u8 5))))
    (instance (instantiate $c (with "f" (func $f)))))
  "expected fixed-length list of 4 elements, found 5")
(assert_invalid
  (component
    (component $c (import "f" (func (param "l" (list u8 4)))))
    (import "f" (func $f (param "l" (list u8))))
    (instance (instantiate $c (with "f" (func $f)))))
  "expected fixed-length list, found list")
(assert_invalid
  (component (type (list u8 0)))
  "fixed-length lists must have more than zero elements")
;; what needs a name outside needs one in a list, too
(assert_invalid
  (component
    (type $r (record (field "a" u8)))
    (type $l (list $r 2))
    (export "l" (type $l)))
  "type not valid to be used as export")
;; borrowed handles are no results
(assert_invalid
  (component
    (import "r" (type $r (sub resource)))
    (type $b (borrow $r))
    (import "f" (func (result (list $b 2)))))
  "function result cannot contain a `borrow` type")
