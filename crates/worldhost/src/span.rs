//! The spans of what is done with a component. Nothing is made of them where nobody listens.

use crate::cache::digest::Digest;
use crate::error::{Error, Result};
use crate::load::identity::Identity;
use tracing::field::{Empty, display};
use tracing::{Instrument, Span, debug_span};

/// Of a load. Which bytes it is of is told by [`digest`], when that is known.
pub(crate) fn load(name: &str) -> Span {
    debug_span!(
        "load",
        component = name,
        digest = Empty,
        outcome = Empty,
        otel.status_code = Empty,
    )
}

/// Says which bytes the present load is of.
pub(crate) fn digest(digest: &Digest) {
    Span::current().record("digest", display(digest));
}

/// Of the start of an instance.
pub(crate) fn instantiate(of: &Identity) -> Span {
    debug_span!(
        "instantiate",
        component = &of.name[..],
        digest = of.digest.as_ref().map(display),
        outcome = Empty,
        otel.status_code = Empty,
    )
}

/// Of a call.
pub(crate) fn call(of: &Identity, export: &str) -> Span {
    debug_span!(
        "call",
        component = &of.name[..],
        digest = of.digest.as_ref().map(display),
        export,
        outcome = Empty,
        otel.status_code = Empty,
    )
}

/// Starts an instance in its span. The call that it is in tells what goes wrong with it.
pub(crate) async fn starting<R>(
    of: &Identity,
    work: impl Future<Output = wasmtime::Result<R>>,
) -> wasmtime::Result<R> {
    let span = instantiate(of);
    let result = work.instrument(span.clone()).await;
    match &result {
        Ok(_) => {
            span.record("outcome", "ok");
        }
        Err(_) => failed(&span, "failed"),
    }
    result
}

/// Says what came of it. A span that ends without is of what was given up half-way.
pub(crate) fn end<R>(span: &Span, result: &Result<R>) {
    if span.is_disabled() {
        return;
    }
    match result {
        Ok(_) => {
            span.record("outcome", "ok");
        }
        // Where a guest may end itself, this is how.
        Err(Error::Exit(0)) => {
            span.record("outcome", "exit");
        }
        Err(error) => failed(span, kind(error)),
    }
}

/// Says that it failed, and how.
pub(crate) fn failed(span: &Span, outcome: &str) {
    span.record("otel.status_code", "ERROR");
    span.record("outcome", outcome);
}

fn kind(error: &Error) -> &'static str {
    match error {
        Error::Exit(_) => "exit",
        Error::Trap(trap) if trap.is_by_limit => "limit",
        Error::Trap(_) => "trap",
        Error::Timeout { .. } | Error::Stalled { .. } => "timeout",
        Error::Dead { .. } => "dead",
        _ => "failed",
    }
}
