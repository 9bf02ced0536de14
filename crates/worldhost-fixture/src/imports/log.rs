//! Where the lines that components log go.

use std::sync::{Arc, Mutex};

/// Where the lines that a component logs go.
#[derive(Clone, Debug, Default)]
pub enum Log {
    /// To this process's stderr, each line marked `[log]`.
    #[default]
    Stderr,
    /// Nowhere.
    Null,
    /// Into a list that the embedder keeps a handle to.
    Captured(Arc<Mutex<Vec<String>>>),
}
