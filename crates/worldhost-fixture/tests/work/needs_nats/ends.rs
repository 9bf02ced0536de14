//! The end of a worker, and another version of its component.

use super::exports;
use crate::nats::{Nats, all_done, ask, came};
use crate::support::{Scratch, guest, plugin};
use std::time::Duration;

#[tokio::test]
#[ignore = "needs nats-server"]
async fn what_has_begun_is_done_at_the_end_and_the_rest_is_another_s() {
    let nats = Nats::start();
    let context = nats.streams().await;
    let scratch = Scratch::new();
    let component = exports::guest(&scratch);
    ask(&context, (0..8).map(|_| "1000")).await;
    let options = ["--export", "wait", "--payload", "json", "--jobs", "2"];
    let mut worker = nats.worker(&component, &options);
    tokio::time::sleep(Duration::from_millis(300)).await;
    worker.signal("TERM");
    assert!(worker.ended().success());
    let answered = came(&context, "DONE", 1).await.len();
    assert!((1..8).contains(&answered), "{answered}");
    assert!(
        worker
            .log()
            .contains(&format!("ended: {answered} answered, 0 given up"))
    );
    // With no wait for what nobody has.
    let _worker = nats.worker(&component, &options);
    assert_eq!(came(&context, "DONE", 8).await.len(), 8);
    all_done(&context).await;
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn what_takes_too_long_is_given_back() {
    let nats = Nats::start();
    let context = nats.streams().await;
    let scratch = Scratch::new();
    ask(&context, ["600000"]).await;
    let options = [
        "--export",
        "wait",
        "--payload",
        "json",
        "--shutdown-timeout",
        "300ms",
        "--timeout",
        "1h",
    ];
    let mut worker = nats.worker(&exports::guest(&scratch), &options);
    let consumer: async_nats::jetstream::consumer::PullConsumer =
        context.get_consumer_from_stream("c", "JOBS").await.unwrap();
    crate::nats::until(async || consumer.get_info().await.unwrap().num_ack_pending == 1).await;
    worker.signal("TERM");
    assert_eq!(worker.ended().code(), Some(124));
    assert!(worker.log().contains("1 given back"), "{}", worker.log());
    // At once: `ack-wait` is not over.
    let info = consumer.get_info().await.unwrap();
    assert_eq!(info.num_ack_pending, 1, "{info:?}");
    let message = consumer.fetch().max_messages(1).messages().await.unwrap();
    let messages: Vec<_> = futures_util::StreamExt::collect(message).await;
    assert_eq!(messages.len(), 1);
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn another_version_takes_over_and_a_misfit_does_not() {
    let nats = Nats::start();
    let context = nats.streams().await;
    let scratch = Scratch::new();
    let component = scratch.file("plugin.wasm", std::fs::read(guest("plugin-rust")).unwrap());
    let worker = nats.worker(&component, &[]);
    ask(&context, ["a"]).await;
    assert_eq!(came(&context, "DONE", 1).await[0].payload, "A");
    scratch.file("plugin.wasm", "garbage");
    worker.signal("HUP");
    worker.logged("the version before works on: ");
    let echo = plugin(
        "(i32.store (i32.const 16) (local.get $ptr)) \
                       (i32.store (i32.const 20) (local.get $len)) (i32.const 16)",
    );
    scratch.file("plugin.wasm", echo);
    worker.signal("HUP");
    worker.logged("works on, as it is now");
    let sent = context.publish("jobs.c", "b".into());
    sent.await.unwrap().await.unwrap();
    assert_eq!(came(&context, "DONE", 2).await[1].payload, "b");
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn the_pages_tell_how_it_is() {
    let nats = Nats::start();
    let context = nats.streams().await;
    ask(&context, ["1", "2", "panic"]).await;
    let options = [
        "--admin-addr",
        "127.0.0.1:0",
        "--access-log",
        "--max-deliver",
        "1",
    ];
    let worker = nats.worker(&guest("plugin-rust"), &options);
    all_done(&context).await;
    let line = worker.logged("/metrics at http://");
    let address = line.split("http://").nth(1).unwrap();
    let page = |path: &str| {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
        )
        .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    };
    assert!(page("/readyz").contains("ready"));
    let metrics = page("/metrics");
    for line in [
        "worldhost_messages_answered_total 2",
        "worldhost_messages_given_up_total 1",
        "worldhost_messages_in_flight 0",
        "worldhost_messages_duration_seconds_count 3",
    ] {
        assert!(metrics.contains(&format!("{line}\n")), "{line}: {metrics}");
    }
    // A line for each message, since it was asked for.
    let log = worker.log();
    let lines = log
        .lines()
        .filter(|line| line.contains("worldhost_queue::access"));
    assert_eq!(lines.count(), 3, "{log}");
}
