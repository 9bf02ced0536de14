//! A page of somebody who is in operation, asked for.

use crate::listen::Address;
use bytes::Bytes;
use http::header::HOST;
use http::{HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::io;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

/// Asks for a page that [`serve_admin`](crate::serve_admin) serves at `address`, as `/readyz`,
/// and gives its status and text: of `most` bytes at the most.
///
/// # Errors
///
/// What the system or HTTP says: nobody is there, or what is there gives no such page.
pub async fn ask(address: &Address, path: &str, most: usize) -> io::Result<(StatusCode, String)> {
    match address {
        Address::Tcp(address) => get(TcpStream::connect(address).await?, path, most).await,
        #[cfg(unix)]
        Address::Unix(socket) => get(UnixStream::connect(socket).await?, path, most).await,
        #[cfg(not(unix))]
        Address::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
    }
}

async fn get<S>(stream: S, path: &str, most: usize) -> io::Result<(StatusCode, String)>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    let connection = tokio::spawn(connection);
    let mut request = Request::new(Empty::<Bytes>::new());
    *request.uri_mut() = path.parse().map_err(io::Error::other)?;
    let host = HeaderValue::from_static("localhost");
    request.headers_mut().insert(HOST, host);
    let response = sender.send_request(request).await;
    let response = response.map_err(io::Error::other)?;
    let status = response.status();
    let body = Limited::new(response.into_body(), most).collect().await;
    connection.abort();
    let bytes = body.map_err(io::Error::other)?.to_bytes();
    let text = String::from_utf8(bytes.into()).map_err(io::Error::other)?;
    Ok((status, text))
}
