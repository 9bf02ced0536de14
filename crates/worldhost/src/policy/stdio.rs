//! Where a guest's stdin comes from and its stdout and stderr go to.

use bytes::Bytes;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncWrite};

/// A guest's stdin.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Input {
    /// Ends at once.
    #[default]
    Null,
    /// This process's stdin.
    Inherit,
    /// These bytes, anew for each store.
    Bytes(Bytes),
    /// What a reader gives, made for each store: [`Input::reader`].
    Reader(Reader),
}

impl Input {
    /// Takes stdin from a reader. `open` is called for each store.
    pub fn reader<R: AsyncRead + Send + Sync + 'static>(
        open: impl Fn() -> R + Send + Sync + 'static,
    ) -> Self {
        Input::Reader(Reader(Arc::new(move || Box::pin(open()))))
    }
}

/// How to open a reader.
#[derive(Clone)]
pub struct Reader(pub(crate) Arc<OpenReader>);

type OpenReader = dyn Fn() -> Pin<Box<dyn AsyncRead + Send + Sync>> + Send + Sync;

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}

/// A guest's stdout or stderr.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Output {
    /// Nowhere.
    #[default]
    Null,
    /// This process's stdout, by its [`Outlet`](crate::Outlet): a guest that is faster than
    /// the reader waits, and holds up no thread. When a call ends, what it wrote is out.
    Stdout,
    /// This process's stderr, in the same way.
    Stderr,
    /// This process's stderr, a line at a time: for instances that share it, so that
    /// none writes into the middle of another's line. What has no line end comes with
    /// the end of the store and gets one, or when it grows beyond 4 KiB.
    StderrByLine,
    /// Into a buffer that the embedder keeps a handle to.
    Captured(Capture),
    /// Into a writer, made for each store: [`Output::writer`].
    Writer(Writer),
}

impl Output {
    /// Writes into a writer. `open` is called for each store. A guest that writes faster
    /// than the writer takes it waits.
    pub fn writer<W: AsyncWrite + Send + Sync + 'static>(
        open: impl Fn() -> W + Send + Sync + 'static,
    ) -> Self {
        Output::Writer(Writer(Arc::new(move || Box::pin(open()))))
    }
}

/// How to open a writer.
#[derive(Clone)]
pub struct Writer(pub(crate) Arc<OpenWriter>);

type OpenWriter = dyn Fn() -> Pin<Box<dyn AsyncWrite + Send + Sync>> + Send + Sync;

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Writer")
    }
}

/// A buffer for what a guest writes. Clones share it.
#[derive(Clone, Debug)]
pub struct Capture {
    limit: usize,
    inner: Arc<Mutex<Captured>>,
}

#[derive(Debug, Default)]
struct Captured {
    bytes: Vec<u8>,
    truncated: bool,
}

impl Capture {
    /// A buffer that keeps the first `limit` bytes and drops the rest.
    pub fn new(limit: usize) -> Self {
        Capture {
            limit,
            inner: Arc::default(),
        }
    }

    /// What was written so far.
    pub fn contents(&self) -> Vec<u8> {
        self.inner.lock().unwrap().bytes.clone()
    }

    /// Whether more was written than the buffer keeps.
    pub fn truncated(&self) -> bool {
        self.inner.lock().unwrap().truncated
    }

    pub(crate) fn push(&self, bytes: &[u8]) {
        let mut inner = self.inner.lock().unwrap();
        let keep = bytes.len().min(self.limit - inner.bytes.len());
        inner.bytes.extend_from_slice(&bytes[..keep]);
        inner.truncated |= keep < bytes.len();
    }
}

impl Default for Capture {
    /// Keeps one MiB.
    fn default() -> Self {
        Capture::new(1 << 20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capture_keeps_the_first_bytes() {
        let capture = Capture::new(4);
        capture.push(b"abc");
        assert!(!capture.truncated());
        capture.push(b"def");
        assert_eq!(capture.contents(), b"abcd");
        assert!(capture.truncated());
        capture.push(b"");
        assert_eq!(capture.contents(), b"abcd");
    }
}
