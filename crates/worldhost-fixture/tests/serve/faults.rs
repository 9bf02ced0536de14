//! A guest that fails, and a client that goes away: nobody else notices.

use crate::client::{Client, VERSIONS, Version, fetch, get};
use crate::server::{PATIENCE, Server, until};
use http::StatusCode;
use http_body_util::BodyExt;
use std::time::{Duration, Instant};

const GUESTS: [&str; 2] = ["web", "web-p3"];

#[tokio::test]
async fn a_guest_that_fails_is_500_for_its_own_request() {
    for guest in GUESTS {
        let server = Server::of(guest, &[]);
        for version in VERSIONS {
            let mut client = Client::to(server.address, version).await;
            for path in ["/trap", "/print-trap", "/exit", "/error"] {
                let reply = client.get(path).await;
                assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
                // Not what went wrong inside.
                assert_eq!(reply.text(), "500 Internal Server Error\n");
                assert_eq!(client.get("/hello").await.text(), "hello\n");
            }
        }
        for path in ["path=/trap", "path=/print-trap"] {
            let line = server.logged(path);
            assert!(line.contains("trapped: wasm `unreachable`"), "{line}");
        }
        server.logged("exited with code 1");
        server.logged("ConfigurationError");
        let lines = server
            .log()
            .lines()
            .filter(|line| line.contains("=/trap"))
            .count();
        assert_eq!(lines, VERSIONS.len(), "{}", server.log());
    }
    let server = Server::of("web", &[]);
    let reply = fetch(server.address, "/silent").await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    server.logged("ended without a response");
}

#[tokio::test]
async fn a_trap_in_the_midst_of_a_response_is_no_end_of_it() {
    for guest in GUESTS {
        let server = Server::of(guest, &[]);
        for version in VERSIONS {
            let mut client = Client::to(server.address, version).await;
            let response = client.send(get("/trap-late")).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            let whole = response.into_body().collect().await;
            assert!(whole.is_err(), "{guest} {version:?}");
            assert_eq!(fetch(server.address, "/hello").await.text(), "hello\n");
        }
        server.logged("/trap-late");
    }
}

#[tokio::test]
async fn a_guest_over_its_memory_is_told_so_in_the_log() {
    for guest in GUESTS {
        let options = ["--max-memory", "32MiB", "--admin-addr", "127.0.0.1:0"];
        let server = Server::of(guest, &options);
        let reply = fetch(server.address, "/hoard").await;
        assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
        let line = server.logged("/hoard");
        assert!(line.contains("memory limit of 33554432 bytes"), "{line}");
        assert_eq!(fetch(server.address, "/hello").await.text(), "hello\n");
    }
}

#[tokio::test]
async fn a_guest_that_computes_holds_up_nobody_and_has_its_time() {
    for guest in GUESTS {
        let server = Server::of(guest, &["--response-timeout", "5s"]);
        // More than there are cores.
        let spinning: Vec<_> = (0..6)
            .map(|_| tokio::spawn(fetch(server.address, "/spin")))
            .collect();
        for _ in 0..10 {
            assert_eq!(fetch(server.address, "/hello").await.text(), "hello\n");
        }
        for spinning in spinning {
            let reply = spinning.await.unwrap();
            assert_eq!(reply.status, StatusCode::GATEWAY_TIMEOUT, "{guest}");
        }
        let line = server.logged("/spin");
        assert!(line.contains("no response within 5s"), "{line}");
    }
}

#[tokio::test]
async fn a_guest_that_waits_has_its_time() {
    for guest in GUESTS {
        let server = Server::of(guest, &["--response-timeout", "2s"]);
        let reply = fetch(server.address, "/sleep?60000").await;
        assert_eq!(reply.status, StatusCode::GATEWAY_TIMEOUT);
        // A response may take longer, once it has begun.
        assert_eq!(
            fetch(server.address, "/drip?4,700").await.text(),
            "0\n1\n2\n3\n"
        );
        let server = Server::of(guest, &["--timeout", "2s"]);
        let mut client = Client::to(server.address, Version::Http1).await;
        client.whole(get("/drip?100000,50")).await.unwrap_err();
        server.logged("did not finish within 2s");
    }
}

#[tokio::test]
async fn a_guest_whose_client_is_gone_is_ended() {
    for guest in GUESTS {
        let server = Server::of(guest, &["--admin-addr", "127.0.0.1:0"]);
        let admin = admin(&server);
        for version in VERSIONS {
            // In the midst of a response, before one, and while it computes.
            for path in ["/drip?100000,10", "/sleep?600000", "/spin"] {
                let mut client = Client::to(server.address, version).await;
                let asked = tokio::spawn(async move {
                    let response = client.send(get(path)).await;
                    std::future::pending::<()>().await;
                    drop((response, client));
                });
                let start = Instant::now();
                while metric(admin, "worldhost_requests_in_flight").await < 1.0 {
                    assert!(start.elapsed() < PATIENCE, "{guest} {version:?} {path}");
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
                asked.abort();
                while metric(admin, "worldhost_requests_in_flight").await > 0.0 {
                    assert!(start.elapsed() < PATIENCE, "{guest} {version:?} {path}");
                }
            }
        }
    }
}

/// Where the pages are.
pub fn admin(server: &Server) -> std::net::SocketAddr {
    let line = server.logged("/metrics at ");
    let address = line.split("http://").nth(1).unwrap();
    address.split('"').next().unwrap().trim().parse().unwrap()
}

/// A number of the page.
pub async fn metric(admin: std::net::SocketAddr, name: &str) -> f64 {
    let page = fetch(admin, "/metrics").await;
    let line = page
        .text()
        .lines()
        .find(|line| line.starts_with(&format!("{name} ")));
    let value = line.unwrap_or_else(|| panic!("no {name}:\n{}", page.text()));
    value.rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn the_log_escapes_what_a_client_sends() {
    let server = Server::of("web", &["--access-log"]);
    // As bytes: no client library would.
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(server.address)
        .await
        .unwrap();
    let asked = "GET /\u{9b}2J HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    stream.write_all(asked.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    fetch(server.address, "/hello").await;
    server.logged("/hello");
    until(|| server.log().contains("/hello"));
    assert!(!server.log().contains('\u{9b}'), "{:?}", server.log());
}
