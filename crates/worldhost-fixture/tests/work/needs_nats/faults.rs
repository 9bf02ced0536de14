//! Workers and servers that are killed: nothing is lost, and nothing is there twice.

use super::exports;
use crate::nats::{Came, Nats, all_done, ask, came};
use crate::support::{Scratch, guest};
use std::collections::BTreeSet;
use std::time::Duration;

/// Each of so many messages is there once.
#[track_caller]
fn once_each(results: &[Came], count: usize) {
    let ids: BTreeSet<&str> = results
        .iter()
        .map(|came| came.header("Nats-Msg-Id"))
        .collect();
    assert_eq!((results.len(), ids.len()), (count, count));
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn a_worker_that_is_killed_leaves_its_messages_to_another() {
    let nats = Nats::start();
    let context = nats.streams().await;
    let scratch = Scratch::new();
    let component = exports::guest(&scratch);
    ask(&context, (0..60).map(|_| "20")).await;
    let options = ["--export", "wait", "--payload", "json", "--ack-wait", "1s"];
    for _ in 0..3 {
        let worker = nats.worker(&component, &options);
        tokio::time::sleep(Duration::from_millis(150)).await;
        worker.signal("KILL");
    }
    let _worker = nats.worker(&component, &options);
    once_each(&came(&context, "DONE", 60).await, 60);
    all_done(&context).await;
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn one_that_kills_its_workers_is_set_aside() {
    let nats = Nats::start();
    let context = nats.streams().await;
    let scratch = Scratch::new();
    let component = exports::guest(&scratch);
    ask(&context, ["600000"]).await;
    let options = [
        "--export",
        "wait",
        "--payload",
        "json",
        "--ack-wait",
        "500ms",
        "--max-deliver",
        "2",
    ];
    for delivery in 1..=2 {
        let mut worker = nats.worker(&component, &options);
        let consumer: async_nats::jetstream::consumer::PullConsumer =
            context.get_consumer_from_stream("c", "JOBS").await.unwrap();
        crate::nats::until(async || {
            consumer
                .get_info()
                .await
                .unwrap()
                .delivered
                .consumer_sequence
                >= delivery
        })
        .await;
        worker.signal("KILL");
        worker.ended();
    }
    let _worker = nats.worker(&component, &options);
    let dead = came(&context, "DEAD", 1).await;
    assert_eq!(dead[0].header("Worldhost-Code"), "125");
    assert!(
        dead[0]
            .header("Worldhost-Error")
            .contains("each worker that had it ended")
    );
    all_done(&context).await;
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn a_server_that_is_killed_finds_all_as_it_was() {
    let mut nats = Nats::start();
    let context = nats.streams().await;
    let scratch = Scratch::new();
    let component = exports::guest(&scratch);
    ask(&context, (0..300).map(|_| "5")).await;
    let options = ["--export", "wait", "--payload", "json", "--ack-wait", "2s"];
    let mut worker = nats.worker(&component, &options);
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        nats.kill_and_start(Duration::from_millis(300));
    }
    let context = {
        drop(context);
        nats.context().await
    };
    once_each(&came(&context, "DONE", 300).await, 300);
    all_done(&context).await;
    worker.signal("TERM");
    assert!(worker.ended().success());
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn a_long_call_is_nobody_else_s() {
    let nats = Nats::start();
    let context = nats.streams().await;
    let scratch = Scratch::new();
    let component = exports::guest(&scratch);
    ask(&context, ["4000"]).await;
    let options = ["--export", "wait", "--payload", "json", "--ack-wait", "1s"];
    let _workers = [0, 1].map(|_| nats.worker(&component, &options));
    once_each(&came(&context, "DONE", 1).await, 1);
    all_done(&context).await;
    let consumer: async_nats::jetstream::consumer::PullConsumer =
        context.get_consumer_from_stream("c", "JOBS").await.unwrap();
    assert_eq!(consumer.cached_info().delivered.consumer_sequence, 1);
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn two_workers_share_what_there_is() {
    let nats = Nats::start();
    let context = nats.streams().await;
    let workers = [0, 1].map(|_| nats.worker(&guest("plugin-rust"), &["--jobs", "1"]));
    ask(&context, (0..4000).map(|number| number.to_string())).await;
    all_done(&context).await;
    once_each(&came(&context, "DONE", 4000).await, 4000);
    for mut worker in workers {
        worker.signal("TERM");
        assert!(worker.ended().success());
        assert!(
            !worker.log().contains("ended: 0 answered"),
            "{}",
            worker.log()
        );
    }
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn what_has_its_result_is_not_set_aside_too() {
    let nats = Nats::start();
    let context = nats.streams().await;
    // As by a worker that was killed before it said so.
    let mut headers = async_nats::HeaderMap::new();
    headers.insert("Nats-Msg-Id", "c:0");
    let sent = context.publish_with_headers("done.c", headers, "ok".into());
    sent.await.unwrap().await.unwrap();
    ask(&context, ["panic", "panic"]).await;
    let options = ["--max-deliver", "2", "--backoff", "10ms"];
    let _worker = nats.worker(&guest("plugin-rust"), &options);
    let dead = came(&context, "DEAD", 1).await;
    all_done(&context).await;
    let [dead] = &dead[..] else {
        panic!("{dead:?}")
    };
    assert_eq!(dead.header("Nats-Msg-Id"), "c:1");
    let done = came(&context, "DONE", 1).await;
    assert_eq!((done.len(), done[0].payload.as_str()), (1, "ok"));
}
