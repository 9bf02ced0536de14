//! What is counted of loads, starts and calls: they are known by their spans.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;
use worldhost_http::Operated;

/// Counts so far. Clones are one.
#[derive(Clone)]
pub struct Counts(Arc<Inner>);

struct Inner {
    registry: Registry,
    components: Family<Component, Gauge>,
    loading: Gauge<f64, AtomicU64>,
    instances: Counter,
    calls: Family<Call, Counter>,
    in_flight: Gauge,
    durations: Histogram,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Component {
    component: String,
    digest: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Call {
    export: String,
    outcome: String,
}

impl Default for Counts {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("worldhost");
        let components = Family::default();
        registry.register(
            "component",
            "Components that were loaded",
            components.clone(),
        );
        let loading = Gauge::default();
        registry.register_with_unit(
            "load_duration",
            "Time of the last load",
            Unit::Seconds,
            loading.clone(),
        );
        let instances = Counter::default();
        registry.register("instances", "Instances that were made", instances.clone());
        let calls = Family::default();
        registry.register(
            "calls",
            "Calls by their export and what came of them",
            calls.clone(),
        );
        let in_flight = Gauge::default();
        registry.register(
            "calls_in_flight",
            "Calls that have begun and not ended",
            in_flight.clone(),
        );
        // From ten microseconds to three minutes.
        let durations = Histogram::new(exponential_buckets(1e-5, 4.0, 13));
        registry.register_with_unit(
            "call_duration",
            "Time of calls that have ended",
            Unit::Seconds,
            durations.clone(),
        );
        Counts(Arc::new(Inner {
            registry,
            components,
            loading,
            instances,
            calls,
            in_flight,
            durations,
        }))
    }
}

impl Counts {
    /// All of it as text for Prometheus, of the format 0.0.4.
    pub fn text(&self) -> String {
        let mut text = String::new();
        encode(&mut text, &self.0.registry).expect("a string takes all");
        text
    }
}

impl Operated for Counts {
    fn not_ready(&self) -> Option<String> {
        None
    }

    async fn counted(&self) -> String {
        self.text()
    }
}

/// What makes counts of spans.
pub struct Counting(Counts);

impl Counting {
    pub fn of<S>(counts: Counts) -> impl Layer<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        Counting(counts).with_filter(filter_fn(|of| of.is_span() && is_ours(of)))
    }
}

fn is_ours(of: &Metadata<'_>) -> bool {
    of.target() == "worldhost::span"
}

/// A span that has not ended.
struct Open {
    began: Instant,
    known: Known,
}

/// What its fields say.
#[derive(Default)]
struct Known {
    component: String,
    digest: String,
    export: String,
    outcome: String,
}

impl<S> Layer<S> for Counting
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut known = Known::default();
        attributes.record(&mut known);
        if span.name() == "call" {
            self.0.0.in_flight.inc();
        }
        let began = Instant::now();
        span.extensions_mut().insert(Open { began, known });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(open) = span.extensions_mut().get_mut::<Open>() {
            values.record(&mut open.known);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        let Some(Open { began, known }) = span.extensions_mut().remove::<Open>() else {
            return;
        };
        self.0.0.count(span.name(), began, known);
    }
}

impl Inner {
    fn count(&self, span: &str, began: Instant, known: Known) {
        let took = began.elapsed().as_secs_f64();
        let Known {
            component,
            digest,
            export,
            outcome,
        } = known;
        match span {
            "load" if outcome == "ok" => {
                let component = Component { component, digest };
                self.components.get_or_create(&component).set(1);
                self.loading.set(took);
            }
            "instantiate" if outcome == "ok" => {
                self.instances.inc();
            }
            "call" => {
                self.in_flight.dec();
                self.durations.observe(took);
                // What was given up half-way does not say so.
                let outcome = match outcome.is_empty() {
                    true => "abandoned".into(),
                    false => outcome,
                };
                self.calls.get_or_create(&Call { export, outcome }).inc();
            }
            _ => {}
        }
    }
}

impl Visit for Known {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if let Some(place) = self.place(field) {
            *place = format!("{value:?}");
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if let Some(place) = self.place(field) {
            *place = value.into();
        }
    }
}

impl Known {
    fn place(&mut self, field: &Field) -> Option<&mut String> {
        match field.name() {
            "component" => Some(&mut self.component),
            "digest" => Some(&mut self.digest),
            "export" => Some(&mut self.export),
            "outcome" => Some(&mut self.outcome),
            _ => None,
        }
    }
}
