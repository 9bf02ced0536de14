//! Many clients at a time, none of which may lose a request.
#![allow(dead_code, reason = "each test uses its part")]

use crate::client::{Client, Reply, Version, get};
use crate::server::PATIENCE;
use http::StatusCode;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// Clients that ask one thing after another until nobody listens any more.
pub struct Load {
    stop: Arc<AtomicBool>,
    done: Arc<AtomicU64>,
    clients: Vec<tokio::task::JoinHandle<()>>,
}

impl Load {
    /// Each request that was begun has its whole response, or this panics.
    pub fn begin(
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
                        let reply = Reply::of(response).await.unwrap();
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
            })
        });
        let clients = clients.collect();
        Load {
            stop,
            done,
            clients,
        }
    }

    /// Waits until so many requests were answered.
    pub async fn has_done(&self, requests: u64) {
        let start = Instant::now();
        while self.done.load(Relaxed) < requests {
            assert!(start.elapsed() < PATIENCE, "it does not answer");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub async fn end(self) {
        self.stop.store(true, Relaxed);
        for client in self.clients {
            client.await.unwrap();
        }
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
