//! The body of a response. Who sends it drives the guest that gives it: a request stays on one
//! task from its head to the end of its response, and a guest whose client is gone is gone.

use super::run::Run;
use crate::exchange::Exchange;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body::{Body, Frame, SizeHint};
use http_body_util::combinators::UnsyncBoxBody;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use wasmtime_wasi_http::{Error, WasiBody};
use worldhost::printable;

/// Tells a guest that its response was sent, and to who waits for it when nothing more is.
pub(crate) struct Sending {
    pub(crate) sent: oneshot::Sender<()>,
    pub(crate) over: oneshot::Sender<Infallible>,
}

/// The body of a response, of a guest or of the app itself.
pub struct ResponseBody {
    content: Content,
    /// The guest, while it is at work.
    run: Option<Run>,
    sending: Option<Sending>,
    /// How long it may be at work when everything was sent.
    after: Duration,
    /// So many bytes by the response's own word.
    length: Option<u64>,
    /// Nothing is left to be sent.
    whole: bool,
    exchange: Exchange,
}

enum Content {
    /// All of it, of so many bytes.
    Whole(Option<Bytes>),
    /// What was here already, and the rest.
    Stream([Option<Frame<Bytes>>; 2], WasiBody),
}

impl ResponseBody {
    /// Of a guest that is still at work or was just now.
    pub(crate) fn of_guest(
        (status, headers): (StatusCode, &HeaderMap),
        body: WasiBody,
        run: Option<Run>,
        sending: Option<Sending>,
        after: Duration,
        mut exchange: Exchange,
        context: &mut Context<'_>,
    ) -> Self {
        exchange.answer(status);
        let content = match &run {
            // It is not driven by who sends this.
            Some(run) if !run.goes_by_itself() => Content::Stream([None, None], body),
            // What is here goes with the head; if that is all, it has a length.
            _ => here(body, context),
        };
        let length = headers.get(header::CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
        ResponseBody {
            content,
            run,
            sending,
            after,
            length,
            whole: exchange.is_without_body(status),
            exchange,
        }
    }

    /// Of the app itself.
    pub(crate) fn text(text: String, status: StatusCode, mut exchange: Exchange) -> Self {
        exchange.answer(status);
        ResponseBody {
            content: Content::Whole(Some(text.into())),
            run: None,
            sending: None,
            after: Duration::ZERO,
            length: None,
            whole: false,
            exchange,
        }
    }

    /// Lets the guest go on; an error when it came to a bad end before its response did.
    fn drive(&mut self, context: &mut Context<'_>) -> Result<(), Error> {
        let Some(run) = &mut self.run else {
            return Ok(());
        };
        if let Poll::Ready(ended) = Pin::new(run).poll(context) {
            self.run = None;
            if let Err(error) = ended {
                self.exchange.guest_failed(&error);
                return Err(Error::HttpResponseIncomplete);
            }
        }
        Ok(())
    }

    /// Everything is sent: the guest is told, and has a moment.
    fn end(&mut self, context: &mut Context<'_>) {
        self.whole = true;
        self.tell();
        // What goes wrong from here on is said, and no part of the response.
        let _ = self.drive(context);
    }

    fn tell(&mut self) {
        if let Some(Sending { sent, over }) = self.sending.take() {
            // It may be gone by now.
            let _ = sent.send(());
            drop(over);
        }
    }

    fn poll_content(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match &mut self.content {
            Content::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Content::Stream(first, rest) => match first.iter_mut().find_map(Option::take) {
                Some(frame) => Poll::Ready(Some(Ok(frame))),
                None => Pin::new(rest).poll_frame(context),
            },
        }
    }
}

impl Content {
    /// Whether there is nothing more.
    fn is_given(&self) -> bool {
        match self {
            Content::Whole(bytes) => bytes.is_none(),
            Content::Stream([None, None], body) => body.is_end_stream(),
            Content::Stream(..) => false,
        }
    }
}

/// What is here of a body: the whole of it, if it is one piece.
fn here(mut body: WasiBody, context: &mut Context<'_>) -> Content {
    let mut first = [None, None];
    for place in 0..first.len() {
        match Pin::new(&mut body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => first[place] = Some(frame),
            Poll::Ready(Some(Err(error))) => {
                // It is for who sends the body.
                body = UnsyncBoxBody::new(Broken(Some(error)));
                break;
            }
            Poll::Ready(None) => match first[0].take().map(Frame::into_data) {
                None => return Content::Whole(None),
                Some(Ok(bytes)) => return Content::Whole(Some(bytes)),
                Some(Err(trailers)) => {
                    first[0] = Some(trailers);
                    break;
                }
            },
            Poll::Pending => break,
        }
    }
    Content::Stream(first, body)
}

/// A body that is an error.
struct Broken(Option<Error>);

impl Body for Broken {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Poll::Ready(self.0.take().map(Err))
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = self.get_mut();
        // First, so that there is something to send.
        if let Err(error) = this.drive(context) {
            return Poll::Ready(Some(Err(error)));
        }
        let frame = std::task::ready!(this.poll_content(context));
        match &frame {
            None => this.end(context),
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                this.exchange.send(bytes);
                // Who sends them asks for no more.
                let counted = this.length == Some(this.exchange.sent());
                if counted || frame.is_trailers() || this.content.is_given() {
                    this.end(context);
                }
            }
            Some(Err(_)) => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            // A guest at work is driven to its end.
            Content::Stream(..) => self.run.is_none() && self.content.is_given(),
            Content::Whole(bytes) => bytes.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Content::Stream([None, None], body) => body.size_hint(),
            Content::Stream(..) => SizeHint::default(),
        }
    }
}

impl Drop for ResponseBody {
    /// A guest that has given everything may go on for a while. Else its client is gone.
    fn drop(&mut self) {
        let whole = self.whole || self.is_end_stream();
        if whole {
            self.exchange.is_whole();
            self.tell();
        }
        if let Some(run) = self.run.take()
            && whole
            && !run.goes_by_itself()
            && let Ok(executor) = Handle::try_current()
        {
            let after = self.after;
            executor.spawn(async move {
                match tokio::time::timeout(after, run).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => {
                        tracing::error!("after a response: {}", printable(&error.to_string()));
                    }
                    Err(_) => tracing::error!(
                        "a guest was at work for {after:?} after its response, and was ended"
                    ),
                }
            });
        }
    }
}
