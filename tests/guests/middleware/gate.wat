;; A middleware: DELETE is forbidden, everything else is for the component behind it. It refuses to be used a second
;; time, so that only a fresh instance of the whole composition works.
(module
  (import "wasi:http/types@0.2.12" "[method]incoming-request.method" (func $method (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[resource-drop]incoming-request" (func $drop-request (param i32)))
  (import "wasi:http/types@0.2.12" "[constructor]fields" (func $fields (result i32)))
  (import "wasi:http/types@0.2.12" "[constructor]outgoing-response" (func $response (param i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-response.set-status-code"
    (func $set-status (param i32 i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[static]response-outparam.set"
    (func $set (param i32 i32 i32 i32 i64 i32 i32 i32 i32)))
  (import "wasi:http/incoming-handler@0.2.12" "handle" (func $next (param i32 i32)))
  (memory (export "memory") 1)
  (global $used (mut i32) (i32.const 0))
  ;; Only the text of an unknown method needs room.
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "wasi:http/incoming-handler@0.2.12#handle") (param $request i32) (param $out i32)
    (local $answer i32)
    (if (global.get $used) (then unreachable))
    (global.set $used (i32.const 1))
    (call $method (local.get $request) (i32.const 16))
    (if (i32.eq (i32.load8_u (i32.const 16)) (i32.const 4)) ;; delete
      (then
        (call $drop-request (local.get $request))
        (local.set $answer (call $response (call $fields)))
        (drop (call $set-status (local.get $answer) (i32.const 403)))
        (call $set (local.get $out) (i32.const 0) (local.get $answer) (i32.const 0) (i64.const 0) (i32.const 0)
          (i32.const 0) (i32.const 0) (i32.const 0))
        (return)))
    (call $next (local.get $request) (local.get $out))))
