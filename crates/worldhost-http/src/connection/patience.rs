//! A stream that waits for its client as long as may be, and no longer.

use crate::body::Timer;
use crate::settings::Settings;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// The requests of a connection.
#[derive(Debug, Default)]
pub(super) struct Activity {
    begun: AtomicU64,
    ended: AtomicU64,
    http2: AtomicBool,
}

impl Activity {
    pub(super) fn begin(&self, http2: bool) {
        self.begun.fetch_add(1, Relaxed);
        if http2 {
            self.http2.store(true, Relaxed);
        }
    }

    /// The request of this response ends with it.
    pub(super) fn until_the_end_of<B>(self: Arc<Self>, body: B) -> Ending<B> {
        Ending {
            body,
            _end: End(self),
        }
    }

    /// Waits until there has been no request for a moment.
    pub(super) async fn is_over(&self) {
        let mut idle = 0;
        while idle < 2 {
            tokio::time::sleep(MOMENT).await;
            idle = if self.is_busy() { 0 } else { idle + 1 };
        }
    }

    fn is_busy(&self) -> bool {
        self.begun.load(Relaxed) > self.ended.load(Relaxed)
    }
}

const MOMENT: Duration = Duration::from_millis(500);

struct End(Arc<Activity>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Relaxed);
    }
}

/// The body of a response, with which its request ends.
pub(super) struct Ending<B> {
    body: B,
    _end: End,
}

impl<B: Body<Data = Bytes> + Unpin> Body for Ending<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that ends in an error when its client makes us wait for too long: for the head of
/// a request, for a request at all, or for room to write to.
pub(super) struct Patience<S> {
    stream: S,
    activity: Arc<Activity>,
    header: Duration,
    idle: Duration,
    write: Duration,
    /// How long the head may take that is being read, or the next one not come.
    reading: Timer,
    /// So many requests had begun when that was set.
    known: Option<u64>,
    /// Bytes of a head have come.
    head: bool,
    writing: Timer,
}

impl<S> Patience<S> {
    pub(super) fn new(stream: S, activity: Arc<Activity>, settings: &Settings) -> Self {
        Patience {
            stream,
            activity,
            header: settings.header_time,
            idle: settings.idle_time,
            write: settings.write_time,
            reading: Timer::default(),
            known: None,
            head: false,
            writing: Timer::default(),
        }
    }

    /// Some bytes came.
    fn came(&mut self) {
        let http2 = self.activity.http2.load(Relaxed);
        let first = self.known.is_none();
        // What HTTP/2 says between requests is no head; and the first head has its time from
        // the beginning on.
        if self.activity.is_busy() || self.head || http2 || first {
            return;
        }
        self.head = true;
        self.reading.set(Instant::now(), self.header);
    }

    /// Nothing comes. Ready when that has been so for too long.
    fn poll_patience(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.activity.is_busy() {
            self.reading.unset();
            self.head = false;
            return Poll::Pending;
        }
        let begun = self.activity.begun.load(Relaxed);
        if self.known != Some(begun) || !self.reading.is_set() {
            let first = begun == 0;
            self.known = Some(begun);
            self.head = false;
            let time = if first { self.header } else { self.idle };
            self.reading.set(Instant::now(), time);
        }
        self.reading.poll(context)
    }

    fn poll_written<R>(
        &mut self,
        written: Poll<io::Result<R>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<R>> {
        if written.is_ready() {
            self.writing.unset();
            return written;
        }
        match self.writing.poll_within(self.write, context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patience<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let read = Pin::new(&mut this.stream).poll_read(context, into);
        match &read {
            Poll::Ready(_) => this.came(),
            Poll::Pending => {
                if this.poll_patience(context).is_ready() {
                    return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                }
            }
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patience<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.poll_written(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.poll_written(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.poll_written(flushed, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.poll_written(shut, context)
    }
}
