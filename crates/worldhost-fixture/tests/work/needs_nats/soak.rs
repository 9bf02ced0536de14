//! Many messages, of which some trap, some are nothing, and some kill time; with workers that
//! are killed and started anew. WORLDHOST_MESSAGES says how many.

use crate::nats::{Nats, all_done, ask};
use crate::support::guest;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// The subject's messages by identity, and how often each is there.
async fn found(nats: &Nats, name: &str) -> HashMap<String, u32> {
    let context = nats.context().await;
    let mut stream = context.get_stream(name).await.unwrap();
    let count = stream.info().await.unwrap().state.messages;
    let mut found = HashMap::new();
    for sequence in 1..=count {
        let message = stream.get_raw_message(sequence).await.unwrap();
        let id = message.headers.get("Nats-Msg-Id").unwrap().to_string();
        *found.entry(id).or_default() += 1;
    }
    found
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn every_message_is_answered_or_set_aside_once() {
    let count = std::env::var("WORLDHOST_MESSAGES").map_or(2000, |text| text.parse().unwrap());
    let nats = Nats::start();
    let context = nats.streams().await;
    let payload = |number: usize| match number % 100 {
        0 => "panic".to_string(),
        _ => number.to_string(),
    };
    ask(&context, (0..count).map(payload)).await;
    let options = [
        "--max-deliver",
        "2",
        "--backoff",
        "10ms",
        "--ack-wait",
        "2s",
    ];
    let start = Instant::now();
    let worker = || nats.worker(&guest("plugin-rust"), &options);
    let mut workers = [worker(), worker()];
    for killed in 0..6 {
        tokio::time::sleep(Duration::from_millis(400)).await;
        workers[killed % 2].signal("KILL");
        workers[killed % 2] = worker();
    }
    all_done(&context).await;
    eprintln!("{count} messages, 6 kills: {:?}", start.elapsed());
    let (done, dead) = (found(&nats, "DONE").await, found(&nats, "DEAD").await);
    let failing = |number: usize| number.is_multiple_of(100);
    for number in 0..count {
        let id = format!("c:{number}");
        let there = (done.get(&id).copied(), dead.get(&id).copied());
        let wanted = match failing(number) {
            true => (None, Some(1)),
            false => (Some(1), None),
        };
        // Killed with its last worker, it is set aside too: that is once, and told.
        let killed = (None, Some(1));
        assert!(there == wanted || there == killed, "{id}: {there:?}");
    }
    let set_aside = dead.len() - (0..count).filter(|number| failing(*number)).count();
    eprintln!("set aside since their workers were killed: {set_aside}");
    assert_eq!(done.len() + dead.len(), count);
}
