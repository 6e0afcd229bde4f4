;; Exports an interface with a resource and types of its own, one without a package, and a function:
;;   package test:shelf@1.0.0;
;;   interface goods { record item { name: string, weight: u32 } enum error { full } }
;;   interface boxes {
;;     use goods.{item, error};
;;     resource box {
;;       constructor(room: u32);
;;       put: func(item: item) -> result<u32, error>;
;;       join: static func(a: box, b: box) -> box;
;;     }
;;     weigh: func(box: borrow<box>) -> u64;
;;   }
;;   world shelf { export boxes; export bell: interface { ring: func(); } export dropped: func() -> u32; }
;; A name's letters take the room of a box. What is dropped and rung is counted.
(component
  (core module $dtor-code
    (global $count (export "count") (mut i32) (i32.const 0))
    (func (export "dtor") (param i32) (global.set $count (i32.add (global.get $count) (i32.const 1)))))
  (core instance $dtor (instantiate $dtor-code))
  (type $box (resource (rep i32) (dtor (core func $dtor "dtor"))))
  (core func $box-new (canon resource.new $box))
  (core func $box-rep (canon resource.rep $box))
  (core func $box-drop (canon resource.drop $box))
  (core module $code
    (import "box" "new" (func $box-new (param i32) (result i32)))
    (import "box" "rep" (func $box-rep (param i32) (result i32)))
    (import "box" "drop" (func $box-drop (param i32)))
    (import "box" "count" (global $count (mut i32)))
    (memory (export "memory") 1)
    (global $at (mut i32) (i32.const 1024))
    (func $alloc (param $size i32) (result i32)
      (global.get $at)
      (global.set $at (i32.and (i32.add (global.get $at) (i32.add (local.get $size) (i32.const 7))) (i32.const -8))))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (call $alloc (local.get 3)))
    ;; A box: room, then weight.
    (func (export "new") (param $room i32) (result i32) (local $box i32)
      (local.set $box (call $alloc (i32.const 8)))
      (i32.store (local.get $box) (local.get $room))
      (call $box-new (local.get $box)))
    (func (export "put") (param $box i32) (param $name i32) (param $len i32) (param $weight i32) (result i32)
      (i32.store8 (i32.const 16) (i32.gt_u (local.get $len) (i32.load (local.get $box))))
      (i32.store (i32.const 20) (i32.const 0))
      (if (i32.eqz (i32.load8_u (i32.const 16))) (then
        (i32.store (local.get $box) (i32.sub (i32.load (local.get $box)) (local.get $len)))
        (i32.store offset=4 (local.get $box) (i32.add (i32.load offset=4 (local.get $box)) (local.get $weight)))
        (i32.store (i32.const 20) (i32.load (local.get $box)))))
      (i32.const 16))
    (func (export "join") (param $a i32) (param $b i32) (result i32) (local $box i32)
      (local.set $box (call $box-rep (local.get $a)))
      (i32.store offset=4 (local.get $box) (i32.add (i32.load offset=4 (local.get $box))
        (i32.load offset=4 (call $box-rep (local.get $b)))))
      (call $box-drop (local.get $b))
      (local.get $a))
    (func (export "weigh") (param $box i32) (result i64) (i64.load32_u offset=4 (local.get $box)))
    (func (export "ring") (global.set $count (i32.add (global.get $count) (i32.const 100))))
    (func (export "dropped") (result i32) (global.get $count)))
  (core instance $guest (instantiate $code (with "box" (instance (export "new" (func $box-new))
    (export "rep" (func $box-rep)) (export "drop" (func $box-drop)) (export "count" (global $dtor "count"))))))
  (alias core export $guest "memory" (core memory $memory))
  (alias core export $guest "realloc" (core func $realloc))
  (type $item (record (field "name" string) (field "weight" u32)))
  (type $error (enum "full"))
  (func $new (param "room" u32) (result (own $box)) (canon lift (core func $guest "new")))
  (func $put (param "self" (borrow $box)) (param "item" $item) (result (result u32 (error $error)))
    (canon lift (core func $guest "put") (memory $memory) (realloc $realloc)))
  (func $join (param "a" (own $box)) (param "b" (own $box)) (result (own $box))
    (canon lift (core func $guest "join")))
  (func $weigh (param "box" (borrow $box)) (result u64) (canon lift (core func $guest "weigh")))
  (func $ring (canon lift (core func $guest "ring")))
  ;; Gives the types names where the functions are exported.
  (component $Boxes
    (import "import-box" (type $in-box (sub resource)))
    (type $item-type (record (field "name" string) (field "weight" u32)))
    (import "import-item" (type $in-item (eq $item-type)))
    (type $error-type (enum "full"))
    (import "import-error" (type $in-error (eq $error-type)))
    (import "import-new" (func $new (param "room" u32) (result (own $in-box))))
    (import "import-put" (func $put (param "self" (borrow $in-box)) (param "item" $in-item)
      (result (result u32 (error $in-error)))))
    (import "import-join" (func $join (param "a" (own $in-box)) (param "b" (own $in-box)) (result (own $in-box))))
    (import "import-weigh" (func $weigh (param "box" (borrow $in-box)) (result u64)))
    (export $box "box" (type $in-box))
    (export $item "item" (type $in-item))
    (export $error "error" (type $in-error))
    (export "[constructor]box" (func $new) (func (param "room" u32) (result (own $box))))
    (export "[method]box.put" (func $put) (func (param "self" (borrow $box)) (param "item" $item)
      (result (result u32 (error $error)))))
    (export "[static]box.join" (func $join)
      (func (param "a" (own $box)) (param "b" (own $box)) (result (own $box))))
    (export "weigh" (func $weigh) (func (param "box" (borrow $box)) (result u64))))
  (instance $boxes (instantiate $Boxes
    (with "import-box" (type $box)) (with "import-item" (type $item)) (with "import-error" (type $error))
    (with "import-new" (func $new)) (with "import-put" (func $put)) (with "import-join" (func $join))
    (with "import-weigh" (func $weigh))))
  (instance $bell (export "ring" (func $ring)))
  (export "test:shelf/boxes@1.0.0" (instance $boxes))
  (export "bell" (instance $bell))
  (func (export "dropped") (result u32) (canon lift (core func $guest "dropped"))))
