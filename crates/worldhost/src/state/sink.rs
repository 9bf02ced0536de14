//! What a guest's stdout and stderr are written into.

use super::meter::Meter;
use super::printed::Printed;
use crate::outlet::{Outlet, PIECE};
use crate::policy::limits::Reached;
use crate::policy::stdio::{Capture, Output};
use bytes::Bytes;
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
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
pub(crate) struct Sink {
    target: Target,
    tail: Option<Tail>,
    printed: Printed,
    /// How much there may be.
    meter: Meter,
    /// What of it a guest of WASI 0.2 was told that it may write now.
    leave: usize,
    /// Until there is room, for who polls.
    waiting: Option<Pin<Box<dyn Future<Output = ()> + Send + Sync>>>,
}

/// An [`Output`] that is open.
#[derive(Clone)]
enum Target {
    Null,
    Outlet(Outlet),
    Lines(Arc<Mutex<Lines>>),
    Captured(Capture),
}

/// As much as is taken of a guest at once.
const TAKEN: usize = 16 << 10;

impl Sink {
    pub(super) fn new(
        output: &Output,
        tail: Option<Tail>,
        printed: &Printed,
        meter: &Meter,
    ) -> Self {
        let target = match output {
            // A writer is no target of a sink.
            Output::Null | Output::Writer(_) => Target::Null,
            Output::Stdout => Target::Outlet(Outlet::Stdout),
            Output::Stderr => Target::Outlet(Outlet::Stderr),
            Output::StderrByLine => Target::Lines(Arc::default()),
            Output::Captured(capture) => Target::Captured(capture.clone()),
        };
        Sink {
            target,
            tail,
            printed: printed.clone(),
            meter: meter.clone(),
            leave: 0,
            waiting: None,
        }
    }

    fn outlet(&self) -> Option<Outlet> {
        match &self.target {
            Target::Null | Target::Captured(_) => None,
            Target::Outlet(outlet) => Some(*outlet),
            Target::Lines(_) => Some(Outlet::Stderr),
        }
    }

    /// How much can be put now.
    fn room(&self) -> io::Result<usize> {
        match self.outlet() {
            None => Ok(TAKEN),
            Some(outlet) => Ok(outlet.room()?.min(TAKEN)),
        }
    }

    fn put(&self, bytes: Bytes) -> io::Result<()> {
        self.meter.add(bytes.len()).map_err(io::Error::other)?;
        if let Some(tail) = &self.tail {
            tail.push(&bytes);
        }
        match &self.target {
            Target::Null => Ok(()),
            Target::Captured(capture) => {
                capture.push(&bytes);
                Ok(())
            }
            Target::Outlet(outlet) => {
                self.printed.mark(*outlet, outlet.put(bytes)?);
                Ok(())
            }
            Target::Lines(lines) => {
                let held = lines.lock().unwrap().put(&bytes)?;
                self.printed.mark(Outlet::Stderr, held);
                Ok(())
            }
        }
    }

    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        loop {
            let room = self.room()?;
            let (0, Some(outlet)) = (room, self.outlet()) else {
                self.waiting = None;
                return Poll::Ready(Ok(room));
            };
            let waiting = self.waiting.get_or_insert_with(|| Box::pin(outlet.ready()));
            ready!(waiting.as_mut().poll(cx));
            self.waiting = None;
        }
    }
}

impl Clone for Sink {
    fn clone(&self) -> Self {
        Sink {
            target: self.target.clone(),
            tail: self.tail.clone(),
            printed: self.printed.clone(),
            meter: self.meter.clone(),
            leave: 0,
            waiting: None,
        }
    }
}

/// Lines for this process's stderr, of which only whole ones go there.
#[derive(Default)]
struct Lines {
    begun: Vec<u8>,
}

impl Lines {
    fn put(&mut self, bytes: &[u8]) -> io::Result<bool> {
        let mut held = false;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.begun.extend_from_slice(line);
            if line.ends_with(b"\n") || self.begun.len() >= PIECE {
                held |= Outlet::Stderr.put(std::mem::take(&mut self.begun))?;
            }
        }
        Ok(held)
    }
}

impl Drop for Lines {
    /// What has no line end gets one, for others write there next. Nobody can wait here: if
    /// there is no room, it is lost.
    fn drop(&mut self) {
        if !self.begun.is_empty() && Outlet::Stderr.room().is_ok_and(|room| room > 0) {
            self.begun.push(b'\n');
            let _ = Outlet::Stderr.put(std::mem::take(&mut self.begun));
        }
    }
}

impl IsTerminal for Sink {
    fn is_terminal(&self) -> bool {
        self.outlet().is_some_and(Outlet::is_terminal)
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
    async fn ready(&mut self) {
        if let Some(outlet) = self.outlet() {
            outlet.ready().await;
        }
    }
}

#[async_trait]
impl OutputStream for Sink {
    /// Nobody waits here. So a guest that does not ask how much it may write before it writes
    /// would fill the host's memory.
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let Some(left) = self.leave.checked_sub(bytes.len()) else {
            return Err(StreamError::trap("it wrote more than `check-write` allows"));
        };
        self.leave = left;
        self.put(bytes).map_err(stream_error)
    }

    /// It is out of the guest's hands. When its call ends, it is written.
    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        self.leave = self.room().map_err(stream_error)?;
        Ok(self.leave)
    }
}

fn stream_error(error: io::Error) -> StreamError {
    if let Some(reached) = error
        .get_ref()
        .and_then(|error| error.downcast_ref::<Reached>())
    {
        return StreamError::Trap(wasmtime::Error::new(reached.clone()));
    }
    match error.kind() {
        io::ErrorKind::BrokenPipe => StreamError::Closed,
        _ => StreamError::LastOperationFailed(error.into()),
    }
}

impl AsyncWrite for Sink {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let room = ready!(self.poll_room(cx))?;
        let bytes = &bytes[..bytes.len().min(room)];
        self.put(Bytes::copy_from_slice(bytes))?;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A writer of the embedder's, of which the end is kept.
pub(super) struct Tailed {
    writer: Pin<Box<dyn AsyncWrite + Send + Sync>>,
    tail: Option<Tail>,
    meter: Meter,
}

impl Tailed {
    pub(super) fn new(
        writer: Pin<Box<dyn AsyncWrite + Send + Sync>>,
        tail: Option<Tail>,
        meter: Meter,
    ) -> Self {
        Tailed {
            writer,
            tail,
            meter,
        }
    }
}

impl AsyncWrite for Tailed {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let bytes = match self.meter.left() {
            0 => self.meter.add(bytes.len()).map(|()| bytes),
            left => Ok(&bytes[..bytes.len().min(left)]),
        };
        let bytes = bytes.map_err(io::Error::other)?;
        let written = self.writer.as_mut().poll_write(cx, bytes);
        if let Poll::Ready(Ok(count)) = &written {
            let count = (*count).min(bytes.len());
            if let Some(tail) = &self.tail {
                tail.push(&bytes[..count]);
            }
            self.meter.add(count).map_err(io::Error::other)?;
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
