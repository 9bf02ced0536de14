//! Calls of one instance overlap: by the tick at which each came back, and by what comes
//! first, never by time.

#[path = "../src/relay.rs"]
mod relay;

use relay::{Relays, greet, shout, start};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Nothing here takes long, unless it hangs.
async fn soon<R>(what: impl Future<Output = R>) -> R {
    let soon = tokio::time::timeout(Duration::from_secs(300), what);
    soon.await.expect("it comes to its end")
}

/// The hand on the clock, and how many look at it when no call does.
struct Hand(watch::Sender<u32>, usize);

impl Hand {
    /// Until so many calls wait for the clock.
    async fn watched(&self, calls: usize) {
        soon(async {
            while self.0.receiver_count() != self.1 + calls {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    async fn tick_for(&self, calls: usize) {
        self.watched(calls).await;
        self.0.send_modify(|now| *now += 1);
    }
}

async fn relay(guest: &str) -> (Relays, Hand) {
    let (hand, clock) = watch::channel(0);
    let relay = soon(start(guest, clock)).await.unwrap();
    let idle = hand.receiver_count();
    (relay, Hand(hand, idle))
}

/// Ten calls, each of which waits for a tick, take a tick.
async fn many_take_as_long_as_one(guest: &str) {
    let (relay, hand) = relay(guest).await;
    let names: Vec<_> = (0..10).map(|number| format!("guest {number}")).collect();
    let calls = names.iter().map(|name| {
        let (relay, name) = (relay.clone(), name.clone());
        tokio::spawn(async move { greet(&relay, &name, 1).await })
    });
    let calls: Vec<_> = calls.collect();
    hand.tick_for(10).await;
    for (call, name) in calls.into_iter().zip(&names) {
        let greeting = soon(call).await.unwrap().unwrap();
        assert_eq!(greeting, format!("hello {name}, at tick 1"));
    }
}

/// One that came last is first to be done, if it waits for less.
async fn a_short_call_passes_a_long_one(guest: &str) {
    let (relay, hand) = relay(guest).await;
    let (long, short) = (greet(&relay, "Ada", 2), greet(&relay, "Bob", 1));
    let mut long = Box::pin(long);
    let early = async {
        hand.watched(1).await;
        let ((), short) = tokio::join!(hand.tick_for(2), short);
        short
    };
    let short = tokio::select! {
        _ = &mut long => panic!("it is not its time"),
        short = early => short,
    };
    assert_eq!(short.unwrap(), "hello Bob, at tick 1");
    let ((), long) = tokio::join!(hand.tick_for(1), soon(long));
    assert_eq!(long.unwrap(), "hello Ada, at tick 2");
}

/// A line is given back before the next is there, and calls are made meanwhile.
async fn lines_go_through_while_they_are_read(guest: &str) {
    let (relay, hand) = relay(guest).await;
    let ((lines, input), (output, mut loud)) = (mpsc::channel(1), mpsc::channel(1));
    let through = {
        let relay = relay.clone();
        tokio::spawn(async move { shout(&relay, input, output).await })
    };
    for line in ["one", "two"] {
        lines.send(line.to_string()).await.unwrap();
        hand.watched(1).await;
        let beside = greet(&relay, line, 0);
        assert!(soon(beside).await.unwrap().contains(line));
        hand.tick_for(1).await;
        assert_eq!(soon(loud.recv()).await.unwrap(), line.to_uppercase());
    }
    drop(lines);
    assert_eq!(soon(loud.recv()).await, None);
    soon(through).await.unwrap().unwrap();
}

fn rust() -> String {
    format!("{ROOT}/tests/guests/relay.wasm")
}

#[tokio::test]
async fn many_calls_take_as_long_as_one() {
    many_take_as_long_as_one(&rust()).await;
}

#[tokio::test]
async fn a_short_call_passes_a_long() {
    a_short_call_passes_a_long_one(&rust()).await;
}

#[tokio::test]
async fn lines_go_through_as_they_are_read() {
    lines_go_through_while_they_are_read(&rust()).await;
}

mod needs_python {
    use super::*;

    fn python() -> String {
        let target = std::env::var("CARGO_TARGET_DIR").unwrap_or("target".into());
        let path = std::path::Path::new(ROOT).join(target);
        let path = path.join("guests/relay-python.wasm");
        assert!(
            path.exists(),
            "needs relay-python: run scripts/build-guests.sh python"
        );
        path.display().to_string()
    }

    #[tokio::test]
    #[ignore = "needs relay-python: run scripts/build-guests.sh python"]
    async fn calls_overlap_in_python() {
        many_take_as_long_as_one(&python()).await;
        a_short_call_passes_a_long_one(&python()).await;
        lines_go_through_while_they_are_read(&python()).await;
    }
}
