;; A handler that calls another component by an adapter, and traps when that has been called before. It has a post-return,
;; during which it must not call, and sets no response.
(component
  (import "wasi:http/types@0.2.0" (instance $types
    (export "incoming-request" (type (sub resource)))
    (export "response-outparam" (type (sub resource)))))
  (alias export $types "incoming-request" (type $request))
  (alias export $types "response-outparam" (type $outparam))
  (component $Counter
    (core module $m
      (global $count (mut i32) (i32.const 0))
      (func (export "next") (result i32)
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (global.get $count)))
    (core instance $i (instantiate $m))
    (func (export "next") (result u8) (canon lift (core func $i "next"))))
  (instance $counter (instantiate $Counter))
  (core func $next (canon lower (func $counter "next")))
  (core func $drop-request (canon resource.drop $request))
  (core func $drop-outparam (canon resource.drop $outparam))
  (core module $m
    (import "" "next" (func $next (result i32)))
    (import "" "drop-request" (func $drop-request (param i32)))
    (import "" "drop-outparam" (func $drop-outparam (param i32)))
    (func (export "handle") (param i32 i32)
      (call $drop-request (local.get 0))
      (call $drop-outparam (local.get 1))
      (if (i32.ne (call $next) (i32.const 1)) (then unreachable)))
    (func (export "post-return")))
  (core instance $i (instantiate $m (with "" (instance
    (export "next" (func $next))
    (export "drop-request" (func $drop-request))
    (export "drop-outparam" (func $drop-outparam))))))
  (func $handle (param "request" (own $request)) (param "response-out" (own $outparam))
    (canon lift (core func $i "handle") (post-return (core func $i "post-return"))))
  (instance $handler (export "handle" (func $handle)))
  (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))
