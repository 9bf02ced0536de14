//! Any export, with payloads as text, JSON or bytes.

use crate::nats::{Nats, ask, came};
use crate::support::{Scratch, component};
use std::path::PathBuf;

/// `judge` has texts with an `x` in front fail; `add` adds; `flip` gives back what it gets;
/// `wait` takes so many milliseconds.
pub fn guest(scratch: &Scratch) -> PathBuf {
    let wit = "package test:work; world guest {
        include wasi:cli/imports@0.2.12;
        export judge: func(text: string) -> result<string, string>;
        export add: func(a: u32, b: u32) -> u32;
        export flip: func(bytes: list<u8>) -> list<u8>;
        export wait: func(ms: u64) -> u64; }";
    let core = r#"(module
        (import "wasi:clocks/monotonic-clock@0.2.12" "now" (func $now (result i64)))
        (memory (export "memory") 4)
        (global $free (mut i32) (i32.const 65536))
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
            (local $at i32)
            (local.set $at (global.get $free))
            (global.set $free (i32.add (global.get $free) (local.get 3)))
            (local.get $at))
        (func (export "judge") (param $ptr i32) (param $len i32) (result i32)
            (i32.store8 (i32.const 16)
                (i32.eq (i32.load8_u (local.get $ptr)) (i32.const 120)))
            (i32.store (i32.const 20) (local.get $ptr))
            (i32.store (i32.const 24) (local.get $len))
            (i32.const 16))
        (func (export "flip") (param $ptr i32) (param $len i32) (result i32)
            (i32.store (i32.const 16) (local.get $ptr))
            (i32.store (i32.const 20) (local.get $len))
            (i32.const 16))
        (func (export "add") (param i32 i32) (result i32)
            (i32.add (local.get 0) (local.get 1)))
        (func (export "wait") (param $ms i64) (result i64) (local $end i64)
            (local.set $end
                (i64.add (call $now) (i64.mul (local.get $ms) (i64.const 1000000))))
            (loop $again
                (br_if $again (i64.lt_u (call $now) (local.get $end))))
            (local.get $ms)))"#;
    scratch.file("guest.wasm", component(wit, "guest", core))
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn text_is_a_string_and_an_error_a_failure() {
    let nats = Nats::start();
    let context = nats.streams().await;
    let scratch = Scratch::new();
    ask(&context, ["good \"quoted\"", "x bad\nsecond line"]).await;
    let options = ["--export", "judge", "--max-deliver", "1"];
    let _worker = nats.worker(&guest(&scratch), &options);
    assert_eq!(
        came(&context, "DONE", 1).await[0].payload,
        "good \"quoted\""
    );
    let dead = came(&context, "DEAD", 1).await;
    assert_eq!(dead[0].header("Worldhost-Code"), "1");
    let reason = dead[0].header("Worldhost-Error");
    assert!(
        reason.starts_with("x bad") && reason.contains("second line"),
        "{reason}"
    );
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn json_is_a_value_or_several() {
    let nats = Nats::start();
    let context = nats.streams().await;
    let scratch = Scratch::new();
    ask(
        &context,
        ["[20, 22]", "[20]", "{", "\"$1\"", "[1, {\"file\": \"-\"}]"],
    )
    .await;
    let options = ["--export", "add", "--payload", "json"];
    let _worker = nats.worker(&guest(&scratch), &options);
    assert_eq!(came(&context, "DONE", 1).await[0].payload, "42");
    // No try more would help.
    for dead in came(&context, "DEAD", 4).await {
        assert_eq!(dead.header("Worldhost-Deliveries"), "1", "{dead:?}");
        assert!(!dead.header("Worldhost-Error").is_empty(), "{dead:?}");
    }
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn bytes_are_bytes() {
    let nats = Nats::start();
    let context = nats.streams().await;
    let scratch = Scratch::new();
    let sent = context.publish("jobs.c", b"\0\xff\n".to_vec().into());
    sent.await.unwrap().await.unwrap();
    let options = ["--export", "flip", "--payload", "bytes"];
    let _worker = nats.worker(&guest(&scratch), &options);
    let mut stream = context.get_stream("DONE").await.unwrap();
    crate::nats::until(async || stream.info().await.unwrap().state.messages == 1).await;
    let message = stream.get_raw_message(1).await.unwrap();
    assert_eq!(&message.payload[..], b"\0\xff\n");
}
