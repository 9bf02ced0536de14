;; Makes capitals of a to z, and tells the host so.
(component
  (import "example:filters/host@1.0.0" (instance $host
    (export "note" (func (param "text" string)))))
  (core module $Memory
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
      (local.get $at)))
  (core module $Filter
    (import "memory" "memory" (memory 1))
    (import "host" "note" (func $note (param i32 i32)))
    (data (i32.const 16) "that was loud")
    (func (export "filter") (param $at i32) (param $size i32) (result i32)
      (local $i i32)
      (local $end i32)
      (local $c i32)
      (local.set $i (local.get $at))
      (local.set $end (i32.add (local.get $at) (local.get $size)))
      (block $done
        (loop $next
          (br_if $done (i32.eq (local.get $i) (local.get $end)))
          (local.set $c (i32.load8_u (local.get $i)))
          (if (i32.lt_u (i32.sub (local.get $c) (i32.const 97)) (i32.const 26))
            (then (i32.store8 (local.get $i) (i32.sub (local.get $c) (i32.const 32)))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next)))
      (call $note (i32.const 16) (i32.const 13))
      ;; At 0 that there is a line, and then where.
      (i32.store8 (i32.const 0) (i32.const 1))
      (i32.store (i32.const 4) (local.get $at))
      (i32.store (i32.const 8) (local.get $size))
      (i32.const 0)))
  (core instance $memory (instantiate $Memory))
  (core func $note (canon lower (func $host "note") (memory $memory "memory")))
  (core instance $filter (instantiate $Filter
    (with "memory" (instance $memory))
    (with "host" (instance (export "note" (func $note))))))
  (func (export "filter") (param "line" string) (result (option string))
    (canon lift (core func $filter "filter")
      (memory $memory "memory") (realloc (func $memory "realloc")))))
