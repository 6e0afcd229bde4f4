;; A middleware whose idea of the handler behind it is another than the standard's.
(component
  (import "wasi:http/incoming-handler@0.2.0" (instance (export "handle" (func (param "request" u32))))))
