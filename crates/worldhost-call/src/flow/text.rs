//! The components that read and write the streams and futures of a guest.
//!
//! Wasmtime's API reads a stream only into a Rust type that is known when this is
//! compiled. A component can have any type, so one is made for the type that is met; to
//! the host it exports functions with lists, which the API has for any type. It has no
//! state but one end of one stream, and no code but the built-ins around it.

use super::abi::Layout;
use super::types::Types;
use wasmtime::component::ResourceType;
use wasmtime::component::types::Type;

/// A stream or a future, with the type of what comes by it; none where nothing does but
/// the fact.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Flow {
    Stream(Option<Type>),
    Future(Option<Type>),
}

impl Flow {
    pub fn of(ty: &Type) -> Option<Self> {
        match ty {
            Type::Stream(stream) => Some(Flow::Stream(stream.ty())),
            Type::Future(future) => Some(Flow::Future(future.ty())),
            _ => None,
        }
    }

    pub fn item(&self) -> Option<&Type> {
        match self {
            Flow::Stream(item) | Flow::Future(item) => item.as_ref(),
        }
    }
}

/// A component as text, and the resources that it imports.
pub(super) struct Text {
    pub text: String,
    pub resources: Vec<ResourceType>,
}

/// So many bytes of items are read at once.
const CHUNK: u64 = 64 << 10;
/// Items begin after what `waitable-set.wait` and results take.
const START: u64 = 64;

/// With `open: func(flow)`; `wait: async func()`, which calls the imported `ready: func()`
/// when there is something to take; and `take: async func() -> list<item>`, which gives an
/// empty list at the end.
pub(super) fn reader(flow: &Flow) -> Text {
    let layout = flow.item().map_or(Layout { size: 0, align: 1 }, Layout::of);
    let most = match (flow, flow.item()) {
        (Flow::Future(_), _) => 1,
        // What is beside the items has no bound.
        (_, Some(item)) if !is_flat(item) => 64,
        _ => (CHUNK / layout.size.max(1)).clamp(1, CHUNK),
    };
    let first = START.next_multiple_of(layout.align);
    let heap = first + most * layout.size;
    let read = match flow {
        Flow::Stream(_) => {
            format!("(call $read (global.get $end) (i32.const {first}) (i32.const {most}))")
        }
        Flow::Future(_) => format!("(call $read (global.get $end) (i32.const {first}))"),
    };
    let signature = match flow {
        Flow::Stream(_) => "(param i32 i32 i32)",
        Flow::Future(_) => "(param i32 i32)",
    };
    let give = match flow.item() {
        Some(_) => format!(
            "(i32.store (i32.const 16) (i32.const {first}))
             (i32.store (i32.const 20) (global.get $ready))
             (global.set $ready (i32.const 0))
             (i32.const 16)"
        ),
        None => "(global.get $ready) (global.set $ready (i32.const 0))".to_string(),
    };
    let core = format!(
        r#"(core module $code
            (import "" "memory" (memory 0))
            (import "" "free" (global $free (mut i32)))
            (import "" "read" (func $read {signature} (result i32)))
            (import "" "drop" (func $drop (param i32)))
            (import "" "set" (func $set (result i32)))
            (import "" "join" (func $join (param i32 i32)))
            (import "" "await" (func $await (param i32 i32) (result i32)))
            (import "" "ready" (func $tell))
            (global $end (mut i32) (i32.const 0))
            (global $events (mut i32) (i32.const 0))
            (global $is-open (mut i32) (i32.const 0))
            (global $is-reading (mut i32) (i32.const 0))
            (global $ready (mut i32) (i32.const 0))
            (func (export "open") (param $end i32)
                (if (i32.eqz (global.get $events))
                    (then (global.set $events (call $set))))
                (global.set $end (local.get $end))
                (global.set $is-open (i32.const 1)))
            (func $close
                (call $join (global.get $end) (i32.const 0))
                (call $drop (global.get $end))
                (global.set $is-open (i32.const 0)))
            (func $done (param $result i32)
                (global.set $is-reading (i32.const 0))
                {done})
            (func (export "wait") (call $wait) (call $tell))
            (func $wait
                (local $result i32)
                (loop $again
                    (if (global.get $ready) (then (return)))
                    (if (i32.eqz (global.get $is-open)) (then (return)))
                    (if (i32.eqz (global.get $is-reading)) (then
                        (global.set $free (i32.const {heap}))
                        (global.set $is-reading (i32.const 1))
                        (local.set $result {read})
                        (if (i32.ne (local.get $result) (i32.const -1)) (then
                            (call $done (local.get $result))
                            (br $again)))
                        (call $join (global.get $end) (global.get $events))))
                    (drop (call $await (global.get $events) (i32.const 0)))
                    (call $join (global.get $end) (i32.const 0))
                    (call $done (i32.load (i32.const 4)))
                    (br $again)))
            (func (export "take") (result i32)
                (call $wait)
                {give}))"#,
        done = match flow {
            // How many, and whether that was the end.
            Flow::Stream(_) =>
                "(global.set $ready (i32.shr_u (local.get $result) (i32.const 4)))
                 (if (i32.and (local.get $result) (i32.const 15)) (then (call $close)))",
            Flow::Future(_) =>
                "(global.set $ready (i32.eqz (local.get $result)))
                 (call $close)",
        },
    );
    let mut types = Types::default();
    let item = types.maybe(flow.item().cloned());
    let kind = kind(flow);
    let result = listed(&item);
    let types_text = &types.text;
    let memory = memory(heap);
    let text = format!(
        r#"(component
            {types_text}
            (import "ready" (func $ready))
            (type $flow ({kind} {item}))
            {memory}
            (core func $ready (canon lower (func $ready)))
            (core func $read (canon {kind}.read $flow async (memory $memory) (realloc $realloc)))
            (core func $drop (canon {kind}.drop-readable $flow))
            {EVENTS}
            {core}
            (core instance $code (instantiate $code (with "" (instance
                {EVENTS_TO}
                (export "memory" (memory $memory)) (export "free" (global $free))
                (export "read" (func $read)) (export "drop" (func $drop))
                (export "ready" (func $ready))))))
            (func (export "open") (param "end" $flow) (canon lift (core func $code "open")))
            (func (export "wait") async (canon lift (core func $code "wait")))
            (func (export "take") async (result {result})
                (canon lift (core func $code "take") (memory $memory))))"#
    );
    Text {
        text,
        resources: types.resources,
    }
}

/// With `open: func() -> flow`; `give: async func(list<item>)`, which tells the imported
/// `given: func(bool)` whether more is wanted; and `close: func()`.
pub(super) fn writer(flow: &Flow) -> Text {
    let layout = flow.item().map_or(Layout { size: 0, align: 1 }, Layout::of);
    let heap = START.next_multiple_of(layout.align);
    let size = layout.size;
    let (signature, write) = match flow {
        Flow::Stream(_) => (
            "(param i32 i32 i32)",
            "(call $write (global.get $end) (local.get $at) (local.get $left))",
        ),
        Flow::Future(_) => (
            "(param i32 i32)",
            "(call $write (global.get $end) (local.get $at))",
        ),
    };
    let done = match flow {
        Flow::Stream(_) => format!(
            "(local.set $count (i32.shr_u (local.get $result) (i32.const 4)))
             (local.set $at
                (i32.add (local.get $at) (i32.mul (local.get $count) (i32.const {size}))))
             (local.set $left (i32.sub (local.get $left) (local.get $count)))
             (if (i32.and (local.get $result) (i32.const 15)) (then (call $close)))"
        ),
        Flow::Future(_) => "(local.set $left (i32.const 0)) (call $close)".to_string(),
    };
    let (params, at) = match flow.item() {
        Some(_) => ("(param $at i32) (param $left i32)", ""),
        None => ("(param $left i32)", "(local $at i32)"),
    };
    let core = format!(
        r#"(core module $code
            (import "" "free" (global $free (mut i32)))
            (import "" "memory" (memory 0))
            (import "" "new" (func $new (result i64)))
            (import "" "write" (func $write {signature} (result i32)))
            (import "" "drop" (func $drop (param i32)))
            (import "" "set" (func $set (result i32)))
            (import "" "join" (func $join (param i32 i32)))
            (import "" "await" (func $await (param i32 i32) (result i32)))
            (import "" "given" (func $tell (param i32)))
            (global $end (mut i32) (i32.const 0))
            (global $events (mut i32) (i32.const 0))
            (global $is-open (mut i32) (i32.const 0))
            (func (export "open") (result i32)
                (local $ends i64)
                (if (i32.eqz (global.get $events))
                    (then (global.set $events (call $set))))
                (local.set $ends (call $new))
                (global.set $end (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))))
                (global.set $is-open (i32.const 1))
                (i32.wrap_i64 (local.get $ends)))
            (func $close (export "close")
                (if (global.get $is-open) (then
                    (call $drop (global.get $end))
                    (global.set $is-open (i32.const 0)))))
            (func (export "give") {params}
                {at}
                (local $result i32) (local $count i32)
                (loop $again
                    (if (i32.and (global.get $is-open) (i32.ne (local.get $left) (i32.const 0)))
                        (then
                            (local.set $result {write})
                            (if (i32.eq (local.get $result) (i32.const -1)) (then
                                (call $join (global.get $end) (global.get $events))
                                (drop (call $await (global.get $events) (i32.const 0)))
                                (call $join (global.get $end) (i32.const 0))
                                (local.set $result (i32.load (i32.const 4)))))
                            {done}
                            (br $again))))
                (global.set $free (i32.const {heap}))
                (call $tell (global.get $is-open))))"#
    );
    let mut types = Types::default();
    let item = types.maybe(flow.item().cloned());
    let kind = kind(flow);
    let param = listed(&item);
    let types_text = &types.text;
    let memory = memory(heap);
    let text = format!(
        r#"(component
            {types_text}
            (import "given" (func $given (param "more" bool)))
            (type $flow ({kind} {item}))
            {memory}
            (core func $given (canon lower (func $given)))
            (core func $new (canon {kind}.new $flow))
            (core func $write (canon {kind}.write $flow async (memory $memory)))
            (core func $drop (canon {kind}.drop-writable $flow))
            {EVENTS}
            {core}
            (core instance $code (instantiate $code (with "" (instance
                {EVENTS_TO}
                (export "memory" (memory $memory)) (export "free" (global $free))
                (export "new" (func $new)) (export "write" (func $write))
                (export "drop" (func $drop)) (export "given" (func $given))))))
            (func (export "open") (result $flow) (canon lift (core func $code "open")))
            (func (export "close") (canon lift (core func $code "close")))
            (func (export "give") async (param "items" {param})
                (canon lift (core func $code "give") (memory $memory) (realloc $realloc))))"#
    );
    Text {
        text,
        resources: types.resources,
    }
}

/// The items of nothing are counted.
fn listed(item: &str) -> String {
    match item {
        "" => "u32".to_string(),
        item => format!("(list {item})"),
    }
}

fn kind(flow: &Flow) -> &'static str {
    match flow {
        Flow::Stream(_) => "stream",
        Flow::Future(_) => "future",
    }
}

const EVENTS: &str = "(core func $set (canon waitable-set.new))
    (core func $join (canon waitable.join))
    (core func $await (canon waitable-set.wait (memory $memory)))";
const EVENTS_TO: &str = r#"(export "set" (func $set)) (export "join" (func $join))
    (export "await" (func $await))"#;

/// A memory, and what places new things in it one after the other from `heap` on, all of
/// which are forgotten at once.
fn memory(heap: u64) -> String {
    let pages = (heap + 1).div_ceil(65536);
    format!(
        r#"(core module $memory
            (memory (export "memory") {pages})
            (global $free (export "free") (mut i32) (i32.const {heap}))
            (func (export "realloc")
                (param $old i32) (param $len i32) (param $align i32) (param $new i32) (result i32)
                (local $at i32) (local $pages i32)
                (local.set $at (i32.and
                    (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
                    (i32.sub (i32.const 0) (local.get $align))))
                (global.set $free (i32.add (local.get $at) (local.get $new)))
                (if (i32.lt_u (global.get $free) (local.get $at)) (then unreachable))
                (local.set $pages (i32.add (i32.shr_u (global.get $free) (i32.const 16)) (i32.const 1)))
                (if (i32.gt_u (local.get $pages) (memory.size)) (then
                    (if (i32.eq (i32.const -1)
                            (memory.grow (i32.sub (local.get $pages) (memory.size))))
                        (then unreachable))))
                (memory.copy (local.get $at) (local.get $old) (local.get $len))
                (local.get $at)))
        (core instance $memory (instantiate $memory))
        (alias core export $memory "memory" (core memory $memory))
        (alias core export $memory "free" (core global $free))
        (alias core export $memory "realloc" (core func $realloc))"#
    )
}

/// Whether a value is nothing but its own bytes.
fn is_flat(ty: &Type) -> bool {
    !matches!(ty, Type::String | Type::List(_) | Type::Map(_))
        && crate::types::inner(ty).iter().all(is_flat)
}
