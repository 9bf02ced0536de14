//! Messages that are answered, and those that are not.

use crate::nats::{Nats, all_done, ask, came};
use crate::support::{Scratch, guest};
use futures_util::StreamExt;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[tokio::test]
#[ignore = "needs nats-server"]
async fn each_message_has_its_result_once() {
    let nats = Nats::start();
    let context = nats.streams().await;
    ask(&context, (0..500).map(|number| number.to_string())).await;
    let mut worker = nats.worker(&guest("plugin-rust"), &[]);
    let results = came(&context, "DONE", 500).await;
    let results: BTreeSet<(String, String)> = results
        .into_iter()
        .map(|came| (came.header("Nats-Msg-Id").to_string(), came.payload))
        .collect();
    let wanted = (0..500).map(|number| (format!("c:{number}"), (2 * number).to_string()));
    assert_eq!(results, wanted.collect());
    all_done(&context).await;
    worker.signal("TERM");
    assert!(worker.ended().success());
    assert!(
        worker
            .log()
            .contains("ended: 500 answered, 0 given up, 0 given back")
    );
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn one_that_fails_each_time_is_set_aside_with_the_reason() {
    let nats = Nats::start();
    let context = nats.streams().await;
    ask(&context, ["hello", "panic", "1"]).await;
    let options = ["--max-deliver", "3", "--backoff", "50ms"];
    let worker = nats.worker(&guest("plugin-rust"), &options);
    let dead = came(&context, "DEAD", 1).await;
    let [dead] = &dead[..] else {
        panic!("{dead:?}")
    };
    assert_eq!(dead.payload, "panic");
    for (name, value) in [
        ("Nats-Msg-Id", "c:1"),
        ("Worldhost-Code", "134"),
        ("Worldhost-Subject", "jobs.c"),
        ("Worldhost-Deliveries", "3"),
    ] {
        assert_eq!(dead.header(name), value, "{dead:?}");
    }
    let reason = dead.header("Worldhost-Error");
    assert!(
        reason.contains("asked to panic") || reason.contains("trap"),
        "{reason}"
    );
    assert_eq!(came(&context, "DONE", 2).await.len(), 2);
    all_done(&context).await;
    worker.logged("again in 50ms");
    worker.logged("again in 100ms");
    worker.logged("given up: it is among the dead letters");
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn one_that_cannot_go_well_is_not_tried_again() {
    let nats = Nats::start();
    let context = nats.streams().await;
    let sent = context.publish("jobs.c", b"\xff\xfe".to_vec().into());
    sent.await.unwrap().await.unwrap();
    let worker = nats.worker(&guest("plugin-rust"), &[]);
    worker.logged("the payload is no UTF-8; given up");
    let mut stream = context.get_stream("DEAD").await.unwrap();
    crate::nats::until(async || stream.info().await.unwrap().state.messages == 1).await;
    let dead = stream.get_raw_message(1).await.unwrap();
    assert_eq!(&dead.payload[..], b"\xff\xfe");
    let headers = dead.headers;
    assert_eq!(headers.get("Worldhost-Deliveries").unwrap().as_str(), "1");
    // It had no name of its own.
    assert_eq!(headers.get("Nats-Msg-Id").unwrap().as_str(), "c:JOBS:1");
    all_done(&context).await;
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn a_result_goes_to_who_asked_if_that_is_granted() {
    let nats = Nats::start();
    let context = nats.streams().await;
    let client = context.client();
    let inbox = client.new_inbox();
    let mut answers = client.subscribe(inbox.clone()).await.unwrap();
    let mut others = client.subscribe("somewhere.else").await.unwrap();
    let _worker = nats.worker(&guest("plugin-rust"), &["--reply-subject", "_INBOX.>"]);
    for (to, text) in [("somewhere.else", "no"), (inbox.as_str(), "yes")] {
        let mut headers = async_nats::HeaderMap::new();
        headers.insert("Reply-To", to);
        let sent = context.publish_with_headers("jobs.c", headers, text.into());
        sent.await.unwrap().await.unwrap();
    }
    let answer = answers.next().await.unwrap();
    assert_eq!(&answer.payload[..], b"YES");
    assert_eq!(came(&context, "DONE", 2).await.len(), 2);
    let other = tokio::time::timeout(std::time::Duration::from_millis(200), others.next());
    assert!(other.await.is_err());
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn a_guest_is_held_by_its_limits() {
    let nats = Nats::start();
    let context = nats.streams().await;
    ask(&context, ["spin", "1"]).await;
    let options = ["--timeout", "300ms", "--max-deliver", "1"];
    let _worker = nats.worker(&guest("plugin-rust"), &options);
    let dead = came(&context, "DEAD", 1).await;
    assert_eq!(dead[0].header("Worldhost-Code"), "124");
    let reason = dead[0].header("Worldhost-Error");
    assert!(reason.contains("--timeout"), "{reason}");
    assert_eq!(came(&context, "DONE", 1).await[0].payload, "2");
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn a_component_of_a_registry_works() {
    let nats = Nats::start();
    let context = nats.streams().await;
    let user = Scratch::new();
    let packages = user.path().join("acme/plug");
    fs::create_dir_all(&packages).unwrap();
    fs::copy(guest("plugin-rust"), packages.join("1.0.0.wasm")).unwrap();
    let config = format!(
        "[namespace_registries]\nacme = \"acme.test\"\n[registry.\"acme.test\".local]\nroot = \"{}\"\n",
        user.path().display()
    );
    let config = user.file("wkg.toml", config);
    let worker = |options: &[&str]| {
        let mut command = nats.command();
        command.env("WKG_CONFIG_FILE", &config);
        command.env("WORLDHOST_CACHE_DIR", user.path().join("cache"));
        Nats::worker_by(command, Path::new("acme:plug@1.0.0"), options)
    };
    ask(&context, ["1"]).await;
    let first = worker(&[]);
    assert_eq!(came(&context, "DONE", 1).await[0].payload, "2");
    drop(first);
    // It was pulled, and is there without its registry.
    fs::remove_dir_all(&packages).unwrap();
    let sent = context.publish("jobs.c", "21".into());
    sent.await.unwrap().await.unwrap();
    let _second = worker(&["--offline"]);
    assert_eq!(came(&context, "DONE", 2).await[1].payload, "42");
}
