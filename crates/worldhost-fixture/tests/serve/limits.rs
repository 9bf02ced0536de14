//! The bounds of requests: how long, how many, how slow.

use crate::client::{Client, Held, Pieces, VERSIONS, Version, fetch, get, request};
use crate::faults::{admin, metric};
use crate::server::{PATIENCE, Server};
use http::StatusCode;
use http_body_util::BodyExt;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const GUESTS: [&str; 2] = ["web", "web-p3"];

#[tokio::test]
async fn a_body_that_is_too_long_is_413() {
    for guest in GUESTS {
        let server = Server::of(guest, &["--max-body-size", "100KiB"]);
        for version in VERSIONS {
            let mut client = Client::to(server.address, version).await;
            // As much as may be.
            let body = Pieces::of([vec![0; 100 << 10]]);
            let reply = client.whole(request("POST", "/sum", body)).await.unwrap();
            assert_eq!(reply.text(), "102400\n", "{guest} {version:?}");
            // By its own word, and only when it comes.
            for length in [Some("102401"), None] {
                let pieces = (0..102_401).map(|_| b"x".to_vec());
                let pieces = pieces.collect::<Vec<_>>().concat();
                let pieces = pieces.chunks(10_000).map(|piece| piece.to_vec());
                let mut post = request("POST", "/sum", Pieces::of(pieces));
                if let Some(length) = length {
                    let headers = post.headers_mut();
                    headers.insert("content-length", length.parse().unwrap());
                }
                let mut client = Client::to(server.address, version).await;
                let reply = client.whole(post).await.unwrap();
                let too_large = StatusCode::PAYLOAD_TOO_LARGE;
                assert_eq!(reply.status, too_large, "{guest} {version:?} {length:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_head_that_is_too_long_is_431() {
    let server = Server::of("web", &["--max-header-size", "8KiB"]);
    let ask = async |bytes: usize| {
        let mut client = Client::to(server.address, Version::Http1).await;
        let mut asked = get("/hello");
        let long = "x".repeat(bytes).parse().unwrap();
        asked.headers_mut().insert("x-long", long);
        client.whole(asked).await.unwrap().status
    };
    assert_eq!(ask(4 << 10).await, StatusCode::OK);
    let too_large = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    assert_eq!(ask(9 << 10).await, too_large);
}

#[tokio::test]
async fn one_too_many_is_503_and_one_less_waits() {
    for guest in GUESTS {
        let options = [
            "--max-concurrent-requests",
            "1",
            "--max-queued-requests",
            "1",
            "--admin-addr",
            "127.0.0.1:0",
        ];
        let server = Server::of(guest, &options);
        let (address, admin) = (server.address, admin(&server));
        let until = async |name: &str, value: f64| {
            let start = Instant::now();
            while metric(admin, name).await != value {
                assert!(start.elapsed() < crate::server::PATIENCE);
            }
        };
        let first = Held::begin(address, Version::Http1);
        until("worldhost_requests_in_flight", 1.0).await;
        let second = tokio::spawn(fetch(address, "/hello"));
        until("worldhost_requests_queued", 1.0).await;
        let third = fetch(address, "/hello").await;
        assert_eq!(third.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(third.header("retry-after"), "1");
        first.answer().await;
        assert_eq!(second.await.unwrap().text(), "hello\n");
        assert_eq!(metric(admin, "worldhost_requests_refused_total").await, 1.0);
    }
}

#[tokio::test]
async fn who_waits_too_long_for_a_turn_is_503() {
    let options = ["--max-concurrent-requests", "1", "--queue-timeout", "100ms"];
    let options = [&options[..], &["--admin-addr", "127.0.0.1:0"]].concat();
    let server = Server::of("web", &options);
    let admin = admin(&server);
    let first = Held::begin(server.address, Version::Http1);
    while metric(admin, "worldhost_requests_in_flight").await < 1.0 {}
    let reply = fetch(server.address, "/hello").await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    first.answer().await;
}

/// Whether the server closes a connection on which these bytes were sent, each after a while.
async fn is_closed(address: SocketAddr, bytes: &[u8], pace: Duration) -> bool {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let start = Instant::now();
    for byte in bytes.iter().cycle() {
        if stream.write_all(&[*byte]).await.is_err() {
            return true;
        }
        let mut answer = [0];
        let read = tokio::time::timeout(pace, stream.read(&mut answer)).await;
        match read {
            Ok(Ok(0) | Err(_)) => return true,
            Ok(Ok(_)) => panic!("it is answered"),
            Err(_) if start.elapsed() > PATIENCE => return false,
            Err(_) => {}
        }
    }
    unreachable!("there is always another")
}

#[tokio::test]
async fn slow_heads_cost_no_more_than_their_connection() {
    let server = Server::of("web", &["--header-timeout", "3s"]);
    let address = server.address;
    let pace = Duration::from_millis(50);
    let slow: Vec<_> = (0..50)
        .map(|_| tokio::spawn(is_closed(address, b"GET / HTTP/1.1\r\nx: ", pace)))
        .collect();
    // Such as say nothing at all, too.
    let mut silent = TcpStream::connect(address).await.unwrap();
    for _ in 0..20 {
        assert_eq!(fetch(address, "/hello").await.text(), "hello\n");
    }
    for slow in slow {
        assert!(slow.await.unwrap());
    }
    let closed = tokio::time::timeout(PATIENCE, silent.read(&mut [0])).await;
    assert_eq!(closed.unwrap().unwrap_or(0), 0);
}

#[tokio::test]
async fn a_connection_without_a_request_is_closed() {
    let server = Server::of("web", &["--idle-timeout", "2s"]);
    for version in VERSIONS {
        let mut client = Client::to(server.address, version).await;
        assert_eq!(client.get("/hello").await.text(), "hello\n");
        // As long as a guest takes is no idleness.
        assert_eq!(client.get("/sleep?5000").await.text(), "slept\n");
        client.closed().await;
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_408() {
    for guest in GUESTS {
        let server = Server::of(guest, &["--body-timeout", "300ms"]);
        for version in VERSIONS {
            let mut client = Client::to(server.address, version).await;
            let body = Pieces::of(["a beginning"]).stuck();
            let reply = client.whole(request("POST", "/sum", body)).await.unwrap();
            assert_eq!(
                reply.status,
                StatusCode::REQUEST_TIMEOUT,
                "{guest} {version:?}"
            );
        }
        // Nobody waits for what nobody reads.
        let mut client = Client::to(server.address, Version::Http1).await;
        let body = Pieces::of(["a beginning"]).stuck();
        let reply = client
            .whole(request("POST", "/sleep?600", body))
            .await
            .unwrap();
        assert_eq!(reply.text(), "slept\n");
    }
}

#[tokio::test]
async fn a_slow_reader_costs_no_more_than_its_connection() {
    for guest in GUESTS {
        let options = ["--write-timeout", "500ms", "--admin-addr", "127.0.0.1:0"];
        let server = Server::of(guest, &options);
        let admin = admin(&server);
        let mut stalled = Vec::new();
        for _ in 0..10 {
            let mut client = Client::to(server.address, Version::Http1).await;
            let response = client.send(get("/big?1000000000")).await.unwrap();
            stalled.push((client, response));
        }
        assert_eq!(fetch(server.address, "/hello").await.text(), "hello\n");
        // They read nothing more, and are let go.
        let start = Instant::now();
        while metric(admin, "worldhost_requests_in_flight").await > 0.0 {
            assert!(start.elapsed() < crate::server::PATIENCE, "{guest}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for (_, response) in stalled {
            response.into_body().collect().await.unwrap_err();
        }
    }
}

#[tokio::test]
async fn large_bodies_take_no_memory() {
    // However slow the machine is.
    let options = ["--response-timeout", "1h", "--body-timeout", "1h"];
    let options = [&options[..], &["--write-timeout", "1h"]].concat();
    for guest in GUESTS {
        let server = Server::of(guest, &options);
        for version in VERSIONS {
            let mut client = Client::to(server.address, version).await;
            let few = client
                .whole(request("POST", "/sum", Pieces::of(["x"])))
                .await;
            assert_eq!(few.unwrap().text(), "1\n");
            client.get("/big?1000").await;
            let before = server.peak();
            let piece = bytes::Bytes::from(vec![0; 64 << 10]);
            let pieces = std::iter::repeat_n(piece, 4 << 10);
            let reply = client.whole(request("POST", "/sum", Pieces::of(pieces)));
            assert_eq!(reply.await.unwrap().text(), format!("{}\n", 256 << 20));
            let mut response = client.send(get("/big?268435456")).await.unwrap();
            let mut bytes = 0;
            while let Some(frame) = response.body_mut().frame().await {
                bytes += frame.unwrap().into_data().unwrap().len();
            }
            assert_eq!(bytes, 256 << 20);
            let more = server.peak() - before;
            assert!(more < 32 << 20, "{guest} {version:?}: {more} bytes");
        }
    }
}
