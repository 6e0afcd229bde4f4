;; A component that offers nothing.
(component)
