;; A core module, as compilers make it before it becomes a component.
(module (memory (export "memory") 1))
