//! What a guest's stdout and stderr are written into.

use crate::policy::stdio::{Capture, Output};
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
    pub(crate) fn new(output: &Output, tail: Option<Tail>) -> Self {
        let target = match output {
            // A writer is no target of a sink.
            Output::Null | Output::Writer(_) => Target::Null,
            Output::Stdout => Target::Stdout,
            Output::Stderr => Target::Stderr,
            Output::StderrByLine => {
                let lines = LineWriter::with_capacity(LINE, io::stderr());
                Target::StderrByLine(Arc::new(Mutex::new(lines)))
            }
            Output::Captured(capture) => Target::Captured(capture.clone()),
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

/// A writer of the embedder's, of which the end is kept.
pub(super) struct Tailed {
    writer: Pin<Box<dyn AsyncWrite + Send + Sync>>,
    tail: Option<Tail>,
}

impl Tailed {
    pub(super) fn new(writer: Pin<Box<dyn AsyncWrite + Send + Sync>>, tail: Option<Tail>) -> Self {
        Tailed { writer, tail }
    }
}

impl AsyncWrite for Tailed {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = self.writer.as_mut().poll_write(cx, bytes);
        if let (Poll::Ready(Ok(count)), Some(tail)) = (&written, &self.tail) {
            tail.push(&bytes[..(*count).min(bytes.len())]);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writer.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writer.as_mut().poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_keeps_the_last_bytes() {
        let tail = Tail::default();
        tail.push(&vec![b'x'; 3 * Tail::KEEP]);
        tail.push(b"the end");
        assert_eq!(tail.text().len(), Tail::KEEP);
        assert!(tail.text().ends_with("xthe end"));
    }
}
