//! Spans, sent to a collector by OTLP over HTTP. A thread of its own gathers them; what it
//! sends goes by the executor that all else is on.

use super::whole;
use opentelemetry::trace::TracerProvider;
use opentelemetry::{Key, KeyValue, Value};
use opentelemetry_http::hyper::HyperClient;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response, ResponseExt};
use opentelemetry_otlp::{Protocol, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;
use tokio::runtime::Handle;
use tracing_subscriber::filter::{FilterExt, LevelFilter, Targets, filter_fn};
use tracing_subscriber::{Layer, Registry};

/// What `tracing` is told by.
pub type Spans = Box<dyn Layer<Registry> + Send + Sync>;

pub const IS_THERE: bool = true;

/// What gathers and sends.
pub struct Sent(SdkTracerProvider);

/// How long a collector may take for what is sent to it.
const PATIENCE: Duration = Duration::from_secs(5);

/// From now on, spans go there; with `host_calls`, those of host calls too.
pub fn begin(url: &str, service: &str, host_calls: bool) -> anyhow::Result<(Spans, Sent)> {
    let client = Client {
        inner: HyperClient::with_default_connector(PATIENCE, None),
        executor: Handle::current(),
        failing: AtomicBool::new(false),
    };
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(url)
        .with_timeout(PATIENCE)
        .build()?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(Named(exporter))
        .with_resource(resource(service))
        .build();
    // The requests with what went wrong with them, and what is loaded and called.
    let wanted = Targets::new()
        .with_target("worldhost_http", LevelFilter::DEBUG)
        .with_target("worldhost_http::access", LevelFilter::OFF)
        .with_target("worldhost::span", LevelFilter::DEBUG)
        .with_target(whole::TARGET, LevelFilter::DEBUG);
    // Whoever's bindings they are of. What was given is told by events, which may have secrets.
    let of_host = filter_fn(move |of| host_calls && of.is_span() && of.name() == HOST_CALL);
    let of_host = of_host.with_max_level_hint(match host_calls {
        true => LevelFilter::TRACE,
        false => LevelFilter::OFF,
    });
    let spans = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("worldhost"))
        .with_context_activation(false)
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false);
    let spans = spans.with_filter(wanted.or(of_host)).boxed();
    Ok((spans, Sent(provider)))
}

impl Sent {
    /// Has sent what is left.
    pub async fn end(self) {
        // It waits for the thread, and that for this executor.
        let sent = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(PATIENCE));
        // What goes wrong with it was told.
        let _ = sent.await;
    }
}

/// What `bindgen!` calls the span of a host call, whichever it is.
const HOST_CALL: &str = "wit-bindgen import";

/// Sends spans of host calls under the names of the functions.
#[derive(Debug)]
struct Named(opentelemetry_otlp::SpanExporter);

impl SpanExporter for Named {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        for span in batch.iter_mut().filter(|span| span.name == HOST_CALL) {
            span.name = name(&span.attributes).into();
        }
        self.0.export(batch).await
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

/// The interface and the function.
fn name(attributes: &[KeyValue]) -> String {
    let value = |wanted: &str| {
        let found = attributes.iter().find(|found| found.key.as_str() == wanted);
        found.map_or("?".into(), |found| found.value.as_str().into_owned())
    };
    format!("{}#{}", value("module"), value("function"))
}

/// Who we are: by the environment, or else by this name.
fn resource(service: &str) -> Resource {
    const NAME: Key = Key::from_static_str("service.name");
    let found = Resource::builder().build();
    let named = match found.get(&NAME) {
        Some(Value::String(name)) => !name.as_str().starts_with("unknown_service"),
        _ => false,
    };
    match named {
        true => found,
        false => Resource::builder()
            .with_service_name(service.to_string())
            .build(),
    }
}

/// A client that does its work on an executor, whoever asks, and tells once when it fails.
#[derive(Debug)]
struct Client {
    inner: HyperClient,
    executor: Handle,
    failing: AtomicBool,
}

#[async_trait::async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (inner, place) = (self.inner.clone(), request.uri().to_string());
        let sending = async move { inner.send_bytes(request).await?.error_for_status() };
        let sent = self.executor.spawn(sending).await;
        let sent = sent.unwrap_or_else(|error| Err(error.into()));
        let failed = sent.is_err();
        match (&sent, self.failing.swap(failed, Relaxed)) {
            (Err(error), false) => {
                tracing::error!(target: "spans", "spans cannot be sent to {place}: {error}; trying again with the next");
            }
            (Ok(_), true) => tracing::info!(target: "spans", "spans are sent to {place} again"),
            _ => {}
        }
        sent
    }
}
