;; A component with state of every kind there is, a function that changes it, and one that tells all of it: memories of
;; several modules, globals and tables of every type, segments, and handles of a composition. No toolchain makes this.
;; See tests/guests/README.md.
(component
  ;; --- Resources: one component instance defines them, one borrows them, the outer one holds them ---

  (component $Things
    (core module $dtor
      (global $dropped (mut i32) (i32.const 0))
      (func (export "dtor") (param i32) (global.set $dropped (i32.add (global.get $dropped) (local.get 0))))
      (func (export "dropped") (result i32) (global.get $dropped)))
    (core instance $d (instantiate $dtor))
    (type $thing (resource (rep i32) (dtor (core func $d "dtor"))))
    (export $Thing "thing" (type $thing))
    (core func $new (canon resource.new $thing))
    (core module $m
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      ;; an own handle stays in the table
      (func (export "keep") (param i32) (result i32) (local.get 0))
      (func (export "rep") (param i32) (result i32) (local.get 0)))
    (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
    (func (export "make") (param "rep" u32) (result (own $Thing)) (canon lift (core func $i "make")))
    (func (export "keep") (param "thing" (own $Thing)) (result u32) (canon lift (core func $i "keep")))
    (func (export "rep") (param "thing" (borrow $Thing)) (result u32) (canon lift (core func $i "rep")))
    (func (export "dropped") (result u32) (canon lift (core func $d "dropped"))))

  (component $Borrower
    (import "thing" (type $thing (sub resource)))
    (core func $drop (canon resource.drop $thing))
    (core module $m
      (import "" "drop" (func $drop (param i32)))
      (func (export "index") (param i32) (result i32) (call $drop (local.get 0)) (local.get 0))
      (func (export "keep") (param i32) (result i32) (local.get 0)))
    (core instance $i (instantiate $m (with "" (instance (export "drop" (func $drop))))))
    (func (export "index") (param "thing" (borrow $thing)) (result u32) (canon lift (core func $i "index")))
    (func (export "keep") (param "thing" (own $thing)) (result u32) (canon lift (core func $i "keep"))))

  (instance $things (instantiate $Things))
  (alias export $things "thing" (type $thing))
  (instance $borrower (instantiate $Borrower (with "thing" (type $thing))))
  (core func $make (canon lower (func $things "make")))
  (core func $give (canon lower (func $things "keep")))
  (core func $rep (canon lower (func $things "rep")))
  (core func $dropped (canon lower (func $things "dropped")))
  (core func $index (canon lower (func $borrower "index")))
  (core func $lose (canon lower (func $borrower "keep")))
  (core func $drop (canon resource.drop $thing))

  ;; --- State that one module exports and another one changes ---

  (core module $Store
    (memory (export "memory") 1)
    (data (i32.const 64) "as it was after the start")
    (global (export "i32") (mut i32) (i32.const 32))
    (global (export "i64") (mut i64) (i64.const 64))
    (global (export "f32") (mut f32) (f32.const 0.32))
    (global (export "f64") (mut f64) (f64.const 0.64))
    (global (export "v128") (mut v128) (v128.const i64x2 1 28))
    (global (export "func") (mut funcref) (ref.func $one))
    ;; A component has no references of this type but null; it is here so that it is seen to be put up with.
    (global (export "extern") (mut externref) (ref.null extern))
    (table (export "funcs") 6 funcref)
    (table (export "externs") 3 externref)
    (func $one (export "one") (result i64) (i64.const 1))
    (func $two (result i64) (i64.const 2))
    (elem (i32.const 1) func $one $two))
  (core instance $store (instantiate $Store))

  ;; --- The module that changes it and has more, hidden ---

  (core module $Main
    (type $number (func (result i64)))
    (import "things" "make" (func $make (param i32) (result i32)))
    (import "things" "give" (func $give (param i32) (result i32)))
    (import "things" "rep" (func $rep (param i32) (result i32)))
    (import "things" "dropped" (func $dropped (result i32)))
    (import "things" "index" (func $index (param i32) (result i32)))
    (import "things" "lose" (func $lose (param i32) (result i32)))
    (import "things" "drop" (func $drop (param i32)))
    (import "store" "memory" (memory $a 1))
    (import "store" "i32" (global $i32 (mut i32)))
    (import "store" "i64" (global $i64 (mut i64)))
    (import "store" "f32" (global $f32 (mut f32)))
    (import "store" "f64" (global $f64 (mut f64)))
    (import "store" "v128" (global $v128 (mut v128)))
    (import "store" "func" (global $func (mut funcref)))
    (import "store" "extern" (global $extern (mut externref)))
    (import "store" "funcs" (table $funcs 6 funcref))
    (import "store" "externs" (table $externs 3 externref))
    (memory $b (export "b") 1)
    (global $next (mut i32) (i32.const 0xe000)) ;; where the list of what is seen ends
    (global $hidden-i64 (mut i64) (i64.const 640))
    (global $hidden-f64 (mut f64) (f64.const 6.4))
    (global $hidden-v128 (mut v128) (v128.const i64x2 10 280))
    (global $hidden-func (mut funcref) (ref.null func))
    (global $hidden-exn (mut exnref) (ref.null exn))
    (global $freed (mut i64) (i64.const 0))
    (tag $failed (param i64))
    (table $hidden 5 funcref)
    (table $called 1 funcref)
    (elem (table $hidden) (i32.const 2) func $three)
    (elem $passive-funcs func $three $four)
    (data $passive "segments")
    (func $three (type $number) (i64.const 3))
    (func $four (type $number) (i64.const 4))

    ;; --- Leaving traces: a bit of `what` each ---

    (func $leave-memories
      (memory.fill $a (i32.const 1024) (i32.const 0xa5) (i32.const 0xc000))
      (memory.fill $b (i32.const 0) (i32.const 0x5a) (i32.const 0x10000)))
    (func $leave-globals
      (global.set $i32 (i32.add (global.get $i32) (i32.const 1)))
      (global.set $i64 (i64.add (global.get $i64) (i64.const 1)))
      (global.set $f32 (f32.add (global.get $f32) (f32.const 1)))
      (global.set $f64 (f64.add (global.get $f64) (f64.const 1)))
      (global.set $v128 (i32x4.add (global.get $v128) (i32x4.splat (i32.const 1))))
      (global.set $func (ref.func $four))
      (global.set $hidden-i64 (i64.add (global.get $hidden-i64) (i64.const 1)))
      (global.set $hidden-f64 (f64.add (global.get $hidden-f64) (f64.const 1)))
      (global.set $hidden-v128 (i32x4.add (global.get $hidden-v128) (i32x4.splat (i32.const 1))))
      (global.set $hidden-func (ref.func $three))
      (global.set $hidden-exn (call $caught (i64.const 9))))
    (func $caught (param i64) (result exnref)
      (block $catch (result exnref)
        (try_table (catch_all_ref $catch) (throw $failed (local.get 0)))
        (unreachable)))
    (func $leave-tables
      (table.set $funcs (i32.const 0) (ref.func $four))
      (table.set $funcs (i32.const 1) (ref.null func))
      (table.fill $funcs (i32.const 3) (ref.func $three) (i32.const 2))
      (table.copy $hidden $funcs (i32.const 0) (i32.const 1) (i32.const 3)))
    (func $leave-growth
      (drop (memory.grow $a (i32.const 3)))
      (drop (memory.grow $b (i32.const 2)))
      (memory.fill $a (i32.const 0x10000) (i32.const 0x77) (i32.const 0x30000))
      (memory.fill $b (i32.const 0x20000) (i32.const 0x88) (i32.const 0x20000)))
    (func $leave-table-growth
      (drop (table.grow $funcs (ref.func $four) (i32.const 2)))
      (drop (table.grow $hidden (ref.null func) (i32.const 1)))
      (drop (table.grow $externs (ref.null extern) (i32.const 7))))
    ;; As much as it gets, and touches it.
    (func $take-memories (local $at i32)
      (loop $more
        (local.set $at (i32.shl (memory.size $a) (i32.const 16)))
        (if (i32.ge_s (memory.grow $a (i32.const 16)) (i32.const 0))
          (then (memory.fill $a (local.get $at) (i32.const 1) (i32.const 0x100000)) (br $more))))
      (loop $more
        (local.set $at (i32.shl (memory.size $b) (i32.const 16)))
        (if (i32.ge_s (memory.grow $b (i32.const 16)) (i32.const 0))
          (then (memory.fill $b (local.get $at) (i32.const 1) (i32.const 0x100000)) (br $more)))))
    (func $take-table
      (loop $more
        (br_if $more (i32.ge_s (table.grow $hidden (ref.null func) (i32.const 0x10000)) (i32.const 0)))))
    ;; Handles in three tables, and free indices in between.
    (func $leave-handles (local $left i32) (local $h i32)
      (local.set $left (i32.const 40))
      (loop $more
        (local.set $h (call $make (local.get $left)))
        (block $done
          (br_if $done (i32.rem_u (local.get $left) (i32.const 4)))
          (call $drop (local.get $h)))
        (if (i32.eq (i32.rem_u (local.get $left) (i32.const 4)) (i32.const 1))
          (then (drop (call $give (local.get $h)))))
        (if (i32.eq (i32.rem_u (local.get $left) (i32.const 4)) (i32.const 2))
          (then (drop (call $lose (local.get $h)))))
        (br_if $more (local.tee $left (i32.sub (local.get $left) (i32.const 1))))))
    ;; The start makes everything larger than its type says, and has handles and free indices.
    (func $start
      (drop (memory.grow $b (i32.const 1)))
      (drop (table.grow $hidden (ref.func $four) (i32.const 1)))
      (global.set $hidden-i64 (i64.const 641))
      (drop (call $make (i32.const 1)))
      (call $drop (call $make (i32.const 2)))
      (drop (call $make (i32.const 3)))
      (call $drop (call $make (i32.const 4))))
    (start $start)
    (func $leave-segments
      (memory.init $a $passive (i32.const 600) (i32.const 0) (i32.const 8))
      (table.init $funcs $passive-funcs (i32.const 4) (i32.const 0) (i32.const 2)))

    (func (export "leave") (param $what i32)
      (if (i32.and (local.get $what) (i32.const 1)) (then (call $leave-memories)))
      (if (i32.and (local.get $what) (i32.const 2)) (then (call $leave-globals)))
      (if (i32.and (local.get $what) (i32.const 4)) (then (call $leave-tables)))
      (if (i32.and (local.get $what) (i32.const 8)) (then (call $leave-growth)))
      (if (i32.and (local.get $what) (i32.const 16)) (then (call $leave-table-growth)))
      (if (i32.and (local.get $what) (i32.const 32)) (then (call $leave-handles)))
      (if (i32.and (local.get $what) (i32.const 64)) (then (call $leave-segments)))
      (if (i32.and (local.get $what) (i32.const 128)) (then unreachable))
      ;; past the ends of the memories, where they may grow to
      (if (i32.and (local.get $what) (i32.const 512)) (then (drop (i32.load $a (i32.const 0x10000)))))
      (if (i32.and (local.get $what) (i32.const 1024)) (then (drop (i32.load $b (i32.const 0x20000)))))
      (if (i32.and (local.get $what) (i32.const 2048)) (then (call $take-table)))
      (if (i32.and (local.get $what) (i32.const 4096)) (then (call $take-memories)))
      (if (i32.and (local.get $what) (i32.const 256)) (then (loop $ever (br $ever)))))

    ;; --- Looking ---

    (func $see (param i64)
      (i64.store $a (global.get $next) (local.get 0))
      (global.set $next (i32.add (global.get $next) (i32.const 8))))
    (func $see-i32 (param i32) (call $see (i64.extend_i32_u (local.get 0))))
    (func $see-v128 (param v128)
      (call $see (i64x2.extract_lane 0 (local.get 0)))
      (call $see (i64x2.extract_lane 1 (local.get 0))))
    (func $mix (param $sum i64) (param $word i64) (result i64)
      (i64.mul (i64.xor (i64.rotl (local.get $sum) (i64.const 5)) (local.get $word)) (i64.const 0x100000001b3)))
    (func $sum-a (param $at i32) (param $end i32) (result i64) (local $sum i64)
      (loop $more
        (local.set $sum (call $mix (local.get $sum) (i64.load $a (local.get $at))))
        (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $end))))
      (local.get $sum))
    (func $sum-b (param $at i32) (param $end i32) (result i64) (local $sum i64)
      (loop $more
        (local.set $sum (call $mix (local.get $sum) (i64.load $b (local.get $at))))
        (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $end))))
      (local.get $sum))
    ;; All of them, and what they grow by.
    (func $see-memories (local $a i32) (local $b i32)
      (local.set $a (i32.shl (memory.size $a) (i32.const 16)))
      (local.set $b (i32.shl (memory.size $b) (i32.const 16)))
      (call $see (call $sum-a (i32.const 0) (local.get $a)))
      (call $see (call $sum-b (i32.const 0) (local.get $b)))
      (call $see-i32 (memory.grow $a (i32.const 1)))
      (call $see-i32 (memory.grow $b (i32.const 1)))
      (call $see (call $sum-a (local.get $a) (i32.add (local.get $a) (i32.const 0x10000))))
      (call $see (call $sum-b (local.get $b) (i32.add (local.get $b) (i32.const 0x10000)))))
    (func $see-globals
      (call $see-i32 (global.get $i32))
      (call $see (global.get $i64))
      (call $see-i32 (i32.reinterpret_f32 (global.get $f32)))
      (call $see (i64.reinterpret_f64 (global.get $f64)))
      (call $see-v128 (global.get $v128))
      (call $see-func (global.get $func))
      (call $see-i32 (ref.is_null (global.get $extern)))
      (call $see (global.get $hidden-i64))
      (call $see (i64.reinterpret_f64 (global.get $hidden-f64)))
      (call $see-v128 (global.get $hidden-v128))
      (call $see-func (global.get $hidden-func))
      (call $see-i32 (ref.is_null (global.get $hidden-exn)))
      (call $see (global.get $freed)))
    ;; A function is known by what it returns.
    (func $see-func (param $f funcref)
      (if (ref.is_null (local.get $f)) (then (call $see (i64.const -1)) (return)))
      (table.set $called (i32.const 0) (local.get $f))
      (call $see (call_indirect $called (type $number) (i32.const 0))))
    (func $see-tables (local $at i32)
      (call $see-i32 (table.size $funcs))
      (call $see-i32 (table.size $hidden))
      (call $see-i32 (table.size $externs))
      (loop $more
        (call $see-func (table.get $hidden (local.get $at)))
        (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (table.size $hidden))))
      (local.set $at (i32.const 0))
      (loop $more
        (call $see-func (table.get $funcs (local.get $at)))
        (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (table.size $funcs))))
      (local.set $at (i32.const 0))
      (loop $more
        (call $see-i32 (ref.is_null (table.get $externs (local.get $at))))
        (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (table.size $externs)))))
    ;; Using one that was dropped would trap.
    (func $see-segments
      (memory.init $a $passive (i32.const 8) (i32.const 0) (i32.const 8))
      (call $see (i64.load $a (i32.const 8)))
      (table.init $called $passive-funcs (i32.const 0) (i32.const 1) (i32.const 1))
      (call $see (call_indirect $called (type $number) (i32.const 0))))
    ;; The next indices of all three tables, and what the handles mean.
    (func $see-handles (local $x i32) (local $y i32)
      (local.set $x (call $make (i32.const 100)))
      (local.set $y (call $make (i32.const 200)))
      (call $see-i32 (local.get $x))
      (call $see-i32 (local.get $y))
      (call $see-i32 (call $index (local.get $y)))
      (call $see-i32 (call $rep (local.get $y)))
      (call $drop (local.get $x))
      (call $see-i32 (call $dropped))
      (call $see-i32 (call $make (i32.const 300)))
      (call $see-i32 (call $give (call $make (i32.const 400))))
      (call $see-i32 (call $lose (call $make (i32.const 500)))))

    (func (export "look") (result i32)
      (call $see-memories)
      (call $see-tables)
      (call $see-globals)
      (call $see-segments)
      (call $see-handles)
      (i32.store $a (i32.const 16) (i32.const 0xe000))
      (i32.store $a (i32.const 20) (i32.shr_u (i32.sub (global.get $next) (i32.const 0xe000)) (i32.const 3)))
      (i32.const 16))
    ;; After the call, when its result was taken.
    (func (export "free") (param i32)
      (global.set $freed (i64.add (global.get $freed) (i64.const 1)))))

  (core instance $main (instantiate $Main
    (with "store" (instance $store))
    (with "things" (instance
      (export "make" (func $make)) (export "give" (func $give)) (export "rep" (func $rep))
      (export "dropped" (func $dropped)) (export "index" (func $index)) (export "lose" (func $lose))
      (export "drop" (func $drop))))))

  (alias core export $store "memory" (core memory $memory))
  (type $numbers (list u64))
  (func $leave (param "what" u32) (canon lift (core func $main "leave")))
  (func $look (result $numbers)
    (canon lift (core func $main "look") (memory $memory) (post-return (core func $main "free"))))
  (instance $state (export "leave" (func $leave)) (export "look" (func $look)))
  (export "tests:traces/state" (instance $state)))
