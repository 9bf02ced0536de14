//! The span of a request, for whoever listens: nothing is made of it where nobody does. Its
//! fields have the names that OpenTelemetry has for them.

use http::request::Parts;
use http::{Method, StatusCode, Version};
use tracing::Span;
use tracing::field::Empty;

/// The span of a request whose head is this.
pub(crate) fn of(head: &Parts) -> Span {
    tracing::debug_span!(
        target: "worldhost_http::request",
        "request",
        otel.name = name(&head.method).unwrap_or("HTTP"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = name(&head.method).unwrap_or("_OTHER"),
        url.scheme = "http",
        // Without the query, in which there may be secrets.
        url.path = head.uri.path(),
        network.protocol.version = version(head.version),
        http.response.status_code = Empty,
        http.response.body.size = Empty,
        worldhost.instance = Empty,
        worldhost.response.whole = Empty,
    )
}

/// How the instance has come that handles the request, whose span is the present one.
pub(crate) fn instance(how: Instance) {
    let how = match how {
        Instance::Made => "made",
        Instance::Reused => "reused",
    };
    Span::current().record("worldhost.instance", how);
}

#[derive(Clone, Copy)]
pub(crate) enum Instance {
    Made,
    Reused,
}

/// The guest came to a bad end.
pub(crate) fn failed(span: &Span) {
    span.record("otel.status_code", "ERROR");
}

/// No status is that of a client that was gone before.
pub(crate) fn end(span: &Span, status: Option<StatusCode>, bytes: u64, whole: bool) {
    if span.is_disabled() {
        return;
    }
    if let Some(status) = status {
        // Of other kinds a number would be exported as text.
        span.record("http.response.status_code", i64::from(status.as_u16()));
        if status.is_server_error() {
            failed(span);
        }
    }
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    span.record("http.response.body.size", bytes);
    span.record("worldhost.response.whole", whole);
}

/// A method that all know: others could be endlessly many.
fn name(method: &Method) -> Option<&str> {
    let known = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::CONNECT,
        Method::OPTIONS,
        Method::TRACE,
        Method::PATCH,
    ];
    known.contains(method).then(|| method.as_str())
}

fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "1.0",
        Version::HTTP_2 => "2",
        _ => "1.1",
    }
}
