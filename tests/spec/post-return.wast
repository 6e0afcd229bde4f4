;; What canon lift calls after the result was read. Spec: Explainer.md "Canonical ABI", canon_lift in CanonicalABI.md.
(component definition $Post
  (core module $m
    (memory (export "memory") 1)
    (data (i32.const 8) "\20\00\00\00\03\00\00\00")
    (data (i32.const 32) "abc")
    (global $calls (mut i32) (i32.const 0))
    (func (export "text") (result i32) (i32.const 8))
    (func (export "after-text") (param i32)
      (if (i32.ne (local.get 0) (i32.const 8)) (then unreachable))
      ;; too late to change what was returned
      (i32.store8 (i32.const 32) (i32.const 120))
      (global.set $calls (i32.add (global.get $calls) (i32.const 1))))
    (func (export "nothing"))
    (func (export "after-nothing") (global.set $calls (i32.add (global.get $calls) (i32.const 10))))
    (func (export "calls") (result i32) (global.get $calls)))
  (core instance $i (instantiate $m))
  (func (export "text") (result string)
    (canon lift (core func $i "text") (memory (core memory $i "memory")) (post-return (core func $i "after-text"))))
  (func (export "nothing") (canon lift (core func $i "nothing") (post-return (core func $i "after-nothing"))))
  (func (export "calls") (result u32) (canon lift (core func $i "calls"))))
(component instance $post $Post)
(assert_return (invoke "text") (str.const "abc"))
(assert_return (invoke "text") (str.const "xbc"))
(assert_return (invoke "calls") (u32.const 2))
(assert_return (invoke "nothing"))
(assert_return (invoke "calls") (u32.const 12))

;; Called by another component as well, after its memory got the result; and it must not call out.
(component definition $Chain
  (component $Callee
    (import "log" (func $log))
    (core module $memory
      (memory (export "memory") 1)
      (data (i32.const 8) "\20\00\00\00\03\00\00\00")
      (data (i32.const 32) "abc"))
    (core instance $mem (instantiate $memory))
    (core func $log (canon lower (func $log)))
    (core module $m
      (import "" "memory" (memory 1))
      (import "" "log" (func $log))
      (func (export "text") (result i32) (i32.const 8))
      (func (export "after") (param i32) (i32.store8 (i32.const 32) (i32.const 120)))
      (func (export "leave") (param i32) (call $log)))
    (core instance $i (instantiate $m (with "" (instance
      (export "memory" (memory $mem "memory"))
      (export "log" (func $log))))))
    (func (export "text") (result string)
      (canon lift (core func $i "text") (memory (core memory $mem "memory")) (post-return (core func $i "after"))))
    (func (export "leaving") (result string)
      (canon lift (core func $i "text") (memory (core memory $mem "memory")) (post-return (core func $i "leave")))))
  (component $Log
    (core module $m (func (export "log")))
    (core instance $i (instantiate $m))
    (func (export "log") (canon lift (core func $i "log"))))
  (component $Caller
    (import "text" (func $text (result string)))
    (import "leaving" (func $leaving (result string)))
    (core module $memory
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64)))
    (core instance $mem (instantiate $memory))
    (core func $text (canon lower (func $text) (memory (core memory $mem "memory")) (realloc (core func $mem "realloc"))))
    (core func $leaving
      (canon lower (func $leaving) (memory (core memory $mem "memory")) (realloc (core func $mem "realloc"))))
    (core module $m
      (import "" "memory" (memory 1))
      (import "" "text" (func $text (param i32)))
      (import "" "leaving" (func $leaving (param i32)))
      (func (export "text") (result i32)
        (call $text (i32.const 16))
        (i32.load8_u (i32.load (i32.const 16))))
      (func (export "leaving") (call $leaving (i32.const 16))))
    (core instance $i (instantiate $m (with "" (instance
      (export "memory" (memory $mem "memory"))
      (export "text" (func $text))
      (export "leaving" (func $leaving))))))
    (func (export "text") (result u32) (canon lift (core func $i "text")))
    (func (export "leaving") (canon lift (core func $i "leaving"))))
  (instance $log (instantiate $Log))
  (instance $callee (instantiate $Callee (with "log" (func $log "log"))))
  (instance $caller (instantiate $Caller
    (with "text" (func $callee "text"))
    (with "leaving" (func $callee "leaving"))))
  (export "text" (func $caller "text"))
  (export "leaving" (func $caller "leaving")))
(component instance $chain $Chain)
(assert_return (invoke "text") (u32.const 97))
(assert_return (invoke "text") (u32.const 120))
(assert_trap (invoke "leaving") "cannot leave component instance")

;; It takes the flat result and returns nothing, and belongs to lift.
(assert_invalid
  (component
    (core module $m
      (memory (export "memory") 1)
      (func (export "f") (result i32) (i32.const 0))
      (func (export "p") (param i64)))
    (core instance $i (instantiate $m))
    (func (result string)
      (canon lift (core func $i "f") (memory (core memory $i "memory")) (post-return (core func $i "p")))))
  "post-return")
(assert_invalid
  (component
    (core module $m (func (export "f")) (func (export "p") (result i32) (i32.const 0)))
    (core instance $i (instantiate $m))
    (func (canon lift (core func $i "f") (post-return (core func $i "p")))))
  "post-return")
(assert_invalid
  (component
    (import "f" (func $f))
    (core module $m (func (export "p")))
    (core instance $i (instantiate $m))
    (core func (canon lower (func $f) (post-return (core func $i "p")))))
  "post-return")
