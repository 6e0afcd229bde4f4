;; What canon lower and the built-ins make are core functions like others: they can be lifted, and named in options.
;; Spec: Explainer.md "Canonical Definitions".
(component definition $Lowered
  (component $Counter
    (core module $m
      (global $sum (mut i32) (i32.const 0))
      (func (export "add") (param i32) (global.set $sum (i32.add (global.get $sum) (local.get 0))))
      (func (export "sum") (result i32) (global.get $sum)))
    (core instance $i (instantiate $m))
    (func (export "add") (param "n" u32) (canon lift (core func $i "add")))
    (func (export "sum") (result u32) (canon lift (core func $i "sum"))))
  (component $User
    (import "add" (func $add (param "n" u32)))
    (import "sum" (func $sum (result u32)))
    (core func $add (canon lower (func $add)))
    (core func $sum (canon lower (func $sum)))
    ;; another component's function is the destructor
    (type $r (resource (rep i32) (dtor (core func $add))))
    (core func $new (canon resource.new $r))
    (core func $drop (canon resource.drop $r))
    (core module $m
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "drop") (param i32) (call $drop (call $new (local.get 0)))))
    (core instance $i (instantiate $m (with "" (instance
      (export "new" (func $new))
      (export "drop" (func $drop))))))
    (func (export "drop") (param "rep" u32) (canon lift (core func $i "drop")))
    ;; lifted without core code in between, twice
    (func (export "sum") (result u32) (canon lift (core func $sum)))
    (func (export "sum-again") (result s32) (canon lift (core func $sum))))
  (instance $counter (instantiate $Counter))
  (instance $user (instantiate $User (with "add" (func $counter "add")) (with "sum" (func $counter "sum"))))
  (export "drop" (func $user "drop"))
  (export "sum" (func $user "sum"))
  (export "sum-again" (func $user "sum-again")))
(component instance $lowered $Lowered)
(assert_return (invoke "sum") (u32.const 0))
(assert_return (invoke "drop" (u32.const 30)))
(assert_return (invoke "drop" (u32.const 4)))
(assert_return (invoke "sum") (u32.const 34))
(assert_return (invoke "sum-again") (s32.const 34))

;; An instance may not be left while its realloc runs, and a function of another component is outside of it.
(component definition $Realloc
  (component $Allocator
    (core module $m (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8)))
    (core instance $i (instantiate $m))
    (func (export "realloc") (param "old" u32) (param "old-size" u32) (param "align" u32) (param "size" u32) (result u32)
      (canon lift (core func $i "realloc"))))
  (component $User
    (import "realloc" (func $realloc
      (param "old" u32) (param "old-size" u32) (param "align" u32) (param "size" u32) (result u32)))
    (core func $realloc (canon lower (func $realloc)))
    (core module $m
      (memory (export "memory") 1)
      (func (export "len") (param i32 i32) (result i32) (local.get 1)))
    (core instance $i (instantiate $m))
    (func (export "len") (param "text" string) (result u32)
      (canon lift (core func $i "len") (memory (core memory $i "memory")) (realloc (core func $realloc)))))
  (instance $a (instantiate $Allocator))
  (instance $u (instantiate $User (with "realloc" (func $a "realloc"))))
  (export "len" (func $u "len")))
(component instance $realloc $Realloc)
(assert_trap (invoke "len" (str.const "abc")) "cannot leave component instance")
