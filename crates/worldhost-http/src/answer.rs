//! A guest's answer: the head of a response, awaited while the guest is at work.

use crate::body::{Run, Sending, Timer, Told};
use crate::failure::Failure;
use http::Response;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::unconstrained;
use wasmtime_wasi_http::WasiBody;
use worldhost::Error;

/// What a guest answers with.
pub(crate) enum Head {
    /// And who tells that it was sent, if the guest wants to know.
    Response(Response<WasiBody>, Option<Sending>),
    /// An error code of `wasi:http`.
    Refused(String),
}

/// A guest that was given a request.
pub(crate) struct Answering {
    run: Run,
    /// None when the guest has given up the way to answer by.
    head: Option<oneshot::Receiver<Head>>,
    told: Told,
    limit: Duration,
    timer: Timer,
    /// How the guest ended, if it did.
    ended: Option<Result<(), Error>>,
}

/// The head of a response, and the guest if it is still at work.
pub(crate) struct Answer {
    pub(crate) response: Response<WasiBody>,
    pub(crate) sending: Option<Sending>,
    pub(crate) run: Option<Run>,
}

impl Answering {
    pub(crate) fn new(
        run: Run,
        head: oneshot::Receiver<Head>,
        told: Told,
        limit: Duration,
    ) -> Self {
        Answering {
            run,
            head: Some(head),
            told,
            limit,
            timer: Timer::default(),
            ended: None,
        }
    }

    /// Lets the guest go on until it has answered, or will not any more. To be polled no
    /// further then; what is left of it is in the answer.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Answer, Failure>> {
        if self.ended.is_none()
            && let Poll::Ready(ended) = Pin::new(&mut self.run).poll(context)
        {
            self.ended = Some(ended);
        }
        // The guest's own account of it comes of this.
        if let Some(trouble) = self.told.trouble() {
            return Poll::Ready(Err(trouble.into()));
        }
        match (self.poll_head(context), self.ended.take()) {
            (_, Some(Err(error))) => Poll::Ready(Err(error.into())),
            (Some(Head::Refused(code)), _) => Poll::Ready(Err(Failure::Refused(code))),
            (Some(Head::Response(response, sending)), ended) => Poll::Ready(Ok(Answer {
                response,
                sending,
                run: ended.is_none().then(|| self.take_run()),
            })),
            (None, Some(Ok(()))) => Poll::Ready(Err(Failure::NoResponse)),
            // Also one that will not answer any more: how it ends is still to be told.
            (None, None) => match self.timer.poll_within(self.limit, context) {
                Poll::Ready(()) => Poll::Ready(Err(Failure::Late(self.limit))),
                Poll::Pending => Poll::Pending,
            },
        }
    }

    fn poll_head(&mut self, context: &mut Context<'_>) -> Option<Head> {
        // Tokio would have a task that has done much wait for what is there, and a guest that has
        // ended would have given no response.
        match pin!(unconstrained(self.head.as_mut()?)).poll(context) {
            Poll::Ready(Ok(head)) => Some(head),
            Poll::Ready(Err(_)) => {
                self.head = None;
                None
            }
            Poll::Pending => None,
        }
    }

    fn take_run(&mut self) -> Run {
        std::mem::replace(&mut self.run, Run::new(std::future::pending()))
    }
}
