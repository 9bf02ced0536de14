//! The pages for whoever runs a server: whether it is well, and what it counts.

use crate::connection;
use crate::listen::{Accepted, Listener};
use crate::operated::Operated;
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Serves `/healthz`, `/readyz` and `/metrics` of an app or of something else, until it is
/// dropped. It goes on while that comes to its end, and says then that it is not ready.
///
/// # Errors
///
/// When the socket cannot be used on this executor.
pub async fn serve_admin(of: impl Operated, listener: Listener) -> io::Result<()> {
    let acceptor = listener.into_acceptor()?;
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let builder = connection::builder(HEADERS);
    loop {
        let place = places.clone().acquire_owned().await;
        let accepted = match acceptor.accept().await {
            Ok(accepted) => accepted,
            Err(_) => {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (of, builder) = (of.clone(), builder.clone());
        tokio::spawn(async move {
            let _place = place;
            let page = service_fn(|request: Request<_>| {
                let of = of.clone();
                async move { Ok::<_, Infallible>(page(&of, &request).await) }
            });
            // What goes wrong with it is the client's affair.
            let served = async {
                match accepted {
                    Accepted::Tcp(stream) => {
                        builder.serve_connection(TokioIo::new(stream), page).await
                    }
                    #[cfg(unix)]
                    Accepted::Unix(stream) => {
                        builder.serve_connection(TokioIo::new(stream), page).await
                    }
                }
            };
            drop(tokio::time::timeout(WHOLE, served).await);
        });
    }
}

/// So many at a time ask how it is.
const CONNECTIONS: usize = 64;

/// The longest head of a request, in bytes.
const HEADERS: usize = 8 << 10;

/// How long one of them may go on.
const WHOLE: Duration = Duration::from_secs(60);

async fn page<B>(of: &impl Operated, request: &Request<B>) -> Response<Full<Bytes>> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "GET or HEAD\n");
        let headers = response.headers_mut();
        headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    match request.uri().path() {
        "/healthz" => text(StatusCode::OK, "ok\n"),
        "/readyz" => match of.not_ready() {
            Some(why) => text(StatusCode::SERVICE_UNAVAILABLE, why + "\n"),
            None => text(StatusCode::OK, "ready\n"),
        },
        "/metrics" => typed(of.counted().await, METRICS),
        path => match of.state() {
            Some(state) if path == "/state" => typed(state, "application/json"),
            Some(_) => text(
                StatusCode::NOT_FOUND,
                "/healthz, /readyz, /state or /metrics\n",
            ),
            None => text(StatusCode::NOT_FOUND, "/healthz, /readyz or /metrics\n"),
        },
    }
}

/// The format of Prometheus' text.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

fn typed(text: impl Into<Bytes>, kind: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(text.into()));
    let kind = HeaderValue::from_static(kind);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

fn text(status: StatusCode, text: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = typed(text, "text/plain; charset=utf-8");
    *response.status_mut() = status;
    response
}
