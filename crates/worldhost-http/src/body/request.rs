//! The body of a request, held to its bounds.

use super::timer::Timer;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;
use wasmtime_wasi_http::Error;

/// How long a body may be, and how long it may give nothing.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) bytes: Option<u64>,
    pub(crate) time: Duration,
}

/// What went wrong with a body.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trouble {
    TooLarge(u64),
    Stalled(Duration),
}

/// Where a body tells its trouble to who answers the request. Clones are one.
#[derive(Clone, Default)]
pub(crate) struct Told(Option<Arc<OnceLock<Trouble>>>);

impl Told {
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        self.0.as_ref()?.get().copied()
    }
}

/// A body that ends in an error beyond its bounds.
pub(crate) struct RequestBody<B> {
    body: B,
    bounds: Bounds,
    came: u64,
    timer: Timer,
    told: Told,
}

impl<B: Body> RequestBody<B> {
    pub(crate) fn new(body: B, bounds: Bounds) -> (Self, Told) {
        // Most requests have none.
        let told = match body.is_end_stream() {
            true => Told::default(),
            false => Told(Some(Arc::default())),
        };
        let body = RequestBody {
            body,
            bounds,
            came: 0,
            timer: Timer::default(),
            told: told.clone(),
        };
        (body, told)
    }

    fn tell(&self, trouble: Trouble) -> Error {
        if let Some(told) = &self.told.0 {
            // What came first is what went wrong.
            let _ = told.set(trouble);
        }
        match trouble {
            Trouble::TooLarge(_) => Error::HttpRequestBodySize(Some(self.came)),
            Trouble::Stalled(_) => Error::ConnectionReadTimeout,
        }
    }
}

impl<B> Body for RequestBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Error>,
{
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = self.get_mut();
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) else {
            let time = this.bounds.time;
            return match this.timer.poll_within(time, context) {
                Poll::Ready(()) => Poll::Ready(Some(Err(this.tell(Trouble::Stalled(time))))),
                Poll::Pending => Poll::Pending,
            };
        };
        this.timer.unset();
        let Some(frame) = frame else {
            return Poll::Ready(None);
        };
        let frame = frame.map_err(Into::into)?;
        this.came += frame.data_ref().map_or(0, |data| data.len() as u64);
        match this.bounds.bytes {
            Some(most) if this.came > most => {
                Poll::Ready(Some(Err(this.tell(Trouble::TooLarge(most)))))
            }
            _ => Poll::Ready(Some(Ok(frame))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
