//! A client: one connection of HTTP/1.1 or HTTP/2, and what comes back.

use crate::server::PATIENCE;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Http1,
    Http2,
}

pub const VERSIONS: [Version; 2] = [Version::Http1, Version::Http2];

/// The body of a request, piece by piece, and its trailers.
#[derive(Default)]
pub struct Pieces {
    pieces: VecDeque<Bytes>,
    trailers: Option<HeaderMap>,
    /// Nothing more comes, and no end either.
    stuck: bool,
    /// Nothing more comes, and the end when somebody says so.
    end: Option<oneshot::Receiver<()>>,
}

impl Pieces {
    pub fn none() -> Self {
        Self::default()
    }

    pub fn of(pieces: impl IntoIterator<Item = impl Into<Bytes>>) -> Self {
        Pieces {
            pieces: pieces.into_iter().map(Into::into).collect(),
            ..Pieces::default()
        }
    }

    pub fn with_trailer(mut self, name: &'static str, value: &str) -> Self {
        let trailers = self.trailers.get_or_insert_default();
        trailers.insert(name, value.parse().unwrap());
        self
    }

    /// Its end comes when somebody says so.
    pub fn until(mut self, end: oneshot::Receiver<()>) -> Self {
        self.end = Some(end);
        self
    }

    pub fn stuck(mut self) -> Self {
        self.stuck = true;
        self
    }
}

/// A request that is in hand for as long as a test wants it to be.
pub struct Held {
    end: oneshot::Sender<()>,
    asked: JoinHandle<hyper::Result<Reply>>,
}

impl Held {
    /// Asks by a connection of its own. That it has come is for others to see.
    pub fn begin(address: SocketAddr, version: Version) -> Self {
        let (end, ended) = oneshot::channel();
        let body = Pieces::of(["held"]).until(ended);
        let asked = tokio::spawn(async move {
            let mut client = Client::to(address, version).await;
            client.whole(request("POST", "/sum", body)).await
        });
        Held { end, asked }
    }

    /// Lets it come to its end, and has the answer.
    pub async fn answer(self) -> Reply {
        let _ = self.end.send(());
        let reply = self.asked.await.unwrap().unwrap();
        assert_eq!(reply.text(), "4\n");
        reply
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(piece) = self.pieces.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        if self.stuck {
            return Poll::Pending;
        }
        if let Some(end) = &mut self.end {
            // Also when who would say so is gone.
            let _ = ready!(Pin::new(end).poll(context));
            self.end = None;
        }
        Poll::Ready(
            self.trailers
                .take()
                .map(|trailers| Ok(Frame::trailers(trailers))),
        )
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty() && self.trailers.is_none() && !self.stuck && self.end.is_none()
    }
}

/// A connection.
pub enum Client {
    Http1(http1::SendRequest<Pieces>),
    Http2(http2::SendRequest<Pieces>),
}

impl Client {
    pub async fn to(address: SocketAddr, version: Version) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        Self::over(stream, version).await.unwrap()
    }

    pub async fn over<S>(stream: S, version: Version) -> hyper::Result<Self>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let stream = TokioIo::new(stream);
        Ok(match version {
            Version::Http1 => {
                let (client, connection) = http1::handshake(stream).await?;
                tokio::spawn(connection);
                Client::Http1(client)
            }
            Version::Http2 => {
                let executor = TokioExecutor::new();
                let (client, connection) = http2::handshake(executor, stream).await?;
                tokio::spawn(connection);
                Client::Http2(client)
            }
        })
    }

    pub async fn send(&mut self, request: Request<Pieces>) -> hyper::Result<Response<Incoming>> {
        match self {
            Client::Http1(client) => {
                client.ready().await?;
                client.send_request(request).await
            }
            Client::Http2(client) => {
                client.ready().await?;
                client.send_request(request).await
            }
        }
    }

    /// Waits until the server has closed the connection.
    pub async fn closed(&mut self) {
        let start = Instant::now();
        let is_closed = |client: &Self| match client {
            Client::Http1(client) => client.is_closed(),
            Client::Http2(client) => client.is_closed(),
        };
        while !is_closed(self) {
            assert!(start.elapsed() < PATIENCE, "it is open");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The whole of what a request gives.
    pub async fn whole(&mut self, request: Request<Pieces>) -> hyper::Result<Reply> {
        Reply::of(self.send(request).await?).await
    }

    pub async fn get(&mut self, path: &str) -> Reply {
        self.whole(get(path)).await.unwrap()
    }
}

pub fn get(path: &str) -> Request<Pieces> {
    request("GET", path, Pieces::none())
}

pub fn request(method: &str, path: &str, body: Pieces) -> Request<Pieces> {
    let uri = format!("http://test.example{path}");
    Request::builder()
        .method(method)
        .uri(uri)
        .header("host", "test.example")
        .body(body)
        .unwrap()
}

/// A response to its end.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub trailers: Option<HeaderMap>,
}

impl Reply {
    pub async fn of(response: Response<Incoming>) -> hyper::Result<Self> {
        let (head, body) = response.into_parts();
        let body = body.collect().await?;
        Ok(Reply {
            status: head.status,
            headers: head.headers,
            trailers: body.trailers().cloned(),
            body: body.to_bytes(),
        })
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let value = self
            .headers
            .get(name)
            .unwrap_or_else(|| panic!("no {name}: {self:?}"));
        value.to_str().unwrap()
    }
}

/// `GET` by a connection of its own.
pub async fn fetch(address: SocketAddr, path: &str) -> Reply {
    Client::to(address, Version::Http1).await.get(path).await
}
