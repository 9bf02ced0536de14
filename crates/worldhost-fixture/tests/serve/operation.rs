//! A server in operation: its pages, its log, traces, its end, and another version.

use crate::client::{Client, Pieces, Reply, VERSIONS, Version, fetch, get, request};
use crate::faults::{admin, metric};
use crate::load::Load;
use crate::server::{PATIENCE, Server, until};
use crate::support::{Scratch, guest};
use http::StatusCode;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn the_pages_tell_how_it_is() {
    let server = Server::of("web", &["--admin-addr", "127.0.0.1:0"]);
    let admin = admin(&server);
    for (path, text) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        let page = fetch(admin, path).await;
        assert_eq!((page.status, page.text()), (StatusCode::OK, text));
    }
    assert_eq!(fetch(admin, "/").await.status, StatusCode::NOT_FOUND);
    for path in ["/hello", "/hello", "/teapot", "/trap"] {
        fetch(server.address, path).await;
    }
    let page = fetch(admin, "/metrics").await;
    assert!(
        page.header("content-type")
            .starts_with("text/plain; version=0.0.4")
    );
    for line in [
        "worldhost_requests_total{status=\"200\"} 2",
        "worldhost_requests_total{status=\"418\"} 1",
        "worldhost_requests_total{status=\"500\"} 1",
        "worldhost_request_duration_seconds_count 4",
        "worldhost_request_duration_seconds_bucket{le=\"+Inf\"} 4",
        "worldhost_instances_total 4",
        "worldhost_traps_total 1",
    ] {
        assert!(
            page.text().contains(&format!("{line}\n")),
            "{line}: {}",
            page.text()
        );
    }
    // Not where everybody comes.
    assert_eq!(
        fetch(server.address, "/metrics").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn limits_that_ended_a_guest_are_counted() {
    let options = ["--max-memory", "16MiB", "--admin-addr", "127.0.0.1:0"];
    let server = Server::of("web", &options);
    fetch(server.address, "/hoard").await;
    let page = fetch(admin(&server), "/metrics").await;
    let line = "worldhost_limit_hits_total{limit=\"max-memory\"} 1\n";
    assert!(page.text().contains(line), "{}", page.text());
}

#[tokio::test]
async fn the_log_has_a_line_for_each_request_if_that_is_asked_for() {
    let options = ["--log-format", "json", "--access-log"];
    let server = Server::of("web", &options);
    let mut asked = get("/teapot?a=b");
    asked
        .headers_mut()
        .insert("traceparent", PARENT.parse().unwrap());
    let mut client = Client::to(server.address, Version::Http1).await;
    client.whole(asked).await.unwrap();
    fetch(server.address, "/trap").await;
    server.logged("\"status\":500");
    for line in server.log().lines() {
        let _: serde_json::Value = serde_json::from_str(line).expect(line);
    }
    let line: serde_json::Value = serde_json::from_str(&server.logged("teapot")).unwrap();
    for (name, value) in [("method", "GET"), ("path", "/teapot?a=b"), ("trace", TRACE)] {
        assert_eq!(line[name], value, "{line}");
    }
    assert_eq!((&line["status"], &line["bytes"]), (&418.into(), &16.into()));
    assert!(line["ms"].as_f64().is_some_and(|ms| ms > 0.0), "{line}");
    // Without, there is none.
    let server = Server::of("web", &[]);
    fetch(server.address, "/hello").await;
    fetch(server.address, "/trap").await;
    server.logged("/trap");
    assert!(!server.log().contains("/hello"), "{}", server.log());
}

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[tokio::test]
async fn a_trace_goes_through_the_guest_to_whom_it_asks() {
    for name in ["web", "web-p3"] {
        let asked_of = Server::of("web", &[]);
        let place = asked_of.address.to_string();
        let server = Server::of(name, &["--allow-net", &place]);
        for path in ["/headers".to_string(), format!("/fetch?{place}")] {
            let mut asked = get(&path);
            asked
                .headers_mut()
                .insert("traceparent", PARENT.parse().unwrap());
            let mut client = Client::to(server.address, Version::Http1).await;
            let reply = client.whole(asked).await.unwrap();
            let line = reply
                .text()
                .lines()
                .find(|line| line.starts_with("traceparent: "));
            let line = line.unwrap_or_else(|| panic!("{name} {path}: {reply:?}"));
            assert!(
                line.contains(TRACE) && line.ends_with("-01"),
                "{name} {path} {line}"
            );
            assert!(!line.contains("b7ad6b7169203331"), "{name} {path} {line}");
        }
        // No grant, no request.
        let server = Server::of(name, &[]);
        let reply = fetch(server.address, &format!("/fetch?{place}")).await;
        assert!(reply.text().contains("HttpRequestDenied"), "{reply:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_that_was_taken_is_lost_at_the_end() {
    for guest in ["web", "web-p3"] {
        for version in VERSIONS {
            let mut server = Server::of(guest, &["--admin-addr", "127.0.0.1:0"]);
            let admin = admin(&server);
            let load = Load::begin(server.address, version, "/sleep?20", &["slept\n"]);
            load.has_done(20).await;
            // It is there as long as it is looked at.
            let mut client = Client::to(server.address, version).await;
            let (end, ended) = tokio::sync::oneshot::channel();
            let long = Pieces::of(["held"]).until(ended);
            let long = client.send(request("POST", "/echo", long)).await.unwrap();
            server.signal("TERM");
            server.logged("stopping");
            let page = fetch(admin, "/readyz").await;
            assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(fetch(admin, "/healthz").await.status, StatusCode::OK);
            end.send(()).unwrap();
            assert_eq!(Reply::of(long).await.unwrap().text(), "held");
            load.end().await;
            assert!(server.ended().success(), "{guest} {version:?}");
        }
    }
}

#[tokio::test]
async fn who_has_a_connection_is_answered_at_the_end() {
    for guest in ["web", "web-p3"] {
        // Connections are kept for a moment then, which a busy machine may let pass.
        let mut tries = 0;
        while !are_answered_at_the_end(guest).await {
            tries += 1;
            assert!(tries < 30, "{guest}: never was it asked in time");
        }
    }
}

/// Whether those who have a connection asked in time; and so were answered.
async fn are_answered_at_the_end(guest: &str) -> bool {
    let mut server = Server::of(guest, &[]);
    let address = server.address;
    let connect = async || TcpStream::connect(address).await.unwrap();
    let (mut fresh, mut used) = (connect().await, connect().await);
    ask(&mut used, "/hello").await;
    let mut hello = String::new();
    while !hello.ends_with("hello\n") && !hello.ends_with("0\r\n\r\n") {
        let mut some = [0; 1000];
        let bytes = used.read(&mut some).await.unwrap();
        assert!(bytes > 0, "{hello}");
        hello.push_str(std::str::from_utf8(&some[..bytes]).unwrap());
    }
    // Of some, the server does not know when it is told.
    server.signal("STOP");
    let mut waiting = [connect().await, connect().await, connect().await];
    for stream in &mut waiting {
        ask(stream, "/sleep?50").await;
    }
    let told = Instant::now();
    server.signal("TERM");
    server.signal("CONT");
    server.logged("stopping");
    ask(&mut fresh, "/sleep?50").await;
    ask(&mut used, "/sleep?50").await;
    let in_time = told.elapsed() < KEPT;
    for stream in waiting {
        let reply = answer(stream).await.unwrap();
        assert!(reply.contains("slept\n"), "{reply}");
    }
    for stream in [fresh, used] {
        let reply = answer(stream).await;
        if in_time {
            let reply = reply.unwrap();
            assert!(reply.contains("slept\n"), "{reply}");
            // So that nobody comes again.
            assert!(reply.contains("connection: close"), "{reply}");
        }
    }
    assert!(TcpStream::connect(address).await.is_err());
    assert!(server.ended().success());
    in_time
}

/// Less than connections are kept.
const KEPT: Duration = Duration::from_millis(350);

/// When this is done, the system has it.
async fn ask(stream: &mut TcpStream, path: &str) {
    let asked = format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n");
    // A connection that is closed is told of when the answer is read.
    let _ = stream.write_all(asked.as_bytes()).await;
}

/// All that comes until the connection is closed.
async fn answer(mut stream: TcpStream) -> std::io::Result<String> {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.map(|_| text)
}

#[tokio::test]
async fn what_is_not_done_in_time_is_ended() {
    let ask = |server: &Server| {
        let address = server.address;
        tokio::spawn(async move {
            let mut client = Client::to(address, Version::Http1).await;
            client.whole(get("/sleep?600000")).await
        })
    };
    let in_hand = async |server: &Server| {
        let admin = admin(server);
        while metric(admin, "worldhost_requests_in_flight").await < 1.0 {}
    };
    let page = ["--admin-addr", "127.0.0.1:0"];
    let options = [&page[..], &["--shutdown-timeout", "500ms"]].concat();
    let mut server = Server::of("web", &options);
    let sleeping = ask(&server);
    in_hand(&server).await;
    server.signal("TERM");
    assert_eq!(server.ended().code(), Some(124));
    server.logged("--shutdown-timeout");
    assert!(sleeping.await.unwrap().is_err());

    // Or at once.
    let mut server = Server::of("web", &page);
    let sleeping = ask(&server);
    in_hand(&server).await;
    server.signal("INT");
    server.logged("stopping");
    server.signal("INT");
    assert_eq!(server.ended().code(), Some(124));
    assert!(sleeping.await.unwrap().is_err());
}

/// Puts a file in the place of another, as build tools do.
fn put(from: impl AsRef<[u8]>, scratch: &Scratch) {
    let new = scratch.file("new", from);
    std::fs::rename(new, scratch.path().join("app.wasm")).unwrap();
}

async fn served(server: &Server, name: &str) {
    let start = Instant::now();
    while fetch(server.address, "/hello").await.header("x-guest") != name {
        assert!(start.elapsed() < PATIENCE, "{}", server.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_while_it_is_compiled_is_another_version() {
    let scratch = Scratch::new();
    let bytes = |name: &str| std::fs::read(guest(name)).unwrap();
    put(bytes("web"), &scratch);
    let new = scratch.file("new", bytes("web-p3"));
    let (path, door) = (scratch.path().join("app.wasm"), scratch.path().join("door"));
    let opened = door.clone();
    let into = path.clone();
    // The sockets are open before it is compiled, which takes longer than this.
    let change = std::thread::spawn(move || {
        until(|| opened.exists());
        std::thread::sleep(Duration::from_millis(20));
        std::fs::rename(new, into).unwrap();
    });
    let door = format!("unix:{}", door.display());
    let server = Server::of_file(&path, &["--watch", "--no-cache", "--addr", &door]);
    change.join().unwrap();
    served(&server, "web-p3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_version_takes_over_without_a_failed_request() {
    let bytes = |name: &str| std::fs::read(guest(name)).unwrap();
    for watch in [false, true] {
        let scratch = Scratch::new();
        put(bytes("web"), &scratch);
        let path = scratch.path().join("app.wasm");
        let mut options = vec!["--admin-addr", "127.0.0.1:0"];
        options.extend(watch.then_some("--watch"));
        let server = Server::of_file(&path, &options);
        let told = || {
            if !watch {
                server.signal("HUP");
            }
        };
        let loads: Vec<Load> = VERSIONS
            .map(|version| Load::begin(server.address, version, "/sleep?5", &["slept\n"]))
            .into();
        let long = tokio::spawn(fetch(server.address, "/drip?20,100"));
        put(bytes("web-p3"), &scratch);
        told();
        served(&server, "web-p3").await;
        // What is no handler, or no component at all, is not taken.
        for (garbage, words) in [
            (b"garbage".to_vec(), "is not WebAssembly"),
            (
                bytes("web-p3")[..50_000].to_vec(),
                "is not a valid component",
            ),
            (bytes("command"), "does not export wasi:http"),
            (bytes("inventory"), "nothing provides"),
        ] {
            put(garbage, &scratch);
            told();
            let line = server.logged(words);
            assert!(line.contains("the version before is served on"), "{line}");
            assert_eq!(
                fetch(server.address, "/hello").await.header("x-guest"),
                "web-p3"
            );
        }
        // A pipe whose other end nobody opens is not waited for; as a change it does not count.
        std::fs::remove_file(&path).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        if !watch {
            told();
            let line = server.logged("it is no file");
            assert!(line.contains("the version before is served on"), "{line}");
        }
        put(bytes("web"), &scratch);
        told();
        served(&server, "web").await;
        assert_eq!(long.await.unwrap().text().lines().count(), 20);
        for load in loads {
            load.has_done(20).await;
            load.end().await;
        }
        let admin = admin(&server);
        assert_eq!(
            metric(admin, "worldhost_requests_abandoned_total").await,
            0.0
        );
        let page = fetch(admin, "/metrics").await;
        let kept = format!("{{result=\"kept\"}} {}", if watch { 4 } else { 5 });
        for line in ["{result=\"taken\"} 2", &kept] {
            let line = format!("worldhost_reloads_total{line}\n");
            assert!(page.text().contains(&line), "{line}{}", page.text());
        }
    }
}
