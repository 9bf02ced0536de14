//! Instances that are used again, and those that are not.

use crate::client::{Client, Version, fetch};
use crate::server::Server;
use std::collections::BTreeSet;
use std::time::Duration;

const GUESTS: [&str; 2] = ["web", "web-p3"];

async fn counts(server: &Server, requests: usize) -> Vec<String> {
    let mut client = Client::to(server.address, Version::Http1).await;
    let mut counts = Vec::new();
    for _ in 0..requests {
        counts.push(client.get("/count").await.text().trim().to_string());
    }
    counts
}

#[tokio::test]
async fn no_request_sees_another_s_instance() {
    for guest in GUESTS {
        let server = Server::of(guest, &[]);
        assert_eq!(counts(&server, 5).await, ["1"; 5], "{guest}");
    }
}

#[tokio::test]
async fn an_instance_is_used_as_often_as_was_asked_for() {
    for guest in GUESTS {
        let options = [
            "--max-instance-reuse-count",
            "3",
            "--idle-instance-timeout",
            "60s",
        ];
        let server = Server::of(guest, &options);
        let found = counts(&server, 7).await;
        assert_eq!(found, ["1", "2", "3", "1", "2", "3", "1"], "{guest}");
        // One that trapped is not used again.
        fetch(server.address, "/trap").await;
        assert_eq!(counts(&server, 1).await, ["1"], "{guest}");
    }
}

#[tokio::test]
async fn an_instance_that_is_not_used_is_let_go() {
    for guest in GUESTS {
        let options = [
            "--max-instance-reuse-count",
            "100",
            "--idle-instance-timeout",
            "100ms",
        ];
        let server = Server::of(guest, &options);
        assert_eq!(counts(&server, 1).await, ["1"], "{guest}");
        // Without an end to its time, none of so few requests would find a fresh one.
        let mut later = 0;
        while counts(&server, 1).await != ["1"] || later == 0 {
            assert!(later < 90, "{guest}: it is there for ever");
            later += 1;
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
    }
}

#[tokio::test]
async fn an_instance_has_several_requests_at_a_time_where_that_was_asked_for() {
    let options = [
        "--max-instance-reuse-count",
        "1000",
        "--max-instance-concurrent-reuse-count",
        "100",
        "--idle-instance-timeout",
        "60s",
    ];
    let server = Server::of("web-p3", &options);
    let address = server.address;
    let waiting: Vec<_> = (0..50)
        .map(|_| tokio::spawn(fetch(address, "/sleep?500")))
        .collect();
    for waiting in waiting {
        assert_eq!(waiting.await.unwrap().text(), "slept\n");
    }
    // The instances are few, and have counted all requests.
    let counting: Vec<_> = (0..50)
        .map(|_| tokio::spawn(fetch(address, "/count")))
        .collect();
    let mut counts = BTreeSet::new();
    for counting in counting {
        let reply = counting.await.unwrap();
        counts.insert(reply.text().trim().parse::<u32>().unwrap());
    }
    let cores = std::thread::available_parallelism().unwrap().get() as u32;
    let most = *counts.last().unwrap();
    assert!(most * 2 * cores >= 50 && most > 1, "{counts:?}");
    // A trap ends the requests of its instance, and no other one.
    fetch(address, "/trap").await;
    assert_eq!(fetch(address, "/hello").await.text(), "hello\n");
    let echoed = crate::client::Pieces::of(["one", "two"]);
    let mut client = Client::to(address, Version::Http2).await;
    let post = crate::client::request("POST", "/echo", echoed);
    assert_eq!(client.whole(post).await.unwrap().text(), "onetwo");
}
