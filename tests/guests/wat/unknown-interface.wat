;; Imports an interface that no host has.
(component
  (import "acme:widgets/frobnicate@1.0.0" (instance (export "frob" (func)))))
