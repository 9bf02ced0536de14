//! Where a guest's stdin comes from and its stdout and stderr go to.

use bytes::Bytes;
use std::collections::VecDeque;
use std::io::{self, LineWriter, Stderr, Write};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};

/// A guest's stdin.
#[derive(Clone, Debug, Default)]
pub enum Input {
    /// Ends at once.
    #[default]
    Null,
    /// This process's stdin.
    Inherit,
    /// These bytes, anew for each store.
    Bytes(Bytes),
}

/// A guest's stdout or stderr.
#[derive(Clone, Debug, Default)]
pub enum Output {
    /// Nowhere.
    #[default]
    Null,
    /// This process's stdout.
    Stdout,
    /// This process's stderr.
    Stderr,
    /// This process's stderr, a line at a time: for instances that share it, so that
    /// none writes into the middle of another's line. What has no line end comes with
    /// the end of the store, or when it grows beyond 4 KiB.
    StderrByLine,
    /// Into a buffer that the embedder keeps a handle to.
    Captured(Capture),
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

    fn push(&self, bytes: &[u8]) {
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

/// The last bytes that a guest wrote to stderr, for the report of a trap.
#[derive(Clone, Default)]
pub(crate) struct Tail(Arc<Mutex<VecDeque<u8>>>);

impl Tail {
    const KEEP: usize = 2048;

    fn push(&self, bytes: &[u8]) {
        let mut kept = self.0.lock().unwrap();
        kept.extend(&bytes[bytes.len().saturating_sub(Self::KEEP)..]);
        let excess = kept.len().saturating_sub(Self::KEEP);
        kept.drain(..excess);
    }

    pub(crate) fn text(&self) -> String {
        let kept = self.0.lock().unwrap();
        String::from_utf8_lossy(&kept.iter().copied().collect::<Vec<_>>()).into_owned()
    }
}

/// The stream that the guest sees: an [`Output`], and for stderr its [`Tail`].
#[derive(Clone)]
pub(crate) struct Sink {
    target: Target,
    tail: Option<Tail>,
}

/// An [`Output`] that is open.
#[derive(Clone)]
enum Target {
    Null,
    Stdout,
    Stderr,
    StderrByLine(Arc<Mutex<LineWriter<Stderr>>>),
    Captured(Capture),
}

/// As much as a pipe takes in one piece.
const LINE: usize = 4096;

impl Sink {
    pub(crate) fn new(output: Output, tail: Option<Tail>) -> Self {
        let target = match output {
            Output::Null => Target::Null,
            Output::Stdout => Target::Stdout,
            Output::Stderr => Target::Stderr,
            Output::StderrByLine => {
                let lines = LineWriter::with_capacity(LINE, io::stderr());
                Target::StderrByLine(Arc::new(Mutex::new(lines)))
            }
            Output::Captured(capture) => Target::Captured(capture),
        };
        Sink { target, tail }
    }

    /// Writes to this process's streams block, as they do for any program: a
    /// guest that prints faster than its reader reads is meant to wait.
    fn put(&self, bytes: &[u8]) -> io::Result<()> {
        if let Some(tail) = &self.tail {
            tail.push(bytes);
        }
        match &self.target {
            Target::Null => Ok(()),
            Target::Stdout => io::stdout().write_all(bytes),
            Target::Stderr => io::stderr().write_all(bytes),
            Target::StderrByLine(lines) => lines.lock().unwrap().write_all(bytes),
            Target::Captured(capture) => {
                capture.push(bytes);
                Ok(())
            }
        }
    }

    fn push_out(&self) -> io::Result<()> {
        match &self.target {
            Target::Stdout => io::stdout().flush(),
            _ => Ok(()),
        }
    }
}

impl IsTerminal for Sink {
    fn is_terminal(&self) -> bool {
        match &self.target {
            Target::Stdout => io::stdout().is_terminal(),
            Target::Stderr | Target::StderrByLine(_) => io::stderr().is_terminal(),
            Target::Null | Target::Captured(_) => false,
        }
    }
}

impl StdoutStream for Sink {
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }

    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }
}

#[async_trait]
impl Pollable for Sink {
    async fn ready(&mut self) {}
}

#[async_trait]
impl OutputStream for Sink {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.put(&bytes).map_err(stream_error)
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.push_out().map_err(stream_error)
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(64 << 10)
    }
}

fn stream_error(error: io::Error) -> StreamError {
    match error.kind() {
        io::ErrorKind::BrokenPipe => StreamError::Closed,
        _ => StreamError::LastOperationFailed(error.into()),
    }
}

impl AsyncWrite for Sink {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(self.put(bytes).map(|()| bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.push_out())
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.push_out())
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

    #[test]
    fn a_tail_keeps_the_last_bytes() {
        let tail = Tail::default();
        tail.push(&vec![b'x'; 3 * Tail::KEEP]);
        tail.push(b"the end");
        assert_eq!(tail.text().len(), Tail::KEEP);
        assert!(tail.text().ends_with("xthe end"));
    }
}
