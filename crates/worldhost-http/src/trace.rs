//! Traces that go through: `traceparent` of W3C's Trace Context.

use http::{HeaderMap, HeaderName, HeaderValue};
use tracing::Span;

pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The trace of a request, and the span that is ours.
#[derive(Clone, Copy)]
pub(crate) struct Trace {
    id: u128,
    span: u64,
    flags: u8,
}

impl Trace {
    /// The one that the client began, or a new one; with a span of ours, which is this one if
    /// somebody exports it.
    pub(crate) fn of(headers: &HeaderMap, span: &Span) -> Self {
        let begun = headers.get(TRACEPARENT).and_then(read);
        if let Some(exported) = exported(begun, span) {
            return exported;
        }
        let (id, flags) = begun.map_or_else(|| (fastrand::u128(1..), 0), |of| (of.id, of.flags));
        Trace {
            id,
            span: fastrand::u64(1..),
            flags,
        }
    }

    /// The value of the field, for whom we ask.
    pub(crate) fn field(self) -> HeaderValue {
        let Trace { id, span, flags } = self;
        let mut text = [0; LENGTH];
        text[..3].copy_from_slice(b"00-");
        hex(&mut text[3..35], &id.to_be_bytes());
        text[35] = b'-';
        hex(&mut text[36..52], &span.to_be_bytes());
        text[52] = b'-';
        hex(&mut text[53..], &[flags]);
        HeaderValue::from_bytes(&text).expect("digits and hyphens")
    }

    /// The trace's number.
    pub(crate) fn id(self) -> String {
        format!("{:032x}", self.id)
    }
}

/// The span as it is exported, with the client's as its parent; none when nobody does that.
#[cfg(feature = "opentelemetry")]
fn exported(begun: Option<Trace>, span: &Span) -> Option<Trace> {
    use opentelemetry::Context;
    use opentelemetry::trace::{SpanContext, TraceContextExt, TraceFlags, TraceState};
    use tracing_opentelemetry::OpenTelemetrySpanExt;
    if span.is_disabled() {
        return None;
    }
    // One of the embedder's around it is nearer than the client's.
    if let Some(Trace {
        id,
        span: of,
        flags,
    }) = begun
        && Span::current().is_none()
    {
        let flags = TraceFlags::new(flags);
        let of = SpanContext::new(id.into(), of.into(), flags, true, TraceState::NONE);
        // It fails where nobody exports, which shows below.
        let _ = span.set_parent(Context::new().with_remote_span_context(of));
    }
    let context = span.context();
    let span = context.span();
    let span = span.span_context();
    span.is_valid().then(|| Trace {
        id: u128::from_be_bytes(span.trace_id().to_bytes()),
        span: u64::from_be_bytes(span.span_id().to_bytes()),
        flags: span.trace_flags().to_u8(),
    })
}

#[cfg(not(feature = "opentelemetry"))]
fn exported(_: Option<Trace>, _: &Span) -> Option<Trace> {
    None
}

const LENGTH: usize = 55;

fn hex(text: &mut [u8], bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (digits, byte) in text.chunks_exact_mut(2).zip(bytes) {
        digits[0] = DIGITS[usize::from(byte >> 4)];
        digits[1] = DIGITS[usize::from(byte & 15)];
    }
}

/// The trace with the client's span. Of a version that is not known, what the first one has.
fn read(value: &HeaderValue) -> Option<Trace> {
    let text = value.to_str().ok()?;
    let mut parts = text.split('-');
    let (version, id, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let more = parts.next().is_some();
    let is_hex = |text: &str, length| {
        text.len() == length && text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))
    };
    let whole = is_hex(version, 2) && is_hex(id, 32) && is_hex(span, 16) && is_hex(flags, 2);
    if !whole || version == "ff" || (version == "00" && more) {
        return None;
    }
    let id = u128::from_str_radix(id, 16).ok().filter(|id| *id != 0)?;
    let span = u64::from_str_radix(span, 16).ok()?;
    // What else there may be of flags is not ours to pass on.
    let flags = u8::from_str_radix(flags, 16).ok()? & 1;
    (span != 0).then_some(Trace { id, span, flags })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &'static str) -> Trace {
        let mut headers = HeaderMap::new();
        headers.insert(TRACEPARENT, HeaderValue::from_static(text));
        Trace::of(&headers, &Span::none())
    }

    const ID: &str = "0af7651916cd43dd8448eb211c80319c";

    #[test]
    fn a_trace_that_was_begun_goes_on_with_a_span_of_ours() {
        for (text, flags) in [
            (
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "01",
            ),
            (
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02",
                "00",
            ),
            (
                "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                "01",
            ),
        ] {
            let trace = of(text);
            let field = trace.field();
            let field = field.to_str().unwrap();
            assert!(field.starts_with(&format!("00-{ID}-")), "{field}");
            assert!(field.ends_with(&format!("-{flags}")), "{field}");
            assert!(!field.contains("b7ad6b7169203331"), "{field}");
            assert_eq!(trace.id(), ID);
            assert!(read(&trace.field()).is_some(), "{field}");
        }
    }

    #[test]
    fn what_is_no_trace_is_the_beginning_of_one() {
        for text in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        ] {
            let trace = of(text);
            assert_ne!(trace.id(), ID, "{text}");
            assert!(read(&trace.field()).is_some(), "{text}");
        }
    }
}
