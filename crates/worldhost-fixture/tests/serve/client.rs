//! A client: one connection of HTTP/1.1 or HTTP/2, and what comes back.

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
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

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

    pub fn stuck(mut self) -> Self {
        self.stuck = true;
        self
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(piece) = self.pieces.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        if self.stuck {
            return Poll::Pending;
        }
        Poll::Ready(
            self.trailers
                .take()
                .map(|trailers| Ok(Frame::trailers(trailers))),
        )
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty() && self.trailers.is_none() && !self.stuck
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
