//! One connection: HTTP/1.1 or HTTP/2, and how long it may make us wait.

mod patience;

use crate::app::App;
use crate::listen::Accepted;
use crate::phase::{Phase, Phases};
use http::{Request, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use patience::{Activity, Patience};
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};

/// How connections of a server are spoken to, whose heads have no more bytes than these.
pub(crate) fn builder(header_bytes: usize) -> Builder<TokioExecutor> {
    let bytes = header_bytes.max(LEAST);
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().max_buf_size(bytes).timer(TokioTimer::new());
    // How long a head may take is seen to by the stream, for both versions.
    builder.http1().header_read_timeout(None);
    builder
        .http2()
        .max_header_list_size(u32::try_from(bytes).unwrap_or(u32::MAX))
        .timer(TokioTimer::new())
        .keep_alive_interval(Some(ALIVE))
        .keep_alive_timeout(ALIVE);
    builder
}

/// What hyper has room for at the least.
const LEAST: usize = 8 << 10;

/// How often a connection of HTTP/2 is asked whether it is there, and how long it may take to
/// say so.
const ALIVE: Duration = Duration::from_secs(20);

/// Serves a connection to its end.
pub(crate) async fn serve<T: Send + 'static>(
    app: App<T>,
    builder: Arc<Builder<TokioExecutor>>,
    accepted: Accepted,
    phases: Phases,
) {
    match accepted {
        Accepted::Tcp(stream) => serve_stream(app, &builder, stream, phases).await,
        #[cfg(unix)]
        Accepted::Unix(stream) => serve_stream(app, &builder, stream, phases).await,
    }
}

async fn serve_stream<T, S>(
    app: App<T>,
    builder: &Builder<TokioExecutor>,
    stream: S,
    mut phases: Phases,
) where
    T: Send + 'static,
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let _counted = app.metrics().connected().counted();
    let activity = Arc::new(Activity::default());
    let stream = Patience::new(stream, activity.clone(), app.settings());
    let service = service_fn(|request: Request<Incoming>| {
        activity.begin(request.version() == Version::HTTP_2);
        let (app, activity) = (app.clone(), activity.clone());
        async move {
            let response = app.handle(request).await;
            Ok::<_, Infallible>(response.map(|body| activity.until_the_end_of(body)))
        }
    });
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        biased;
        ended = connection.as_mut() => return tell(ended),
        () = phases.reach(Phase::Closing) => connection.as_mut().graceful_shutdown(),
    }
    tokio::select! {
        biased;
        ended = connection => tell(ended),
        () = phases.reach(Phase::Over) => {}
        // A client of HTTP/2 is asked to agree, and need not answer.
        () = activity.is_over() => {}
    }
}

/// What goes wrong with a connection is the client's affair.
fn tell(ended: Result<(), Box<dyn std::error::Error + Send + Sync>>) {
    if let Err(error) = ended {
        tracing::debug!("a connection ended: {error}");
    }
}
