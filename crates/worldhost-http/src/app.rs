//! An app: a component in its present version, the places for its requests, and what is
//! counted.

use crate::admission::Admission;
use crate::answer::{Answer, Answering};
use crate::body::{Bounds, RequestBody, ResponseBody};
use crate::call::Incoming;
use crate::exchange::Exchange;
use crate::failure::Failure;
use crate::handler::Handler;
use crate::metrics::Metrics;
use crate::operated::Operated;
use crate::settings::Settings;
use crate::span;
use crate::trace::{TRACEPARENT, Trace};
use bytes::Bytes;
use http::header::{CONNECTION, HOST, RETRY_AFTER};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderValue, Request, Response, Version};
use http_body::Body;
use http_body_util::BodyExt;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::oneshot;
use tracing::Span;
use wasmtime_wasi_http::Error;

/// What answers requests, whoever brings them: a [`Server`](crate::Server), or a service of
/// the embedder's own. Cheap to clone; clones are one.
pub struct App<T: Send + 'static> {
    inner: Arc<Inner<T>>,
}

struct Inner<T: Send + 'static> {
    current: RwLock<Handler<T>>,
    settings: Settings,
    admission: Admission,
    metrics: Arc<Metrics>,
    /// No more connections are wanted.
    closing: AtomicBool,
}

impl<T: Send + 'static> Clone for App<T> {
    fn clone(&self) -> Self {
        App {
            inner: self.inner.clone(),
        }
    }
}

impl<T: Send + 'static> App<T> {
    /// An app that begins with this version.
    pub fn new(handler: Handler<T>, settings: Settings) -> Self {
        let inner = Inner {
            current: RwLock::new(handler),
            admission: Admission::new(
                settings.concurrent_requests,
                settings.queued_requests,
                settings.queue_time,
            ),
            settings,
            metrics: Arc::default(),
            closing: AtomicBool::new(false),
        };
        App {
            inner: Arc::new(inner),
        }
    }

    /// Another version for the requests that come from now on. Those that are being handled
    /// go on with the one that they have.
    pub fn replace(&self, handler: Handler<T>) {
        let mut current = self.inner.current.write();
        let current = current.as_deref_mut();
        match current {
            Ok(current) => *current = handler,
            Err(poisoned) => **poisoned.get_mut() = handler,
        }
    }

    /// The version that is there now.
    pub fn handler(&self) -> Handler<T> {
        let current = &self.inner.current;
        let current = current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }

    /// What is counted.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.inner.metrics
    }

    /// Its bounds and times.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// Whether it is about to end: clients are told to come by another connection.
    pub fn is_closing(&self) -> bool {
        self.inner.closing.load(Relaxed)
    }

    /// Begins the end: `/readyz` says so, and each response asks its client to come by another
    /// connection. [`Server::serve`](crate::Server::serve) does it when it is told to stop;
    /// whoever tells others of the end before that calls it first. Once is enough.
    pub fn close(&self) {
        self.inner.closing.store(true, Relaxed);
    }

    /// Waits until no guest is at work.
    pub(crate) async fn is_idle(&self) {
        self.inner.admission.is_empty().await;
    }

    /// Has a guest answer the request. What goes wrong is an answer too: see
    /// [`Failure::status`]. The guest is at work in this future, and then in the body of the
    /// response: where they are dropped, it is ended.
    ///
    /// # Panics
    ///
    /// Outside of an executor of Tokio with timers.
    pub async fn handle<B>(&self, request: Request<B>) -> Response<ResponseBody>
    where
        B: Body<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<Error>,
    {
        let (mut head, body) = request.into_parts();
        let version = head.version;
        let span = span::of(&head);
        let trace = Trace::of(&head.headers, &span);
        head.headers.insert(TRACEPARENT, trace.field());
        let mut exchange = Exchange::begin(&self.inner.metrics, &head, span.clone(), trace);
        let mut response = match self.ask(head, body, span, trace).await {
            Ok(mut answering) => {
                let mut exchange = Some(exchange);
                poll_fn(|context| {
                    let answer = answering.poll(context);
                    answer.map(|answer| self.respond(answer, &mut exchange, context))
                })
                .await
            }
            Err(failure) => {
                exchange.fail(&failure);
                refusal(&failure, exchange)
            }
        };
        if self.is_closing() && version <= Version::HTTP_11 {
            let headers = response.headers_mut();
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    /// Gives a guest the request.
    async fn ask<B>(
        &self,
        head: Parts,
        body: B,
        span: Span,
        trace: Trace,
    ) -> Result<Answering, Failure>
    where
        B: Body<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<Error>,
    {
        let Inner {
            settings, metrics, ..
        } = &*self.inner;
        let bytes = settings.body_bytes;
        if let Some(most) = bytes
            && body.size_hint().lower() > most
        {
            return Err(Failure::TooLarge(most));
        }
        let authority = authority(&head).ok_or(Failure::NoHost)?;
        let place = self.inner.admission.enter(metrics).await;
        let place = place.ok_or(Failure::Busy)?;
        let time = settings.body_time;
        let (body, told) = RequestBody::new(body, Bounds { bytes, time });
        let request = Incoming {
            head,
            authority,
            body: body.boxed_unsync(),
        };
        let (answer, answered) = oneshot::channel();
        let handler = self.handler();
        let run = handler.run(request, span, trace, answer, metrics, place);
        Ok(Answering::new(run, answered, told, settings.response_time))
    }

    fn respond(
        &self,
        answer: Result<Answer, Failure>,
        exchange: &mut Option<Exchange>,
        context: &mut std::task::Context<'_>,
    ) -> Response<ResponseBody> {
        let mut exchange = exchange.take().expect("it is asked once");
        match answer {
            Ok(Answer {
                response,
                sending,
                run,
            }) => {
                let (head, body) = response.into_parts();
                let told = (head.status, &head.headers);
                let after = self.inner.settings.response_time;
                let body =
                    ResponseBody::of_guest(told, body, run, sending, after, exchange, context);
                Response::from_parts(head, body)
            }
            Err(failure) => {
                exchange.fail(&failure);
                refusal(&failure, exchange)
            }
        }
    }
}

/// What the client is told in the place of a response: no word of what went wrong inside.
fn refusal(failure: &Failure, exchange: Exchange) -> Response<ResponseBody> {
    let status = failure.status();
    let reason = status.canonical_reason().unwrap_or("error");
    let body = ResponseBody::text(format!("{} {reason}\n", status.as_u16()), status, exchange);
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    if status == http::StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// The host that a request is for: that of its target, or of the field.
fn authority(head: &Parts) -> Option<Authority> {
    if let Some(authority) = head.uri.authority() {
        return Some(authority.clone());
    }
    let host = head.headers.get(HOST)?;
    Authority::try_from(host.as_bytes()).ok()
}

impl<T: Send + 'static> Operated for App<T> {
    fn not_ready(&self) -> Option<String> {
        self.is_closing().then(|| "draining".into())
    }

    async fn counted(&self) -> String {
        self.metrics().text()
    }
}
