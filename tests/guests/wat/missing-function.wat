;; Imports a function that its interface does not have.
(component
  (import "wasi:cli/environment@0.2.0" (instance (export "get-weather" (func (result string))))))
