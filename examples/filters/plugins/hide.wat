;; Lets no line through that begins with `#`.
(component
  (core module $Filter
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 1024))
    ;; An instance lives for one line: nothing is given back.
    (func (export "realloc") (param i32 i32 i32) (param $size i32) (result i32)
      (local $at i32)
      (local.set $at (global.get $next))
      (global.set $next (i32.add (local.get $at) (local.get $size)))
      (block $fits
        (loop $grow
          (br_if $fits (i32.le_u (global.get $next) (i32.shl (memory.size) (i32.const 16))))
          (br_if $grow (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))
          (unreachable)))
      (local.get $at))
    (func (export "filter") (param $at i32) (param $size i32) (result i32)
      ;; At 0 whether there is a line, and then where.
      (i32.store8 (i32.const 0)
        (i32.or (i32.eqz (local.get $size)) (i32.ne (i32.load8_u (local.get $at)) (i32.const 35))))
      (i32.store (i32.const 4) (local.get $at))
      (i32.store (i32.const 8) (local.get $size))
      (i32.const 0)))
  (core instance $filter (instantiate $Filter))
  (func (export "filter") (param "line" string) (result (option string))
    (canon lift (core func $filter "filter")
      (memory $filter "memory") (realloc (func $filter "realloc")))))
