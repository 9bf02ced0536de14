//! What is in operation.

/// What the pages tell of: an [`App`](crate::App), or anything else that goes on.
pub trait Operated: Clone + Send + Sync + 'static {
    /// Why it is not ready, in a few words: it is about to end, or has not begun.
    fn not_ready(&self) -> Option<String>;

    /// What it counts, as text for Prometheus, of the format 0.0.4.
    fn counted(&self) -> impl Future<Output = String> + Send;

    /// How it is, as JSON; nothing for what has no more to say than that it is ready.
    fn state(&self) -> Option<String> {
        None
    }
}
