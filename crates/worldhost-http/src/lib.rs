//! Serves HTTP requests by components: those that export `wasi:http/incoming-handler` of WASI
//! 0.2 or `wasi:http/handler` of 0.3, with whatever else they import of the embedder's.
//!
//! Each request has a fresh instance, unless a [`Reuse`] says otherwise. A guest is at work on
//! the task that serves its connection, from the head of the request to the end of the
//! response: it costs no other task, a guest whose client is gone is ended, and one whose
//! client reads slowly waits. Bodies are streamed in both directions, with trailers.
//!
//! - [`Handler`]: one version of a component, with its grants and limits;
//! - [`App`]: what answers requests: it has a handler, which can be replaced, and bounds and
//!   times, its [`Settings`]; [`Failure`] is why there is no response of the guest's;
//! - [`Server`]: serves an app at sockets, each a [`Listener`] at an [`Address`], up to the end
//!   without a lost request;
//! - [`serve_admin`]: health, readiness and [`Metrics`] for Prometheus.
//!
//! It tells by `tracing` what went wrong, and at the level of `INFO` of each request
//! (`worldhost_http::access`); at that of `DEBUG` each request is a span
//! (`worldhost_http::request`), which the feature `opentelemetry` makes one of the client's
//! trace. TLS is the affair of a proxy in front.

#![deny(missing_docs)]

mod admin;
mod admission;
mod answer;
mod app;
mod ask;
mod body;
mod call;
mod connection;
mod exchange;
mod failure;
mod guest;
mod handler;
mod listen;
mod metrics;
mod operated;
mod phase;
mod reuse;
mod server;
mod settings;
mod span;
mod trace;

pub use admin::serve_admin;
pub use app::App;
pub use ask::ask;
pub use body::ResponseBody;
pub use failure::Failure;
pub use handler::Handler;
pub use listen::{Address, Listener, SocketFile};
pub use metrics::Metrics;
pub use operated::Operated;
pub use server::{Served, Server};
pub use settings::{Reuse, Settings};
