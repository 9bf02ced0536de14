//! A server in operation: its pages, its log, traces, its end, and another version.

use crate::client::{Client, VERSIONS, Version, fetch, get};
use crate::faults::{admin, metric};
use crate::server::{Server, until};
use crate::support::{Scratch, guest};
use http::StatusCode;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;
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

/// Clients that ask one thing after another until nobody listens any more.
struct Load {
    stop: Arc<AtomicBool>,
    clients: Vec<tokio::task::JoinHandle<u64>>,
}

impl Load {
    /// Each request that was begun has its whole response, or this panics.
    fn begin(
        address: SocketAddr,
        version: Version,
        path: &'static str,
        text: &'static [&str],
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let done = Arc::new(AtomicU64::new(0));
        let clients = (0..8).map(|_| {
            let (stop, done) = (stop.clone(), done.clone());
            tokio::spawn(async move {
                let mut requests = 0;
                'connections: while !stop.load(Relaxed) {
                    let Ok(stream) = TcpStream::connect(address).await else {
                        break;
                    };
                    let mut client = match Client::over(stream, version).await {
                        Ok(client) => client,
                        // A connection without a request may be closed.
                        Err(_) => continue,
                    };
                    loop {
                        let sent = client.send(get(path)).await;
                        let response = match sent {
                            Ok(response) => response,
                            // It was not sent: hyper tells so. For HTTP/2, nor taken.
                            Err(error) if is_not_sent(&error) => continue 'connections,
                            Err(error) => panic!("{version:?} after {requests}: {error:?}"),
                        };
                        let closes = response.headers().get("connection").is_some();
                        let reply = crate::client::Reply::of(response).await.unwrap();
                        assert_eq!(reply.status, StatusCode::OK);
                        assert!(text.contains(&reply.text()), "{reply:?}");
                        requests += 1;
                        done.fetch_add(1, Relaxed);
                        if closes {
                            continue 'connections;
                        }
                        if stop.load(Relaxed) {
                            break 'connections;
                        }
                    }
                }
                requests
            })
        });
        let clients = clients.collect();
        Load { stop, clients }
    }

    async fn end(self) -> u64 {
        self.stop.store(true, Relaxed);
        let mut requests = 0;
        for client in self.clients {
            requests += client.await.unwrap();
        }
        requests
    }
}

fn is_not_sent(error: &hyper::Error) -> bool {
    use std::error::Error;
    let refused = |error: &hyper::Error| {
        let text = error
            .source()
            .map(|error| error.to_string())
            .unwrap_or_default();
        text.contains("GOAWAY") || text.contains("refused stream")
    };
    error.is_canceled() || error.is_closed() || refused(error)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_that_was_taken_is_lost_at_the_end() {
    for guest in ["web", "web-p3"] {
        for version in VERSIONS {
            let mut server = Server::of(guest, &["--admin-addr", "127.0.0.1:0"]);
            let admin = admin(&server);
            let load = Load::begin(server.address, version, "/sleep?20", &["slept\n"]);
            let long = tokio::spawn(fetch(server.address, "/drip?10,100"));
            tokio::time::sleep(Duration::from_millis(300)).await;
            server.signal("TERM");
            server.logged("stopping");
            let page = fetch(admin, "/readyz").await;
            assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(fetch(admin, "/healthz").await.status, StatusCode::OK);
            let long = long.await.unwrap();
            assert_eq!(long.text().lines().count(), 10);
            assert!(load.end().await > 20, "{guest} {version:?}");
            assert!(server.ended().success(), "{guest} {version:?}");
        }
    }
}

#[tokio::test]
async fn who_has_a_connection_is_answered_at_the_end() {
    for guest in ["web", "web-p3"] {
        let mut server = Server::of(guest, &[]);
        let connect = async || Client::to(server.address, Version::Http1).await;
        let (fresh, mut used) = (connect().await, connect().await);
        assert_eq!(used.get("/hello").await.text(), "hello\n");
        // Of some, the server does not know when it is told.
        server.signal("STOP");
        let waiting = [connect().await, connect().await, connect().await];
        let ask =
            |mut client: Client| tokio::spawn(async move { client.whole(get("/sleep?50")).await });
        let mut asked: Vec<_> = waiting.into_iter().map(ask).collect();
        tokio::time::sleep(Duration::from_millis(100)).await;
        server.signal("TERM");
        server.signal("CONT");
        server.logged("stopping");
        tokio::time::sleep(Duration::from_millis(50)).await;
        asked.extend([fresh, used].map(ask));
        let mut replies = Vec::new();
        for asked in asked {
            let reply = asked.await.unwrap().unwrap();
            assert_eq!(reply.text(), "slept\n");
            replies.push(reply);
        }
        // So that nobody comes again.
        for reply in &replies[3..] {
            assert_eq!(reply.header("connection"), "close");
        }
        assert!(TcpStream::connect(server.address).await.is_err());
        assert!(server.ended().success());
    }
}

#[tokio::test]
async fn what_is_not_done_in_time_is_ended() {
    let mut server = Server::of("web", &["--shutdown-timeout", "500ms"]);
    let mut client = Client::to(server.address, Version::Http1).await;
    let asked = tokio::spawn(async move { client.whole(get("/sleep?600000")).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.signal("TERM");
    assert_eq!(server.ended().code(), Some(124));
    server.logged("--shutdown-timeout");
    assert!(asked.await.unwrap().is_err());

    // Or at once.
    let mut server = Server::of("web", &[]);
    let mut client = Client::to(server.address, Version::Http1).await;
    let asked = tokio::spawn(async move { client.whole(get("/sleep?600000")).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.signal("INT");
    server.logged("stopping");
    server.signal("INT");
    assert_eq!(server.ended().code(), Some(124));
    assert!(asked.await.unwrap().is_err());
}

/// Puts a file in the place of another, as build tools do.
fn put(from: impl AsRef<[u8]>, scratch: &Scratch) {
    let new = scratch.file("new", from);
    std::fs::rename(new, scratch.path().join("app.wasm")).unwrap();
}

async fn served(server: &Server, name: &str) {
    let start = std::time::Instant::now();
    while fetch(server.address, "/hello").await.header("x-guest") != name {
        assert!(
            start.elapsed() < crate::server::PATIENCE,
            "{}",
            server.log()
        );
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
        put(bytes("web"), &scratch);
        told();
        served(&server, "web").await;
        assert_eq!(long.await.unwrap().text().lines().count(), 20);
        for load in loads {
            assert!(load.end().await > 20);
        }
        let admin = admin(&server);
        assert_eq!(
            metric(admin, "worldhost_requests_abandoned_total").await,
            0.0
        );
        let page = fetch(admin, "/metrics").await;
        for line in ["{result=\"taken\"} 2", "{result=\"kept\"} 4"] {
            let line = format!("worldhost_reloads_total{line}\n");
            assert!(page.text().contains(&line), "{line}{}", page.text());
        }
    }
}
