//! One request from its beginning to the end of its response: what is counted and said of it.

use crate::failure::Failure;
use crate::metrics::Metrics;
use crate::span;
use crate::trace::Trace;
use http::{Method, StatusCode, Uri, request};
use std::sync::Arc;
use std::time::Instant;
use tracing::{Level, Span};
use worldhost::{Error, printable};

/// Counts and tells at its end.
pub(crate) struct Exchange {
    metrics: Arc<Metrics>,
    span: Span,
    trace: Trace,
    method: Method,
    uri: Uri,
    start: Instant,
    status: Option<StatusCode>,
    bytes: u64,
    whole: bool,
}

impl Exchange {
    pub(crate) fn begin(
        metrics: &Arc<Metrics>,
        head: &request::Parts,
        span: Span,
        trace: Trace,
    ) -> Self {
        metrics.begin();
        Exchange {
            metrics: metrics.clone(),
            span,
            trace,
            method: head.method.clone(),
            uri: head.uri.clone(),
            start: Instant::now(),
            status: None,
            bytes: 0,
            whole: false,
        }
    }

    /// Whether a response to it has no body, whatever its fields say.
    pub(crate) fn is_without_body(&self, status: StatusCode) -> bool {
        self.method == Method::HEAD
            || status == StatusCode::NO_CONTENT
            || status == StatusCode::NOT_MODIFIED
    }

    /// The client is told this.
    pub(crate) fn answer(&mut self, status: StatusCode) {
        self.status = Some(status);
    }

    pub(crate) fn send(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
    }

    pub(crate) fn sent(&self) -> u64 {
        self.bytes
    }

    /// Nothing is left to be sent.
    pub(crate) fn is_whole(&mut self) {
        self.whole = true;
    }

    /// Why there is no response of the guest's.
    pub(crate) fn fail(&mut self, failure: &Failure) {
        self.metrics.count_failure(failure);
        let _entered = self.span.enter();
        match failure.is_of_clients() {
            true => tracing::debug!(target: FAULTS, method = %self.method, path = %self.path(),
                trace = %self.trace.id(), "{failure}"),
            false => self.say(&failure.to_string()),
        }
    }

    /// The guest came to a bad end after the head of its response.
    pub(crate) fn guest_failed(&mut self, error: &Error) {
        self.metrics.count_error(error);
        span::failed(&self.span);
        let _entered = self.span.enter();
        self.say(&error.to_string());
    }

    fn say(&self, words: &str) {
        let words = printable(words);
        tracing::error!(target: FAULTS, method = %self.method, path = %self.path(),
            trace = %self.trace.id(), "{words}");
    }

    fn path(&self) -> String {
        let path = self.uri.path_and_query().map_or("", |path| path.as_str());
        printable(path).into_owned()
    }
}

/// Under these names the log has a line for what went wrong, and one for each request.
const FAULTS: &str = "worldhost_http";
const ACCESS: &str = "worldhost_http::access";

impl Drop for Exchange {
    fn drop(&mut self) {
        let took = self.start.elapsed();
        self.metrics.end(self.status, took, self.whole);
        span::end(&self.span, self.status, self.bytes, self.whole);
        if tracing::enabled!(target: ACCESS, Level::INFO) {
            let status = self.status.map_or(0, |status| status.as_u16());
            let milliseconds = (took.as_secs_f64() * 1e6).round() / 1e3;
            tracing::info!(target: ACCESS, method = %self.method, path = %self.path(), status,
                bytes = self.bytes, ms = milliseconds, whole = self.whole,
                trace = %self.trace.id(), "request");
        }
    }
}
