//! Spans, sent to a collector by OTLP over HTTP. A thread of its own gathers them; what it
//! sends goes by the executor that all else is on.

use opentelemetry::trace::TracerProvider;
use opentelemetry::{Key, Value};
use opentelemetry_http::hyper::HyperClient;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response, ResponseExt};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;
use tokio::runtime::Handle;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::{Layer, Registry};

/// What `tracing` is told by.
pub type Spans = Box<dyn Layer<Registry> + Send + Sync>;

pub const IS_THERE: bool = true;

/// What gathers and sends.
pub struct Sent(SdkTracerProvider);

/// How long a collector may take for what is sent to it.
const PATIENCE: Duration = Duration::from_secs(5);

pub fn begin(url: &str, service: &str) -> anyhow::Result<(Spans, Sent)> {
    let client = Client {
        inner: HyperClient::with_default_connector(PATIENCE, None),
        executor: Handle::current(),
        failing: AtomicBool::new(false),
    };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(url)
        .with_timeout(PATIENCE)
        .build()?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource(service))
        .build();
    // The requests with what went wrong with them, and what is loaded and called.
    let wanted = Targets::new()
        .with_target("worldhost_http", LevelFilter::DEBUG)
        .with_target("worldhost_http::access", LevelFilter::OFF)
        .with_target("worldhost::runtime", LevelFilter::DEBUG)
        .with_target("worldhost::run", LevelFilter::DEBUG);
    let spans = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("worldhost"))
        .with_context_activation(false)
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false);
    Ok((spans.with_filter(wanted).boxed(), Sent(provider)))
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
