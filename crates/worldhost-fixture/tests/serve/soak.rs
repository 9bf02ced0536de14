//! Many requests, of which some trap and some are left by their clients, while one version
//! follows the other: nothing else is lost, and memory, descriptors and threads stay as they
//! were.
//!
//! `WORLDHOST_SOAK=1000000 cargo test --workspace --test serve soak -- --nocapture` makes so
//! many, with another version every minute, and prints what was seen.
#![cfg(target_os = "linux")]

use crate::client::{Client, Pieces, VERSIONS, Version, get, request};
use crate::faults::{admin, metric};
use crate::server::Server;
use crate::support::seen::Seen;
use crate::support::{Scratch, guest};
use http::StatusCode;
use http_body_util::BodyExt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// What is asked, and what came of it.
#[derive(Default)]
struct Tally {
    asked: AtomicU64,
    answered: AtomicU64,
    trapped: AtomicU64,
    left: AtomicU64,
}

/// Asks one after another until so many were asked by all together.
async fn ask(address: SocketAddr, version: Version, tally: Arc<Tally>, requests: u64) {
    let mut client = Client::to(address, version).await;
    loop {
        let number = tally.asked.fetch_add(1, Relaxed);
        if number >= requests {
            return;
        }
        match number % 100 {
            7 => {
                let reply = client.get("/trap").await;
                assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
                tally.trapped.fetch_add(1, Relaxed);
            }
            // In the midst of a response, and with its connection.
            57 => {
                let response = client.send(get("/drip?1000000,1")).await.unwrap();
                let mut body = response.into_body();
                body.frame().await.unwrap().unwrap();
                drop((body, client));
                tally.left.fetch_add(1, Relaxed);
                client = Client::to(address, version).await;
            }
            27 | 77 => {
                let piece = "x".repeat(40_000);
                let pieces = Pieces::of([piece.clone(), piece.clone()]);
                let reply = client.whole(request("POST", "/echo", pieces)).await;
                assert!(reply.unwrap().text() == piece.repeat(2));
                tally.answered.fetch_add(1, Relaxed);
            }
            _ => {
                assert_eq!(client.get("/hello").await.text(), "hello\n");
                tally.answered.fetch_add(1, Relaxed);
            }
        }
    }
}

/// Replaces the file, as build tools do.
fn put(name: &str, scratch: &Scratch) {
    let new = scratch.file("new", std::fs::read(guest(name)).unwrap());
    std::fs::rename(new, scratch.path().join("app.wasm")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_grows_and_nothing_is_lost() {
    let asked_for = std::env::var("WORLDHOST_SOAK").ok();
    let (requests, period) = match &asked_for {
        Some(requests) => (
            requests.parse().expect("WORLDHOST_SOAK is a number"),
            Duration::from_secs(60),
        ),
        None => (4000, Duration::from_millis(300)),
    };
    let scratch = Scratch::new();
    put("web", &scratch);
    let path = scratch.path().join("app.wasm");
    let mut server = Server::of_file(&path, &["--admin-addr", "127.0.0.1:0"]);
    let admin = admin(&server);
    let tally = Arc::new(Tally::default());
    let mut clients = tokio::task::JoinSet::new();
    for version in [VERSIONS, VERSIONS, VERSIONS, VERSIONS].concat() {
        clients.spawn(ask(server.address, version, tally.clone(), requests));
    }
    let (start, mut reloaded, mut reloads) = (Instant::now(), Instant::now(), 0u32);
    let mut seen = Vec::new();
    while !clients.is_empty() {
        while let Some(client) = clients.try_join_next() {
            client.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        if reloaded.elapsed() >= period {
            reloads += 1;
            put(["web-p3", "web"][reloads as usize % 2], &scratch);
            server.signal("HUP");
            let taken = "worldhost_reloads_total{result=\"taken\"}";
            while metric(admin, taken).await < f64::from(reloads) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            reloaded = Instant::now();
        }
        let parts = 20 * tally.asked.load(Relaxed).min(requests) / requests;
        if seen.len() < parts as usize {
            seen.push(Seen::of(server.pid()));
        }
    }
    let took = start.elapsed();
    let of = |count: &AtomicU64| count.load(Relaxed);
    let (trapped, left) = (of(&tally.trapped), of(&tally.left));
    assert_eq!(of(&tally.answered) + trapped + left, requests);
    assert_eq!((trapped, left), (requests / 100, requests / 100));
    assert!(reloads > 0);
    while metric(admin, "worldhost_requests_in_flight").await > 0.0 {}
    let abandoned = metric(admin, "worldhost_requests_abandoned_total").await;
    let traps = metric(admin, "worldhost_traps_total").await;
    if asked_for.is_some() {
        eprintln!(
            "{requests} requests in {took:?}, {reloads} reloads, {trapped} trapped, {left} left \
             by their clients; in parts: {seen:#?}"
        );
    }
    assert_eq!((traps, abandoned), (trapped as f64, left as f64));
    server.signal("TERM");
    assert!(server.ended().success());

    // All threads and slots are there after a quarter.
    let (early, last) = (seen[seen.len() / 4], seen[seen.len() - 1]);
    assert!(last.kib < early.kib + (32 << 10), "{seen:#?}");
    assert!(last.descriptors <= early.descriptors + 16, "{seen:#?}");
    assert!(last.threads <= early.threads + 4, "{seen:#?}");
}
