//! What an app counts, and how Prometheus reads it.

mod counts;
mod encode;
mod histogram;

pub use counts::Metrics;
