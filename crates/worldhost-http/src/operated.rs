//! What is in operation.

/// What the pages tell of: an [`App`](crate::App), or anything else that goes on.
pub trait Operated: Clone + Send + Sync + 'static {
    /// Whether it is about to end.
    fn is_closing(&self) -> bool;

    /// What it counts, as text for Prometheus, of the format 0.0.4.
    fn counted(&self) -> String;
}
