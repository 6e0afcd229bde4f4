;; One resource under two versions of WASI: they are the same type.
(component
  (import "wasi:io/poll@0.2.9" (instance $poll (export "pollable" (type (sub resource)))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:clocks/monotonic-clock@0.2.12"
    (instance
      (alias outer 1 $pollable (type $p))
      (export "pollable" (type (eq $p)))
      (export "subscribe-duration" (func (param "when" u64) (result (own 1)))))))
